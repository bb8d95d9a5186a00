// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of what MDLs hold, and letting go of it: see mdl.h.
 *
 * Neither unpinning nor unmapping is for where one may not sleep, and drivers
 * unlock MDLs in their DPCs.  So there what is let go of goes to a worker; it has
 * left the table by then, and counts for nobody any more.
 */
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "io/mdl.h"

DEFINE_SPINLOCK(mdl_table_lock);
LIST_HEAD(mdl_holds);

static DEFINE_HASHTABLE(table, 10); /* by mdl_hold.mdl; mdl_table_lock */

static LLIST_HEAD(maps_later);
static LLIST_HEAD(holds_later);
static LLIST_HEAD(unused_later);

static void drop_later(struct work_struct *work);
static DECLARE_WORK(later_work, drop_later);

/**
 * mdl_hold_alloc() - a hold for an MDL, not in the table yet
 * @mdl: the MDL
 * @pages: room for so many
 * @source: where they come from
 * @caller: on whose behalf: the address after his call; 0 for the request engine
 *
 * Context: IRQL <= DISPATCH.
 * Return: the hold, with one reference and one user; NULL without memory.
 */
struct mdl_hold *mdl_hold_alloc(PMDL mdl, unsigned long pages,
				enum mdl_source source, unsigned long caller)
{
	bool atomic = ntpool_irql() >= NTPOOL_IRQL_DISPATCH;
	struct mdl_hold *hold;
	size_t size = struct_size(hold, pages, pages);

	hold = atomic ? kmalloc(size, GFP_ATOMIC | __GFP_NOWARN) :
			kvmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!hold)
		return NULL;
	memset(hold, 0, sizeof(*hold));
	INIT_HLIST_NODE(&hold->hash);
	INIT_LIST_HEAD(&hold->all);
	INIT_LIST_HEAD(&hold->places);
	refcount_set(&hold->refs, 1);
	refcount_set(&hold->users, 1);
	hold->mdl = mdl;
	hold->count = pages;
	hold->source = source;
	hold->caller[0] = caller;
	hold->engine = !caller;
	return hold;
}

/**
 * mdl_hold_find_locked() - what an MDL holds
 * @mdl: the MDL; its memory is not looked at
 *
 * Context: mdl_table_lock.
 * Return: the hold, or NULL.
 */
struct mdl_hold *mdl_hold_find_locked(const MDL *mdl)
{
	struct mdl_hold *hold;

	lockdep_assert_held(&mdl_table_lock);
	hash_for_each_possible(table, hold, hash, (unsigned long)mdl)
		if (hold->mdl == mdl)
			return hold;
	return NULL;
}

/**
 * mdl_hold_disown_locked() - its MDL is not known any more
 * @hold: in the table; stays in the list
 *
 * Context: mdl_table_lock.
 */
void mdl_hold_disown_locked(struct mdl_hold *hold)
{
	lockdep_assert_held(&mdl_table_lock);
	hash_del(&hold->hash);
	hold->mdl = NULL;
}

/**
 * mdl_hold_enter_locked() - enter a hold in the table and the list
 * @hold: from mdl_hold_alloc()
 *
 * What was held by an earlier MDL at the same address, which has been freed or
 * initialised anew without being unlocked, becomes nobody's.
 *
 * Context: mdl_table_lock.
 */
void mdl_hold_enter_locked(struct mdl_hold *hold)
{
	struct mdl_hold *stale = mdl_hold_find_locked(hold->mdl);

	if (stale)
		mdl_hold_disown_locked(stale);
	hash_add(table, &hold->hash, (unsigned long)hold->mdl);
	list_add_tail(&hold->all, &mdl_holds);
}

/**
 * mdl_hold_remove_locked() - take a hold out of the table and the list
 * @hold: there; the caller lets go of it
 *
 * Context: mdl_table_lock.
 */
void mdl_hold_remove_locked(struct mdl_hold *hold)
{
	lockdep_assert_held(&mdl_table_lock);
	hash_del(&hold->hash);
	list_del_init(&hold->all);
}

