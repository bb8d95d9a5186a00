// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena: page ranges handed out from segments.
 *
 * One maple tree holds the allocated ranges of all segments; the entry is the
 * segment, so that a single lock-free look-up tells the fault path whether an
 * address is allocated and where its page lives.
 *
 * Address space may be larger than memory, promises may not: each page that is
 * allocated will need a frame or a swap slot one day, and running out then would
 * be too late to refuse.  So an allocation is refused when what has been
 * promised but not used yet, and itself, exceed what is available now.
 */
#include <linux/err.h>
#include <linux/maple_tree.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>

#include "core/core.h"
#include "paging/internal.h"

static unsigned int segment_mb = 256;
module_param(segment_mb, uint, 0444);
MODULE_PARM_DESC(segment_mb,
		 "paged address space is reserved in steps of this many MB (256)");

LIST_HEAD(paging_segments);

/* Guards allocation, freeing and growth; never taken by page-in or trim. */
static DEFINE_MUTEX(arena_mutex);

/* Allocated ranges: read under RCU, written under arena_mutex. */
static struct maple_tree ranges =
	MTREE_INIT_EXT(ranges, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_EXTERN, arena_mutex);

static unsigned long allocated, reserved; /* under arena_mutex */

/* All segments lie between these; written under arena_mutex. */
static unsigned long lowest = ULONG_MAX, highest;

/**
 * paging_may_be_ours() - quick answer whether an address can be in the arena
 * @address: any
 *
 * Context: any, the fault hook included.
 * Return: false if it cannot.
 */
notrace bool paging_may_be_ours(unsigned long address)
{
	return address >= READ_ONCE(lowest) && address <= READ_ONCE(highest);
}

unsigned long arena_pages(void)
{
	return READ_ONCE(allocated);
}

unsigned long arena_reserved_pages(void)
{
	return READ_ONCE(reserved);
}

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

static bool can_promise(unsigned long pages)
{
	unsigned long used = materialised();
	unsigned long promised = allocated > used ? allocated - used : 0;
	long room = si_mem_available() + get_nr_swap_pages() - kept_free();

	lockdep_assert_held(&arena_mutex);
	return room > 0 && promised + pages <= (unsigned long)room;
}

static int arena_grow(unsigned long pages)
{
	unsigned long want = (unsigned long)segment_mb << (20 - PAGE_SHIFT);
	struct segment *seg;

	lockdep_assert_held(&arena_mutex);
	want = max(want, pages);
	if (want > UINT_MAX)
		return -ENOMEM;
	seg = segment_create(want);
	if (IS_ERR(seg))
		return PTR_ERR(seg);
	list_add_tail_rcu(&seg->node, &paging_segments);
	lowest = min(lowest, seg->start);
	highest = max(highest, segment_address(seg, want) - 1);
	WRITE_ONCE(reserved, reserved + want);
	return 0;
}

static unsigned long place_in(struct segment *seg, unsigned long pages)
{
	MA_STATE(mas, &ranges, 0, 0);
	unsigned long size = pages << PAGE_SHIFT;

	if (pages > seg->pages ||
	    mas_empty_area(&mas, seg->start,
			   segment_address(seg, seg->pages) - 1, size))
		return 0;
	mas_set_range(&mas, mas.index, mas.index + size - 1);
	if (mas_store_gfp(&mas, seg, GFP_KERNEL))
		return 0;
	return mas.index;
}

static unsigned long place(unsigned long pages)
{
	struct segment *seg;
	unsigned long start;

	list_for_each_entry(seg, &paging_segments, node) {
		start = place_in(seg, pages);
		if (start)
			return start;
	}
	return 0;
}

static unsigned long place_or_grow(unsigned long pages)
{
	unsigned long start = place(pages);

	if (!start && !arena_grow(pages))
		start = place(pages);
	return start;
}

