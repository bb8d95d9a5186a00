// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for nonpaged pool.
 *
 * Up to a page it comes from the slab caches of powers of two: these are
 * aligned to their size, so that no block crosses a page.  Larger blocks are
 * single pages mapped side by side, or at DISPATCH, where mapping is not
 * possible, pages side by side in memory.
 */
#include <linux/llist.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "pool/internal.h"

/* Blocks freed at DISPATCH, where vfree() may not be called; in their memory. */
static LLIST_HEAD(unmap_later);

static void unmap_work_fn(struct work_struct *work)
{
	struct llist_node *node, *next;

	llist_for_each_safe(node, next, llist_del_all(&unmap_later))
		vfree(node);
}

static DECLARE_WORK(unmap_work, unmap_work_fn);

/**
 * nonpaged_alloc() - memory that stays
 * @size: bytes, at least 1
 * @gfp: GFP_KERNEL or GFP_ATOMIC, with modifiers
 * @source: set to what nonpaged_free() needs
 *
 * Context: as @gfp says.
 * Return: 16-byte aligned, page-aligned from PAGE_SIZE on; or NULL.
 */
void *nonpaged_alloc(size_t size, gfp_t gfp, enum pool_source *source)
{
	if (size <= PAGE_SIZE) {
		*source = SOURCE_SLAB;
		return kmalloc(roundup_pow_of_two(max_t(size_t, size,
							POOL_ALIGN)),
			       gfp);
	}
	if (gfpflags_allow_blocking(gfp)) {
		*source = SOURCE_VMALLOC;
		return __vmalloc(size, gfp);
	}
	*source = SOURCE_PAGES;
	return alloc_pages_exact(size, gfp);
}

/**
 * nonpaged_free() - give back what nonpaged_alloc() returned
 * @start: its address
 * @size: as there
 * @source: as there
 *
 * Context: IRQL <= DISPATCH.
 */
void nonpaged_free(void *start, size_t size, enum pool_source source)
{
	switch (source) {
	case SOURCE_SLAB:
		kfree(start);
		break;
	case SOURCE_PAGES:
		free_pages_exact(start, size);
		break;
	case SOURCE_VMALLOC:
		if (ntpool_irql() < NTPOOL_IRQL_DISPATCH)
			vfree(start);
		else if (llist_add(start, &unmap_later))
			schedule_work(&unmap_work);
		break;
	case SOURCE_ARENA:
		WARN_ON_ONCE(1);
	}
}

void nonpaged_exit(void)
{
	flush_work(&unmap_work);
}
