// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that a session has open: a FILE_OBJECT and its handle.  The driver is told
 * of the opening, of the handle's end (cleanup) and, when the last request is done as
 * well, of the end of all (close).
 */
#include <linux/slab.h>
#include <linux/string.h>

#include <ntpool/process.h>

#include "io/call.h"
#include "io/namespace.h"

/**
 * struct opening - how a device is opened
 * @access: NTPOOL_DEVICE_*
 * @mode: whether a program opens it
 * @rest: what follows its name, to be freed with kfree()
 */
struct opening {
	u32 access;
	KPROCESSOR_MODE mode;
	UNICODE_STRING rest;
};

static NTSTATUS file_send(struct io_file *file, UCHAR major,
			  KPROCESSOR_MODE mode)
{
	IRP *irp = file->news[--file->news_left];
	IO_STACK_LOCATION *location = IoGetNextIrpStackLocation(irp);
	NTSTATUS status;

	irp->RequestorMode = mode;
	irp->Tail.Overlay.Thread = PsGetCurrentThread();
	irp->Tail.Overlay.OriginalFileObject = &file->object;
	location->MajorFunction = major;
	location->FileObject = &file->object;
	status = irp_send_and_wait(file->top, irp);
	IoFreeIrp(irp);
	return status;
}

static bool file_get_news(struct io_file *file)
{
	IRP *irp;

	while (file->news_left < IO_FILE_NEWS) {
		irp = IoAllocateIrp(file->top->StackSize, FALSE);
		if (!irp)
			return false;
		file->news[file->news_left++] = irp;
	}
	return true;
}

static void file_free(struct io_file *file)
{
	while (file->news_left)
		IoFreeIrp(file->news[--file->news_left]);
	io_device_put(file->top);
	kfree(file->object.FileName.Buffer);
	kfree(file);
}

void io_file_put(struct io_file *file)
{
	might_sleep();
	if (!refcount_dec_and_test(&file->refs))
		return;
	file_send(file, IRP_MJ_CLOSE, KernelMode);
	file_free(file);
}

/**
 * io_file_clean_up() - the last handle is closed
 * @file: the handle's reference; requests may still be under way
 *
 * Context: may sleep, as long as the driver does.
 */
void io_file_clean_up(struct io_file *file)
{
	file_send(file, IRP_MJ_CLEANUP, KernelMode);
	io_file_put(file);
}

/**
 * io_file_find() - an open device by its handle
 * @ios: session
 * @handle: any number
 *
 * Return: the file with a reference, or NULL.
 */
struct io_file *io_file_find(struct io_session *ios, u64 handle)
{
	struct io_file *file = NULL;

	if (handle > U32_MAX)
		return NULL;
	xa_lock(&ios->files);
	file = xa_load(&ios->files, handle);
	if (file)
		refcount_inc(&file->refs);
	xa_unlock(&ios->files);
	return file;
}

/**
 * io_file_allows() - was it opened for that
 * @file: the file
 * @major: IRP_MJ_*
 * @code: control code, for IRP_MJ_DEVICE_CONTROL
 *
 * Return: whether it was ("Defining I/O Control Codes", Windows driver documentation).
 */
bool io_file_allows(const struct io_file *file, u32 major, u32 code)
{
	u32 access = major == IRP_MJ_READ  ? FILE_READ_DATA :
		     major == IRP_MJ_WRITE ? FILE_WRITE_DATA :
					     code >> 14 & 3;

	return (!(access & FILE_READ_DATA) || file->object.ReadAccess) &&
	       (!(access & FILE_WRITE_DATA) || file->object.WriteAccess);
}

static struct io_file *file_create(DEVICE_OBJECT *top,
				   const struct opening *how)
{
	struct io_file *file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);

	if (!file)
		return NULL;
	refcount_set(&file->refs, 1);
	file->top = top;
	file->object.Type = IO_TYPE_FILE;
	file->object.Size = sizeof(file->object);
	file->object.Self = &file->object;
	file->object.DeviceObject = top;
	file->object.FileName = how->rest;
	file->object.ReadAccess = !!(how->access & NTPOOL_DEVICE_READ);
	file->object.WriteAccess = !!(how->access & NTPOOL_DEVICE_WRITE);
	return file;
}

static u32 file_publish(struct io_session *ios, struct io_file *file)
{
	int err = xa_alloc_cyclic(&ios->files, &file->handle, file,
				  XA_LIMIT(1, IO_MAX_FILES), &ios->next_file,
				  GFP_KERNEL_ACCOUNT);

	if (err >= 0)
		return STATUS_SUCCESS;
	io_file_clean_up(file);
	return STATUS_INSUFFICIENT_RESOURCES;
}

