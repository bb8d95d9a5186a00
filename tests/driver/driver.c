// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that does with a request what its user orders, right or wrong: the other
 * side of the tests of the request engine.
 */
#include <ntddk.h>

#include "buffer.h"

#define TEST_TAG 'tseT'

/*
 * A request that is not completed in the dispatch routine.
 *
 * What is kept or lost is in a list, and its cancel routine completes it.  Where there is
 * a timer and a cancel routine, neither may touch the packet once the other has
 * completed it.  So a timer that finds the routine taken and the routine itself meet:
 * whoever comes second completes it, and whoever needs the work last frees it.
 */
typedef struct _WORK {
	LIST_ENTRY Links;
	LONG Users;
	LONG Met;
	PIRP Irp;
	TEST_ORDERS Order;
	KDPC Dpc;
	PIO_WORKITEM Item;
	PKINTERRUPT Interrupt;
} WORK, *PWORK;

static LIST_ENTRY Kept;
static KSPIN_LOCK Lock;
static struct test_seen Seen;
static LONG Cancelled, Completed, Started, Cleanups, Closes, Waiting;
static PDEVICE_OBJECT Device, Lower;

/* Some orders are to complete it wrongly first. */
static VOID Complete(PIRP Irp, PTEST_ORDERS Order, PDRIVER_CANCEL Routine)
{
	Seen.irql = KeGetCurrentIrql();
	InterlockedIncrement(&Completed);
	if (Order->flags & TEST_AS_PENDING) {
		Irp->IoStatus.Status = STATUS_PENDING;
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
	}
	Irp->IoStatus.Status = Order->status;
	Irp->IoStatus.Information = Order->information;
	if (Order->flags & TEST_ROUTINE_ON) {
		IoSetCancelRoutine(Irp, Routine);
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
		IoSetCancelRoutine(Irp, NULL);
	}
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	if (Order->flags & TEST_TWICE)
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID FreeWork(PWORK Work)
{
	if (InterlockedDecrement(&Work->Users))
		return;
	if (Work->Item)
		IoFreeWorkItem(Work->Item);
	ExFreePoolWithTag(Work, TEST_TAG);
	InterlockedDecrement(&Waiting);
}

static DRIVER_CANCEL OnCancel;

/* It has no timer. */
static BOOLEAN IsIdle(PWORK Work)
{
	return Work->Order.when >= TEST_KEEP;
}

/* The request is this caller's, unless the cancel routine has it. */
static BOOLEAN Take(PWORK Work)
{
	if (!(Work->Order.flags & TEST_CANCELABLE))
		return TRUE;
	return IoSetCancelRoutine(Work->Irp, NULL) != NULL;
}

static VOID CompleteCancelled(PIRP Irp)
{
	Irp->IoStatus.Status = STATUS_CANCELLED;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

/* The timer's side, or the cancel routine's: is it the second? */
static BOOLEAN IsSecond(PWORK Work)
{
	return InterlockedIncrement(&Work->Met) == 2;
}

static VOID Finish(PWORK Work)
{
	if (!Take(Work)) {
		if (IsSecond(Work))
			CompleteCancelled(Work->Irp);
		return;
	}
	if (Work->Order.flags & TEST_CANCELABLE)
		InterlockedDecrement(&Work->Users);
	Fill(Work->Irp, &Work->Order);
	Complete(Work->Irp, &Work->Order, OnCancel);
}

/* One after the other: the interrupt, its DPC, the work item that takes all down. */
static VOID OnWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PWORK Work = Context;

	if (Work->Order.when == TEST_WORKER)
		Finish(Work);
	NtpoolDisconnectInterrupt(Work->Interrupt);
	FreeWork(Work);
}

static VOID OnDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PWORK Work = Context;

	if (Work->Order.when == TEST_DPC)
		Finish(Work);
	IoQueueWorkItem(Work->Item, OnWork, DelayedWorkQueue, Work);
}

static BOOLEAN OnInterrupt(PKINTERRUPT Interrupt, PVOID Context)
{
	PWORK Work = Context;

	if (Work->Order.when == TEST_INTERRUPT)
		Finish(Work);
	KeInsertQueueDpc(&Work->Dpc, NULL, NULL);
	return TRUE;
}

