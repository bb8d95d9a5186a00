// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that finds another's device by its name, keeps it, and asks it for what its own
 * programs want to know.  Only administrators may open it.
 */
#include "finder.h"
#include "serial.h"

#include <initguid.h>
#include <wdmsec.h>

#define FINDER_NAME L"\\Device\\NtFinder"
#define FINDER_LINK L"\\DosDevices\\NtFinder"

DEFINE_GUID(GUID_FINDER, 0x2e9c1f44, 0x5d0b, 0x4b52, 0x8a, 0x51, 0x3f, 0x3b, 0x1d, 0x02, 0x77, 0x90);

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD FinderUnload;
DRIVER_DISPATCH FinderDispatch;

NTSTATUS FinderDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG Answer = 0;
	NTSTATUS Status;

	switch (Stack->MajorFunction) {
	case IRP_MJ_SHUTDOWN:
		DbgPrint("finder: the system ends\n");
		return FinderComplete(Irp, STATUS_SUCCESS, 0);
	case IRP_MJ_READ:
		if (Stack->Parameters.Read.Length < sizeof(Answer))
			return FinderComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
		if (IoGetRequestorProcess(Irp) != PsGetCurrentProcess() ||
		    IoGetRequestorProcessId(Irp) != HandleToULong(PsGetCurrentProcessId()) ||
		    IoIs32bitProcess(Irp))
			return FinderComplete(Irp, STATUS_UNSUCCESSFUL, 0);
		Status = FinderAsk(DeviceObject->DeviceExtension, &Answer);
		if (!NT_SUCCESS(Status))
			return FinderComplete(Irp, Status, 0);
		RtlCopyMemory(MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority), &Answer,
			      sizeof(Answer));
		return FinderComplete(Irp, STATUS_SUCCESS, sizeof(Answer));
	default:
		return FinderComplete(Irp, STATUS_SUCCESS, 0);
	}
}

VOID FinderUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(FINDER_LINK);
	PDEVICE_OBJECT DeviceObject = DriverObject->DeviceObject;

	IoUnregisterShutdownNotification(DeviceObject);
	FinderForget(DeviceObject->DeviceExtension);
	IoDeleteSymbolicLink(&Link);
	IoDeleteDevice(DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name, Link, Wanted = RTL_CONSTANT_STRING(L"\\DosDevices\\NtSerial");
	RTL_OSVERSIONINFOW Version = { sizeof(Version) };
	PFINDER_EXTENSION Extension;
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	RtlInitUnicodeString(&Name, FINDER_NAME);
	RtlInitUnicodeString(&Link, FINDER_LINK);
	RtlGetVersion(&Version);
	DbgPrint("finder: Windows %u\n", Version.dwMajorVersion);
	Status = IoCreateDeviceSecure(DriverObject, sizeof(*Extension), &Name, FILE_DEVICE_UNKNOWN,
				      FILE_DEVICE_SECURE_OPEN, FALSE, &SDDL_DEVOBJ_SYS_ALL_ADM_ALL, &GUID_FINDER,
				      &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = DeviceObject->DeviceExtension;
	Status = IoGetDeviceObjectPointer(&Wanted, FILE_READ_DATA, &Extension->File, &Extension->Target);
	if (!NT_SUCCESS(Status)) {
		IoDeleteDevice(DeviceObject);
		return Status;
	}
	DeviceObject->Flags |= DO_DIRECT_IO;
	DriverObject->DriverUnload = FinderUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FinderDispatch;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FinderDispatch;
	DriverObject->MajorFunction[IRP_MJ_READ] = FinderDispatch;
	DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = FinderDispatch;
	IoRegisterShutdownNotification(DeviceObject);
	return IoCreateSymbolicLink(&Link, &Name);
}
