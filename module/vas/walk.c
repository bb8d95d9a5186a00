// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk through the page tables, as the CPU makes it.
 *
 * Interrupts are off on the way, as in the kernel's own lockless walk
 * (get_user_pages_fast): page tables are freed only after an interrupt has been
 * taken by every CPU that uses them, or after an RCU grace period.  The mmap
 * lock held for reading would not do: munmap() frees tables with it held so.
 *
 * Where a machine has fewer levels than the kernel can handle, a level that is
 * missing is folded into the one below: its entry is the same entry.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "core/core.h"
#include "vas/internal.h"
#include "vas/vas.h"

static unsigned int index_at(unsigned long address, unsigned int shift,
			     unsigned int entries)
{
	return (address >> shift) & (entries - 1);
}

static void fill_indexes(struct ntpool_walk *walk, unsigned long address)
{
	unsigned int n = 0;

	walk->index[n++] = index_at(address, PGDIR_SHIFT, PTRS_PER_PGD);
	if (PTRS_PER_P4D > 1)
		walk->index[n++] = index_at(address, P4D_SHIFT, PTRS_PER_P4D);
	if (PTRS_PER_PUD > 1)
		walk->index[n++] = index_at(address, PUD_SHIFT, PTRS_PER_PUD);
	if (PTRS_PER_PMD > 1)
		walk->index[n++] = index_at(address, PMD_SHIFT, PTRS_PER_PMD);
	walk->index[n++] = index_at(address, PAGE_SHIFT, PTRS_PER_PTE);
	walk->levels = n;
}

/* Note an entry; is there one? */
static bool note(struct ntpool_walk *walk, u64 entry)
{
	if (!entry)
		return false;
	walk->entry[walk->depth++] = entry;
	return true;
}

static void found(struct ntpool_walk *walk, unsigned long address,
		  unsigned long pfn, unsigned int shift)
{
	unsigned long offset = address & ((1UL << shift) - 1);

	walk->page_shift = shift;
	walk->frame = pfn + (offset >> PAGE_SHIFT);
}

static void walk_pte(struct ntpool_walk *walk, unsigned long address, pmd_t pmd)
{
	pte_t pte = ptep_get(pte_offset_kernel(&pmd, address));

	if (note(walk, pte_val(pte)) && pte_present(pte))
		found(walk, address, pte_pfn(pte), PAGE_SHIFT);
}

static void walk_pmd(struct ntpool_walk *walk, unsigned long address,
		     pud_t *pudp, pud_t pud)
{
	pmd_t pmd = READ_ONCE(*pmd_offset_lockless(pudp, pud, address));

	if (!note(walk, pmd_val(pmd)) || !pmd_present(pmd))
		return;
	if (pmd_leaf(pmd))
		found(walk, address, pmd_pfn(pmd), PMD_SHIFT);
	else
		walk_pte(walk, address, pmd);
}

static void walk_pud(struct ntpool_walk *walk, unsigned long address,
		     p4d_t *p4dp, p4d_t p4d)
{
	pud_t *pudp = pud_offset_lockless(p4dp, p4d, address);
	pud_t pud = READ_ONCE(*pudp);

	if (PTRS_PER_PMD > 1 && !note(walk, pud_val(pud)))
		return;
	if (!pud_present(pud))
		return;
	if (pud_leaf(pud))
		found(walk, address, pud_pfn(pud), PUD_SHIFT);
	else
		walk_pmd(walk, address, pudp, pud);
}

static void walk_p4d(struct ntpool_walk *walk, unsigned long address,
		     pgd_t *pgdp, pgd_t pgd)
{
	p4d_t *p4dp = p4d_offset_lockless(pgdp, pgd, address);
	p4d_t p4d = READ_ONCE(*p4dp);

	if (PTRS_PER_PUD > 1 && !note(walk, p4d_val(p4d)))
		return;
	if (p4d_present(p4d) && !p4d_leaf(p4d))
		walk_pud(walk, address, p4dp, p4d);
}

static void walk_pgd(struct ntpool_walk *walk, unsigned long address,
		     pgd_t *pgdp)
{
	pgd_t pgd = READ_ONCE(*pgdp);

	if (PTRS_PER_P4D > 1 && !note(walk, pgd_val(pgd)))
		return;
	if (pgd_present(pgd))
		walk_p4d(walk, address, pgdp, pgd);
}

/*
 * init_mm is not exported.  On x86 every address space has the kernel's half in
 * its top-level table, so the one in use serves; elsewhere the kernel has a
 * tree of its own, which a module cannot get at.
 */
static pgd_t *top_entry(struct mm_struct *mm, unsigned long address)
{
	if (mm)
		return pgd_offset(mm, address);
	if (IS_ENABLED(CONFIG_X86))
		return pgd_offset(current->active_mm, address);
	return NULL;
}

static bool canonical(unsigned long address)
{
	return address < USER_HALF_END || address >= SYSTEM_HALF_START;
}

/**
 * vas_walk() - walk the page tables
 * @mm: of the running process for a user address, NULL for a system one; see also
 *	vas_walk_process()
 * @address: in the half that @mm says; the CPU refuses a non-canonical one
 *	     before it looks at any table, so that nothing is found for it
 * @walk: the fields levels, depth, page_shift, entry, index and frame are set
 *
 * An empty entry ends the walk and is not counted in depth.  Of a page that is
 * not present (in swap, say) there is an entry but no page_shift and no frame.
 *
 * Context: any; as of now.
 * Return: 0, or -EOPNOTSUPP for system addresses on CPUs other than x86.
 */
int vas_walk(struct mm_struct *mm, u64 address, struct ntpool_walk *walk)
{
	pgd_t *pgdp = top_entry(mm, address);
	unsigned long flags;

	walk->depth = 0;
	walk->page_shift = 0;
	walk->frame = 0;
	memset(walk->entry, 0, sizeof(walk->entry));
	memset(walk->index, 0, sizeof(walk->index));
	fill_indexes(walk, address);
	if (!canonical(address))
		return 0;
	if (!pgdp)
		return -EOPNOTSUPP;

	local_irq_save(flags);
	walk_pgd(walk, address, pgdp);
	local_irq_restore(flags);
	return 0;
}
EXPORT_FOR_TESTS(vas_walk);

/**
 * vas_walk_process() - walk the page tables of any process
 * @mm: its address space; the caller has a user's reference, so that it does not end
 * @address: of user space
 * @walk: as in vas_walk()
 *
 * That interrupts are off keeps tables only from who asks this CPU before he frees
 * them, and he need not ask a CPU that does not run the process.  So the mmap lock
 * is taken as well: for writing, as munmap() goes on to free with it held for
 * reading.  Who frees without it, such as khugepaged, waits for an RCU grace period,
 * and that for interrupts that are off.
 *
 * Context: may sleep; the caller holds no mmap lock.
 * Return: 0, or -EINTR where the caller was killed while he waited.
 */
int vas_walk_process(struct mm_struct *mm, u64 address,
		     struct ntpool_walk *walk)
{
	int err;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	err = vas_walk(mm, address, walk);
	mmap_write_unlock(mm);
	return err;
}
