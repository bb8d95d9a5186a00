// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remove locks ("Using remove locks", Windows driver documentation).  IoCount has one for
 * each that holds it and one for its owner; whoever brings it to zero signals the event.
 */
#include <linux/export.h>

#include <ntpool/interlocked.h>
#include <ntpool/removelock.h>

#include "ke/internal.h"

/**
 * IoInitializeRemoveLockEx() - make a remove lock (IoInitializeRemoveLock)
 * @Lock: it, nonpaged, in a device extension commonly
 * @AllocateTag: without effect, as what follows: they are for NT's checked build
 * @MaxLockedMinutes: as @AllocateTag
 * @HighWatermark: as @AllocateTag
 * @RemlockSize: bytes of @Lock
 *
 * Context: IRQL PASSIVE.
 */
VOID IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag,
			      ULONG MaxLockedMinutes, ULONG HighWatermark,
			      ULONG RemlockSize)
{
	Lock->Common.Removed = FALSE;
	Lock->Common.IoCount = 1;
	KeInitializeEvent(&Lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}
EXPORT_SYMBOL_GPL(IoInitializeRemoveLockEx);

static void let_go(PIO_REMOVE_LOCK lock)
{
	if (!InterlockedDecrement(&lock->Common.IoCount))
		KeSetEvent(&lock->Common.RemoveEvent, 0, FALSE);
}

/**
 * IoAcquireRemoveLockEx() - keep a device from being removed (IoAcquireRemoveLock)
 * @RemoveLock: the lock
 * @Tag: without effect, as what follows: they are for NT's checked build
 * @File: as @Tag
 * @Line: as @Tag
 * @RemlockSize: bytes of @RemoveLock
 *
 * Context: IRQL <= DISPATCH.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING if it is being removed: then it is not
 * to be released.
 */
NTSTATUS IoAcquireRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File,
			       ULONG Line, ULONG RemlockSize)
{
	InterlockedIncrement(&RemoveLock->Common.IoCount);
	if (!READ_ONCE(RemoveLock->Common.Removed))
		return STATUS_SUCCESS;
	let_go(RemoveLock);
	return STATUS_DELETE_PENDING;
}
EXPORT_SYMBOL_GPL(IoAcquireRemoveLockEx);

/**
 * IoReleaseRemoveLockEx() - and no longer (IoReleaseRemoveLock)
 * @RemoveLock: the lock
 * @Tag: without effect
 * @RemlockSize: bytes of @RemoveLock
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoReleaseRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag,
			   ULONG RemlockSize)
{
	let_go(RemoveLock);
}
EXPORT_SYMBOL_GPL(IoReleaseRemoveLockEx);

/**
 * IoReleaseRemoveLockAndWaitEx() - nobody is to get it any more, and nobody has it when
 *				    this returns (IoReleaseRemoveLockAndWait)
 * @RemoveLock: the lock, which the caller has
 * @Tag: without effect
 * @RemlockSize: bytes of @RemoveLock
 *
 * At DISPATCH or above it is bug check 0xB8 or 0xA and the exception
 * STATUS_UNSUCCESSFUL, and the caller has it still.
 *
 * Context: IRQL PASSIVE.
 */
VOID IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag,
				  ULONG RemlockSize)
{
	wait_must_be_allowed(&RemoveLock->Common.RemoveEvent);
	WRITE_ONCE(RemoveLock->Common.Removed, TRUE);
	/* A full barrier: who counts himself in behind it sees that it is removed. */
	InterlockedDecrement(&RemoveLock->Common.IoCount);
	if (InterlockedDecrement(&RemoveLock->Common.IoCount) > 0)
		KeWaitForSingleObject(&RemoveLock->Common.RemoveEvent, Executive,
				      KernelMode, FALSE, NULL);
}
EXPORT_SYMBOL_GPL(IoReleaseRemoveLockAndWaitEx);
