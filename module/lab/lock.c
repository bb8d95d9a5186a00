// SPDX-License-Identifier: GPL-2.0-only
/* Locking a caller's pages by an MDL of one's own, the right way. */
#include "lab/lab.h"

/**
 * LabProbeAndLock() - MmProbeAndLockPages(), with a status instead of an exception
 * @Mdl: of a buffer of the running process
 *
 * Context: PASSIVE_LEVEL.
 * Return: NTSTATUS.
 */
noinline NTSTATUS LabProbeAndLock(PMDL Mdl)
{
	__try {
		MmProbeAndLockPages(Mdl, UserMode, IoWriteAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

/* The MDL is the request's: whoever has the request has the MDL. */
static PMDL *MdlOf(PIRP Irp)
{
	return (PMDL *)&Irp->Tail.Overlay.DriverContext[0];
}

/**
 * LabLockBuffer() - lock a buffer of the caller's, and map it
 * @Irp: the request that it is for
 * @Address: the buffer, in the running process
 * @Length: its bytes
 *
 * Context: PASSIVE_LEVEL, in the requester's thread.
 * Return: NTSTATUS.
 */
NTSTATUS LabLockBuffer(PIRP Irp, PVOID Address, ULONG Length)
{
	PMDL Mdl = IoAllocateMdl(Address, Length, FALSE, FALSE, NULL);
	NTSTATUS Status;

	if (Mdl == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Status = LabProbeAndLock(Mdl);
	if (!NT_SUCCESS(Status)) {
		IoFreeMdl(Mdl);
		return Status;
	}
	*MdlOf(Irp) = Mdl;
	if (LabMapping(Irp))
		return STATUS_SUCCESS;
	LabUnlockBuffer(Irp);
	return STATUS_INSUFFICIENT_RESOURCES;
}

/**
 * LabMapping() - where the system sees the buffer
 * @Irp: the request; its buffer is locked
 *
 * Context: <= DISPATCH_LEVEL, once LabLockBuffer() has made the mapping.
 * Return: a system address.
 */
PVOID LabMapping(PIRP Irp)
{
	return MmGetSystemAddressForMdlSafe(*MdlOf(Irp), NormalPagePriority);
}

/**
 * LabUnlockBuffer() - undo LabLockBuffer(), where it was done
 * @Irp: in the caller's hands
 *
 * Context: <= DISPATCH_LEVEL.
 */
VOID LabUnlockBuffer(PIRP Irp)
{
	PMDL Mdl = *MdlOf(Irp);

	*MdlOf(Irp) = NULL;
	if (Mdl == NULL)
		return;
	MmUnlockPages(Mdl);
	IoFreeMdl(Mdl);
}
