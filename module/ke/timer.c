// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers ("Timer objects and DPCs", Windows driver documentation, and the page of each
 * call).
 *
 * A CPU has two queues of set timers, one by each clock, and for each a hrtimer that
 * comes in hard-interrupt context when the first of them is due.  All that happens to a
 * timer happens under its queue's lock, also that it signals and queues its DPC: so when
 * it is cancelled nobody is left who would touch it, and its memory can be freed.
 *
 * Lock order: a base's lock, a dispatcher lock, that of a DPC queue.
 */
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/percpu.h>
#include <linux/timekeeping.h>

#include <ntpool/timer.h>

#include "kcompat/hrtimer.h"
#include "ke/internal.h"

/**
 * struct timer_base - timers set on one CPU, by one clock
 * @lock: guards what follows; interrupts off
 * @timers: KTIMER, by when they are due
 * @hrtimer: comes when the first is due, or earlier, if that one was cancelled
 * @clock: CLOCK_MONOTONIC or CLOCK_REALTIME
 */
struct timer_base {
	raw_spinlock_t lock;
	struct rb_root_cached timers;
	struct hrtimer hrtimer;
	clockid_t clock;
};

/* Of a CPU's bases. */
enum {
	BASE_RELATIVE, /* CLOCK_MONOTONIC */
	BASE_ABSOLUTE, /* CLOCK_REALTIME */
	BASES
};

static DEFINE_PER_CPU(struct timer_base, timer_bases[BASES]);

static ktime_t now_by(clockid_t clock)
{
	return clock == CLOCK_MONOTONIC ? ktime_get() : ktime_get_real();
}

static PKTIMER timer_of(struct rb_node *node)
{
	return node ? rb_entry(node, KTIMER, node) : NULL;
}

static PKTIMER first_locked(struct timer_base *base)
{
	return timer_of(rb_first_cached(&base->timers));
}

static bool is_earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, KTIMER, node)->due < rb_entry(b, KTIMER, node)->due;
}

static void remove_locked(struct timer_base *base, PKTIMER timer)
{
	lockdep_assert_held(&base->lock);
	rb_erase_cached(&timer->node, &base->timers);
	/* Pairs with the cmpxchg() in insert(): nobody looks at it here any more. */
	smp_store_release(&timer->base, NULL);
}

/* Periods that have passed unseen are left out. */
static void next_period_locked(struct timer_base *base, PKTIMER timer,
			       ktime_t now)
{
	s64 period = timer->Period * NSEC_PER_MSEC;
	s64 missed = ktime_divns(ktime_sub(now, timer->due), period);

	rb_erase_cached(&timer->node, &base->timers);
	timer->due = ktime_add_ns(timer->due, (missed + 1) * period);
	rb_add_cached(&timer->node, &base->timers, is_earlier);
}

/*
 * Who sees that it is not set, or signaled, may free it: cancel() makes sure that we are
 * through with it by then, and waking touches nobody's timer.  So may its DPC, at once
 * and on another CPU: that is queued when all has been written.  And who is woken may
 * free the DPC: that is done last.
 */
static void expire_locked(struct timer_base *base, PKTIMER timer, ktime_t now)
{
	struct dispatcher_guard guard;
	PKDPC dpc = timer->Dpc;
	bool is_set;

	dispatcher_lock(&timer->Header, &guard);
	if (timer->Period)
		next_period_locked(base, timer, now);
	else
		remove_locked(base, timer);
	is_set = dispatcher_set_locked(&timer->Header, 1);
	if (dpc)
		KeInsertQueueDpc(dpc, NULL, NULL);
	if (is_set)
		dispatcher_wake_locked(&timer->Header);
	dispatcher_unlock(&guard);
}

static void expire_due_locked(struct timer_base *base)
{
	ktime_t now = now_by(base->clock);
	PKTIMER timer;

	lockdep_assert_held(&base->lock);
	while ((timer = first_locked(base)) && timer->due <= now)
		expire_locked(base, timer, now);
}

static void rearm_locked(struct timer_base *base)
{
	PKTIMER first = first_locked(base);

	if (first)
		hrtimer_start(&base->hrtimer, first->due,
			      HRTIMER_MODE_ABS_PINNED_HARD);
}

