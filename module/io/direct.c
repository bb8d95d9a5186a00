// SPDX-License-Identifier: GPL-2.0-only
/*
 * METHOD_OUT_DIRECT: the requester's pages are locked and mapped into system
 * space before the request becomes pending; the interrupt writes through that
 * mapping, whose address means the same in every process.  What is locked are
 * the pages, not the address: the owner may unmap or remap it meanwhile.
 *
 * The pages count against the requester's RLIMIT_MEMLOCK as mlock()ed ones do
 * (CAP_IPC_LOCK is exempt), from the start until a system thread unlocks them:
 * neither unpinning nor vunmap() is for interrupts.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "io/request.h"

/*
 * FOLL_LONGTERM: the user chooses how long, and up to ten seconds are too long
 * to keep a page in movable memory, or a file's page from its write-back.
 */
static u32 mdl_lock(struct io_mdl *mdl, unsigned long address)
{
	int locked = pin_user_pages_fast(address & PAGE_MASK, mdl->count,
					 FOLL_WRITE | FOLL_LONGTERM,
					 mdl->pages);

	mdl->locked = max(locked, 0);
	if (mdl->locked == mdl->count)
		return NTPOOL_STATUS_SUCCESS;
	return locked == -ENOMEM ? NTPOOL_STATUS_INSUFFICIENT_RESOURCES :
				   NTPOOL_STATUS_ACCESS_VIOLATION;
}

static u32 direct_prepare(struct io_request *req)
{
	struct io_mdl *mdl = &req->mdl;
	u32 status;

	mdl->count = DIV_ROUND_UP(offset_in_page(req->buffer) + req->length,
				  PAGE_SIZE);
	mdl->pages = kvmalloc_array(mdl->count, sizeof(*mdl->pages),
				    GFP_KERNEL_ACCOUNT);
	if (!mdl->pages)
		return NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	if (account_locked_vm(req->mm, mdl->count, true))
		return NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	mdl->charged = true;
	status = mdl_lock(mdl, req->buffer);
	if (status != NTPOOL_STATUS_SUCCESS)
		return status;
	mdl->mapping = vmap(mdl->pages, mdl->count, VM_MAP, PAGE_KERNEL);
	return mdl->mapping ? NTPOOL_STATUS_SUCCESS :
			      NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
}

static void direct_interrupt(struct io_request *req, const struct io_hit *hit)
{
	void *to = req->mdl.mapping + offset_in_page(req->buffer);

	/* Whoever cancels stops the timer first. */
	WARN_ON_ONCE(!io_request_claim(req));
	if (!atomic_read(&req->mm->mm_users)) {
		req->outcome = NTPOOL_OUTCOME_CANCELLED;
		return;
	}
	io_device_data(to, req->length, req->data);
	io_note_delivery(req);
	req->information = req->length;
	req->outcome = NTPOOL_OUTCOME_DELIVERED;
}

static void mdl_unlock(struct io_mdl *mdl, struct mm_struct *mm)
{
	might_sleep();
	vunmap(mdl->mapping);
	unpin_user_pages_dirty_lock(mdl->pages, mdl->locked, true);
	if (mdl->charged)
		account_locked_vm(mm, mdl->count, false);
	kvfree(mdl->pages);
	*mdl = (struct io_mdl){};
}

static void direct_release(struct io_request *req)
{
	mdl_unlock(&req->mdl, req->mm);
}

/* The pages are the requester's again before it learns of the completion. */
static void direct_deliver(struct io_request *req)
{
	mdl_unlock(&req->mdl, req->mm);
	io_request_complete(req, req->outcome, req->information);
}

const struct io_variant io_direct = {
	.id = NTPOOL_VARIANT_DIRECT,
	.prepare = direct_prepare,
	.interrupt = direct_interrupt,
	.defer = io_session_defer,
	.deliver = direct_deliver,
	.release = direct_release,
};
