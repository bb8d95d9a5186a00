// SPDX-License-Identifier: GPL-2.0-only
/* NX pool opt-in: what NonPagedPool means in a driver that has asked for it. */
#define POOL_NX_OPTIN 1

#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD NxUnload;

/* endbr64; ret */
static const UCHAR NxCode[] = { 0xF3, 0x0F, 0x1E, 0xFA, 0xC3 };

/* Can code in a block of this type be run? */
static BOOLEAN NxRuns(POOL_TYPE PoolType)
{
	PUCHAR Code = ExAllocatePoolWithTag(PoolType, 16, 'edoC');
	volatile BOOLEAN Runs = FALSE;

	if (Code == NULL)
		return FALSE;
	RtlCopyMemory(Code, NxCode, sizeof(NxCode));
	__try {
		((VOID(*)(VOID))Code)();
		Runs = TRUE;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
	}
	ExFreePoolWithTag(Code, 'edoC');
	return Runs;
}

VOID NxUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	POOL_TYPE Before = NonPagedPool;
	BOOLEAN Ran = NxRuns(NonPagedPool);

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = NxUnload;
	ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
	DbgPrint("nx: type %u before, %u after, %u aligned\n", Before, NonPagedPool,
		 NonPagedPoolCacheAligned);
	DbgPrint("nx: code runs %d before, %d after\n", Ran, NxRuns(NonPagedPool));
	return STATUS_SUCCESS;
}