static enum hrtimer_restart base_is_due(struct hrtimer *hrtimer)
{
	struct timer_base *base =
		container_of(hrtimer, struct timer_base, hrtimer);

	raw_spin_lock(&base->lock);
	expire_due_locked(base);
	rearm_locked(base);
	raw_spin_unlock(&base->lock);
	return HRTIMER_NORESTART;
}

/**
 * KeInitializeTimerEx() - make a timer
 * @Timer: in nonpaged memory
 * @Type: NotificationTimer stays signaled till it is set again, SynchronizationTimer
 *	  lets one thread go
 *
 * Context: any.
 */
VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
	*Timer = (KTIMER){
		.Header.Type = Type == NotificationTimer ?
				       TimerNotificationObject :
				       TimerSynchronizationObject,
	};
}
EXPORT_SYMBOL_GPL(KeInitializeTimerEx);

/**
 * KeInitializeTimer() - make a notification timer
 * @Timer: in nonpaged memory
 *
 * Context: any.
 */
VOID KeInitializeTimer(PKTIMER Timer)
{
	KeInitializeTimerEx(Timer, NotificationTimer);
}
EXPORT_SYMBOL_GPL(KeInitializeTimer);

static bool take_out(PKTIMER timer)
{
	struct timer_base *base;
	unsigned long flags;
	bool was_set = false;

	while (!was_set && (base = READ_ONCE(timer->base))) {
		raw_spin_lock_irqsave(&base->lock, flags);
		was_set = timer->base == base;
		if (was_set)
			remove_locked(base, timer);
		raw_spin_unlock_irqrestore(&base->lock, flags);
	}
	return was_set;
}

/* Waits for one that is expiring just now: it does so under the timer's own lock. */
static bool cancel(PKTIMER timer)
{
	struct dispatcher_guard guard;

	if (take_out(timer))
		return true;
	dispatcher_lock(&timer->Header, &guard);
	dispatcher_unlock(&guard);
	return false;
}

static void clear_state(PKTIMER timer)
{
	struct dispatcher_guard guard;

	dispatcher_lock(&timer->Header, &guard);
	dispatcher_set_locked(&timer->Header, 0);
	dispatcher_unlock(&guard);
}

/* False if another CPU has set it meanwhile. */
static bool insert(PKTIMER timer, LONGLONG due_time, LONG period, PKDPC dpc)
{
	clockid_t clock;
	ktime_t due = time_due(due_time, &clock);
	struct timer_base *base;
	unsigned long flags;
	bool inserted;

	local_irq_save(flags);
	base = this_cpu_ptr(&timer_bases[clock == CLOCK_MONOTONIC ? BASE_RELATIVE : BASE_ABSOLUTE]);
	raw_spin_lock(&base->lock);
	inserted = !cmpxchg(&timer->base, NULL, base);
	if (inserted) {
		timer->due = due;
		timer->Period = period;
		timer->Dpc = dpc;
		rb_add_cached(&timer->node, &base->timers, is_earlier);
		if (due <= now_by(clock))
			expire_due_locked(base);
		if (first_locked(base) == timer)
			rearm_locked(base);
	}
	raw_spin_unlock(&base->lock);
	local_irq_restore(flags);
	return inserted;
}

/**
 * KeSetTimerEx() - have a timer be signaled when its time has come
 * @Timer: it; if it is set, that is forgotten
 * @DueTime: negative: in units of 100 ns from now; else absolute, since 1601.  One that
 *	     has passed signals at once
 * @Period: milliseconds between the times it comes again; 0: it does not
 * @Dpc: queued each time; or NULL
 *
 * A timer in paged pool is bug check 0xD1, and is not set.
 *
 * Context: any but NMI.
 * Return: TRUE if it was set before.
 */
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period,
		     PKDPC Dpc)
{
	bool was_set = false, held;

	if (refuse_pageable(Timer))
		return FALSE;
	held = dpcs_hold();
	do {
		was_set |= cancel(Timer);
		clear_state(Timer);
	} while (!insert(Timer, DueTime.QuadPart, max(Period, 0), Dpc));
	dpcs_let_go(held);
	return was_set;
}
EXPORT_SYMBOL_GPL(KeSetTimerEx);

