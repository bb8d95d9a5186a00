// SPDX-License-Identifier: GPL-2.0-only
/*
 * Special pool: blocks whose misuse is caught by the instruction that does it.
 *
 * A block has pages of its own, with a guard page without memory on either side.
 * It ends as near to the end of its page as its alignment lets it, or, to catch
 * underruns, begins where its page begins.  What is left of the page is filled
 * with one byte, and looked at when the block is freed.  A freed block's page
 * goes at once, its addresses stay taken: see region.c.
 *
 * ("Special Pool", "Detecting Overruns and Underruns", and the pages of bug
 * checks 0xC1, 0xCC, 0xCD, 0xD5 and 0xD6 in the Windows driver documentation.)
 */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"
#include "pool/special.h"

/**
 * struct dying - memory freed where other CPUs cannot be waited for
 * @pages: taken out of the page table, reachable by old translations
 * @slots: they were of
 * @lock: guards both, interrupts off
 *
 * No address is reused and no page let go before dying_work has had all CPUs
 * forget their translations.
 */
static struct dying {
	struct list_head pages;
	struct list_head slots;
	spinlock_t lock;
} dying = {
	.pages = LIST_HEAD_INIT(dying.pages),
	.slots = LIST_HEAD_INIT(dying.slots),
	.lock = __SPIN_LOCK_UNLOCKED(dying.lock),
};

static atomic64_t allocs, fallbacks;

static bool is_paged(const struct special_slot *slot)
{
	return slot->flags & NTPOOL_FLAG_PAGED;
}

static unsigned long slot_end(const struct special_slot *slot)
{
	return region_address(slot) + ((unsigned long)slot->pages << PAGE_SHIFT);
}

static void free_pages_of(struct list_head *pages)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, pages, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

static void take_pages(const struct special_slot *slot, struct list_head *pages)
{
	unsigned long address = region_address(slot);

	for (; address < slot_end(slot); address += PAGE_SIZE) {
		struct page *page = paging_unmap(address);

		if (page)
			list_add(&page->lru, pages);
	}
}

static void bury(struct work_struct *work)
{
	struct special_slot *slot, *next;
	LIST_HEAD(pages);
	LIST_HEAD(slots);

	spin_lock_irq(&dying.lock);
	list_splice_init(&dying.pages, &pages);
	list_splice_init(&dying.slots, &slots);
	spin_unlock_irq(&dying.lock);
	paging_flush(true);
	free_pages_of(&pages);
	list_for_each_entry_safe(slot, next, &slots, node)
		region_retire(slot);
}

static DECLARE_WORK(dying_work, bury);

static void free_nonpaged(struct special_slot *slot, bool may_wait)
{
	unsigned long flags;
	LIST_HEAD(pages);

	take_pages(slot, &pages);
	if (may_wait) {
		paging_flush(true);
		free_pages_of(&pages);
		region_retire(slot);
		return;
	}
	paging_flush(false);
	spin_lock_irqsave(&dying.lock, flags);
	list_splice(&pages, &dying.pages);
	list_add(&slot->node, &dying.slots);
	spin_unlock_irqrestore(&dying.lock, flags);
	schedule_work(&dying_work);
}

static bool map_nonpaged(struct special_slot *slot, gfp_t gfp)
{
	unsigned long address = region_address(slot);
	LIST_HEAD(pages);

	for (; address < slot_end(slot); address += PAGE_SIZE) {
		struct page *page = alloc_page(gfp);

		if (!page)
			goto err_unmap;
		paging_map(address, page);
	}
	return true;

err_unmap:
	/* Nobody has touched them: there are no translations of them. */
	take_pages(slot, &pages);
	free_pages_of(&pages);
	return false;
}

static bool give_memory(struct special_slot *slot, bool may_wait)
{
	gfp_t gfp = may_wait ? GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL :
			       GFP_ATOMIC;

	if (is_paged(slot))
		return paging_fill(region_address(slot), slot->pages);
	return map_nonpaged(slot, gfp | __GFP_ZERO | __GFP_NOWARN);
}

static void take_memory(struct special_slot *slot, bool may_wait)
{
	if (is_paged(slot)) {
		paging_empty(region_address(slot));
		region_retire(slot);
	} else {
		free_nonpaged(slot, may_wait);
	}
}

/* A block of a page or more begins with its page; so does one against underruns. */
static unsigned long place_of(const struct special_slot *slot, bool underrun)
{
	size_t align = slot->flags & NTPOOL_FLAG_CACHE_ALIGNED ?
			       L1_CACHE_BYTES :
			       POOL_ALIGN;

	if (underrun || slot->size >= PAGE_SIZE)
		return region_address(slot);
	return round_down(slot_end(slot) - slot->size, align);
}

/**
 * struct slack - what is beside the block in its last page; the others are full
 * @page: where that page begins
 * @before: bytes from there to the block, if it begins in this page
 * @behind: bytes from the block's end to the page's
 */
struct slack {
	u8 *page;
	size_t before;
	size_t behind;
};

static struct slack slack_of(const struct special_slot *slot)
{
	unsigned long page = slot_end(slot) - PAGE_SIZE;

	return (struct slack){
		.page = (u8 *)page,
		.before = slot->block > page ? slot->block - page : 0,
		.behind = slot_end(slot) - (slot->block + slot->size),
	};
}

/* While slack is looked at its page may not go: a plain touch could not fail. */
static bool hold_slack(const struct special_slot *slot, const struct slack *slack)
{
	return !is_paged(slot) || !paging_pin((unsigned long)slack->page, 1);
}

