// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completion routines that keep their driver loaded until they have returned
 * ("IoSetCompletionRoutineEx", Windows driver documentation): the device is kept as a work
 * item keeps it.
 */
#include <linux/export.h>
#include <linux/llist.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <ntpool/device.h>

#include "core/core.h"
#include "io/namespace.h"

/**
 * struct kept_routine - a routine, and what it keeps
 * @device: a device of its driver
 * @routine: it
 * @context: for it
 * @when: SL_INVOKE_ON_*
 * @later: in those that are let go by a worker
 */
struct kept_routine {
	DEVICE_OBJECT *device;
	PIO_COMPLETION_ROUTINE routine;
	PVOID context;
	UCHAR when;
	struct llist_node later;
};

static LLIST_HEAD(left); /* by kept_routine.later */

static void let_go(struct kept_routine *kept)
{
	io_device_unpin(kept->device);
	kfree(kept);
}

static void let_go_left(struct work_struct *work)
{
	struct kept_routine *kept, *next;

	llist_for_each_entry_safe(kept, next, llist_del_all(&left), later)
		let_go(kept);
}

static DECLARE_WORK(left_work, let_go_left);

/* As complete.c decides it of others. */
static bool is_wanted(const IRP *irp, UCHAR when)
{
	if (irp->Cancel && (when & SL_INVOKE_ON_CANCEL))
		return true;
	return when & (NT_SUCCESS(irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS :
							  SL_INVOKE_ON_ERROR);
}

static NTSTATUS call_and_let_go(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct kept_routine *kept = context;
	NTSTATUS status = STATUS_SUCCESS;

	if (is_wanted(irp, kept->when))
		status = kept->routine(device, irp, kept->context);
	else if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount)
		IoMarkIrpPending(irp);
	if (irql_now() < NTPOOL_IRQL_DISPATCH)
		let_go(kept);
	else if (llist_add(&kept->later, &left))
		schedule_work(&left_work);
	return status;
}

/**
 * IoSetCompletionRoutineEx() - a completion routine that keeps its driver loaded
 * @DeviceObject: a device of the driver
 * @Irp: as IoSetCompletionRoutine(), as those that are not told of
 * @CompletionRoutine: likewise
 * @Context: likewise
 * @InvokeOnSuccess: likewise
 * @InvokeOnError: likewise
 * @InvokeOnCancel: likewise
 *
 * The packet must be passed on then.
 *
 * Context: IRQL <= DISPATCH.
 * Return: STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_PARAMETER if
 * @DeviceObject is none.
 */
NTSTATUS IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
				  PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
				  BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
				  BOOLEAN InvokeOnCancel)
{
	struct kept_routine *kept = kmalloc(sizeof(*kept), irql_now() < NTPOOL_IRQL_DISPATCH ?
								   GFP_KERNEL :
								   GFP_ATOMIC);

	if (!kept)
		return STATUS_INSUFFICIENT_RESOURCES;
	*kept = (struct kept_routine){
		.device = DeviceObject,
		.routine = CompletionRoutine,
		.context = Context,
		.when = (InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
			(InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
			(InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0),
	};
	if (!io_device_pin(DeviceObject)) {
		kfree(kept);
		return STATUS_INVALID_PARAMETER;
	}
	IoSetCompletionRoutine(Irp, call_and_let_go, kept, TRUE, TRUE, TRUE);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoSetCompletionRoutineEx);

/**
 * io_completions_exit() - no driver is left
 *
 * Context: may sleep.
 */
void io_completions_exit(void)
{
	flush_work(&left_work);
}
