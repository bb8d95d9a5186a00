// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeing: the rules of ExFreePoolWithTag (Windows driver documentation, wdm.h),
 * and what breaking them is: "Bug check 0xC2: BAD_POOL_CALLER".
 */
#include <linux/export.h>
#include <linux/io.h>
#include <linux/mm.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/hooks.h"
#include "pool/internal.h"
#include "pool/release.h"
#include "pool/small_fast.h"
#include "pool/special.h"

/**
 * raise_flaw() - raise the bug check that was found
 * @flaw: it
 *
 * Context: any but NMI.
 * Return: the number of the record.
 */
u64 raise_flaw(const struct flaw *flaw)
{
	return ntpool_bugcheck(flaw->code, flaw->param[0], flaw->param[1],
			       flaw->param[2], flaw->param[3]);
}

/* A tag that is not the block's own; none at all frees what is not protected. */
static bool tag_will_do(u32 own_tag, u32 tag)
{
	return tag ? release_tolerates_tag(own_tag) :
		     !(own_tag & PROTECTED_POOL);
}

/**
 * judge_free() - may a block be freed
 * @start: its address
 * @flags: NTPOOL_FLAG_* that say its pool
 * @irql: the current one
 * @own_tag: its tag
 * @tag: the tag given, 0 if none is to be checked
 *
 * Context: any.
 * Return: what is wrong.
 */
struct flaw judge_free(unsigned long start, u64 flags, u8 irql, u32 own_tag,
		       u32 tag)
{
	if (irql > pool_highest_irql(pool_flags_paged(flags)))
		return bad_caller(BAD_FREE_IRQL, irql,
				  pool_type_of(flags & POOLS), start);
	if (unlikely(tag != own_tag) && !tag_will_do(own_tag, tag))
		return bad_caller(BAD_FREE_TAG, start, own_tag, tag);
	return (struct flaw){};
}

static pool_free_observer free_observer;

/**
 * pool_observe_frees() - have somebody above asked about blocks that are freed
 * @observer: see pool.h; NULL for nobody
 *
 * Context: any.
 */
void pool_observe_frees(pool_free_observer observer)
{
	WRITE_ONCE(free_observer, observer);
}

/* Bug check 0xC7 [0 timer or 1 DPC, address, start of the block, its end]. */
static struct flaw judge_contents(unsigned long start, size_t size)
{
	pool_free_observer observer = READ_ONCE(free_observer);
	struct flaw flaw = {};

	if (observer && observer(start, size, flaw.param))
		flaw.code = BUGCHECK_TIMER_OR_DPC_INVALID;
	return flaw;
}

/**
 * judge_block() - may a block be freed that is the caller's to free
 * @start: its address
 * @size: bytes
 * @owner: quota account charged, 0 if none
 * @tag: its tag
 *
 * Context: IRQL <= DISPATCH.
 * Return: what is wrong: 0xC4/CC, a live head of a lookaside list in it; 0xC2/0D, a
 * quota account that there is not; 0xC7, a timer that is set or a DPC that is queued.
 */
struct flaw judge_block(unsigned long start, size_t size, u32 owner, u32 tag)
{
	struct ntpool_lookaside *list =
		lookaside_may_be_in(size) ? lookaside_in(start, size) : NULL;

	if (list)
		return (struct flaw){
			.code = BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			.param = { BAD_HEAD_FREED, (unsigned long)list, start,
				   size },
		};
	if (owner && !quota_knows(owner))
		return bad_caller(BAD_QUOTA_OWNER, start, tag, owner);
	return verifier_is_on() ? judge_contents(start, size) :
				  (struct flaw){};
}

/* An address in which there is no block. */
static struct flaw judge_stray(unsigned long address)
{
	if (address < TASK_SIZE_MAX)
		return bad_caller(BAD_FREE_USER, address, PAGE_OFFSET, 0);
	if (special_contains(address))
		return special_judge_stray(address);
	if (paging_may_be_ours(address))
		return bad_caller(BAD_FREE_PAGED, address, 0, 0);
	if (virt_addr_valid((void *)address))
		return bad_caller(BAD_FREE_NONPAGED, address,
				  virt_to_phys((void *)address) >> PAGE_SHIFT,
				  (virt_to_phys(high_memory - 1) >> PAGE_SHIFT));
	return bad_caller(BAD_FREE_ADDRESS, address, 0, 0);
}

