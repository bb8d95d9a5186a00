// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookaside lists: blocks of one size that were freed and wait to be used again
 * ("Using lookaside lists", Windows driver documentation).
 *
 * A list keeps the addresses of its free blocks in a table of its own and never
 * touches the blocks, so that a paged list brings no page in and takes no fault
 * under its lock.  It starts empty.  How many blocks it may keep, its depth, is
 * adapted once a second to how often it was asked and had none.
 *
 * All live lists are in one tree by the address of their head.  It knows a head
 * that is initialised twice or deleted without having been, and a pool block that
 * is freed with a live head in it; all these are bug check 0xC4 ("Bug check 0xC4:
 * DRIVER_VERIFIER_DETECTED_VIOLATION"), of NT's verifier, and always on here.
 */
#include <linux/export.h>
#include <linux/maple_tree.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"
#include "pool/lookaside.h"

#define DEPTH_LEAST   4
#define DEPTH_MOST    256
#define SIZE_LEAST    sizeof(void *)
#define BALANCE_EVERY HZ

/* In a second: less than this is a list that hardly anybody uses. */
#define FEW_ALLOCS	25
#define DEPTH_STEP_DOWN 10
/* Of a thousand allocations: fewer misses mean that the depth suffices. */
#define FEW_MISSES	5

/* Live lists by the range of their heads; written under its own lock. */
static struct maple_tree lists =
	MTREE_INIT(lists, MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_IRQ);

/* Of these, heads that lie in pool blocks. */
atomic_t lookaside_heads_in_pool;

static void balance(struct work_struct *work);
static DECLARE_DELAYED_WORK(balance_work, balance);

static unsigned long first_byte(const struct ntpool_lookaside *list)
{
	return (unsigned long)list;
}

static unsigned long last_byte(const struct ntpool_lookaside *list)
{
	return first_byte(list) + sizeof(*list) - 1;
}

/**
 * lookaside_next_depth() - how many blocks a list may keep from now on
 * @depth: how many it might
 * @allocs: allocations since the last time
 * @misses: of these, those for which the list had no block
 *
 * Context: any.
 * Return: the new depth.
 */
u32 lookaside_next_depth(u32 depth, u32 allocs, u32 misses)
{
	u32 per_mille;

	if (allocs < FEW_ALLOCS)
		return max_t(int, DEPTH_LEAST, (int)depth - DEPTH_STEP_DOWN);
	per_mille = div_u64((u64)misses * 1000, allocs);
	if (per_mille < FEW_MISSES)
		return max_t(u32, DEPTH_LEAST, depth - 1);
	return min_t(u32, DEPTH_MOST,
		     depth + FEW_MISSES +
			     per_mille * (DEPTH_MOST - depth) / 2000);
}
EXPORT_FOR_TESTS(lookaside_next_depth);

static void balance_list(struct ntpool_lookaside *list)
{
	u32 allocs, misses;

	spin_lock(&list->lock);
	allocs = list->stats.allocs - list->last_allocs;
	misses = list->stats.alloc_misses - list->last_misses;
	list->last_allocs = list->stats.allocs;
	list->last_misses = list->stats.alloc_misses;
	list->stats.depth = lookaside_next_depth(list->stats.depth, allocs,
						 misses);
	spin_unlock(&list->lock);
}

/**
 * lookaside_balance() - adapt the depths of all lists
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there are any.
 */
bool lookaside_balance(void)
{
	MA_STATE(mas, &lists, 0, 0);
	struct ntpool_lookaside *list;
	unsigned long flags;
	bool any = false;

	/* Under the tree's lock nobody deletes a list. */
	spin_lock_irqsave(&lists.ma_lock, flags);
	mas_for_each(&mas, list, ULONG_MAX) {
		balance_list(list);
		any = true;
	}
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	return any;
}
EXPORT_FOR_TESTS(lookaside_balance);

static void balance(struct work_struct *work)
{
	if (lookaside_balance())
		schedule_delayed_work(&balance_work, BALANCE_EVERY);
}

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

static struct ntpool_lookaside *find_overlap(unsigned long first,
					     unsigned long last)
{
	return mt_find(&lists, &first, last);
}

/* Enter a list; -EEXIST where it is live already. */
static int register_list(struct ntpool_lookaside *list)
{
	MA_STATE(mas, &lists, first_byte(list), last_byte(list));
	unsigned long flags;
	int err = -EEXIST;

	spin_lock_irqsave(&lists.ma_lock, flags);
	if (!mas_find(&mas, last_byte(list))) {
		mas_set_range(&mas, first_byte(list), last_byte(list));
		err = mas_store_gfp(&mas, list, GFP_ATOMIC | __GFP_NOWARN);
	}
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	return err;
}

static bool unregister_list(struct ntpool_lookaside *list)
{
	MA_STATE(mas, &lists, first_byte(list), first_byte(list));
	unsigned long flags;
	bool live;

	spin_lock_irqsave(&lists.ma_lock, flags);
	live = mas_walk(&mas) == list;
	if (live)
		mas_store_gfp(&mas, NULL, GFP_ATOMIC | __GFP_NOFAIL);
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	return live;
}

/* What is wrong with a new list: its NTSTATUS. */
static u32 check_new(struct ntpool_lookaside *list, size_t size)
{
	unsigned long last = last_byte(list);

	if (!IS_ALIGNED(first_byte(list), POOL_ALIGN))
		return NTPOOL_STATUS_DATATYPE_MISALIGNMENT;
	if (paging_contains(first_byte(list)) || paging_contains(last))
		return NTPOOL_STATUS_INVALID_PARAMETER;
	if (find_overlap(first_byte(list), last)) {
		ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
				BAD_REINITIALIZED, first_byte(list), 0, 0);
		return NTPOOL_STATUS_INVALID_PARAMETER;
	}
	if (size >= SIZE_LEAST)
		return NTPOOL_STATUS_SUCCESS;
	ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			BAD_BLOCK_SIZE, first_byte(list), size, SIZE_LEAST);
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
		.stats.depth = DEPTH_LEAST,
		.in_pool = lies_in_pool(list),
		.blocks = kmalloc_array(DEPTH_MOST, sizeof(void *), table_gfp()),
	};
	spin_lock_init(&list->lock);
	list->capacity = list->blocks ? DEPTH_MOST : 0;
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
	if (register_list(list)) {
		kfree(list->blocks);
		return NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	}
	if (list->in_pool)
		atomic_inc(&lookaside_heads_in_pool);
	schedule_delayed_work(&balance_work, BALANCE_EVERY);
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

	if (irql <= (list->type & NTPOOL_TYPE_PAGED ? NTPOOL_IRQL_APC :
						      NTPOOL_IRQL_DISPATCH))
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
	unsigned long first = first_byte(list);

	if (find_overlap(first, first) != list) {
		ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
				BAD_UNINITIALIZED, first, 0, 0);
		return;
	}
	if (wrong_irql(list, BAD_FREE_IRQL, first) || !unregister_list(list))
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
 * lookaside_in() - a live head in a range of addresses
 * @start: of the range
 * @size: bytes, at least 1
 *
 * Ask lookaside_may_be_in() first.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the head, or NULL.
 */
