/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trees of ranges that do not overlap, from which an entry can always be taken out.
 *
 * To store nothing over a range may need memory, and who frees a block at DISPATCH can
 * neither wait for it nor do without.  To replace an entry over its own range needs none: so
 * where there is no memory a tombstone stays, a value, which is no entry to whoever
 * looks.  The next range that is entered there takes its place.
 */
#ifndef NTPOOL_POOL_RANGES_H
#define NTPOOL_POOL_RANGES_H

#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/maple_tree.h>
#include <linux/xarray.h>

/**
 * ranges_erase() - take an entry out
 * @tree: the tree, locked
 * @first: of the entry's range
 * @last: of the same
 *
 * Context: IRQL <= DISPATCH.
 */
static inline void ranges_erase(struct maple_tree *tree, unsigned long first,
				unsigned long last)
{
	MA_STATE(mas, tree, first, last);

	if (!mas_store_gfp(&mas, NULL, GFP_ATOMIC | __GFP_NOWARN))
		return;
	mas_set_range(&mas, first, last);
	WARN_ON_ONCE(mas_store_gfp(&mas, xa_mk_value(0), GFP_ATOMIC));
}

/**
 * ranges_find() - the first entry from where @mas is on, as mas_find() does
 * @mas: state, for the tree
 * @max: last index to look at
 *
 * Context: under the tree's lock, or RCU.
 * Return: the entry, or NULL.
 */
static inline void *ranges_find(struct ma_state *mas, unsigned long max)
{
	void *entry;

	do {
		entry = mas_find(mas, max);
	} while (xa_is_value(entry));
	return entry;
}

/**
 * ranges_walk() - the entry that @mas is at, as mas_walk() does
 * @mas: state, for the tree
 *
 * Context: under the tree's lock, or RCU.
 * Return: the entry, or NULL.
 */
static inline void *ranges_walk(struct ma_state *mas)
{
	void *entry = mas_walk(mas);

	return xa_is_value(entry) ? NULL : entry;
}

/**
 * ranges_exit() - destroy a tree in which there is nothing any more
 * @tree: the tree
 *
 * Context: may sleep.
 */
static inline void ranges_exit(struct maple_tree *tree)
{
	MA_STATE(mas, tree, 0, 0);

	spin_lock_irq(&tree->ma_lock);
	WARN_ON_ONCE(ranges_find(&mas, ULONG_MAX));
	__mt_destroy(tree);
	spin_unlock_irq(&tree->ma_lock);
}

#endif /* NTPOOL_POOL_RANGES_H */
