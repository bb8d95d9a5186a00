/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Driver objects, device objects and their names, for this folder.
 *
 * objects_mutex guards all names, the lists of devices, how these are stacked, and
 * their counts.  Nothing of a driver is called under it.
 */
#ifndef NTPOOL_IO_NAMESPACE_H
#define NTPOOL_IO_NAMESPACE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>

#include <ntpool/irp.h>
#include <ntpool/string.h>

/**
 * struct io_driver - a driver that is loaded
 * @object: as it sees itself
 * @module: the module that it is
 * @devices: all that are still in memory, by io_device.node
 * @pins: of its devices
 * @ready: DriverEntry() has succeeded: what others use of it may hold the module
 */
struct io_driver {
	DRIVER_OBJECT object;
	struct module *module;
	struct list_head devices;
	atomic_t pins;
	bool ready;
};

/**
 * struct io_device - what NT's driver does not see of its device
 * @object: what it does see; the device extension is behind this struct
 * @node: in its driver's list
 * @driver: whose it is
 * @name: or NULL
 * @lower: the device that this one is attached to, or NULL
 * @size: bytes, from here to the end of the device extension
 * @opens: open files whose topmost device is this one or one above it
 * @pins: work items of it that are queued or run
 * @deleted: by its driver; it goes when nothing is open, attached or queued any more
 */
struct io_device {
	DEVICE_OBJECT object;
	struct list_head node;
	struct io_driver *driver;
	struct io_name *name;
	struct io_device *lower;
	size_t size;
	unsigned long opens;
	atomic_t pins;
	bool deleted;
};

extern struct mutex objects_mutex;

static inline struct io_device *io_device_of(DEVICE_OBJECT *object)
{
	return object->DeviceObjectExtension;
}

/* namespace.c */
NTSTATUS io_name_add(PCUNICODE_STRING text, DEVICE_OBJECT *device,
		     PCUNICODE_STRING target, struct io_name **name);
void io_name_remove_locked(struct io_name *name);
NTSTATUS io_name_find_locked(PCUNICODE_STRING text, DEVICE_OBJECT **device,
			     PUNICODE_STRING rest);
void io_names_exit(void);

/* device_object.c */
int io_devices_init(void);
void io_devices_exit(void);
NTSTATUS io_device_open_named(PCUNICODE_STRING name, DEVICE_OBJECT **device,
			      DEVICE_OBJECT **top, PUNICODE_STRING rest);
NTSTATUS io_device_hold(DEVICE_OBJECT *device, DEVICE_OBJECT **top);
NTSTATUS io_device_lookup(const char *name, DEVICE_OBJECT **top,
			  PUNICODE_STRING rest);
void io_device_put(DEVICE_OBJECT *top);
void io_devices_drop(struct io_driver *driver);

#endif /* NTPOOL_IO_NAMESPACE_H */
