// SPDX-License-Identifier: GPL-2.0-only
/*
 * METHOD_BUFFERED: the interrupt fills a system buffer, and the copy to the
 * user's is made in the requester's own thread, by NT's special kernel APC.
 * Linux calls that task work; sent as a signal is, it also reaches a thread
 * that computes in user space or waits in a system call.  The call is restarted,
 * unless it is one of the few, epoll_wait() for one, that end with EINTR whoever
 * disturbs them.
 */
#include <linux/sched.h>

#include "io/request.h"
#include "kcompat/task_work.h"

static void buffered_copy(struct io_request *req)
{
	u8 irql;

	/* Exiting, or turned into another program by exec(). */
	if (current->mm != req->mm) {
		io_request_complete(req, NTPOOL_OUTCOME_CANCELLED, 0);
		return;
	}

	irql = ntpool_raise_irql(NTPOOL_IRQL_APC);
	io_copy_back(req);
	ntpool_lower_irql(irql);
}

static void buffered_apc(struct callback_head *apc)
{
	struct io_request *req = container_of(apc, struct io_request, apc);

	might_sleep();
	WARN_ON_ONCE(current != req->task);
	if (io_request_claim(req))
		buffered_copy(req);
	io_request_put(req);
}

static void buffered_defer(struct io_request *req)
{
	io_request_get(req);
	init_task_work(&req->apc, buffered_apc);
	if (!kcompat_task_work_add(req->task, &req->apc, TWA_SIGNAL))
		return;

	/* The requester is past its last APC.  The handle still refers. */
	refcount_dec(&req->refs);
	if (io_request_claim(req))
		io_request_complete(req, NTPOOL_OUTCOME_CANCELLED, 0);
}

const struct io_variant io_buffered = {
	.id = NTPOOL_VARIANT_BUFFERED,
	.prepare = io_system_prepare,
	.interrupt = io_system_interrupt,
	.defer = buffered_defer,
	.release = io_system_release,
};
