// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run-down protection ("Run-down protection", Windows driver documentation): an object
 * has users until its owner runs it down, which waits for those that there are.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/wait_bit.h>

#include <ntpool/resource.h>

#include "ke/internal.h"

#define RUN_DOWN 1 /* nobody may become a user any more */
#define ONE_USER 2

static atomic64_t *count_of(PEX_RUNDOWN_REF ref)
{
	return (atomic64_t *)&ref->Count;
}

/**
 * ExInitializeRundownProtection() - make it, without users
 * @RunRef: it
 *
 * Context: any.
 */
VOID ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	atomic64_set(count_of(RunRef), 0);
}
EXPORT_SYMBOL_GPL(ExInitializeRundownProtection);

/**
 * ExReInitializeRundownProtection() - make it as new
 * @RunRef: has been run down
 *
 * Context: any.
 */
VOID ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	atomic64_set(count_of(RunRef), 0);
}
EXPORT_SYMBOL_GPL(ExReInitializeRundownProtection);

/**
 * ExAcquireRundownProtectionEx() - become a user, several times
 * @RunRef: the object's
 * @Count: how many times
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether the object may be used.
 */
BOOLEAN ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
	s64 before = atomic64_read(count_of(RunRef));

	do {
		if (before & RUN_DOWN)
			return FALSE;
	} while (!atomic64_try_cmpxchg(count_of(RunRef), &before,
				       before + (s64)Count * ONE_USER));
	return TRUE;
}
EXPORT_SYMBOL_GPL(ExAcquireRundownProtectionEx);

/**
 * ExAcquireRundownProtection() - become a user
 * @RunRef: the object's
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether the object may be used.
 */
BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	return ExAcquireRundownProtectionEx(RunRef, 1);
}
EXPORT_SYMBOL_GPL(ExAcquireRundownProtection);

/**
 * ExReleaseRundownProtectionEx() - and no longer be one
 * @RunRef: the object's
 * @Count: as many as were acquired, or some of them
 *
 * Context: IRQL <= DISPATCH.
 */
VOID ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
	/* Who waits may free it at once; its address is all that is used then. */
	if (atomic64_sub_return((s64)Count * ONE_USER, count_of(RunRef)) == RUN_DOWN)
		wake_up_var(RunRef);
}
EXPORT_SYMBOL_GPL(ExReleaseRundownProtectionEx);

/**
 * ExReleaseRundownProtection() - and no longer be one
 * @RunRef: the object's
 *
 * Context: IRQL <= DISPATCH.
 */
VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
	ExReleaseRundownProtectionEx(RunRef, 1);
}
EXPORT_SYMBOL_GPL(ExReleaseRundownProtection);

/**
 * ExWaitForRundownProtectionRelease() - nobody becomes a user, and those that are have
 *					 gone when this returns
 * @RunRef: the object's
 *
 * At DISPATCH or above it is bug check 0xB8 or 0xA and the exception
 * STATUS_UNSUCCESSFUL, and users may still come.
 *
 * Context: IRQL <= APC.
 */
VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
	wait_must_be_allowed(RunRef);
	atomic64_or(RUN_DOWN, count_of(RunRef));
	wait_var_event(RunRef, atomic64_read_acquire(count_of(RunRef)) == RUN_DOWN);
}
EXPORT_SYMBOL_GPL(ExWaitForRundownProtectionRelease);

/**
 * ExRundownCompleted() - the object has gone
 * @RunRef: its; was waited for
 *
 * Context: any.
 */
VOID ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
	atomic64_set(count_of(RunRef), RUN_DOWN);
}
EXPORT_SYMBOL_GPL(ExRundownCompleted);
