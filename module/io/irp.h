/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this folder's files share about IRPs: the way down to a driver, the way up
 * again, and what is checked on both.
 */
#ifndef NTPOOL_IO_IRP_H
#define NTPOOL_IO_IRP_H

#include <ntpool/irp.h>

#include "pool/verifier.h"

struct io_call;

/* A location of the stack, the last driver's being number 0. */
static inline IO_STACK_LOCATION *irp_stack(IRP *irp)
{
	return (void *)(irp + 1);
}

/*
 * AllocationFlags: completed, and held on its way up (forced.c).  Not one of NT's.
 */
#define IRP_HELD 0x80

/* complete.c */
void irp_go_up(IRP *irp);

/* irp.c */
NTSTATUS irp_refuse(DEVICE_OBJECT *device, IRP *irp);
bool irp_may_send(DEVICE_OBJECT *device, IRP *irp);
NTSTATUS irp_send_and_wait(DEVICE_OBJECT *top, IRP *irp);
void irp_release_mdls(IRP *irp);

/* call.c: the packet of a user's call has come back up; any context. */
void io_call_returned(struct io_call *call);

/*
 * check.c: DRIVER_VERIFIER_IOMANAGER_VIOLATION.  What costs nothing to check is
 * checked always; the rest where I/O verification is asked for.
 */
enum io_violation {
	IO_FREES_NO_IRP = 0x01,
	IO_FREES_ACTIVE_IRP = 0x02,
	IO_SENDS_NO_IRP = 0x03,
	IO_SENDS_TO_NO_DEVICE = 0x04,
	IO_IRQL_CHANGED = 0x05,
	IO_COMPLETES_AS_PENDING = 0x06,
	IO_COMPLETES_CANCELABLE = 0x07,
	IO_COMPLETES_ABOVE_DISPATCH = 0x0E,
	IO_SENDS_ABOVE_DISPATCH = 0x10,
	IO_OTHER_STATUS = 0x224,
	IO_ILLEGAL_STATUS = 0x225,
	IO_REQUEST_FORGOTTEN = 0x226,
	IO_PENDING_NOT_PASSED_ON = 0x228,
	IO_PENDING_NOT_MARKED = 0x23D,
	IO_PENDING_NOT_RETURNED = 0x23E,
	IO_INFORMATION_TOO_LARGE = 0x312,
};

u64 io_violation(enum io_violation kind, const void *p2, const void *p3,
		 const void *p4);
void io_check_dispatch(DEVICE_OBJECT *device, KIRQL before, unsigned int depth);
void io_check_answer(void *routine, IRP *irp, NTSTATUS returned,
		     NTSTATUS completed);

/* forced.c: what is done is told to be pending; asked only while verifier_pending_on. */
struct forced_call;
struct forced_call *forced_begin(IRP *irp, const struct module *driver);
bool forced_holds(IRP *irp);
NTSTATUS forced_end(struct forced_call *call, NTSTATUS answer);
int forced_init(void);
void forced_exit(void);

#endif /* NTPOOL_IO_IRP_H */
