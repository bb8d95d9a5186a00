// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending a user's call down as an IRP.
 *
 * What the dispatch routine answers and what the packet says must agree.  NT believes
 * both, each in its place, and so does this:
 *
 *  - Pending, and marked: the requester's thread is told when it is completed.
 *  - Pending, not marked: completed or not, nobody is told.  The requester waits until
 *    he is killed.
 *  - Not pending, not marked: it is completed, and finished here and now.
 *  - Not pending, but marked, or not completed at all: he is told at once, and the
 *    packet goes on without him; its data comes when he no longer expects it.
 */
#include <linux/eventfd.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "io/call.h"
#include "kcompat/task_work.h"

static int call_check(const struct ntpool_device_io *arg)
{
	if (arg->flags & ~NTPOOL_IO_WAIT || arg->pad)
		return -EINVAL;
	switch (arg->major) {
	case IRP_MJ_DEVICE_CONTROL:
		return arg->offset ? -EINVAL : 0;
	case IRP_MJ_READ:
		return arg->code || arg->input || arg->input_length ? -EINVAL :
								      0;
	case IRP_MJ_WRITE:
		return arg->code || arg->output || arg->output_length ?
			       -EINVAL :
			       0;
	default:
		return -EINVAL;
	}
}

/* NULL: he wants none. */
static struct eventfd_ctx *open_eventfd(s32 fd)
{
	if (fd >= 0)
		return eventfd_ctx_fdget(fd);
	return fd == -1 ? NULL : ERR_PTR(-EBADF);
}

static void call_fill_packet(struct io_call *call,
			     const struct ntpool_device_io *arg)
{
	IRP *irp = call->irp;
	IO_STACK_LOCATION *location = IoGetNextIrpStackLocation(irp);

	irp->RequestorMode = UserMode;
	irp->UserIosb = (void *)(ulong)arg->status_block;
	irp->Tail.Overlay.Thread = (PETHREAD)call->task;
	irp->Tail.Overlay.OriginalFileObject = &call->file->object;
	location->MajorFunction = arg->major;
	location->FileObject = &call->file->object;
}

/**
 * io_call_prepare() - fill the packet, and see to the buffers
 * @call: not sent yet
 * @arg: what the user wants
 *
 * Context: the requester's thread; may sleep.
 * Return: an NTSTATUS; on an error the call is only good to be put.
 */
u32 io_call_prepare(struct io_call *call, const struct ntpool_device_io *arg)
{
	if (!io_file_allows(call->file, arg->major, arg->code))
		return STATUS_ACCESS_DENIED;
	call->status_block = u64_to_user_ptr(arg->status_block);
	if (call->status_block &&
	    !method_probe_write(call->status_block,
				sizeof(*call->status_block)))
		return STATUS_ACCESS_VIOLATION;
	call_fill_packet(call, arg);
	return method_prepare(call, arg);
}

static void call_result(struct io_call *call, struct ntpool_device_io *arg)
{
	arg->status = call->status;
	arg->information = call->information;
}

/* The first driver's location is marked, or was when the packet left it for the top. */
static bool call_is_marked(IRP *irp)
{
	if (irp_stack(irp)[irp->StackCount - 1].Control & SL_PENDING_RETURNED)
		return true;
	/* Pairs with clear_location(). */
	smp_rmb();
	return irp->CurrentLocation > irp->StackCount && irp->PendingReturned;
}

/*
 * Whoever of the stack has it must have marked it; to those above him the mark comes
 * when the packet does.
 */
static bool somebody_has_marked(IRP *irp)
{
	int i;

	for (i = 0; i < irp->StackCount; i++)
		if (irp_stack(irp)[i].Control & SL_PENDING_RETURNED)
			return true;
	/* Pairs with clear_location(). */
	smp_rmb();
	return irp->PendingReturned;
}

/* Where I/O is verified nobody is left waiting for ever. */
static void mark_late(struct io_call *call)
{
	spin_lock_irq(&call->lock);
	call->answered = true;
	if (call->state == CALL_SILENT) {
		call->state = CALL_RETURNED;
		if (!call->awaited)
			io_call_queue_apc(call);
	}
	spin_unlock_irq(&call->lock);
}

static void *call_routine(const struct io_call *call, IRP *irp)
{
	UCHAR major = irp_stack(irp)[irp->StackCount - 1].MajorFunction;

	return call->file->top->DriverObject->MajorFunction[major];
}

static void answered_pending(struct io_call *call, IRP *irp)
{
	if (!static_branch_unlikely(&verifier_io_on) ||
	    somebody_has_marked(irp))
		return;
	io_violation(IO_PENDING_NOT_MARKED, call_routine(call, irp), irp,
		     call->file->top);
	mark_late(call);
}

