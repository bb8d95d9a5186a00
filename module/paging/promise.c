// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may be promised.
 *
 * Address space may be larger than memory, promises may not: each page that is
 * allocated will need a frame or a swap slot one day, and running out then would
 * be too late to refuse.  So an allocation is refused when what has been
 * promised but not used yet, and itself, exceed what is available now.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "paging/internal.h"

/* Pages that have a frame or a swap slot. */
static unsigned long materialised(void)
{
	unsigned long pages = 0;
	struct segment *seg;

	list_for_each_entry(seg, &paging_segments, node)
		pages += READ_ONCE(file_inode(seg->file)->i_blocks) >>
			 (PAGE_SHIFT - SECTOR_SHIFT);
	return pages;
}

/*
 * Kept free for the rest of the system, which also pays for the tables that
 * remember where the pages are: a 16th of RAM, between 8 and 512 MB.
 */
static unsigned long kept_free(void)
{
	return clamp(totalram_pages() / 16, SZ_8M >> PAGE_SHIFT,
		     SZ_512M >> PAGE_SHIFT);
}

/* Pages in swap's cache have a frame and a slot, of which either can be had back. */
static unsigned long held_twice(void)
{
	return global_node_page_state(NR_SWAPCACHE);
}

/* Pages that can be had by writing others out; none where nothing is ever written. */
static long room_in_swap(void)
{
	return paging_active() ? get_nr_swap_pages() + held_twice() : 0;
}

/**
 * can_promise() - is there memory or swap for pages that are not used yet
 * @allocated: pages allocated so far
 * @pages: more of them
 *
 * Context: under arena_mutex.
 */
bool can_promise(unsigned long allocated, unsigned long pages)
{
	unsigned long used = materialised();
	unsigned long promised = allocated > used ? allocated - used : 0;
	long room = si_mem_available() + room_in_swap() - (long)kept_free();

	room = min(room, kcompat_commit_room());

	return room > 0 && promised + pages <= (unsigned long)room;
}
