// SPDX-License-Identifier: GPL-2.0-only
/*
 * The four methods: how a user's two buffers reach a driver ("Buffer Descriptions
 * for I/O Control Codes" and "Methods for Accessing Data Buffers", Windows driver
 * documentation).
 *
 * A system buffer is exactly as large as the larger of both, so that special pool
 * stops a driver at its end.  What the input leaves of it is uninitialised on NT: old
 * pool, which leaks if the driver claims to have filled it.  Here it is what an
 * earlier system buffer of this size has left behind, of the same session, so that the leak is
 * real and yet tells only those who share the session what another of them has sent; else it is
 * zero.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "core/user_copy.h"
#include "io/call.h"
#include "io/mdl.h"

/* Whether the running program may write there, for METHOD_BUFFERED's output. */
bool method_probe_write(void __user *at, size_t length)
{
	u8 __user *byte = at, *end = byte + length;
	u8 value;

	if (!access_ok(at, length))
		return false;
	while (byte < end) {
		if (get_user(value, byte) || put_user(value, byte))
			return false;
		byte = (u8 __user *)(((ulong)byte | ~PAGE_MASK) + 1);
	}
	return true;
}

static u32 system_buffer_new(struct io_call *call, u32 filled)
{
	u32 status;

	call->system = io_session_spare(call->session, call->system_size);
	if (call->system)
		return STATUS_SUCCESS;
	call->system = ntpool_alloc_with_quota_tag(
		NTPOOL_TYPE_NX | NTPOOL_TYPE_QUOTA_FAIL, call->system_size,
		IO_SYSTEM_TAG, &status);
	if (!call->system)
		return status;
	memset(call->system + filled, 0, call->system_size - filled);
	return STATUS_SUCCESS;
}

