// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocating and freeing blocks: the rules of ExAllocatePool2 and
 * ExFreePoolWithTag (Windows driver documentation, wdm.h).
 */
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"

#define POOLS (NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_NON_PAGED_EXECUTE | \
	       NTPOOL_FLAG_PAGED)
#define KNOWN (POOLS | NTPOOL_FLAG_USE_QUOTA | NTPOOL_FLAG_UNINITIALIZED | \
	       NTPOOL_FLAG_SESSION | NTPOOL_FLAG_CACHE_ALIGNED |           \
	       NTPOOL_FLAG_RAISE_ON_FAILURE)

/* First parameters of 0xC2 BAD_POOL_CALLER. */
enum bad_caller {
	BAD_ALLOC_IRQL = 0x08,	 /* [irql, pool, size] */
	BAD_FREE_IRQL = 0x09,	 /* [irql, pool, address] */
	BAD_FREE_TAG = 0x0A,	 /* [address, tag of it, tag given] */
	BAD_FREE_USER = 0x40,	 /* [address, system start, 0] */
	BAD_FREE_ADDRESS = 0x46, /* [address, 0, 0] */
	BAD_FREE_INSIDE = 0x50,	 /* [address, offset in page, size] */
};

/**
 * pool_flags_valid() - would ExAllocatePool2 take these flags
 * @flags: POOL_FLAG_*
 *
 * Exactly one pool; an unknown flag in the low 32 bits is wrong, one in the
 * high 32 bits is optional and ignored.
 */
bool pool_flags_valid(u64 flags)
{
	return is_power_of_2(flags & POOLS) && !(lower_32_bits(flags) & ~KNOWN);
}
EXPORT_FOR_TESTS(pool_flags_valid);

/**
 * pool_tag_valid() - is this a tag
 * @tag: four characters, the first in the lowest byte
 *
 * One to four characters from 0x20 to 0x7E; after the last only zeroes.
 */
bool pool_tag_valid(u32 tag)
{
	bool ended = false;
	int i;

	for (i = 0; i < 4; i++, tag >>= 8) {
		u8 c = tag;

		if (c && (ended || c < 0x20 || c > 0x7E))
			return false;
		ended |= !c;
		if (!i && ended)
			return false;
	}
	return true;
}
EXPORT_FOR_TESTS(pool_tag_valid);

static gfp_t gfp_for(u64 flags, u8 irql)
{
	gfp_t gfp = irql < NTPOOL_IRQL_DISPATCH ?
			    GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL :
			    GFP_ATOMIC;

	if (!(flags & NTPOOL_FLAG_UNINITIALIZED))
		gfp |= __GFP_ZERO;
	return gfp | __GFP_NOWARN;
}

static void *memory_for(struct pool_block_info *info, gfp_t gfp,
			enum pool_source *source)
{
	size_t size = info->size;

	if (pool_flags_paged(info->flags)) {
		*source = SOURCE_ARENA;
		return paging_alloc(DIV_ROUND_UP(size, PAGE_SIZE));
	}
	if (info->flags & NTPOOL_FLAG_CACHE_ALIGNED)
		size = max_t(size_t, size, L1_CACHE_BYTES);
	return nonpaged_alloc(size, gfp, source);
}

static void memory_free(const struct pool_block *block)
{
	void *start = (void *)block->info.start;

	if (block->source == SOURCE_ARENA)
		paging_free(start);
	else
		nonpaged_free(start, block->info.size, block->source);
}

static struct pool_block *make_block(const struct pool_block_info *want,
				     gfp_t gfp)
{
	struct pool_block *block = kmalloc(sizeof(*block), gfp & ~__GFP_ZERO);
	void *start;

	if (!block)
		return NULL;
	block->info = *want;
	block->row = tag_row(want->tag, gfp);
	start = block->row ? memory_for(&block->info, gfp, &block->source) :
			     NULL;
	if (!start) {
		kfree(block);
		return NULL;
	}
	block->info.start = (unsigned long)start;
	if (blocks_insert(block, gfp)) {
		memory_free(block);
		kfree(block);
		return NULL;
	}
	return block;
}

/**
 * ntpool_alloc() - allocate a block (ExAllocatePool2)
 * @flags: NTPOOL_FLAG_*, exactly one of PAGED, NON_PAGED, NON_PAGED_EXECUTE
 * @size: bytes
 * @tag: see NTPOOL_TAG()
 *
 * The block is zeroed unless UNINITIALIZED.  It is 16-byte aligned, page-aligned
 * from PAGE_SIZE on, and does not cross a page up to PAGE_SIZE.  Paged blocks
 * take whole pages.  SPECIAL_POOL is not offered and falls back to ordinary
 * pool, as it may on NT; executable pool is not offered and fails.
 *
 * Context: IRQL <= DISPATCH; paged pool at <= APC, above it is bug check
 * 0xC2/08 [irql, pool, size].
 * Return: the block, or NULL: no memory, wrong flags, size 0, not a tag, wrong
 * IRQL.
 */
