/* SPDX-License-Identifier: GPL-2.0-only */
/* Fast and guarded mutexes with NT's names (wdm.h). */
#ifndef _NTPOOL_FASTMUTEX_H
#define _NTPOOL_FASTMUTEX_H

#include <linux/mutex.h>

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

typedef struct _FAST_MUTEX {
	struct mutex mutex;
	KIRQL OldIrql; /* of the owner */
} FAST_MUTEX, *PFAST_MUTEX, KGUARDED_MUTEX, *PKGUARDED_MUTEX;

/* A macro, so that lockdep tells the mutexes of different places apart. */
#define ExInitializeFastMutex(FastMutex) mutex_init(&(FastMutex)->mutex)
#define KeInitializeGuardedMutex(Mutex)	 mutex_init(&(Mutex)->mutex)

VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex);
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex);
VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex);

/* For who is at APC, or in a critical region, already. */
FORCEINLINE VOID ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
	mutex_lock(&FastMutex->mutex);
}

FORCEINLINE VOID ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
	mutex_unlock(&FastMutex->mutex);
}

/* What a guarded mutex keeps off does not come while a thread is in the kernel. */
#define KeAcquireGuardedMutex(Mutex)	  ExAcquireFastMutexUnsafe(Mutex)
#define KeReleaseGuardedMutex(Mutex)	  ExReleaseFastMutexUnsafe(Mutex)
#define KeTryToAcquireGuardedMutex(Mutex) ((BOOLEAN)mutex_trylock(&(Mutex)->mutex))

#endif /* _NTPOOL_FASTMUTEX_H */
