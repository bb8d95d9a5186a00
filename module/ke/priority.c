// SPDX-License-Identifier: GPL-2.0-only
/*
 * Priorities of threads ("KeSetPriorityThread", Windows driver documentation).  From 16
 * up they are real-time ones, SCHED_FIFO here; those below are nice values, with 8, the
 * normal one, in the middle.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <uapi/linux/sched/types.h>

#include <ntpool/thread.h>

#include "ke/object.h"

#define NORMAL_PRIORITY 8

static int nice_of(KPRIORITY priority)
{
	if (priority <= NORMAL_PRIORITY)
		return (NORMAL_PRIORITY - priority) * MAX_NICE / (NORMAL_PRIORITY - 1);
	return (priority - NORMAL_PRIORITY) * MIN_NICE /
	       (LOW_REALTIME_PRIORITY - 1 - NORMAL_PRIORITY);
}

static KPRIORITY priority_of(struct task_struct *task)
{
	int nice = task_nice(task);
	KPRIORITY priority = 1;

	if (task->policy == SCHED_FIFO || task->policy == SCHED_RR)
		return min_t(KPRIORITY, LOW_REALTIME_PRIORITY - 1 + task->rt_priority,
			     HIGH_PRIORITY);
	while (priority < LOW_REALTIME_PRIORITY - 1 && nice_of(priority) > nice)
		priority++;
	return priority;
}

/**
 * KeSetPriorityThread() - set a thread's priority
 * @Thread: of PsCreateSystemThread(), or one that the caller keeps
 * @Priority: 1 to HIGH_PRIORITY; any other is without effect
 *
 * At DISPATCH or above it is bug check 0xB8 or 0xA, and the priority stays.
 *
 * Context: IRQL <= APC.
 * Return: the priority before.
 */
KPRIORITY KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
	struct task_struct *task = thread_task((PETHREAD)Thread);
	KPRIORITY before = priority_of(task);
	struct sched_attr attr = { .size = sizeof(attr) };

	if (!wait_is_allowed(Thread, NULL) || Priority <= LOW_PRIORITY ||
	    Priority > HIGH_PRIORITY)
		return before;
	if (Priority >= LOW_REALTIME_PRIORITY) {
		attr.sched_policy = SCHED_FIFO;
		attr.sched_priority = Priority - LOW_REALTIME_PRIORITY + 1;
	} else {
		attr.sched_policy = SCHED_NORMAL;
		attr.sched_nice = nice_of(Priority);
	}
	WARN_ON_ONCE(sched_setattr_nocheck(task, &attr));
	return before;
}
EXPORT_SYMBOL_GPL(KeSetPriorityThread);

/**
 * KeQueryPriorityThread() - a thread's priority
 * @Thread: as there
 *
 * Context: IRQL <= DISPATCH.
 * Return: the priority that is nearest to what Linux has for it.
 */
KPRIORITY KeQueryPriorityThread(PKTHREAD Thread)
{
	return priority_of(thread_task((PETHREAD)Thread));
}
EXPORT_SYMBOL_GPL(KeQueryPriorityThread);
