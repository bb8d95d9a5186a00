// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trim: taking pages out of the page tables.
 *
 * Entries are gathered by the hundred, the TLBs of all CPUs are flushed once,
 * and only then are the pages let go: until the flush another CPU may still
 * read and write them through an old translation.  A write through one sets no
 * dirty bit, but can only happen if the bit was set before, in the entry that we
 * took out.
 */
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/smp.h>

#include "core/trace.h"
#include "core/core.h"
#include "kcompat/tlb.h"
#include "paging/internal.h"

/* One gathering at a time.  Nothing is allocated under it; see internal.h. */
static DEFINE_MUTEX(trim_mutex);

/* Entries taken out, not flushed yet; under trim_mutex. */
static struct {
	bool freeing; /* not by a trim: none of its statistics */
	unsigned int count;
	unsigned long last; /* address of the last one */
	pte_t pte[TABLE_PAGES];
} gathered;

/* Where the second chance goes on; under trim_mutex. */
static struct {
	struct segment *seg;
	unsigned long table;
} hand;

/**
 * paging_flush_this_cpu() - make this CPU forget all kernel translations
 * @unused: so that other CPUs can be asked to
 *
 * Context: preemption off.
 */
void paging_flush_this_cpu(void *unused)
{
	kcompat_flush_tlb_all();
}

/**
 * paging_flush_tlb() - make all CPUs forget all kernel translations
 *
 * Ranges cannot be flushed singly: flush_tlb_kernel_range() is not exported,
 * and INVLPG of our own would miss the other PCIDs where page-table isolation
 * keeps kernel entries out of the global ones.
 *
 * Context: interrupts on.
 */
void paging_flush_tlb(void)
{
	on_each_cpu(paging_flush_this_cpu, NULL, 1);
}

static void let_go(pte_t pte)
{
	struct page *page = pte_page(pte);

	if (pte_dirty(pte))
		set_page_dirty(page);
	put_page(page);
}

/* Flush, let the gathered pages go, and begin again. */
static void gather_end(void)
{
	unsigned int i;

	lockdep_assert_held(&trim_mutex);
	if (!gathered.count)
		return;
	paging_flush_tlb();
	for (i = 0; i < gathered.count; i++)
		let_go(gathered.pte[i]);
	if (!gathered.freeing) {
		paging_count(trimmed, gathered.count);
		paging_count(batches, 1);
		trace_ntpool_trim(gathered.last, gathered.count);
	}
	gathered.count = 0;
}

static void gather(struct segment *seg, unsigned long index, pte_t pte)
{
	lockdep_assert_held(&trim_mutex);
	gathered.pte[gathered.count++] = pte;
	gathered.last = segment_address(seg, index);
	count_mapped(segment_table(seg, index), -1);
	if (gathered.count == ARRAY_SIZE(gathered.pte))
		gather_end();
}

/* Empty an entry unless it is pinned; false if there was nothing to take. */
static bool take_out(pte_t *ptep, pte_t *taken)
{
	pte_t pte = READ_ONCE(*ptep);

	do {
		if (!pte_present(pte) || (pte_flags(pte) & PTE_PINNED))
			return false;
		/* The CPU may set accessed or dirty at any time: try again. */
	} while (!try_cmpxchg64((u64 *)ptep, (u64 *)&pte.pte, 0));
	*taken = pte;
	return true;
}

/**
 * take_back() - empty an entry that was made too late
 * @seg: the segment
 * @index: the page
 *
 * Takes no lock, so that page-in may do it whatever is held.
 *
 * Context: interrupts on.
 */
void take_back(struct segment *seg, unsigned long index)
{
	pte_t pte;

	if (!take_out(segment_pte(seg, index), &pte))
		return;
	paging_flush_tlb();
	count_mapped(segment_table(seg, index), -1);
	let_go(pte);
}

