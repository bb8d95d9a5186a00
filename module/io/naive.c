// SPDX-License-Identifier: GPL-2.0-only
/*
 * The naive write: to a user's address, in whatever address space is in force.
 * Sometimes that is the requester's, and then all is well: that is why drivers with
 * this bug pass their tests.
 *
 * It is done for real, but only to a process that has agreed.  Anybody else's memory is
 * neither written nor looked at; whether the address is mapped there would already tell
 * too much.
 */
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "io/naive.h"
#include "io/volunteer.h"

/**
 * io_hit_begin() - see where we are
 * @hit: with @party and @address filled in; io_hit_end() it
 * @requester: an address space that has agreed without having volunteered, or NULL
 *
 * Context: any.  No sleeping until io_hit_end(): who withdraws a range waits for those
 * that are at work in it.
 */
void io_hit_begin(struct io_hit *hit, const struct mm_struct *requester)
	__acquires(RCU)
{
	struct io_party *party = hit->party;

	rcu_read_lock();
	/* An interrupt that might fault is a bug, says the kernel; ours fails. */
	pagefault_disable();
	io_party_identify(party, current);
	hit->mm = io_interrupted_mm();
	if (hit->mm && volunteer_covers(hit->mm, hit->address))
		party->flags |= NTPOOL_PARTY_VOLUNTEER;
	hit->open = party->flags & NTPOOL_PARTY_VOLUNTEER ||
		    (hit->mm && hit->mm == requester);
	if (hit->open)
		io_party_before(party, hit->address);
}

static void refuse_stranger(const struct io_hit *hit, size_t length)
{
	pr_info_ratelimited("ntpool: a naive driver would have written %zu bytes at %#lx in pid %d (%s)\n",
			    length, hit->address, current->tgid, current->comm);
}

/**
 * io_hit_write() - write there
 * @hit: begun
 * @data: what
 * @length: bytes; they stay in the address' page, which alone was agreed on
 *
 * No page is brought in.
 *
 * Context: any.
 * Return: whether it was done, or why not.
 */
enum ntpool_lab_outcome io_hit_write(struct io_hit *hit, const void *data,
				     size_t length)
{
	if (!hit->mm)
		return NTPOOL_LAB_NO_USER_SPACE;
	if (!hit->open || length > PAGE_SIZE - offset_in_page(hit->address)) {
		refuse_stranger(hit, length);
		return NTPOOL_LAB_STRANGER;
	}
	if (copy_to_user_nofault((void __user *)hit->address, data, length))
		return NTPOOL_LAB_NOT_RESIDENT;
	return NTPOOL_LAB_WRITTEN;
}

/**
 * io_hit_end() - see what is there now
 * @hit: begun
 *
 * Context: any.
 */
void io_hit_end(struct io_hit *hit)
	__releases(RCU)
{
	if (hit->open)
		io_party_after(hit->party, hit->address);
	pagefault_enable();
	rcu_read_unlock();
}
