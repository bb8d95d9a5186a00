// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device that is measured: an echo that its interrupt's DPC completes, as the driver
 * of a simple card would do it, and a read of memory that the driver has at hand.
 */
#include <ntddk.h>

#include "device.h"

#define BENCH_TAG    'cneB'
#define SOURCE_BYTES 0x100000

static LIST_ENTRY Echoes, Held;
static KSPIN_LOCK Lock;
static KDPC Dpc;
static PKINTERRUPT Interrupt;
static PUCHAR Source;
static PDEVICE_OBJECT Device;

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static PIRP Next(VOID)
{
	PLIST_ENTRY Entry = NULL;

	KeAcquireSpinLockAtDpcLevel(&Lock);
	if (!IsListEmpty(&Echoes))
		Entry = RemoveHeadList(&Echoes);
	KeReleaseSpinLockFromDpcLevel(&Lock);
	return Entry ? CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry) :
		       NULL;
}

static VOID OnDpc(PKDPC DpcObject, PVOID Context, PVOID Argument1,
		  PVOID Argument2)
{
	PIRP Irp;

	while ((Irp = Next()) != NULL)
		Finish(Irp, STATUS_SUCCESS,
		       IoGetCurrentIrpStackLocation(Irp)
			       ->Parameters.DeviceIoControl.InputBufferLength);
}

static BOOLEAN OnInterrupt(PKINTERRUPT InterruptObject, PVOID Context)
{
	KeInsertQueueDpc(&Dpc, NULL, NULL);
	return TRUE;
}

static NTSTATUS Queue(PIRP Irp, PLIST_ENTRY List)
{
	KIRQL Irql;

	IoMarkIrpPending(Irp);
	KeAcquireSpinLock(&Lock, &Irql);
	InsertTailList(List, &Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Lock, Irql);
	return STATUS_PENDING;
}

static NTSTATUS Echo(PIRP Irp)
{
	Queue(Irp, &Echoes);
	NtpoolArmInterrupt(Interrupt, NTPOOL_CPU_CURRENT, 1);
	return STATUS_PENDING;
}

static VOID OnCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	KIRQL Irql;

	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Lock, &Irql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Lock, Irql);
	Finish(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS Hold(PIRP Irp)
{
	NTSTATUS Status = Queue(Irp, &Held);

	IoSetCancelRoutine(Irp, OnCancel);
	return Status;
}

static NTSTATUS Fill(PIRP Irp, ULONG Length)
{
	PVOID Output;

	if (Length > SOURCE_BYTES || !Irp->MdlAddress)
		return Finish(Irp, STATUS_INVALID_PARAMETER, 0);
	Output = MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
					      NormalPagePriority);
	if (!Output)
		return Finish(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	RtlCopyMemory(Output, Source, Length);
	return Finish(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS OnControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);

	switch (Location->Parameters.DeviceIoControl.IoControlCode) {
	case BENCH_ECHO:
		return Echo(Irp);
	case BENCH_ANSWER:
		return Finish(Irp, STATUS_SUCCESS,
			      Location->Parameters.DeviceIoControl
				      .InputBufferLength);
	case BENCH_FILL:
		return Fill(Irp, Location->Parameters.DeviceIoControl
					 .OutputBufferLength);
	case BENCH_HOLD:
		return Hold(Irp);
	default:
		return Finish(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

static NTSTATUS OnOpenOrClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	return Finish(Irp, STATUS_SUCCESS, 0);
}

static VOID OnUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\NtpoolBench");

	IoDeleteSymbolicLink(&Link);
	if (Device)
		IoDeleteDevice(Device);
	if (Interrupt)
		NtpoolDisconnectInterrupt(Interrupt);
	if (Source)
		ExFreePoolWithTag(Source, BENCH_TAG);
}

static NTSTATUS Prepare(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\NtpoolBench");
	UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\NtpoolBench");
	NTSTATUS Status;

	Source = ExAllocatePool2(POOL_FLAG_NON_PAGED, SOURCE_BYTES, BENCH_TAG);
	if (!Source)
		return STATUS_INSUFFICIENT_RESOURCES;
	Status = NtpoolConnectInterrupt(&Interrupt, OnInterrupt, NULL);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0,
				FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	return IoCreateSymbolicLink(&Link, &Name);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;

	InitializeListHead(&Echoes);
	InitializeListHead(&Held);
	KeInitializeSpinLock(&Lock);
	KeInitializeDpc(&Dpc, OnDpc, NULL);
	DriverObject->MajorFunction[IRP_MJ_CREATE] = OnOpenOrClose;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = OnOpenOrClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = OnOpenOrClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = OnControl;
	DriverObject->DriverUnload = OnUnload;
	Status = Prepare(DriverObject);
	if (!NT_SUCCESS(Status))
		OnUnload(DriverObject);
	return Status;
}
