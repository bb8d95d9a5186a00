// SPDX-License-Identifier: GPL-2.0-only
/*
 * MDLs whose pages need no locking: of nonpaged pool, and of a part of another
 * MDL ("MmBuildMdlForNonPagedPool", "IoBuildPartialMdl", Windows driver
 * documentation).
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "core/core.h"
#include "io/mdl.h"
#include "paging/paging.h"
#include "pool/pool.h"

static bool any_pageable(unsigned long start, unsigned long pages)
{
	unsigned long i;

	if (start < TASK_SIZE_MAX)
		return true;
	for (i = 0; i < pages; i++)
		if (paging_contains(start + (i << PAGE_SHIFT)))
			return true;
	return false;
}

/* Fill in the frames; false if there is no memory at some page. */
static bool find_frames(PMDL mdl)
{
	PPFN_NUMBER pfn = MmGetMdlPfnArray(mdl);
	unsigned long i, pages = mdl_pages_of(mdl);

	for (i = 0; i < pages; i++) {
		struct page *page = mdl_system_page(
			(unsigned long)mdl->StartVa + (i << PAGE_SHIFT), false);

		if (!page)
			return false;
		pfn[i] = page_to_pfn(page);
	}
	return true;
}

/**
 * MmBuildMdlForNonPagedPool() - have an MDL describe nonpaged memory
 * @MemoryDescriptorList: new, of a buffer in nonpaged pool or other nonpaged system
 *			  memory; of pageable memory it is 0xC4/7F [irql, mdl,
 *			  flags], and stays as it was
 *
 * Its system address is the buffer's own.  It is neither locked nor unlocked.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
	PMDL mdl = MemoryDescriptorList;

	if (any_pageable((unsigned long)mdl->StartVa, mdl_pages_of(mdl)) ||
	    !find_frames(mdl)) {
		mdl_violation(MDL_BUILD_PAGED, ntpool_irql(),
			      (unsigned long)mdl, (u16)mdl->MdlFlags);
		return;
	}
	mdl->Process = NULL;
	mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
	mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
}
EXPORT_SYMBOL_GPL(MmBuildMdlForNonPagedPool);

/* --- partial MDLs --------------------------------------------------------- */

/* Bytes there are for frame numbers; Size cannot tell of more than 32 KB. */
static size_t room_of(PMDL mdl)
{
	struct pool_block_info info;

	if (mdl->Size != 0x7FFF || !pool_find((unsigned long)mdl, &info))
		return mdl->Size;
	return info.start + info.size - (unsigned long)mdl;
}

/* Bug checks 0x12E and 0x40, whose documents name this call alone. */
static bool partial_fits(PMDL source, PMDL target, unsigned long start,
			 u64 length, ULONG asked)
{
	unsigned long from = (unsigned long)MmGetMdlVirtualAddress(source);

	if (start < from || start - from > source->ByteCount ||
	    length > source->ByteCount - (start - from)) {
		ntpool_bugcheck(BUGCHECK_INVALID_MDL_RANGE,
				(unsigned long)source, (unsigned long)target,
				start, asked);
		return false;
	}
	if (MmSizeOfMdl((PVOID)start, length) > room_of(target)) {
		ntpool_bugcheck(BUGCHECK_TARGET_MDL_TOO_SMALL,
				(unsigned long)source, (unsigned long)target,
				start, asked);
		return false;
	}
	return true;
}

/* The partial MDL's hold points to the one with the pages, not to one between. */
static bool know_parent(struct mdl_hold *hold, PMDL source, unsigned long first)
{
	struct mdl_hold *of_source;
	unsigned long flags;

	spin_lock_irqsave(&mdl_table_lock, flags);
	of_source = mdl_hold_find_locked(source);
	if (of_source) {
		hold->parent = of_source->parent ?: of_source;
		hold->first = of_source->first + first;
		refcount_inc(&hold->parent->refs);
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return of_source;
}

/* What the target was partial of before; it may be built again and again. */
static void replace(PMDL target, struct mdl_hold *hold)
{
	struct mdl_map *map = NULL;
	struct mdl_hold *old;
	unsigned long flags;

	spin_lock_irqsave(&mdl_table_lock, flags);
	old = mdl_hold_find_locked(target);
	if (old && old->source == MDL_OF_PARENT) {
		map = mdl_hold_take_map_locked(old);
		mdl_hold_remove_locked(old);
	} else {
		old = NULL;
	}
	if (hold)
		mdl_hold_enter_locked(hold);
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	mdl_let_go(old, map);
}

static void fill(PMDL source, PMDL target, unsigned long start, ULONG length)
{
	CSHORT shared = MDL_IO_PAGE_READ | MDL_SOURCE_IS_NONPAGED_POOL |
			MDL_MAPPED_TO_SYSTEM_VA | MDL_IO_SPACE;
	unsigned long skip = start -
			     (unsigned long)MmGetMdlVirtualAddress(source);

	target->Process = source->Process;
	target->StartVa = (PVOID)(start & PAGE_MASK);
	target->ByteOffset = offset_in_page(start);
	target->ByteCount = length;
	target->MappedSystemVa = source->MappedSystemVa ?
					 source->MappedSystemVa + skip :
					 NULL;
	memcpy(MmGetMdlPfnArray(target),
	       MmGetMdlPfnArray(source) +
		       ((target->StartVa - source->StartVa) >> PAGE_SHIFT),
	       mdl_pages_of(target) * sizeof(PFN_NUMBER));
	target->MdlFlags &= MDL_ALLOCATED_FIXED_SIZE;
	target->MdlFlags |= MDL_PARTIAL | (source->MdlFlags & shared);
	if (source->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
		target->MdlFlags |= MDL_PARENT_MAPPED_SYSTEM_VA;
}

/* False without memory: then the target describes nothing. */
static bool tie(PMDL source, PMDL target, unsigned long first,
		unsigned long caller)
{
	struct mdl_hold *hold = mdl_hold_alloc(target, 0, MDL_OF_PARENT, caller);

	if (!hold)
		return false;
	if (!know_parent(hold, source, first)) {
		kvfree(hold);
		hold = NULL; /* of nonpaged pool: nothing to be held */
	}
	replace(target, hold);
	return true;
}

/**
 * IoBuildPartialMdl() - have an MDL describe a part of another's buffer
 * @SourceMdl: locked, or of nonpaged pool
 * @TargetMdl: gets the part; large enough, else bug check 0x40; its earlier part is
 *	       forgotten
 * @VirtualAddress: where the part begins, an address as @SourceMdl has it
 * @Length: its bytes; 0: up to the end.  A part that is none is bug check 0x12E
 *	    [source, target, address, length]
 *
 * It shares the parent's mapping, if there is one by now; otherwise it can have
 * one of its own, which keeps the pages even if the parent is unlocked.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress,
		       ULONG Length)
{
	unsigned long start = (unsigned long)VirtualAddress;
	unsigned long end = (unsigned long)MmGetMdlVirtualAddress(SourceMdl) +
			    SourceMdl->ByteCount;
	ULONG length = Length ?: (start < end ? end - start : 0);

	if (!partial_fits(SourceMdl, TargetMdl, start, length, Length))
		return;
	if (tie(SourceMdl, TargetMdl,
		((start & PAGE_MASK) - (unsigned long)SourceMdl->StartVa) >>
			PAGE_SHIFT,
		_RET_IP_))
		fill(SourceMdl, TargetMdl, start, length);
	else
		TargetMdl->MdlFlags = 0;
}
EXPORT_SYMBOL_GPL(IoBuildPartialMdl);
