// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookaside lists: blocks of one size that were freed and wait to be used again
 * ("Using lookaside lists", Windows driver documentation).
 *
 * A list keeps the addresses of its free blocks in a table of its own and never
 * touches the blocks, so that a paged list brings no page in and takes no fault
 * under its lock.  It starts empty.  Which lists there are, and how many blocks
 * each may keep, is the matter of lookaside_lists.c.
 *
 * Misuse of a head is bug check 0xC4 ("Bug check 0xC4: DRIVER_VERIFIER_DETECTED_-
 * VIOLATION"), of NT's verifier, and always on here.
 */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"
#include "pool/lookaside.h"

#define SIZE_LEAST sizeof(void *)

static void *default_allocate(u32 type, size_t size, u32 tag,
			      struct ntpool_lookaside *list)
{
	return __ntpool_alloc_with_tag(type, size, tag, NULL, list->module);
}

static void default_free(void *block, struct ntpool_lookaside *list)
{
	ntpool_free(block, list->tag);
}

static bool lies_in_pool(const struct ntpool_lookaside *list)
{
	struct pool_block_info info;

	return pool_find((unsigned long)list, &info);
}

/* What is wrong with a new list: its NTSTATUS. */
static u32 check_new(struct ntpool_lookaside *list, size_t size)
{
	unsigned long last = lookaside_last(list);

	if (!IS_ALIGNED(lookaside_first(list), POOL_ALIGN))
		return NTPOOL_STATUS_DATATYPE_MISALIGNMENT;
	if (paging_contains(lookaside_first(list)) || paging_contains(last))
		return NTPOOL_STATUS_INVALID_PARAMETER;
	if (lookaside_in(lookaside_first(list), sizeof(*list))) {
		ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
				BAD_REINITIALIZED, lookaside_first(list), 0, 0);
		return NTPOOL_STATUS_INVALID_PARAMETER;
	}
	if (size >= SIZE_LEAST)
		return NTPOOL_STATUS_SUCCESS;
	ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			BAD_BLOCK_SIZE, lookaside_first(list), size, SIZE_LEAST);
	return NTPOOL_STATUS_INVALID_PARAMETER;
}

static gfp_t table_gfp(void)
{
	gfp_t gfp = ntpool_irql() < NTPOOL_IRQL_DISPATCH ? GFP_KERNEL :
							   GFP_ATOMIC;

	return gfp | __GFP_NOWARN;
}

/* A list without memory for its table keeps no blocks, and works all the same. */
static void fill_list(struct ntpool_lookaside *list,
		      ntpool_lookaside_allocate *allocate,
		      ntpool_lookaside_free_block *free, u32 type, size_t size,
		      u32 tag, struct module *module)
{
	*list = (struct ntpool_lookaside){
		.allocate = allocate ?: default_allocate,
		.free = free ?: default_free,
		.type = type,
		.tag = tag,
		.size = size,
		.module = module,
		.stats.depth = LOOKASIDE_DEPTH_LEAST,
		.in_pool = lies_in_pool(list),
		.blocks = kmalloc_array(LOOKASIDE_DEPTH_MOST, sizeof(void *), table_gfp()),
	};
	spin_lock_init(&list->lock);
	list->capacity = list->blocks ? LOOKASIDE_DEPTH_MOST : 0;
}

/**
 * __ntpool_lookaside_init() - make a lookaside list (ExInitializeLookasideListEx)
 * @list: the head: 16-byte aligned, in nonpaged memory
 * @allocate: makes a block when the list has none; NULL takes it from the pool
 * @free: takes a block that the list does not keep; NULL gives it to the pool
 * @type: NTPOOL_TYPE_* of the blocks
 * @size: of a block, at least that of a pointer
 * @tag: of the blocks
 * @module: who asks; ntpool_lookaside_init() fills it in
 *
 * A head that is live already is bug check 0xC4/CA [list], a @size that is too
 * small 0xC4/CD [list, size, least size].
 *
 * Context: IRQL <= DISPATCH; <= APC for a paged list.
 * Return: NTSTATUS: STATUS_SUCCESS; STATUS_DATATYPE_MISALIGNMENT (which NT raises);
 * STATUS_INVALID_PARAMETER, also for a head in pageable memory; STATUS_-
 * INSUFFICIENT_RESOURCES.
 */
u32 __ntpool_lookaside_init(struct ntpool_lookaside *list,
			    ntpool_lookaside_allocate *allocate,
			    ntpool_lookaside_free_block *free, u32 type,
			    size_t size, u32 tag, struct module *module)
{
	u32 status = check_new(list, size);

	if (status != NTPOOL_STATUS_SUCCESS)
		return status;
	fill_list(list, allocate, free, type, size, tag, module);
	if (lookaside_register(list)) {
		kfree(list->blocks);
		return NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	}
	if (list->in_pool)
		atomic_inc(&lookaside_heads_in_pool);
	return NTPOOL_STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(__ntpool_lookaside_init);

/*
 * The level is looked at in any case: on NT a list that has a block gives it out
 * at any level, and the mistake shows when it has none.
 */
static bool wrong_irql(const struct ntpool_lookaside *list, u64 kind, u64 what)
{
	u8 irql = ntpool_irql();

	if (irql <= pool_highest_irql(list->type & NTPOOL_TYPE_PAGED))
		return false;
	ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, kind, irql, list->type, what);
	return true;
}

