// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of somebody's own at addresses he has reserved: nonpaged memory with
 * holes in it, which vmalloc() does not have.
 *
 * The page tables of a segment exist from its start, so that mapping and
 * unmapping need neither memory nor a lock, and are possible at any IRQL.
 */
#include <linux/smp.h>

#include "core/core.h"
#include "paging/internal.h"

static pte_t *reserved_pte(unsigned long address)
{
	unsigned int level;
	pte_t *ptep = lookup_address(address, &level);

	return WARN_ON_ONCE(!ptep || level != PG_LEVEL_4K) ? NULL : ptep;
}

/**
 * paging_map() - map a frame at a reserved address
 * @address: page-aligned, from paging_reserve(), with no memory there
 * @page: the frame; whoever maps it takes it out again
 *
 * Context: any.
 */
void paging_map(unsigned long address, struct page *page)
{
	pte_t pte = __pte(pte_val(mk_pte(page, PAGE_KERNEL)) | PTE_PINNED);
	pte_t *ptep = reserved_pte(address);

	if (ptep)
		WARN_ON_ONCE(cmpxchg64((u64 *)ptep, 0, pte_val(pte)));
}
EXPORT_FOR_TESTS(paging_map);

/**
 * paging_unmap() - undo paging_map()
 * @address: as there
 *
 * Until paging_flush() other CPUs may still reach the frame by old translations.
 *
 * Context: any.
 * Return: the frame, or NULL if there was none.
 */
struct page *paging_unmap(unsigned long address)
{
	pte_t *ptep = reserved_pte(address);
	pte_t pte = __pte(ptep ? xchg((u64 *)ptep, 0) : 0);

	return pte_present(pte) ? pte_page(pte) : NULL;
}
EXPORT_FOR_TESTS(paging_unmap);

/**
 * paging_flush() - make CPUs forget what has been unmapped
 * @all_cpus: all, and wait for them; else this one alone
 *
 * Context: may sleep for all CPUs, else any but NMI.
 */
void paging_flush(bool all_cpus)
{
	if (all_cpus)
		paging_flush_tlb();
	else
		paging_flush_this_cpu(NULL);
}
EXPORT_FOR_TESTS(paging_flush);