/**
 * paging_alloc() - allocate pageable memory
 * @pages: how many; may exceed the RAM of the machine
 *
 * The memory reads as zeroes.  It takes frames when it is touched; where paging
 * is inactive it takes them now and keeps them.
 *
 * Context: may sleep (NT: IRQL <= APC_LEVEL).
 * Return: page-aligned address, or NULL when there is no memory, swap or
 * address space for it.
 */
void *paging_alloc(unsigned long pages)
{
	unsigned long start = 0;

	might_sleep();
	if (!pages || pages > UINT_MAX)
		return NULL;
	mutex_lock(&arena_mutex);
	if (can_promise(pages))
		start = place_or_grow(pages);
	if (start)
		WRITE_ONCE(allocated, allocated + pages);
	mutex_unlock(&arena_mutex);

	if (start && !paging_active() && paging_pin(start, pages)) {
		paging_free((void *)start);
		start = 0;
	}
	return (void *)start;
}
EXPORT_FOR_TESTS(paging_alloc);

static void forget(unsigned long start)
{
	MA_STATE(mas, &ranges, start, start);

	lockdep_assert_held(&arena_mutex);
	mas_erase(&mas);
}

static void discard(const struct arena_range *range)
{
	loff_t first = (loff_t)range->first << PAGE_SHIFT;

	zap_range(range->seg, range->first, range->pages);
	shmem_truncate_range(file_inode(range->seg->file), first,
			     first + ((loff_t)range->pages << PAGE_SHIFT) - 1);
}

/**
 * paging_free() - free what paging_alloc() returned
 * @start: its address
 *
 * Frames and swap slots are given back before this returns.  The range must not
 * be pinned any more.
 *
 * Context: may sleep (NT: IRQL <= APC_LEVEL).
 */
void paging_free(void *start)
{
	struct arena_range range;

	might_sleep();
	mutex_lock(&arena_mutex);
	if (!WARN_ON_ONCE(!arena_find((unsigned long)start, &range) ||
			  segment_address(range.seg, range.first) !=
				  (unsigned long)start)) {
		if (!paging_active())
			paging_unpin((unsigned long)start, range.pages);
		/*
		 * Gone from the tree first: a late touch by the block's former
		 * owner then maps nothing that stays (see install()).
		 */
		forget((unsigned long)start);
		discard(&range);
		WRITE_ONCE(allocated, allocated - range.pages);
	}
	mutex_unlock(&arena_mutex);
}
EXPORT_FOR_TESTS(paging_free);

/**
 * arena_find() - the allocated range that an address lies in
 * @address: any
 * @range: filled on success
 *
 * Context: any but NMI.
 * Return: whether it lies in one.
 */
bool arena_find(unsigned long address, struct arena_range *range)
{
	MA_STATE(mas, &ranges, address, address);
	struct segment *seg;

	rcu_read_lock();
	seg = mas_walk(&mas);
	if (seg) {
		range->seg = seg;
		range->first = segment_index(seg, mas.index);
		range->pages = (mas.last - mas.index + 1) >> PAGE_SHIFT;
	}
	rcu_read_unlock();
	return seg;
}

/**
 * paging_contains() - is this an address of allocated paged memory
 * @address: any
 *
 * Context: any but NMI.
 */
bool paging_contains(unsigned long address)
{
	return mtree_load(&ranges, address);
}
EXPORT_FOR_TESTS(paging_contains);

/**
 * arena_exit() - give all address space back
 *
 * Context: may sleep.  Nothing is allocated, and nobody faults or trims.
 */
void arena_exit(void)
{
	struct segment *seg, *next;

	mutex_lock(&arena_mutex);
	WARN_ON_ONCE(allocated);
	__mt_destroy(&ranges);
	list_for_each_entry_safe(seg, next, &paging_segments, node) {
		list_del_rcu(&seg->node);
		segment_destroy(seg);
	}
	mutex_unlock(&arena_mutex);
	rcu_barrier(); /* for the tree's nodes */
}
