// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that a driver builds for another: with an event and a status block, which the
 * I/O manager answers in, and buffers in system space.
 *
 * NT does the end of them in the builder's thread.  The buffers being system addresses,
 * any thread will do: where the packet is completed if that may sleep, else a system
 * thread.
 */
#include <linux/export.h>
#include <linux/llist.h>
#include <linux/ntpool.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include <ntpool/mdl.h>

#include "core/core.h"
#include "io/build.h"
#include "io/irp.h"
#include "io/mdl.h"
#include "io/session.h"
#include "pool/pool.h"

static void release(IRP *irp)
{
	if (irp->Flags & IRP_DEALLOCATE_BUFFER)
		pool_let_go(irp->AssociatedIrp.SystemBuffer, IO_SYSTEM_TAG);
	irp_release_mdls(irp);
}

/*
 * NT copies what the driver says.  Beyond the builder's buffer is system memory, which
 * is anybody's; so here the copy ends with it.
 */
static size_t bytes_to_copy(IRP *irp)
{
	ULONG_PTR information = irp->IoStatus.Information;

	if (information > irp->Room)
		io_violation(IO_INFORMATION_TOO_LARGE, (void *)information, irp,
			     (void *)(ulong)irp->Room);
	return min_t(size_t, information, irp->Room);
}

static void copy_back(IRP *irp)
{
	if ((irp->Flags & IRP_INPUT_OPERATION) &&
	    !NT_ERROR(irp->IoStatus.Status))
		memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer,
		       bytes_to_copy(irp));
}

