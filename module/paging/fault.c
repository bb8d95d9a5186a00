// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page-in: making a page of the arena present, by a fault or by a pin.
 *
 * A page that is in memory is mapped together with its neighbours in memory.  A
 * page that is not is read or made alone, unless the pages just before it have
 * been used: then the touch is taken for a part of a sequence, and a window
 * twice as long as that sequence comes in at once.  So a sequential load pays a
 * fault for 32 pages, and a scattered one brings in nothing it does not use.
 */
#include <linux/error-injection.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>

#include "core/core.h"
#include "core/trace.h"
#include "kcompat/folio_batch.h"
#include "paging/internal.h"

#define AROUND_PAGES 16 /* aligned window for pages already in memory */
#define WINDOW_PAGES 32 /* longest sequence brought in ahead */

DEFINE_PER_CPU(struct paging_counters, paging_counters);
atomic_long_t paging_resident, paging_resident_peak, paging_pinned;

/* The most there has been at a time; several may find that they are it. */
static void note_peak(void)
{
	long now = atomic_long_read(&paging_resident);
	long peak = atomic_long_read(&paging_resident_peak);

	while (now > peak &&
	       !atomic_long_try_cmpxchg(&paging_resident_peak, &peak, now))
		;
}

/*
 * Make a none entry map @page, which is locked and in the file.  1 if it does now, 0
 * where another thread was first, -EAGAIN where the range has been freed meanwhile.
 *
 * A free takes the range from the tree, then empties the entries, then truncates the
 * file, for which it needs the page's lock.  So if the tree has the range after our
 * entry was made, whoever frees it will see the entry.  If not, we take it back.
 */
static int install(struct segment *seg, unsigned long index, struct page *page)
{
	pte_t pte = pte_mkold(pte_mkclean(mk_pte(page, PAGE_KERNEL)));

	get_page(page);
	count_mapped(segment_table(seg, index), 1);
	if (cmpxchg64((u64 *)segment_pte(seg, index), 0, pte_val(pte))) {
		count_mapped(segment_table(seg, index), -1);
		put_page(page);
		return 0;
	}
	note_peak();
	if (likely(paging_contains(segment_address(seg, index))))
		return 1;
	take_back(seg, index);
	return -EAGAIN;
}

/*
 * Map a page of a locked folio, unless it has left the file or is broken.  Later our
 * reference keeps reclaim from it.  What a late touch of a freed range has made leaves
 * the file again, as there would be nobody to free it; unless the range has a new owner,
 * who may have come upon our entry and used the page.
 */
static int map_locked(struct segment *seg, struct folio *folio,
		      unsigned long index)
{
	struct address_space *mapping = segment_mapping(seg);
	struct page *page = folio_file_page(folio, index);
	int err;

	if (folio->mapping != mapping || !folio_test_uptodate(folio))
		return -EAGAIN;
	if (PageHWPoison(page))
		return -EIO;
	err = install(seg, index, page);
	if (err == -EAGAIN && !paging_contains(segment_address(seg, index)))
		kcompat_remove_folio(mapping, folio);
	return err;
}

static bool map_cached(struct segment *seg, struct folio *folio,
		       unsigned long index)
{
	int mapped;

	if (pte_present(*segment_pte(seg, index)) || !folio_trylock(folio))
		return false;
	mapped = map_locked(seg, folio, index);
	folio_unlock(folio);
	return mapped == 1;
}

/* Map what is in memory of the pages @first to @last; returns how many. */
static unsigned int map_around(const struct arena_range *range,
			       pgoff_t first, pgoff_t last)
{
	struct folio_batch batch;
	unsigned int mapped = 0, i;
	pgoff_t next = first;

	folio_batch_init(&batch);
	while (filemap_get_folios(segment_mapping(range->seg), &next, last,
				  &batch)) {
		for (i = 0; i < folio_batch_count(&batch); i++) {
			struct folio *folio = batch.folios[i];

			if (folio->index >= first && folio->index <= last)
				mapped += map_cached(range->seg, folio,
						     folio->index);
			folio_put(folio);
		}
		folio_batch_init(&batch);
	}
	return mapped;
}

