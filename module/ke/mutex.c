// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutexes ("Mutex objects", "Fast mutexes and guarded mutexes", Windows driver
 * documentation).
 */
#include <linux/export.h>
#include <linux/mutex.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/fastmutex.h>

#include "ke/internal.h"

/**
 * KeInitializeMutex() - make a mutex, owned by nobody
 * @Mutex: in memory that is resident whenever it is used
 * @Level: reserved
 *
 * Context: any; @Mutex is touched at the caller's IRQL.
 */
VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
	Mutex->Header.Type = MutantObject;
	Mutex->Header.SignalState = 1;
	Mutex->OwnerThread = NULL;
}
EXPORT_SYMBOL_GPL(KeInitializeMutex);

/* Whether the running thread owned it. */
static bool release_mutex(PRKMUTEX mutex, LONG *before)
{
	struct dispatcher_guard guard;
	DISPATCHER_HEADER header = {};
	bool owned = true;

	dispatcher_lock(&mutex->Header, &guard);
	if (dispatcher_read_locked(&mutex->Header, &header))
		owned = mutex->OwnerThread == (PKTHREAD)current;
	if (owned && header.Type == MutantObject) {
		if (header.SignalState == 0)
			mutex->OwnerThread = NULL;
		dispatcher_set_locked(&mutex->Header, header.SignalState + 1);
		dispatcher_wake_locked(&mutex->Header);
	}
	dispatcher_unlock(&guard);
	*before = header.SignalState;
	return owned;
}

/**
 * KeReleaseMutex() - give a mutex up, once
 * @Mutex: the mutex
 * @Wait: without effect
 *
 * Who does not own it gets the exception STATUS_MUTANT_NOT_OWNED.
 *
 * Context: IRQL <= DISPATCH, the thread that owns it.
 * Return: the state before: 0 if it is free now.
 */
LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
	LONG before;

	if (!release_mutex(Mutex, &before))
		ExRaiseStatus(STATUS_MUTANT_NOT_OWNED);
	return before;
}
EXPORT_SYMBOL_GPL(KeReleaseMutex);

/**
 * KeReadStateMutex() - may a mutex be had
 * @Mutex: the mutex
 *
 * Context: any; @Mutex is touched at the caller's IRQL.
 * Return: 1 if nobody owns it.
 */
LONG KeReadStateMutex(PRKMUTEX Mutex)
{
	return READ_ONCE(Mutex->Header.SignalState);
}
EXPORT_SYMBOL_GPL(KeReadStateMutex);

/* Nothing can go on behind a call that has not done what it is for. */
static void must_be_able_to_wait(PFAST_MUTEX mutex)
{
	wait_must_be_allowed(mutex);
	if (refuse_pageable(mutex))
		ExRaiseStatus(STATUS_UNSUCCESSFUL);
}

/**
 * ExAcquireFastMutex() - own a fast mutex, and be at APC
 * @FastMutex: the mutex
 *
 * At DISPATCH or above it is bug check 0xA or 0xB8, in paged pool 0xD1, and the
 * exception STATUS_UNSUCCESSFUL.
 *
 * Context: IRQL <= APC.
 */
VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	KIRQL before;

	must_be_able_to_wait(FastMutex);
	before = ntpool_raise_irql(APC_LEVEL);
	mutex_lock(&FastMutex->mutex);
	FastMutex->OldIrql = before;
}
EXPORT_SYMBOL_GPL(ExAcquireFastMutex);

/**
 * ExTryToAcquireFastMutex() - the same, unless somebody owns it
 * @FastMutex: the mutex
 *
 * Context: IRQL <= APC.
 * Return: TRUE if it is the caller's now, who is at APC then.
 */
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	KIRQL before;

	must_be_able_to_wait(FastMutex);
	before = ntpool_raise_irql(APC_LEVEL);
	if (!mutex_trylock(&FastMutex->mutex)) {
		ntpool_lower_irql(before);
		return FALSE;
	}
	FastMutex->OldIrql = before;
	return TRUE;
}
EXPORT_SYMBOL_GPL(ExTryToAcquireFastMutex);

/**
 * ExReleaseFastMutex() - give a fast mutex up
 * @FastMutex: the mutex
 *
 * Context: IRQL APC, the thread that owns it; back at the level before.
 */
VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
	KIRQL before = FastMutex->OldIrql;

	mutex_unlock(&FastMutex->mutex);
	ntpool_lower_irql(before);
}
EXPORT_SYMBOL_GPL(ExReleaseFastMutex);
