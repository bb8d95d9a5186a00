// SPDX-License-Identifier: GPL-2.0-only
/*
 * MDLs with pages of their own ("MmAllocatePagesForMdlEx", "MmFreePagesFromMdl",
 * Windows driver documentation).
 */
#include <linux/export.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/math.h>
#include <linux/mm.h>

#include "core/core.h"
#include "io/mdl.h"
#include "pool/pool.h"

#define OFFERED                                                       \
	(MM_DONT_ZERO_ALLOCATION | MM_ALLOCATE_FROM_LOCAL_NODE_ONLY | \
	 MM_ALLOCATE_FULLY_REQUIRED | MM_ALLOCATE_NO_WAIT |           \
	 MM_ALLOCATE_PREFER_CONTIGUOUS)

/* Pages outside the ranges that are put aside before the search is given up. */
#define ASIDE_MAX 4096

/**
 * struct page_ranges - where pages may come from
 * @low: first byte of the first range
 * @high: its last
 * @skip: from one range's start to the next one's; 0 for one range
 */
struct page_ranges {
	u64 low;
	u64 high;
	u64 skip;
};

static bool in_ranges(const struct page_ranges *r, struct page *page)
{
	u64 first = page_to_phys(page), last = first + PAGE_SIZE - 1, n;

	if (first < r->low)
		return false;
	if (last <= r->high || !r->skip)
		return last <= r->high;
	/* The first range that does not end before the page does. */
	n = DIV_ROUND_UP_ULL(last - r->high, r->skip);
	return r->low + n * r->skip <= first;
}

static gfp_t gfp_for(const struct page_ranges *r, ULONG flags)
{
	bool wait = ntpool_irql() < NTPOOL_IRQL_DISPATCH &&
		    !(flags & MM_ALLOCATE_NO_WAIT);
	gfp_t gfp = __GFP_NOWARN |
		    (wait ? GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL :
			    GFP_ATOMIC);

	if (flags & MM_ALLOCATE_FROM_LOCAL_NODE_ONLY)
		gfp |= __GFP_THISNODE;
	if (IS_ENABLED(CONFIG_ZONE_DMA) && !r->skip &&
	    r->high <= DMA_BIT_MASK(24))
		gfp |= GFP_DMA;
	else if (!r->skip && r->high <= DMA_BIT_MASK(32))
		gfp |= GFP_DMA32;
	return gfp;
}

/* As many as there are; what lies elsewhere is kept until it is not offered again. */
static unsigned long take_pages(struct mdl_hold *hold,
				const struct page_ranges *ranges, gfp_t gfp,
				bool zero)
{
	unsigned long taken = 0, others = 0;
	struct page *page, *next;
	LIST_HEAD(aside);

	while (taken < hold->count && others < ASIDE_MAX) {
		page = alloc_page(gfp);
		if (!page)
			break;
		if (!in_ranges(ranges, page)) {
			list_add(&page->lru, &aside);
			others++;
			continue;
		}
		if (zero)
			clear_highpage(page);
		hold->pages[taken++] = page;
	}
	list_for_each_entry_safe(page, next, &aside, lru)
		__free_page(page);
	return taken;
}

static bool enough(unsigned long taken, unsigned long wanted, ULONG flags)
{
	return flags & MM_ALLOCATE_FULLY_REQUIRED ? taken == wanted : taken > 0;
}

static PMDL describe(struct mdl_hold *hold, SIZE_T bytes)
{
	PMDL mdl = IoAllocateMdl(NULL, bytes, FALSE, FALSE, NULL);
	unsigned long flags, i;

	if (!mdl)
		return NULL;
	for (i = 0; i < hold->count; i++)
		MmGetMdlPfnArray(mdl)[i] = page_to_pfn(hold->pages[i]);
	hold->mdl = mdl;
	hold->write = true;
	mdl->MdlFlags |= MDL_PAGES_LOCKED;
	spin_lock_irqsave(&mdl_table_lock, flags);
	mdl_hold_enter_locked(hold);
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return mdl;
}

