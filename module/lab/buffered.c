// SPDX-License-Identifier: GPL-2.0-only
/* METHOD_BUFFERED: embedded-pointer, information-leak, information-overrun. */
#include "lab/lab.h"

static ULONG OutputLength(PIRP Irp)
{
	return IoGetCurrentIrpStackLocation(Irp)
		->Parameters.DeviceIoControl.OutputBufferLength;
}

/* WRONG: the structure was copied, what its pointer points to was not. */
static VOID FollowPointer(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);
	struct ntpool_lab_buffer *Buffer;

	if (Irp == NULL)
		return;
	Buffer = Irp->AssociatedIrp.SystemBuffer;
	LabWriteUser(Session, (PVOID)Buffer->address);
	LabComplete(Irp, STATUS_SUCCESS, 0);
}

/**
 * LabEmbeddedWrong() - WRONG: the DPC follows a pointer in the system buffer
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabEmbeddedWrong(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, FollowPointer, NULL);
}

static VOID FillMapping(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);

	if (Irp == NULL)
		return;
	RtlCopyMemory(LabMapping(Irp), Session->Device.data, LAB_DATA_SIZE);
	LabUnlockBuffer(Irp);
	LabComplete(Irp, STATUS_SUCCESS, 0);
}

/**
 * LabEmbeddedRight() - right: what the pointer points to is locked at once
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabEmbeddedRight(PLAB_SESSION Session, PIRP Irp)
{
	const struct ntpool_lab_buffer *Buffer = Irp->AssociatedIrp.SystemBuffer;
	NTSTATUS Status;

	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	Status = LabLockBuffer(Irp, (PVOID)Buffer->address, LAB_DATA_SIZE);
	if (!NT_SUCCESS(Status)) {
		LabReleaseDevice(Session);
		return LabComplete(Irp, Status, 0);
	}
	return LabPend(Session, Irp, FillMapping, NULL);
}

/**
 * LabLeakWrong() - WRONG: Information is the buffer's length
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * What is in the rest of the system buffer others have left in that pool.  ntpool's I/O
 * manager gives a session only what that session itself has left.
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabLeakWrong(PLAB_SESSION Session, PIRP Irp)
{
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Session->Device.data,
		      LAB_DATA_SIZE);
	return LabComplete(Irp, STATUS_SUCCESS, OutputLength(Irp));
}

/**
 * LabLeakRight() - right: Information is what was written
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabLeakRight(PLAB_SESSION Session, PIRP Irp)
{
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Session->Device.data,
		      LAB_DATA_SIZE);
	return LabComplete(Irp, STATUS_SUCCESS, LAB_DATA_SIZE);
}

/* What the device has this time: more than most callers have room for. */
#define MESSAGE "DEVICE!!DEVICE!!DEVICE!!DEVICE!!"

static VOID CopyWhatFits(PIRP Irp)
{
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, MESSAGE,
		      min_t(SIZE_T, OutputLength(Irp), sizeof(MESSAGE) - 1));
}

/**
 * LabOverrunWrong() - WRONG: Information is the length of the message
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabOverrunWrong(PLAB_SESSION Session, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Session);
	CopyWhatFits(Irp);
	return LabComplete(Irp, STATUS_SUCCESS, sizeof(MESSAGE) - 1);
}

/**
 * LabOverrunRight() - right: Information is what fits, and the status says so
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabOverrunRight(PLAB_SESSION Session, PIRP Irp)
{
	ULONG Length = OutputLength(Irp);

	UNREFERENCED_PARAMETER(Session);
	CopyWhatFits(Irp);
	if (Length >= sizeof(MESSAGE) - 1)
		return LabComplete(Irp, STATUS_SUCCESS, sizeof(MESSAGE) - 1);
	return LabComplete(Irp, STATUS_BUFFER_OVERFLOW, Length);
}
