// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of volunteers.  The interrupt looks a range up while anything
 * at all may have been interrupted, so readers take no lock but RCU.  A range
 * belongs to an address space, not to a process number: one that is replaced
 * by exec() or copied by fork() has volunteered nothing.
 */
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "io/io.h"
#include "io/session.h"
#include "io/volunteer.h"
#include "vas/vas.h"

/**
 * struct volunteer - one session's range
 * @node: link in volunteers; written under volunteer_lock, read under RCU
 * @mm: whose; kept by mmgrab(), so that no other can have its address
 * @start: first byte, page-aligned
 * @end: one byte too far, page-aligned
 */
struct volunteer {
	struct hlist_node node;
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
};

static DEFINE_HASHTABLE(volunteers, 8);
static DEFINE_SPINLOCK(volunteer_lock);

/**
 * volunteer_covers() - has @mm opened the page of @address to naive writes?
 * @mm: the address space in force
 * @address: in it
 *
 * Ranges are whole pages and naive writes stay in one page, so one address
 * answers for the whole write.
 *
 * Context: any.
 * Return: whether it has.
 */
bool volunteer_covers(const struct mm_struct *mm, unsigned long address)
{
	struct volunteer *v;
	bool found = false;

	rcu_read_lock();
	hash_for_each_possible_rcu(volunteers, v, node, (unsigned long)mm) {
		found = v->mm == mm && address >= v->start && address < v->end;
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

/* After it no interrupt is still at work in the old range. */
static void volunteer_replace(struct io_session *ios, struct volunteer *new)
{
	struct volunteer *old;

	spin_lock(&volunteer_lock);
	old = ios->volunteer;
	ios->volunteer = new;
	if (old)
		hash_del_rcu(&old->node);
	if (new)
		hash_add_rcu(volunteers, &new->node, (unsigned long)new->mm);
	spin_unlock(&volunteer_lock);

	if (!old)
		return;
	synchronize_rcu();
	mmdrop(old->mm);
	kfree(old);
}

void volunteer_withdraw(struct io_session *ios)
{
	volunteer_replace(ios, NULL);
}

static int volunteer_check(const struct ntpool_volunteer *arg)
{
	u64 end;

	if (arg->flags || arg->pad)
		return -EINVAL;
	if (!PAGE_ALIGNED(arg->start) || !PAGE_ALIGNED(arg->length))
		return -EINVAL;
	if (check_add_overflow(arg->start, arg->length, &end))
		return -EOVERFLOW;
	if (arg->length && end - 1 > vas_caller_end())
		return -EFAULT;
	return 0;
}

/**
 * io_volunteer() - NTPOOL_IOC_VOLUNTEER
 * @ios: the session, which has one range
 * @arg: the range, in the caller's memory
 *
 * Once a range is withdrawn or replaced, nothing lands in the old one any more.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, -EOVERFLOW, -EFAULT where the range is not user space, or
 * -ENOMEM.
 */
int io_volunteer(struct io_session *ios, const struct ntpool_volunteer *arg)
{
	struct volunteer *v;
	int err = volunteer_check(arg);

	if (err)
		return err;
	if (!arg->length) {
		volunteer_withdraw(ios);
		return 0;
	}
	v = kmalloc(sizeof(*v), GFP_KERNEL_ACCOUNT);
	if (!v)
		return -ENOMEM;
	mmgrab(current->mm);
	v->mm = current->mm;
	v->start = arg->start;
	v->end = arg->start + arg->length;
	volunteer_replace(ios, v);
	return 0;
}
