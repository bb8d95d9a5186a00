// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may be done at which IRQL: paged-in-dpc, pageable-lock, pageable-event,
 * wait-in-dpc, free-at-dispatch.  Where the block lies tells wrong from right; the code
 * is the same, which is what makes these mistakes easy.
 */
#include "lab/lab.h"

#define LAB_BLOCK_SIZE (2 * PAGE_SIZE)

/* What is built in a block of the driver's. */
typedef struct _CONTEXT_BLOCK {
	KSPIN_LOCK Lock;
	KEVENT Event;
} CONTEXT_BLOCK, *PCONTEXT_BLOCK;

static ULONG PlaceOf(PIRP Irp)
{
	return ((struct ntpool_lab_irql *)Irp->AssociatedIrp.SystemBuffer)->place;
}

/* The device is free again, and the caller is told what came of it. */
static NTSTATUS AnswerStatus(PLAB_SESSION Session, PIRP Irp)
{
	struct ntpool_lab_irql *Answer = Irp->AssociatedIrp.SystemBuffer;

	*Answer = (struct ntpool_lab_irql){ .status = Session->Status };
	LabReleaseDevice(Session);
	return LabComplete(Irp, STATUS_SUCCESS, sizeof(*Answer));
}

/* A block in use: its first page has been written, so it is in memory. */
static BOOLEAN MakeBlock(PLAB_SESSION Session, ULONG Place)
{
	POOL_FLAGS Pool = Place == NTPOOL_LAB_NONPAGED ? POOL_FLAG_NON_PAGED :
							 POOL_FLAG_PAGED;
	PCONTEXT_BLOCK Block = ExAllocatePool2(Pool, LAB_BLOCK_SIZE, LAB_TAG);

	Session->Block = Block;
	if (Block == NULL)
		return FALSE;
	KeInitializeSpinLock(&Block->Lock);
	KeInitializeEvent(&Block->Event, NotificationEvent, FALSE);
	return TRUE;
}

/* The device is ours, and there is a block in the place that the caller wants. */
static NTSTATUS Prepare(PLAB_SESSION Session, PIRP Irp)
{
	if (PlaceOf(Irp) > NTPOOL_LAB_PAGED_TRIMMED)
		return STATUS_INVALID_PARAMETER;
	if (!LabClaimDevice(Session))
		return STATUS_DEVICE_BUSY;
	if (MakeBlock(Session, PlaceOf(Irp)))
		return STATUS_SUCCESS;
	LabReleaseDevice(Session);
	return STATUS_INSUFFICIENT_RESOURCES;
}

/* What memory pressure does to it in the meantime. */
static VOID TakeOut(PLAB_SESSION Session)
{
	ntpool_trim(Session->Block, LAB_BLOCK_SIZE);
}

/* Runs a DPC on a block in the place that the caller wants. */
static NTSTATUS RunOnBlock(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc)
{
	NTSTATUS Status = Prepare(Session, Irp);

	if (!NT_SUCCESS(Status))
		return LabComplete(Irp, Status, 0);
	if (PlaceOf(Irp) == NTPOOL_LAB_PAGED_TRIMMED)
		TakeOut(Session);
	LabRunDpc(Session, InDpc, NULL);
	ExFreePoolWithTag(Session->Block, LAB_TAG);
	return AnswerStatus(Session, Irp);
}

static VOID WriteBlock(PLAB_SESSION Session)
{
	Session->Status = LabTouchWrite((PCHAR)Session->Block +
					sizeof(CONTEXT_BLOCK));
}

