// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that programs have tell them of a point in time: a request is pending until the
 * DPC of a timer of its own completes it, it is cancelled, or its file is closed.
 */
#define DBG 1

#include <ntddk.h>
#include <wdmsec.h>
#include <stdlib.h>
#include <string.h>

#include "notify.h"

#define NOTIFY_TAG   'yftN'
#define NOTIFY_NAME  L"\\Device\\NtNotify"
#define NOTIFY_LINK  L"\\DosDevices\\NtNotify"
#define UNITS_PER_MS 10000

typedef struct _NOTIFY_EXTENSION {
	PDEVICE_OBJECT Self;
	LIST_ENTRY Records;
	KSPIN_LOCK Lock;
	LONG Seconds;
} NOTIFY_EXTENSION, *PNOTIFY_EXTENSION;

typedef struct _NOTIFY_RECORD {
	LIST_ENTRY ListEntry;
	PIRP Irp; /* NULL: it has been cancelled */
	KDPC Dpc;
	KTIMER Timer;
	PFILE_OBJECT FileObject;
	PNOTIFY_EXTENSION Extension;
} NOTIFY_RECORD, *PNOTIFY_RECORD;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD NotifyUnload;
DRIVER_DISPATCH NotifyOpenClose, NotifyControl, NotifyCleanup;
DRIVER_CANCEL NotifyCancel;
IO_TIMER_ROUTINE NotifySecond;
KDEFERRED_ROUTINE NotifyTimeIsUp;

static NTSTATUS NotifyComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

VOID NotifySecond(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	InterlockedIncrement(&((PNOTIFY_EXTENSION)Context)->Seconds);
}

VOID NotifyTimeIsUp(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
	PNOTIFY_RECORD Record = DeferredContext;
	PNOTIFY_EXTENSION Extension = Record->Extension;
	PIRP Irp;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(SystemArgument1);
	UNREFERENCED_PARAMETER(SystemArgument2);
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	RemoveEntryList(&Record->ListEntry);
	Irp = Record->Irp;
	if (Irp != NULL && IoSetCancelRoutine(Irp, NULL) == NULL) {
		/* Its cancel routine waits for the lock, and finds no record. */
		Irp->Tail.Overlay.DriverContext[3] = NULL;
		Irp = NULL;
	}
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
	if (Irp != NULL)
		NotifyComplete(Irp, STATUS_SUCCESS, 0);
	ExFreePoolWithTag(Record, NOTIFY_TAG);
}

/* The record goes with its timer, unless the DPC is on its way: then with that. */
VOID NotifyCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PNOTIFY_EXTENSION Extension = DeviceObject->DeviceExtension;
	PNOTIFY_RECORD Record, Gone = NULL;
	KIRQL Irql;

	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Extension->Lock, &Irql);
	Record = Irp->Tail.Overlay.DriverContext[3];
	if (Record != NULL) {
		Record->Irp = NULL;
		if (KeCancelTimer(&Record->Timer)) {
			RemoveEntryList(&Record->ListEntry);
			Gone = Record;
		}
	}
	KeReleaseSpinLock(&Extension->Lock, Irql);
	if (Gone != NULL)
		ExFreePoolWithTag(Gone, NOTIFY_TAG);
	NotifyComplete(Irp, STATUS_CANCELLED, 0);
}

/* Under the lock, so that neither DPC nor cancel routine comes too early. */
static NTSTATUS NotifyEnter(PNOTIFY_EXTENSION Extension, PNOTIFY_RECORD Record, LARGE_INTEGER DueTime)
{
	NTSTATUS Status = STATUS_PENDING;
	PIRP Irp = Record->Irp;
	KIRQL Irql;

	KeAcquireSpinLock(&Extension->Lock, &Irql);
	Irp->Tail.Overlay.DriverContext[3] = Record;
	IoSetCancelRoutine(Irp, NotifyCancel);
	if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
		Status = STATUS_CANCELLED;
	} else {
		IoMarkIrpPending(Irp);
		InsertTailList(&Extension->Records, &Record->ListEntry);
		KeSetTimer(&Record->Timer, DueTime, &Record->Dpc);
	}
	KeReleaseSpinLock(&Extension->Lock, Irql);
	return Status;
}

