// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver for a device that has no interrupt: reads wait in a cancel-safe queue until a
 * thread of the system, which looks after the device again and again, has something for
 * them.  A remove lock tells when nobody is in the driver any more.
 */
#include <ntddk.h>
#include <csq.h>
#include <ntintsafe.h>
#include <ntstrsafe.h>

#define POLLED_TAG	'lloP'
#define POLLED_NAME	L"\\Device\\NtPolled"
#define POLLED_LINK	L"\\DosDevices\\NtPolled"
#define POLLED_MOST	2
#define POLLED_INTERVAL (-10 * 1000 * 10) /* 10 ms */

typedef struct _POLLED_EXTENSION {
	IO_REMOVE_LOCK RemoveLock;
	IO_CSQ Queue;
	LIST_ENTRY Packets;
	KSPIN_LOCK Lock;
	ULONG Waiting;
	LONG Available;
	KEVENT Stop;
	PVOID Thread;
} POLLED_EXTENSION, *PPOLLED_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PolledUnload;
DRIVER_DISPATCH PolledOpenClose, PolledRead, PolledWrite, PolledCleanup;
KSTART_ROUTINE PolledThread;
IO_CSQ_INSERT_IRP_EX PolledInsert;
IO_CSQ_REMOVE_IRP PolledRemove;
IO_CSQ_PEEK_NEXT_IRP PolledPeek;
IO_CSQ_ACQUIRE_LOCK PolledAcquire;
IO_CSQ_RELEASE_LOCK PolledRelease;
IO_CSQ_COMPLETE_CANCELED_IRP PolledCancelled;

NTSTATUS PolledInsert(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext)
{
	PPOLLED_EXTENSION Extension = CONTAINING_RECORD(Csq, POLLED_EXTENSION, Queue);

	UNREFERENCED_PARAMETER(InsertContext);
	if (Extension->Waiting == POLLED_MOST)
		return STATUS_DEVICE_BUSY;
	Extension->Waiting++;
	InsertTailList(&Extension->Packets, &Irp->Tail.Overlay.ListEntry);
	return STATUS_SUCCESS;
}

VOID PolledRemove(PIO_CSQ Csq, PIRP Irp)
{
	PPOLLED_EXTENSION Extension = CONTAINING_RECORD(Csq, POLLED_EXTENSION, Queue);

	Extension->Waiting--;
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* Of a certain file, if one is given. */
PIRP PolledPeek(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
	PPOLLED_EXTENSION Extension = CONTAINING_RECORD(Csq, POLLED_EXTENSION, Queue);
	PLIST_ENTRY Entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : Extension->Packets.Flink;

	for (; Entry != &Extension->Packets; Entry = Entry->Flink) {
		PIRP Next = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);

		if (!PeekContext || IoGetCurrentIrpStackLocation(Next)->FileObject == PeekContext)
			return Next;
	}
	return NULL;
}

_IRQL_raises_(DISPATCH_LEVEL) VOID PolledAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
	KeAcquireSpinLock(&CONTAINING_RECORD(Csq, POLLED_EXTENSION, Queue)->Lock, Irql);
}

VOID PolledRelease(PIO_CSQ Csq, KIRQL Irql)
{
	KeReleaseSpinLock(&CONTAINING_RECORD(Csq, POLLED_EXTENSION, Queue)->Lock, Irql);
}

static NTSTATUS PolledComplete(PPOLLED_EXTENSION Extension, PIRP Irp, NTSTATUS Status, ULONG Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	IoReleaseRemoveLock(&Extension->RemoveLock, Irp);
	return Status;
}

VOID PolledCancelled(PIO_CSQ Csq, PIRP Irp)
{
	PolledComplete(CONTAINING_RECORD(Csq, POLLED_EXTENSION, Queue), Irp, STATUS_CANCELLED, 0);
}

/* Refused packets, too, are completed: nobody else knows of them. */
static NTSTATUS PolledRefuse(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

NTSTATUS PolledRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PPOLLED_EXTENSION Extension = DeviceObject->DeviceExtension;
	NTSTATUS Status = IoAcquireRemoveLock(&Extension->RemoveLock, Irp);

	if (!NT_SUCCESS(Status))
		return PolledRefuse(Irp, Status);
	Status = IoCsqInsertIrpEx(&Extension->Queue, Irp, NULL, NULL);
	if (!NT_SUCCESS(Status))
		return PolledComplete(Extension, Irp, Status, 0);
	return STATUS_PENDING;
}

/* The device has as many numbers more as bytes were written. */
NTSTATUS PolledWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PPOLLED_EXTENSION Extension = DeviceObject->DeviceExtension;
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	NTSTATUS Status = IoAcquireRemoveLock(&Extension->RemoveLock, Irp);

	if (!NT_SUCCESS(Status))
		return PolledRefuse(Irp, Status);
	InterlockedExchangeAdd(&Extension->Available, (LONG)Length);
	return PolledComplete(Extension, Irp, STATUS_SUCCESS, Length);
}

