// SPDX-License-Identifier: GPL-2.0-only
/* The driver: its device, and its control codes in a table. */
#include <linux/capability.h>

#include "lab/lab.h"

DRIVER_INITIALIZE DriverEntry;
static LAB_CONTROL SetDevice, GetEvidence, GetDecoy, GetFetched;

/* Shorter buffers than these are refused before the routine is called. */
static const struct {
	ULONG Code;
	ULONG Input;
	ULONG Output;
	PLAB_CONTROL Routine;
} Controls[] = {
	{ NTPOOL_LAB_SET_DEVICE, sizeof(struct ntpool_lab_device), 0, SetDevice },
	{ NTPOOL_LAB_EVIDENCE, 0, sizeof(struct ntpool_lab_evidence),
	  GetEvidence },
	{ NTPOOL_LAB_DECOY, 0, sizeof(struct ntpool_lab_decoy), GetDecoy },
	{ NTPOOL_LAB_NAIVE, 0, LAB_DATA_SIZE, LabNaive },
	{ NTPOOL_LAB_NAIVE_THREAD, 0, LAB_DATA_SIZE, LabNaiveThread },
	{ NTPOOL_LAB_REGISTER, 0, LAB_DATA_SIZE, LabRegister },
	{ NTPOOL_LAB_BUFFERED, 0, LAB_DATA_SIZE, LabBuffered },
	{ NTPOOL_LAB_DIRECT, 0, LAB_DATA_SIZE, LabDirect },
	{ NTPOOL_LAB_ATTACH, 0, LAB_DATA_SIZE, LabAttach },
	{ NTPOOL_LAB_EMBEDDED_WRONG, sizeof(struct ntpool_lab_buffer), 0,
	  LabEmbeddedWrong },
	{ NTPOOL_LAB_EMBEDDED_RIGHT, sizeof(struct ntpool_lab_buffer), 0,
	  LabEmbeddedRight },
	{ NTPOOL_LAB_LEAK_WRONG, 0, LAB_DATA_SIZE, LabLeakWrong },
	{ NTPOOL_LAB_LEAK_RIGHT, 0, LAB_DATA_SIZE, LabLeakRight },
	{ NTPOOL_LAB_OVERRUN_WRONG, 0, LAB_DATA_SIZE, LabOverrunWrong },
	{ NTPOOL_LAB_OVERRUN_RIGHT, 0, LAB_DATA_SIZE, LabOverrunRight },
	{ NTPOOL_LAB_FETCH_WRONG, sizeof(struct ntpool_lab_fetch),
	  sizeof(struct ntpool_lab_record), LabFetchWrong },
	{ NTPOOL_LAB_FETCH_RIGHT, sizeof(struct ntpool_lab_fetch),
	  sizeof(struct ntpool_lab_record), LabFetchRight },
	{ NTPOOL_LAB_EVIDENCE_FETCH, 0, sizeof(struct ntpool_lab_fetched),
	  GetFetched },
	{ NTPOOL_LAB_LOCK_WRONG, sizeof(struct ntpool_lab_buffer), 0,
	  LabLockWrong },
	{ NTPOOL_LAB_LOCK_RIGHT, sizeof(struct ntpool_lab_buffer), 0,
	  LabLockRight },
	{ NTPOOL_LAB_UNLOCK_WRONG, sizeof(struct ntpool_lab_buffer), 0,
	  LabUnlockWrong },
	{ NTPOOL_LAB_UNLOCK_RIGHT, sizeof(struct ntpool_lab_buffer), 0,
	  LabUnlockRight },
	{ NTPOOL_LAB_CANCEL_WRONG, 0, 0, LabCancelWrong },
	{ NTPOOL_LAB_CANCEL_RIGHT, 0, 0, LabCancelRight },
	{ NTPOOL_LAB_TWICE_WRONG, 0, 0, LabTwiceWrong },
	{ NTPOOL_LAB_TWICE_RIGHT, 0, 0, LabTwiceRight },
	{ NTPOOL_LAB_AFTER_WRONG, 0, 0, LabAfterWrong },
	{ NTPOOL_LAB_AFTER_RIGHT, 0, 0, LabAfterRight },
	{ NTPOOL_LAB_PENDING_WRONG, 0, 0, LabPendingWrong },
	{ NTPOOL_LAB_PENDING_RIGHT, 0, 0, LabPendingRight },
	{ NTPOOL_LAB_MARKED_WRONG, 0, 0, LabMarkedWrong },
	{ NTPOOL_LAB_MARKED_RIGHT, 0, 0, LabMarkedRight },
	{ NTPOOL_LAB_UNPROBED_WRONG, 0, LAB_DATA_SIZE,
	  LabUnprobedWrong },
	{ NTPOOL_LAB_UNPROBED_RIGHT, 0, LAB_DATA_SIZE,
	  LabUnprobedRight },
	{ NTPOOL_LAB_FILTER_WRONG, 0, LAB_DATA_SIZE,
	  LabFilterWrong },
	{ NTPOOL_LAB_FILTER_RIGHT, 0, LAB_DATA_SIZE,
	  LabFilterRight },
	{ NTPOOL_LAB_WRAP_WRONG, sizeof(struct ntpool_lab_buffer), 0,
	  LabWrapWrong },
	{ NTPOOL_LAB_WRAP_RIGHT, sizeof(struct ntpool_lab_buffer), 0,
	  LabWrapRight },
	{ NTPOOL_LAB_ZERO_WRONG, 0, 0,
	  LabZeroWrong },
	{ NTPOOL_LAB_ZERO_RIGHT, 0, 0,
	  LabZeroRight },
	{ NTPOOL_LAB_TOUCH, sizeof(struct ntpool_lab_irql),
	  sizeof(struct ntpool_lab_irql), LabTouch },
	{ NTPOOL_LAB_LOCK, sizeof(struct ntpool_lab_irql),
	  sizeof(struct ntpool_lab_irql), LabLock },
	{ NTPOOL_LAB_EVENT, sizeof(struct ntpool_lab_irql),
	  sizeof(struct ntpool_lab_irql), LabEvent },
	{ NTPOOL_LAB_WAIT_WRONG, 0, sizeof(struct ntpool_lab_irql),
	  LabWaitWrong },
	{ NTPOOL_LAB_WAIT_POLL, 0, sizeof(struct ntpool_lab_irql), LabWaitPoll },
	{ NTPOOL_LAB_WAIT_THREAD, 0, sizeof(struct ntpool_lab_irql),
	  LabWaitThread },
	{ NTPOOL_LAB_FREE_DPC, sizeof(struct ntpool_lab_irql),
	  sizeof(struct ntpool_lab_irql), LabFreeDpc },
	{ NTPOOL_LAB_FREE_THREAD, sizeof(struct ntpool_lab_irql),
	  sizeof(struct ntpool_lab_irql), LabFreeThread },
};

