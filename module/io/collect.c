// SPDX-License-Identifier: GPL-2.0-only
/* Calls that are under way: waited for, and cancelled. */
#include "io/call.h"

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
		call->wait, io_call_is_returned(call), timeout);
	call_set_awaited(call, false);
	if (!io_call_is_returned(call))
		return err;
	io_call_finish(call);
	return 0;
}

static bool call_is_done(const struct io_call *call)
{
	/* Pairs with call_done(): the result can be read. */
	return smp_load_acquire(&call->state) == CALL_DONE;
}

/* Who begins again after a signal begins with what is left: for ever stays for ever. */
static int call_wait(struct io_call *call, u32 flags, u64 *timeout_ns)
{
	ktime_t timeout = *timeout_ns ? min_t(u64, *timeout_ns, KTIME_MAX) :
					KTIME_MAX;
	u64 begun = ktime_get_ns();
	int err;

	if (flags & NTPOOL_RESULT_NOWAIT)
		return call_is_done(call) ? 0 : -EAGAIN;
	if (call->task == current)
		err = wait_as_requester(call, timeout);
	else
		err = wait_event_interruptible_hrtimeout(
			call->wait, call_is_done(call), timeout);
	if (err == -ERESTARTSYS && *timeout_ns)
		*timeout_ns -= min(ktime_get_ns() - begun, *timeout_ns - 1);
	return err == -ETIME ? -ETIMEDOUT : err;
}

/**
 * io_call_await() - find a call, and wait until it is done
 * @ios: session
 * @kind: what @handle must name
 * @handle: any number
 * @flags: NTPOOL_RESULT_NOWAIT or 0; the user's, unchecked
 * @timeout_ns: how long, 0 for ever; likewise.  With -ERESTARTSYS what is left of it
 *
 * Context: may sleep; waits as is said.
 * Return: the call, for io_call_collected(); ERR_PTR of -EINVAL, -ENOENT, -EAGAIN,
 * -ETIMEDOUT or -ERESTARTSYS.
 */
struct io_call *io_call_await(struct io_session *ios, enum io_kind kind,
			      u64 handle, u32 flags, u64 *timeout_ns)
{
	struct io_call *call;
	int err;

	if (flags & ~NTPOOL_RESULT_NOWAIT)
		return ERR_PTR(-EINVAL);
	if ((flags & NTPOOL_RESULT_NOWAIT) && *timeout_ns)
		return ERR_PTR(-EINVAL);
	call = io_call_find(ios, kind, handle);
	if (!call)
		return ERR_PTR(-ENOENT);
	err = call_wait(call, flags, timeout_ns);
	if (!err)
		return call;
	io_call_put(call);
	return ERR_PTR(err);
}

/**
 * io_call_collected() - the result has been read, the call is forgotten
 * @call: from io_call_await()
 *
 * Of several threads that wait for one call the first gets it.
 *
 * Context: may sleep.
 * Return: 0; -ENOENT for the others.
 */
int io_call_collected(struct io_call *call)
{
	int err = io_call_forget(call) ? 0 : -ENOENT;

	io_call_put(call);
	return err;
}

/**
 * io_device_wait() - NTPOOL_IOC_DEVICE_WAIT
 * @ios: session
 * @arg: which request and how long to wait; its result is returned in it, or what is
 *	 left of the time
 *
 * Context: may sleep; waits as @arg says.
 * Return: 0, or as io_call_await() and io_call_collected().
 */
int io_device_wait(struct io_session *ios, struct ntpool_device_wait *arg)
{
	struct io_call *call = io_call_await(ios, IO_DEVICE_IO, arg->request,
					     arg->flags, &arg->timeout_ns);

	if (IS_ERR(call))
		return PTR_ERR(call);
	arg->status = call->status;
	arg->information = call->information;
	return io_call_collected(call);
}

static int cancel_of_device(struct io_session *ios,
			    struct ntpool_device_cancel *arg)
{
	struct io_file *file = io_file_find(ios, arg->device);

	if (!file)
		return -ENOENT;
	arg->cancelled = io_calls_cancel(ios, file);
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
	call = io_call_find(ios, IO_DEVICE_IO, arg->request);
	if (!call)
		return -ENOENT;
	arg->cancelled = io_call_cancel(call);
	io_call_put(call);
	return 0;
}
