/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pageable kernel memory: address ranges whose pages live in shmem files.  A
 * page that is not mapped comes in by a page fault; trimming unmaps pages, and
 * from then on the kernel's own reclaim may write them to swap.
 *
 * All addresses are ordinary kernel pointers, stable until paging_free().
 */
#ifndef NTPOOL_PAGING_H
#define NTPOOL_PAGING_H

#include <linux/ntpool.h>
#include <linux/pgtable.h>
#include <linux/types.h>

/**
 * struct paging_page - where one page is, as of now
 * @state: enum ntpool_page_state
 * @flags: NTPOOL_PAGE_*
 * @frame: page frame number, 0 unless resident or in transition
 * @slot: offset in the swap device, 0 unless swapped
 */
struct paging_page {
	u32 state;
	u32 flags;
	unsigned long frame;
	unsigned long slot;
};

/*
 * Sums over all CPUs, as of now.  The fields are those of struct ntpool_stats with the same names.
 */
struct paging_stats {
	u64 demand_zero_faults;
	u64 transition_faults;
	u64 hard_faults;
	u64 refused_faults;
	u64 failed_faults;
	u64 mapped_around;
	u64 trimmed;
	u64 trim_batches;
	u64 written_out;
	u64 resident_pages;
	u64 resident_peak;
	u64 pinned_pages;
	u64 swapped_pages;
	u64 arena_pages;
	u64 arena_reserved_pages;
};

/**
 * struct paging_pages - the pages of a range by where they are, as of now
 * @committed: those that have memory, or will when they are touched
 * @resident: of these, mapped
 * @transition: of these, in memory and not mapped
 * @swapped: of these, in swap only
 */
struct paging_pages {
	u64 committed;
	u64 resident;
	u64 transition;
	u64 swapped;
};

int paging_start(void);
void paging_stop(void);

/* Does paged memory page?  If not, paging_reason() says why; else it is "". */
bool paging_active(void);
const char *paging_reason(void);

void *paging_alloc(unsigned long pages);
void paging_free(void *start);
bool paging_contains(unsigned long address);
bool paging_may_be_ours(unsigned long address);
const pte_t *paging_pte(unsigned long address);

/* Addresses without memory, and memory at some of them: see reserve.c. */
unsigned long paging_reserve(unsigned long pages);
void paging_unreserve(unsigned long start, unsigned long pages);
bool paging_fill(unsigned long start, unsigned long pages);
void paging_empty(unsigned long start);
void paging_map(unsigned long address, struct page *page);
struct page *paging_unmap(unsigned long address);
void paging_flush(bool all_cpus);

/*
 * Asked about a touch of an address of the arena that has no memory; true if he
 * has recorded a bug check.  Called as the fault comes, in any context but NMI.
 */
typedef bool (*paging_observer)(unsigned long address, bool write,
				unsigned long ip);
void paging_observe(paging_observer observer);

int paging_pin(unsigned long address, unsigned long pages);
void paging_unpin(unsigned long address, unsigned long pages);
int paging_pin_pages(unsigned long address, unsigned long count,
		     struct page **pages);
void paging_unpin_pages(unsigned long address, unsigned long count,
			struct page **pages);
unsigned long paging_trim_range(unsigned long address, unsigned long pages);
int paging_write_out_range(unsigned long address, unsigned long pages,
			   unsigned long *written);
unsigned long paging_trim_all(void);
int paging_write_out_all(unsigned long *written);

int paging_look(unsigned long address, struct paging_page *page);
void paging_get_stats(struct paging_stats *stats);

/* The arena from its lowest address up: segments, runs in them, and what is there. */
bool paging_next_segment(unsigned long *from, unsigned long *last);
bool paging_run(unsigned long address, unsigned long *last);
void paging_survey(unsigned long first, unsigned long last,
		   struct paging_pages *pages);

#endif /* NTPOOL_PAGING_H */
