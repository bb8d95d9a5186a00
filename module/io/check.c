// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver Verifier's I/O verification.  Numbers and parameters are those of
 * Microsoft's "Bug Check 0xC9: DRIVER_VERIFIER_IOMANAGER_VIOLATION".
 */
#include <linux/ntpool.h>

#include "core/core.h"
#include "io/irp.h"
#include "ke/ke.h"

/**
 * io_violation() - bug check 0xC9
 * @kind: first parameter
 * @p2: second
 * @p3: third
 * @p4: fourth
 *
 * Context: any.
 * Return: number of the record.
 */
u64 io_violation(enum io_violation kind, const void *p2, const void *p3,
		 const void *p4)
{
	return ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_IOMANAGER_VIOLATION,
			       kind, (ulong)p2, (ulong)p3, (ulong)p4);
}

static void check_irql(DEVICE_OBJECT *device, KIRQL before)
{
	KIRQL after = irql_now();

	if (static_branch_unlikely(&verifier_io_on) &&
	    before > NTPOOL_IRQL_DISPATCH)
		io_violation(IO_SENDS_ABOVE_DISPATCH, (void *)(ulong)before,
			     NULL, NULL);
	if (likely(after == before))
		return;
	io_violation(IO_IRQL_CHANGED, device, (void *)(ulong)before,
		     (void *)(ulong)after);
	/* Below DISPATCH nothing was off. */
	if (after > before && before < NTPOOL_IRQL_DISPATCH)
		guard_put_right(0, false, before);
}

/**
 * io_check_dispatch() - a dispatch routine has returned
 * @device: whose
 * @before: the IRQL it was called at
 * @depth: attach_depth() then
 *
 * One that comes back at a higher IRQL is bug check 0xC9/05, and the IRQL goes back
 * to where it was.  A spin lock that it has left locked stays so, and nobody is atomic
 * for it.  One that comes back attached to a process is 0x5, and detached.
 *
 * Context: any.
 */
void io_check_dispatch(DEVICE_OBJECT *device, KIRQL before, unsigned int depth)
{
	check_irql(device, before);
	/* At DISPATCH nobody can have attached. */
	if (unlikely(attach_depth() > depth) &&
	    irql_now() < NTPOOL_IRQL_DISPATCH)
		attach_leave(depth);
}

/**
 * io_check_answer() - do a dispatch routine's answer and its packet's agree
 * @routine: the dispatch routine
 * @irp: the packet's address, no longer to be touched
 * @returned: the answer
 * @completed: what it was completed with
 *
 * Context: any.
 */
void io_check_answer(void *routine, IRP *irp, NTSTATUS returned,
		     NTSTATUS completed)
{
	if (!static_branch_unlikely(&verifier_io_on))
		return;
	if (returned == -1)
		io_violation(IO_ILLEGAL_STATUS, routine, irp, NULL);
	else if (returned != completed)
		ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_IOMANAGER_VIOLATION,
				IO_OTHER_STATUS, (ulong)irp, (u32)completed,
				(u32)returned);
}
