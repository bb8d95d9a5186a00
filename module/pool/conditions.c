// SPDX-License-Identifier: GPL-2.0-only
/*
 * The four pool events ("Standard event objects", Windows driver documentation):
 * LowPagedPoolCondition, HighPagedPoolCondition and the nonpaged pair.  They are
 * notification events: set as long as their condition holds, however many wait.
 *
 * Low: less than low_pool_percent= of the pool's limit is free; high: more than
 * high_pool_percent= is.  NT's thresholds are system-defined; in between neither
 * is set, as there.
 *
 * The state is worked out anew whenever a pool takes or gives back pages and
 * whenever a limit or a mark changes.  Two CPUs that do so at once may finish in either
 * order, so each looks again until what it has stored is what it sees.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/irq_work.h>
#include <linux/poll.h>
#include <linux/wait.h>

#include "core/core.h"
#include "pool/internal.h"
#include "pool/limits.h"

/* Bits 1 << NTPOOL_CONDITION_*. */
static atomic_t state;

static wait_queue_head_t waiters[NTPOOL_CONDITIONS] = {
	__WAIT_QUEUE_HEAD_INITIALIZER(waiters[0]),
	__WAIT_QUEUE_HEAD_INITIALIZER(waiters[1]),
	__WAIT_QUEUE_HEAD_INITIALIZER(waiters[2]),
	__WAIT_QUEUE_HEAD_INITIALIZER(waiters[3]),
};

/* Pages are taken and given back under locks that a waker may not need. */
static void wake_waiters(struct irq_work *work)
{
	u32 condition;

	for (condition = 0; condition < NTPOOL_CONDITIONS; condition++)
		if (condition_holds(condition))
			wake_up_poll(&waiters[condition], EPOLLIN | EPOLLRDNORM);
}

static DEFINE_IRQ_WORK(wake_work, wake_waiters);

static u32 bits_of(bool paged)
{
	return paged ? 1u << NTPOOL_CONDITION_LOW_PAGED |
			       1u << NTPOOL_CONDITION_HIGH_PAGED :
		       1u << NTPOOL_CONDITION_LOW_NONPAGED |
			       1u << NTPOOL_CONDITION_HIGH_NONPAGED;
}

static u32 look(bool paged)
{
	u64 limit, unused = limits_free_pages(paged, &limit);

	if (unused < limits_low_mark(limit))
		return 1u << (paged ? NTPOOL_CONDITION_LOW_PAGED :
				      NTPOOL_CONDITION_LOW_NONPAGED);
	if (unused > limits_high_mark(limit))
		return 1u << (paged ? NTPOOL_CONDITION_HIGH_PAGED :
				      NTPOOL_CONDITION_HIGH_NONPAGED);
	return 0;
}

/**
 * conditions_update() - set and clear the events of a pool
 * @paged: which pool
 *
 * Context: IRQL <= DISPATCH.
 */
void conditions_update(bool paged)
{
	bool rose = false;
	int before, now;

	/* The pages first, which the caller has changed, then the state. */
	smp_mb__after_atomic();
	before = atomic_read(&state);
	for (;;) {
		now = (before & ~bits_of(paged)) | look(paged);
		if (now == before)
			break;
		if (atomic_try_cmpxchg(&state, &before, now)) {
			rose |= now & ~before;
			before = now;
		}
	}
	if (rose)
		irq_work_queue(&wake_work);
}

/**
 * condition_holds() - is an event set
 * @condition: NTPOOL_CONDITION_*
 *
 * Context: any.
 * Return: whether it is.
 */
bool condition_holds(u32 condition)
{
	return atomic_read(&state) & 1u << condition;
}

/**
 * condition_wait() - where those wait who wait for an event
 * @condition: NTPOOL_CONDITION_*
 *
 * Context: any.
 * Return: the queue.
 */
wait_queue_head_t *condition_wait(u32 condition)
{
	return &waiters[condition];
}

/**
 * conditions_now() - the events that are set
 *
 * Context: any.
 * Return: bits 1 << NTPOOL_CONDITION_*.
 */
u32 conditions_now(void)
{
	return atomic_read(&state);
}
EXPORT_FOR_TESTS(conditions_now);

/**
 * ntpool_condition() - is a pool event set (KeReadStateEvent)
 * @condition: enum ntpool_condition
 *
 * Context: any.
 * Return: whether it is; false for a number that is no event.
 */
bool ntpool_condition(u32 condition)
{
	return condition < NTPOOL_CONDITIONS && condition_holds(condition);
}
EXPORT_SYMBOL_GPL(ntpool_condition);

/**
 * ntpool_wait_condition() - wait until a pool event is set
 * @condition: enum ntpool_condition
 * @timeout: jiffies, or MAX_SCHEDULE_TIMEOUT
 *
 * Context: IRQL <= APC; sleeps, until a signal comes at the longest.
 * Return: jiffies left, at least 1; 0 when the time is over; -ERESTARTSYS;
 * -EINVAL for a number that is no event.
 */
long ntpool_wait_condition(u32 condition, long timeout)
{
	might_sleep();
	if (condition >= NTPOOL_CONDITIONS)
		return -EINVAL;
	return wait_event_interruptible_timeout(waiters[condition],
						condition_holds(condition),
						timeout);
}
EXPORT_SYMBOL_GPL(ntpool_wait_condition);

/**
 * conditions_exit() - let no wake-up outlive the module
 */
void conditions_exit(void)
{
	irq_work_sync(&wake_work);
}
