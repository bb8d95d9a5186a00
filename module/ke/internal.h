/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of ke share. */
#ifndef NTPOOL_KE_INTERNAL_H
#define NTPOOL_KE_INTERNAL_H

#include <linux/atomic.h>
#include <linux/module.h>

#include <ntpool/dispatcher.h>

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
};

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
enum dispatcher_take dispatcher_take_locked(PDISPATCHER_HEADER object,
					    struct task_struct *task);
enum dispatcher_take dispatcher_take_all_locked(struct ntpool_waiter *waiter);
void dispatcher_enqueue_locked(struct ntpool_waiter *waiter,
			       PKWAIT_BLOCK block);
void dispatcher_dequeue_locked(PKWAIT_BLOCK block);
void dispatcher_wake_locked(PDISPATCHER_HEADER object);
void dispatcher_missing(const volatile void *object, bool write);

/* wait.c */
bool wait_is_allowed(PVOID object, const LARGE_INTEGER *timeout);
NTSTATUS wait_sleep(struct ntpool_waiter *waiter, KPROCESSOR_MODE mode,
		    BOOLEAN alertable, const LARGE_INTEGER *timeout);

/* guard.c */
void guard_call(void (*call)(void *argument), void *argument, void *routine);

/* time.c */
ktime_t time_due(LONGLONG due, clockid_t *clock);

/* dpc.c */
int dpc_init(void);
void dpc_exit(void);

/* work.c */
int work_init(void);
void work_exit(void);
void work_module_goes(const struct module *module);

#endif /* NTPOOL_KE_INTERNAL_H */