struct ntpool_lookaside *lookaside_in(unsigned long start, size_t size)
{
	return find_overlap(start, start + size - 1);
}

static struct ntpool_lookaside *find_list_of(const struct module *module)
{
	MA_STATE(mas, &lists, 0, 0);
	struct ntpool_lookaside *list;
	unsigned long flags;

	spin_lock_irqsave(&lists.ma_lock, flags);
	mas_for_each(&mas, list, ULONG_MAX) {
		if (list->module == module)
			break;
	}
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	return list;
}

/*
 * A module that goes and leaves a list behind: bug check 0xCE, whose document names
 * lookaside lists first.  The head goes with the module, so the list is dropped.
 * Blocks that came from routines of the module stay: it has finished, and they
 * may not be called any more.
 */
static void drop_list(struct ntpool_lookaside *list)
{
	ntpool_bugcheck(BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
			first_byte(list), 0, 0, 0);
	unregister_list(list);
	if (list->free == default_free)
		ntpool_lookaside_flush(list);
	end_list(list);
}

/**
 * lookaside_module_goes() - drop the lists that a module has left behind
 * @module: it has finished, and is still in memory
 *
 * Context: may sleep.
 */
void lookaside_module_goes(const struct module *module)
{
	struct ntpool_lookaside *list = find_list_of(module);

	for (; list; list = find_list_of(module))
		drop_list(list);
}
EXPORT_FOR_TESTS(lookaside_module_goes);

static int module_changed(struct notifier_block *block, unsigned long event,
			  void *data)
{
	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	lookaside_module_goes(data);
	return NOTIFY_OK;
}

static struct notifier_block module_block = {
	.notifier_call = module_changed,
};

/**
 * lookaside_init() - begin to look after the modules that have lists
 *
 * Return: 0 or -errno.
 */
int lookaside_init(void)
{
	return register_module_notifier(&module_block);
}

/**
 * lookaside_exit() - no module that could have a list is left
 */
void lookaside_exit(void)
{
	unregister_module_notifier(&module_block);
	cancel_delayed_work_sync(&balance_work);
	WARN_ON_ONCE(!mtree_empty(&lists));
	mtree_destroy(&lists);
}
