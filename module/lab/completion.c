// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a request: completed-twice, touched-after-completion, pending-not-marked,
 * marked-not-pending.
 */
#include "lab/lab.h"

/**
 * LabTwiceWrong() - WRONG: completed on an error path, and again behind it
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabTwiceWrong(PLAB_SESSION Session, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Session);
	LabComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_INVALID_PARAMETER;
}

/**
 * LabTwiceRight() - right: once
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabTwiceRight(PLAB_SESSION Session, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Session);
	return LabComplete(Irp, STATUS_INVALID_PARAMETER, 0);
}

/* WRONG: the request is its requester's again, and perhaps freed. */
static VOID CompleteAndLook(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);
	ULONG Value;

	if (Irp == NULL)
		return;
	LabComplete(Irp, STATUS_SUCCESS, 0);
	/* What the driver does next takes a while. */
	LabDelay(100);
	Session->Status = LabTouchRead(&Irp->IoStatus.Status, &Value);
}

/**
 * LabAfterWrong() - WRONG: the status is read from a request that was completed
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Guard: only where requests come from special pool, as the verifier was told.
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabAfterWrong(PLAB_SESSION Session, PIRP Irp)
{
	if (!ntpool_lab_in_special_pool(Irp))
		return LabComplete(Irp, STATUS_DEVICE_NOT_READY, 0);
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, NULL, CompleteAndLook);
}

static VOID CompleteAndRemember(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);
	NTSTATUS Status = STATUS_SUCCESS;

	if (Irp == NULL)
		return;
	LabComplete(Irp, Status, 0);
	LabDelay(100);
	Session->Status = Status;
}

/**
 * LabAfterRight() - right: the status comes from a variable
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabAfterRight(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, NULL, CompleteAndRemember);
}

static VOID CompleteLater(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);

	if (Irp)
		LabComplete(Irp, STATUS_SUCCESS, 0);
}

/**
 * LabPendingWrong() - WRONG: STATUS_PENDING, but no IoMarkIrpPending()
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabPendingWrong(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabKeep(Session, Irp, CompleteLater, NULL);
}

/**
 * LabPendingRight() - right: both
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabPendingRight(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, CompleteLater, NULL);
}

/**
 * LabMarkedWrong() - WRONG: marked pending, and another status returned
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabMarkedWrong(PLAB_SESSION Session, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Session);
	IoMarkIrpPending(Irp);
	return LabComplete(Irp, STATUS_DEVICE_NOT_READY, 0);
}

/**
 * LabMarkedRight() - right: once marked, STATUS_PENDING
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabMarkedRight(PLAB_SESSION Session, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Session);
	IoMarkIrpPending(Irp);
	LabComplete(Irp, STATUS_DEVICE_NOT_READY, 0);
	return STATUS_PENDING;
}
