// SPDX-License-Identifier: GPL-2.0-only
/*
 * The wrong way: the interrupt writes to the requester's address, in whatever
 * address space happens to be in force.  Sometimes that is the requester's, and
 * then all is well: that is why drivers with this bug pass their tests.
 *
 * It is done for real, but only to a process that has agreed: the requester
 * itself, which gave the address, or one that volunteered it.  Anybody else's
 * memory is neither written nor looked at; whether the address is mapped there
 * would already tell too much.
 */
#include <linux/printk.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "io/request.h"

static u32 naive_refuse_stranger(const struct io_request *req)
{
	pr_info_ratelimited("ntpool: naive completion for pid %d (%s) would have written %zu bytes at %#lx in pid %d (%s)\n",
			    req->task->tgid, req->requester.comm, req->length,
			    req->buffer, current->tgid, current->comm);
	return NTPOOL_OUTCOME_REFUSED_STRANGER;
}

/* A driver's touch of a user page that is not there, above DISPATCH_LEVEL. */
static u32 naive_refuse_page(struct io_request *req)
{
	req->bugcheck = bugcheck_for(req->task->tgid,
				     BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
				     req->buffer, ntpool_irql(),
				     NTPOOL_ACCESS_WRITE, _THIS_IP_);
	return NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT;
}

static u32 naive_write(struct io_request *req, const struct io_hit *hit)
{
	if (!hit->mm)
		return NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE;
	if (!hit->open)
		return naive_refuse_stranger(req);
	if (copy_to_user_nofault(io_buffer(req), req->system, req->length))
		return naive_refuse_page(req);

	io_note_delivery(req);
	req->information = req->length;
	return hit->mm == req->mm ? NTPOOL_OUTCOME_DELIVERED :
				    NTPOOL_OUTCOME_MISDELIVERED;
}

static void naive_interrupt(struct io_request *req, const struct io_hit *hit)
{
	/* Whoever cancels stops the timer first. */
	WARN_ON_ONCE(!io_request_claim(req));
	io_system_interrupt(req, hit);
	req->outcome = naive_write(req, hit);
}

const struct io_variant io_naive = {
	.id = NTPOOL_VARIANT_NAIVE,
	.prepare = io_system_prepare,
	.interrupt = naive_interrupt,
	.release = io_system_release,
};
