// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: an interrupt, a DPC and a work item for each open file.  All of this is
 * right; the mistakes are in what is given to it to do.
 */
#include "lab/lab.h"

/**
 * LabReleaseDevice() - the device is free: nothing was started, or all has ended
 * @Session: claimed
 *
 * Context: <= DISPATCH_LEVEL.
 */
VOID LabReleaseDevice(PLAB_SESSION Session)
{
	KeSetEvent(&Session->Idle, IO_NO_INCREMENT, FALSE);
}

static VOID DeviceIsDone(PLAB_SESSION Session)
{
	if (Session->Waited)
		KeSetEvent(&Session->Done, IO_NO_INCREMENT, FALSE);
	else
		LabReleaseDevice(Session);
}

static VOID RunInThread(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PLAB_SESSION Session = Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	Session->InThread(Session);
	DeviceIsDone(Session);
}

static VOID RunInDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	PLAB_SESSION Session = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	LabNoteRunning(Session, NULL);
	if (Session->InDpc)
		Session->InDpc(Session);
	if (Session->InThread)
		IoQueueWorkItem(Session->WorkItem, RunInThread,
				DelayedWorkQueue, Session);
	else
		DeviceIsDone(Session);
}

static BOOLEAN ServeInterrupt(PKINTERRUPT Interrupt, PVOID Context)
{
	PLAB_SESSION Session = Context;

	UNREFERENCED_PARAMETER(Interrupt);
	KeInsertQueueDpc(&Session->Dpc, NULL, NULL);
	return TRUE;
}

/**
 * LabClaimDevice() - the device is ours to use
 * @Session: its file
 *
 * Whoever was told that his request is done may be back before its DPC has ended, so
 * that is waited for.
 *
 * Context: PASSIVE_LEVEL.
 * Return: FALSE where it is busy.
 */
BOOLEAN LabClaimDevice(PLAB_SESSION Session)
{
	LARGE_INTEGER Patience = { .QuadPart = -1000000 }; /* 100 ms */

	return KeWaitForSingleObject(&Session->Idle, Executive, KernelMode, FALSE,
				     &Patience) == STATUS_SUCCESS;
}

/**
 * LabStartDevice() - have the interrupt come, as SetDevice() was told
 * @Session: claimed; it is released when all has been done
 * @InDpc: what the DPC is to do, or NULL
 * @InThread: what a system thread is to do after that, or NULL
 *
 * Context: <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, or why no interrupt will come; then it stays claimed.
 */
NTSTATUS LabStartDevice(PLAB_SESSION Session, PLAB_ROUTINE InDpc,
			PLAB_ROUTINE InThread)
{
	Session->InDpc = InDpc;
	Session->InThread = InThread;
	return NtpoolArmInterrupt(Session->Interrupt, Session->Device.cpu,
				  Session->Device.delay_ns);
}

/*
 * The queue is guarded by a spin lock as drivers guard theirs: where the verifier
 * forces IRQL checking, raising the IRQL for it takes pageable memory out.
 */
static VOID QueueDpc(PLAB_SESSION Session)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Session->Lock, &Irql);
	KeInsertQueueDpc(&Session->Dpc, NULL, NULL);
	KeReleaseSpinLock(&Session->Lock, Irql);
}

static VOID BeginToWait(PLAB_SESSION Session, PLAB_ROUTINE InDpc,
			PLAB_ROUTINE InThread)
{
	Session->InDpc = InDpc;
	Session->InThread = InThread;
	Session->Waited = TRUE;
	KeClearEvent(&Session->Done);
}

static VOID WaitUntilDone(PLAB_SESSION Session)
{
	KeWaitForSingleObject(&Session->Done, Executive, KernelMode, FALSE,
			      NULL);
	Session->Waited = FALSE;
}

/**
 * LabRunDpc() - have a DPC run here and now, and wait until all is done
 * @Session: claimed, and still so afterwards
 * @InDpc: what the DPC is to do, or NULL
 * @InThread: what a system thread is to do after that, or NULL
 *
 * Context: PASSIVE_LEVEL.
 */
VOID LabRunDpc(PLAB_SESSION Session, PLAB_ROUTINE InDpc, PLAB_ROUTINE InThread)
{
	BeginToWait(Session, InDpc, InThread);
	QueueDpc(Session);
	WaitUntilDone(Session);
}

/* The thread that waits is to sleep by the time that the DPC comes. */
static VOID RunInWait(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PLAB_SESSION Session = Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	LabUntilAsleep(Session->Waiter);
	if (Session->InWait)
		Session->InWait(Session);
	QueueDpc(Session);
}

