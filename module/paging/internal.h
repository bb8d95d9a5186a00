/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What paging's files share.
 *
 * DOC: how a page lives
 *
 * A segment is a stretch of vmalloc address space and a shmem file of the same
 * length: page i of the one is page i of the other.  A page-table entry (PTE)
 * of a segment is either none or maps a page of the file.  While it maps one, it
 * owns a reference to it, which keeps the kernel's reclaim away from it.
 *
 * PTEs change without a lock, by atomic operations alone:
 *
 *   none -> present	compare-and-exchange, by page-in.  Who loses the race
 *			drops his reference.
 *   present -> none	compare-and-exchange from the value last seen, by trim,
 *			or exchange, by free.  Who took the entry out owns its
 *			reference, and drops it after the TLBs have been flushed.
 *   accessed -> old	clear_bit, by the second chance.
 *   pinned bit		compare-and-exchange on a present entry, by pin and
 *			unpin under pin_mutex.  Trim leaves pinned entries alone.
 *
 * At reserved addresses (reserve.c) their owner alone maps frames of his own; these
 * entries have the pinned bit too, and are in none of the counts.
 *
 * A new entry is neither accessed nor dirty: the CPU sets both bits, so that
 * "accessed" means used since mapped and "dirty" means the page must be written.
 *
 * A page is mapped under its lock in the file, which truncation takes: see install().
 *
 * Lock order: arena_mutex, pin_mutex, trim_mutex.  Page-in takes none of them but
 * the lock of the page, so that allocating memory under the first two may lead to
 * trimming; under trim_mutex nothing is allocated, and reclaim only ever tries it.
 */
#ifndef NTPOOL_PAGING_INTERNAL_H
#define NTPOOL_PAGING_INTERNAL_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/xarray.h>

#include "paging/paging.h"
#include "seh/seh.h"

#define TABLE_PAGES PTRS_PER_PTE
#define PTE_PINNED  _PAGE_SPECIAL

/**
 * struct table - one page of PTEs, the part of it that a segment owns
 * @pte: entry of the first page
 * @first: index of that page in the segment
 * @pages: how many entries belong to the segment
 * @resident: present ones among them; may be more for a moment, never fewer, since
 *	      who takes entries out stops looking when it is 0
 */
struct table {
	pte_t *pte;
	unsigned long first;
	unsigned int pages;
	atomic_t resident;
};

/**
 * struct segment - address space and the file behind it
 * @node: in paging_segments; appended under arena_mutex, never taken out
 *	  before the module goes, so that readers need no lock
 * @start: first address
 * @pages: length
 * @file: shmem file of the same length
 * @pins: page index to pin count, as values; under pin_mutex
 * @tables_count: elements of @tables
 * @tables: the page tables, in order
 */
struct segment {
	struct list_head node;
	unsigned long start;
	unsigned long pages;
	struct file *file;
	struct xarray pins;
	unsigned long tables_count;
	struct table tables[];
};

/* Counters of one CPU; paging_get_stats() adds them up. */
struct paging_counters {
	u64 demand_zero;
	u64 transition;
	u64 hard;
	u64 refused;
	u64 failed;
	u64 around;
	u64 trimmed;
	u64 batches;
	u64 written;
};

DECLARE_PER_CPU(struct paging_counters, paging_counters);
#define paging_count(field, n) this_cpu_add(paging_counters.field, (n))

extern struct list_head paging_segments;
extern atomic_long_t paging_resident, paging_resident_peak, paging_pinned;

/* segment.c */
struct segment *segment_create(unsigned long pages);
void segment_destroy(struct segment *seg);

static inline struct address_space *segment_mapping(const struct segment *seg)
{
	return seg->file->f_mapping;
}

static inline unsigned long segment_index(const struct segment *seg,
					  unsigned long address)
{
	return (address - seg->start) >> PAGE_SHIFT;
}

static inline unsigned long segment_address(const struct segment *seg,
					    unsigned long index)
{
	return seg->start + (index << PAGE_SHIFT);
}

static inline struct table *segment_table(struct segment *seg,
					  unsigned long index)
{
	unsigned long address = segment_address(seg, index);

	return &seg->tables[(address >> PMD_SHIFT) - (seg->start >> PMD_SHIFT)];
}

static inline pte_t *segment_pte(struct segment *seg, unsigned long index)
{
	struct table *table = segment_table(seg, index);

	return table->pte + (index - table->first);
}

/**
 * struct arena_range - one allocation
 * @seg: the segment it lies in
 * @first: index of its first page there
 * @pages: its length
 */
struct arena_range {
	struct segment *seg;
	unsigned long first;
	unsigned long pages;
};

/* arena.c */
struct segment *segment_of(unsigned long address);
bool arena_find(unsigned long address, struct arena_range *range);
void arena_exit(void);
unsigned long arena_pages(void);
unsigned long arena_reserved_pages(void);

/* promise.c */
bool can_promise(unsigned long allocated, unsigned long pages);

/* fault.c */
int page_in(const struct arena_range *range, unsigned long index);
extern const struct fault_pager paging_pager;

/* pin.c */
unsigned long unpin_all(struct segment *seg, unsigned long index,
			unsigned long pages);

/* trim.c */
unsigned long trim_range(struct segment *seg, unsigned long index,
			 unsigned long pages);
void zap_range(struct segment *seg, unsigned long index, unsigned long pages);
unsigned long trim_old(unsigned long want, unsigned int rounds);
void take_back(struct segment *seg, unsigned long index);
void trim_reset(void);
void paging_flush_tlb(void);
void paging_flush_this_cpu(void *unused);

/* writeout.c */
int write_out(struct segment *seg, unsigned long index, unsigned long pages,
	      unsigned long *written);

/* stranded.c */
bool drop_swap_copy(struct folio *folio);
unsigned long stranded_pages(void);
unsigned long drop_stranded(unsigned long want);

/* shrinker.c */
int shrinker_init(void);
void shrinker_exit(void);
void shrinker_note(struct folio *folio);

/* The accounts of what is mapped: @n entries of a table come or have gone. */
static inline void count_mapped(struct table *table, int n)
{
	atomic_add(n, &table->resident);
	atomic_long_add(n, &paging_resident);
}

#endif /* NTPOOL_PAGING_INTERNAL_H */
