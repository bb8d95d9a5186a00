// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dispatcher objects: what is signaled, and who waits for it.
 *
 * DOC: where waiters are kept
 *
 * An object is as small as NT's and has no list in it.  Who waits for it stands in a
 * bucket of a table by the object's address, as with futexes.  So all that is touched
 * of an object is its header, eight bytes, and that by instructions that may fail: an
 * object in paged pool whose page is out is bug check 0xD1, recorded by the pager, and
 * the operation is refused.  NT touches objects at DISPATCH whatever its caller's
 * level, and so do we: with interrupts off.
 *
 * Locks: a bucket's, for what happens to one object.  Waits for all of several objects
 * take all buckets' locks, under all_lock and in order; and so does whoever signals an
 * object in whose bucket such a wait stands, for he must look at the others, too.
 * Threads are woken under these locks; beyond the scheduler's nothing is below them.
 */
#include <linux/hash.h>
#include <linux/instrumented.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "ke/internal.h"
#include "paging/paging.h"

/* All of them at once are preempt_count() that many times up, which has room for 255. */
#define BUCKET_BITS 6
#define BUCKETS	    (1 << BUCKET_BITS)

/**
 * struct dispatcher_bucket - those who wait for objects of some addresses
 * @lock: guards the objects' headers, too; interrupts off
 * @waits: KWAIT_BLOCK, in the order in which they came
 * @alls: of these, those of waits for all objects; changed under all locks
 * @pulsed: an object that is taken for signaled, whatever its header says, or NULL
 */
struct dispatcher_bucket {
	raw_spinlock_t lock;
	struct list_head waits;
	unsigned int alls;
	const DISPATCHER_HEADER *pulsed;
} ____cacheline_aligned_in_smp;

static struct dispatcher_bucket buckets[BUCKETS];
static DEFINE_RAW_SPINLOCK(all_lock);

static struct dispatcher_bucket *bucket_of(const volatile void *object)
{
	return &buckets[hash_ptr((const void *)object, BUCKET_BITS)];
}

/**
 * dispatcher_init() - make the table
 */
void dispatcher_init(void)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++) {
		raw_spin_lock_init(&buckets[i].lock);
		INIT_LIST_HEAD(&buckets[i].waits);
	}
}

/*
 * Which locks these take and leave depends on what they find, which sparse cannot follow:
 * it is told that they leave none.
 */

/**
 * dispatcher_lock_all() - lock all objects
 * @guard: for dispatcher_unlock()
 *
 * Context: any but NMI; interrupts are off afterwards.
 */
void dispatcher_lock_all(struct dispatcher_guard *guard)
{
	unsigned int i;

	guard->bucket = NULL;
	raw_spin_lock_irqsave(&all_lock, guard->flags);
	__release(&all_lock);
	for (i = 0; i < BUCKETS; i++) {
		raw_spin_lock_nest_lock(&buckets[i].lock, &all_lock);
		__release(&buckets[i].lock);
	}
}

/**
 * dispatcher_lock() - lock an object, and all if others must be looked at, too
 * @object: its address; it is not touched
 * @guard: for dispatcher_unlock()
 *
 * Context: any but NMI; interrupts are off afterwards.
 */
void dispatcher_lock(PDISPATCHER_HEADER object, struct dispatcher_guard *guard)
{
	struct dispatcher_bucket *bucket = bucket_of(object);

	guard->bucket = bucket;
	raw_spin_lock_irqsave(&bucket->lock, guard->flags);
	__release(&bucket->lock);
	if (likely(!bucket->alls))
		return;
	__acquire(&bucket->lock);
	raw_spin_unlock_irqrestore(&bucket->lock, guard->flags);
	dispatcher_lock_all(guard);
}

/**
 * dispatcher_unlock() - undo dispatcher_lock() or dispatcher_lock_all()
 * @guard: what it has filled
 */
void dispatcher_unlock(struct dispatcher_guard *guard)
{
	unsigned int i;

	if (likely(guard->bucket)) {
		__acquire(&guard->bucket->lock);
		raw_spin_unlock_irqrestore(&guard->bucket->lock, guard->flags);
		return;
	}
	for (i = BUCKETS; i--;) {
		__acquire(&buckets[i].lock);
		raw_spin_unlock(&buckets[i].lock);
	}
	__acquire(&all_lock);
	raw_spin_unlock_irqrestore(&all_lock, guard->flags);
}

/**
 * dispatcher_missing() - tell of an object that cannot be touched
 * @object: its address
 * @write: was it written to
 *
 * Bug check 0xA [address, IRQL, 0 read or 1 write, caller], unless the pager has told
 * already.
 *
 * Context: any but NMI.
 */
void dispatcher_missing(const volatile void *object, bool write)
{
	if (paging_active() && paging_may_be_ours((unsigned long)object))
		return;
	ntpool_bugcheck(BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, (unsigned long)object,
			max_t(u8, ntpool_irql(), DISPATCH_LEVEL), write,
			_RET_IP_);
}