/* How many pages before @index have been used since they were mapped. */
static unsigned int sequence_before(const struct arena_range *range,
				    unsigned long index)
{
	struct table *table = segment_table(range->seg, index);
	unsigned long lowest = max(table->first, range->first);
	unsigned int run = 0;

	while (run < WINDOW_PAGES && index - run > lowest) {
		pte_t pte = READ_ONCE(*segment_pte(range->seg,
						   index - run - 1));

		if (!pte_present(pte) || !pte_young(pte))
			break;
		run++;
	}
	return run;
}

static enum ntpool_fault_kind entry_kind(struct address_space *mapping,
					 void *entry, unsigned long index)
{
	struct folio *folio;

	if (!entry)
		return NTPOOL_FAULT_DEMAND_ZERO;
	if (!xa_is_value(entry))
		return NTPOOL_FAULT_TRANSITION;
	/* It has a slot, but swap's cache may still hold the page. */
	folio = kcompat_incore(mapping, index);
	if (!folio)
		return NTPOOL_FAULT_HARD;
	folio_put(folio);
	return NTPOOL_FAULT_TRANSITION;
}

/*
 * Bring one page in, from swap or as zeroes.  A shortage is reported, not
 * answered by killing processes: __GFP_RETRY_MAYFAIL.  A page that nobody waits
 * for is not worth even trying hard.
 */
static noinline int paging_bring_in(const struct arena_range *range,
				    unsigned long index, bool ahead)
{
	struct address_space *mapping = segment_mapping(range->seg);
	gfp_t gfp = mapping_gfp_mask(mapping) | __GFP_NOWARN |
		    (ahead ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL);
	struct page *page = shmem_read_mapping_page_gfp(mapping, index, gfp);
	struct folio *folio;
	int err;

	if (IS_ERR(page))
		return PTR_ERR(page) == -ENOSPC ? -ENOMEM : PTR_ERR(page);
	folio = page_folio(page);
	shrinker_note(folio);
	folio_lock(folio);
	err = map_locked(range->seg, folio, index);
	folio_unlock(folio);
	folio_put(folio);
	return min(err, 0);
}
/* So that a test can have the disk fail: /sys/kernel/debug/fail_function. */
ALLOW_ERROR_INJECTION(paging_bring_in, ERRNO);

/* Pages after @index that are of the same kind and follow a sequence. */
static unsigned int bring_in_ahead(const struct arena_range *range,
				   unsigned long index, bool in_swap)
{
	struct xarray *pages = &segment_mapping(range->seg)->i_pages;
	struct table *table = segment_table(range->seg, index);
	unsigned long end = min3(index + 2 * sequence_before(range, index),
				 index + WINDOW_PAGES,
				 table->first + table->pages);
	unsigned int done = 0;

	end = min(end, range->first + range->pages);
	for (index++; index < end; index++) {
		void *entry = xa_load(pages, index);

		if (in_swap ? !xa_is_value(entry) : entry != NULL)
			break;
		if (paging_bring_in(range, index, true))
			break;
		done++;
	}
	return done;
}

static void count_fault(enum ntpool_fault_kind kind)
{
	switch (kind) {
	case NTPOOL_FAULT_DEMAND_ZERO:
		paging_count(demand_zero, 1);
		break;
	case NTPOOL_FAULT_TRANSITION:
		paging_count(transition, 1);
		break;
	case NTPOOL_FAULT_HARD:
		paging_count(hard, 1);
		break;
	case NTPOOL_FAULT_NONE:
		break;
	}
}

static unsigned int around_cached(const struct arena_range *range,
				  unsigned long index)
{
	struct table *table = segment_table(range->seg, index);
	unsigned long first = round_down(index, AROUND_PAGES);
	unsigned long last = first + AROUND_PAGES - 1;

	first = max3(first, range->first, table->first);
	last = min3(last, range->first + range->pages - 1,
		    table->first + table->pages - 1);
	return map_around(range, first, last);
}

/**
 * page_in() - make a page present
 * @range: the allocation, as arena_find() gave it
 * @index: the page, in @range
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, -EIO where the page cannot be had; -EAGAIN where the
 * range was freed meanwhile.
 */
