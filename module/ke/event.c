// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events and semaphores ("Event objects", "Semaphore objects", Windows driver
 * documentation, and the page of each call).
 */
#include <linux/export.h>
#include <linux/instrumented.h>
#include <linux/uaccess.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "ke/internal.h"

/**
 * KeInitializeEvent() - make an event
 * @Event: in memory that is resident whenever it is used
 * @Type: NotificationEvent stays signaled, SynchronizationEvent lets one thread go
 * @State: whether it is signaled
 *
 * Context: any; @Event is touched at the caller's IRQL.
 */
VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
	Event->Header.Type = Type == NotificationEvent ?
				     EventNotificationObject :
				     EventSynchronizationObject;
	Event->Header.SignalState = !!State;
}
EXPORT_SYMBOL_GPL(KeInitializeEvent);

/* What it was; 0 if it cannot be touched. */
static LONG change_event(PDISPATCHER_HEADER object, LONG state)
{
	struct dispatcher_guard guard;
	DISPATCHER_HEADER header = {};

	dispatcher_lock(object, &guard);
	if (dispatcher_read_locked(object, &header) &&
	    header.SignalState != state)
		dispatcher_set_locked(object, state);
	if (state > 0)
		dispatcher_wake_locked(object);
	dispatcher_unlock(&guard);
	return header.SignalState;
}

/**
 * KeSetEvent() - signal an event
 * @Event: the event
 * @Increment: without effect
 * @Wait: whether a KeWaitXxx call follows at once; without effect
 *
 * An event that cannot be touched, because it lies in paged pool and its page is out,
 * is bug check 0xD1, at any IRQL: NT touches it at DISPATCH.
 *
 * Context: any but NMI; on NT IRQL <= DISPATCH.
 * Return: the state before.
 */
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	return change_event(&Event->Header, 1);
}
EXPORT_SYMBOL_GPL(KeSetEvent);

/**
 * KeResetEvent() - an event is not signaled any more
 * @Event: the event
 *
 * Context: as KeSetEvent().
 * Return: the state before.
 */
LONG KeResetEvent(PRKEVENT Event)
{
	return change_event(&Event->Header, 0);
}
EXPORT_SYMBOL_GPL(KeResetEvent);

/**
 * KeClearEvent() - KeResetEvent(), without an answer
 * @Event: the event
 *
 * Context: as KeSetEvent().
 */
VOID KeClearEvent(PRKEVENT Event)
{
	change_event(&Event->Header, 0);
}
EXPORT_SYMBOL_GPL(KeClearEvent);

/**
 * KePulseEvent() - let go who waits now, and nobody else
 * @Event: the event
 * @Increment: without effect
 * @Wait: without effect
 *
 * Context: as KeSetEvent().
 * Return: the state before.
 */
LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	PDISPATCHER_HEADER object = &Event->Header;
	struct dispatcher_guard guard;
	DISPATCHER_HEADER header = {};

	dispatcher_lock(object, &guard);
	/* Last of all, for who is let go may free it. */
	if (dispatcher_read_locked(object, &header) &&
	    dispatcher_set_locked(object, 0))
		dispatcher_pulse_locked(object);
	dispatcher_unlock(&guard);
	return header.SignalState;
}
EXPORT_SYMBOL_GPL(KePulseEvent);

/**
 * KeReadStateEvent() - is an event signaled
 * @Event: the event
 *
 * Context: any; @Event is touched at the caller's IRQL.
 * Return: not 0 if it is.
 */
LONG KeReadStateEvent(PRKEVENT Event)
{
	return READ_ONCE(Event->Header.SignalState);
}
EXPORT_SYMBOL_GPL(KeReadStateEvent);

/**
 * KeInitializeSemaphore() - make a semaphore
 * @Semaphore: in memory that is resident whenever it is used
 * @Count: how many waits it satisfies
 * @Limit: how many it may, at most
 *
 * Context: any; @Semaphore is touched at the caller's IRQL.
 */
VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
	Semaphore->Header.Type = SemaphoreObject;
	Semaphore->Header.SignalState = Count;
	Semaphore->Limit = Limit;
}
EXPORT_SYMBOL_GPL(KeInitializeSemaphore);

/* It may lie in another page than the header; false if it cannot be touched. */
static bool read_limit_locked(PRKSEMAPHORE semaphore, LONG *limit)
{
	instrument_read(&semaphore->Limit, sizeof(semaphore->Limit));
	__get_kernel_nofault(limit, &semaphore->Limit, LONG, missing);
	return true;
missing:
	dispatcher_missing(&semaphore->Limit, false);
	return false;
}

/* Whether the limit allows it. */
static bool release_semaphore(PRKSEMAPHORE semaphore, LONG adjustment,
			      LONG *before)
{
	struct dispatcher_guard guard;
	DISPATCHER_HEADER header = {};
	bool allowed = true;
	LONG state, limit;

	dispatcher_lock(&semaphore->Header, &guard);
	if (dispatcher_read_locked(&semaphore->Header, &header) &&
	    read_limit_locked(semaphore, &limit)) {
		allowed = !check_add_overflow(header.SignalState, adjustment, &state) &&
			  state <= limit && state >= header.SignalState;
		if (allowed && dispatcher_set_locked(&semaphore->Header, state))
			dispatcher_wake_locked(&semaphore->Header);
	}
	dispatcher_unlock(&guard);
	*before = header.SignalState;
	return allowed;
}

/**
 * KeReleaseSemaphore() - have a semaphore satisfy more waits
 * @Semaphore: the semaphore
 * @Increment: without effect
 * @Adjustment: how many
 * @Wait: without effect
 *
 * Beyond its limit it raises STATUS_SEMAPHORE_LIMIT_EXCEEDED, and stays as it is.
 *
 * Context: as KeSetEvent().
 * Return: the count before.
 */
LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment,
			LONG Adjustment, BOOLEAN Wait)
{
	LONG before;

	if (!release_semaphore(Semaphore, Adjustment, &before))
		ExRaiseStatus(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
	return before;
}
EXPORT_SYMBOL_GPL(KeReleaseSemaphore);

/**
 * KeReadStateSemaphore() - how many waits a semaphore satisfies
 * @Semaphore: the semaphore
 *
 * Context: any; @Semaphore is touched at the caller's IRQL.
 * Return: the count; 0 if it is not signaled.
 */
LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
	return READ_ONCE(Semaphore->Header.SignalState);
}
EXPORT_SYMBOL_GPL(KeReadStateSemaphore);
