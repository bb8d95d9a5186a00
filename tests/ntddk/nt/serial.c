// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver whose device does one read after the other: StartIo has the current one, and
 * the others wait in the device's queue.  What is written is the interrupt that a read
 * ends with.
 */
#define DBG 1

#include <ntddk.h>
#include <wdmsec.h>
#include <limits.h>
#include <bugcodes.h>
#include <dontuse.h>

#include "serial.h"

#define SERIAL_NAME L"\\Device\\NtSerial"
#define SERIAL_LINK L"\\DosDevices\\NtSerial"
#define SERIAL_MOST 64

typedef struct _SERIAL_EXTENSION {
	KSPIN_LOCK Lock;
	ULONG Started;
	ULONG Arrived;
	UCHAR Data[SERIAL_MOST];
} SERIAL_EXTENSION, *PSERIAL_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD SerialUnload;
DRIVER_STARTIO SerialStartIo;
DRIVER_CANCEL SerialCancel;
IO_DPC_ROUTINE SerialDpcForIsr;

_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH SerialOpenClose;
_Dispatch_type_(IRP_MJ_CLEANUP) DRIVER_DISPATCH SerialCleanup;
_Dispatch_type_(IRP_MJ_READ) DRIVER_DISPATCH SerialRead;
_Dispatch_type_(IRP_MJ_WRITE) DRIVER_DISPATCH SerialWrite;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH SerialControl;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, SerialUnload)
#endif

static NTSTATUS SerialComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, NT_SUCCESS(Status) ? IO_SERIAL_INCREMENT : IO_NO_INCREMENT);
	return Status;
}

VOID SerialStartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSERIAL_EXTENSION Extension = DeviceObject->DeviceExtension;

	NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(Irp);
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	Extension->Started++;
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
}

/* The packet is the current one, or waits. */
VOID SerialCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	if (Irp == DeviceObject->CurrentIrp) {
		KIRQL Irql = Irp->CancelIrql;

		IoReleaseCancelSpinLock(DISPATCH_LEVEL);
		IoStartNextPacket(DeviceObject, TRUE);
		KeLowerIrql(Irql);
	} else {
		KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue,
					 &Irp->Tail.Overlay.DeviceQueueEntry);
		IoReleaseCancelSpinLock(Irp->CancelIrql);
	}
	SerialComplete(Irp, STATUS_CANCELLED, 0);
}

/* The current packet, if nobody is cancelling it; of a certain file, if one is given. */
static PIRP SerialTakeCurrent(PDEVICE_OBJECT DeviceObject, PFILE_OBJECT File)
{
	PIRP Irp;
	KIRQL Irql;

	IoAcquireCancelSpinLock(&Irql);
	Irp = DeviceObject->CurrentIrp;
	if (Irp && File && IoGetCurrentIrpStackLocation(Irp)->FileObject != File)
		Irp = NULL;
	if (Irp && !IoSetCancelRoutine(Irp, NULL))
		Irp = NULL;
	IoReleaseCancelSpinLock(Irql);
	return Irp;
}

VOID SerialDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PSERIAL_EXTENSION Extension = Context;
	PIRP Current = SerialTakeCurrent(DeviceObject, NULL);
	ULONG Length;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Irp);
	if (!Current)
		return;
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	Length = min(Extension->Arrived, IoGetCurrentIrpStackLocation(Current)->Parameters.Read.Length);
	RtlCopyMemory(Current->AssociatedIrp.SystemBuffer, Extension->Data, Length);
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
	IoStartNextPacket(DeviceObject, TRUE);
	SerialComplete(Current, STATUS_SUCCESS, Length);
}

NTSTATUS SerialRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoStartPacket(DeviceObject, Irp, NULL, SerialCancel);
	return STATUS_PENDING;
}

NTSTATUS SerialWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSERIAL_EXTENSION Extension = DeviceObject->DeviceExtension;
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	KIRQL Irql;

	if (Length > SERIAL_MOST)
		return SerialComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	KeAcquireSpinLock(&Extension->Lock, &Irql);
	RtlCopyMemory(Extension->Data, Irp->AssociatedIrp.SystemBuffer, Length);
	Extension->Arrived = Length;
	KeReleaseSpinLock(&Extension->Lock, Irql);
	IoRequestDpc(DeviceObject, NULL, Extension);
	return SerialComplete(Irp, STATUS_SUCCESS, Length);
}

NTSTATUS SerialControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PSERIAL_EXTENSION Extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);

	if (Stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_SERIAL_STARTED)
		return SerialComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
		return SerialComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	*(PULONG)Irp->AssociatedIrp.SystemBuffer = Extension->Started;
	return SerialComplete(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

NTSTATUS SerialOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return SerialComplete(Irp, STATUS_SUCCESS, 0);
}

/* The file's packet that is current, and those behind it. */
NTSTATUS SerialCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	PIRP Current;

	while ((Current = SerialTakeCurrent(DeviceObject, File)) != NULL) {
		KIRQL Irql = KeRaiseIrqlToDpcLevel();

		IoStartNextPacket(DeviceObject, TRUE);
		KeLowerIrql(Irql);
		SerialComplete(Current, STATUS_CANCELLED, 0);
	}
	return SerialComplete(Irp, STATUS_SUCCESS, 0);
}

VOID SerialUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(SERIAL_LINK);

	PAGED_CODE();
	IoDeleteSymbolicLink(&Link);
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(SERIAL_NAME), Link = RTL_CONSTANT_STRING(SERIAL_LINK);
	PSERIAL_EXTENSION Extension;
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	C_ASSERT(LONG_MAX == MAXLONG);
	Status = IoCreateDeviceSecure(DriverObject, sizeof(SERIAL_EXTENSION), &Name, FILE_DEVICE_SERIAL_PORT,
				      FILE_DEVICE_SECURE_OPEN, FALSE,
				      &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R, NULL, &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = DeviceObject->DeviceExtension;
	KeInitializeSpinLock(&Extension->Lock);
	IoInitializeDpcRequest(DeviceObject, SerialDpcForIsr);
	DeviceObject->Flags |= DO_BUFFERED_IO;
	DriverObject->DriverStartIo = SerialStartIo;
	DriverObject->DriverUnload = SerialUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = SerialOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = SerialOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = SerialCleanup;
	DriverObject->MajorFunction[IRP_MJ_READ] = SerialRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = SerialWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SerialControl;
	Status = IoCreateSymbolicLink(&Link, &Name);
	if (!NT_SUCCESS(Status))
		IoDeleteDevice(DeviceObject);
	return Status;
}
