// SPDX-License-Identifier: GPL-2.0-only
/*
 * IoCompleteRequest: a packet on its way up.  From the bottom each driver's
 * completion routine sees it, until one claims it or the top is reached.
 */
#include <linux/export.h>
#include <linux/ntpool.h>

#include "core/core.h"
#include "io/build.h"
#include "io/irp.h"

/* One that is held, has been at the top, or was freed since. */
static bool completed_before(const IRP *irp)
{
	return irp->Type != IO_TYPE_IRP || (irp->AllocationFlags & IRP_HELD) ||
	       irp->CurrentLocation > irp->StackCount;
}

static bool completed_cancelable(IRP *irp)
{
	void *routine = READ_ONCE(irp->CancelRoutine);

	if (!routine)
		return false;
	if (static_branch_unlikely(&verifier_io_on))
		io_violation(IO_COMPLETES_CANCELABLE, routine, irp, NULL);
	else
		ntpool_bugcheck(BUGCHECK_CANCEL_STATE_IN_COMPLETED_IRP,
				(ulong)irp, (ulong)routine, 0, 0);
	return true;
}

static bool completed_as_pending(IRP *irp)
{
	NTSTATUS status = irp->IoStatus.Status;

	if (status != STATUS_PENDING && status != -1)
		return false;
	io_violation(IO_COMPLETES_AS_PENDING, (void *)(ulong)(u32)status, irp,
		     NULL);
	return true;
}

static bool may_complete(IRP *irp)
{
	if (completed_before(irp)) {
		ntpool_bugcheck(BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS,
				(ulong)irp, 0, 0, 0);
		return false;
	}
	if (static_branch_unlikely(&verifier_io_on) &&
	    irql_now() > NTPOOL_IRQL_DISPATCH)
		io_violation(IO_COMPLETES_ABOVE_DISPATCH,
			     (void *)(ulong)irql_now(), irp, NULL);
	return !completed_cancelable(irp) && !completed_as_pending(irp);
}

static bool wants_to_know(const IRP *irp, const IO_STACK_LOCATION *location)
{
	if (!location->CompletionRoutine)
		return false;
	if (irp->Cancel && (location->Control & SL_INVOKE_ON_CANCEL))
		return true;
	return location->Control & (NT_SUCCESS(irp->IoStatus.Status) ?
					    SL_INVOKE_ON_SUCCESS :
					    SL_INVOKE_ON_ERROR);
}

static bool at_top(const IRP *irp)
{
	return irp->CurrentLocation > irp->StackCount;
}

/* A driver that did not look at the packet again passes on that it is pending. */
static void pass_on_pending(IRP *irp)
{
	if (irp->PendingReturned && !at_top(irp))
		IoMarkIrpPending(irp);
}

/* Returns whether the driver keeps the packet. */
static bool tell_driver(IRP *irp, IO_STACK_LOCATION *location)
{
	DEVICE_OBJECT *device =
		at_top(irp) ? NULL :
			      IoGetCurrentIrpStackLocation(irp)->DeviceObject;
	PIO_COMPLETION_ROUTINE routine = location->CompletionRoutine;
	bool pending = irp->PendingReturned;

	if (routine(device, irp, location->Context) ==
	    STATUS_MORE_PROCESSING_REQUIRED)
		return true;
	if (static_branch_unlikely(&verifier_io_on) && pending &&
	    !at_top(irp) &&
	    !(IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED))
		io_violation(IO_PENDING_NOT_PASSED_ON, routine, irp, NULL);
	return false;
}

/*
 * A location that the packet leaves tells no more what it was used for; not all of it, as
 * on NT.  Who looks from outside finds PendingReturned in the place of the mark.
 */
static void clear_location(IO_STACK_LOCATION *location)
{
	/* Pairs with those in send.c. */
	smp_wmb();
	location->MinorFunction = 0;
	location->Flags = 0;
	location->Control = 0;
	location->FileObject = NULL;
	memset(&location->Parameters, 0, sizeof(location->Parameters));
}

/* One step up.  Returns whether the driver there keeps the packet. */
static bool climb(IRP *irp)
{
	IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
	bool wanted = wants_to_know(irp, location);

	irp->PendingReturned = !!(location->Control & SL_PENDING_RETURNED);
	irp->CurrentLocation++;
	irp->Tail.Overlay.CurrentStackLocation++;
	clear_location(location);
	if (wanted)
		return tell_driver(irp, location);
	pass_on_pending(irp);
	return false;
}

/**
 * irp_go_up() - a packet that is completed goes up, as far as the drivers let it
 * @irp: the packet; no longer to be touched afterwards
 *
 * Context: any.
 */
void irp_go_up(IRP *irp)
{
	while (!at_top(irp)) {
		if (static_branch_unlikely(&verifier_pending_on) &&
		    forced_holds(irp))
			return;
		if (climb(irp))
			return;
	}
	if (irp->Call)
		io_call_returned(irp->Call);
	else
		irp_answer_builder(irp);
}

/**
 * IofCompleteRequest() - IoCompleteRequest: the work on a packet is done
 * @Irp: with IoStatus filled in; not to be touched afterwards
 * @PriorityBoost: of the requester's thread; Linux has no such thing, unused
 *
 * Refused, with the packet as it was: one that was completed before is bug check
 * 0x44 [packet]; one with its cancel routine set 0x48 [packet, routine], or
 * 0xC9/07 where I/O is verified; with a status of pending or -1 0xC9/06.
 *
 * Context: any up to DISPATCH_LEVEL, in an arbitrary thread.  From an interrupt it
 * works here, which NT forbids (0xC9/0E where I/O is verified).
 */
VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
	if (may_complete(Irp))
		irp_go_up(Irp);
}
EXPORT_SYMBOL_GPL(IofCompleteRequest);
