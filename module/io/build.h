/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of requests that drivers build. */
#ifndef NTPOOL_IO_BUILD_H
#define NTPOOL_IO_BUILD_H

#include <ntpool/irp.h>

void irp_answer_builder(IRP *irp);
void irp_answers_flush(void);

#endif /* NTPOOL_IO_BUILD_H */
