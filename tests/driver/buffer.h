/* SPDX-License-Identifier: GPL-2.0-only */
/* The test driver: where a request's data goes. */
#ifndef TEST_BUFFER_H
#define TEST_BUFFER_H

#include <ntddk.h>

#include "order.h"

typedef struct test_order TEST_ORDERS, *PTEST_ORDERS;

/* As a system address; NULL if there is none. */
PVOID OutputOf(PIRP Irp);
ULONG RoomOf(PIRP Irp);

/* Writes what the order says, at any IRQL. */
VOID Fill(PIRP Irp, PTEST_ORDERS Order);

/*
 * METHOD_NEITHER with TEST_NEITHER, in the requester's thread: written at once, or
 * locked to be written later; nothing to do for any other request.
 */
NTSTATUS FillNeither(PIRP Irp, PTEST_ORDERS Order);
NTSTATUS LockNeither(PIRP Irp, PTEST_ORDERS Order);

#endif /* TEST_BUFFER_H */
