/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of ke share. */
#ifndef NTPOOL_KE_INTERNAL_H
#define NTPOOL_KE_INTERNAL_H

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>
#include <ntpool/timer.h>

#include "core/core.h"
#include "ke/ke.h"

struct dispatcher_bucket;

/**
 * struct dispatcher_guard - what dispatcher_lock() has locked
 * @bucket: that of the object; NULL: all of them
 * @flags: interrupts
 */
struct dispatcher_guard {
	struct dispatcher_bucket *bucket;
	unsigned long flags;
};

/* What came of an attempt to take an object. */
enum dispatcher_take {
	TAKE_DONE,    /* it was signaled, and has been taken */
	TAKE_NOT,     /* it is not signaled */
	TAKE_MISSING, /* it cannot be touched; the bug check is recorded */
	TAKE_LIMIT,   /* it is a mutex that its owner has taken too often */
};

/* What a wait that ends so returns; TAKE_LIMIT is an exception on NT. */
static inline NTSTATUS take_status(enum dispatcher_take take)
{
	switch (take) {
	case TAKE_DONE:
		return STATUS_SUCCESS;
	case TAKE_NOT:
		return STATUS_TIMEOUT;
	case TAKE_LIMIT:
		return STATUS_MUTANT_LIMIT_EXCEEDED;
	default:
		return STATUS_ACCESS_VIOLATION;
	}
}

#define WAIT_NOBODY (-1)

/* How a waiter's blocks hang together. */
enum waiter_kind {
	WAITER_SINGLE, /* one block; whoever satisfies the wait takes it out */
	WAITER_ANY,    /* the one block is taken out, the others by the waiter */
	WAITER_ALL,    /* all are taken out */
};

/**
 * struct ntpool_waiter - a thread that waits
 * @task: it
 * @winner: key of the object that has satisfied the wait, or WAIT_NOBODY.  Once it
 *	    is set, a waiter of one block or for all may go without any lock
 * @kind: constant, as what follows
 * @count: blocks
 * @blocks: one for each object
 */
struct ntpool_waiter {
	struct task_struct *task;
	atomic_t winner;
	enum waiter_kind kind;
	u32 count;
	PKWAIT_BLOCK blocks;
};

/* dispatcher.c */
void dispatcher_init(void);
void dispatcher_lock(PDISPATCHER_HEADER object, struct dispatcher_guard *guard);
void dispatcher_lock_all(struct dispatcher_guard *guard);
void dispatcher_unlock(struct dispatcher_guard *guard);
bool dispatcher_read_locked(PDISPATCHER_HEADER object, DISPATCHER_HEADER *copy);
bool dispatcher_set_locked(PDISPATCHER_HEADER object, LONG state);
enum dispatcher_take dispatcher_try_locked(PDISPATCHER_HEADER object,
					   struct task_struct *task);
enum dispatcher_take dispatcher_take_locked(PDISPATCHER_HEADER object,
					    struct task_struct *task);
enum dispatcher_take dispatcher_take_all_locked(struct ntpool_waiter *waiter);
void dispatcher_enqueue_locked(struct ntpool_waiter *waiter,
			       PKWAIT_BLOCK block);
void dispatcher_dequeue_locked(PKWAIT_BLOCK block);
void dispatcher_wake_locked(PDISPATCHER_HEADER object);
void dispatcher_pulse_locked(PDISPATCHER_HEADER object);
void dispatcher_missing(const volatile void *object, bool write);
bool refuse_pageable(const volatile void *object);

/* wait.c */
bool wait_is_allowed(PVOID object, const LARGE_INTEGER *timeout);
void wait_must_be_allowed(PVOID object);
NTSTATUS wait_sleep(struct ntpool_waiter *waiter, KPROCESSOR_MODE mode,
		    BOOLEAN alertable, const LARGE_INTEGER *timeout);

/* guard.c */
void guard_call(void (*call)(void *argument), void *argument, void *routine);

/* time.c */
ktime_t time_due(LONGLONG due, clockid_t *clock);

/* dpc.c */
typedef bool dpc_matches(PKDPC dpc, const void *argument);
PKDPC dpc_find(dpc_matches *matches, const void *argument, bool drop);
void dpc_init(void);
void dpc_exit(void);

/*
 * What queues DPCs in between has them run at the end, and not in some thread.  Where
 * they cannot run at the end, they do when the interrupt is over.
 */
static inline bool dpcs_hold(void)
{
	if (in_hardirq() || irqs_disabled())
		return false;
	local_bh_disable();
	return true;
}

static inline void dpcs_let_go(bool held)
{
	if (held)
		local_bh_enable();
}

/* timer.c */

/**
 * struct found_timer - what timer_find() has found
 * @timer: it
 * @dpc: its DPC
 * @drop: in: cancel it
 */
struct found_timer {
	PKTIMER timer;
	PKDPC dpc;
	bool drop;
};

typedef bool timer_matches(PKTIMER timer, const void *argument);
bool timer_find(timer_matches *matches, const void *argument,
		struct found_timer *found);
void timer_init(void);
void timer_exit(void);

/* probe.c */
void probe_init(void);

/* check.c */
void check_module_goes(const struct module *module);
void check_init(void);
void check_exit(void);

/* work.c */
int work_init(void);
void work_exit(void);
void work_module_goes(const struct module *module);
void work_after_readers(struct rcu_work *work);

#endif /* NTPOOL_KE_INTERNAL_H */