static PMDL allocate(const struct page_ranges *ranges, SIZE_T bytes, ULONG flags,
		     unsigned long caller)
{
	unsigned long pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
	struct mdl_hold *hold = mdl_hold_alloc(NULL, pages, MDL_OF_ITS_OWN,
					       caller);
	PMDL mdl = NULL;

	if (!hold)
		return NULL;
	hold->count = take_pages(hold, ranges, gfp_for(ranges, flags),
				 !(flags & MM_DONT_ZERO_ALLOCATION));
	if (enough(hold->count, pages, flags))
		mdl = describe(hold, min_t(u64, bytes,
					   (u64)hold->count << PAGE_SHIFT));
	if (!mdl)
		mdl_let_go(hold, NULL);
	return mdl;
}

static PMDL allocate_checked(PHYSICAL_ADDRESS low, PHYSICAL_ADDRESS high,
			     PHYSICAL_ADDRESS skip, SIZE_T bytes, ULONG flags,
			     unsigned long caller)
{
	const struct page_ranges ranges = {
		.low = low.QuadPart,
		.high = high.QuadPart,
		.skip = skip.QuadPart,
	};

	if (ntpool_irql() > NTPOOL_IRQL_DISPATCH) {
		mdl_violation(MDL_PAGES_IRQL, ntpool_irql(),
			      NTPOOL_IRQL_DISPATCH, 0);
		return NULL;
	}
	if (!bytes || bytes > MDL_LENGTH_MAX ||
	    !PAGE_ALIGNED(ranges.skip) || (flags & ~OFFERED))
		return NULL;
	return allocate(&ranges, bytes, flags, caller);
}

/**
 * MmAllocatePagesForMdlEx() - an MDL with pages of its own
 * @LowAddress: first byte of the first range of memory that is good enough
 * @HighAddress: its last byte
 * @SkipBytes: from there to the next range, page-aligned; 0 for one range
 * @TotalBytes: how much, up to 4 GB less a page; fewer pages may come
 * @CacheType: memory is cached in any case
 * @Flags: MM_*; without MM_DONT_ZERO_ALLOCATION the pages are zeroed.  Contiguous
 *	   chunks cannot be required
 *
 * The pages are locked, and not mapped.  MmFreePagesFromMdl() frees them,
 * ExFreePool() the MDL.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the MDL, whose byte count says how much there is; NULL for nothing, and
 * for less than all with MM_ALLOCATE_FULLY_REQUIRED.
 */
PMDL MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
			     PHYSICAL_ADDRESS HighAddress,
			     PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
			     MEMORY_CACHING_TYPE CacheType, ULONG Flags)
{
	return allocate_checked(LowAddress, HighAddress, SkipBytes, TotalBytes,
				Flags, _RET_IP_);
}
EXPORT_SYMBOL_GPL(MmAllocatePagesForMdlEx);

/**
 * MmAllocatePagesForMdl() - the same, older: zeroed pages
 * @LowAddress: as there
 * @HighAddress: as there
 * @SkipBytes: as there
 * @TotalBytes: as there
 *
 * Context: IRQL <= DISPATCH.
 * Return: as there.
 */
PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress,
			   PHYSICAL_ADDRESS HighAddress,
			   PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes)
{
	return allocate_checked(LowAddress, HighAddress, SkipBytes, TotalBytes,
				0, _RET_IP_);
}
EXPORT_SYMBOL_GPL(MmAllocatePagesForMdl);

/**
 * MmFreePagesFromMdl() - free the pages of such an MDL, and its mapping
 * @MemoryDescriptorList: from MmAllocatePagesForMdlEx(); any other is told as one
 *			  that is unlocked without being locked
 *
 * The MDL itself is left for ExFreePool().
 *
 * Context: IRQL <= DISPATCH.
 */
VOID MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
	PMDL mdl = MemoryDescriptorList;
	struct mdl_map *map = NULL;
	struct mdl_hold *hold;
	unsigned long flags;

	if (mdl_irql_refused(MDL_PAGES_IRQL, NTPOOL_IRQL_DISPATCH, 0))
		return;
	spin_lock_irqsave(&mdl_table_lock, flags);
	hold = mdl_hold_find_locked(mdl);
	if (hold && hold->source == MDL_OF_ITS_OWN) {
		map = mdl_hold_take_map_locked(hold);
		mdl_hold_remove_locked(hold);
		mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
		mdl->MappedSystemVa = NULL;
	} else {
		hold = NULL;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	if (hold)
		mdl_let_go(hold, map);
	else
		mdl_bad_unlock(mdl);
}
EXPORT_SYMBOL_GPL(MmFreePagesFromMdl);