/**
 * LabTouch() - a DPC writes to a block; WRONG in paged pool
 * @Session: the file
 * @Irp: with a struct ntpool_lab_irql
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabTouch(PLAB_SESSION Session, PIRP Irp)
{
	return RunOnBlock(Session, Irp, WriteBlock);
}

/* Guard: the handler, as the DPC's end must be told; NT would stop at the bug check. */
static noinline NTSTATUS AcquireAndRelease(PKSPIN_LOCK Lock)
{
	__try {
		KeAcquireSpinLockAtDpcLevel(Lock);
		KeReleaseSpinLockFromDpcLevel(Lock);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

static VOID LockBlock(PLAB_SESSION Session)
{
	PCONTEXT_BLOCK Block = Session->Block;

	Session->Status = AcquireAndRelease(&Block->Lock);
}

/**
 * LabLock() - a DPC acquires a spin lock; WRONG in paged pool
 * @Session: the file
 * @Irp: with a struct ntpool_lab_irql
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabLock(PLAB_SESSION Session, PIRP Irp)
{
	return RunOnBlock(Session, Irp, LockBlock);
}

static VOID SetBlockEvent(PLAB_SESSION Session)
{
	PCONTEXT_BLOCK Block = Session->Block;

	KeSetEvent(&Block->Event, IO_NO_INCREMENT, FALSE);
}

/**
 * LabEvent() - a thread waits for an event that a DPC sets; WRONG in paged pool
 * @Session: the file
 * @Irp: with a struct ntpool_lab_irql
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabEvent(PLAB_SESSION Session, PIRP Irp)
{
	BOOLEAN Out = PlaceOf(Irp) == NTPOOL_LAB_PAGED_TRIMMED;
	NTSTATUS Status = Prepare(Session, Irp);
	PCONTEXT_BLOCK Block;

	if (!NT_SUCCESS(Status))
		return LabComplete(Irp, Status, 0);
	Block = Session->Block;
	Session->Status = LabAwaitDpc(Session, &Block->Event,
				      Out ? TakeOut : NULL, SetBlockEvent);
	ExFreePoolWithTag(Block, LAB_TAG);
	return AnswerStatus(Session, Irp);
}

static VOID WaitFor(PLAB_SESSION Session, LONGLONG Hundredths)
{
	LARGE_INTEGER Timeout = { .QuadPart = -Hundredths };

	Session->Status = KeWaitForSingleObject(&Session->Event, Executive,
						KernelMode, FALSE, &Timeout);
}

static VOID WaitAWhile(PLAB_SESSION Session)
{
	WaitFor(Session, 10 * 10000); /* 10 ms in units of 100 ns */
}

static VOID Look(PLAB_SESSION Session)
{
	WaitFor(Session, 0);
}

static NTSTATUS RunWait(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc,
			PLAB_ROUTINE InThread)
{
	if (!LabClaimDevice(Session))
		return LabComplete(Irp, STATUS_DEVICE_BUSY, 0);
	LabRunDpc(Session, InDpc, InThread);
	return AnswerStatus(Session, Irp);
}

/**
 * LabWaitWrong() - WRONG: a DPC waits
 * @Session: the file
 * @Irp: gets a struct ntpool_lab_irql
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabWaitWrong(PLAB_SESSION Session, PIRP Irp)
{
	return RunWait(Session, Irp, WaitAWhile, NULL);
}

/**
 * LabWaitPoll() - right: a DPC looks, with a timeout of zero
 * @Session: the file
 * @Irp: gets a struct ntpool_lab_irql
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabWaitPoll(PLAB_SESSION Session, PIRP Irp)
{
	return RunWait(Session, Irp, Look, NULL);
}

/**
 * LabWaitThread() - right: a system thread waits
 * @Session: the file
 * @Irp: gets a struct ntpool_lab_irql
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabWaitThread(PLAB_SESSION Session, PIRP Irp)
{
	return RunWait(Session, Irp, NULL, WaitAWhile);
}

static VOID FreeBlock(PLAB_SESSION Session)
{
	ExFreePoolWithTag(Session->Block, LAB_TAG);
	Session->Status = STATUS_SUCCESS;
}

static NTSTATUS RunFree(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc,
			PLAB_ROUTINE InThread)
{
	NTSTATUS Status = Prepare(Session, Irp);

	if (!NT_SUCCESS(Status))
		return LabComplete(Irp, Status, 0);
	LabRunDpc(Session, InDpc, InThread);
	return AnswerStatus(Session, Irp);
}

/**
 * LabFreeDpc() - a DPC frees a block; WRONG in paged pool
 * @Session: the file
 * @Irp: with a struct ntpool_lab_irql
 *
 * Guard: what could not be freed is freed by a system thread.
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabFreeDpc(PLAB_SESSION Session, PIRP Irp)
{
	bool Paged = PlaceOf(Irp) != NTPOOL_LAB_NONPAGED;

	return RunFree(Session, Irp, FreeBlock, Paged ? FreeBlock : NULL);
}

/**
 * LabFreeThread() - right: a system thread frees the block
 * @Session: the file
 * @Irp: with a struct ntpool_lab_irql
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabFreeThread(PLAB_SESSION Session, PIRP Irp)
{
	return RunFree(Session, Irp, NULL, FreeBlock);
}
