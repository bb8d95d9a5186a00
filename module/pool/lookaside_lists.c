// SPDX-License-Identifier: GPL-2.0-only
/*
 * All live lookaside lists, in one tree by the address of their head, and what is
 * done to all of them: their depths are adapted once a second to how often they
 * were asked and had no block ("Using lookaside lists", Windows driver
 * documentation: the system does so, and does not say how).
 *
 * The tree knows a head that is initialised twice or deleted without having been,
 * a pool block that is freed with a live head in it, and the lists that a module
 * leaves behind.
 */
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "pool/lookaside.h"
#include "pool/ranges.h"

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
atomic_t lookaside_heads_in_pool __read_mostly;

static void balance(struct work_struct *work);
static DECLARE_DELAYED_WORK(balance_work, balance);

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
		return max_t(int, LOOKASIDE_DEPTH_LEAST, (int)depth - DEPTH_STEP_DOWN);
	per_mille = div_u64((u64)misses * 1000, allocs);
	if (per_mille < FEW_MISSES)
		return max_t(u32, LOOKASIDE_DEPTH_LEAST, depth - 1);
	return min_t(u32, LOOKASIDE_DEPTH_MOST,
		     depth + FEW_MISSES +
			     per_mille * (LOOKASIDE_DEPTH_MOST - depth) / 2000);
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
	while ((list = ranges_find(&mas, ULONG_MAX))) {
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

/**
 * lookaside_register() - enter a list that is live from now on
 * @list: the list
 *
 * Context: IRQL <= DISPATCH.
 * Return: 0; -EEXIST where there is one already; -ENOMEM.
 */
int lookaside_register(struct ntpool_lookaside *list)
{
	MA_STATE(mas, &lists, lookaside_first(list), lookaside_last(list));
	unsigned long flags;
	int err = -EEXIST;

	spin_lock_irqsave(&lists.ma_lock, flags);
	if (!ranges_find(&mas, lookaside_last(list))) {
		mas_set_range(&mas, lookaside_first(list), lookaside_last(list));
		err = mas_store_gfp(&mas, list, GFP_ATOMIC | __GFP_NOWARN);
	}
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	if (!err)
		schedule_delayed_work(&balance_work, BALANCE_EVERY);
	return err;
}

/**
 * lookaside_unregister() - take a list out
 * @list: the list
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether it was in: of several callers one gets true.
 */
bool lookaside_unregister(struct ntpool_lookaside *list)
{
	MA_STATE(mas, &lists, lookaside_first(list), lookaside_first(list));
	unsigned long flags;
	bool live;

	spin_lock_irqsave(&lists.ma_lock, flags);
	live = ranges_walk(&mas) == list;
	if (live)
		ranges_erase(&lists, lookaside_first(list), lookaside_last(list));
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	return live;
}

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
	MA_STATE(mas, &lists, start, start);
	struct ntpool_lookaside *list;

	rcu_read_lock();
	list = ranges_find(&mas, start + size - 1);
	rcu_read_unlock();
	return list;
}

static struct ntpool_lookaside *find_list_of(const struct module *module)
{
	MA_STATE(mas, &lists, 0, 0);
	struct ntpool_lookaside *list;
	unsigned long flags;

	spin_lock_irqsave(&lists.ma_lock, flags);
	do {
		list = ranges_find(&mas, ULONG_MAX);
	} while (list && list->module != module);
	spin_unlock_irqrestore(&lists.ma_lock, flags);
	return list;
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
		lookaside_abandon(list);
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
	ranges_exit(&lists);
}
