// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: who is told of completions, and the system thread that delivers
 * what interrupts put off.
 *
 * Closing a session waits for interrupts only.  It may not wait for a delivery
 * to user memory: that can take as long as the user likes (userfaultfd), even
 * until the very thread that closes goes on.  So what is under way keeps the
 * session's memory, and finds it closed.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "io/call.h"
#include "io/request.h"
#include "io/volunteer.h"

static struct workqueue_struct *io_threads;

void io_session_get(struct io_session *ios)
{
	refcount_inc(&ios->refs);
}

void io_session_put(struct io_session *ios)
{
	if (!refcount_dec_and_test(&ios->refs))
		return;
	xa_destroy(&ios->requests);
	xa_destroy(&ios->calls);
	xa_destroy(&ios->files);
	io_session_drop_spares(ios);
	kfree(ios);
}

static void session_deliver(struct work_struct *work)
{
	struct io_session *ios = container_of(work, struct io_session, work);
	struct llist_node *batch = llist_del_all(&ios->inbox);
	struct io_request *req, *next;

	batch = llist_reverse_order(batch);
	llist_for_each_entry_safe(req, next, batch, inbox) {
		req->variant->deliver(req);
		io_request_put(req);
	}
	io_session_put(ios);
}

/**
 * io_session_defer() - have a system thread call the variant's deliver()
 * @req: its request, in whose interrupt we are
 */
void io_session_defer(struct io_request *req)
{
	struct io_session *ios = req->session;

	io_request_get(req);
	llist_add(&req->inbox, &ios->inbox);
	io_session_get(ios);
	/* Already queued: it has its reference, and @req has another. */
	if (!queue_work(io_threads, &ios->work))
		refcount_dec(&ios->refs);
}

/**
 * io_session_create() - the I/O half of a device file being opened
 * @notify: called as @notify(@arg) with interrupts off when a completion can
 *	    be read; never again once io_session_destroy() has returned
 * @arg: its argument
 *
 * Return: the session, NULL without memory.
 */
struct io_session *io_session_create(void (*notify)(void *arg), void *arg)
{
	struct io_session *ios = kzalloc(sizeof(*ios), GFP_KERNEL_ACCOUNT);

	if (!ios)
		return NULL;
	refcount_set(&ios->refs, 1);
	xa_init_flags(&ios->requests, XA_FLAGS_ALLOC1);
	spin_lock_init(&ios->lock);
	xa_init_flags(&ios->calls, XA_FLAGS_ALLOC);
	xa_init_flags(&ios->files, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&ios->notices);
	init_llist_head(&ios->inbox);
	INIT_WORK(&ios->work, session_deliver);
	ios->notify = notify;
	ios->notify_arg = arg;
	return ios;
}

/**
 * io_session_destroy() - the device file is closed
 * @ios: no call on it is under way or will be made
 *
 * Cancels every request whose data is not being delivered at this moment.
 *
 * Context: may sleep, as long as drivers do that are told of a handle's end; does not
 * wait for the user memory of anybody.
 */
void io_session_destroy(struct io_session *ios)
{
	struct io_request *req;
	unsigned long handle;

	might_sleep();
	spin_lock_irq(&ios->lock);
	ios->closed = true;
	spin_unlock_irq(&ios->lock);

	xa_for_each(&ios->requests, handle, req) {
		io_request_cancel(req);
		io_request_forget(req);
	}
	io_calls_close(ios);
	io_files_close(ios);
	volunteer_withdraw(ios);
	io_session_put(ios);
}

int io_session_init(void)
{
	io_threads = alloc_workqueue("ntpool_io", WQ_UNBOUND, 0);
	return io_threads ? 0 : -ENOMEM;
}

void io_session_exit(void)
{
	destroy_workqueue(io_threads);
}
