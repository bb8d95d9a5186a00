// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user's call on a device: sent down as an IRP, awaited or left under way,
 * cancelled, collected.
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
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "io/call.h"
#include "io/session.h"

static atomic64_t calls_started;
static atomic64_t calls_done;
/* Calls whose memory is not freed; io_calls_exit() waits for it by name. */
static atomic_t calls_live;

void io_call_get(struct io_call *call)
{
	refcount_inc(&call->refs);
}

static void call_free(struct io_call *call)
{
	if (call->irp) { /* never sent */
		method_release(call, call->irp);
		call->irp->Call = NULL;
		IoFreeIrp(call->irp);
	} else {
		atomic64_inc(&calls_done);
	}
	if (call->eventfd)
		eventfd_ctx_put(call->eventfd);
	io_party_release(&call->requester);
	put_task_struct(call->task);
	mmdrop(call->mm);
	io_file_put(call->file);
	io_session_put(call->session);
	kfree(call);
	if (atomic_dec_and_test(&calls_live))
		wake_up_var(&calls_live);
}

void io_call_put(struct io_call *call)
{
	might_sleep();
	if (refcount_dec_and_test(&call->refs))
		call_free(call);
}

/* The final stage has the packet from here on. */
IRP *io_call_take_irp(struct io_call *call)
{
	IRP *irp;

	spin_lock_irq(&call->lock);
	irp = call->irp;
	call->irp = NULL;
	spin_unlock_irq(&call->lock);
	return irp;
}

void io_call_put_irp(struct io_call *call, IRP *irp)
{
	if (atomic_dec_and_test(&call->irp_users))
		IoFreeIrp(irp);
}

bool io_call_is_back(struct io_call *call)
{
	return READ_ONCE(call->state) != CALL_ACTIVE;
}

/* And was marked: the requester is to be told. */
static bool call_is_returned(const struct io_call *call)
{
	return READ_ONCE(call->state) >= CALL_RETURNED;
}

/**
 * io_call_returned() - the packet has been completed, and is back at the top
 * @call: its call
 *
 * Context: any.  Once the lock is released the call may be gone.
 */
void io_call_returned(struct io_call *call)
{
	unsigned long flags;

	spin_lock_irqsave(&call->lock, flags);
	call->notice.cpu = raw_smp_processor_id();
	call->notice.irql = irql_now();
	call->state = call->irp->PendingReturned || call->answered ?
			      CALL_RETURNED :
			      CALL_SILENT;
	if (call->awaited)
		wake_up(&call->wait);
	else if (call->state == CALL_RETURNED)
		io_call_queue_apc(call);
	spin_unlock_irqrestore(&call->lock, flags);
}

/**
 * io_call_cancel() - IoCancelIrp for a user's call
 * @call: the caller has a reference
 *
 * Context: thread.
 * Return: whether a driver's cancel routine was called.
 */
bool io_call_cancel(struct io_call *call)
{
	bool cancelled;
	IRP *irp;

	spin_lock_irq(&call->lock);
	irp = call->state == CALL_ACTIVE ? call->irp : NULL;
	if (irp)
		atomic_inc(&call->irp_users);
	spin_unlock_irq(&call->lock);
	if (!irp)
		return false;
	cancelled = IoCancelIrp(irp);
	io_call_put_irp(call, irp);
	return cancelled;
}

/**
 * io_call_forget() - the handle is valid no more
 * @call: the caller has a reference of his own
 *
 * Return: false where there was none, or another thread was first.
 */
bool io_call_forget(struct io_call *call)
{
	struct io_session *ios = call->session;

	if (!call->handle ||
	    xa_cmpxchg(&ios->calls, call->handle, call, NULL, 0) != call)
		return false;
	io_notice_withdraw(ios, &call->notice);
	io_call_put(call);
	return true;
}

/* From here on the handle is valid, and the requester's exit ends the call. */
static bool call_publish(struct io_call *call)
{
	struct io_session *ios = call->session;
	int err;

	io_call_get(call);
	err = xa_alloc_cyclic(&ios->calls, &call->handle, call,
			      XA_LIMIT(IO_CALL_FIRST, IO_CALL_LAST),
			      &ios->next_call, GFP_KERNEL_ACCOUNT);
	if (err < 0) {
		io_call_put(call);
		return false;
	}
	call->notice.handle = call->handle;
	rundown_add(call);
	return true;
}

static struct io_call *call_find(struct io_session *ios, u64 handle)
{
	struct io_call *call = NULL;

