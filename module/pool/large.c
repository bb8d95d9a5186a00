// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large blocks: pages of their own.
 *
 * Paged ones are ranges of the arena.  Nonpaged ones are single pages mapped
 * side by side, or at DISPATCH, where mapping is not possible, pages side by side in
 * memory.
 */
#include <linux/llist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"
#include "pool/limits.h"
#include "pool/tags.h"
#include "pool/special.h"

/* Blocks freed at DISPATCH, where vfree() may not be called; in their memory. */
static LLIST_HEAD(unmap_later);

static void unmap_work_fn(struct work_struct *work)
{
	struct llist_node *node, *next;

	llist_for_each_safe(node, next, llist_del_all(&unmap_later))
		vfree(node);
}

static DECLARE_WORK(unmap_work, unmap_work_fn);

static enum pool_source source_for(const struct pool_want *want)
{
	if (pool_flags_paged(want->flags))
		return SOURCE_ARENA;
	if (want->flags & NTPOOL_FLAG_NON_PAGED_EXECUTE)
		return SOURCE_EXECUTABLE;
	if (want->irql < NTPOOL_IRQL_DISPATCH)
		return SOURCE_VMALLOC;
	return SOURCE_PAGES;
}

static u64 pages_of(size_t size)
{
	return DIV_ROUND_UP(size, PAGE_SIZE);
}

static void *memory_for(const struct pool_want *want, enum pool_source source)
{
	gfp_t gfp = pool_gfp(want);

	if (!(want->flags & NTPOOL_FLAG_UNINITIALIZED))
		gfp |= __GFP_ZERO;
	switch (source) {
	case SOURCE_ARENA:
		return paging_alloc(DIV_ROUND_UP(want->size, PAGE_SIZE));
	case SOURCE_VMALLOC:
		return __vmalloc(want->size, gfp);
	case SOURCE_PAGES:
		return alloc_pages_exact(want->size, gfp);
	case SOURCE_SPECIAL:
		return special_alloc(want);
	case SOURCE_EXECUTABLE:
		return executable_alloc(want->size, gfp);
	}
	return NULL;
}

static void memory_free(const struct pool_block *block)
{
	void *start = (void *)block->start;

	switch (block->source) {
	case SOURCE_ARENA:
		paging_free(start);
		break;
	case SOURCE_PAGES:
		free_pages_exact(start, block->size);
		break;
	case SOURCE_VMALLOC:
	case SOURCE_EXECUTABLE:
		if (ntpool_irql() < NTPOOL_IRQL_DISPATCH)
			vfree(start);
		else if (llist_add(start, &unmap_later))
			schedule_work(&unmap_work);
		break;
	case SOURCE_SPECIAL:
		special_free(block->start);
		break;
	}
}

static void *counted_memory_for(const struct pool_want *want,
				enum pool_source source)
{
	bool paged = pool_flags_paged(want->flags);
	void *start;

	if (!limits_take(paged, pages_of(want->size), want->priority))
		return NULL;
	start = memory_for(want, source);
	if (!start)
		limits_give(paged, pages_of(want->size));
	return start;
}

static void counted_memory_free(const struct pool_block *block)
{
	memory_free(block);
	limits_give(pool_flags_paged(block->flags), pages_of(block->size));
}

static void *alloc_from(enum pool_source source, const struct pool_want *want,
			struct tag_row *row)
{
	struct pool_block *block = kmalloc(sizeof(*block), pool_gfp(want));

	if (!block)
		return NULL;
	block->size = want->size;
	block->flags = want->flags;
	block->tag = want->tag;
	block->owner = want->owner;
	block->row = row;
	block->source = source;
	block->start = (unsigned long)counted_memory_for(want, source);
	if (!block->start)
		goto err_block;
	if (blocks_insert(block, pool_gfp(want)))
		goto err_memory;
	return (void *)block->start;

err_memory:
	counted_memory_free(block);
err_block:
	kfree(block);
	return NULL;
}

/**
 * large_alloc() - a block with pages of its own
 * @want: what is wanted
 * @row: statistics of its tag
 *
 * Context: as @want->irql says.
 * Return: page-aligned address, or NULL without memory.
 */
void *large_alloc(const struct pool_want *want, struct tag_row *row)
{
	return alloc_from(source_for(want), want, row);
}

/**
 * large_alloc_special() - a block in special pool, of whatever size
 * @want: what is wanted
 * @row: statistics of its tag
 *
 * Context: as @want->irql says.
 * Return: see special_alloc(); or NULL without room or memory there.
 */
void *large_alloc_special(const struct pool_want *want, struct tag_row *row)
{
	return alloc_from(SOURCE_SPECIAL, want, row);
}

/**
 * large_free() - give a block's memory back
 * @block: from blocks_remove()
 *
 * Context: IRQL <= APC for paged blocks, else <= DISPATCH.
 */
void large_free(struct pool_block *block)
{
	bool paged = pool_flags_paged(block->flags);

	tag_count_free(block->row, paged, block->size);
	tag_fold(paged);
	counted_memory_free(block);
	quota_return(block->owner, paged, block->size);
	kfree_rcu(block, rcu);
}

void large_exit(void)
{
	flush_work(&unmap_work);
}
