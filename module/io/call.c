// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user's call on a device: its life, its packet, and its handle.
 */
#include <linux/eventfd.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core/core.h"
#include "io/call.h"
#include "io/io.h"

static atomic64_t calls_started;
static atomic64_t calls_done;
/* Calls whose memory is not freed; io_calls_exit() waits for it by name. */
static atomic_t calls_live;

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
struct io_call *io_call_create(struct io_session *ios, struct io_file *file,
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
	INIT_LIST_HEAD(&call->notice.link);
	call->notice.requester = &call->requester;
	atomic_inc(&calls_live);
	return call;
}

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
	io_evidence_free(call->evidence);
	io_party_release(&call->requester);
	put_task_struct(call->task);
	mmdrop(call->mm);
	io_file_let_go(call->file);
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
bool io_call_is_returned(const struct io_call *call)
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
	u8 irql = irql_now(); /* with the lock it is DISPATCH at least */
	unsigned long flags;

	spin_lock_irqsave(&call->lock, flags);
	call->notice.cpu = raw_smp_processor_id();
	call->notice.irql = irql;
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

static const struct xa_limit io_call_range[IO_KINDS] = {
	[IO_DEVICE_IO] = XA_LIMIT(0x10000, 0x1ffff),
	[IO_REQUEST] = XA_LIMIT(1, IO_MAX_REQUESTS),
};

/*
 * From here on the handle is valid, and the requester's exit ends the call.  Only of
 * calls with a handle anybody is told who asked.  None is published in a session that
 * has been closed: task work that the requester has done while it waited may do that.
 */
bool io_call_publish(struct io_call *call)
{
	enum io_kind kind = call->evidence ? IO_REQUEST : IO_DEVICE_IO;
	struct io_session *ios = call->session;
	int err;

	if (READ_ONCE(ios->closed))
		return false;
	io_party_identify(&call->requester, current);
	io_call_get(call);
	err = xa_alloc_cyclic(&ios->calls, &call->handle, call,
			      io_call_range[kind], &ios->next_call[kind],
			      GFP_KERNEL_ACCOUNT);
	if (err < 0) {
		io_call_put(call);
		return false;
	}
	call->notice.handle = call->handle;
	rundown_add(call);
	return true;
}

/**
 * io_call_find() - a call by its handle
 * @ios: session
 * @kind: of which kind
 * @handle: any number
 *
 * Return: the call with a reference, or NULL.
 */
struct io_call *io_call_find(struct io_session *ios, enum io_kind kind,
			     u64 handle)
{
	struct io_call *call = NULL;

	if (handle < io_call_range[kind].min || handle > io_call_range[kind].max)
		return NULL;
	xa_lock(&ios->calls);
	call = xa_load(&ios->calls, handle);
	if (call)
		io_call_get(call);
	xa_unlock(&ios->calls);
	return call;
}

u32 io_calls_cancel(struct io_session *ios, const struct io_file *file)
{
	unsigned long handle = 0;
	struct io_call *call;
	u32 cancelled = 0;

	for (;;) {
		xa_lock(&ios->calls);
		call = xa_find_after(&ios->calls, &handle, ULONG_MAX, XA_PRESENT);
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

	io_calls_cancel(ios, NULL);
	xa_for_each(&ios->calls, handle, call)
		io_call_forget(call);
}

void io_call_note_start(void)
{
	atomic64_inc(&calls_started);
}

void io_get_stats(struct io_stats *stats)
{
	stats->started = atomic64_read(&calls_started);
	stats->completed = atomic64_read(&calls_done);
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
