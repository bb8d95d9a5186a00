// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena as a map: its segments in order, and how many pages of a stretch are where.
 * Looking, not touching; what is added up may change meanwhile.
 */
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "paging/internal.h"

static unsigned long last_of(const struct segment *seg)
{
	return segment_address(seg, seg->pages) - 1;
}

/**
 * paging_next_segment() - the next addresses of the arena
 * @from: in: any address; out: the lowest of the arena's at or above its page
 * @last: out: the last address of that segment
 *
 * Context: any but NMI.
 * Return: whether there are any.
 */
bool paging_next_segment(unsigned long *from, unsigned long *last)
{
	struct segment *seg, *next = NULL;

	/* They are in the order in which they were made. */
	list_for_each_entry(seg, &paging_segments, node)
		if (last_of(seg) >= *from && (!next || seg->start < next->start))
			next = seg;
	if (!next)
		return false;
	*from = max(*from & PAGE_MASK, next->start);
	*last = last_of(next);
	return true;
}
EXPORT_FOR_TESTS(paging_next_segment);

static u64 mapped_pages(struct segment *seg, unsigned long index,
			unsigned long last)
{
	u64 mapped = 0;

	for (; index <= last; index++) {
		if (pte_present(READ_ONCE(*segment_pte(seg, index))))
			mapped++;
		if (index % TABLE_PAGES == 0)
			cond_resched();
	}
	return mapped;
}

/* What the file has of these pages: in memory, or where in swap. */
static void count_in_file(struct segment *seg, unsigned long index,
			  unsigned long last, u64 *cached, u64 *swapped)
{
	XA_STATE(xas, &segment_mapping(seg)->i_pages, index);
	void *entry;

	rcu_read_lock();
	xas_for_each(&xas, entry, last) {
		if (xas_retry(&xas, entry))
			continue;
		if (xa_is_value(entry))
			(*swapped)++;
		else
			(*cached)++;
		if (need_resched()) {
			xas_pause(&xas);
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
}

/* At addresses that are reserved without memory, their owner's frames are all there is. */
static void survey_run(struct segment *seg, unsigned long first,
		       unsigned long last, bool memory, struct paging_pages *pages)
{
	unsigned long from = segment_index(seg, first);
	unsigned long to = segment_index(seg, last);
	u64 mapped = mapped_pages(seg, from, to), cached = 0;

	pages->resident += mapped;
	pages->committed += memory ? to - from + 1 : mapped;
	if (!memory)
		return;
	count_in_file(seg, from, to, &cached, &pages->swapped);
	if (cached > mapped)
		pages->transition += cached - mapped;
}

/**
 * paging_survey() - count the pages of a stretch of the arena by where they are
 * @first: its first address
 * @last: its last one, in the same segment
 * @pages: filled
 *
 * Context: may sleep.
 */
void paging_survey(unsigned long first, unsigned long last,
		   struct paging_pages *pages)
{
	struct segment *seg = segment_of(first);
	unsigned long end;
	bool memory;

	memset(pages, 0, sizeof(*pages));
	for (; first <= last; first = end + 1) {
		end = last;
		memory = paging_run(first, &end);
		survey_run(seg, first, end, memory, pages);
	}
}
EXPORT_FOR_TESTS(paging_survey);
