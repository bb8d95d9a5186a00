// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver as one writes it for NT: nothing in here is ntpool's or Linux's.  It shows each
 * way to get at a caller's buffers, a request that is completed later by a DPC, and one
 * that is cancelled.
 */
#include <ntddk.h>

#include "public.h"

#define ECHO_TAG 'ohcE'

typedef struct _ECHO_EXTENSION {
	KSPIN_LOCK Lock; /* Kept, KeptLength, Waiting */
	PUCHAR Kept;
	ULONG KeptLength;
	LIST_ENTRY Waiting;
	KTIMER Timer;
	KDPC TimerDpc;
} ECHO_EXTENSION, *PECHO_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD EchoUnload;
KDEFERRED_ROUTINE EchoTimerDpc;
DRIVER_CANCEL EchoCancel;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH EchoCreateClose;
_Dispatch_type_(IRP_MJ_CLEANUP) DRIVER_DISPATCH EchoCleanup;
_Dispatch_type_(IRP_MJ_READ) DRIVER_DISPATCH EchoRead;
_Dispatch_type_(IRP_MJ_WRITE) DRIVER_DISPATCH EchoWrite;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH EchoDeviceControl;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, EchoUnload)
#pragma alloc_text(PAGE, EchoCreateClose)
#endif

static NTSTATUS EchoComplete(_In_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* Takes the place of what was kept before. */
static NTSTATUS EchoKeep(_Inout_ PECHO_EXTENSION Extension, _In_reads_bytes_(Length) PVOID Data,
			 _In_ ULONG Length)
{
	PUCHAR Copy, Old;
	KIRQL Irql;

	if (Length == 0 || Length > ECHO_KEEPS_AT_MOST)
		return STATUS_INVALID_BUFFER_SIZE;
	Copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, ECHO_TAG);
	if (Copy == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlCopyMemory(Copy, Data, Length);

	KeAcquireSpinLock(&Extension->Lock, &Irql);
	Old = Extension->Kept;
	Extension->Kept = Copy;
	Extension->KeptLength = Length;
	KeReleaseSpinLock(&Extension->Lock, Irql);
	if (Old != NULL)
		ExFreePoolWithTag(Old, ECHO_TAG);
	return STATUS_SUCCESS;
}

/* Returns how many bytes there were to give. */
static ULONG EchoGive(_In_ PECHO_EXTENSION Extension, _Out_writes_bytes_(Length) PVOID Data,
		      _In_ ULONG Length)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Extension->Lock, &Irql);
	Length = min(Length, Extension->KeptLength);
	RtlCopyMemory(Data, Extension->Kept, Length);
	KeReleaseSpinLock(&Extension->Lock, Irql);
	return Length;
}

/* The device has DO_BUFFERED_IO, so reads and writes have a system buffer. */
NTSTATUS EchoRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

	if (Length == 0)
		return EchoComplete(Irp, STATUS_SUCCESS, 0);
	Length = EchoGive(DeviceObject->DeviceExtension, Irp->AssociatedIrp.SystemBuffer, Length);
	return EchoComplete(Irp, Length ? STATUS_SUCCESS : STATUS_END_OF_FILE, Length);
}

NTSTATUS EchoWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	NTSTATUS Status = EchoKeep(DeviceObject->DeviceExtension, Irp->AssociatedIrp.SystemBuffer,
				   Length);

	return EchoComplete(Irp, Status, NT_SUCCESS(Status) ? Length : 0);
}

/* Input and output are one buffer: the answer is there already. */
static NTSTATUS EchoBuffered(PIRP Irp, PIO_STACK_LOCATION Stack)
{
	ULONG Length = Stack->Parameters.DeviceIoControl.InputBufferLength;

	if (Stack->Parameters.DeviceIoControl.OutputBufferLength < Length)
		return EchoComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	return EchoComplete(Irp, STATUS_SUCCESS, Length);
}

/* The second buffer is described by an MDL, in either direction. */
static NTSTATUS EchoDirect(PECHO_EXTENSION Extension, PIRP Irp, PIO_STACK_LOCATION Stack)
{
	ULONG Length = Stack->Parameters.DeviceIoControl.OutputBufferLength;
	NTSTATUS Status = STATUS_SUCCESS;
	PVOID Data;

	if (Irp->MdlAddress == NULL)
		return EchoComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	Data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
	if (Data == NULL)
		return EchoComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	if (Stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_ECHO_KEEP)
		Status = EchoKeep(Extension, Data, Length);
	else
		Length = EchoGive(Extension, Data, Length);
	return EchoComplete(Irp, Status, NT_SUCCESS(Status) ? Length : 0);
}