static struct flaw judge_large(unsigned long address,
			       const struct pool_block_info *info, u8 irql,
			       u32 tag)
{
	if (special_contains(address))
		return special_judge_free(address, info, irql, tag);
	if (info->start != address)
		return bad_caller(BAD_FREE_INSIDE, address,
				  offset_in_page(address), info->size);
	return judge_free(address, info->flags, irql, info->tag, tag);
}

static struct flaw judge_found(const struct pool_block_info *info)
{
	return judge_block(info->start, info->size, info->owner, info->tag);
}

static struct flaw free_large(unsigned long address, u32 tag, u8 irql)
{
	struct pool_block_info info;
	struct pool_block *block;
	struct flaw flaw;

	if (!blocks_find(address, &info))
		return judge_stray(address);
	flaw = judge_large(address, &info, irql, tag);
	if (!flaw.code)
		flaw = judge_found(&info);
	if (!flaw.code && special_contains(address))
		flaw = special_check(address);
	if (flaw.code)
		return flaw;
	block = blocks_remove(&info);
	if (!block) /* another thread freed it just now */
		return judge_stray(address);
	large_free(block);
	return flaw;
}

static noinline u64 free_slowly(unsigned long address, u32 tag,
				unsigned long caller)
{
	void *start = (void *)address;
	u8 irql = irql_now();
	struct tracked *tracked;
	struct flaw flaw = {};

	if (!start)
		return 0;
	tracked = verifier_freeing(start);
	if (address < TASK_SIZE_MAX)
		flaw = judge_stray(address);
	else if (!small_free(address, tag, irql, &flaw))
		flaw = free_large(address, tag, irql);
	verifier_freed(start, tracked, !flaw.code);
	if (!flaw.code)
		return 0;
	verifier_judges(&flaw, address, tag, caller);
	return raise_flaw(&flaw);
}

/**
 * ntpool_free() - free a block (ExFreePoolWithTag)
 * @start: what ntpool_alloc() returned; NULL is let through
 * @tag: the tag of the allocation, or 0 not to check it
 *
 * What must not be freed is a bug check, and stays as it is:
 *
 * 0xC2/07 [0, header, address] freed before, as far as its page is still a page of
 * small blocks; /09 [irql, type, address]; /0A [address, its tag, tag given]; /40
 * [address, start of system space, 0] a user address; /41 [address, frame, highest
 * frame], /46 and /48 [address, 0, 0] memory, other address space and paged pool in
 * which there is no block; /50 [address, offset in page, size] inside a block.
 *
 * 0x19/05 to 0A: the block's header is damaged; /20 [header, next header, 0] the next
 * one's; /21 [block, size, bytes behind it] it was written beyond its end.
 *
 * 0xC1/20 to 31 of a block in special pool, 0xC4/10 to 13 instead of 0xC2 where the
 * verifier's settings choose the block: see special_judge_free() and
 * verifier_judge_free().
 *
 * Context: as for the allocation: IRQL <= APC for paged blocks, else <= DISPATCH.
 * Return: 0, or the number of the bug check's record.
 */
u64 ntpool_free(void *start, u32 tag)
{
	unsigned long address = (unsigned long)start;

	if (!verifier_watches() && small_free_quickly(address, tag))
		return 0;
	return free_slowly(address, tag, _RET_IP_);
}
EXPORT_SYMBOL_GPL(ntpool_free);

/**
 * pool_let_go() - free a block of the module's own that drivers have had in their hands
 * @start: the block, or NULL
 * @tag: its tag
 *
 * What they have done to it is told by the bug check of the free.  A block of special
 * pool is repaired then, and freed after all; another stays.
 *
 * Context: as ntpool_free().
 */
void pool_let_go(void *start, u32 tag)
{
	if (ntpool_free(start, tag) && special_contains((unsigned long)start))
		ntpool_free(start, tag);
}
