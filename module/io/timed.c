// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver for a device that delivers data some time later, in one wrong and three right
 * ways.  It has no name: requests come from request.c alone.
 *
 *	dispatch routine	connects and arms the interrupt, marks the packet pending
 *	interrupt		the data comes: into the system buffer, through the mapping
 *				of the requester's pages, into a block of the driver's own.
 *				The naive way, it goes on to the user's address
 *	DPC			takes over what is more than a page, some pages in each of its
 *				turns, and completes the packet; or the attaching way has
 *	system thread		enter the requester's process first, and copy
 *
 * Two hold a request in memory: the packet, till it is completed or cancelled, and the
 * device, till what it has begun with the interrupt has come to its end, or is known not
 * to begin.  Who of them takes timed.irp under the file's lock has the packet.
 *
 * What an open file's requests have to be copied waits in one queue, and one system
 * thread works on it: a program whose memory never answers keeps one thread waiting, and
 * no more.
 */
#include <linux/mutex.h>
#include <linux/slab.h>

#include <ntpool/driver.h>
#include <ntpool/mdl.h>

#include "core/core.h"
#include "io/evidence.h"
#include "io/timed.h"

/**
 * timed_complete() - the end of a packet
 * @irp: it; not to be touched afterwards
 * @status: its NTSTATUS
 * @information: bytes
 *
 * Context: IRQL <= DISPATCH.
 * Return: @status.
 */
NTSTATUS timed_complete(IRP *irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

/**
 * timed_file_put() - drop a reference
 * @file: to what
 *
 * Context: IRQL <= DISPATCH.
 */
void timed_file_put(struct timed_file *file)
{
	if (!refcount_dec_and_test(&file->refs))
		return;
	IoFreeWorkItem(file->worker);
	kfree(file);
}

/**
 * timed_put() - drop a reference
 * @timed: to what
 *
 * Context: IRQL <= DISPATCH, outside of its interrupt.
 */
void timed_put(struct timed *timed)
{
	if (!refcount_dec_and_test(&timed->refs))
		return;
	NtpoolDisconnectInterrupt(timed->interrupt);
	if (timed->process)
		ObDereferenceObject(timed->process);
	if (timed->block)
		WARN_ON_ONCE(ntpool_free(timed->block, TIMED_TAG));
	timed_file_put(timed->file);
	kfree(timed);
}

/*
 * Where the interrupt has come already, its DPC or the system thread finds no packet.
 * The timer does not take the lock.
 */
static void give_up(struct timed *timed, IRP *irp)
{
	bool disarmed;
	KIRQL irql;

	KeAcquireSpinLock(&timed->file->lock, &irql);
	timed->irp = NULL;
	disarmed = NtpoolDisarmInterrupt(timed->interrupt);
	KeReleaseSpinLock(&timed->file->lock, irql);
	if (disarmed)
		timed_put(timed);
	timed_put(timed);
	timed_complete(irp, STATUS_CANCELLED, 0);
}

static VOID timed_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	give_up(irp->Tail.Overlay.DriverContext[0], irp);
}

/*
 * The interrupt may come at once, and its DPC before the packet can be found: then it is
 * queued again.  While another CPU is reached, to arm it there, no lock is held.
 */
static NTSTATUS start(struct timed *timed, IRP *irp,
		      const struct timed_order *order)
{
	bool early, cancelled;
	NTSTATUS status;
	KIRQL irql;

	refcount_inc(&timed->refs);
	status = NtpoolArmInterrupt(timed->interrupt, order->cpu, order->delay_ns);
	if (!NT_SUCCESS(status)) {
		timed_put(timed);
		return status;
	}
	IoMarkIrpPending(irp);
	irp->Tail.Overlay.DriverContext[0] = timed;
	KeAcquireSpinLock(&timed->file->lock, &irql);
	timed->irp = irp;
	timed->started = true;
	early = timed->early;
	IoSetCancelRoutine(irp, timed_cancel);
	cancelled = irp->Cancel && IoSetCancelRoutine(irp, NULL);
	KeReleaseSpinLock(&timed->file->lock, irql);
	if (cancelled)
		give_up(timed, irp);
	if (early)
		KeInsertQueueDpc(&timed->dpc, NULL, NULL);
	return STATUS_SUCCESS;
}

/* Uninitialised: the device fills it before anyone can see it. */
static void *own_block(struct timed *timed)
{
	timed->block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED |
					    NTPOOL_FLAG_UNINITIALIZED,
				    timed->length, TIMED_TAG);
	return timed->block;
}

