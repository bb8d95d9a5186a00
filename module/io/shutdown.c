// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers that want to know of the system's end ("IoRegisterShutdownNotification", Windows
 * driver documentation): their devices get IRP_MJ_SHUTDOWN, the last that was registered
 * first.
 */
#include <linux/export.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

#include <ntpool/device.h>

#include "core/core.h"
#include "io/irp.h"
#include "io/namespace.h"

static LIST_HEAD(registered); /* by io_device.shutdown, under objects_mutex */

/**
 * IoRegisterShutdownNotification() - send a device IRP_MJ_SHUTDOWN at the end
 * @DeviceObject: the device
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	mutex_lock(&objects_mutex);
	list_move(&io_device_of(DeviceObject)->shutdown, &registered);
	DeviceObject->Flags |= DO_SHUTDOWN_REGISTERED;
	mutex_unlock(&objects_mutex);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoRegisterShutdownNotification);

/**
 * IoUnregisterShutdownNotification() - and do not
 * @DeviceObject: the device
 *
 * Context: IRQL PASSIVE.
 */
VOID IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	mutex_lock(&objects_mutex);
	list_del_init(&io_device_of(DeviceObject)->shutdown);
	DeviceObject->Flags &= ~DO_SHUTDOWN_REGISTERED;
	mutex_unlock(&objects_mutex);
}
EXPORT_SYMBOL_GPL(IoUnregisterShutdownNotification);

/* The device and the top of its stack, held. */
static struct io_device *take_first(DEVICE_OBJECT **top)
{
	struct io_device *device;

	mutex_lock(&objects_mutex);
	device = list_first_entry_or_null(&registered, struct io_device, shutdown);
	if (device) {
		list_del_init(&device->shutdown);
		*top = &device->object;
		while ((*top)->AttachedDevice)
			*top = (*top)->AttachedDevice;
		io_device_pin(&device->object);
		io_device_pin(*top);
	}
	mutex_unlock(&objects_mutex);
	return device;
}

static void send_shutdown(DEVICE_OBJECT *top)
{
	IRP *irp = IoAllocateIrp(top->StackSize, FALSE);

	if (!irp)
		return;
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_SHUTDOWN;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	irp_send_and_wait(top, irp);
	IoFreeIrp(irp);
}

/**
 * io_shutdown_tell() - tell the drivers of the system's end
 *
 * Context: may sleep, as long as they do.
 */
void io_shutdown_tell(void)
{
	struct io_device *device;
	DEVICE_OBJECT *top;

	while ((device = take_first(&top))) {
		send_shutdown(top);
		io_device_unpin(top);
		io_device_unpin(&device->object);
	}
}
EXPORT_FOR_TESTS(io_shutdown_tell);

static int system_ends(struct notifier_block *block, unsigned long how, void *data)
{
	io_shutdown_tell();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = { .notifier_call = system_ends };

int io_shutdown_init(void)
{
	return register_reboot_notifier(&reboot_block);
}

void io_shutdown_exit(void)
{
	unregister_reboot_notifier(&reboot_block);
}