/**
 * LabAwaitDpc() - wait for an event that a DPC is to set
 * @Session: claimed, and still so afterwards
 * @Event: it
 * @InWait: what a system thread is to do while we wait, before the DPC; or NULL
 * @InDpc: sets the event
 *
 * Guard: the wait is also over when the DPC is, as the event may not have been set.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_WAIT_0 if the event was set, STATUS_WAIT_1 if it was not.
 */
NTSTATUS LabAwaitDpc(PLAB_SESSION Session, PRKEVENT Event,
		     PLAB_ROUTINE InWait, PLAB_ROUTINE InDpc)
{
	PVOID Objects[] = { Event, &Session->Done };
	NTSTATUS Status;

	BeginToWait(Session, InDpc, NULL);
	Session->Waiter = KeGetCurrentThread();
	Session->InWait = InWait;
	IoQueueWorkItem(Session->WorkItem, RunInWait, DelayedWorkQueue,
			Session);
	Status = KeWaitForMultipleObjects(RTL_NUMBER_OF(Objects), Objects,
					  WaitAny, Executive, KernelMode, FALSE,
					  NULL, NULL);
	WaitUntilDone(Session);
	return Status;
}

static NTSTATUS MakeParts(PLAB_SESSION Session)
{
	NTSTATUS Status;

	Session->Decoy = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, LAB_TAG);
	if (Session->Decoy == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlCopyMemory(Session->Decoy, "decoy's own word", 16);
	Session->WorkItem = IoAllocateWorkItem(Session->DeviceObject);
	if (Session->WorkItem == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Status = NtpoolConnectInterrupt(&Session->Interrupt, ServeInterrupt,
					Session);
	if (!NT_SUCCESS(Status))
		Session->Interrupt = NULL;
	return Status;
}

static VOID TakeApart(PLAB_SESSION Session)
{
	if (Session->Interrupt)
		NtpoolDisconnectInterrupt(Session->Interrupt);
	if (Session->WorkItem)
		IoFreeWorkItem(Session->WorkItem);
	if (Session->Decoy)
		ExFreePoolWithTag(Session->Decoy, LAB_TAG);
	ExFreePoolWithTag(Session, LAB_TAG);
}

/**
 * LabOpen() - make a session for a file being opened
 * @DeviceObject: our device
 * @FileObject: the file
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS LabOpen(PDEVICE_OBJECT DeviceObject, PFILE_OBJECT FileObject)
{
	PLAB_SESSION Session = ExAllocatePool2(POOL_FLAG_NON_PAGED,
					       sizeof(*Session), LAB_TAG);
	NTSTATUS Status;

	if (Session == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Session->DeviceObject = DeviceObject;
	Session->Device.cpu = NTPOOL_CPU_CURRENT;
	KeInitializeDpc(&Session->Dpc, RunInDpc, Session);
	KeInitializeEvent(&Session->Idle, SynchronizationEvent, TRUE);
	KeInitializeEvent(&Session->Done, NotificationEvent, FALSE);
	KeInitializeEvent(&Session->Event, NotificationEvent, FALSE);
	KeInitializeSpinLock(&Session->Lock);
	Status = MakeParts(Session);
	if (!NT_SUCCESS(Status)) {
		TakeApart(Session);
		return Status;
	}
	FileObject->FsContext = Session;
	return STATUS_SUCCESS;
}

/**
 * LabClose() - nobody has the file any more, and no request of it is pending
 * @FileObject: the file
 *
 * The device may still have something to do: an interrupt to come, a DPC, a work item.
 *
 * Context: PASSIVE_LEVEL.
 */
VOID LabClose(PFILE_OBJECT FileObject)
{
	PLAB_SESSION Session = FileObject->FsContext;

	if (NtpoolDisarmInterrupt(Session->Interrupt))
		LabReleaseDevice(Session);
	KeWaitForSingleObject(&Session->Idle, Executive, KernelMode, FALSE,
			      NULL);
	KeFlushQueuedDpcs();
	if (Session->DeviceBlock)
		ExFreePoolWithTag(Session->DeviceBlock, LAB_TAG);
	/* Guard: what mdl-left-locked forgot; the process is gone. */
	if (Session->LeftLocked) {
		MmUnlockPages(Session->LeftLocked);
		IoFreeMdl(Session->LeftLocked);
	}
	TakeApart(Session);
}
