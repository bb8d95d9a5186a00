// SPDX-License-Identifier: GPL-2.0-only
/* A driver whose DriverUnload leaves its device behind. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD LeavingUnload;

VOID LeavingUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Leaving");
	PDEVICE_OBJECT DeviceObject;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = LeavingUnload;
	return IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &DeviceObject);
}
