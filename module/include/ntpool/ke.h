/* SPDX-License-Identifier: GPL-2.0-only */
/* IRQL, spin locks and bug checks with NT's names (wdm.h). */
#ifndef _NTPOOL_KE_H
#define _NTPOOL_KE_H

#include <linux/bug.h>
#include <linux/ntpool.h>
#include <linux/spinlock.h>

#include <ntpool/ntdef.h>

typedef UCHAR KIRQL, *PKIRQL;

#define PASSIVE_LEVEL  NTPOOL_IRQL_PASSIVE
#define LOW_LEVEL      NTPOOL_IRQL_PASSIVE
#define APC_LEVEL      NTPOOL_IRQL_APC
#define DISPATCH_LEVEL NTPOOL_IRQL_DISPATCH

#define KeGetCurrentIrql() ((KIRQL)ntpool_irql())

#define KeRaiseIrql(NewIrql, OldIrql) \
	((void)(*(OldIrql) = ntpool_raise_irql(NewIrql)))

FORCEINLINE KIRQL KeRaiseIrqlToDpcLevel(VOID)
{
	return ntpool_raise_irql(DISPATCH_LEVEL);
}

FORCEINLINE VOID KeLowerIrql(KIRQL NewIrql)
{
	ntpool_lower_irql(NewIrql);
}

typedef spinlock_t KSPIN_LOCK, *PKSPIN_LOCK;

/* A macro, so that lockdep tells the locks of different places apart. */
#define KeInitializeSpinLock(SpinLock) spin_lock_init(SpinLock)

/*
 * A lock in paged pool whose page is out faults here, and not where Linux has begun
 * to take it.
 */
FORCEINLINE VOID ntpool_spin_lock(PKSPIN_LOCK lock)
{
	(void)READ_ONCE(*(volatile UCHAR *)lock);
	spin_lock(lock);
}

FORCEINLINE KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
	KIRQL before = KeRaiseIrqlToDpcLevel();

	ntpool_spin_lock(SpinLock);
	return before;
}

#define KeAcquireSpinLock(SpinLock, OldIrql) \
	((void)(*(OldIrql) = KeAcquireSpinLockRaiseToDpc(SpinLock)))

FORCEINLINE VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
	spin_unlock(SpinLock);
	KeLowerIrql(NewIrql);
}

FORCEINLINE VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	ntpool_spin_lock(SpinLock);
}

FORCEINLINE VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
	spin_unlock(SpinLock);
}

FORCEINLINE BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	return !!spin_trylock(SpinLock);
}

/* Whether it is free. */
FORCEINLINE BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
	return !raw_spin_is_locked(spinlock_check(SpinLock));
}

/* Linux's spin locks are queued ones anyway. */
typedef struct _KLOCK_QUEUE_HANDLE {
	PKSPIN_LOCK Lock;
	KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

FORCEINLINE VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock,
						PKLOCK_QUEUE_HANDLE LockHandle)
{
	LockHandle->Lock = SpinLock;
	LockHandle->OldIrql = KeAcquireSpinLockRaiseToDpc(SpinLock);
}

FORCEINLINE VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
	KeReleaseSpinLock(LockHandle->Lock, LockHandle->OldIrql);
}

FORCEINLINE VOID KeAcquireInStackQueuedSpinLockAtDpcLevel(
	PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
	LockHandle->Lock = SpinLock;
	KeAcquireSpinLockAtDpcLevel(SpinLock);
}

FORCEINLINE VOID
KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
	KeReleaseSpinLockFromDpcLevel(LockHandle->Lock);
}

/*
 * What follows this call counts on not being reached, so the thread ends here even
 * with bugcheck=record; in an interrupt that is a panic.
 */
static __always_inline void __noreturn
KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
	     ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
	     ULONG_PTR BugCheckParameter4)
{
	ntpool_bugcheck(BugCheckCode, BugCheckParameter1, BugCheckParameter2,
			BugCheckParameter3, BugCheckParameter4);
	BUG();
}

static __always_inline void __noreturn KeBugCheck(ULONG BugCheckCode)
{
	KeBugCheckEx(BugCheckCode, 0, 0, 0, 0);
}

#endif /* _NTPOOL_KE_H */