static NTSTATUS SetDevice(PLAB_SESSION Session, PIRP Irp)
{
	const struct ntpool_lab_device *Device = Irp->AssociatedIrp.SystemBuffer;

	if (Device->pad || Device->delay_ns > NTPOOL_REQUEST_MAX_DELAY_NS)
		return LabComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	Session->Device = *Device;
	Session->Evidence = (struct ntpool_lab_evidence){ 0 };
	LabReleaseDevice(Session);
	return LabComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Answer(PIRP Irp, const VOID *From, SIZE_T Length)
{
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, From, Length);
	return LabComplete(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS GetEvidence(PLAB_SESSION Session, PIRP Irp)
{
	return Answer(Irp, &Session->Evidence, sizeof(Session->Evidence));
}

static NTSTATUS GetFetched(PLAB_SESSION Session, PIRP Irp)
{
	return Answer(Irp, &Session->Fetched, sizeof(Session->Fetched));
}

static NTSTATUS GetDecoy(PLAB_SESSION Session, PIRP Irp)
{
	struct ntpool_lab_decoy Decoy = {
		.address = (ULONG_PTR)Session->Decoy,
	};

	RtlCopyMemory(Decoy.content, Session->Decoy, sizeof(Decoy.content));
	return Answer(Irp, &Decoy, sizeof(Decoy));
}

static NTSTATUS LabDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
	ULONG Code = Location->Parameters.DeviceIoControl.IoControlCode;
	ULONG i;

	UNREFERENCED_PARAMETER(DeviceObject);
	for (i = 0; i < RTL_NUMBER_OF(Controls); i++) {
		if (Controls[i].Code != Code)
			continue;
		if (Location->Parameters.DeviceIoControl.InputBufferLength <
			    Controls[i].Input ||
		    Location->Parameters.DeviceIoControl.OutputBufferLength <
			    Controls[i].Output)
			return LabComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
		return Controls[i].Routine(LabSessionOf(Irp), Irp);
	}
	return LabComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

/* Guard: what it does is for administrators; NT has IoCreateDeviceSecure() for it. */
static NTSTATUS LabCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT FileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	if (!capable(CAP_SYS_ADMIN))
		return LabComplete(Irp, STATUS_ACCESS_DENIED, 0);
	return LabComplete(Irp, LabOpen(DeviceObject, FileObject), 0);
}

static NTSTATUS LabCloseFile(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	LabClose(IoGetCurrentIrpStackLocation(Irp)->FileObject);
	return LabComplete(Irp, STATUS_SUCCESS, 0);
}

static VOID LabUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link;

	RtlInitUnicodeString(&Link, L"\\DosDevices\\NtpoolLab");
	IoDeleteSymbolicLink(&Link);
	IoDeleteDevice(DriverObject->DeviceObject);
}

/**
 * DriverEntry() - the driver is loaded
 * @DriverObject: filled in with its routines
 * @RegistryPath: unused
 *
 * Context: PASSIVE_LEVEL.
 * Return: what the making of its device and name says.
 */
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name, Link;
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	RtlInitUnicodeString(&Name, L"\\Device\\NtpoolLab");
	RtlInitUnicodeString(&Link, L"\\DosDevices\\NtpoolLab");
	Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0,
				FALSE, &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = IoCreateSymbolicLink(&Link, &Name);
	if (!NT_SUCCESS(Status)) {
		IoDeleteDevice(DeviceObject);
		return Status;
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = LabCreate;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = LabCloseFile;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = LabDeviceControl;
	DriverObject->DriverUnload = LabUnload;
	DeviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
