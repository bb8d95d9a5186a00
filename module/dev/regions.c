// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map of the address space that the module has taken: paging knows where it is and
 * what of it has memory; who has reserved addresses there says so himself.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "dev/session.h"
#include "io/io.h"
#include "paging/paging.h"
#include "pool/verifier.h"

/**
 * struct owner - who may have reserved addresses of the arena
 * @kind: what these are
 * @range: tells the first and the last of them; false where there are none
 */
struct owner {
	enum ntpool_region_kind kind;
	bool (*range)(unsigned long *first, unsigned long *last);
};

static const struct owner owners[] = {
	{ NTPOOL_REGION_SPECIAL, special_range },
	{ NTPOOL_REGION_MDL, io_window_range },
};

/* What an address of a segment is for; *@last becomes the last one for the same. */
static enum ntpool_region_kind kind_at(unsigned long address,
				       unsigned long *last)
{
	unsigned long first, end;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(owners); i++) {
		if (!owners[i].range(&first, &end) || address > end)
			continue;
		if (address >= first) {
			*last = min(*last, end);
			return owners[i].kind;
		}
		*last = min(*last, first - 1);
	}
	return paging_run(address, last) ? NTPOOL_REGION_PAGED :
					   NTPOOL_REGION_FREE;
}

/* The grain comes first: it keeps the look along a run short. */
static enum ntpool_region_kind region_at(unsigned long start, u32 grain,
					 unsigned long *last)
{
	unsigned long cut = start | (((unsigned long)grain << PAGE_SHIFT) - 1);
	enum ntpool_region_kind kind;

	cut = grain ? min(cut, *last) : *last;
	kind = kind_at(start, &cut);
	if (kind == NTPOOL_REGION_FREE)
		return kind_at(start, last);
	*last = cut;
	return kind;
}

/* The region at *@from or behind it; *@from becomes where to go on. */
static bool next_region(u64 *from, u32 grain, struct ntpool_region *region)
{
	unsigned long start = *from, last;
	struct paging_pages pages;
	u32 kind;

	if (!paging_next_segment(&start, &last))
		return false;
	kind = region_at(start, grain, &last);
	paging_survey(start, last, &pages);
	*region = (struct ntpool_region){
		.start = start,
		.size = last - start + 1,
		.kind = kind,
		.committed = pages.committed,
		.resident = pages.resident,
		.transition = pages.transition,
		.swapped = pages.swapped,
	};
	*from = last + 1;
	return true;
}

static int show_regions(struct ntpool_regions *arg)
{
	struct ntpool_region __user *to = u64_to_user_ptr(arg->array);
	struct ntpool_region region;
	int err = 0;
	u32 done;

	arg->next = arg->from;
	for (done = 0; done < arg->count && !err; done++) {
		if (!next_region(&arg->next, arg->grain, &region)) {
			arg->next = 0;
			break;
		}
		if (copy_to_user(&to[done], &region, sizeof(region)))
			return -EFAULT;
		err = session_breathe();
	}
	arg->count = done;
	return err;
}

/**
 * handle_regions() - NTPOOL_IOC_REGIONS
 * @session: the session
 * @u: struct ntpool_regions
 *
 * Return: 0 or -errno.
 */
int handle_regions(struct session *session, union ioctl_arg *u)
{
	struct ntpool_regions *arg = &u->regions;

	if (arg->flags || arg->pad || !arg->count)
		return -EINVAL;
	if (arg->grain && !is_power_of_2(arg->grain))
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return show_regions(arg);
}
