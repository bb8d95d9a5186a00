// SPDX-License-Identifier: GPL-2.0-only
/*
 * Special pool's addresses: a stretch of the arena without memory, cut into
 * slots.  A slot is the pages of one block and a guard page behind them; the
 * region's first page is a guard too, so that each block has one on either side.
 *
 * A freed slot is retired: its addresses stay its own, so that a late touch
 * finds no memory and is known for what it is.  When there is no room for a new
 * slot, retired ones are forgotten, the oldest first.
 */
#include <linux/bitmap.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/special.h"

static unsigned int special_mb = 64;
module_param(special_mb, uint, 0444);
MODULE_PARM_DESC(special_mb,
		 "address space of special pool in MB, 0 for none (default 64)");

/**
 * struct region - the addresses and who has them
 * @start: first address; 0 until somebody wants special pool
 * @pages: its length
 * @slots: one for each page; set last when the region is made
 * @used: bit for each page; under @lock, as @live
 * @live: bit for each page of a slot that is not retired
 * @next: page where the search for room begins; under @lock
 * @retired: slots, the oldest first; under @lock
 * @live_pages: under @lock
 * @retired_pages: under @lock
 * @lock: taken with interrupts off, innermost
 */
static struct region {
	unsigned long start;
	unsigned long pages;
	struct special_slot *slots;
	unsigned long *used;
	unsigned long *live;
	unsigned long next;
	struct list_head retired;
	unsigned long live_pages;
	unsigned long retired_pages;
	spinlock_t lock;
} region = {
	.retired = LIST_HEAD_INIT(region.retired),
	.lock = __SPIN_LOCK_UNLOCKED(region.lock),
};

static DEFINE_MUTEX(make_mutex);

static unsigned long wanted_pages(void)
{
	return min(special_mb, 1u << 14) * (unsigned long)(SZ_1M >> PAGE_SHIFT);
}

static void free_tables(struct special_slot *slots, unsigned long *used,
			unsigned long *live)
{
	vfree(slots);
	bitmap_free(used);
	bitmap_free(live);
}

static bool make_region(void)
{
	unsigned long pages = wanted_pages();
	struct special_slot *slots = vzalloc(array_size(pages, sizeof(*slots)));
	unsigned long *used = bitmap_zalloc(pages, GFP_KERNEL);
	unsigned long *live = bitmap_zalloc(pages, GFP_KERNEL);
	unsigned long start = slots && used && live ? paging_reserve(pages) : 0;

	if (!start) {
		free_tables(slots, used, live);
		return false;
	}
	slots[0].state = SPECIAL_GUARD;
	__set_bit(0, used);
	__set_bit(0, live);
	region.start = start;
	region.pages = pages;
	region.used = used;
	region.live = live;
	/* Whoever sees the slots sees the rest. */
	smp_store_release(&region.slots, slots);
	return true;
}

/**
 * region_ready() - is there a region
 * @may_make: the caller may sleep: make it if there is none
 *
 * Address space is taken when special pool is first used, not before.
 */
bool region_ready(bool may_make)
{
	/* Pairs with make_region(). */
	bool ready = smp_load_acquire(&region.slots);

	if (ready || !may_make || !special_mb)
		return ready;
	mutex_lock(&make_mutex);
	ready = region.slots || make_region();
	mutex_unlock(&make_mutex);
	return ready;
}

/**
 * region_address() - where a slot's memory begins
 * @slot: its first page
 */
unsigned long region_address(const struct special_slot *slot)
{
	return region.start + ((slot - region.slots) << PAGE_SHIFT);
}

/**
 * region_page() - the page that an address lies in
 * @address: any
 *
 * Context: any.
 * Return: NULL if that is not in the region.
 */
struct special_slot *region_page(unsigned long address)
{
	/* Pairs with make_region(). */
	struct special_slot *slots = smp_load_acquire(&region.slots);

	if (!slots || address < region.start ||
	    (address - region.start) >> PAGE_SHIFT >= region.pages)
		return NULL;
	return &slots[(address - region.start) >> PAGE_SHIFT];
}

/**
 * region_slot() - the slot that a page belongs to
 * @page: from region_page(), not unused
 */
struct special_slot *region_slot(const struct special_slot *page)
{
	return &region.slots[READ_ONCE(page->first)];
}

static void set_states(struct special_slot *slot, u8 state)
{
	u32 i;

	for (i = 0; i < slot->pages; i++)
		WRITE_ONCE(slot[i].state, state);
}

/* The first of @pages free ones of a bitmap between two page numbers, or 0. */
static unsigned long find_between(unsigned long *used, unsigned long from,
				  unsigned long to, unsigned long pages)
{
	unsigned long first = bitmap_find_next_zero_area(used, to, from, pages,
							 0);

	return first + pages <= to ? first : 0;
}