/**
 * mdl_hold_take_map_locked() - take a hold's mapping away from it
 * @hold: in the table
 *
 * Context: mdl_table_lock.
 * Return: the mapping, which the caller lets go of; or NULL.
 */
struct mdl_map *mdl_hold_take_map_locked(struct mdl_hold *hold)
{
	struct mdl_map *map = hold->map;

	lockdep_assert_held(&mdl_table_lock);
	hold->map = NULL;
	return map;
}

/**
 * mdl_hold_put() - drop a reference to a hold's memory
 * @hold: NULL is ignored
 *
 * Context: may sleep.
 */
void mdl_hold_put(struct mdl_hold *hold)
{
	struct mdl_place *place, *next;

	if (!hold || !refcount_dec_and_test(&hold->refs))
		return;
	list_for_each_entry_safe(place, next, &hold->places, node)
		kfree(place);
	kvfree(hold);
}

static void finish(struct mdl_hold *hold)
{
	mdl_release_pages(hold);
	mdl_hold_put(hold);
}

static bool may_sleep(void)
{
	return ntpool_irql() < NTPOOL_IRQL_DISPATCH;
}

static void start_work(void)
{
	queue_work(system_unbound_wq, &later_work);
}

/**
 * mdl_hold_unuse() - drop a user of a hold's pages
 * @hold: one that has pages
 *
 * Context: IRQL <= DISPATCH.
 */
void mdl_hold_unuse(struct mdl_hold *hold)
{
	if (!refcount_dec_and_test(&hold->users))
		return;
	if (may_sleep()) {
		finish(hold);
		return;
	}
	/* Free: who is in holds_later is a user still. */
	llist_add(&hold->later, &unused_later);
	start_work();
}

static void drop(struct mdl_hold *hold)
{
	if (hold->source != MDL_OF_PARENT) {
		mdl_hold_unuse(hold);
		return;
	}
	mdl_hold_put(hold->parent);
	mdl_hold_put(hold);
}

static void drop_later(struct work_struct *work)
{
	struct mdl_hold *hold, *next_hold;
	struct mdl_map *map, *next_map;

	llist_for_each_entry_safe(map, next_map, llist_del_all(&maps_later),
				  later)
		mdl_unmap(map);
	llist_for_each_entry_safe(hold, next_hold, llist_del_all(&holds_later),
				  later)
		drop(hold);
	llist_for_each_entry_safe(hold, next_hold, llist_del_all(&unused_later),
				  later)
		finish(hold);
}

/**
 * mdl_let_go() - undo what was taken out of the table
 * @hold: or NULL
 * @map: a mapping, or NULL
 *
 * Context: IRQL <= DISPATCH.
 */
void mdl_let_go(struct mdl_hold *hold, struct mdl_map *map)
{
	if (may_sleep()) {
		if (map)
			mdl_unmap(map);
		if (hold)
			drop(hold);
		return;
	}
	if (map)
		llist_add(&map->later, &maps_later);
	if (hold)
		llist_add(&hold->later, &holds_later);
	if (map || hold)
		start_work();
}

/**
 * mdl_flush_later() - wait until all is undone that was let go of
 *
 * Context: may sleep.
 */
void mdl_flush_later(void)
{
	flush_work(&later_work);
}
EXPORT_FOR_TESTS(mdl_flush_later);

/**
 * mdl_locked_pages() - how many of a process's pages are locked
 * @mm: its address space
 *
 * Context: any but NMI.
 * Return: the number; a page that two MDLs lock counts twice.
 */
u64 mdl_locked_pages(const struct mm_struct *mm)
{
	const struct mdl_hold *hold;
	unsigned long flags;
	u64 pages = 0;

	spin_lock_irqsave(&mdl_table_lock, flags);
	list_for_each_entry(hold, &mdl_holds, all)
		if (mm && hold->mm == mm)
			pages += hold->count;
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return pages;
}
EXPORT_FOR_TESTS(mdl_locked_pages);
