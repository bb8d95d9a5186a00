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
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

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
 * struct io_access - who may open a device, with which of FILE_READ_DATA, FILE_WRITE_DATA
 *		      and ACCESS_OPEN
 * @administrators: those with CAP_SYS_ADMIN
 * @world: everybody
 */
struct io_access {
	u8 administrators;
	u8 world;
};

/* Opening as such, for neither reading nor writing. */
#define ACCESS_OPEN 4
#define ACCESS_ALL  (ACCESS_OPEN | FILE_READ_DATA | FILE_WRITE_DATA)

/* What a driver wants that opens one: nobody is asked. */
#define ACCESS_UNASKED 0

/**
 * struct io_start - how a device's StartIo routine is called (startio.c)
 * @lock: protects what is not constant once the device is in use
 * @deferred: not while it runs.  Constant
 * @uncancelable: a packet that it gets has no cancel routine.  Constant
 * @running: it does, and is deferred
 * @asked: for the next packet, while it was running
 * @cancelable: how that was asked
 * @by_key: likewise
 * @key: for that
 * @handed: the current packet, which came while it was running and is its next one; or NULL
 */
struct io_start {
	spinlock_t lock;
	bool deferred;
	bool uncancelable;
	bool running;
	bool asked;
	bool cancelable;
	bool by_key;
	ULONG key;
	IRP *handed;
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
 * @pins: work items of it that are queued or run, and references that drivers have
 * @left: of these, those that were given up at DISPATCH, and a worker undoes
 * @later: in those that have such
 * @start: how its StartIo routine is called
 * @access: who may open it
 * @shutdown: in those whose drivers are told of the system's end
 * @deleted: by its driver; it goes when nothing is open, attached or pinned any more
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
	atomic_t left;
	struct llist_node later;
	struct io_start start;
	struct io_access access;
	struct list_head shutdown;
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

/* secure.c */
bool io_access_allows(const struct io_access *access, u32 wanted);

/* startio.c */
void io_start_init(struct io_start *start);

/* iotimer.c */
void io_timer_stop(DEVICE_OBJECT *device);
void io_timer_free(DEVICE_OBJECT *device);

/* completion.c */
void io_completions_exit(void);

/* shutdown.c */
int io_shutdown_init(void);
void io_shutdown_exit(void);
void io_shutdown_tell(void);

/* device_object.c */
NTSTATUS io_device_create(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
			  PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
			  ULONG DeviceCharacteristics, BOOLEAN Exclusive,
			  struct io_access access, PDEVICE_OBJECT *DeviceObject);
bool io_device_pin(void *object);
void io_device_unpin(void *object);
bool io_device_let_go(void *object);
int io_devices_init(void);
void io_devices_exit(void);
NTSTATUS io_device_open_named(PCUNICODE_STRING name, u32 wanted,
			      DEVICE_OBJECT **top, PUNICODE_STRING rest);
NTSTATUS io_device_hold(DEVICE_OBJECT *device, DEVICE_OBJECT **top);
NTSTATUS io_device_lookup(const char *name, DEVICE_OBJECT **top,
			  PUNICODE_STRING rest);
NTSTATUS io_device_lookup_for(const char *name, u32 wanted, DEVICE_OBJECT **top,
			      PUNICODE_STRING rest);
void io_device_put(DEVICE_OBJECT *top);
void io_devices_drop(struct io_driver *driver);

#endif /* NTPOOL_IO_NAMESPACE_H */