static void answer(IRP *irp)
{
	PKEVENT event = irp->UserEvent;

	copy_back(irp);
	release(irp);
	if (irp->UserIosb)
		*irp->UserIosb = irp->IoStatus;
	IoFreeIrp(irp);
	if (event)
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

/* The packet is at rest, so that the drivers' part of it is free. */
struct answered {
	struct llist_node node;
};
static_assert(sizeof(struct answered) <=
	      sizeof_field(IRP, Tail.Overlay.DriverContext));

static LLIST_HEAD(answers);

static void answer_all(struct work_struct *work)
{
	struct answered *next, *at;

	llist_for_each_entry_safe(at, next, llist_del_all(&answers), node)
		answer(container_of((void *)at, IRP, Tail.Overlay.DriverContext));
}

static DECLARE_WORK(answers_work, answer_all);

/**
 * irp_answer_builder() - a packet of a driver's own is back at the top
 * @irp: the packet; gone after this
 *
 * Context: any.
 */
void irp_answer_builder(IRP *irp)
{
	struct answered *at = (void *)irp->Tail.Overlay.DriverContext;

	if (irql_now() < NTPOOL_IRQL_DISPATCH) {
		answer(irp);
		return;
	}
	if (llist_add(&at->node, &answers))
		schedule_work(&answers_work);
}

void irp_answers_flush(void)
{
	flush_work(&answers_work);
}

static bool build_system_buffer(IRP *irp, const void *input, ULONG length,
				ULONG room)
{
	ULONG size = max(length, room);

	if (!size)
		return true;
	irp->AssociatedIrp.SystemBuffer =
		ntpool_alloc(NTPOOL_FLAG_NON_PAGED, size, IO_SYSTEM_TAG);
	if (!irp->AssociatedIrp.SystemBuffer)
		return false;
	irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
	memcpy(irp->AssociatedIrp.SystemBuffer, input, length);
	return true;
}

static bool build_mdl(IRP *irp, void *buffer, ULONG length,
		      LOCK_OPERATION operation)
{
	MDL *mdl;

	if (!length)
		return true;
	mdl = IoAllocateMdl(buffer, length, FALSE, FALSE, irp);
	return mdl && NT_SUCCESS(mdl_lock_user(mdl, KernelMode, operation));
}

static bool build_control(IRP *irp, ULONG method, void *input, ULONG length,
			  void *output, ULONG room)
{
	IO_STACK_LOCATION *location = IoGetNextIrpStackLocation(irp);

	irp->UserBuffer = output;
	irp->Room = room;
	switch (method) {
	case METHOD_NEITHER:
		location->Parameters.DeviceIoControl.Type3InputBuffer = input;
		return true;
	case METHOD_BUFFERED:
		irp->Flags |= room ? IRP_INPUT_OPERATION : 0;
		return build_system_buffer(irp, input, length, room);
	default:
		return build_system_buffer(irp, input, length, 0) &&
		       build_mdl(irp, output, room,
				 method == METHOD_IN_DIRECT ? IoReadAccess :
							      IoWriteAccess);
	}
}

static IRP *built(IRP *irp, bool whole)
{
	if (whole)
		return irp;
	release(irp);
	IoFreeIrp(irp);
	return NULL;
}

static IRP *build_start(DEVICE_OBJECT *device, UCHAR major, PKEVENT event,
			PIO_STATUS_BLOCK block)
{
	IRP *irp = IoAllocateIrp(device->StackSize, FALSE);

	if (!irp)
		return NULL;
	irp->UserEvent = event;
	irp->UserIosb = block;
	irp->RequestorMode = KernelMode;
	/* The drivers below may ask for its process as long as they have the packet. */
	irp->Builder = get_task_struct(current);
	irp->Tail.Overlay.Thread = (PETHREAD)current;
	IoGetNextIrpStackLocation(irp)->MajorFunction = major;
	return irp;
}

/**
 * IoBuildDeviceIoControlRequest() - a control code for another driver
 * @IoControlCode: the code
 * @DeviceObject: to whom it will be sent
 * @InputBuffer: system address, or NULL
 * @InputBufferLength: bytes
 * @OutputBuffer: system address, or NULL
 * @OutputBufferLength: bytes
 * @InternalDeviceIoControl: IRP_MJ_INTERNAL_DEVICE_CONTROL
 * @Event: set when it is completed, or NULL
 * @IoStatusBlock: written before
 *
 * Context: PASSIVE_LEVEL.
 * Return: the packet, which the I/O manager frees; NULL without memory, or where a
 * buffer cannot be locked.
 */
PIRP IoBuildDeviceIoControlRequest(ULONG IoControlCode,
				   PDEVICE_OBJECT DeviceObject,
				   PVOID InputBuffer, ULONG InputBufferLength,
				   PVOID OutputBuffer, ULONG OutputBufferLength,
				   BOOLEAN InternalDeviceIoControl,
				   PKEVENT Event,
				   PIO_STATUS_BLOCK IoStatusBlock)
{
	IRP *irp = build_start(DeviceObject,
			       InternalDeviceIoControl ?
				       IRP_MJ_INTERNAL_DEVICE_CONTROL :
				       IRP_MJ_DEVICE_CONTROL,
			       Event, IoStatusBlock);
	IO_STACK_LOCATION *location;

	might_sleep();
	if (!irp)
		return NULL;
	location = IoGetNextIrpStackLocation(irp);
	location->Parameters.DeviceIoControl.IoControlCode = IoControlCode;
	location->Parameters.DeviceIoControl.InputBufferLength =
		InputBufferLength;
	location->Parameters.DeviceIoControl.OutputBufferLength =
		OutputBufferLength;
	return built(irp, build_control(irp, METHOD_FROM_CTL_CODE(IoControlCode),
					InputBuffer, InputBufferLength,
					OutputBuffer, OutputBufferLength));
}
EXPORT_SYMBOL_GPL(IoBuildDeviceIoControlRequest);

static bool build_transfer(IRP *irp, DEVICE_OBJECT *device, bool read,
			   void *buffer, ULONG length)
{
	irp->UserBuffer = buffer;
	irp->Room = length;
	if (device->Flags & DO_DIRECT_IO)
		return build_mdl(irp, buffer, length,
				 read ? IoWriteAccess : IoReadAccess);
	if (!(device->Flags & DO_BUFFERED_IO))
		return true;
	irp->Flags |= read && length ? IRP_INPUT_OPERATION : 0;
	return build_system_buffer(irp, buffer, read ? 0 : length, length);
}

static IRP *build_fsd(ULONG major, DEVICE_OBJECT *device, void *buffer,
		      ULONG length, const LARGE_INTEGER *offset, PKEVENT event,
		      PIO_STATUS_BLOCK block)
{
	IRP *irp = build_start(device, major, event, block);
	bool read = major == IRP_MJ_READ;
	IO_STACK_LOCATION *location;

	might_sleep();
	if (!irp || (!read && major != IRP_MJ_WRITE))
		return irp;
	location = IoGetNextIrpStackLocation(irp);
	location->Parameters.Read.Length = length;
	location->Parameters.Read.ByteOffset = *offset;
	return built(irp, build_transfer(irp, device, read, buffer, length));
}

/**
 * IoBuildSynchronousFsdRequest() - a read, write or flush for another driver
 * @MajorFunction: IRP_MJ_READ, _WRITE, _FLUSH_BUFFERS, _SHUTDOWN
 * @DeviceObject: to whom it will be sent
 * @Buffer: system address, for reading and writing
 * @Length: bytes
 * @StartingOffset: byte offset, for reading and writing
 * @Event: set when it is completed, or NULL
 * @IoStatusBlock: written before
 *
 * Context: PASSIVE_LEVEL.
 * Return: the packet, which the I/O manager frees; NULL without memory, or where the
 * buffer cannot be locked.
 */
PIRP IoBuildSynchronousFsdRequest(ULONG MajorFunction,
				  PDEVICE_OBJECT DeviceObject, PVOID Buffer,
				  ULONG Length, PLARGE_INTEGER StartingOffset,
				  PKEVENT Event,
				  PIO_STATUS_BLOCK IoStatusBlock)
{
	return build_fsd(MajorFunction, DeviceObject, Buffer, Length,
			 StartingOffset, Event, IoStatusBlock);
}
EXPORT_SYMBOL_GPL(IoBuildSynchronousFsdRequest);

/**
 * IoBuildAsynchronousFsdRequest() - the same, without anybody who waits
 * @MajorFunction: as there
 * @DeviceObject: as there
 * @Buffer: as there
 * @Length: as there
 * @StartingOffset: as there
 * @IoStatusBlock: written if the packet comes to the top, or NULL
 *
 * The driver sets a completion routine, which takes down what was built: it frees the
 * system buffer where IRP_DEALLOCATE_BUFFER is set, unlocks and frees the MDLs, frees
 * the packet, and returns STATUS_MORE_PROCESSING_REQUIRED.  What a buffered device has
 * read is in the system buffer, and copied by nobody else.  A packet that comes to
 * the top is taken down there, as the other kind is.
 *
 * Context: IRQL <= APC.
 * Return: the packet; NULL without memory, or where the buffer cannot be locked.
 */
PIRP IoBuildAsynchronousFsdRequest(ULONG MajorFunction,
				   PDEVICE_OBJECT DeviceObject, PVOID Buffer,
				   ULONG Length, PLARGE_INTEGER StartingOffset,
				   PIO_STATUS_BLOCK IoStatusBlock)
{
	return build_fsd(MajorFunction, DeviceObject, Buffer, Length,
			 StartingOffset, NULL, IoStatusBlock);
}
EXPORT_SYMBOL_GPL(IoBuildAsynchronousFsdRequest);