/**
 * refuse_pageable() - is an object in paged pool that may not be
 * @object: its address; it is not touched
 *
 * What stands in queues and lists must be there in any interrupt.  On NT one in paged
 * pool works until its page is out; here it is bug check 0xD1 at once, as the queue
 * could not be mended.
 *
 * Context: any but NMI.
 */
bool refuse_pageable(const volatile void *object)
{
	if (likely(!paging_may_be_ours((unsigned long)object)) ||
	    !paging_contains((unsigned long)object) || !paging_active())
		return false;
	ntpool_bugcheck(BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)object, DISPATCH_LEVEL, 1, _RET_IP_);
	return true;
}

/**
 * dispatcher_read_locked() - look at an object's header
 * @object: the object, locked
 * @copy: filled
 *
 * One of a mutex must not be pageable, for its owner is looked at as well.
 *
 * Return: false if it cannot be touched; the bug check is recorded.
 */
bool dispatcher_read_locked(PDISPATCHER_HEADER object, DISPATCHER_HEADER *copy)
{
	lockdep_assert_held(&bucket_of(object)->lock);
	instrument_read(object, sizeof(*object));
	__get_kernel_nofault(copy, object, u64, missing);
	if (unlikely(bucket_of(object)->pulsed == object))
		copy->SignalState = 1;
	return likely(copy->Type != MutantObject) || !refuse_pageable(object);
missing:
	dispatcher_missing(object, false);
	return false;
}

/**
 * dispatcher_set_locked() - change whether an object is signaled
 * @object: the object, locked
 * @state: for SignalState
 *
 * Return: false if it cannot be touched; the bug check is recorded.
 */
bool dispatcher_set_locked(PDISPATCHER_HEADER object, LONG state)
{
	lockdep_assert_held(&bucket_of(object)->lock);
	instrument_write(&object->SignalState, sizeof(object->SignalState));
	__put_kernel_nofault((LONG *)&object->SignalState, &state, LONG, missing);
	return true;
missing:
	dispatcher_missing(&object->SignalState, true);
	return false;
}

static bool is_signaled_for(const DISPATCHER_HEADER *header,
			    PDISPATCHER_HEADER object,
			    const struct task_struct *task)
{
	if (header->SignalState > 0)
		return true;
	return header->Type == MutantObject &&
	       container_of(object, KMUTANT, Header)->OwnerThread == (PKTHREAD)task;
}

/* What a satisfied wait does to the object ("Introduction to dispatcher objects"). */
static bool consume(const DISPATCHER_HEADER *header, PDISPATCHER_HEADER object,
		    struct task_struct *task)
{
	switch (header->Type) {
	case EventSynchronizationObject:
	case TimerSynchronizationObject:
		bucket_of(object)->pulsed = NULL;
		return dispatcher_set_locked(object, 0);
	case MutantObject:
		container_of(object, KMUTANT, Header)->OwnerThread = (PKTHREAD)task;
		fallthrough;
	case SemaphoreObject:
		return dispatcher_set_locked(object, header->SignalState - 1);
	default:
		return true;
	}
}

static enum dispatcher_take judge(const DISPATCHER_HEADER *header,
				  PDISPATCHER_HEADER object,
				  const struct task_struct *task)
{
	if (!is_signaled_for(header, object, task))
		return TAKE_NOT;
	if (header->Type == MutantObject && header->SignalState == S32_MIN)
		return TAKE_LIMIT;
	return TAKE_DONE;
}

/**
 * dispatcher_try_locked() - could a wait for one object be satisfied
 * @object: the object, locked
 * @task: who waits
 *
 * Return: what would come of it.
 */
enum dispatcher_take dispatcher_try_locked(PDISPATCHER_HEADER object,
					   struct task_struct *task)
{
	DISPATCHER_HEADER header;

	if (!dispatcher_read_locked(object, &header))
		return TAKE_MISSING;
	return judge(&header, object, task);
}

/**
 * dispatcher_take_locked() - satisfy a wait for one object, if it is signaled
 * @object: the object, locked
 * @task: who waits
 *
 * Return: what came of it.
 */
enum dispatcher_take dispatcher_take_locked(PDISPATCHER_HEADER object,
					    struct task_struct *task)
{
	enum dispatcher_take take;
	DISPATCHER_HEADER header;

	if (!dispatcher_read_locked(object, &header))
		return TAKE_MISSING;
	take = judge(&header, object, task);
	if (take == TAKE_DONE && !consume(&header, object, task))
		return TAKE_MISSING;
	return take;
}

/**
 * dispatcher_take_all_locked() - satisfy a wait for several, if all are signaled
 * @waiter: who waits, for what; all are locked
 *
 * Return: what came of it; unless TAKE_DONE none has been taken.
 */
