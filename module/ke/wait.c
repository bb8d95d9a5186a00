// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for one object ("KeWaitForSingleObject", "Waits and APCs", Windows driver
 * documentation).
 *
 * A user APC, and the end of a thread, is a signal here: it ends waits that are
 * alertable or made for a program.  A special kernel APC, the end of another of the
 * thread's requests, is task work that comes as a signal does: it is done, and the wait
 * goes on.
 */
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/sched/signal.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "kcompat/task_work.h"
#include "ke/internal.h"

/**
 * wait_is_allowed() - may the running code wait, as it asks for
 * @object: for what; for the record
 * @timeout: for how long; NULL for ever
 *
 * At DISPATCH or above only with a timeout of 0.  Otherwise it is bug check 0xB8
 * ATTEMPTED_SWITCH_FROM_DPC [thread, 0, stack, 0] in a DPC, 0xA [object, IRQL, 0,
 * caller] elsewhere.  It is looked at whether or not the wait could be satisfied at
 * once, so that the mistake shows every time.
 *
 * Context: any but NMI.
 */
bool wait_is_allowed(PVOID object, const LARGE_INTEGER *timeout)
{
	u8 irql = irql_now();

	if (likely(irql < DISPATCH_LEVEL) ||
	    (irql == DISPATCH_LEVEL && timeout && !timeout->QuadPart))
		return true;
	if (irql == DISPATCH_LEVEL && in_serving_softirq())
		ntpool_bugcheck(BUGCHECK_ATTEMPTED_SWITCH_FROM_DPC,
				(unsigned long)current, 0,
				(unsigned long)__builtin_frame_address(0), 0);
	else
		ntpool_bugcheck(BUGCHECK_IRQL_NOT_LESS_OR_EQUAL,
				(unsigned long)object, irql, 0, _RET_IP_);
	return false;
}

/**
 * wait_must_be_allowed() - the same, for calls behind which nothing can go on undone
 * @object: for what; for the record
 *
 * Where the running code may not wait, the exception STATUS_UNSUCCESSFUL follows the
 * record: to be called before anything is changed.
 *
 * Context: any but NMI.
 */
void wait_must_be_allowed(PVOID object)
{
	if (!wait_is_allowed(object, NULL))
		ExRaiseStatus(STATUS_UNSUCCESSFUL);
}

/* Threads of the system are not counted as load, however long they wait. */
static unsigned int state_of(KPROCESSOR_MODE mode, BOOLEAN alertable)
{
	if (alertable)
		return TASK_INTERRUPTIBLE;
	if (current->flags & PF_KTHREAD)
		return TASK_IDLE;
	return mode == UserMode ? TASK_KILLABLE : TASK_UNINTERRUPTIBLE;
}

/*
 * At APC it would have to wait, and the wait cannot go on as long as it does.  It runs at
 * APC itself, so that no driver is called by what it gives up: who waits may have locks.
 */
static bool was_kernel_apc(void)
{
	KIRQL before;
	bool was;

	__set_current_state(TASK_RUNNING);
	if (irql_now() >= APC_LEVEL)
		return false;
	before = ntpool_raise_irql(APC_LEVEL);
	was = kcompat_task_work_run();
	ntpool_lower_irql(before);
	return was;
}

static NTSTATUS sleep_until(struct ntpool_waiter *waiter, unsigned int state,
			    ktime_t *due, clockid_t clock)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (;;) {
		set_current_state(state);
		if (atomic_read_acquire(&waiter->winner) != WAIT_NOBODY)
			break;
		if (status != STATUS_SUCCESS)
			break;
		if (signal_pending_state(state, current))
			status = was_kernel_apc() ? STATUS_SUCCESS :
						    STATUS_USER_APC;
		else if (!due)
			schedule();
		else if (!schedule_hrtimeout_range_clock(due, 0, HRTIMER_MODE_ABS, clock))
			status = STATUS_TIMEOUT;
	}
	__set_current_state(TASK_RUNNING);
	return status;
}

/**
 * wait_sleep() - sleep until somebody wins, or for as long as is allowed
 * @waiter: the running thread; its blocks are where they belong
 * @mode: WaitMode
 * @alertable: Alertable
 * @timeout: in NT's units, relative or absolute; NULL for ever
 *
 * Context: IRQL <= APC.
 * Return: STATUS_SUCCESS if somebody has won; STATUS_TIMEOUT, STATUS_USER_APC,
 * STATUS_ALERTED: ask @waiter under the lock, for somebody may have since.
 */
NTSTATUS wait_sleep(struct ntpool_waiter *waiter, KPROCESSOR_MODE mode,
		    BOOLEAN alertable, const LARGE_INTEGER *timeout)
{
	clockid_t clock = CLOCK_MONOTONIC;
	NTSTATUS status;
	ktime_t due = 0;

	if (timeout)
		due = time_due(timeout->QuadPart, &clock);
	status = sleep_until(waiter, state_of(mode, alertable),
			     timeout ? &due : NULL, clock);
	if (status == STATUS_USER_APC && mode == KernelMode)
		return STATUS_ALERTED;
	return status;
}

/* In time, or too late and just so. */
static NTSTATUS leave_queue(PKWAIT_BLOCK block, NTSTATUS status)
{
	struct dispatcher_guard guard;

	dispatcher_lock(block->object, &guard);
	if (list_empty(&block->node))
		status = STATUS_SUCCESS;
	dispatcher_dequeue_locked(block);
	dispatcher_unlock(&guard);
	return status;
}

/**
 * KeWaitForSingleObject() - wait until an object is signaled, and take it
 * @Object: event, semaphore, mutex, timer or thread
 * @WaitReason: without effect
 * @WaitMode: UserMode: the end of the thread ends the wait
 * @Alertable: any signal does
 * @Timeout: NULL for ever; 0 not at all; negative in units of 100 ns from now;
 *	     positive since 1601
 *
 * A mutex that its owner has taken 2^31 times raises STATUS_MUTANT_LIMIT_EXCEEDED.
 *
 * Context: IRQL <= APC; DISPATCH with a timeout of 0.  See wait_is_allowed().
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_USER_APC, or STATUS_ALERTED if
 * @WaitMode is KernelMode; STATUS_ACCESS_VIOLATION for an object that cannot be
 * touched, see KeSetEvent(); STATUS_UNSUCCESSFUL where the wait is refused.
 */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
			       KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout)
{
	KWAIT_BLOCK block = { .object = Object };
	struct ntpool_waiter waiter = {
		.task = current,
		.winner = ATOMIC_INIT(WAIT_NOBODY),
		.kind = WAITER_SINGLE,
		.count = 1,
		.blocks = &block,
	};
	bool at_once = Timeout && !Timeout->QuadPart;
	struct dispatcher_guard guard;
	enum dispatcher_take take;
	NTSTATUS status;

	if (!wait_is_allowed(Object, Timeout))
		return STATUS_UNSUCCESSFUL;
	dispatcher_lock(block.object, &guard);
	take = dispatcher_take_locked(block.object, current);
	if (take == TAKE_NOT && !at_once)
		dispatcher_enqueue_locked(&waiter, &block);
	dispatcher_unlock(&guard);
	if (unlikely(take == TAKE_LIMIT))
		ExRaiseStatus(STATUS_MUTANT_LIMIT_EXCEEDED);
	if (take != TAKE_NOT || at_once)
		return take_status(take);
	status = wait_sleep(&waiter, WaitMode, Alertable, Timeout);
	return status == STATUS_SUCCESS ? status : leave_queue(&block, status);
}
EXPORT_SYMBOL_GPL(KeWaitForSingleObject);
