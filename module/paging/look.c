// SPDX-License-Identifier: GPL-2.0-only
/* Where a page is, and the sums of what has happened: looking, not touching. */
#include <linux/rculist.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "core/core.h"
#include "paging/internal.h"

static void look_present(pte_t pte, struct paging_page *page)
{
	page->state = NTPOOL_PAGE_RESIDENT;
	page->frame = pte_pfn(pte);
	if (pte_young(pte))
		page->flags |= NTPOOL_PAGE_ACCESSED;
	if (pte_dirty(pte) || PageDirty(pte_page(pte)))
		page->flags |= NTPOOL_PAGE_DIRTY;
	if (pte_flags(pte) & PTE_PINNED)
		page->flags |= NTPOOL_PAGE_PINNED;
}

static void look_swapped(struct address_space *mapping, unsigned long index,
			 void *entry, struct paging_page *page)
{
	swp_entry_t slot = radix_to_swp_entry(entry);
	struct folio *folio;

	page->state = NTPOOL_PAGE_SWAPPED;
	/* What shmem leaves of a page that could not be read. */
	if (!kcompat_is_slot(slot)) {
		page->flags |= NTPOOL_PAGE_LOST;
		return;
	}
	page->slot = swp_offset(slot);
	folio = kcompat_incore(mapping, index);
	if (!folio)
		return;
	page->flags |= NTPOOL_PAGE_SWAP_CACHED;
	if (folio_test_writeback(folio))
		page->flags |= NTPOOL_PAGE_WRITEBACK;
	folio_put(folio);
}

/**
 * paging_look() - where is a page
 * @address: any address in it
 * @page: filled on success
 *
 * Nothing is brought in; by the time the caller looks at the answer the page
 * may be elsewhere.
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL if the address is not allocated.
 */
int paging_look(unsigned long address, struct paging_page *page)
{
	struct arena_range range;
	unsigned long index;
	struct folio *folio;
	void *entry;
	pte_t pte;

	if (!arena_find(address, &range))
		return -EINVAL;
	memset(page, 0, sizeof(*page));
	index = segment_index(range.seg, address);
	rcu_read_lock();
	pte = READ_ONCE(*segment_pte(range.seg, index));
	entry = xa_load(&segment_mapping(range.seg)->i_pages, index);
	if (pte_present(pte)) {
		look_present(pte, page);
	} else if (entry && !xa_is_value(entry)) {
		folio = entry;
		page->state = NTPOOL_PAGE_TRANSITION;
		page->frame = page_to_pfn(folio_file_page(folio, index));
		if (folio_test_dirty(folio))
			page->flags |= NTPOOL_PAGE_DIRTY;
	}
	rcu_read_unlock();
	if (page->state == NTPOOL_PAGE_UNTOUCHED && entry)
		look_swapped(segment_mapping(range.seg), index, entry, page);
	return 0;
}
EXPORT_FOR_TESTS(paging_look);

static u64 swapped_pages(void)
{
	struct segment *seg;
	u64 pages = 0;

	list_for_each_entry(seg, &paging_segments, node) {
		long all = file_inode(seg->file)->i_blocks >>
			   (PAGE_SHIFT - SECTOR_SHIFT);
		long cached = READ_ONCE(segment_mapping(seg)->nrpages);

		/* The two are not read at one moment. */
		if (all > cached)
			pages += all - cached;
	}
	return pages;
}

/**
 * paging_get_stats() - sums over all CPUs
 * @stats: filled
 *
 * Context: may sleep.
 */
void paging_get_stats(struct paging_stats *stats)
{
	int cpu;

	memset(stats, 0, sizeof(*stats));
	for_each_possible_cpu(cpu) {
		struct paging_counters *c = per_cpu_ptr(&paging_counters, cpu);

		stats->demand_zero_faults += READ_ONCE(c->demand_zero);
		stats->transition_faults += READ_ONCE(c->transition);
		stats->hard_faults += READ_ONCE(c->hard);
		stats->refused_faults += READ_ONCE(c->refused);
		stats->failed_faults += READ_ONCE(c->failed);
		stats->mapped_around += READ_ONCE(c->around);
		stats->trimmed += READ_ONCE(c->trimmed);
		stats->trim_batches += READ_ONCE(c->batches);
		stats->written_out += READ_ONCE(c->written);
	}
	stats->resident_pages = atomic_long_read(&paging_resident);
	stats->resident_peak = atomic_long_read(&paging_resident_peak);
	stats->pinned_pages = atomic_long_read(&paging_pinned);
	stats->swapped_pages = swapped_pages();
	stats->arena_pages = arena_pages();
	stats->arena_reserved_pages = arena_reserved_pages();
}
EXPORT_FOR_TESTS(paging_get_stats);

/**
 * paging_pte() - the page-table entry of an allocated page
 * @address: any address in it
 *
 * For looking only: whether the page is present may change at any time.
 *
 * Context: any but NMI.
 * Return: the entry, which stays where it is until paging_free(); NULL if the
 * address is not allocated.
 */
const pte_t *paging_pte(unsigned long address)
{
	struct arena_range range;

	if (!arena_find(address, &range))
		return NULL;
	return segment_pte(range.seg, segment_index(range.seg, address));
}