	if (handle < IO_CALL_FIRST || handle > IO_CALL_LAST)
		return NULL;
	xa_lock(&ios->calls);
	call = xa_load(&ios->calls, handle);
	if (call)
		io_call_get(call);
	xa_unlock(&ios->calls);
	return call;
}

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

static struct io_call *call_alloc(struct io_file *file)
{
	struct io_call *call = kzalloc(sizeof(*call), GFP_KERNEL_ACCOUNT);

	if (!call)
		return NULL;
	call->irp = IoAllocateIrp(file->top->StackSize, TRUE);
	if (call->irp)
		return call;
	kfree(call);
	return NULL;
}

/* The references to @file and @eventfd are the call's, also where there is none. */
static struct io_call *call_create(struct io_session *ios, struct io_file *file,
				   struct eventfd_ctx *eventfd)
{
	struct io_call *call = call_alloc(file);

	if (!call) {
		if (eventfd)
			eventfd_ctx_put(eventfd);
		io_file_put(file);
		return NULL;
	}
	call->irp->Call = call;
	refcount_set(&call->refs, 1);
	atomic_set(&call->irp_users, 1);
	spin_lock_init(&call->lock);
	init_waitqueue_head(&call->wait);
	io_session_get(ios);
	call->session = ios;
	call->file = file;
	call->eventfd = eventfd;
	call->task = get_task_struct(current);
	mmgrab(current->mm);
	call->mm = current->mm;
	io_party_identify(&call->requester, current);
	INIT_LIST_HEAD(&call->notice.link);
	call->notice.requester = &call->requester;
	atomic_inc(&calls_live);
	return call;
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

static u32 call_prepare(struct io_call *call,
			const struct ntpool_device_io *arg)
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

/* The first driver's location, which the packet keeps as long as it lives. */
static bool call_is_marked(const struct io_call *call, IRP *irp)
{
	return irp_stack(irp)[irp->StackCount - 1].Control &
	       SL_PENDING_RETURNED;
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
	    call_is_marked(call, irp))
		return;
	io_violation(IO_PENDING_NOT_MARKED, call_routine(call, irp), irp,
		     call->file->top);
	mark_late(call);
}