static u32 system_buffer(struct io_call *call, IRP *irp, u64 input, u32 length,
			 u32 room)
{
	u32 status;

	call->system_size = max(length, room);
	if (!call->system_size)
		return STATUS_SUCCESS;
	status = system_buffer_new(call, length);
	if (status != STATUS_SUCCESS)
		return status;
	irp->AssociatedIrp.SystemBuffer = call->system;
	if (user_copy_in(call->system, u64_to_user_ptr(input), length))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* Information bytes of it go to @to in the end. */
static u32 copied_back(struct io_call *call, IRP *irp, u64 to, u32 length)
{
	irp->UserBuffer = (void *)(ulong)to;
	if (!length)
		return STATUS_SUCCESS;
	call->output = u64_to_user_ptr(to);
	call->output_length = length;
	return method_probe_write(call->output, length) ?
		       STATUS_SUCCESS :
		       STATUS_ACCESS_VIOLATION;
}

static u32 direct(IRP *irp, u64 address, u32 length, LOCK_OPERATION operation)
{
	irp->UserBuffer = (void *)(ulong)address;
	if (!length)
		return STATUS_SUCCESS;
	if (!IoAllocateMdl(irp->UserBuffer, length, FALSE, TRUE, irp))
		return STATUS_INSUFFICIENT_RESOURCES;
	return mdl_lock_user(irp->MdlAddress, UserMode, operation);
}

/* A buffer that is not there has no length, where NT copies it: not with METHOD_NEITHER. */
static u32 control_input(const struct ntpool_device_io *arg)
{
	if (!arg->input && METHOD_FROM_CTL_CODE(arg->code) != METHOD_NEITHER)
		return 0;
	return arg->input_length;
}

static u32 control_output(const struct ntpool_device_io *arg)
{
	if (!arg->output && METHOD_FROM_CTL_CODE(arg->code) == METHOD_BUFFERED)
		return 0;
	return arg->output_length;
}

static u32 prepare_control(struct io_call *call, IRP *irp,
			   const struct ntpool_device_io *arg)
{
	IO_STACK_LOCATION *location = IoGetNextIrpStackLocation(irp);
	u32 method = METHOD_FROM_CTL_CODE(arg->code);
	u32 input = control_input(arg), output = control_output(arg);
	u32 status;

	location->Parameters.DeviceIoControl.IoControlCode = arg->code;
	location->Parameters.DeviceIoControl.InputBufferLength = input;
	location->Parameters.DeviceIoControl.OutputBufferLength = output;
	if (method == METHOD_NEITHER) {
		location->Parameters.DeviceIoControl.Type3InputBuffer =
			(void *)(ulong)arg->input;
		irp->UserBuffer = (void *)(ulong)arg->output;
		return STATUS_SUCCESS;
	}
	status = system_buffer(call, irp, arg->input, input,
			       method == METHOD_BUFFERED ? output : 0);
	if (status != STATUS_SUCCESS)
		return status;
	if (method == METHOD_BUFFERED)
		return copied_back(call, irp, arg->output, output);
	return direct(irp, arg->output, output,
		      method == METHOD_IN_DIRECT ? IoReadAccess :
						   IoWriteAccess);
}

static u32 prepare_read(struct io_call *call, IRP *irp,
			const struct ntpool_device_io *arg)
{
	IO_STACK_LOCATION *location = IoGetNextIrpStackLocation(irp);
	u32 length = arg->output_length;
	u32 status;

	location->Parameters.Read.Length = length;
	location->Parameters.Read.ByteOffset.QuadPart = arg->offset;
	if (call->file->top->Flags & DO_DIRECT_IO)
		return direct(irp, arg->output, length, IoWriteAccess);
	irp->UserBuffer = (void *)(ulong)arg->output;
	if (!(call->file->top->Flags & DO_BUFFERED_IO))
		return STATUS_SUCCESS;
	status = system_buffer(call, irp, 0, 0, length);
	if (status != STATUS_SUCCESS)
		return status;
	return copied_back(call, irp, arg->output, length);
}

static u32 prepare_write(struct io_call *call, IRP *irp,
			 const struct ntpool_device_io *arg)
{
	IO_STACK_LOCATION *location = IoGetNextIrpStackLocation(irp);
	u32 length = arg->input_length;

	location->Parameters.Write.Length = length;
	location->Parameters.Write.ByteOffset.QuadPart = arg->offset;
	if (call->file->top->Flags & DO_DIRECT_IO)
		return direct(irp, arg->input, length, IoReadAccess);
	if (call->file->top->Flags & DO_BUFFERED_IO)
		return system_buffer(call, irp, arg->input, length, 0);
	irp->UserBuffer = (void *)(ulong)arg->input;
	return STATUS_SUCCESS;
}

/**
 * method_prepare() - the requester's buffers, as the driver is to see them
 * @call: with its packet
 * @arg: what the user wants
 *
 * Context: the requester's thread; may sleep.
 * Return: an NTSTATUS; on an error method_release() is still to be called.
 */
u32 method_prepare(struct io_call *call, const struct ntpool_device_io *arg)
{
	IRP *irp = call->irp;

	switch (arg->major) {
	case IRP_MJ_DEVICE_CONTROL:
		return prepare_control(call, irp, arg);
	case IRP_MJ_READ:
		return prepare_read(call, irp, arg);
	case IRP_MJ_WRITE:
		return prepare_write(call, irp, arg);
	default:
		return STATUS_SUCCESS;
	}
}

/*
 * NT copies what the driver says, even where that is more than there is.  More than
 * the user has room for is copied here as well: his memory is overrun.  But nothing is
 * read that is beyond the system buffer's end.
 */
static size_t bytes_to_copy(struct io_call *call, IRP *irp)
{
	u64 information = irp->IoStatus.Information;

	if (information > call->output_length)
		io_violation(IO_INFORMATION_TOO_LARGE, (void *)(ulong)information,
			     irp, (void *)(ulong)call->output_length);
	return min_t(u64, information, call->system_size);
}

/**
 * method_copy_back() - METHOD_BUFFERED: Information bytes go to the requester
 * @call: the call
 * @irp: its packet
 *
 * Where the requester's memory is gone since, NT's copy ends there, and so does this.
 *
 * Context: the requester's thread, in its address space; may sleep.
 */
void method_copy_back(struct io_call *call, IRP *irp)
{
	size_t bytes, left;

	if (!call->output || NT_ERROR(irp->IoStatus.Status))
		return;
	bytes = bytes_to_copy(call, irp);
	left = user_copy_out(call->output, call->system, bytes);
	if (left)
		irp->IoStatus.Status = STATUS_ACCESS_VIOLATION;
	if (call->evidence)
		io_evidence_deliver(call->evidence, bytes - left, left);
}

/**
 * method_release() - the driver is done with the buffers
 * @call: the call
 * @irp: its packet
 *
 * Context: may sleep.
 */
void method_release(struct io_call *call, IRP *irp)
{
	might_sleep();
	irp_release_mdls(irp);
	irp->AssociatedIrp.SystemBuffer = NULL;
	if (call->system)
		io_session_keep_spare(call->session, call->system,
				      call->system_size);
	call->system = NULL;
}
