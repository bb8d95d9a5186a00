// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files as drivers have them: opened for another driver's device, and kept by references,
 * as devices are ("IoGetDeviceObjectPointer", Windows driver documentation).
 */
#include <linux/export.h>
#include <linux/llist.h>
#include <linux/workqueue.h>

#include <ntpool/device.h>
#include <ntpool/numbers.h>

#include "io/call.h"
#include "io/namespace.h"
#include "ke/ke.h"

/* NULL: it is none. */
static struct io_file *file_of(void *object)
{
	FILE_OBJECT *file = object;

	if (file->Type != IO_TYPE_FILE || file->Size != sizeof(*file) || file->Self != file)
		return NULL;
	return container_of(file, struct io_file, object);
}

static bool reference(void *object)
{
	struct io_file *file = file_of(object);

	if (!file)
		return io_device_pin(object);
	refcount_inc(&file->refs);
	return true;
}

static LLIST_HEAD(left); /* by io_file.later */

static void put_left(struct work_struct *work)
{
	struct io_file *file, *next;

	llist_for_each_entry_safe(file, next, llist_del_all(&left), later)
		io_file_put(file);
}

static DECLARE_WORK(left_work, put_left);

/**
 * io_file_let_go() - give a reference up, wherever that is
 * @file: the file
 *
 * The last one has the driver told, which may sleep, and take locks.  As on NT a worker
 * does that unless the IRQL is PASSIVE: at APC this may be in the midst of a driver's
 * wait, which has such locks.
 *
 * Context: IRQL <= DISPATCH.
 */
void io_file_let_go(struct io_file *file)
{
	if (refcount_dec_not_one(&file->refs))
		return;
	if (irql_now() == NTPOOL_IRQL_PASSIVE)
		io_file_put(file);
	else if (llist_add(&file->later, &left))
		schedule_work(&left_work);
}

static bool dereference(void *object)
{
	struct io_file *file = file_of(object);

	if (!file)
		return io_device_let_go(object);
	io_file_let_go(file);
	return true;
}

static const struct object_kind files_and_devices = {
	.reference = reference,
	.dereference = dereference,
};

/**
 * io_file_objects_init() - have files and devices referenced
 *
 * Context: any.
 * Return: 0.
 */
int io_file_objects_init(void)
{
	objects_of_kind(&files_and_devices);
	return 0;
}

/**
 * io_file_objects_exit() - no driver is left
 *
 * Context: may sleep.
 */
void io_file_objects_exit(void)
{
	objects_of_kind(NULL);
	flush_work(&left_work);
}

static u32 device_access(ACCESS_MASK access)
{
	const ACCESS_MASK read = FILE_READ_DATA | GENERIC_READ,
			  write = FILE_WRITE_DATA | GENERIC_WRITE,
			  both = GENERIC_ALL | MAXIMUM_ALLOWED;

	return (access & (read | both) ? NTPOOL_DEVICE_READ : 0) |
	       (access & (write | both) ? NTPOOL_DEVICE_WRITE : 0);
}

/**
 * IoGetDeviceObjectPointer() - find another driver's device, and keep it
 * @ObjectName: its name, or that of a link to it
 * @DesiredAccess: FILE_READ_DATA, FILE_WRITE_DATA, FILE_ALL_ACCESS
 * @FileObject: set to a file that is open as long as its references last
 * @DeviceObject: set to what requests are to be sent to
 *
 * The driver sees it opened, and the handle closed again (cleanup); the file is closed
 * by ObDereferenceObject(@FileObject).
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE; STATUS_ACCESS_DENIED if it is exclusive
 * and open; as io_name_find_locked(); what the driver says to being opened.
 */
NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
				  PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
	struct io_file *file;
	NTSTATUS status = io_file_open_for_driver(ObjectName, device_access(DesiredAccess),
						  &file);

	if (!NT_SUCCESS(status))
		return status;
	refcount_inc(&file->refs);
	io_file_clean_up(file);
	*FileObject = &file->object;
	*DeviceObject = IoGetRelatedDeviceObject(&file->object);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoGetDeviceObjectPointer);

/**
 * IoGetRelatedDeviceObject() - where requests on a file are to be sent to
 * @FileObject: the file
 *
 * Context: IRQL PASSIVE.
 * Return: the device on top of the stack that was opened.
 */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
	return FileObject->DeviceObject;
}
EXPORT_SYMBOL_GPL(IoGetRelatedDeviceObject);