static VOID OnCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PWORK Work = Irp->Tail.Overlay.DriverContext[0];
	BOOLEAN Mine = TRUE;
	KIRQL Irql;

	IoReleaseCancelSpinLock(Irp->CancelIrql);
	InterlockedIncrement(&Cancelled);
	if (IsIdle(Work)) {
		KeAcquireSpinLock(&Lock, &Irql);
		RemoveEntryList(&Work->Links);
		KeReleaseSpinLock(&Lock, Irql);
	} else {
		Mine = IsSecond(Work);
	}
	if (Mine)
		CompleteCancelled(Irp);
	FreeWork(Work);
}

/*
 * Who cancels it takes the lock before he completes it, so that the packet may still be
 * looked at here.  FALSE: it had been cancelled before it could be.
 */
static BOOLEAN Keep(PWORK Work, PIRP Irp)
{
	BOOLEAN Cancelable = !!(Work->Order.flags & TEST_CANCELABLE);
	BOOLEAN Late = FALSE;
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	InsertTailList(&Kept, &Work->Links);
	if (Cancelable) {
		IoSetCancelRoutine(Irp, OnCancel);
		Late = Irp->Cancel && IoSetCancelRoutine(Irp, NULL);
	}
	if (Late)
		RemoveEntryList(&Work->Links);
	KeReleaseSpinLock(&Lock, Irql);
	return !Late;
}

/* The longest kept that nobody cancels. */
static PWORK TakeKept(VOID)
{
	PLIST_ENTRY Entry;
	PWORK Work;
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	for (Entry = Kept.Flink; Entry != &Kept; Entry = Entry->Flink) {
		Work = CONTAINING_RECORD(Entry, WORK, Links);
		if (Work->Order.when != TEST_KEEP || !Take(Work))
			continue;
		RemoveEntryList(&Work->Links);
		KeReleaseSpinLock(&Lock, Irql);
		return Work;
	}
	KeReleaseSpinLock(&Lock, Irql);
	return NULL;
}

static PWORK NewWork(PIRP Irp, PTEST_ORDERS Order)
{
	PWORK Work = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(WORK),
				     TEST_TAG);

	if (!Work)
		return NULL;
	InterlockedIncrement(&Waiting);
	Work->Irp = Irp;
	Work->Order = *Order;
	Work->Users = 1;
	Work->Item = IoAllocateWorkItem(Device);
	KeInitializeDpc(&Work->Dpc, OnDpc, Work);
	if (!Work->Item ||
	    (Order->when < TEST_KEEP &&
	     !NT_SUCCESS(NtpoolConnectInterrupt(&Work->Interrupt, OnInterrupt,
						Work)))) {
		FreeWork(Work);
		return NULL;
	}
	if (!IsIdle(Work) && (Order->flags & TEST_CANCELABLE))
		Work->Users = 2;
	return Work;
}

