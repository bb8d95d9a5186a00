// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames that the kernel's reclaim has no way to.
 *
 * A page that was written to swap, or read ahead from there, is in swap's cache: it
 * has a slot and a frame.  Reclaim takes such frames back first, but looks at no
 * anonymous or shmem memory at all while swap has no free slot.  Then these frames
 * are lost to everybody, page-in fails and processes are killed for want of memory,
 * though each of these pages can be had from the disk.  So that what was promised
 * can be kept, see promise.c, they are given back here, whoever's they are.
 */
#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "paging/internal.h"

/* At each call, of all frames there are, at most; about a millisecond. */
#define LOOKS_MAX 65536ul

/* The frame to be looked at next; that two may look at the same does no harm. */
static unsigned long hand;

/**
 * drop_swap_copy() - give back the frame of a page that swap has as well
 * @folio: any, with a reference of the caller's
 *
 * Context: may sleep; reclaim too, since nothing is waited for or allocated.
 * Return: whether the folio left swap's cache; its frame is free when the last
 * reference is gone.
 */
bool drop_swap_copy(struct folio *folio)
{
	bool dropped;

	if (!folio_trylock(folio))
		return false;
	dropped = folio_test_swapcache(folio) && !folio_test_dirty(folio) &&
		  !folio_test_writeback(folio) && !folio_test_large(folio) &&
		  !folio_mapped(folio) && kcompat_drop_swapcache(folio);
	folio_unlock(folio);
	return dropped;
}

/* Most frames are something else, which shows without a reference. */
static bool drop_at(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);
	struct folio *folio;
	bool dropped;

	if (!page || PageTail(page))
		return false;
	folio = page_folio(page);
	if (!folio_test_swapcache(folio) || !folio_try_get(folio))
		return false;
	dropped = drop_swap_copy(folio);
	folio_put(folio);
	return dropped;
}

/**
 * stranded_pages() - how many frames there may be that reclaim has no way to
 *
 * Context: any.
 * Return: all pages in swap's cache while swap is full, else 0.
 */
unsigned long stranded_pages(void)
{
	return get_nr_swap_pages() > 0 ? 0 :
					 global_node_page_state(NR_SWAPCACHE);
}

/* Twice as many looks as it takes on average to come upon @want of the frames. */
static unsigned long looks_for(unsigned long want, unsigned long frames)
{
	unsigned long stranded = max(stranded_pages(), 1ul);

	return min(LOOKS_MAX, 2 * want * (frames / stranded + 1));
}

/**
 * drop_stranded() - give some of these frames back
 * @want: how many
 *
 * Context: may sleep; reclaim.
 * Return: how many it were.
 */
unsigned long drop_stranded(unsigned long want)
{
	unsigned long pfn = READ_ONCE(hand), dropped = 0;
	unsigned long end = virt_to_phys(high_memory - 1) >> PAGE_SHIFT;
	unsigned long looks;

	if (!stranded_pages())
		return 0;
	for (looks = looks_for(want, end); looks && dropped < want; looks--) {
		if (pfn > end)
			pfn = 0;
		dropped += drop_at(pfn++);
	}
	WRITE_ONCE(hand, pfn);
	return dropped;
}