/* One number of the device for the packet that has waited longest. */
static VOID PolledServe(PPOLLED_EXTENSION Extension)
{
	PIRP Irp;
	ULONG Room;
	CHAR Text[32];
	size_t Length = 0;

	if (InterlockedCompareExchange(&Extension->Available, 0, 0) == 0)
		return;
	Irp = IoCsqRemoveNextIrp(&Extension->Queue, NULL);
	if (Irp == NULL)
		return;
	RtlStringCbPrintfA(Text, sizeof(Text), "at %d: %ld", KeQueryPriorityThread(KeGetCurrentThread()),
			   InterlockedDecrement(&Extension->Available));
	if (!NT_SUCCESS(RtlStringCbLengthA(Text, sizeof(Text), &Length)) ||
	    !NT_SUCCESS(RtlSizeTToULong(Length, &Room)))
		Room = 0;
	Room = min(Room, IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Text, Room);
	PolledComplete(Extension, Irp, STATUS_SUCCESS, Room);
}

VOID PolledThread(PVOID Context)
{
	PPOLLED_EXTENSION Extension = Context;
	LARGE_INTEGER Interval = RtlConvertLongToLargeInteger(POLLED_INTERVAL);

	KeSetPriorityThread(KeGetCurrentThread(), LOW_REALTIME_PRIORITY);
	while (KeWaitForSingleObject(&Extension->Stop, Executive, KernelMode, FALSE, &Interval) ==
	       STATUS_TIMEOUT)
		PolledServe(Extension);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS PolledOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return PolledRefuse(Irp, STATUS_SUCCESS);
}

NTSTATUS PolledCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PPOLLED_EXTENSION Extension = DeviceObject->DeviceExtension;
	PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	PIRP Waiting;

	while ((Waiting = IoCsqRemoveNextIrp(&Extension->Queue, File)) != NULL)
		PolledCancelled(&Extension->Queue, Waiting);
	return PolledRefuse(Irp, STATUS_SUCCESS);
}

static VOID PolledStopThread(PPOLLED_EXTENSION Extension)
{
	KeSetEvent(&Extension->Stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(Extension->Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Extension->Thread);
}

VOID PolledUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(POLLED_LINK);
	PPOLLED_EXTENSION Extension = DriverObject->DeviceObject->DeviceExtension;

	PAGED_CODE();
	PolledStopThread(Extension);
	if (NT_SUCCESS(IoAcquireRemoveLock(&Extension->RemoveLock, DriverObject)))
		IoReleaseRemoveLockAndWait(&Extension->RemoveLock, DriverObject);
	if (IoAcquireRemoveLock(&Extension->RemoveLock, DriverObject) == STATUS_DELETE_PENDING)
		DbgPrint("polled: removed\n");
	IoDeleteSymbolicLink(&Link);
	IoDeleteDevice(DriverObject->DeviceObject);
}

static NTSTATUS PolledStartThread(PPOLLED_EXTENSION Extension)
{
	HANDLE Handle;
	NTSTATUS Status = PsCreateSystemThread(&Handle, (ACCESS_MASK)0, NULL, (HANDLE)0, NULL, PolledThread,
					       Extension);

	if (!NT_SUCCESS(Status))
		return Status;
	ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Extension->Thread, NULL);
	ZwClose(Handle);
	return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING Name, Link;
	PPOLLED_EXTENSION Extension;
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	RtlInitUnicodeString(&Name, POLLED_NAME);
	RtlInitUnicodeString(&Link, POLLED_LINK);
	Status = IoCreateDevice(DriverObject, sizeof(POLLED_EXTENSION), &Name, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = DeviceObject->DeviceExtension;
	DeviceObject->Flags |= DO_BUFFERED_IO;
	IoInitializeRemoveLock(&Extension->RemoveLock, POLLED_TAG, 1, 100);
	KeInitializeSpinLock(&Extension->Lock);
	InitializeListHead(&Extension->Packets);
	KeInitializeEvent(&Extension->Stop, NotificationEvent, FALSE);
	IoCsqInitializeEx(&Extension->Queue, PolledInsert, PolledRemove, PolledPeek, PolledAcquire,
			  PolledRelease, PolledCancelled);
	DriverObject->DriverUnload = PolledUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = PolledOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = PolledOpenClose;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = PolledCleanup;
	DriverObject->MajorFunction[IRP_MJ_READ] = PolledRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = PolledWrite;
	Status = IoCreateSymbolicLink(&Link, &Name);
	if (NT_SUCCESS(Status))
		Status = PolledStartThread(Extension);
	if (!NT_SUCCESS(Status)) {
		IoDeleteSymbolicLink(&Link);
		IoDeleteDevice(DeviceObject);
	}
	return Status;
}
