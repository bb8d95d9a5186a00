// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers written for NT as modules: DriverEntry() is called when the module is loaded
 * and DriverUnload() when it goes ("Writing a DriverEntry routine" and "Writing an
 * Unload routine", Windows driver documentation).
 */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <ntpool/driver.h>

#include "core/core.h"
#include "io/irp.h"
#include "io/namespace.h"

#define DRIVER_PREFIX	"\\Driver\\"
#define REGISTRY_PREFIX "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

/**
 * status_to_errno() - what insmod is to say of a driver that failed
 * @status: the NTSTATUS; the log has it
 *
 * Return: -errno.
 */
static int status_to_errno(NTSTATUS status)
{
	switch (status) {
	case STATUS_NO_MEMORY:
	case STATUS_INSUFFICIENT_RESOURCES:
		return -ENOMEM;
	case STATUS_INVALID_PARAMETER:
		return -EINVAL;
	case STATUS_ACCESS_DENIED:
		return -EACCES;
	case STATUS_OBJECT_NAME_COLLISION:
		return -EEXIST;
	case STATUS_OBJECT_NAME_NOT_FOUND:
	case STATUS_OBJECT_PATH_NOT_FOUND:
		return -ENOENT;
	case STATUS_NO_SUCH_DEVICE:
	case STATUS_DEVICE_DOES_NOT_EXIST:
		return -ENODEV;
	case STATUS_DEVICE_BUSY:
		return -EBUSY;
	case STATUS_NOT_SUPPORTED:
	case STATUS_NOT_IMPLEMENTED:
		return -EOPNOTSUPP;
	}
	return -EIO;
}

static NTSTATUS make_string(const char *prefix, const char *name,
			    PUNICODE_STRING string)
{
	char *whole = kasprintf(GFP_KERNEL, "%s%s", prefix, name);
	ANSI_STRING narrow;
	NTSTATUS status;

	if (!whole)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlInitAnsiString(&narrow, whole);
	status = RtlAnsiStringToUnicodeString(string, &narrow, TRUE);
	kfree(whole);
	return status;
}

static void fill_dispatch_table(DRIVER_OBJECT *object, bool all)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(object->MajorFunction); i++)
		if (all || !object->MajorFunction[i])
			object->MajorFunction[i] = irp_refuse;
}

static struct io_driver *make_driver(const struct ntpool_driver *glue)
{
	struct io_driver *driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	DRIVER_OBJECT *object;

	if (!driver)
		return NULL;
	object = &driver->object;
	if (make_string(DRIVER_PREFIX, glue->name, &object->DriverName)) {
		kfree(driver);
		return NULL;
	}
	INIT_LIST_HEAD(&driver->devices);
	driver->module = glue->module;
	object->Type = IO_TYPE_DRIVER;
	object->Size = sizeof(*object);
	object->DriverSection = glue->module;
	object->DriverInit = glue->entry;
	fill_dispatch_table(object, true);
	return driver;
}

static void free_driver(struct io_driver *driver)
{
	io_devices_drop(driver);
	RtlFreeUnicodeString(&driver->object.DriverName);
	kfree(driver);
}

/* The registry's path is the driver's only while it is in DriverEntry(). */
static NTSTATUS call_entry(const struct ntpool_driver *glue, DRIVER_OBJECT *object)
{
	UNICODE_STRING path;
	NTSTATUS status = make_string(REGISTRY_PREFIX, glue->name, &path);

	if (!NT_SUCCESS(status))
		return status;
	status = glue->entry(object, &path);
	RtlFreeUnicodeString(&path);
	return status;
}

/* From now on programs may open what DriverEntry() has made. */
static void make_ready(struct io_driver *driver)
{
	DEVICE_OBJECT *device;

	mutex_lock(&objects_mutex);
	driver->ready = true;
	for (device = driver->object.DeviceObject; device; device = device->NextDevice)
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	mutex_unlock(&objects_mutex);
}

/**
 * ntpool_driver_load() - a module that is a driver written for NT is loaded
 * @driver: what the module says of itself
 *
 * A driver without a DriverUnload stays for good, as on NT: it holds its own module.
 *
 * Context: may sleep.
 * Return: 0; -errno if DriverEntry() failed, whose status is in the log.
 */
int ntpool_driver_load(struct ntpool_driver *driver)
{
	struct io_driver *made = make_driver(driver);
	NTSTATUS status;

	if (!made)
		return -ENOMEM;
	status = call_entry(driver, &made->object);
	if (!NT_SUCCESS(status)) {
		pr_err("ntpool: driver %s: DriverEntry failed with %s (0x%08X)\n",
		       driver->name, ntpool_status_name(status), status);
		free_driver(made);
		return status_to_errno(status);
	}
	fill_dispatch_table(&made->object, false);
	make_ready(made);
	driver->object = &made->object;
	if (!made->object.DriverUnload) {
		pr_notice("ntpool: driver %s has no DriverUnload, and cannot be unloaded\n",
			  driver->name);
		__module_get(driver->module);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(ntpool_driver_load);

/* One record for each device; they are deleted afterwards. */
static void tell_of_devices(const struct ntpool_driver *driver,
			    const DRIVER_OBJECT *object)
{
	const DEVICE_OBJECT *device;

	for (device = object->DeviceObject; device; device = device->NextDevice) {
		pr_err("ntpool: driver %s was unloaded and has not deleted its device\n",
		       driver->name);
		ntpool_bugcheck(BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
				(unsigned long)device, 0, 0, 0);
	}
}

/**
 * ntpool_driver_unload() - the module goes; nobody has its devices open
 * @driver: what ntpool_driver_load() took
 *
 * A device that DriverUnload() has not deleted is bug check 0xCE [device].
 *
 * Context: may sleep.
 */
void ntpool_driver_unload(struct ntpool_driver *driver)
{
	DRIVER_OBJECT *object = driver->object;

	if (object->DriverUnload)
		object->DriverUnload(object);
	tell_of_devices(driver, object);
	driver->object = NULL;
	free_driver(container_of(object, struct io_driver, object));
}
EXPORT_SYMBOL_GPL(ntpool_driver_unload);