/* The requester is told, and the packet goes on. */
static void answered_early(struct io_call *call, IRP *irp)
{
	bool back;

	if (static_branch_unlikely(&verifier_io_on))
		io_violation(call_is_marked(irp) ?
				     IO_PENDING_NOT_RETURNED :
				     IO_REQUEST_FORGOTTEN,
			     call_routine(call, irp), irp, call->file->top);
	spin_lock_irq(&call->lock);
	call->answered = true;
	call->awaited = false;
	/* It may have come silently since it was looked at: nobody else ends it. */
	back = io_call_is_back(call);
	spin_unlock_irq(&call->lock);
	if (back)
		io_call_finish(call);
	else if (!call->handle)
		rundown_add(call);
}

/* The dispatch routine has said that all is over. */
static void answered_final(struct io_call *call, IRP *irp, u32 answer,
			   struct ntpool_device_io *arg)
{
	arg->status = answer;
	if (READ_ONCE(call->state) == CALL_SILENT) {
		io_check_answer(call_routine(call, irp), irp, answer,
				irp->IoStatus.Status);
		io_call_finish(call);
		arg->information = call->information;
		return;
	}
	answered_early(call, irp);
}

/*
 * -ERESTARTSYS, or 0 with the packet back and its final stage to be done here.  The
 * final stage of another of the thread's calls is no reason to stop waiting.
 */
static int call_await(struct io_call *call)
{
	int err;

	do
		err = wait_event_interruptible(call->wait,
					       io_call_is_returned(call));
	while (err && kcompat_task_work_run());
	return err;
}

static void call_end_here(struct io_call *call, struct ntpool_device_io *arg)
{
	io_call_finish(call);
	call_result(call, arg);
}

/* A signal: from now on it is known by its handle. */
static bool call_leave(struct io_call *call, struct ntpool_device_io *arg)
{
	bool back;

	if (!io_call_publish(call))
		return false;
	spin_lock_irq(&call->lock);
	call->awaited = false;
	back = io_call_is_returned(call);
	spin_unlock_irq(&call->lock);
	if (back) {
		call_end_here(call, arg);
		io_call_forget(call);
		return true;
	}
	arg->status = STATUS_PENDING;
	arg->request = call->handle;
	return true;
}

static void call_wait_in_place(struct io_call *call,
			       struct ntpool_device_io *arg)
{
	if (!call_await(call)) {
		call_end_here(call, arg);
		return;
	}
	if (!fatal_signal_pending(current) && call_leave(call, arg))
		return;
	/* It dies, or has no memory for a handle: as on a thread's exit. */
	io_call_cancel(call);
	wait_event(call->wait, io_call_is_back(call));
	call_end_here(call, arg);
}

/**
 * io_call_dispatch() - send the packet down
 * @call: prepared; the caller has a reference
 * @arg: what the user wants; status, information and request are returned in it
 *
 * Context: the requester's thread; may sleep, with NTPOOL_IO_WAIT until the call is done
 * or a signal comes.
 */
void io_call_dispatch(struct io_call *call, struct ntpool_device_io *arg)
{
	IRP *irp = call->irp;
	u32 answer;

	call->awaited = arg->flags & NTPOOL_IO_WAIT;
	if (!call->awaited && !io_call_publish(call)) {
		arg->status = STATUS_INSUFFICIENT_RESOURCES;
		return;
	}
	io_call_note_start();
	answer = IoCallDriver(call->file->top, irp);
	if (answer != STATUS_PENDING) {
		/* Nobody is given the handle: nor does read() tell of it. */
		io_call_forget(call);
		answered_final(call, irp, answer, arg);
		return;
	}
	answered_pending(call, irp);
	if (call->awaited) {
		call_wait_in_place(call, arg);
		return;
	}
	arg->status = STATUS_PENDING;
	arg->request = call->handle;
}

static void call_start(struct io_call *call, struct ntpool_device_io *arg)
{
	arg->status = io_call_prepare(call, arg);
	if (arg->status == STATUS_SUCCESS)
		io_call_dispatch(call, arg);
	io_call_put(call);
}

/**
 * io_device_io() - NTPOOL_IOC_DEVICE_IO
 * @ios: session; the current thread becomes the requester
 * @arg: what to do; status, information and request are returned in it
 *
 * Context: may sleep; with NTPOOL_IO_WAIT until the request is completed, or a signal
 * comes.
 * Return: 0 with @arg->status; -EINVAL, -ENOENT for a device that is not open, or what
 * eventfd_ctx_fdget() says.
 */
int io_device_io(struct io_session *ios, struct ntpool_device_io *arg)
{
	struct eventfd_ctx *eventfd;
	struct io_file *file;
	struct io_call *call;
	int err = call_check(arg);

	if (err)
		return err;
	file = io_file_find(ios, arg->device);
	if (!file)
		return -ENOENT;
	eventfd = open_eventfd(arg->eventfd);
	if (IS_ERR(eventfd)) {
		io_file_put(file);
		return PTR_ERR(eventfd);
	}
	arg->information = 0;
	arg->request = 0;
	arg->status = STATUS_INSUFFICIENT_RESOURCES;
	call = io_call_create(ios, file, eventfd);
	if (call)
		call_start(call, arg);
	return 0;
}
