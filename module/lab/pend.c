// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that wait for the device, and their cancellation: the right way, for all
 * scenarios whose pitfall is another (Microsoft's "Synchronizing IRP Cancellation").
 *
 * The DPC and the cancel routine may both come for the request.  The DPC has it if it
 * could take the cancel routine away; if not, the cancel routine is on its way, and
 * the request is left to it.  The session's lock keeps one from looking while the
 * other decides.
 */
#include "lab/lab.h"

/**
 * LabSessionOf() - the session that a request came by
 * @Irp: in our hands
 *
 * Context: any.
 * Return: the session.
 */
PLAB_SESSION LabSessionOf(PIRP Irp)
{
	return IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;
}

/**
 * LabComplete() - the end of a request
 * @Irp: it; not to be touched afterwards
 * @Status: its NTSTATUS
 * @Information: bytes of output
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: @Status, for dispatch routines that end with it.
 */
NTSTATUS LabComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* What it needs as long as it is pending. */
static VOID LetGo(PIRP Irp)
{
	LabUnlockBuffer(Irp);
	LabForgetProcess(Irp);
}

static VOID CancelPending(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PLAB_SESSION Session = LabSessionOf(Irp);
	KIRQL Irql;

	UNREFERENCED_PARAMETER(DeviceObject);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Session->Lock, &Irql);
	if (Session->Irp == Irp)
		Session->Irp = NULL;
	KeReleaseSpinLock(&Session->Lock, Irql);
	LetGo(Irp);
	LabComplete(Irp, STATUS_CANCELLED, 0);
}

/**
 * LabTakeIrp() - the DPC, or the thread, has come to complete the request
 * @Session: whose
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: the request, to be completed by the caller; NULL where it is cancelled.
 */
PIRP LabTakeIrp(PLAB_SESSION Session)
{
	KIRQL Irql;
	PIRP Irp;

	KeAcquireSpinLock(&Session->Lock, &Irql);
	Irp = Session->Irp;
	if (Irp && IoSetCancelRoutine(Irp, NULL) == NULL)
		Irp = NULL;
	if (Irp)
		Session->Irp = NULL;
	KeReleaseSpinLock(&Session->Lock, Irql);
	return Irp;
}

/* Whether it had been cancelled before it became cancellable. */
static BOOLEAN MakeCancellable(PLAB_SESSION Session, PIRP Irp)
{
	BOOLEAN Cancelled = FALSE;
	KIRQL Irql;

	KeAcquireSpinLock(&Session->Lock, &Irql);
	IoSetCancelRoutine(Irp, CancelPending);
	if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL)
		Cancelled = TRUE;
	else
		Session->Irp = Irp;
	KeReleaseSpinLock(&Session->Lock, Irql);
	return Cancelled;
}

static NTSTATUS EndEarly(PLAB_SESSION Session, PIRP Irp, NTSTATUS Status)
{
	LetGo(Irp);
	LabReleaseDevice(Session);
	LabComplete(Irp, Status, 0);
	return STATUS_PENDING;
}

/**
 * LabKeep() - keep a request until the device's interrupt comes
 * @Session: with the device claimed
 * @Irp: the request, marked pending
 * @InDpc: what the DPC is to do; it gets the request by LabTakeIrp()
 * @InThread: likewise for a system thread, after that; or NULL
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING, for the dispatch routine to return.
 */
NTSTATUS LabKeep(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc,
		 PLAB_ROUTINE InThread)
{
	NTSTATUS Status;

	if (MakeCancellable(Session, Irp))
		return EndEarly(Session, Irp, STATUS_CANCELLED);
	Status = LabStartDevice(Session, InDpc, InThread);
	if (NT_SUCCESS(Status))
		return STATUS_PENDING;
	Irp = LabTakeIrp(Session);
	if (Irp)
		return EndEarly(Session, Irp, Status);
	LabReleaseDevice(Session);
	return STATUS_PENDING;
}

/**
 * LabPend() - mark a request pending, and keep it until the interrupt comes
 * @Session: with the device claimed
 * @Irp: the request
 * @InDpc: what the DPC is to do
 * @InThread: what a system thread is to do after that, or NULL
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: STATUS_PENDING, for the dispatch routine to return.
 */
NTSTATUS LabPend(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc,
		 PLAB_ROUTINE InThread)
{
	IoMarkIrpPending(Irp);
	return LabKeep(Session, Irp, InDpc, InThread);
}