/**
 * KeSetTimer() - the same, without a period
 * @Timer: it
 * @DueTime: when
 * @Dpc: queued then; or NULL
 *
 * Context: as KeSetTimerEx().
 * Return: TRUE if it was set before.
 */
BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
	return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}
EXPORT_SYMBOL_GPL(KeSetTimer);

/**
 * KeSetCoalescableTimer() - the same, if it need not be exact
 * @Timer: it
 * @DueTime: when
 * @Period: milliseconds, or 0
 * @TolerableDelay: without effect: it is exact all the same
 * @Dpc: queued then; or NULL
 *
 * Context: as KeSetTimerEx().
 * Return: TRUE if it was set before.
 */
BOOLEAN KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime,
			      ULONG Period, ULONG TolerableDelay, PKDPC Dpc)
{
	return KeSetTimerEx(Timer, DueTime, Period, Dpc);
}
EXPORT_SYMBOL_GPL(KeSetCoalescableTimer);

/**
 * KeCancelTimer() - have it not signal after all
 * @Timer: it
 *
 * A DPC that it has queued already is called all the same.
 *
 * Context: any but NMI.
 * Return: TRUE if it was set.  Nothing touches it any more then or otherwise.
 */
BOOLEAN KeCancelTimer(PKTIMER Timer)
{
	return cancel(Timer);
}
EXPORT_SYMBOL_GPL(KeCancelTimer);

/**
 * KeReadStateTimer() - is a timer signaled
 * @Timer: it
 *
 * Context: any.
 * Return: TRUE if it is.
 */
BOOLEAN KeReadStateTimer(PKTIMER Timer)
{
	return READ_ONCE(Timer->Header.SignalState) > 0;
}
EXPORT_SYMBOL_GPL(KeReadStateTimer);

/* The first that @matches, of one base. */
static PKTIMER find_locked(struct timer_base *base, timer_matches *matches,
			   const void *argument)
{
	struct rb_node *node;

	for (node = rb_first_cached(&base->timers); node; node = rb_next(node))
		if (matches(timer_of(node), argument))
			return timer_of(node);
	return NULL;
}

static bool drop_from(struct timer_base *base, timer_matches *matches,
		      const void *argument, struct found_timer *found)
{
	unsigned long flags;
	PKTIMER timer;

	raw_spin_lock_irqsave(&base->lock, flags);
	timer = find_locked(base, matches, argument);
	if (timer) {
		found->timer = timer;
		found->dpc = timer->Dpc;
		if (found->drop)
			remove_locked(base, timer);
	}
	raw_spin_unlock_irqrestore(&base->lock, flags);
	return timer;
}

/**
 * timer_find() - look for a timer that is set
 * @matches: which; called with a lock held
 * @argument: for it
 * @found: filled, and cancelled if it says so.  The timer may be gone since
 *
 * Context: any but NMI.
 * Return: whether there is one.
 */
bool timer_find(timer_matches *matches, const void *argument,
		struct found_timer *found)
{
	unsigned int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < BASES; i++)
			if (drop_from(per_cpu_ptr(&timer_bases[i], cpu), matches,
				      argument, found))
				return true;
	return false;
}

static void init_base(struct timer_base *base, clockid_t clock)
{
	raw_spin_lock_init(&base->lock);
	base->timers = RB_ROOT_CACHED;
	base->clock = clock;
	hrtimer_setup(&base->hrtimer, base_is_due, clock,
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

void timer_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		init_base(per_cpu_ptr(&timer_bases[BASE_RELATIVE], cpu),
			  CLOCK_MONOTONIC);
		init_base(per_cpu_ptr(&timer_bases[BASE_ABSOLUTE], cpu),
			  CLOCK_REALTIME);
	}
}

/* No module is left that could have set any. */
void timer_exit(void)
{
	unsigned int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < BASES; i++)
			hrtimer_cancel(&per_cpu_ptr(&timer_bases[i], cpu)->hrtimer);
}
