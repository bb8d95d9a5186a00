// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device objects: made and deleted by their drivers, stacked, found by name and held
 * while they are open ("Introduction to device objects", Windows driver documentation).
 *
 * A device is one block of nonpaged pool, and lives until it is deleted, nothing is
 * attached to it, nobody has it open or references it, and no work item of it is queued or
 * runs.  What is open holds the module of the driver on top, and what is attached that of
 * the driver below, if it is another: so that, as on NT, no driver is unloaded whose
 * devices are in use.
 */
#include <linux/export.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <ntpool/device.h>
#include <ntpool/pool.h>

#include "core/core.h"
#include "io/namespace.h"
#include "ke/ke.h"
#include "pool/pool.h"

#define DEVICE_TAG NTPOOL_TAG('D', 'e', 'v', 'i')

/* The device extension is aligned as any block of pool. */
#define EXTENSION_OFFSET ALIGN(sizeof(struct io_device), MEMORY_ALLOCATION_ALIGNMENT)

static struct io_device *alloc_device(struct io_driver *driver,
				      ULONG extension_size)
{
	struct io_device *device;
	size_t size;

	if (check_add_overflow(EXTENSION_OFFSET, (size_t)extension_size, &size))
		return NULL;
	device = __ntpool_alloc(NTPOOL_FLAG_NON_PAGED, size, DEVICE_TAG,
				driver->module);
	if (!device)
		return NULL;
	INIT_LIST_HEAD(&device->node);
	INIT_LIST_HEAD(&device->shutdown);
	io_start_init(&device->start);
	device->driver = driver;
	device->size = size;
	device->object.Size = sizeof(DEVICE_OBJECT) + extension_size;
	device->object.DeviceObjectExtension = device;
	KeInitializeDeviceQueue(&device->object.DeviceQueue);
	if (extension_size)
		device->object.DeviceExtension = (char *)device + EXTENSION_OFFSET;
	return device;
}

static void free_device(struct io_device *device)
{
	io_timer_free(&device->object);
	device->object.Type = 0;
	pool_let_go(device, DEVICE_TAG);
}

static void link_locked(struct io_device *device)
{
	DRIVER_OBJECT *driver = &device->driver->object;

	lockdep_assert_held(&objects_mutex);
	list_add(&device->node, &device->driver->devices);
	device->object.NextDevice = driver->DeviceObject;
	driver->DeviceObject = &device->object;
}

/* Out of the list that the driver sees; it stays in ours. */
static void unlink_locked(struct io_device *device)
{
	DEVICE_OBJECT **at = &device->driver->object.DeviceObject;

	lockdep_assert_held(&objects_mutex);
	while (*at && *at != &device->object)
		at = &(*at)->NextDevice;
	if (*at)
		*at = device->object.NextDevice;
}

/**
 * io_device_create() - a device that not everybody may open
 * @DriverObject: as IoCreateDevice(), as those that are not told of
 * @DeviceExtensionSize: likewise
 * @DeviceName: likewise
 * @DeviceType: likewise
 * @DeviceCharacteristics: likewise
 * @Exclusive: likewise
 * @access: who may, from the beginning
 * @DeviceObject: likewise
 *
 * Context: IRQL <= APC.
 * Return: as IoCreateDevice().
 */
NTSTATUS io_device_create(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
			  PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
			  ULONG DeviceCharacteristics, BOOLEAN Exclusive,
			  struct io_access access, PDEVICE_OBJECT *DeviceObject)
{
	struct io_driver *driver = container_of(DriverObject, struct io_driver,
						object);
	struct io_device *device = alloc_device(driver, DeviceExtensionSize);
	NTSTATUS status = STATUS_SUCCESS;

	*DeviceObject = NULL;
	if (!device)
		return STATUS_INSUFFICIENT_RESOURCES;
	device->access = access;
	device->object.Type = IO_TYPE_DEVICE;
	device->object.DriverObject = DriverObject;
	device->object.DeviceType = DeviceType;
	device->object.Characteristics = DeviceCharacteristics;
	device->object.StackSize = 1;
	device->object.Flags = DO_DEVICE_INITIALIZING |
			       (Exclusive ? DO_EXCLUSIVE : 0) |
			       (DeviceName ? DO_DEVICE_HAS_NAME : 0);
	if (DeviceName)
		status = io_name_add(DeviceName, &device->object, NULL,
				     &device->name);
	if (!NT_SUCCESS(status)) {
		free_device(device);
		return status;
	}
	mutex_lock(&objects_mutex);
	link_locked(device);
	mutex_unlock(&objects_mutex);
	*DeviceObject = &device->object;
	return STATUS_SUCCESS;
}

