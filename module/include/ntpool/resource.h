/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks that many may share, with NT's names (wdm.h): executive resources, push locks,
 * reader-writer spin locks; and run-down protection.
 */
#ifndef _NTPOOL_RESOURCE_H
#define _NTPOOL_RESOURCE_H

#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>
#include <ntpool/process.h>

typedef ULONG_PTR ERESOURCE_THREAD, *PERESOURCE_THREAD;

/* Opaque; all under Lock. */
typedef struct _ERESOURCE {
	spinlock_t Lock;
	struct list_head Waiters; /* in the order that they came */
	struct list_head Sharers;
	ERESOURCE_THREAD OwnerThread; /* has it for itself; 0: nobody */
	ULONG Depth;		      /* how many times */
	ULONG NumberOfSharedWaiters;
	ULONG NumberOfExclusiveWaiters;
} ERESOURCE, *PERESOURCE;

#define ExGetCurrentResourceThread() ((ERESOURCE_THREAD)PsGetCurrentThread())

/* resource.c */
NTSTATUS ExInitializeResourceLite(PERESOURCE Resource);
NTSTATUS ExReinitializeResourceLite(PERESOURCE Resource);
NTSTATUS ExDeleteResourceLite(PERESOURCE Resource);
BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait);
BOOLEAN ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait);
BOOLEAN ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait);
BOOLEAN ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait);
VOID ExReleaseResourceLite(PERESOURCE Resource);
VOID ExReleaseResourceForThreadLite(PERESOURCE Resource,
				    ERESOURCE_THREAD ResourceThreadId);
VOID ExConvertExclusiveToSharedLite(PERESOURCE Resource);
BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource);
ULONG ExIsResourceAcquiredSharedLite(PERESOURCE Resource);
ULONG ExGetExclusiveWaiterCount(PERESOURCE Resource);
ULONG ExGetSharedWaiterCount(PERESOURCE Resource);

#define ExIsResourceAcquiredLite(Resource) ExIsResourceAcquiredSharedLite(Resource)

FORCEINLINE PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	ExAcquireResourceExclusiveLite(Resource, TRUE);
	return (PVOID)ExGetCurrentResourceThread();
}

FORCEINLINE PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
	KeEnterCriticalRegion();
	ExAcquireResourceSharedLite(Resource, TRUE);
	return (PVOID)ExGetCurrentResourceThread();
}

FORCEINLINE VOID ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
	ExReleaseResourceLite(Resource);
	KeLeaveCriticalRegion();
}

/* One for each user, and the lowest bit from when nobody may become one. */
typedef struct _EX_RUNDOWN_REF {
	union {
		volatile LONG64 Count;
		PVOID Ptr;
	};
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

/* rundown.c */
VOID ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
VOID ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef);
BOOLEAN ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count);
VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef);
VOID ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count);
VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef);
VOID ExRundownCompleted(PEX_RUNDOWN_REF RunRef);

typedef struct _EX_PUSH_LOCK {
	struct rw_semaphore semaphore;
} EX_PUSH_LOCK, *PEX_PUSH_LOCK;

/* A macro, so that lockdep tells the locks of different places apart. */
#define ExInitializePushLock(PushLock)	     init_rwsem(&(PushLock)->semaphore)
#define ExAcquirePushLockExclusive(PushLock) down_write(&(PushLock)->semaphore)
#define ExReleasePushLockExclusive(PushLock) up_write(&(PushLock)->semaphore)
#define ExAcquirePushLockShared(PushLock)    down_read(&(PushLock)->semaphore)
#define ExReleasePushLockShared(PushLock)    up_read(&(PushLock)->semaphore)

#endif /* _NTPOOL_RESOURCE_H */