/* Both of these raise where the caller's addresses are bad. */
static VOID EchoTouchPlainly(PVOID Input, PVOID Output, PVOID Captured, ULONG Length)
{
	ProbeForRead(Input, Length, sizeof(UCHAR));
	RtlCopyMemory(Captured, Input, Length);
	ProbeForWrite(Output, Length, sizeof(UCHAR));
	RtlCopyMemory(Output, Captured, Length);
}

static VOID EchoTouchByAccessors(PVOID Input, PVOID Output, PVOID Captured, ULONG Length)
{
	CopyFromUser(Captured, Input, Length);
	CopyToUser(Output, Captured, Length);
}

/*
 * The caller's own addresses: good or bad, and another thread of his may change what is
 * there at any time.  So the data is captured once, and every touch is under a handler.
 */
static NTSTATUS EchoNeither(PIRP Irp, PIO_STACK_LOCATION Stack)
{
	ULONG Length = Stack->Parameters.DeviceIoControl.InputBufferLength;
	PVOID Input = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
	volatile NTSTATUS Status = STATUS_SUCCESS;
	PVOID Captured;

	if (Length == 0 || Length > ECHO_KEEPS_AT_MOST ||
	    Stack->Parameters.DeviceIoControl.OutputBufferLength < Length)
		return EchoComplete(Irp, STATUS_INVALID_BUFFER_SIZE, 0);
	Captured = ExAllocatePool2(POOL_FLAG_PAGED, Length, ECHO_TAG);
	if (Captured == NULL)
		return EchoComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	__try {
		if (Stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_ECHO_NEITHER)
			EchoTouchPlainly(Input, Irp->UserBuffer, Captured, Length);
		else
			EchoTouchByAccessors(Input, Irp->UserBuffer, Captured, Length);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
		KdPrint(("echo: the caller's buffers: 0x%08lX\n", Status));
	}
	ExFreePoolWithTag(Captured, ECHO_TAG);
	return EchoComplete(Irp, Status, NT_SUCCESS(Status) ? Length : 0);
}

/*
 * Whoever gets the cancel routine out of the request completes it.  There is one timer: the
 * last request says when it expires, and then it completes all of them.
 */
static NTSTATUS EchoLater(PECHO_EXTENSION Extension, PIRP Irp, PIO_STACK_LOCATION Stack)
{
	LARGE_INTEGER DueTime;
	BOOLEAN Cancelled = FALSE;
	KIRQL Irql;

	if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ULONG) ||
	    Stack->Parameters.DeviceIoControl.OutputBufferLength <
		    Stack->Parameters.DeviceIoControl.InputBufferLength)
		return EchoComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	DueTime.QuadPart = -10000LL * *(PULONG)Irp->AssociatedIrp.SystemBuffer;

	KeAcquireSpinLock(&Extension->Lock, &Irql);
	IoMarkIrpPending(Irp);
	InsertTailList(&Extension->Waiting, &Irp->Tail.Overlay.ListEntry);
	(void)IoSetCancelRoutine(Irp, EchoCancel);
	if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
		RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
		Cancelled = TRUE;
	}
	KeReleaseSpinLock(&Extension->Lock, Irql);

	if (Cancelled)
		(void)EchoComplete(Irp, STATUS_CANCELLED, 0);
	else
		KeSetTimer(&Extension->Timer, DueTime, &Extension->TimerDpc);
	return STATUS_PENDING;
}

/* Takes the requests of one file, or all, that nobody is cancelling. */
static VOID EchoTakeWaiting(PECHO_EXTENSION Extension, PFILE_OBJECT FileObject, PLIST_ENTRY Taken)
{
	PLIST_ENTRY Entry, Next;
	KIRQL Irql;

	InitializeListHead(Taken);
	KeAcquireSpinLock(&Extension->Lock, &Irql);
	for (Entry = Extension->Waiting.Flink; Entry != &Extension->Waiting; Entry = Next) {
		PIRP Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);

		Next = Entry->Flink;
		if (FileObject != NULL &&
		    IoGetCurrentIrpStackLocation(Irp)->FileObject != FileObject)
			continue;
		if (IoSetCancelRoutine(Irp, NULL) == NULL)
			continue;
		RemoveEntryList(Entry);
		InsertTailList(Taken, Entry);
	}
	KeReleaseSpinLock(&Extension->Lock, Irql);
}

