// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for several objects, and for none ("KeWaitForMultipleObjects",
 * "KeDelayExecutionThread", Windows driver documentation).
 */
#include <linux/export.h>
#include <linux/sched.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "ke/internal.h"

/* 0xC [objects]. */
static bool is_too_many(ULONG count, const KWAIT_BLOCK *blocks)
{
	if (count && count <= (blocks ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS))
		return false;
	ntpool_bugcheck(BUGCHECK_MAXIMUM_WAIT_OBJECTS_EXCEEDED, count, 0, 0, 0);
	return true;
}

static void prepare(struct ntpool_waiter *waiter, PVOID objects[])
{
	u32 i;

	for (i = 0; i < waiter->count; i++) {
		waiter->blocks[i].object = objects[i];
		waiter->blocks[i].waiter = waiter;
		waiter->blocks[i].key = i;
		INIT_LIST_HEAD(&waiter->blocks[i].node);
	}
}

/* Somebody may have satisfied the wait meanwhile: then it is not for us to take one. */
static enum dispatcher_take try_one(struct ntpool_waiter *waiter,
				    PKWAIT_BLOCK block, bool at_once)
{
	struct dispatcher_guard guard;
	enum dispatcher_take take = TAKE_NOT;

	dispatcher_lock(block->object, &guard);
	if (atomic_read(&waiter->winner) != WAIT_NOBODY) {
		dispatcher_unlock(&guard);
		return TAKE_DONE;
	}
	take = dispatcher_try_locked(block->object, waiter->task);
	if (take == TAKE_DONE &&
	    atomic_cmpxchg(&waiter->winner, WAIT_NOBODY, block->key) == WAIT_NOBODY)
		take = dispatcher_take_locked(block->object, waiter->task);
	else if (take == TAKE_NOT && !at_once)
		dispatcher_enqueue_locked(waiter, block);
	dispatcher_unlock(&guard);
	return take;
}

static enum dispatcher_take begin_any(struct ntpool_waiter *waiter,
				      bool at_once)
{
	enum dispatcher_take take = TAKE_NOT;
	u32 i;

	for (i = 0; i < waiter->count && take == TAKE_NOT; i++)
		take = try_one(waiter, &waiter->blocks[i], at_once);
	return take;
}

static enum dispatcher_take begin_all(struct ntpool_waiter *waiter,
				      bool at_once)
{
	struct dispatcher_guard guard;
	enum dispatcher_take take;
	u32 i;

	dispatcher_lock_all(&guard);
	take = dispatcher_take_all_locked(waiter);
	if (take == TAKE_DONE)
		atomic_set(&waiter->winner, 0);
	for (i = 0; take == TAKE_NOT && !at_once && i < waiter->count; i++)
		dispatcher_enqueue_locked(waiter, &waiter->blocks[i]);
	dispatcher_unlock(&guard);
	return take;
}

/* Afterwards nobody knows of the waiter, and who has won is final. */
static void leave_queues(struct ntpool_waiter *waiter)
{
	struct dispatcher_guard guard;
	u32 i;

	if (waiter->kind == WAITER_ALL) {
		dispatcher_lock_all(&guard);
		for (i = 0; i < waiter->count; i++)
			dispatcher_dequeue_locked(&waiter->blocks[i]);
		dispatcher_unlock(&guard);
		return;
	}
	for (i = 0; i < waiter->count; i++) {
		dispatcher_lock(waiter->blocks[i].object, &guard);
		dispatcher_dequeue_locked(&waiter->blocks[i]);
		dispatcher_unlock(&guard);
	}
}

static NTSTATUS wait_for_several(struct ntpool_waiter *waiter,
				 KPROCESSOR_MODE mode, BOOLEAN alertable,
				 const LARGE_INTEGER *timeout)
{
	bool at_once = timeout && !timeout->QuadPart;
	enum dispatcher_take take = waiter->kind == WAITER_ALL ?
					    begin_all(waiter, at_once) :
					    begin_any(waiter, at_once);
	NTSTATUS status = STATUS_TIMEOUT;
	LONG winner;

	if (take == TAKE_NOT && !at_once)
		status = wait_sleep(waiter, mode, alertable, timeout);
	leave_queues(waiter);
	if (unlikely(take == TAKE_LIMIT))
		ExRaiseStatus(STATUS_MUTANT_LIMIT_EXCEEDED);
	if (take == TAKE_MISSING)
		return take_status(take);
	winner = atomic_read_acquire(&waiter->winner);
	return winner == WAIT_NOBODY ? status : STATUS_WAIT_0 + winner;
}

/**
 * KeWaitForMultipleObjects() - wait for one of several objects, or for all
 * @Count: how many
 * @Object: which
 * @WaitType: WaitAny: until one is signaled, which is taken; WaitAll: until all are at
 *	      the same time, and then they are taken
 * @WaitReason: without effect
 * @WaitMode: as of KeWaitForSingleObject()
 * @Alertable: as there
 * @Timeout: as there
 * @WaitBlockArray: @Count blocks in nonpaged memory, for more than THREAD_WAIT_OBJECTS;
 *		    else NULL
 *
 * More objects than MAXIMUM_WAIT_OBJECTS, or than there are blocks for, are bug check
 * 0xC MAXIMUM_WAIT_OBJECTS_EXCEEDED.
 *
 * Context: as KeWaitForSingleObject().
 * Return: STATUS_WAIT_0 and, for WaitAny, the number of the object; else as
 * KeWaitForSingleObject(), and STATUS_INVALID_PARAMETER.
 */
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[],
				  WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
				  KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				  PLARGE_INTEGER Timeout,
				  PKWAIT_BLOCK WaitBlockArray)
{
	KWAIT_BLOCK blocks[THREAD_WAIT_OBJECTS];
	struct ntpool_waiter waiter = {
		.task = current,
		.winner = ATOMIC_INIT(WAIT_NOBODY),
		.kind = WaitType == WaitAll ? WAITER_ALL : WAITER_ANY,
		.count = Count,
		.blocks = WaitBlockArray ?: blocks,
	};

	if (is_too_many(Count, WaitBlockArray))
		return STATUS_INVALID_PARAMETER;
	if (!wait_is_allowed(Object[0], Timeout) ||
	    refuse_pageable(waiter.blocks))
		return STATUS_UNSUCCESSFUL;
	prepare(&waiter, Object);
	return wait_for_several(&waiter, WaitMode, Alertable, Timeout);
}
EXPORT_SYMBOL_GPL(KeWaitForMultipleObjects);

/**
 * KeDelayExecutionThread() - sleep
 * @WaitMode: as of KeWaitForSingleObject()
 * @Alertable: as there
 * @Interval: how long, or until when; 0 lets others run
 *
 * Context: IRQL <= APC.
 * Return: STATUS_SUCCESS; STATUS_USER_APC, or STATUS_ALERTED if @WaitMode is
 * KernelMode; STATUS_UNSUCCESSFUL where it is refused.
 */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval)
{
	struct ntpool_waiter waiter = {
		.task = current,
		.winner = ATOMIC_INIT(WAIT_NOBODY),
	};
	NTSTATUS status;

	if (!wait_is_allowed(NULL, NULL))
		return STATUS_UNSUCCESSFUL;
	if (!Interval->QuadPart) {
		cond_resched();
		return STATUS_SUCCESS;
	}
	status = wait_sleep(&waiter, WaitMode, Alertable, Interval);
	return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}
EXPORT_SYMBOL_GPL(KeDelayExecutionThread);