static NTSTATUS NotifyRegister(PNOTIFY_EXTENSION Extension, PIRP Irp, PIO_STACK_LOCATION Stack)
{
	PNOTIFY_RECORD Record;
	LARGE_INTEGER DueTime;
	NTSTATUS Status;

	if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ULONG))
		return NotifyComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	DueTime.QuadPart = -Int32x32To64(*(PULONG)Irp->AssociatedIrp.SystemBuffer, UNITS_PER_MS);
	Record = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Record), NOTIFY_TAG);
	if (Record == NULL)
		return NotifyComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	Record->Irp = Irp;
	Record->FileObject = Stack->FileObject;
	Record->Extension = Extension;
	KeInitializeDpc(&Record->Dpc, NotifyTimeIsUp, Record);
	KeInitializeTimer(&Record->Timer);
	Status = NotifyEnter(Extension, Record, DueTime);
	if (Status == STATUS_PENDING)
		return Status;
	ExFreePoolWithTag(Record, NOTIFY_TAG);
	return NotifyComplete(Irp, Status, 0);
}

NTSTATUS NotifyControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PNOTIFY_EXTENSION Extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);

	switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_NOTIFY_REGISTER:
		return NotifyRegister(Extension, Irp, Stack);
	case IOCTL_NOTIFY_SECONDS:
		if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
			return NotifyComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
		*(PULONG)Irp->AssociatedIrp.SystemBuffer = Extension->Seconds;
		return NotifyComplete(Irp, STATUS_SUCCESS, sizeof(ULONG));
	default:
		return NotifyComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

NTSTATUS NotifyOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	NT_ASSERT(ExGetPreviousMode() == UserMode);
	return NotifyComplete(Irp, STATUS_SUCCESS, 0);
}

/* One of the file that its cancel routine has not got; the DPC finds nothing to complete. */
static PIRP NotifyTakeOne(PNOTIFY_EXTENSION Extension, PFILE_OBJECT File)
{
	PNOTIFY_RECORD Record, Gone = NULL;
	PLIST_ENTRY Entry;
	PIRP Irp = NULL;
	KIRQL Irql;

	KeAcquireSpinLock(&Extension->Lock, &Irql);
	for (Entry = Extension->Records.Flink; Entry != &Extension->Records && Irp == NULL; Entry = Entry->Flink) {
		Record = CONTAINING_RECORD(Entry, NOTIFY_RECORD, ListEntry);
		if (Record->FileObject != File || Record->Irp == NULL ||
		    IoSetCancelRoutine(Record->Irp, NULL) == NULL)
			continue;
		Irp = Record->Irp;
		Record->Irp = NULL;
		if (KeCancelTimer(&Record->Timer))
			Gone = Record;
	}
	if (Gone != NULL)
		RemoveEntryList(&Gone->ListEntry);
	KeReleaseSpinLock(&Extension->Lock, Irql);
	if (Gone != NULL)
		ExFreePoolWithTag(Gone, NOTIFY_TAG);
	return Irp;
}

NTSTATUS NotifyCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PNOTIFY_EXTENSION Extension = DeviceObject->DeviceExtension;
	PIRP Waiting;

	while ((Waiting = NotifyTakeOne(Extension, IoGetCurrentIrpStackLocation(Irp)->FileObject)) != NULL)
		NotifyComplete(Waiting, STATUS_CANCELLED, 0);
	return NotifyComplete(Irp, STATUS_SUCCESS, 0);
}

VOID NotifyUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(NOTIFY_LINK);
	PDEVICE_OBJECT DeviceObject = DriverObject->DeviceObject;

	PAGED_CODE();
	IoStopTimer(DeviceObject);
	KeFlushQueuedDpcs();
	IoDeleteSymbolicLink(&Link);
	IoDeleteDevice(DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	DECLARE_CONST_UNICODE_STRING(Sddl, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GRGW;;;WD)");
	UNICODE_STRING Name = RTL_CONSTANT_STRING(NOTIFY_NAME), Link = RTL_CONSTANT_STRING(NOTIFY_LINK);
	PNOTIFY_EXTENSION Extension;
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	Status = IoCreateDeviceSecure(DriverObject, sizeof(NOTIFY_EXTENSION), &Name, FILE_DEVICE_UNKNOWN,
				      FILE_DEVICE_SECURE_OPEN, FALSE, &Sddl, NULL, &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = DeviceObject->DeviceExtension;
	Extension->Self = DeviceObject;
	InitializeListHead(&Extension->Records);
	KeInitializeSpinLock(&Extension->Lock);
	DriverObject->DriverUnload = NotifyUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = NotifyOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = NotifyOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = NotifyCleanup;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = NotifyControl;
	Status = IoInitializeTimer(DeviceObject, NotifySecond, Extension);
	if (NT_SUCCESS(Status))
		Status = IoCreateSymbolicLink(&Link, &Name);
	if (NT_SUCCESS(Status))
		IoStartTimer(DeviceObject);
	else
		IoDeleteDevice(DeviceObject);
	return Status;
}
