// SPDX-License-Identifier: GPL-2.0-only
/* Changing and walking the map from pages to their descriptors. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "pool/pagemap.h"

/* The table that an entry leads to, made if there is none. */
static void *table_at(void *entry, size_t entries, gfp_t gfp)
{
	void **slot = entry, *table = READ_ONCE(*slot), *old;

	if (table)
		return table;
	table = kcalloc(entries, sizeof(void *), gfp);
	if (!table)
		return NULL;
	old = cmpxchg(slot, NULL, table);
	if (!old)
		return table;
	kfree(table);
	return old;
}

static struct small_page ***mid_at(struct pagemap *map, unsigned long key,
				   gfp_t gfp)
{
	return table_at(&map->top[key / PAGEMAP_LEAF / PAGEMAP_MID],
			PAGEMAP_MID, gfp);
}

/**
 * pagemap_prepare() - make the large tables that will be needed
 * @map: the map
 * @last: the highest number that will be entered where memory for them may be hard to get
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pagemap_prepare(struct pagemap *map, unsigned long last)
{
	unsigned long key;

	for (key = 0; key <= min(last, PAGEMAP_KEYS - 1);
	     key += PAGEMAP_LEAF * PAGEMAP_MID)
		if (!mid_at(map, key, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

/**
 * pagemap_enter() - enter a page
 * @map: the map
 * @key: its number
 * @page: its descriptor
 * @gfp: for tables that are missing
 *
 * Context: as @gfp says.
 * Return: 0, or -ENOMEM: no memory, or the number is too high for the map.
 */
int pagemap_enter(struct pagemap *map, unsigned long key,
		  struct small_page *page, gfp_t gfp)
{
	struct small_page ***mid, **leaf;

	gfp &= ~__GFP_ACCOUNT;
	if (key >= PAGEMAP_KEYS)
		return -ENOMEM;
	mid = mid_at(map, key, gfp);
	if (!mid)
		return -ENOMEM;
	leaf = table_at(&mid[key / PAGEMAP_LEAF % PAGEMAP_MID], PAGEMAP_LEAF,
			gfp);
	if (!leaf)
		return -ENOMEM;
	/* Who finds the page finds what stands in its descriptor, too. */
	smp_store_release(&leaf[key % PAGEMAP_LEAF], page);
	return 0;
}

/**
 * pagemap_leave() - take a page out
 * @map: the map
 * @key: its number, which was entered
 *
 * Context: any.
 */
void pagemap_leave(struct pagemap *map, unsigned long key)
{
	struct small_page **leaf = map->top[key / PAGEMAP_LEAF / PAGEMAP_MID]
					   [key / PAGEMAP_LEAF % PAGEMAP_MID];

	WRITE_ONCE(leaf[key % PAGEMAP_LEAF], NULL);
}

static struct small_page *next_in_leaf(struct small_page **leaf,
				       unsigned long *key)
{
	struct small_page *page;

	do {
		page = READ_ONCE(leaf[*key % PAGEMAP_LEAF]);
		if (page)
			return page;
		++*key;
	} while (*key % PAGEMAP_LEAF);
	return NULL;
}

/**
 * pagemap_next() - the page with the lowest number from a number on
 * @map: the map
 * @key: the number; set to that of the page
 *
 * Context: any.
 * Return: its descriptor, or NULL.
 */
struct small_page *pagemap_next(const struct pagemap *map, unsigned long *key)
{
	struct small_page ***mid, **leaf, *page;

	while (*key < PAGEMAP_KEYS) {
		mid = READ_ONCE(map->top[*key / PAGEMAP_LEAF / PAGEMAP_MID]);
		if (!mid) {
			*key = roundup(*key + 1, PAGEMAP_LEAF * PAGEMAP_MID);
			continue;
		}
		leaf = READ_ONCE(mid[*key / PAGEMAP_LEAF % PAGEMAP_MID]);
		if (!leaf) {
			*key = roundup(*key + 1, PAGEMAP_LEAF);
			continue;
		}
		page = next_in_leaf(leaf, key);
		if (page)
			return page;
	}
	return NULL;
}

/**
 * pagemap_destroy() - free all tables
 * @map: the map, in which there are no pages
 *
 * Context: any.
 */
void pagemap_destroy(struct pagemap *map)
{
	unsigned int i, j;

	for (i = 0; i < PAGEMAP_TOP; i++) {
		for (j = 0; map->top[i] && j < PAGEMAP_MID; j++)
			kfree(map->top[i][j]);
		kfree(map->top[i]);
	}
}