/* Take the pages of one table that have not been used since the last visit. */
static unsigned int take_old(struct segment *seg, struct table *table)
{
	unsigned int i, taken = 0;
	pte_t pte;

	for (i = 0; i < table->pages && atomic_read(&table->resident); i++) {
		pte_t *ptep = table->pte + i;

		if (!pte_present(READ_ONCE(*ptep)) ||
		    test_and_clear_bit(_PAGE_BIT_ACCESSED,
				       (unsigned long *)ptep))
			continue;
		if (take_out(ptep, &pte)) {
			gather(seg, table->first + i, pte);
			taken++;
		}
	}
	return taken;
}

static bool hand_forward(void)
{
	if (hand.seg && ++hand.table < hand.seg->tables_count)
		return true;
	if (hand.seg && !list_is_last(&hand.seg->node, &paging_segments))
		hand.seg = list_next_entry(hand.seg, node);
	else
		hand.seg = list_first_or_null_rcu(&paging_segments,
						  struct segment, node);
	hand.table = 0;
	return hand.seg;
}

static unsigned long all_tables(void)
{
	struct segment *seg;
	unsigned long n = 0;

	list_for_each_entry(seg, &paging_segments, node)
		n += seg->tables_count;
	return n;
}

/**
 * trim_old() - trim pages that have not been used for a round of the hand
 * @want: stop when this many are out; up to a table's worth more may go
 * @rounds: stop when the hand has been round this often; two are enough to find
 *	    pages to trim wherever there are any
 *
 * Each page gets a second chance: the hand clears its accessed bit when it
 * comes by, and takes it when it comes by again and finds it still clear.
 *
 * Context: may sleep; reclaim too.  Returns at once if another thread trims.
 * Return: pages trimmed.
 */
unsigned long trim_old(unsigned long want, unsigned int rounds)
{
	unsigned long taken = 0, left;

	if (!mutex_trylock(&trim_mutex))
		return 0;
	for (left = rounds * all_tables(); left && taken < want; left--) {
		if (!hand_forward())
			break;
		taken += take_old(hand.seg, &hand.seg->tables[hand.table]);
	}
	gather_end();
	mutex_unlock(&trim_mutex);
	return taken;
}
EXPORT_FOR_TESTS(trim_old);

static unsigned int take_all(struct segment *seg, struct table *table,
			     unsigned long index, unsigned long end)
{
	unsigned int taken = 0;
	pte_t pte;

	end = min(end, table->first + table->pages);
	for (; index < end && atomic_read(&table->resident); index++) {
		if (take_out(segment_pte(seg, index), &pte)) {
			gather(seg, index, pte);
			taken++;
		}
	}
	return taken;
}

static unsigned long take_range(struct segment *seg, unsigned long index,
				unsigned long pages, bool freeing)
{
	unsigned long end = index + pages, taken = 0;

	mutex_lock(&trim_mutex);
	gathered.freeing = freeing;
	while (index < end) {
		struct table *table = segment_table(seg, index);

		taken += take_all(seg, table, index, end);
		index = table->first + table->pages;
		cond_resched();
	}
	gather_end();
	gathered.freeing = false;
	mutex_unlock(&trim_mutex);
	return taken;
}

/**
 * trim_range() - trim all pages of a range but the pinned ones
 * @seg: the segment
 * @index: first page
 * @pages: how many
 *
 * Context: may sleep.
 * Return: pages trimmed.
 */
unsigned long trim_range(struct segment *seg, unsigned long index,
			 unsigned long pages)
{
	return take_range(seg, index, pages, false);
}

/**
 * zap_range() - empty a range that is being freed
 * @seg: the segment
 * @index: first page
 * @pages: how many
 *
 * What is pinned in a range that is freed was pinned by somebody who will touch
 * it again: told, and taken all the same.
 *
 * Context: may sleep.
 */
void zap_range(struct segment *seg, unsigned long index, unsigned long pages)
{
	unsigned long pinned = unpin_all(seg, index, pages);

	if (pinned)
		pr_warn_ratelimited("ntpool: %s[%d] frees paged memory of which %lu pages are pinned\n",
				    current->comm, current->pid, pinned);
	take_range(seg, index, pages, true);
}

/**
 * trim_reset() - forget the hand's place before segments go
 *
 * Context: may sleep; nobody trims any more.
 */
void trim_reset(void)
{
	hand.seg = NULL;
	hand.table = 0;
}