void *ntpool_alloc(u64 flags, size_t size, u32 tag)
{
	const struct pool_block_info want = {
		.size = size,
		.flags = flags,
		.tag = tag,
	};
	struct pool_block *block;
	u8 irql = ntpool_irql();

	if (!pool_flags_valid(flags) || !pool_tag_valid(tag) || !size ||
	    size > SSIZE_MAX)
		return NULL;
	if (irql > (pool_flags_paged(flags) ? NTPOOL_IRQL_APC :
					      NTPOOL_IRQL_DISPATCH)) {
		ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_ALLOC_IRQL, irql,
				flags & POOLS, size);
		return NULL;
	}
	block = flags & NTPOOL_FLAG_NON_PAGED_EXECUTE ? NULL :
							make_block(&want, gfp_for(flags, irql));
	if (!block) {
		pool_count_failure();
		return NULL;
	}
	tag_count_alloc(block->row, pool_flags_paged(flags), size);
	return (void *)block->info.start;
}
EXPORT_SYMBOL_GPL(ntpool_alloc);

/* What is wrong with freeing this address: a record's number, or 0. */
static u64 check_address(unsigned long address, struct pool_block_info *info)
{
	if (address < TASK_SIZE_MAX)
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_FREE_USER,
				       address, PAGE_OFFSET, 0);
	if (!pool_find(address, info))
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER,
				       BAD_FREE_ADDRESS, address, 0, 0);
	if (info->start != address)
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER,
				       BAD_FREE_INSIDE, address,
				       offset_in_page(address), info->size);
	return 0;
}

static u64 check_free(const struct pool_block_info *info, u32 tag)
{
	bool paged = pool_flags_paged(info->flags);
	u8 irql = ntpool_irql();

	if (irql > (paged ? NTPOOL_IRQL_APC : NTPOOL_IRQL_DISPATCH))
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_FREE_IRQL,
				       irql, info->flags & POOLS, info->start);
	if (tag && tag != info->tag)
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_FREE_TAG,
				       info->start, info->tag, tag);
	return 0;
}

/**
 * ntpool_free() - free a block (ExFreePoolWithTag)
 * @start: what ntpool_alloc() returned; NULL is let through
 * @tag: the tag of the allocation, or 0 not to check it
 *
 * A wrong address, tag or IRQL is bug check 0xC2 BAD_POOL_CALLER, and the block
 * stays: 0A [address, its tag, tag given], 09 [irql, pool, address], 40 for a
 * user address, 46 for an address of no block (or freed before), 50 for one
 * inside a block.
 *
 * Context: as for the allocation: IRQL <= APC for paged blocks, else <= DISPATCH.
 * Return: 0, or the number of the bug check's record.
 */
u64 ntpool_free(void *start, u32 tag)
{
	unsigned long address = (unsigned long)start;
	struct pool_block_info info;
	struct pool_block *block;
	u64 wrong;

	if (!start)
		return 0;
	wrong = check_address(address, &info) ?: check_free(&info, tag);
	if (wrong)
		return wrong;
	block = blocks_remove(address);
	if (!block) /* another thread freed it just now */
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER,
				       BAD_FREE_ADDRESS, address, 0, 0);
	tag_count_free(block->row, pool_flags_paged(info.flags), info.size);
	memory_free(block);
	kfree_rcu(block, rcu);
	return 0;
}
EXPORT_SYMBOL_GPL(ntpool_free);

static bool page_span(const void *address, size_t length, unsigned long *pages)
{
	unsigned long start = (unsigned long)address, last;

	if (!length || check_add_overflow(start, length - 1, &last))
		return false;
	*pages = (last >> PAGE_SHIFT) - (start >> PAGE_SHIFT) + 1;
	return true;
}

/**
 * ntpool_pin() - bring a range of a paged block in and keep it
 * @address: in a paged block
 * @length: bytes, at least 1, within the block
 *
 * Until ntpool_unpin() the range can be touched at any IRQL.  Pins add up.
 *
 * Context: IRQL <= APC.
 * Return: 0; -EINVAL if that is no range of one paged block; -ENOMEM, -EIO if a
 * page cannot be had, and then nothing is pinned.
 */
int ntpool_pin(const void *address, size_t length)
{
	unsigned long pages;

	if (!page_span(address, length, &pages))
		return -EINVAL;
	return paging_pin((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_pin);

/**
 * ntpool_unpin() - undo one ntpool_pin()
 * @address: as there
 * @length: as there
 *
 * Context: IRQL <= APC.
 */
void ntpool_unpin(const void *address, size_t length)
{
	unsigned long pages;

	if (page_span(address, length, &pages))
		paging_unpin((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_unpin);

/**
 * ntpool_trim() - take a range of a paged block out of the working set
 * @address: in a paged block
 * @length: bytes, at least 1
 *
 * Context: IRQL <= APC.
 * Return: pages taken out; 0 if that is no paged block.
 */
unsigned long ntpool_trim(const void *address, size_t length)
{
	unsigned long pages;

	if (!page_span(address, length, &pages))
		return 0;
	return paging_trim_range((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_trim);

/**
 * ntpool_write_out() - write a range's trimmed pages to swap
 * @address: in a paged block
 * @length: bytes, at least 1
 *
 * Context: IRQL <= APC; waits for the disk.
 * Return: pages written, fewer than trimmed where swap is full; -ENOMEM.
 */
long ntpool_write_out(const void *address, size_t length)
{
	unsigned long pages;

	if (!page_span(address, length, &pages))
		return 0;
	return paging_write_out_range((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_write_out);

int pool_init(void)
{
	return 0;
}

void pool_exit(void)
{
	nonpaged_exit();
	blocks_exit();
	tags_exit();
}
