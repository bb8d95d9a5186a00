// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calling a driver's routine from where nobody above could handle its exceptions: a
 * DPC, an interrupt, a work item.  On NT such an exception stops the system; here it is
 * recorded, and the routine does not go on.  Linux' own answer would be an oops, which
 * in an interrupt is a panic.
 */
#include <linux/bottom_half.h>
#include <linux/irqflags.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "ke/internal.h"

/* ExceptionInformation[0] of a write. */
#define ACCESS_WRITE 1

static bool is_user_access(const EXCEPTION_RECORD *record)
{
	return record->ExceptionCode == STATUS_ACCESS_VIOLATION &&
	       record->NumberParameters >= 2 &&
	       record->ExceptionInformation[1] < TASK_SIZE_MAX;
}

/*
 * A fault on a system address has been recorded where it happened.  On a user address
 * it is none on NT below DISPATCH; from there on it is 0xD1 [address, IRQL, 0 or 1,
 * instruction].  What was raised is 0x1E.
 */
static LONG judge(const EXCEPTION_POINTERS *pointers)
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;
	u8 irql = ntpool_irql();

	if (is_user_access(record) && irql >= DISPATCH_LEVEL)
		ntpool_bugcheck(BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
				record->ExceptionInformation[1], irql,
				record->ExceptionInformation[0] == ACCESS_WRITE,
				(unsigned long)record->ExceptionAddress);
	else if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE ||
		 is_user_access(record))
		ntpool_bugcheck(BUGCHECK_KMODE_EXCEPTION_NOT_HANDLED,
				(u32)record->ExceptionCode,
				(unsigned long)record->ExceptionAddress,
				record->ExceptionInformation[0],
				record->ExceptionInformation[1]);
	return EXCEPTION_EXECUTE_HANDLER;
}

/* How far preempt_count() is above @preempt; it has 31 bits, and no sign. */
static int excess_over(unsigned int preempt)
{
	return (int)((preempt_count() - preempt) << 1) >> 1;
}

/**
 * guard_put_right() - undo what a routine has raised or locked, and left so
 * @preempt: preempt_count() before it
 * @irqs_off: irqs_disabled() before it
 * @before: the IRQL before it
 *
 * Context: any but NMI.
 */
void guard_put_right(unsigned int preempt, bool irqs_off, u8 before)
{
	while (in_task() && softirq_count() > (preempt & SOFTIRQ_MASK))
		local_bh_enable();
	while (excess_over(preempt) > 0)
		preempt_enable();
	if (!irqs_off && irqs_disabled())
		local_irq_enable();
	if (before < APC_LEVEL && ntpool_irql() == APC_LEVEL)
		ntpool_lower_irql(before);
}

/*
 * A thread of the system: 0xE1 [routine, IRQL, 0, routine].  Others: 0xC8 [IRQL and
 * what it should be, routine].
 */
static void wrong_irql(void *routine, u8 irql, u8 before)
{
	if (before < DISPATCH_LEVEL)
		ntpool_bugcheck(BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL,
				(unsigned long)routine, irql, 0,
				(unsigned long)routine);
	else
		ntpool_bugcheck(BUGCHECK_IRQL_UNEXPECTED_VALUE,
				irql << 16 | before << 8,
				(unsigned long)routine, 0, 0);
}

/**
 * guard_call() - call what may raise, and be done with it
 * @call: what
 * @argument: its argument
 * @routine: the driver's routine that it calls; for the record
 *
 * The IRQL is afterwards what it was, and so is the process in force; spin locks that
 * @call has left locked stay so.
 *
 * Context: any but NMI.
 */
void guard_call(void (*call)(void *argument), void *argument, void *routine)
{
	unsigned int preempt = preempt_count();
	bool irqs_off = irqs_disabled();
	volatile bool whole = true;
	u8 before = ntpool_irql();
	unsigned int depth = before < DISPATCH_LEVEL ? attach_depth() : 0;

	__try {
		call(argument);
	} __except (judge(GetExceptionInformation())) {
		whole = false;
	}
	if (unlikely(preempt_count() != preempt || irqs_disabled() != irqs_off ||
		     (before < DISPATCH_LEVEL && ntpool_irql() != before))) {
		if (whole)
			wrong_irql(routine, ntpool_irql(), before);
		guard_put_right(preempt, irqs_off, before);
	}
	if (before < DISPATCH_LEVEL)
		attach_leave(depth);
}