/**
 * IoCreateDevice() - a device of a driver
 * @DriverObject: the driver
 * @DeviceExtensionSize: bytes for its own use, zeroed, in nonpaged pool
 * @DeviceName: as \Device\Name; NULL for none
 * @DeviceType: FILE_DEVICE_*
 * @DeviceCharacteristics: FILE_*
 * @Exclusive: it can be open once at a time
 * @DeviceObject: set on success
 *
 * It can be opened when DO_DEVICE_INITIALIZING is cleared: by the driver or, where it
 * was made in DriverEntry(), by the system.
 *
 * Context: IRQL <= APC.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; as io_name_add().
 */
NTSTATUS IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
			PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
			ULONG DeviceCharacteristics, BOOLEAN Exclusive,
			PDEVICE_OBJECT *DeviceObject)
{
	return io_device_create(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
				DeviceCharacteristics, Exclusive,
				(struct io_access){ ACCESS_ALL, ACCESS_ALL }, DeviceObject);
}
EXPORT_SYMBOL_GPL(IoCreateDevice);

static bool of_one_module(const struct io_device *a, const struct io_device *b)
{
	return a->driver->module == b->driver->module;
}

/*
 * Frees a deleted device that nothing holds any more.  A DPC of its own, until it is
 * dropped, may queue a work item.
 */
static void release_locked(struct io_device *device)
{
	lockdep_assert_held(&objects_mutex);
	if (!device->deleted || device->opens ||
	    device->object.AttachedDevice || atomic_read(&device->pins))
		return;
	check_memory_goes(device, device->size);
	if (atomic_read(&device->pins))
		return;
	io_name_remove_locked(device->name);
	list_del(&device->node);
	free_device(device);
}

/* What a driver references, or has a work item or a completion routine of, may be anything. */
static bool is_device(DEVICE_OBJECT *object)
{
	return object && object->Type == IO_TYPE_DEVICE &&
	       (void *)io_device_of(object) == object;
}

/**
 * io_device_pin() - a device is not to go, nor its driver
 * @object: anything
 *
 * Context: IRQL <= DISPATCH.
 * Return: false if it is no device.
 */
bool io_device_pin(void *object)
{
	DEVICE_OBJECT *device = object;

	if (!is_device(device))
		return false;
	atomic_inc(&io_device_of(device)->driver->pins);
	atomic_inc(&io_device_of(device)->pins);
	return true;
}

/**
 * io_device_unpin() - and may again
 * @object: what io_device_pin() has pinned
 *
 * Under the lock: who waits for the last takes it before he frees the driver.
 *
 * Context: may sleep.
 */
void io_device_unpin(void *object)
{
	struct io_device *device = io_device_of(object);
	struct io_driver *driver = device->driver;

	mutex_lock(&objects_mutex);
	if (atomic_dec_and_test(&device->pins))
		release_locked(device);
	if (atomic_dec_and_test(&driver->pins))
		wake_up_var(&driver->pins);
	mutex_unlock(&objects_mutex);
}

static LLIST_HEAD(left); /* by io_device.later */

static void unpin_left(struct work_struct *work)
{
	struct io_device *device, *next;
	int times;

	llist_for_each_entry_safe(device, next, llist_del_all(&left), later)
		for (times = atomic_xchg(&device->left, 0); times; times--)
			io_device_unpin(&device->object);
}

static DECLARE_WORK(left_work, unpin_left);

/**
 * io_device_let_go() - io_device_unpin(), wherever that is
 * @object: anything; a device has been pinned
 *
 * Context: IRQL <= DISPATCH.
 * Return: false if it is no device.
 */
bool io_device_let_go(void *object)
{
	struct io_device *device;

	if (!is_device(object))
		return false;
	device = io_device_of(object);
	if (WARN_ON_ONCE(!atomic_read(&device->pins)))
		return true; /* somebody has dereferenced it too often */
	if (irql_now() < NTPOOL_IRQL_DISPATCH)
		io_device_unpin(object);
	else if (atomic_inc_return(&device->left) == 1 && llist_add(&device->later, &left))
		schedule_work(&left_work);
	return true;
}

static const struct work_observer keeps_devices = { .hold = io_device_pin,
						    .let_go = io_device_unpin };

/**
 * io_devices_init() - keep devices for their work items
 *
 * Context: any.
 * Return: 0.
 */
int io_devices_init(void)
{
	work_observe(&keeps_devices);
	return 0;
}

/**
 * io_devices_exit() - no driver is left
 *
 * Context: may sleep.
 */
void io_devices_exit(void)
{
	flush_work(&left_work);
	work_observe(NULL);
}