/* The reference to @top and @how's rest are the file's, also where there is none. */
static u32 file_open(DEVICE_OBJECT *top, const struct opening *how,
		     struct io_file **opened)
{
	struct io_file *file = file_create(top, how);
	u32 status = STATUS_INSUFFICIENT_RESOURCES;

	if (!file) {
		io_device_put(top);
		kfree(how->rest.Buffer);
		return status;
	}
	if (file_get_news(file))
		status = file_send(file, IRP_MJ_CREATE, how->mode);
	if (NT_SUCCESS(status))
		*opened = file;
	else
		file_free(file);
	return status;
}

/**
 * io_file_open_unnamed() - open a device of our own
 * @device: it
 *
 * Context: may sleep.
 * Return: the file, for io_file_clean_up(); NULL where it cannot be opened.
 */
struct io_file *io_file_open_unnamed(DEVICE_OBJECT *device)
{
	struct opening how = { .mode = KernelMode };
	struct io_file *file = NULL;
	DEVICE_OBJECT *top;

	if (NT_SUCCESS(io_device_hold(device, &top)))
		file_open(top, &how, &file);
	return file;
}

/**
 * io_file_open_for_driver() - open a device for another driver
 * @name: of the device, or of a link to it
 * @access: NTPOOL_DEVICE_*; the kernel may do everything
 * @opened: set to the file, for io_file_clean_up()
 *
 * Context: may sleep, as long as the driver does.
 * Return: as io_device_open_named(), and what the driver says.
 */
NTSTATUS io_file_open_for_driver(PCUNICODE_STRING name, u32 access,
				 struct io_file **opened)
{
	struct opening how = { .access = access, .mode = KernelMode };
	DEVICE_OBJECT *top;
	NTSTATUS status = io_device_open_named(name, ACCESS_UNASKED, &top, &how.rest);

	return NT_SUCCESS(status) ? file_open(top, &how, opened) : status;
}

static u32 wanted_of(u32 access)
{
	return ACCESS_OPEN | (access & NTPOOL_DEVICE_READ ? FILE_READ_DATA : 0) |
	       (access & NTPOOL_DEVICE_WRITE ? FILE_WRITE_DATA : 0);
}

static u32 file_open_named(struct io_session *ios,
			   struct ntpool_device_open *arg)
{
	struct opening how = { .access = arg->access, .mode = UserMode };
	struct io_file *file;
	DEVICE_OBJECT *top;
	u32 status = io_device_lookup_for(arg->name, wanted_of(arg->access), &top, &how.rest);

	if (NT_SUCCESS(status))
		status = file_open(top, &how, &file);
	if (NT_SUCCESS(status))
		status = file_publish(ios, file);
	if (NT_SUCCESS(status))
		arg->device = file->handle;
	return status;
}

/**
 * io_device_open() - NTPOOL_IOC_DEVICE_OPEN
 * @ios: session
 * @arg: which device; status and handle are returned in it
 *
 * Context: may sleep, as long as the driver does.
 * Return: 0 with @arg->status, or -EINVAL.
 */
int io_device_open(struct io_session *ios, struct ntpool_device_open *arg)
{
	u32 all = NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE;

	if (arg->access & ~all || arg->flags || arg->pad || !arg->name[0] ||
	    strnlen(arg->name, sizeof(arg->name)) == sizeof(arg->name))
		return -EINVAL;
	arg->device = 0;
	arg->status = file_open_named(ios, arg);
	return 0;
}

/**
 * io_device_close() - NTPOOL_IOC_DEVICE_CLOSE
 * @ios: session
 * @arg: which
 *
 * Requests on it stay under way, but for those that the driver ends in its cleanup.
 *
 * Context: may sleep, as long as the driver does.
 * Return: 0 or -ENOENT.
 */
int io_device_close(struct io_session *ios,
		    const struct ntpool_device_close *arg)
{
	struct io_file *file = NULL;

	if (arg->device <= U32_MAX)
		file = xa_erase(&ios->files, arg->device);
	if (!file)
		return -ENOENT;
	io_file_clean_up(file);
	return 0;
}

/**
 * io_files_close() - the session ends
 * @ios: the session
 *
 * Context: may sleep, as long as the drivers do.
 */
void io_files_close(struct io_session *ios)
{
	unsigned long handle;
	struct io_file *file;

	xa_for_each(&ios->files, handle, file) {
		xa_erase(&ios->files, handle);
		io_file_clean_up(file);
	}
	if (ios->timed)
		io_file_clean_up(ios->timed);
}
