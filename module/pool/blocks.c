// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of large blocks, by address: any address inside a block finds it.
 */
#include <linux/slab.h>

#include "core/core.h"
#include "pool/internal.h"
#include "pool/ranges.h"
#include "pool/tags.h"

/* Read under RCU, written under its own lock with interrupts off. */
static struct maple_tree blocks =
	MTREE_INIT(blocks, MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_IRQ);

static u64 last_serial; /* under the tree's lock */

/**
 * blocks_insert() - enter a block
 * @block: filled in
 * @gfp: of the allocation
 *
 * Context: IRQL <= DISPATCH.
 * Return: 0 or -ENOMEM.
 */
int blocks_insert(struct pool_block *block, gfp_t gfp)
{
	MA_STATE(mas, &blocks, block->start, block->start + block->size - 1);
	unsigned long flags;
	int err;

	spin_lock_irqsave(&blocks.ma_lock, flags);
	block->serial = ++last_serial;
	err = mas_store_gfp(&mas, block,
			    (gfp & ~__GFP_RECLAIM) | __GFP_HIGH | __GFP_NOWARN);
	spin_unlock_irqrestore(&blocks.ma_lock, flags);
	return err;
}

/**
 * blocks_remove() - take a block out
 * @info: it, from blocks_find()
 *
 * Of several callers with the same block one gets it; and nobody gets another block that
 * has come to the same place.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the block, or NULL if it is not there any more.
 */
struct pool_block *blocks_remove(const struct pool_block_info *info)
{
	MA_STATE(mas, &blocks, info->start, info->start);
	struct pool_block *block;
	unsigned long flags;

	spin_lock_irqsave(&blocks.ma_lock, flags);
	block = ranges_walk(&mas);
	if (block && block->serial == info->serial)
		ranges_erase(&blocks, block->start,
			     block->start + block->size - 1);
	else
		block = NULL;
	spin_unlock_irqrestore(&blocks.ma_lock, flags);
	return block;
}
EXPORT_FOR_TESTS(blocks_remove);

static void tell(const struct pool_block *block, struct pool_block_info *info)
{
	*info = (struct pool_block_info){
		.start = block->start,
		.size = block->size,
		.flags = block->flags,
		.tag = block->tag,
		.slot = round_up(block->size, PAGE_SIZE),
		.owner = block->owner,
		.serial = block->serial,
	};
	strscpy(info->module, block->row->module, sizeof(info->module));
}

/**
 * blocks_find() - the large block that an address lies in
 * @address: any
 * @info: filled on success
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is one.
 */
bool blocks_find(unsigned long address, struct pool_block_info *info)
{
	MA_STATE(mas, &blocks, address, address);
	struct pool_block *block;

	rcu_read_lock();
	block = ranges_walk(&mas);
	if (block)
		tell(block, info);
	rcu_read_unlock();
	return block;
}

/**
 * blocks_next() - the large block with the lowest start at or above an address
 * @from: the address
 * @info: filled on success
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is one.
 */
bool blocks_next(unsigned long from, struct pool_block_info *info)
{
	MA_STATE(mas, &blocks, from, from);
	struct pool_block *block;

	rcu_read_lock();
	block = ranges_find(&mas, ULONG_MAX);
	if (block && block->start < from)
		block = ranges_find(&mas, ULONG_MAX);
	if (block)
		tell(block, info);
	rcu_read_unlock();
	return block;
}

void blocks_exit(void)
{
	ranges_exit(&blocks);
	rcu_barrier();
}