/* The requester is told, and the packet goes on. */
static void answered_early(struct io_call *call, IRP *irp)
{
	bool finish;

	if (static_branch_unlikely(&verifier_io_on))
		io_violation(call_is_marked(call, irp) ?
				     IO_PENDING_NOT_RETURNED :
				     IO_REQUEST_FORGOTTEN,
			     call_routine(call, irp), irp, call->file->top);
	spin_lock_irq(&call->lock);
	call->answered = true;
	finish = call->awaited && call->state == CALL_RETURNED;
	call->awaited = false;
	spin_unlock_irq(&call->lock);
	if (finish)
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

/* -ERESTARTSYS, or 0 with the packet back and its final stage to be done here. */
static int call_await(struct io_call *call)
{
	return wait_event_interruptible(call->wait, call_is_returned(call));
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

	if (!call_publish(call))
		return false;
	spin_lock_irq(&call->lock);
	call->awaited = false;
	back = call_is_returned(call);
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

static void call_dispatch(struct io_call *call, struct ntpool_device_io *arg)
{
	IRP *irp = call->irp;
	u32 answer;

	call->awaited = arg->flags & NTPOOL_IO_WAIT;
	if (!call->awaited && !call_publish(call)) {
		arg->status = STATUS_INSUFFICIENT_RESOURCES;
		return;
	}
	atomic64_inc(&calls_started);
	answer = IoCallDriver(call->file->top, irp);
	if (answer != STATUS_PENDING) {
		answered_final(call, irp, answer, arg);
		io_call_forget(call);
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
	arg->status = call_prepare(call, arg);
	if (arg->status == STATUS_SUCCESS)
		call_dispatch(call, arg);
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
	call = call_create(ios, file, eventfd);
	if (call)
		call_start(call, arg);
	return 0;
}

/* The requester's own thread does the final stage itself as long as it waits here. */
static void call_set_awaited(struct io_call *call, bool awaited)
{
	spin_lock_irq(&call->lock);
	call->awaited = awaited;
	spin_unlock_irq(&call->lock);
}

static int wait_as_requester(struct io_call *call, ktime_t timeout)
{
	int err;

	call_set_awaited(call, true);
	err = wait_event_interruptible_hrtimeout(
		call->wait, call_is_returned(call), timeout);
	call_set_awaited(call, false);
	if (!call_is_returned(call))
		return err;
	io_call_finish(call);
	return 0;
}

static bool call_is_done(const struct io_call *call)
{
	/* Pairs with call_done(): the result can be read. */
	return smp_load_acquire(&call->state) == CALL_DONE;
}

static int call_wait(struct io_call *call, const struct ntpool_device_wait *arg)
{
	ktime_t timeout = arg->timeout_ns ?
				  min_t(u64, arg->timeout_ns, KTIME_MAX) :
				  KTIME_MAX;
	int err;

	if (arg->flags & NTPOOL_RESULT_NOWAIT)
		return call_is_done(call) ? 0 : -EAGAIN;
	if (call->task == current)
		err = wait_as_requester(call, timeout);
	else
		err = wait_event_interruptible_hrtimeout(
			call->wait, call_is_done(call), timeout);
	return err == -ETIME ? -ETIMEDOUT : err;
}

/**
 * io_device_wait() - NTPOOL_IOC_DEVICE_WAIT
 * @ios: session
 * @arg: which request and how long to wait; its result is returned in it
 *
 * Of several threads that wait for one request the first gets it, the others -ENOENT.
 *
 * Context: may sleep; waits as @arg says.
 * Return: 0, -EINVAL, -ENOENT, -EAGAIN, -ETIMEDOUT or -ERESTARTSYS.
 */
int io_device_wait(struct io_session *ios, struct ntpool_device_wait *arg)
{
	struct io_call *call;
	int err;

	if (arg->flags & ~NTPOOL_RESULT_NOWAIT)
		return -EINVAL;
	if ((arg->flags & NTPOOL_RESULT_NOWAIT) && arg->timeout_ns)
		return -EINVAL;
	call = call_find(ios, arg->request);
	if (!call)
		return -ENOENT;
	err = call_wait(call, arg);
	if (!err) {
		arg->status = call->status;
		arg->information = call->information;
		if (!io_call_forget(call))
			err = -ENOENT;
	}
	io_call_put(call);
	return err;
}

static u32 cancel_all(struct io_session *ios, const struct io_file *file)
{
	unsigned long handle = 0;
	struct io_call *call;
	u32 cancelled = 0;

	for (;;) {
		xa_lock(&ios->calls);
		call = xa_find_after(&ios->calls, &handle, IO_CALL_LAST,
				     XA_PRESENT);
		if (call)
			io_call_get(call);
		xa_unlock(&ios->calls);
		if (!call)
			return cancelled;
		if (!file || call->file == file)
			cancelled += io_call_cancel(call);
		io_call_put(call);
	}
}

static int cancel_of_device(struct io_session *ios,
			    struct ntpool_device_cancel *arg)
{
	struct io_file *file = io_file_find(ios, arg->device);

	if (!file)
		return -ENOENT;
	arg->cancelled = cancel_all(ios, file);
	io_file_put(file);
	return 0;
}

/**
 * io_device_cancel() - NTPOOL_IOC_DEVICE_CANCEL
 * @ios: session
 * @arg: which request, or which device's; how many is returned in it
 *
 * Context: may sleep; does not wait for the requests' end.
 * Return: 0, -EINVAL or -ENOENT.
 */
int io_device_cancel(struct io_session *ios, struct ntpool_device_cancel *arg)
{
	struct io_call *call;

	if (arg->pad || !arg->device == !arg->request)
		return -EINVAL;
	if (arg->device)
		return cancel_of_device(ios, arg);
	call = call_find(ios, arg->request);
	if (!call)
		return -ENOENT;
	arg->cancelled = io_call_cancel(call);
	io_call_put(call);
	return 0;
}

/**
 * io_calls_close() - the session ends: all its calls are cancelled and forgotten
 * @ios: the session
 *
 * Those whose drivers still have them go on, and keep what they need.
 *
 * Context: may sleep; does not wait for them.
 */
void io_calls_close(struct io_session *ios)
{
	struct io_call *call;
	unsigned long handle;

	cancel_all(ios, NULL);
	xa_for_each(&ios->calls, handle, call)
		io_call_forget(call);
}

void io_calls_get_stats(struct io_stats *stats)
{
	stats->started += atomic64_read(&calls_started);
	stats->completed += atomic64_read(&calls_done);
}

/**
 * io_calls_exit() - wait until no call is left
 *
 * Every session and every driver is gone.  The last final stage may still be on its
 * way out of this module's code, which only a grace period for tasks can tell.
 */
void io_calls_exit(void)
{
	wait_var_event(&calls_live, !atomic_read(&calls_live));
	io_orphans_flush();
	synchronize_rcu_tasks();
}
