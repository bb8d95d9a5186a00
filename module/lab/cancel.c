// SPDX-License-Identifier: GPL-2.0-only
/* cancel-frees-buffer: cancellation against completion. */
#include "lab/lab.h"

#define LAB_BLOCK_SIZE 64

/*
 * Guard: of two who would complete it, the second is only told that it was late.  With the
 * cancel spin lock held, so that nobody is about to cancel what has been completed.
 */
static BOOLEAN IsFirst(PLAB_SESSION Session)
{
	return !InterlockedExchange(&Session->Completed, 1);
}

/* WRONG: the device still has the buffer, and its DPC is on its way. */
static VOID CancelAndFree(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PLAB_SESSION Session = LabSessionOf(Irp);
	PVOID Block = Session->Block;
	BOOLEAN First = IsFirst(Session);

	UNREFERENCED_PARAMETER(DeviceObject);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	if (!First)
		return;
	ExFreePoolWithTag(Block, LAB_TAG);
	LabComplete(Irp, STATUS_CANCELLED, 0);
}

/* WRONG: the DPC takes it for granted that request and buffer are still there. */
static VOID FillFreedBlock(PLAB_SESSION Session)
{
	PVOID Block = Session->Block;
	PIRP Irp = Session->Irp;
	BOOLEAN First;
	KIRQL Irql;

	Session->Status = LabTouchWrite(Block);
	IoAcquireCancelSpinLock(&Irql);
	First = IsFirst(Session);
	if (First)
		IoSetCancelRoutine(Irp, NULL);
	IoReleaseCancelSpinLock(Irql);
	if (!First)
		return;
	Session->Irp = NULL;
	ExFreePoolWithTag(Block, LAB_TAG);
	LabComplete(Irp, STATUS_SUCCESS, 0);
}

/* Guard: from special pool or not at all, so that what is freed is nobody else's. */
static PVOID SpecialBlock(VOID)
{
	PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED |
					      POOL_FLAG_SPECIAL_POOL,
				      LAB_BLOCK_SIZE, LAB_TAG);

	if (Block == NULL || ntpool_lab_in_special_pool(Block))
		return Block;
	ExFreePoolWithTag(Block, LAB_TAG);
	return NULL;
}

static NTSTATUS Refuse(PLAB_SESSION Session, PIRP Irp, NTSTATUS Status)
{
	LabReleaseDevice(Session);
	return LabComplete(Irp, Status, 0);
}

/**
 * LabCancelWrong() - WRONG: a cancel routine that frees what the DPC writes to
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabCancelWrong(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	Session->Block = SpecialBlock();
	if (Session->Block == NULL)
		return Refuse(Session, Irp, STATUS_INSUFFICIENT_RESOURCES);
	IoMarkIrpPending(Irp);
	Session->Completed = 0;
	Session->Irp = Irp;
	IoSetCancelRoutine(Irp, CancelAndFree);
	if (NT_SUCCESS(LabStartDevice(Session, FillFreedBlock, NULL)))
		return STATUS_PENDING;
	/* Guard: no interrupt will come, so it ends as if one had. */
	FillFreedBlock(Session);
	LabReleaseDevice(Session);
	return STATUS_PENDING;
}

/* right: the buffer is freed by the DPC, or by LabClose() where no DPC comes. */
static VOID FillOwnBlock(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);

	Session->Status = LabTouchWrite(Session->DeviceBlock);
	ExFreePoolWithTag(Session->DeviceBlock, LAB_TAG);
	Session->DeviceBlock = NULL;
	if (Irp)
		LabComplete(Irp, STATUS_SUCCESS, 0);
}

/**
 * LabCancelRight() - right: who takes the cancel routine away has the request
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabCancelRight(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	/* One may be left of a request that was cancelled at once. */
	if (Session->DeviceBlock == NULL)
		Session->DeviceBlock = SpecialBlock();
	if (Session->DeviceBlock == NULL)
		return Refuse(Session, Irp, STATUS_INSUFFICIENT_RESOURCES);
	return LabPend(Session, Irp, FillOwnBlock, NULL);
}
