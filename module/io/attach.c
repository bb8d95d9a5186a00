// SPDX-License-Identifier: GPL-2.0-only
/*
 * KeStackAttachProcess: the interrupt leaves the data in a system buffer, and a
 * system thread enters the requester's address space to deliver it there.  It
 * may sleep, so pages that are out come in.
 */
#include <linux/kthread.h>
#include <linux/sched/mm.h>

#include "io/request.h"

static void attach_deliver(struct io_request *req)
{
	might_sleep();
	if (!io_request_claim(req))
		return;
	/* An address space without users is being taken down: it has exited. */
	if (!mmget_not_zero(req->mm)) {
		io_request_complete(req, NTPOOL_OUTCOME_CANCELLED, 0);
		return;
	}
	kthread_use_mm(req->mm);
	io_copy_back(req);
	kthread_unuse_mm(req->mm);
	mmput(req->mm);
}

const struct io_variant io_attach = {
	.id = NTPOOL_VARIANT_ATTACH,
	.prepare = io_system_prepare,
	.interrupt = io_system_interrupt,
	.defer = io_session_defer,
	.deliver = attach_deliver,
	.release = io_system_release,
};
