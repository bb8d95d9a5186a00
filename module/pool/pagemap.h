/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a page to its descriptor, in three loads.
 *
 * Every free has to ask this, and whether the address is pool at all.  The kernel's
 * own tree for it, the xarray, takes about 160 instructions an answer, half of what
 * kmalloc() and kfree() take together; this one takes a dozen.  It grows a level at
 * a time where pages are entered, and gives nothing back before exit: what it holds is
 * a 512th of the address space that has been used.
 */
#ifndef NTPOOL_POOL_PAGEMAP_H
#define NTPOOL_POOL_PAGEMAP_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#define PAGEMAP_TOP  4096 /* each 16 GB of address space */
#define PAGEMAP_MID  8192 /* each 2 MB */
#define PAGEMAP_LEAF 512  /* pages */
#define PAGEMAP_KEYS ((unsigned long)PAGEMAP_TOP * PAGEMAP_MID * PAGEMAP_LEAF)

/* So that a table can be had at DISPATCH; those above are made before. */
static_assert(PAGEMAP_LEAF * sizeof(void *) <= PAGE_SIZE);

struct small_page;

/**
 * struct pagemap - descriptors by number of the page
 * @top: tables of tables; entries are set once, by compare-and-exchange
 */
struct pagemap {
	struct small_page ***top[PAGEMAP_TOP];
};

/**
 * pagemap_find() - the descriptor of a page
 * @map: the map
 * @key: any number
 *
 * Context: any.
 * Return: the descriptor, or NULL.
 */
static __always_inline struct small_page *pagemap_find(const struct pagemap *map,
						       unsigned long key)
{
	struct small_page ***mid, **leaf;

	if (unlikely(key >= PAGEMAP_KEYS))
		return NULL;
	mid = READ_ONCE(map->top[key / PAGEMAP_LEAF / PAGEMAP_MID]);
	if (unlikely(!mid))
		return NULL;
	leaf = READ_ONCE(mid[key / PAGEMAP_LEAF % PAGEMAP_MID]);
	return likely(leaf) ? READ_ONCE(leaf[key % PAGEMAP_LEAF]) : NULL;
}

int pagemap_prepare(struct pagemap *map, unsigned long last);
int pagemap_enter(struct pagemap *map, unsigned long key,
		  struct small_page *page, gfp_t gfp);
void pagemap_leave(struct pagemap *map, unsigned long key);
struct small_page *pagemap_next(const struct pagemap *map, unsigned long *key);
void pagemap_destroy(struct pagemap *map);

#endif /* NTPOOL_POOL_PAGEMAP_H */
