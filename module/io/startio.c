// SPDX-License-Identifier: GPL-2.0-only
/*
 * The StartIo routine ("Writing StartIo routines", Windows driver documentation): a driver
 * that does one request after the other has the others wait in its device's queue.
 */
#include <linux/export.h>

#include <ntpool/device.h>

#include "io/namespace.h"

/* How the next packet is asked for, or which it is. */
struct next_packet {
	bool cancelable;
	bool by_key;
	ULONG key;
	IRP *handed;
};

/**
 * io_start_init() - a device is made
 * @start: its part
 *
 * Context: any.
 */
void io_start_init(struct io_start *start)
{
	spin_lock_init(&start->lock);
}

static struct io_start *start_of(DEVICE_OBJECT *device)
{
	return &io_device_of(device)->start;
}

/*
 * Whether it is put off until the routine that runs has returned.  Who asks is done with
 * the current packet, also where that was cancelled before the routine had its turn.
 */
static bool put_off(struct io_start *start, const struct next_packet *next)
{
	unsigned long flags;
	bool running;

	spin_lock_irqsave(&start->lock, flags);
	running = start->running;
	start->running = true;
	if (running) {
		start->handed = NULL;
		start->asked = true;
		start->cancelable = next->cancelable;
		start->by_key = next->by_key;
		start->key = next->key;
	}
	spin_unlock_irqrestore(&start->lock, flags);
	return running;
}

/*
 * Whether a packet that has become the current one is left to who runs the routine: that
 * is still on its way out, for a packet that is done or for none.
 */
static bool hand_over(struct io_start *start, IRP *irp)
{
	unsigned long flags;
	bool running;

	spin_lock_irqsave(&start->lock, flags);
	running = start->running;
	start->running = true;
	if (running)
		start->handed = irp;
	spin_unlock_irqrestore(&start->lock, flags);
	return running;
}

/* The routine has returned.  Whether there is another packet for it, or has been asked for. */
static bool take_next(struct io_start *start, struct next_packet *next)
{
	unsigned long flags;
	bool goes_on;

	spin_lock_irqsave(&start->lock, flags);
	goes_on = start->asked || start->handed;
	*next = (struct next_packet){ start->cancelable, start->by_key, start->key,
				      start->handed };
	start->running = goes_on;
	start->asked = false;
	start->handed = NULL;
	spin_unlock_irqrestore(&start->lock, flags);
	return goes_on;
}

/* Under the cancel spin lock where somebody may cancel it. */
static void make_current(DEVICE_OBJECT *device, IRP *irp, bool cancelable)
{
	device->CurrentIrp = irp;
	if (irp && cancelable && start_of(device)->uncancelable)
		IoSetCancelRoutine(irp, NULL);
}

static IRP *dequeue(DEVICE_OBJECT *device, const struct next_packet *next)
{
	PKDEVICE_QUEUE_ENTRY entry =
		next->by_key ? KeRemoveByKeyDeviceQueue(&device->DeviceQueue, next->key) :
			       KeRemoveDeviceQueue(&device->DeviceQueue);

	return entry ? CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry) :
		       NULL;
}

static IRP *next_current(DEVICE_OBJECT *device, const struct next_packet *next)
{
	KIRQL irql;
	IRP *irp;

	if (next->cancelable)
		IoAcquireCancelSpinLock(&irql);
	/* NULL before the queue is idle: then another packet may become the current one. */
	device->CurrentIrp = NULL;
	irp = dequeue(device, next);
	if (irp)
		make_current(device, irp, next->cancelable);
	if (next->cancelable)
		IoReleaseCancelSpinLock(irql);
	return irp;
}

static void start(DEVICE_OBJECT *device, IRP *irp)
{
	if (irp)
		device->DriverObject->DriverStartIo(device, irp);
}

/* The routine for @irp, and for what comes or is asked for while it runs. */
static void start_deferred(DEVICE_OBJECT *device, IRP *irp)
{
	struct next_packet next;

	start(device, irp);
	while (take_next(start_of(device), &next))
		start(device, next.handed ?: next_current(device, &next));
}