/* Forget the slot that was retired first; returns the number of its first page. */
static unsigned long forget_oldest(void)
{
	struct special_slot *slot = list_first_entry(&region.retired,
						     struct special_slot, node);

	lockdep_assert_held(&region.lock);
	list_del(&slot->node);
	set_states(slot, SPECIAL_UNUSED);
	WRITE_ONCE(slot[slot->pages].state, SPECIAL_UNUSED);
	bitmap_clear(region.used, slot->first, slot->pages + 1);
	region.retired_pages -= slot->pages;
	return slot->first;
}

/* Room for @pages; the search goes round, so that addresses are long unused. */
static unsigned long find_room(unsigned long pages)
{
	unsigned long first = find_between(region.used, region.next,
					   region.pages, pages);

	lockdep_assert_held(&region.lock);
	first = first ?: find_between(region.used, 1, region.pages, pages);
	if (first || !find_between(region.live, 1, region.pages, pages))
		return first;
	/* There will be room once enough are forgotten, all at the most. */
	while (!first && !list_empty(&region.retired)) {
		unsigned long hole = forget_oldest();

		/* Room has come about around there, or nowhere. */
		first = find_between(region.used,
				     hole > pages ? hole - pages : 1,
				     min(hole + 2 * pages + 1, region.pages),
				     pages);
	}
	return first;
}

static struct special_slot *occupy(unsigned long first, unsigned long pages)
{
	struct special_slot *slot = &region.slots[first];
	unsigned long i;

	lockdep_assert_held(&region.lock);
	bitmap_set(region.used, first, pages + 1);
	bitmap_set(region.live, first, pages + 1);
	region.next = first + pages + 1;
	region.live_pages += pages;
	for (i = 0; i <= pages; i++)
		WRITE_ONCE(slot[i].first, first);
	slot->pages = pages;
	set_states(slot, SPECIAL_LIVE);
	WRITE_ONCE(slot[pages].state, SPECIAL_GUARD);
	return slot;
}

/**
 * region_take() - addresses for a block
 * @pages: how many will have memory
 *
 * Context: any; region_ready() was true.
 * Return: the slot, or NULL if all addresses are those of live blocks.
 */
struct special_slot *region_take(unsigned long pages)
{
	struct special_slot *slot = NULL;
	unsigned long flags, first;

	if (pages + 2 > region.pages)
		return NULL;
	spin_lock_irqsave(&region.lock, flags);
	first = find_room(pages + 1);
	if (first)
		slot = occupy(first, pages);
	spin_unlock_irqrestore(&region.lock, flags);
	return slot;
}

/**
 * region_mark_freed() - from now on a touch of these pages is one after the free
 * @slot: of a block that is being freed; its memory is there still
 *
 * Context: any.
 */
void region_mark_freed(struct special_slot *slot)
{
	set_states(slot, SPECIAL_RETIRED);
}

/**
 * region_retire() - keep the addresses of a freed block for as long as possible
 * @slot: marked as freed, and without memory
 *
 * Context: any.
 */
void region_retire(struct special_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&region.lock, flags);
	list_add_tail(&slot->node, &region.retired);
	bitmap_clear(region.live, slot->first, slot->pages + 1);
	region.live_pages -= slot->pages;
	region.retired_pages += slot->pages;
	spin_unlock_irqrestore(&region.lock, flags);
}

/**
 * region_cancel() - give back what region_take() gave, unused
 * @slot: without memory
 *
 * Context: any.
 */
void region_cancel(struct special_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&region.lock, flags);
	set_states(slot, SPECIAL_UNUSED);
	WRITE_ONCE(slot[slot->pages].state, SPECIAL_UNUSED);
	bitmap_clear(region.used, slot->first, slot->pages + 1);
	bitmap_clear(region.live, slot->first, slot->pages + 1);
	region.live_pages -= slot->pages;
	spin_unlock_irqrestore(&region.lock, flags);
}

/**
 * region_get_stats() - how many pages are what
 * @stats: the first three fields are filled
 *
 * Context: any.
 */
void region_get_stats(struct special_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&region.lock, flags);
	stats->pages = region.pages;
	stats->live_pages = region.live_pages;
	stats->retired_pages = region.retired_pages;
	spin_unlock_irqrestore(&region.lock, flags);
}

/**
 * special_range() - the addresses of special pool
 * @first: set to the first
 * @last: set to the last
 *
 * Context: any.
 * Return: whether it has any.
 */
bool special_range(unsigned long *first, unsigned long *last)
{
	/* Pairs with make_region(). */
	if (!smp_load_acquire(&region.slots))
		return false;
	*first = region.start;
	*last = region.start + (region.pages << PAGE_SHIFT) - 1;
	return true;
}

/**
 * region_exit() - give the addresses back
 *
 * Context: may sleep; there are no live blocks, and no fault asks any more.
 */
void region_exit(void)
{
	struct special_slot *slots = region.slots;

	if (!slots)
		return;
	WARN_ON_ONCE(region.live_pages);
	region.slots = NULL;
	paging_unreserve(region.start, region.pages);
	free_tables(slots, region.used, region.live);
}