static NTSTATUS Refuse(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* An order that cannot be carried out. */
static NTSTATUS Fail(PIRP Irp, NTSTATUS Status)
{
	InterlockedIncrement(&Completed);
	return Refuse(Irp, Status);
}

/* Cancelable before a timer has it. */
static VOID Begin(PWORK Work, PIRP Irp)
{
	Irp->Tail.Overlay.DriverContext[0] = Work;
	if (IsIdle(Work)) {
		if (Keep(Work, Irp))
			return;
		InterlockedIncrement(&Cancelled);
		CompleteCancelled(Irp);
		FreeWork(Work);
		return;
	}
	/* It may be cancelled at once; the timer still needs the work then. */
	if (Work->Order.flags & TEST_CANCELABLE)
		IoSetCancelRoutine(Irp, OnCancel);
	NtpoolArmInterrupt(Work->Interrupt, NTPOOL_CPU_CURRENT,
			   1000ull * Work->Order.delay_us);
}

static NTSTATUS Later(PIRP Irp, PTEST_ORDERS Order)
{
	NTSTATUS Status = LockNeither(Irp, Order);
	NTSTATUS Answer = Order->answer;
	ULONG Flags = Order->flags;
	PWORK Work;
	KIRQL Irql;

	if (!NT_SUCCESS(Status))
		return Fail(Irp, Status);
	Work = NewWork(Irp, Order);
	if (!Work)
		return Fail(Irp, STATUS_INSUFFICIENT_RESOURCES);
	/* Locked pages cannot be mapped above DISPATCH_LEVEL. */
	OutputOf(Irp);
	if (Order->flags & TEST_MARK)
		IoMarkIrpPending(Irp);
	Begin(Work, Irp);
	if (Flags & TEST_RAISED)
		KeRaiseIrql(DISPATCH_LEVEL, &Irql);
	return Answer;
}

static VOID Delay(PTEST_ORDERS Order)
{
	LARGE_INTEGER Interval;

	Interval.QuadPart = -10ll * Order->delay_us;
	Order->status = KeDelayExecutionThread(UserMode, TRUE, &Interval);
	Order->answer = Order->status;
}

static NTSTATUS AtOnce(PIRP Irp, PTEST_ORDERS Order)
{
	NTSTATUS Status = FillNeither(Irp, Order);
	TEST_ORDERS Copy = *Order;
	KIRQL Irql;

	if (!NT_SUCCESS(Status))
		return Fail(Irp, Status);
	if (Copy.flags & TEST_ALERTABLE)
		Delay(&Copy);
	if (Copy.flags & TEST_MARK)
		IoMarkIrpPending(Irp);
	Fill(Irp, &Copy);
	Complete(Irp, &Copy, OnCancel);
	if (Copy.flags & TEST_RAISED)
		KeRaiseIrql(DISPATCH_LEVEL, &Irql);
	return Copy.answer;
}

static VOID See(PIRP Irp, PIO_STACK_LOCATION Location)
{
	PUCHAR System = Irp->AssociatedIrp.SystemBuffer;

	Seen.system_buffer = System != NULL;
	Seen.mdl = Irp->MdlAddress != NULL;
	Seen.user_buffer = (ULONG_PTR)Irp->UserBuffer;
	Seen.type3 = 0;
	Seen.first = System ? System[0] : 0;
	Seen.input_length = 0;
	Seen.output_length = RoomOf(Irp);
	if (Location->MajorFunction == IRP_MJ_WRITE) {
		Seen.input_length = Location->Parameters.Write.Length;
		if (Irp->MdlAddress)
			Seen.first = *(PUCHAR)OutputOf(Irp);
	}
	if (Location->MajorFunction != IRP_MJ_DEVICE_CONTROL)
		return;
	Seen.type3 = (ULONG_PTR)Location->Parameters.DeviceIoControl
			     .Type3InputBuffer;
	Seen.input_length =
		Location->Parameters.DeviceIoControl.InputBufferLength;
}

/* The upper device has no other task than to pass on. */
static NTSTATUS PassDown(PIRP Irp)
{
	IoCopyCurrentIrpStackLocationToNext(Irp);
	return IoCallDriver(Lower, Irp);
}

static NTSTATUS DoOrder(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
	PTEST_ORDERS Order = Location->FileObject->FsContext;

	if (DeviceObject == Device && (Order->flags & TEST_LOW_TOO))
		return PassDown(Irp);
	InterlockedIncrement(&Started);
	See(Irp, Location);
	return Order->when == TEST_AT_ONCE ? AtOnce(Irp, Order) :
					     Later(Irp, Order);
}

static NTSTATUS Succeed(PIRP Irp, ULONG_PTR Information)
{
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS TakeOrder(PIRP Irp, PIO_STACK_LOCATION Location)
{
	PTEST_ORDERS Order = Irp->AssociatedIrp.SystemBuffer;

	if (Location->Parameters.DeviceIoControl.InputBufferLength !=
		    sizeof(*Order) ||
	    Order->when >= TEST_WHENS || (Order->flags & ~TEST_FLAGS))
		return Refuse(Irp, STATUS_INVALID_PARAMETER);
	*(PTEST_ORDERS)Location->FileObject->FsContext = *Order;
	return Succeed(Irp, 0);
}

static NTSTATUS Release(PIRP Irp)
{
	PWORK Work = TakeKept();

	if (!Work)
		return Refuse(Irp, STATUS_NOT_FOUND);
	Fill(Work->Irp, &Work->Order);
	Complete(Work->Irp, &Work->Order, OnCancel);
	FreeWork(Work);
	return Succeed(Irp, 0);
}

static VOID SeeName(PUNICODE_STRING Name)
{
	Seen.name_length = Name->Length;
	RtlZeroMemory(Seen.name, sizeof(Seen.name));
	RtlCopyMemory(Seen.name, Name->Buffer,
		      min(sizeof(Seen.name), (SIZE_T)Name->Length));
}

static NTSTATUS Tell(PIRP Irp, PIO_STACK_LOCATION Location)
{
	if (Location->Parameters.DeviceIoControl.OutputBufferLength <
	    sizeof(Seen))
		return Refuse(Irp, STATUS_BUFFER_TOO_SMALL);
	SeeName(&Location->FileObject->FileName);
	Seen.cancelled = Cancelled;
	Seen.completed = Completed;
	Seen.kept = Waiting;
	Seen.started = Started;
	Seen.cleanups = Cleanups;
	Seen.closes = Closes;
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, &Seen, sizeof(Seen));
	return Succeed(Irp, sizeof(Seen));
}

static NTSTATUS OnControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);

	switch (Location->Parameters.DeviceIoControl.IoControlCode) {
	case TEST_ORDER:
		return TakeOrder(Irp, Location);
	case TEST_RELEASE:
		return Release(Irp);
	case TEST_SEEN:
		return Tell(Irp, Location);
	case TEST_READER:
	case TEST_WRITER:
		return Succeed(Irp, 0);
	case TEST_DO(METHOD_BUFFERED):
	case TEST_DO(METHOD_IN_DIRECT):
	case TEST_DO(METHOD_OUT_DIRECT):
	case TEST_DO(METHOD_NEITHER):
		return DoOrder(DeviceObject, Irp);
	default:
		return Refuse(Irp, STATUS_INVALID_DEVICE_REQUEST);
	}
}