static void start_next(DEVICE_OBJECT *device, struct next_packet next)
{
	KIRQL irql = KeRaiseIrqlToDpcLevel();

	if (!start_of(device)->deferred)
		start(device, next_current(device, &next));
	else if (!put_off(start_of(device), &next))
		start_deferred(device, next_current(device, &next));
	KeLowerIrql(irql);
}

/**
 * IoStartNextPacket() - call StartIo for the packet that has waited longest
 * @DeviceObject: the device, which has finished with its current one
 * @Cancelable: its packets have cancel routines
 *
 * Without one that waits the device is idle.
 *
 * Context: IRQL DISPATCH.
 */
VOID IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable)
{
	start_next(DeviceObject, (struct next_packet){ .cancelable = Cancelable });
}
EXPORT_SYMBOL_GPL(IoStartNextPacket);

/**
 * IoStartNextPacketByKey() - call StartIo for the packet that comes next by its key
 * @DeviceObject: as there
 * @Cancelable: as there
 * @Key: as KeRemoveByKeyDeviceQueue()
 *
 * Context: IRQL DISPATCH.
 */
VOID IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key)
{
	start_next(DeviceObject, (struct next_packet){ Cancelable, true, Key });
}
EXPORT_SYMBOL_GPL(IoStartNextPacketByKey);

static void start_at_once(DEVICE_OBJECT *device, IRP *irp)
{
	if (!start_of(device)->deferred)
		start(device, irp);
	else if (!hand_over(start_of(device), irp))
		start_deferred(device, irp);
}

static BOOLEAN enqueue(DEVICE_OBJECT *device, IRP *irp, const ULONG *key)
{
	PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;

	return key ? KeInsertByKeyDeviceQueue(&device->DeviceQueue, entry, *key) :
		     KeInsertDeviceQueue(&device->DeviceQueue, entry);
}

/* IoCancelIrp() that came too early for the routine has left its mark. */
static void release_or_cancel(DEVICE_OBJECT *device, IRP *irp, PDRIVER_CANCEL routine,
			      KIRQL irql)
{
	if (!READ_ONCE(irp->Cancel) || !IoSetCancelRoutine(irp, NULL)) {
		IoReleaseCancelSpinLock(irql);
		return;
	}
	irp->CancelIrql = irql;
	routine(device, irp);
}

/* With a cancel routine: whether StartIo is to be called. */
static bool enter_cancelable(DEVICE_OBJECT *device, IRP *irp, const ULONG *key,
			     PDRIVER_CANCEL routine)
{
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	IoSetCancelRoutine(irp, routine);
	if (enqueue(device, irp, key)) {
		release_or_cancel(device, irp, routine, irql);
		return false;
	}
	make_current(device, irp, true);
	IoReleaseCancelSpinLock(irql);
	return true;
}

/**
 * IoStartPacket() - call StartIo for a packet, or have it wait
 * @DeviceObject: the device
 * @Irp: the packet, marked pending
 * @Key: where it is to wait; NULL for the end
 * @CancelFunction: its cancel routine, or NULL
 *
 * StartIo is called at DISPATCH, here if the device is idle; where it is deferred and has
 * not returned elsewhere, there.  A packet that must wait and has been cancelled before goes
 * to @CancelFunction instead.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key,
		   PDRIVER_CANCEL CancelFunction)
{
	KIRQL irql = KeRaiseIrqlToDpcLevel();

	if (CancelFunction) {
		if (enter_cancelable(DeviceObject, Irp, Key, CancelFunction))
			start_at_once(DeviceObject, Irp);
	} else if (!enqueue(DeviceObject, Irp, Key)) {
		make_current(DeviceObject, Irp, false);
		start_at_once(DeviceObject, Irp);
	}
	KeLowerIrql(irql);
}
EXPORT_SYMBOL_GPL(IoStartPacket);

/**
 * IoSetStartIoAttributes() - how StartIo is to be called
 * @DeviceObject: the device, not in use yet
 * @DeferredStartIo: not while it runs: IoStartNextPacket() that it calls has it called
 *		     again when it has returned
 * @NonCancelable: a packet that it gets has no cancel routine any more
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
			    BOOLEAN NonCancelable)
{
	start_of(DeviceObject)->deferred = DeferredStartIo;
	start_of(DeviceObject)->uncancelable = NonCancelable;
}
EXPORT_SYMBOL_GPL(IoSetStartIoAttributes);