_Use_decl_annotations_
	VOID
	EchoTimerDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
	LIST_ENTRY Taken;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(SystemArgument1);
	UNREFERENCED_PARAMETER(SystemArgument2);
	EchoTakeWaiting((PECHO_EXTENSION)DeferredContext, NULL, &Taken);
	while (!IsListEmpty(&Taken)) {
		PIRP Irp = CONTAINING_RECORD(RemoveHeadList(&Taken), IRP, Tail.Overlay.ListEntry);

		(void)EchoBuffered(Irp, IoGetCurrentIrpStackLocation(Irp));
	}
}

VOID EchoCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PECHO_EXTENSION Extension = DeviceObject->DeviceExtension;
	KIRQL Irql;

	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Extension->Lock, &Irql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Extension->Lock, Irql);
	(void)EchoComplete(Irp, STATUS_CANCELLED, 0);
}

/* The handle is closed; requests that were started through it are not wanted any more. */
NTSTATUS EchoCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	LIST_ENTRY Taken;

	EchoTakeWaiting(DeviceObject->DeviceExtension,
			IoGetCurrentIrpStackLocation(Irp)->FileObject, &Taken);
	while (!IsListEmpty(&Taken))
		(void)EchoComplete(CONTAINING_RECORD(RemoveHeadList(&Taken), IRP,
						     Tail.Overlay.ListEntry),
				   STATUS_CANCELLED, 0);
	return EchoComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS EchoCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	PAGED_CODE();
	return EchoComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS EchoDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	PECHO_EXTENSION Extension = DeviceObject->DeviceExtension;

	switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_ECHO_BUFFERED:
		return EchoBuffered(Irp, Stack);
	case IOCTL_ECHO_KEEP:
	case IOCTL_ECHO_GIVE:
		return EchoDirect(Extension, Irp, Stack);
	case IOCTL_ECHO_NEITHER:
	case IOCTL_ECHO_CAPTURE:
		return EchoNeither(Irp, Stack);
	case IOCTL_ECHO_LATER:
		return EchoLater(Extension, Irp, Stack);
	}
	return EchoComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}

VOID EchoUnload(PDRIVER_OBJECT DriverObject)
{
	PECHO_EXTENSION Extension = DriverObject->DeviceObject->DeviceExtension;
	UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\NtpoolEcho");

	PAGED_CODE();
	KeCancelTimer(&Extension->Timer);
	KeFlushQueuedDpcs();
	if (Extension->Kept != NULL)
		ExFreePoolWithTag(Extension->Kept, ECHO_TAG);
	IoDeleteSymbolicLink(&LinkName);
	IoDeleteDevice(DriverObject->DeviceObject);
	DbgPrint("echo: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\NtpoolEcho");
	UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\NtpoolEcho");
	PDEVICE_OBJECT DeviceObject;
	PECHO_EXTENSION Extension;
	NTSTATUS Status;

	DbgPrint("echo: %wZ, built for 0x%08lx\n", RegistryPath, NTDDI_VERSION);
	Status = IoCreateDevice(DriverObject, sizeof(ECHO_EXTENSION), &DeviceName,
				FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = DeviceObject->DeviceExtension;
	KeInitializeSpinLock(&Extension->Lock);
	InitializeListHead(&Extension->Waiting);
	KeInitializeTimer(&Extension->Timer);
	KeInitializeDpc(&Extension->TimerDpc, EchoTimerDpc, Extension);

	Status = IoCreateSymbolicLink(&LinkName, &DeviceName);
	if (!NT_SUCCESS(Status)) {
		IoDeleteDevice(DeviceObject);
		return Status;
	}
	DriverObject->DriverUnload = EchoUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = EchoCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = EchoCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = EchoCleanup;
	DriverObject->MajorFunction[IRP_MJ_READ] = EchoRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = EchoWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = EchoDeviceControl;
	DeviceObject->Flags |= DO_BUFFERED_IO;
	DeviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