static NTSTATUS OnCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	PEPROCESS Process = IoThreadToProcess(Irp->Tail.Overlay.Thread);

	Seen.create_mode = Irp->RequestorMode;
	Seen.create_process = (ULONG)(ULONG_PTR)PsGetProcessId(Process);
	File->FsContext = ExAllocatePool2(POOL_FLAG_NON_PAGED,
					  sizeof(TEST_ORDERS), TEST_TAG);
	if (!File->FsContext)
		return Refuse(Irp, STATUS_INSUFFICIENT_RESOURCES);
	return Succeed(Irp, 0);
}

static NTSTATUS OnCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	InterlockedIncrement(&Cleanups);
	return Succeed(Irp, 0);
}

static NTSTATUS OnClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	ExFreePoolWithTag(File->FsContext, TEST_TAG);
	InterlockedIncrement(&Closes);
	return Succeed(Irp, 0);
}

static VOID OnUnload(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\NtpoolTest");

	IoDeleteSymbolicLink(&Link);
	if (Lower)
		IoDeleteDevice(Lower);
	if (Device)
		IoDeleteDevice(Device);
}

static NTSTATUS CreateDevices(PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\NtpoolTest");
	UNICODE_STRING Low = RTL_CONSTANT_STRING(L"\\Device\\NtpoolTestLow");
	UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\NtpoolTest");
	NTSTATUS Status;

	Status = IoCreateDevice(DriverObject, 0, &Name, FILE_DEVICE_UNKNOWN, 0,
				FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = IoCreateDevice(DriverObject, 0, &Low, FILE_DEVICE_UNKNOWN, 0,
				FALSE, &Lower);
	if (!NT_SUCCESS(Status))
		return Status;
	Device->StackSize = Lower->StackSize + 1;
	Device->Flags |= DO_BUFFERED_IO;
	Lower->Flags |= DO_DIRECT_IO;
	Device->Flags &= ~DO_DEVICE_INITIALIZING;
	Lower->Flags &= ~DO_DEVICE_INITIALIZING;
	return IoCreateSymbolicLink(&Link, &Name);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;

	InitializeListHead(&Kept);
	KeInitializeSpinLock(&Lock);
	DriverObject->MajorFunction[IRP_MJ_CREATE] = OnCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = OnCleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = OnClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = DoOrder;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = DoOrder;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = OnControl;
	DriverObject->DriverUnload = OnUnload;
	Status = CreateDevices(DriverObject);
	if (!NT_SUCCESS(Status))
		OnUnload(DriverObject);
	return Status;
}