int page_in(const struct arena_range *range, unsigned long index)
{
	struct address_space *mapping = segment_mapping(range->seg);
	void *entry = xa_load(&mapping->i_pages, index);
	unsigned int mapped = 0;
	int err = 0;
	enum ntpool_fault_kind kind = entry_kind(mapping, entry, index);

	might_sleep();
	if (entry && !xa_is_value(entry))
		mapped = around_cached(range, index);
	if (!pte_present(READ_ONCE(*segment_pte(range->seg, index)))) {
		err = paging_bring_in(range, index, false);
		if (err)
			return err;
		mapped += 1;
		if (!entry || xa_is_value(entry))
			mapped += bring_in_ahead(range, index, entry != NULL);
	}
	count_fault(kind);
	if (mapped > 1)
		paging_count(around, mapped - 1);
	trace_ntpool_fault(segment_address(range->seg, index), kind, mapped);
	return 0;
}
EXPORT_FOR_TESTS(page_in);

/* NT: KERNEL_DATA_INPAGE_ERROR [PTE, status, content of the PTE, address]. */
static u32 in_page_error(const struct fault *fault,
			 const struct arena_range *range, int err)
{
	pte_t *ptep = segment_pte(range->seg,
				  segment_index(range->seg, fault->address));
	u32 status = err == -ENOMEM ? NTPOOL_STATUS_INSUFFICIENT_RESOURCES :
				      NTPOOL_STATUS_IN_PAGE_ERROR;

	paging_count(failed, 1);
	if (!fault_is_expected(fault))
		ntpool_bugcheck(BUGCHECK_KERNEL_DATA_INPAGE_ERROR,
				(unsigned long)ptep, status, pte_val(*ptep),
				fault->address);
	return status;
}

static paging_observer observer;

/**
 * paging_observe() - have somebody above told of touches of no memory
 * @observe: see paging.h; NULL for nobody
 *
 * Context: any.  One that is taken out may still be called for a moment.
 */
void paging_observe(paging_observer observe)
{
	WRITE_ONCE(observer, observe);
}

/* Who knows the address says what its touch is; else NT's general answer. */
static u32 no_memory_there(const struct fault *fault)
{
	paging_observer observe = READ_ONCE(observer);
	bool write = fault_access(fault) == FAULT_WRITE;

	if (!fault_is_expected(fault) &&
	    (!observe || !observe(fault->address, write, fault->regs->ip)))
		fault_bad_address(fault);
	return NTPOOL_STATUS_ACCESS_VIOLATION;
}

/* A touch by code that may not wait for the page. */
static u32 must_be_there(const struct fault *fault,
			 const struct arena_range *range)
{
	unsigned long index = segment_index(range->seg, fault->address);

	/* Another CPU may have brought it in since the fault. */
	if (pte_present(READ_ONCE(*segment_pte(range->seg, index))))
		return NTPOOL_STATUS_SUCCESS;
	paging_count(refused, 1);
	if (!fault_is_expected(fault))
		ntpool_bugcheck(BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
				fault->address, ntpool_irql(),
				fault_access(fault), fault->regs->ip);
	return NTPOOL_STATUS_ACCESS_VIOLATION;
}

/*
 * Serve a page fault of kernel code, anywhere between the lowest and the highest
 * segment, in the context of that code.  Where the touch must fail the bug check is
 * recorded: 0x50, or what paging_observe()'s observer says, for an address that is
 * not allocated, 0xD1 for a page that is out where waiting is not allowed, 0x7A for
 * a page that cannot be had.  Code that expects the touch to fail gets no bug check.
 */
static u32 serve(struct fault *fault)
{
	struct arena_range range;
	int err;

	if (!arena_find(fault->address, &range))
		return no_memory_there(fault);
	if (pagefault_disabled() || ntpool_irql() >= NTPOOL_IRQL_DISPATCH)
		return must_be_there(fault, &range);
	err = page_in(&range, segment_index(range.seg, fault->address));
	/* Freed meanwhile: the instruction will fault again, on what is there now. */
	if (!err || err == -EAGAIN)
		return NTPOOL_STATUS_SUCCESS;
	fault->cause = in_page_error(fault, &range, err);
	return NTPOOL_STATUS_IN_PAGE_ERROR;
}

const struct fault_pager paging_pager = {
	.may_be_ours = paging_may_be_ours,
	.serve = serve,
};
