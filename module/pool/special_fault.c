// SPDX-License-Identifier: GPL-2.0-only
/*
 * Special pool: what a touch of no memory is, and a free of no block.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/printk.h>

#include "core/core.h"
#include "pool/hooks.h"
#include "pool/internal.h"
#include "pool/special.h"

/**
 * special_contains() - is this an address of special pool, live or not
 * @address: any
 *
 * Context: any.
 */
bool special_contains(unsigned long address)
{
	return region_page(address);
}
EXPORT_FOR_TESTS(special_contains);

/**
 * special_judge_stray() - an address that no block starts at is to be freed
 * @address: in special pool
 *
 * Context: any.
 * Return: bug check 0xC1/21 [address, bytes asked for, bytes given] in a live block's
 * pages, 0xC1/20 [address, 0, 0] elsewhere.
 */
struct flaw special_judge_stray(unsigned long address)
{
	struct special_slot *page = region_page(address), *slot;

	if (READ_ONCE(page->state) != SPECIAL_LIVE)
		return special_flaw(SPECIAL_FREED_UNALLOCATED, address, 0, 0);
	slot = region_slot(page);
	return special_flaw(SPECIAL_FREED_INSIDE, address, slot->size,
			    (u64)slot->pages << PAGE_SHIFT);
}

/**
 * special_judge_free() - may a block in special pool be freed
 * @address: what is to be freed, in it
 * @info: the block
 * @irql: the current one
 * @tag: the tag given, 0 if none is to be checked
 *
 * Context: any but NMI.
 * Return: what is wrong: 0xC1/21; 31 [irql, type, address]; 0xC2/0A.  See special_check()
 * for the rest.
 */
struct flaw special_judge_free(unsigned long address,
			       const struct pool_block_info *info, u8 irql,
			       u32 tag)
{
	struct flaw flaw;

	if (info->start != address)
		return special_judge_stray(address);
	flaw = judge_free(address, info->flags, irql, info->tag, tag);
	if (flaw.code && flaw.param[0] == BAD_FREE_IRQL)
		return special_flaw(SPECIAL_FREE_IRQL, irql,
				    pool_type_of(info->flags & POOLS), address);
	return flaw;
}

/**
 * special_bad_irql() - an allocation from special pool at a wrong IRQL
 * @want: the allocation
 *
 * Raises bug check 0xC1/30 [irql, type, size].
 *
 * Context: any but NMI.
 */
void special_bad_irql(const struct pool_want *want)
{
	struct flaw flaw = special_flaw(SPECIAL_ALLOC_IRQL, want->irql,
					pool_type_of(want->flags), want->size);

	raise_flaw(&flaw);
}

/*
 * NT has two bug checks for each: one if the kernel itself did it, one if it was
 * a driver.  Who runs a driver's memcpy() is the kernel, there and here.
 */
static u32 code_of(u8 state, unsigned long ip)
{
	bool driver = ip >= MODULES_VADDR && ip < MODULES_END;

	if (state == SPECIAL_GUARD)
		return driver ? BUGCHECK_DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION :
				BUGCHECK_PAGE_FAULT_BEYOND_END_OF_ALLOCATION;
	return driver ? BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL :
			BUGCHECK_PAGE_FAULT_IN_FREED_SPECIAL_POOL;
}

/*
 * The block that a guard page was touched for: the nearer of its two neighbours,
 * counted from where each block's own bytes are.
 */
static const struct special_slot *neighbour(const struct special_slot *page,
					    unsigned long address)
{
	const struct special_slot *before = region_slot(page);
	const struct special_slot *after = region_page(PAGE_ALIGN(address + 1));

	if (!after || READ_ONCE(after->state) != SPECIAL_LIVE)
		return before;
	if (before == page || /* the region's first page */
	    after->block - address < address - (before->block + before->size))
		return after;
	return before;
}

static void tell_access(const struct special_slot *slot, unsigned long address,
			bool write, unsigned long ip)
{
	long offset = address - slot->block;
	char name[5];

	pr_err_ratelimited("ntpool: special pool: %s %pS (0x%lx) at 0x%lx, %ld bytes from the start of a %sblock of %zu bytes '%s' at 0x%lx, allocated by %pS\n",
			   write ? "write by" : "read by", (void *)ip, ip,
			   address, offset,
			   slot->state == SPECIAL_LIVE ? "" : "freed ",
			   slot->size, tag_name(slot->tag, name), slot->block,
			   (void *)slot->caller);
}

/**
 * special_fault() - what is a touch that paging found no memory for
 * @address: what was touched
 * @write: was it a store
 * @ip: the instruction
 *
 * Context: that of the touch, any but NMI.
 * Return: whether it was one of special pool's, which has been recorded then:
 * 0xCD or 0xD6 on a guard page, 0xCC or 0xD5 on a freed block's
 * [address, 0 read / 1 write, instruction, 0].
 */
bool special_fault(unsigned long address, bool write, unsigned long ip)
{
	const struct special_slot *page = region_page(address);
	u8 state = page ? READ_ONCE(page->state) : SPECIAL_UNUSED;

	if (state != SPECIAL_GUARD && state != SPECIAL_RETIRED)
		return false;
	tell_access(state == SPECIAL_GUARD ? neighbour(page, address) :
					     region_slot(page),
		    address, write, ip);
	ntpool_bugcheck(code_of(state, ip), address, write, ip, 0);
	return true;
}