/* In the requester's thread: what the way of completion needs. */
static NTSTATUS prepare(struct timed *timed, IRP *irp)
{
	switch (timed->code) {
	case TIMED_BUFFERED:
		timed->to = irp->AssociatedIrp.SystemBuffer;
		break;
	case TIMED_DIRECT:
		timed->to = MmGetSystemAddressForMdlSafe(irp->MdlAddress,
							 NormalPagePriority);
		break;
	case TIMED_ATTACH:
		timed->process = IoGetCurrentProcess();
		if (!timed->process)
			return STATUS_INSUFFICIENT_RESOURCES;
		ObReferenceObject(timed->process);
		fallthrough;
	default:
		timed->to = own_block(timed);
	}
	if (!timed->to)
		return STATUS_INSUFFICIENT_RESOURCES;
	return NtpoolConnectInterrupt(&timed->interrupt, timed_interrupt, timed);
}

static struct timed *make_timed(const IO_STACK_LOCATION *location,
				const struct timed_order *order)
{
	struct timed *timed = kzalloc(sizeof(*timed), GFP_KERNEL_ACCOUNT);

	if (!timed)
		return NULL;
	refcount_set(&timed->refs, 1);
	timed->file = location->FileObject->FsContext;
	refcount_inc(&timed->file->refs);
	timed->evidence = order->evidence;
	timed->code = location->Parameters.DeviceIoControl.IoControlCode;
	timed->length = location->Parameters.DeviceIoControl.OutputBufferLength;
	timed->data = order->data;
	KeInitializeDpc(&timed->dpc, timed_dpc, timed);
	return timed;
}

static NTSTATUS timed_control(PDEVICE_OBJECT device, PIRP irp)
{
	IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
	const struct timed_order *order =
		location->Parameters.DeviceIoControl.Type3InputBuffer;
	struct timed *timed = make_timed(location, order);
	NTSTATUS status;

	if (!timed)
		return timed_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	status = prepare(timed, irp);
	if (NT_SUCCESS(status))
		status = start(timed, irp, order);
	if (NT_SUCCESS(status))
		return STATUS_PENDING;
	timed_put(timed);
	return timed_complete(irp, status, 0);
}

static NTSTATUS timed_create(PDEVICE_OBJECT device, PIRP irp)
{
	struct timed_file *file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);

	if (!file)
		return timed_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	file->worker = IoAllocateWorkItem(device);
	if (!file->worker) {
		kfree(file);
		return timed_complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	}
	refcount_set(&file->refs, 1);
	KeInitializeSpinLock(&file->lock);
	INIT_LIST_HEAD(&file->ready);
	IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext = file;
	return timed_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS timed_cleanup(PDEVICE_OBJECT device, PIRP irp)
{
	return timed_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS timed_close(PDEVICE_OBJECT device, PIRP irp)
{
	timed_file_put(IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext);
	return timed_complete(irp, STATUS_SUCCESS, 0);
}

/* The DPC of a request that was cancelled may still queue a work item of the device. */
static VOID timed_unload(PDRIVER_OBJECT driver)
{
	KeFlushQueuedDpcs();
	IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS timed_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	PDEVICE_OBJECT device;

	driver->DriverUnload = timed_unload;
	driver->MajorFunction[IRP_MJ_CREATE] = timed_create;
	driver->MajorFunction[IRP_MJ_CLEANUP] = timed_cleanup;
	driver->MajorFunction[IRP_MJ_CLOSE] = timed_close;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = timed_control;
	return IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
			      &device);
}

static struct ntpool_driver timed_driver = {
	.name = "NtpoolTimed",
	.entry = timed_entry,
	.module = THIS_MODULE,
};

/**
 * timed_device() - the device
 *
 * Its driver is loaded when it is first wanted: a module that nobody has used has no
 * block of pool.
 *
 * Context: may sleep.
 * Return: it, NULL without memory.
 */
DEVICE_OBJECT *timed_device(void)
{
	static DEFINE_MUTEX(load_mutex);
	int err = 0;

	mutex_lock(&load_mutex);
	if (!timed_driver.object)
		err = ntpool_driver_load(&timed_driver);
	mutex_unlock(&load_mutex);
	return err ? NULL : timed_driver.object->DeviceObject;
}

/* Nobody has it open. */
void timed_exit(void)
{
	if (timed_driver.object)
		ntpool_driver_unload(&timed_driver);
}
