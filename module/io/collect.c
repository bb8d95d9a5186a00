// SPDX-License-Identifier: GPL-2.0-only
/* Calls that are under way: waited for, and cancelled. */
#include "io/call.h"
#include "io/session.h"

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
	call = io_call_find(ios, arg->request);
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
	call = io_call_find(ios, arg->request);
	if (!call)
		return -ENOENT;
	arg->cancelled = io_call_cancel(call);
	io_call_put(call);
	return 0;
}
