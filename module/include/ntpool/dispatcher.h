/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that threads wait for, with NT's names (wdm.h): events, semaphores,
 * mutexes, and the waits.  Who waits for an object is not kept in it, but in a table
 * by its address (ke/dispatcher.c); so its header is all that a wait touches.
 */
#ifndef _NTPOOL_DISPATCHER_H
#define _NTPOOL_DISPATCHER_H

#include <linux/types.h>

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;

/* What Type says. */
enum ntpool_object_type {
	EventNotificationObject = 0,
	EventSynchronizationObject = 1,
	MutantObject = 2,
	SemaphoreObject = 5,
	ThreadObject = 6,
	TimerNotificationObject = 8,
	TimerSynchronizationObject = 9,
};

/* SignalState above 0: signaled. */
typedef struct _DISPATCHER_HEADER {
	ULONG Type;
	volatile LONG SignalState;
} DECLSPEC_ALIGN(8) DISPATCHER_HEADER, *PDISPATCHER_HEADER;

typedef struct _KEVENT {
	DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KSEMAPHORE {
	DISPATCHER_HEADER Header;
	LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

typedef struct _KMUTANT {
	DISPATCHER_HEADER Header;
	PKTHREAD OwnerThread;
} KMUTANT, *PKMUTANT, *PRKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

typedef enum _EVENT_TYPE { NotificationEvent,
			   SynchronizationEvent } EVENT_TYPE;

typedef enum _WAIT_TYPE { WaitAll,
			  WaitAny } WAIT_TYPE;

/* Told to whoever debugs, and to nobody else. */
typedef enum _KWAIT_REASON {
	Executive,
	FreePage,
	PageIn,
	PoolAllocation,
	DelayExecution,
	Suspended,
	UserRequest,
	MaximumWaitReason = 39
} KWAIT_REASON;

struct ntpool_waiter;

/* One object of a wait; the waiting thread's, and opaque. */
typedef struct _KWAIT_BLOCK {
	struct list_head node;
	PDISPATCHER_HEADER object;
	struct ntpool_waiter *waiter;
	LONG key;
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

#define THREAD_WAIT_OBJECTS  3
#define MAXIMUM_WAIT_OBJECTS 64

#define EVENT_INCREMENT	    1
#define SEMAPHORE_INCREMENT 1
#define MUTANT_INCREMENT    1

/* event.c */
VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
LONG KeResetEvent(PRKEVENT Event);
VOID KeClearEvent(PRKEVENT Event);
LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
LONG KeReadStateEvent(PRKEVENT Event);

VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit);
LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment,
			LONG Adjustment, BOOLEAN Wait);
LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore);

/* mutex.c */
VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG Level);
LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait);
LONG KeReadStateMutex(PRKMUTEX Mutex);

/* wait.c, wait_multiple.c */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
			       KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout);
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[],
				  WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
				  KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				  PLARGE_INTEGER Timeout,
				  PKWAIT_BLOCK WaitBlockArray);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval);

#define KeWaitForMutexObject KeWaitForSingleObject

#endif /* _NTPOOL_DISPATCHER_H */
