/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reader-writer spin locks with NT's names (wdm.h, "Reader-writer spin locks").  One is a
 * LONG that begins as 0: who shares it counts in it, and who has it for himself sets its
 * highest bit, which keeps others from sharing it while he waits for those that do.
 */
#ifndef _NTPOOL_EXSPIN_H
#define _NTPOOL_EXSPIN_H

#include <linux/atomic.h>
#include <linux/processor.h>

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

typedef volatile LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;

#define NTPOOL_EX_OWNED ((LONG)0x80000000)

/* One more that shares it, or its owner; not while it is somebody's. */
FORCEINLINE BOOLEAN ntpool_ex_try(PEX_SPIN_LOCK lock, LONG add)
{
	atomic_t *word = (atomic_t *)lock;
	LONG old = atomic_read(word);

	return old >= 0 && atomic_try_cmpxchg_acquire(word, &old, old + add);
}

FORCEINLINE VOID ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	while (!ntpool_ex_try(SpinLock, 1))
		cpu_relax();
}

FORCEINLINE VOID ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	while (!ntpool_ex_try(SpinLock, NTPOOL_EX_OWNED))
		cpu_relax();
	while (atomic_read_acquire((atomic_t *)SpinLock) != NTPOOL_EX_OWNED)
		cpu_relax();
}

FORCEINLINE VOID ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	atomic_dec_return_release((atomic_t *)SpinLock);
}

FORCEINLINE VOID ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
	atomic_set_release((atomic_t *)SpinLock, 0);
}

/* For the only one that shares it. */
FORCEINLINE BOOLEAN ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
	return atomic_cmpxchg_acquire((atomic_t *)SpinLock, 1, NTPOOL_EX_OWNED) == 1;
}

FORCEINLINE KIRQL ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
	KIRQL before = KeRaiseIrqlToDpcLevel();

	ExAcquireSpinLockSharedAtDpcLevel(SpinLock);
	return before;
}

FORCEINLINE KIRQL ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
	KIRQL before = KeRaiseIrqlToDpcLevel();

	ExAcquireSpinLockExclusiveAtDpcLevel(SpinLock);
	return before;
}

FORCEINLINE VOID ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
	ExReleaseSpinLockSharedFromDpcLevel(SpinLock);
	KeLowerIrql(OldIrql);
}

FORCEINLINE VOID ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
	ExReleaseSpinLockExclusiveFromDpcLevel(SpinLock);
	KeLowerIrql(OldIrql);
}

#endif /* _NTPOOL_EXSPIN_H */
