// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancel-safe queues: the driver says how packets are put into its queue and taken out,
 * and under which lock; these calls see to it that a packet has one owner, whether it is
 * taken out, cancelled, or both at once ("Cancel-Safe IRP Queues", Windows driver
 * documentation).
 *
 * DriverContext[3] of a packet in a queue leads to the queue: to the context that names
 * it, or to the queue itself.  Both begin with a type.
 */
#include <linux/export.h>

#include <ntpool/csq.h>

#define TYPE_CSQ	 1
#define TYPE_CSQ_CONTEXT 2
#define TYPE_CSQ_EX	 3

/**
 * IoCsqInitialize() - make a queue
 * @Csq: the queue, nonpaged
 * @CsqInsertIrp: puts a packet in; the lock is held
 * @CsqRemoveIrp: takes one out; the lock is held
 * @CsqPeekNextIrp: the one after a given one, the first after NULL; the lock is held
 * @CsqAcquireLock: takes the lock
 * @CsqReleaseLock: releases it
 * @CsqCompleteCanceledIrp: completes a packet that was cancelled; no lock is held
 *
 * Context: any.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
			 PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			 PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			 PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	*Csq = (IO_CSQ){
		.Type = TYPE_CSQ,
		.CsqInsertIrp = CsqInsertIrp,
		.CsqRemoveIrp = CsqRemoveIrp,
		.CsqPeekNextIrp = CsqPeekNextIrp,
		.CsqAcquireLock = CsqAcquireLock,
		.CsqReleaseLock = CsqReleaseLock,
		.CsqCompleteCanceledIrp = CsqCompleteCanceledIrp,
	};
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoCsqInitialize);

/**
 * IoCsqInitializeEx() - the same, with a queue that may refuse packets
 * @Csq: as there
 * @CsqInsertIrp: puts a packet in, or returns what it is refused with; the lock is held
 * @CsqRemoveIrp: as there
 * @CsqPeekNextIrp: as there
 * @CsqAcquireLock: as there
 * @CsqReleaseLock: as there
 * @CsqCompleteCanceledIrp: as there
 *
 * Context: any.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
			   PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			   PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			   PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			   PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			   PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	IoCsqInitialize(Csq, NULL, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
			CsqReleaseLock, CsqCompleteCanceledIrp);
	Csq->Type = TYPE_CSQ_EX;
	Csq->CsqInsertIrpEx = CsqInsertIrp;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoCsqInitializeEx);

static IO_CSQ *queue_of(IRP *irp)
{
	ULONG *type = irp->Tail.Overlay.DriverContext[3];

	return *type == TYPE_CSQ_CONTEXT ? ((IO_CSQ_IRP_CONTEXT *)type)->Csq :
					   (IO_CSQ *)type;
}

/* Its context names nothing.  The lock is held. */
static void forget(IRP *irp)
{
	IO_CSQ_IRP_CONTEXT *context = irp->Tail.Overlay.DriverContext[3];

	if (context->Type == TYPE_CSQ_CONTEXT)
		context->Irp = NULL;
	irp->Tail.Overlay.DriverContext[3] = NULL;
}

/* It is in no queue any more.  The lock is held. */
static void take_out(IO_CSQ *csq, IRP *irp)
{
	csq->CsqRemoveIrp(csq, irp);
	forget(irp);
}

/* Whoever clears the routine has the packet: here it was IoCancelIrp(). */
static VOID cancel_queued(PDEVICE_OBJECT device, PIRP irp)
{
	IO_CSQ *csq;
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	csq = queue_of(irp);
	csq->CsqAcquireLock(csq, &irql);
	take_out(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	csq->CsqCompleteCanceledIrp(csq, irp);
}

/* What a queue says that may refuse. */
static NTSTATUS put_in(IO_CSQ *csq, IRP *irp, void *context)
{
	NTSTATUS status = STATUS_SUCCESS;

	if (csq->Type == TYPE_CSQ_EX)
		status = csq->CsqInsertIrpEx(csq, irp, context);
	if (!NT_SUCCESS(status))
		return status;
	IoMarkIrpPending(irp);
	if (csq->Type != TYPE_CSQ_EX)
		csq->CsqInsertIrp(csq, irp);
	return status;
}

/**
 * IoCsqInsertIrpEx() - put a packet into a queue, and mark it pending
 * @Csq: the queue
 * @Irp: the packet, without a cancel routine
 * @Context: names it for IoCsqRemoveIrp(), or NULL
 * @InsertContext: passed to CsqInsertIrp()
 *
 * One that has been cancelled before is completed as cancelled at once.
 *
 * Context: as the lock has it.
 * Return: what CsqInsertIrp() says.  If that is an error the packet is not in, not marked,
 * not named by @Context, and still the caller's.
 */
NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
			  PVOID InsertContext)
{
	bool cancelled;
	NTSTATUS status;
	KIRQL irql;

	if (Context)
		*Context = (IO_CSQ_IRP_CONTEXT){ TYPE_CSQ_CONTEXT, Irp, Csq };
	Irp->Tail.Overlay.DriverContext[3] = Context ? (void *)Context : Csq;
	Csq->CsqAcquireLock(Csq, &irql);
	status = put_in(Csq, Irp, InsertContext);
	if (!NT_SUCCESS(status)) {
		forget(Irp);
		Csq->CsqReleaseLock(Csq, irql);
		return status;
	}
	IoSetCancelRoutine(Irp, cancel_queued);
	/* IoCancelIrp() that came too early for the routine has left its mark. */
	cancelled = READ_ONCE(Irp->Cancel) && IoSetCancelRoutine(Irp, NULL);
	if (cancelled)
		take_out(Csq, Irp);
	Csq->CsqReleaseLock(Csq, irql);
	if (cancelled)
		Csq->CsqCompleteCanceledIrp(Csq, Irp);
	return status;
}
EXPORT_SYMBOL_GPL(IoCsqInsertIrpEx);

/**
 * IoCsqInsertIrp() - the same, of a queue that refuses nothing
 * @Csq: the queue
 * @Irp: the packet, without a cancel routine
 * @Context: names it for IoCsqRemoveIrp(), or NULL
 *
 * Context: as the lock has it.
 */
VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
	IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}
EXPORT_SYMBOL_GPL(IoCsqInsertIrp);

/**
 * IoCsqRemoveIrp() - take a certain packet out
 * @Csq: the queue
 * @Context: names it
 *
 * Context: as the lock has it.
 * Return: the packet, now the caller's; NULL where it is out already.
 */
PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
	PIRP irp;
	KIRQL irql;

	Csq->CsqAcquireLock(Csq, &irql);
	irp = Context->Irp;
	if (irp && IoSetCancelRoutine(irp, NULL))
		take_out(Csq, irp);
	else
		irp = NULL;
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}
EXPORT_SYMBOL_GPL(IoCsqRemoveIrp);

/**
 * IoCsqRemoveNextIrp() - take the next packet out that nobody is cancelling
 * @Csq: the queue
 * @PeekContext: passed to CsqPeekNextIrp()
 *
 * Context: as the lock has it.
 * Return: the packet, now the caller's; NULL where there is none.
 */
PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
	PIRP irp = NULL;
	KIRQL irql;

	Csq->CsqAcquireLock(Csq, &irql);
	while ((irp = Csq->CsqPeekNextIrp(Csq, irp, PeekContext))) {
		if (!IoSetCancelRoutine(irp, NULL))
			continue;
		take_out(Csq, irp);
		break;
	}
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}
EXPORT_SYMBOL_GPL(IoCsqRemoveNextIrp);
