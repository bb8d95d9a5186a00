// SPDX-License-Identifier: GPL-2.0-only
/* A driver that does not start, and forgets the device that it has made. */
#include <wdm.h>

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Failing");
	PDEVICE_OBJECT DeviceObject;

	UNREFERENCED_PARAMETER(RegistryPath);
	(void)IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &DeviceObject);
	return STATUS_DEVICE_BUSY;
}