static void detach_locked(struct io_device *upper)
{
	struct io_device *lower = upper->lower, *at;

	lockdep_assert_held(&objects_mutex);
	for (at = lower; at; at = at->lower) {
		at->opens -= upper->opens;
		at->object.ReferenceCount = at->opens;
	}
	upper->lower = NULL;
	lower->object.AttachedDevice = NULL;
	if (!of_one_module(upper, lower))
		module_put(lower->driver->module);
	release_locked(lower);
}

static void delete_locked(struct io_device *device)
{
	device->deleted = true;
	list_del_init(&device->shutdown);
	io_timer_stop(&device->object);
	unlink_locked(device);
	if (device->lower) {
		pr_warn("ntpool: driver %s deletes a device without detaching it\n",
			device->driver->module->name);
		detach_locked(device);
	}
	release_locked(device);
}

/**
 * IoDeleteDevice() - a driver no longer needs its device
 * @DeviceObject: the device
 *
 * As long as it is open or referenced, or a work item of it is queued or runs, it stays,
 * with its name, and cannot be opened again.
 *
 * Context: IRQL <= APC.
 */
VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
	struct io_device *device = io_device_of(DeviceObject);

	mutex_lock(&objects_mutex);
	if (!device->deleted)
		delete_locked(device);
	mutex_unlock(&objects_mutex);
}
EXPORT_SYMBOL_GPL(IoDeleteDevice);

static struct io_device *top_of(struct io_device *device)
{
	lockdep_assert_held(&objects_mutex);
	while (device->object.AttachedDevice)
		device = io_device_of(device->object.AttachedDevice);
	return device;
}

/* A module whose DriverEntry() fails goes, whoever holds it. */
static bool hold_driver(struct io_driver *driver)
{
	return driver->ready && try_module_get(driver->module);
}

static bool attach_locked(struct io_device *upper, struct io_device *lower)
{
	if (lower->deleted || upper->lower || lower == upper ||
	    lower->object.StackSize == S8_MAX)
		return false;
	/* The packets of who has it open have no location for those below. */
	if (upper->opens)
		return false;
	if (!of_one_module(upper, lower) && !hold_driver(lower->driver))
		return false;
	upper->lower = lower;
	lower->object.AttachedDevice = &upper->object;
	upper->object.StackSize = lower->object.StackSize + 1;
	upper->object.AlignmentRequirement = lower->object.AlignmentRequirement;
	return true;
}

/**
 * IoAttachDeviceToDeviceStackSafe() - put a device on top of others
 * @SourceDevice: the one to come on top
 * @TargetDevice: any device of the stack
 * @AttachedToDeviceObject: set to the device that @SourceDevice is above of, before it can
 *			    be opened from there; NULL if there is none
 *
 * Context: IRQL <= APC.
 * Return: STATUS_SUCCESS or STATUS_NO_SUCH_DEVICE.
 */
NTSTATUS IoAttachDeviceToDeviceStackSafe(PDEVICE_OBJECT SourceDevice,
					 PDEVICE_OBJECT TargetDevice,
					 PDEVICE_OBJECT *AttachedToDeviceObject)
{
	struct io_device *lower;
	bool attached;

	mutex_lock(&objects_mutex);
	lower = top_of(io_device_of(TargetDevice));
	attached = attach_locked(io_device_of(SourceDevice), lower);
	*AttachedToDeviceObject = attached ? &lower->object : NULL;
	mutex_unlock(&objects_mutex);
	return attached ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}
EXPORT_SYMBOL_GPL(IoAttachDeviceToDeviceStackSafe);

/**
 * IoAttachDeviceToDeviceStack() - put a device on top of others
 * @SourceDevice: the one to come on top
 * @TargetDevice: any device of the stack
 *
 * Whoever has opened a device of the stack before goes on sending requests to what was
 * its top then.
 *
 * Context: IRQL <= APC.
 * Return: the device that @SourceDevice is above of, to which it passes requests on;
 * NULL if that is being deleted, the stack is too high, or @SourceDevice is open itself.
 */
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice,
					   PDEVICE_OBJECT TargetDevice)
{
	PDEVICE_OBJECT lower;

	IoAttachDeviceToDeviceStackSafe(SourceDevice, TargetDevice, &lower);
	return lower;
}
EXPORT_SYMBOL_GPL(IoAttachDeviceToDeviceStack);

/**
 * IoAttachDevice() - put a device on top of others, the lowest of which has a name
 * @SourceDevice: the one to come on top
 * @TargetDevice: the name
 * @AttachedDevice: set to the device that @SourceDevice is above of
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE; as io_name_find_locked().
 */