static void *take_kept(struct ntpool_lookaside *list)
{
	void *block = NULL;
	unsigned long flags;

	spin_lock_irqsave(&list->lock, flags);
	list->stats.allocs++;
	if (list->stats.kept)
		block = list->blocks[--list->stats.kept];
	else
		list->stats.alloc_misses++;
	spin_unlock_irqrestore(&list->lock, flags);
	return block;
}

/**
 * ntpool_lookaside_alloc() - take a block (ExAllocateFromLookasideListEx)
 * @list: the list
 *
 * What is in the block is what its last user left there.
 *
 * Context: IRQL <= DISPATCH, for a paged list <= APC; above it is bug check
 * 0xC2/08 [irql, type, size].
 * Return: the block, or NULL.
 */
void *ntpool_lookaside_alloc(struct ntpool_lookaside *list)
{
	if (wrong_irql(list, BAD_ALLOC_IRQL, list->size))
		return NULL;
	return take_kept(list) ?:
				 list->allocate(list->type, list->size, list->tag, list);
}
EXPORT_SYMBOL_GPL(ntpool_lookaside_alloc);

static bool keep(struct ntpool_lookaside *list, void *block)
{
	unsigned long flags;
	bool room;

	spin_lock_irqsave(&list->lock, flags);
	list->stats.frees++;
	room = list->stats.kept < min(list->stats.depth, list->capacity);
	if (room)
		list->blocks[list->stats.kept++] = block;
	else
		list->stats.free_misses++;
	spin_unlock_irqrestore(&list->lock, flags);
	return room;
}

/**
 * ntpool_lookaside_free() - give a block back (ExFreeToLookasideListEx)
 * @list: the list
 * @block: from ntpool_lookaside_alloc() of the same list
 *
 * Context: IRQL <= DISPATCH, for a paged list <= APC; above it is bug check
 * 0xC2/09 [irql, type, address], and the block stays where it is.
 */
void ntpool_lookaside_free(struct ntpool_lookaside *list, void *block)
{
	if (wrong_irql(list, BAD_FREE_IRQL, (unsigned long)block))
		return;
	if (!keep(list, block))
		list->free(block, list);
}
EXPORT_SYMBOL_GPL(ntpool_lookaside_free);

/**
 * ntpool_lookaside_flush() - let go of the blocks kept (ExFlushLookasideListEx)
 * @list: the list
 *
 * Context: as ntpool_lookaside_free().
 */
void ntpool_lookaside_flush(struct ntpool_lookaside *list)
{
	unsigned long flags;
	void *block;

	if (wrong_irql(list, BAD_FREE_IRQL, (unsigned long)list))
		return;
	do {
		spin_lock_irqsave(&list->lock, flags);
		block = list->stats.kept ? list->blocks[--list->stats.kept] :
					   NULL;
		spin_unlock_irqrestore(&list->lock, flags);
		if (block)
			list->free(block, list);
	} while (block);
}
EXPORT_SYMBOL_GPL(ntpool_lookaside_flush);

static void end_list(struct ntpool_lookaside *list)
{
	if (list->in_pool)
		atomic_dec(&lookaside_heads_in_pool);
	kfree(list->blocks);
	list->blocks = NULL;
	list->capacity = 0;
}

/**
 * ntpool_lookaside_delete() - unmake a list (ExDeleteLookasideListEx)
 * @list: the list; nobody else uses it any more
 *
 * Blocks that the list keeps are freed; those given out are their users'.  A head
 * that is no live list is bug check 0xC4/CB [list], and is left alone.
 *
 * Context: as ntpool_lookaside_free().
 */
void ntpool_lookaside_delete(struct ntpool_lookaside *list)
{
	unsigned long first = lookaside_first(list);

	if (lookaside_in(first, 1) != list) {
		ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
				BAD_UNINITIALIZED, first, 0, 0);
		return;
	}
	if (wrong_irql(list, BAD_FREE_IRQL, first) || !lookaside_unregister(list))
		return;
	ntpool_lookaside_flush(list);
	end_list(list);
}
EXPORT_SYMBOL_GPL(ntpool_lookaside_delete);

/**
 * ntpool_lookaside_query() - the figures of a list
 * @list: the list
 * @stats: filled
 *
 * Context: IRQL <= DISPATCH.
 */
void ntpool_lookaside_query(struct ntpool_lookaside *list,
			    struct ntpool_lookaside_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&list->lock, flags);
	*stats = list->stats;
	spin_unlock_irqrestore(&list->lock, flags);
}
EXPORT_SYMBOL_GPL(ntpool_lookaside_query);

/**
 * lookaside_abandon() - drop a list whose module has gone without deleting it
 * @list: the list
 *
 * Bug check 0xCE, whose document names lookaside lists first.  The head goes with
 * the module, so the list is dropped.  Blocks that came from routines of the
 * module stay: it has finished, and they may not be called any more.
 *
 * Context: may sleep.
 */
void lookaside_abandon(struct ntpool_lookaside *list)
{
	ntpool_bugcheck(BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
			lookaside_first(list), 0, 0, 0);
	lookaside_unregister(list);
	if (list->free == default_free)
		ntpool_lookaside_flush(list);
	end_list(list);
}
