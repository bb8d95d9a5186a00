// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's data for a caller's buffer, later: arbitrary-thread, page-not-resident,
 * idle-thread, requester-exits, buffer-unmapped, buffer-remapped, fork.  The same code,
 * wrong and right, serves them all; what happens meanwhile makes the difference.
 */
#include "lab/lab.h"

/* WRONG: it was an address of the requester's.  Whose it is now nobody knows. */
static VOID WriteUserBuffer(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);

	if (Irp == NULL)
		return;
	LabWriteUser(Session, Irp->UserBuffer);
	LabComplete(Irp, STATUS_SUCCESS, LAB_DATA_SIZE);
}

/**
 * LabNaive() - WRONG: the DPC writes to the user's address
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabNaive(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, WriteUserBuffer, NULL);
}

/* WRONG: a system thread has no user space.  Guard: the handler, as NT would stop. */
static VOID WriteFromThread(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);
	NTSTATUS Status;

	if (Irp == NULL)
		return;
	Status = LabWriteUser(Session, Irp->UserBuffer);
	LabComplete(Irp, Status, NT_SUCCESS(Status) ? LAB_DATA_SIZE : 0);
}

/**
 * LabNaiveThread() - WRONG: a system thread writes to the user's address
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabNaiveThread(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, NULL, WriteFromThread);
}

static VOID WriteRegistered(PLAB_SESSION Session)
{
	LabWriteUser(Session, Session->Address);
}

/**
 * LabRegister() - WRONG: the address is kept after the request has ended
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabRegister(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status;

	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	Session->Address = Irp->UserBuffer;
	Status = LabStartDevice(Session, WriteRegistered, NULL);
	if (!NT_SUCCESS(Status))
		LabReleaseDevice(Session);
	return LabComplete(Irp, Status, 0);
}

static VOID FillSystemBuffer(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);

	if (Irp == NULL)
		return;
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Session->Device.data,
		      LAB_DATA_SIZE);
	LabComplete(Irp, STATUS_SUCCESS, LAB_DATA_SIZE);
}

/**
 * LabBuffered() - right: the DPC fills the system buffer, the I/O manager copies
 * @Session: the file
 * @Irp: METHOD_BUFFERED
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabBuffered(PLAB_SESSION Session, PIRP Irp)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	return LabPend(Session, Irp, FillSystemBuffer, NULL);
}

static VOID FillLockedPages(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);

	if (Irp == NULL)
		return;
	RtlCopyMemory(Session->Address, Session->Device.data, LAB_DATA_SIZE);
	LabComplete(Irp, STATUS_SUCCESS, LAB_DATA_SIZE);
}

/**
 * LabDirect() - right: the DPC writes to the locked pages by a system address
 * @Session: the file
 * @Irp: METHOD_OUT_DIRECT
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabDirect(PLAB_SESSION Session, PIRP Irp)
{
	PVOID Address = MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
						     NormalPagePriority);

	if (Address == NULL)
		return LabComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	Session->Address = Address;
	return LabPend(Session, Irp, FillLockedPages, NULL);
}

static noinline NTSTATUS WriteProbed(PVOID Address, const VOID *Data)
{
	__try {
		ProbeForWrite(Address, LAB_DATA_SIZE, 1);
		CopyToUser(Address, Data, LAB_DATA_SIZE);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

/*
 * The process that the buffer is in, with a reference: by the time that the data comes
 * the requester's thread may execute another program, and be in that one's.
 */
static PEPROCESS *ProcessOf(PIRP Irp)
{
	return (PEPROCESS *)&Irp->Tail.Overlay.DriverContext[1];
}

static NTSTATUS KeepProcess(PIRP Irp)
{
	PEPROCESS Process = IoGetCurrentProcess();

	if (Process == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	ObReferenceObject(Process);
	*ProcessOf(Irp) = Process;
	return STATUS_SUCCESS;
}

/**
 * LabForgetProcess() - a request needs its process no more, where it has kept one
 * @Irp: in the caller's hands
 *
 * Context: <= DISPATCH_LEVEL.
 */
VOID LabForgetProcess(PIRP Irp)
{
	PEPROCESS Process = *ProcessOf(Irp);

	*ProcessOf(Irp) = NULL;
	if (Process)
		ObDereferenceObject(Process);
}

/* A process that has ended meanwhile cannot be entered: that is an exception, too. */
static noinline NTSTATUS EnterRequester(PIRP Irp, PKAPC_STATE State)
{
	__try {
		KeStackAttachProcess(*ProcessOf(Irp), State);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

static VOID WriteAttached(PLAB_SESSION Session)
{
	PIRP Irp = LabTakeIrp(Session);
	KAPC_STATE State;
	NTSTATUS Status;

	if (Irp == NULL)
		return;
	Status = EnterRequester(Irp, &State);
	if (NT_SUCCESS(Status)) {
		Status = WriteProbed(Irp->UserBuffer, Session->Device.data);
		KeUnstackDetachProcess(&State);
	}
	LabForgetProcess(Irp);
	LabComplete(Irp, Status, NT_SUCCESS(Status) ? LAB_DATA_SIZE : 0);
}

/**
 * LabAttach() - right: a system thread enters the requester's process
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabAttach(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status = KeepProcess(Irp);

	if (!NT_SUCCESS(Status))
		return LabComplete(Irp, Status, 0);
	if (!LabClaimDevice(Session)) {
		LabForgetProcess(Irp);
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	}
	return LabPend(Session, Irp, NULL, WriteAttached);
}