enum dispatcher_take dispatcher_take_all_locked(struct ntpool_waiter *waiter)
{
	enum dispatcher_take take;
	u32 i;

	lockdep_assert_held(&all_lock);
	for (i = 0; i < waiter->count; i++) {
		take = dispatcher_try_locked(waiter->blocks[i].object,
					     waiter->task);
		if (take != TAKE_DONE)
			return take;
	}
	for (i = 0; i < waiter->count; i++)
		dispatcher_take_locked(waiter->blocks[i].object, waiter->task);
	return TAKE_DONE;
}

/**
 * dispatcher_enqueue_locked() - a waiter is to be told of an object
 * @waiter: who
 * @block: says of which object, which is locked
 */
void dispatcher_enqueue_locked(struct ntpool_waiter *waiter, PKWAIT_BLOCK block)
{
	struct dispatcher_bucket *bucket = bucket_of(block->object);

	lockdep_assert_held(&bucket->lock);
	block->waiter = waiter;
	list_add_tail(&block->node, &bucket->waits);
	bucket->alls += waiter->kind == WAITER_ALL;
}

/**
 * dispatcher_dequeue_locked() - or no more
 * @block: whose object is locked; it may have been taken out already
 */
void dispatcher_dequeue_locked(PKWAIT_BLOCK block)
{
	struct dispatcher_bucket *bucket = bucket_of(block->object);

	lockdep_assert_held(&bucket->lock);
	if (list_empty(&block->node))
		return;
	list_del_init(&block->node);
	bucket->alls -= block->waiter->kind == WAITER_ALL;
}

/* The waiter may be gone as soon as it sees that somebody has won. */
static void finish(struct ntpool_waiter *waiter, LONG key)
{
	struct task_struct *task = waiter->task;

	atomic_set_release(&waiter->winner, key);
	wake_up_process(task);
}

static enum dispatcher_take satisfy_all(struct ntpool_waiter *waiter)
{
	enum dispatcher_take take = dispatcher_take_all_locked(waiter);
	u32 i;

	if (take != TAKE_DONE)
		return take;
	for (i = 0; i < waiter->count; i++)
		dispatcher_dequeue_locked(&waiter->blocks[i]);
	finish(waiter, 0);
	return TAKE_DONE;
}

/*
 * It comes back for its other blocks, and for that must wait for our lock.  Once it has
 * won it is woken, even if its object is gone in between: it is in no queue any more.
 */
static enum dispatcher_take satisfy_any(PKWAIT_BLOCK block)
{
	struct ntpool_waiter *waiter = block->waiter;
	enum dispatcher_take take =
		dispatcher_try_locked(block->object, waiter->task);

	if (take != TAKE_DONE)
		return take;
	if (atomic_cmpxchg(&waiter->winner, WAIT_NOBODY, block->key) ==
	    WAIT_NOBODY)
		dispatcher_take_locked(block->object, waiter->task);
	dispatcher_dequeue_locked(block);
	wake_up_process(waiter->task);
	return TAKE_DONE;
}

static enum dispatcher_take satisfy(PKWAIT_BLOCK block)
{
	struct ntpool_waiter *waiter = block->waiter;
	enum dispatcher_take take;

	if (waiter->kind == WAITER_ANY)
		return satisfy_any(block);
	if (waiter->kind == WAITER_ALL)
		return satisfy_all(waiter);
	take = dispatcher_take_locked(block->object, waiter->task);
	if (take != TAKE_DONE)
		return take;
	dispatcher_dequeue_locked(block);
	finish(waiter, block->key);
	return TAKE_DONE;
}

/* The first who waits for it and can be satisfied, is. */
static bool wake_one(struct dispatcher_bucket *bucket,
		     PDISPATCHER_HEADER object)
{
	PKWAIT_BLOCK block;

	list_for_each_entry(block, &bucket->waits, node)
		if (block->object == object && satisfy(block) == TAKE_DONE)
			return true;
	return false;
}

/**
 * dispatcher_wake_locked() - an object has become signaled: satisfy who waits for it
 * @object: the object, locked
 *
 * Who has been satisfied may free the object: it is not touched unless there are others.
 */
void dispatcher_wake_locked(PDISPATCHER_HEADER object)
{
	struct dispatcher_bucket *bucket = bucket_of(object);

	lockdep_assert_held(&bucket->lock);
	while (wake_one(bucket, object))
		continue;
}

/**
 * dispatcher_pulse_locked() - satisfy who waits for an object now, and nobody later
 * @object: the object, locked, and not signaled
 *
 * As of dispatcher_wake_locked(): so it cannot be made signaled, and not again afterwards.
 */
void dispatcher_pulse_locked(PDISPATCHER_HEADER object)
{
	struct dispatcher_bucket *bucket = bucket_of(object);

	lockdep_assert_held(&bucket->lock);
	bucket->pulsed = object;
	dispatcher_wake_locked(object);
	bucket->pulsed = NULL;
}