NTSTATUS IoAttachDevice(PDEVICE_OBJECT SourceDevice,
			PUNICODE_STRING TargetDevice,
			PDEVICE_OBJECT *AttachedDevice)
{
	DEVICE_OBJECT *named;
	struct io_device *lower;
	NTSTATUS status;

	*AttachedDevice = NULL;
	mutex_lock(&objects_mutex);
	status = io_name_find_locked(TargetDevice, &named, NULL);
	if (NT_SUCCESS(status)) {
		lower = top_of(io_device_of(named));
		if (attach_locked(io_device_of(SourceDevice), lower))
			*AttachedDevice = &lower->object;
		else
			status = STATUS_NO_SUCH_DEVICE;
	}
	mutex_unlock(&objects_mutex);
	return status;
}
EXPORT_SYMBOL_GPL(IoAttachDevice);

/**
 * IoDetachDevice() - take off what is attached to a device
 * @TargetDevice: what IoAttachDeviceToDeviceStack() returned
 *
 * Context: IRQL PASSIVE.
 */
VOID IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
	mutex_lock(&objects_mutex);
	if (TargetDevice->AttachedDevice)
		detach_locked(io_device_of(TargetDevice->AttachedDevice));
	mutex_unlock(&objects_mutex);
}
EXPORT_SYMBOL_GPL(IoDetachDevice);

/**
 * IoGetAttachedDevice() - the device on top of a stack
 * @DeviceObject: any device of it
 *
 * Context: IRQL <= APC.
 */
PDEVICE_OBJECT IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
	struct io_device *top;

	mutex_lock(&objects_mutex);
	top = top_of(io_device_of(DeviceObject));
	mutex_unlock(&objects_mutex);
	return &top->object;
}
EXPORT_SYMBOL_GPL(IoGetAttachedDevice);

static NTSTATUS may_open_locked(const struct io_device *device, u32 wanted)
{
	if (device->deleted || device->object.Flags & DO_DEVICE_INITIALIZING)
		return STATUS_NO_SUCH_DEVICE;
	if (wanted != ACCESS_UNASKED && !io_access_allows(&device->access, wanted))
		return STATUS_ACCESS_DENIED;
	if (device->object.Flags & DO_EXCLUSIVE && device->opens)
		return STATUS_ACCESS_DENIED;
	return STATUS_SUCCESS;
}

static void count_open_locked(struct io_device *top, long by)
{
	lockdep_assert_held(&objects_mutex);
	for (; top; top = top->lower) {
		top->opens += by;
		top->object.ReferenceCount = top->opens;
	}
}

/* Who may not open it is not counted, not even for a moment: others would notice. */
static NTSTATUS open_locked(struct io_device *device, u32 wanted, DEVICE_OBJECT **top)
{
	struct io_device *highest = top_of(device);
	NTSTATUS status = may_open_locked(device, wanted);

	if (status)
		return status;
	if (!hold_driver(highest->driver))
		return STATUS_NO_SUCH_DEVICE;
	count_open_locked(highest, 1);
	*top = &highest->object;
	return STATUS_SUCCESS;
}

/**
 * io_device_open_named() - find a device by its name, and hold it
 * @name: the name, or that of a link to it
 * @wanted: what the running program may have to be allowed: ACCESS_OPEN with FILE_READ_DATA
 *	    and FILE_WRITE_DATA; ACCESS_UNASKED for a driver
 * @top: set to what requests are to be sent to; for io_device_put()
 * @rest: gets what follows the device's name, to be freed with kfree(); NULL for
 *	  nobody
 *
 * Context: may sleep.
 * Return: STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE if it is being initialised or
 * deleted; STATUS_ACCESS_DENIED if the program may not, or it is exclusive and open; as
 * io_name_find_locked().
 */
NTSTATUS io_device_open_named(PCUNICODE_STRING name, u32 wanted,
			      DEVICE_OBJECT **top, PUNICODE_STRING rest)
{
	DEVICE_OBJECT *named;
	NTSTATUS status;

	mutex_lock(&objects_mutex);
	status = io_name_find_locked(name, &named, rest);
	if (NT_SUCCESS(status)) {
		status = open_locked(io_device_of(named), wanted, top);
		if (!NT_SUCCESS(status) && rest)
			kfree(rest->Buffer);
	}
	mutex_unlock(&objects_mutex);
	return status;
}
EXPORT_FOR_TESTS(io_device_open_named);

/**
 * io_device_hold() - hold a device that has no name
 * @device: it
 * @top: set to what requests are to be sent to; for io_device_put()
 *
 * Context: may sleep.
 * Return: as io_device_open_named().
 */
