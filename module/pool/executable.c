// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executable nonpaged pool (POOL_FLAG_NON_PAGED_EXECUTE): pages of their own that
 * can be written and executed at one address, as on NT.
 *
 * The kernel has no call for such memory, because it wants none: what it makes
 * executable it makes read-only first.  So the page-table entries are changed here,
 * and only where nobody has asked the kernel to defend its integrity (lockdown,
 * kernel_lockdown(7)).  On CPUs that track indirect branches, code that is called
 * through a pointer begins with ENDBR64; this is left to who writes it.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/security.h>
#include <linux/vmalloc.h>

#include "pool/internal.h"

static bool make_executable(unsigned long start, size_t size)
{
	unsigned long address;
	unsigned int level;
	pte_t *pte;

	for (address = start; address < start + size; address += PAGE_SIZE) {
		pte = lookup_address(address, &level);
		if (!pte || level != PG_LEVEL_4K)
			return false;
		set_pte(pte, pte_mkexec(*pte));
	}
	return true;
}

/**
 * executable_possible() - may there be memory for code
 * @gfp: of the allocation
 *
 * Context: any.
 */
bool executable_possible(gfp_t gfp)
{
	return gfpflags_allow_blocking(gfp) &&
	       !security_locked_down(LOCKDOWN_INTEGRITY_MAX);
}

/**
 * executable_alloc() - memory for code
 * @size: bytes, at least 1
 * @gfp: of the allocation
 *
 * A page that a CPU takes for not executable by an old TLB entry is looked up again
 * by the kernel's page-fault handler, so nothing needs to be flushed.
 *
 * Context: may sleep, else there is none: mapping is not possible at DISPATCH.
 * Return: page-aligned address, to be given back by vfree(); NULL without memory
 * or where the kernel is locked down.
 */
void *executable_alloc(size_t size, gfp_t gfp)
{
	void *start;

	if (!executable_possible(gfp))
		return NULL;
	start = __vmalloc(size, gfp);
	if (start && !make_executable((unsigned long)start, size)) {
		vfree(start);
		return NULL;
	}
	return start;
}