static void let_slack_go(const struct special_slot *slot, const struct slack *slack)
{
	if (is_paged(slot))
		paging_unpin((unsigned long)slack->page, 1);
}

static void fill_slack(const struct special_slot *slot, const struct slack *slack)
{
	memset(slack->page, slot->fill, slack->before);
	memset(slack->page + PAGE_SIZE - slack->behind, slot->fill,
	       slack->behind);
}

static bool prepare(struct special_slot *slot, const struct pool_want *want)
{
	struct slack slack;

	slot->block = place_of(slot, want->underrun);
	slot->fill = get_random_u32() | 1; /* never 0, which is written most */
	slack = slack_of(slot);
	if (!slack.before && !slack.behind)
		return true;
	if (!hold_slack(slot, &slack))
		return false;
	fill_slack(slot, &slack);
	let_slack_go(slot, &slack);
	return true;
}

static void *alloc_in(struct special_slot *slot, const struct pool_want *want)
{
	bool may_wait = want->irql < NTPOOL_IRQL_DISPATCH;

	slot->size = want->size;
	slot->flags = want->flags;
	slot->tag = want->tag;
	slot->caller = want->caller;
	WRITE_ONCE(slot->freeing, false);
	if (!give_memory(slot, may_wait)) {
		region_cancel(slot);
		return NULL;
	}
	if (!prepare(slot, want)) {
		region_mark_freed(slot);
		take_memory(slot, may_wait);
		return NULL;
	}
	return (void *)slot->block;
}

/**
 * special_alloc() - a block in special pool
 * @want: the allocation, valid and at a legal IRQL
 *
 * Context: that of the allocation.
 * Return: the block, zeroed; NULL where there is no room or no memory, which is no
 * failure: ordinary pool takes the allocation then.
 */
void *special_alloc(const struct pool_want *want)
{
	struct special_slot *slot = NULL;
	void *start = NULL;

	if (!(want->flags & NTPOOL_FLAG_NON_PAGED_EXECUTE) &&
	    region_ready(want->irql < NTPOOL_IRQL_DISPATCH))
		slot = region_take(DIV_ROUND_UP(want->size, PAGE_SIZE));
	if (slot)
		start = alloc_in(slot, want);
	atomic64_inc(start ? &allocs : &fallbacks);
	return start;
}

static unsigned long find_damage(const struct special_slot *slot,
				 const struct slack *slack)
{
	const u8 *behind = slack->page + PAGE_SIZE - slack->behind;

	return (unsigned long)(memchr_inv(behind, slot->fill, slack->behind) ?:
									       memchr_inv(slack->page, slot->fill,
											  slack->before));
}

/*
 * The first byte of the slack that is not as it was left; 0 if all are, or where the page
 * cannot be had any more.
 */
static unsigned long damaged_byte(struct special_slot *slot)
{
	struct slack slack = slack_of(slot);
	unsigned long damaged;

	if ((!slack.before && !slack.behind) || !hold_slack(slot, &slack))
		return 0;
	damaged = find_damage(slot, &slack);
	if (damaged)
		fill_slack(slot, &slack);
	let_slack_go(slot, &slack);
	return damaged;
}

/**
 * special_check() - the last look at a block that is to be freed
 * @start: the block, which was live and in special pool just now
 *
 * Has somebody written beside it, and does nobody else free it?  Damage is found once
 * and then repaired, so that the block can be freed after it has been told.  Where there
 * is no flaw the caller frees it: it is nobody else's any more.
 *
 * Context: a legal IRQL for the free.
 * Return: bug check 0xC1/20 [block, 0, 0], 23 or 24 [block, damaged byte, 0], or none.
 */
struct flaw special_check(unsigned long start)
{
	struct special_slot *slot = region_slot(region_page(start));
	unsigned long damaged;

	/* Who came first unmaps what would be looked at. */
	if (xchg(&slot->freeing, true))
		return special_flaw(SPECIAL_FREED_UNALLOCATED, start, 0, 0);
	damaged = damaged_byte(slot);
	if (!damaged)
		return (struct flaw){};
	WRITE_ONCE(slot->freeing, false);
	return special_flaw(damaged < start ? SPECIAL_DAMAGED_NEAR :
					      SPECIAL_DAMAGED_BEHIND,
			    start, damaged, 0);
}

/**
 * special_free() - take a block's memory, and keep its addresses
 * @start: the block, in no table any more
 *
 * Context: a legal IRQL for the free.
 */
void special_free(unsigned long start)
{
	struct special_slot *slot = region_slot(region_page(start));

	region_mark_freed(slot);
	take_memory(slot, ntpool_irql() < NTPOOL_IRQL_DISPATCH);
}

/**
 * special_reach() - how far it is to the end of a block's guard page
 * @start: a live block of any kind
 *
 * Context: any.
 * Return: bytes from @start; 0 if the block is not in special pool.
 */
u64 special_reach(unsigned long start)
{
	struct special_slot *page = region_page(start);

	return page ? slot_end(region_slot(page)) + PAGE_SIZE - start : 0;
}

/**
 * special_get_stats() - how special pool is used
 * @stats: filled
 *
 * Context: any.
 */
void special_get_stats(struct special_stats *stats)
{
	region_get_stats(stats);
	stats->allocs = atomic64_read(&allocs);
	stats->fallbacks = atomic64_read(&fallbacks);
}
EXPORT_FOR_TESTS(special_get_stats);

void special_init(void)
{
	paging_observe(special_fault);
}

void special_exit(void)
{
	flush_work(&dying_work);
	paging_observe(NULL);
	region_exit();
}