NTSTATUS io_device_hold(DEVICE_OBJECT *device, DEVICE_OBJECT **top)
{
	NTSTATUS status;

	mutex_lock(&objects_mutex);
	status = open_locked(io_device_of(device), ACCESS_UNASKED, top);
	mutex_unlock(&objects_mutex);
	return status;
}

/* \\.\Name is what programs say for \??\Name; so is \\?\Name. */
static const char *without_dos_prefix(const char *name)
{
	if (!strncmp(name, "\\\\.\\", 4) || !strncmp(name, "\\\\?\\", 4))
		return name + 4;
	return NULL;
}

/**
 * io_device_lookup_for() - the same with a name as programs give it
 * @name: UTF-8, as \\.\Name or \Device\Name
 * @wanted: as of io_device_open_named()
 * @top: set to what requests are to be sent to; for io_device_put()
 * @rest: as of io_device_open_named()
 *
 * Context: may sleep.
 * Return: as io_device_open_named(); STATUS_NAME_TOO_LONG.
 */
NTSTATUS io_device_lookup_for(const char *name, u32 wanted, DEVICE_OBJECT **top,
			      PUNICODE_STRING rest)
{
	const char *dos = without_dos_prefix(name);
	UNICODE_STRING wide;
	ANSI_STRING narrow;
	NTSTATUS status;
	char *whole;

	whole = kasprintf(GFP_KERNEL, "%s%s", dos ? "\\??\\" : "", dos ?: name);
	if (!whole)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlInitAnsiString(&narrow, whole);
	status = RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE);
	if (NT_SUCCESS(status)) {
		status = io_device_open_named(&wide, wanted, top, rest);
		RtlFreeUnicodeString(&wide);
	}
	kfree(whole);
	return status == STATUS_INVALID_PARAMETER_2 ? STATUS_NAME_TOO_LONG :
						      status;
}

/**
 * io_device_lookup() - where requests for a name are to be sent to
 * @name: as there
 * @top: as there
 * @rest: as there
 *
 * Context: may sleep.
 * Return: as io_device_lookup_for().
 */
NTSTATUS io_device_lookup(const char *name, DEVICE_OBJECT **top,
			  PUNICODE_STRING rest)
{
	return io_device_lookup_for(name, ACCESS_UNASKED, top, rest);
}
EXPORT_FOR_TESTS(io_device_lookup);

/**
 * io_device_put() - what was opened is closed
 * @top: what the open gave
 *
 * Context: may sleep.
 */
void io_device_put(DEVICE_OBJECT *top)
{
	struct io_device *device = io_device_of(top), *lower;
	struct module *module = device->driver->module;

	mutex_lock(&objects_mutex);
	count_open_locked(device, -1);
	for (; device; device = lower) {
		lower = device->lower;
		release_locked(device);
	}
	mutex_unlock(&objects_mutex);
	module_put(module);
}
EXPORT_FOR_TESTS(io_device_put);

/* As far as nothing pins one. */
static bool drop_locked(struct io_driver *driver)
{
	struct io_device *device;

	lockdep_assert_held(&objects_mutex);
	while (!list_empty(&driver->devices)) {
		if (atomic_read(&driver->pins))
			return false;
		device = list_first_entry(&driver->devices, struct io_device, node);
		if (device->object.AttachedDevice)
			detach_locked(io_device_of(device->object.AttachedDevice));
		else if (!device->deleted)
			delete_locked(device);
		else
			release_locked(device);
	}
	return true;
}

/* For as long as it takes: the driver's code may be called.  The log says why. */
static void wait_for_pins(struct io_driver *driver)
{
	if (wait_var_event_timeout(&driver->pins, !atomic_read(&driver->pins), 10 * HZ))
		return;
	pr_warn("ntpool: driver %s cannot go: its devices are referenced, or have work items\n",
		driver->module->name);
	wait_var_event(&driver->pins, !atomic_read(&driver->pins));
}

/**
 * io_devices_drop() - delete what a driver has left behind
 * @driver: has been unloaded; nobody has its devices open
 *
 * NT keeps such a driver in memory, and does not load it again ("Debugging a failed
 * driver unload", Windows driver documentation).  Work items of its devices have their
 * turn first, also those that a timer left behind queues meanwhile, and references to
 * them are given up.
 *
 * Context: may sleep.
 */
void io_devices_drop(struct io_driver *driver)
{
	bool dropped;

	do {
		wait_for_pins(driver);
		mutex_lock(&objects_mutex);
		dropped = drop_locked(driver);
		mutex_unlock(&objects_mutex);
	} while (!dropped);
}
