// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of live blocks, by address: any address inside a block finds it.
 */
#include <linux/io.h>
#include <linux/maple_tree.h>
#include <linux/slab.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"

/* Read under RCU, written under its own lock with interrupts off. */
static struct maple_tree blocks =
	MTREE_INIT(blocks, MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_IRQ);

static unsigned long last_byte(const struct pool_block_info *info)
{
	return info->start + max_t(size_t, info->size, 1) - 1;
}

/**
 * blocks_insert() - enter a block
 * @block: with @info filled in
 * @gfp: of the allocation
 *
 * Context: IRQL <= DISPATCH.
 * Return: 0 or -ENOMEM.
 */
int blocks_insert(struct pool_block *block, gfp_t gfp)
{
	MA_STATE(mas, &blocks, block->info.start, last_byte(&block->info));
	unsigned long flags;
	int err;

	spin_lock_irqsave(&blocks.ma_lock, flags);
	err = mas_store_gfp(&mas, block,
			    (gfp & ~__GFP_RECLAIM) | __GFP_HIGH | __GFP_NOWARN);
	spin_unlock_irqrestore(&blocks.ma_lock, flags);
	return err;
}

/**
 * blocks_remove() - take a block out
 * @start: its first byte
 *
 * Of several callers with the same address one gets the block.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the block, or NULL if none starts there.
 */
struct pool_block *blocks_remove(unsigned long start)
{
	MA_STATE(mas, &blocks, start, start);
	struct pool_block *block;
	unsigned long flags;

	spin_lock_irqsave(&blocks.ma_lock, flags);
	block = mas_walk(&mas);
	if (block && block->info.start == start)
		mas_store_gfp(&mas, NULL, GFP_ATOMIC | __GFP_NOFAIL);
	else
		block = NULL;
	spin_unlock_irqrestore(&blocks.ma_lock, flags);
	return block;
}

bool pool_find(unsigned long address, struct pool_block_info *info)
{
	MA_STATE(mas, &blocks, address, address);
	struct pool_block *block;

	rcu_read_lock();
	block = mas_walk(&mas);
	if (block)
		*info = block->info;
	rcu_read_unlock();
	return block;
}
EXPORT_FOR_TESTS(pool_find);

unsigned long pool_block_pages(const struct pool_block_info *info)
{
	return (last_byte(info) >> PAGE_SHIFT) -
	       (info->start >> PAGE_SHIFT) + 1;
}
EXPORT_FOR_TESTS(pool_block_pages);

static void look_nonpaged(unsigned long address, struct ntpool_page *page)
{
	void *p = (void *)address;

	page->state = NTPOOL_PAGE_RESIDENT;
	page->flags = NTPOOL_PAGE_NONPAGED;
	page->frame = is_vmalloc_addr(p) ? vmalloc_to_pfn(p) :
					   virt_to_phys(p) >> PAGE_SHIFT;
}

/**
 * pool_look() - where a page of a block is
 * @info: the block, which is live and stays so
 * @index: counted from the block's first page
 * @page: filled on success
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL if the block has no such page.
 */
int pool_look(const struct pool_block_info *info, unsigned long index,
	      struct ntpool_page *page)
{
	unsigned long address = (info->start & PAGE_MASK) +
				(index << PAGE_SHIFT);
	struct paging_page where;
	int err;

	if (index >= pool_block_pages(info))
		return -EINVAL;
	memset(page, 0, sizeof(*page));
	if (!pool_flags_paged(info->flags)) {
		look_nonpaged(address, page);
		return 0;
	}
	err = paging_look(address, &where);
	if (err)
		return err;
	page->state = where.state;
	page->flags = where.flags;
	page->frame = where.frame;
	page->slot = where.slot;
	return 0;
}
EXPORT_FOR_TESTS(pool_look);

void blocks_exit(void)
{
	WARN_ON_ONCE(!mtree_empty(&blocks));
	mtree_destroy(&blocks);
	rcu_barrier();
}
