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

static IO_CSQ *queue_of(IRP *irp)
{
	ULONG *type = irp->Tail.Overlay.DriverContext[3];

	return *type == TYPE_CSQ ? (IO_CSQ *)type :
				   ((IO_CSQ_IRP_CONTEXT *)type)->Csq;
}

/* It is in no queue any more, and its context names nothing.  The lock is held. */
static void take_out(IO_CSQ *csq, IRP *irp)
{
	IO_CSQ_IRP_CONTEXT *context = irp->Tail.Overlay.DriverContext[3];

	csq->CsqRemoveIrp(csq, irp);
	if (context->Type == TYPE_CSQ_CONTEXT)
		context->Irp = NULL;
	irp->Tail.Overlay.DriverContext[3] = NULL;
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

/**
 * IoCsqInsertIrp() - put a packet into a queue, and mark it pending
 * @Csq: the queue
 * @Irp: the packet, without a cancel routine
 * @Context: names it for IoCsqRemoveIrp(), or NULL
 *
 * One that has been cancelled before is completed as cancelled at once.
 *
 * Context: as the lock has it.
 */
VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
	bool cancelled;
	KIRQL irql;

	if (Context)
		*Context = (IO_CSQ_IRP_CONTEXT){ TYPE_CSQ_CONTEXT, Irp, Csq };
	Irp->Tail.Overlay.DriverContext[3] = Context ? (void *)Context : Csq;
	Csq->CsqAcquireLock(Csq, &irql);
	IoMarkIrpPending(Irp);
	Csq->CsqInsertIrp(Csq, Irp);
	IoSetCancelRoutine(Irp, cancel_queued);
	/* IoCancelIrp() that came too early for the routine has left its mark. */
	cancelled = READ_ONCE(Irp->Cancel) && IoSetCancelRoutine(Irp, NULL);
	if (cancelled)
		take_out(Csq, Irp);
	Csq->CsqReleaseLock(Csq, irql);
	if (cancelled)
		Csq->CsqCompleteCanceledIrp(Csq, Irp);
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
