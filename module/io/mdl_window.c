// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping MDLs at DISPATCH, where vmap() may not be called: at addresses that have been
 * reserved before, and whose page tables exist.  There are as many as NT's drivers
 * need in their DPCs for the moment; who holds such mappings for long, or maps large
 * buffers there, finds no room one day, as he has to expect.
 *
 * Unmapping is for a worker in any case: addresses are used again only after all CPUs
 * have forgotten them.
 */
#include <linux/bitmap.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "core/core.h"
#include "io/io.h"
#include "io/mdl.h"
#include "paging/paging.h"

#define WINDOW_PAGES 2048

static DEFINE_MUTEX(make_mutex);
static unsigned long window; /* 0 as long as there is none; set once */

static DEFINE_SPINLOCK(window_lock);
static DECLARE_BITMAP(used, WINDOW_PAGES); /* window_lock */

/**
 * mdl_window_make() - have the addresses ready before they are needed
 *
 * Context: may sleep.
 */
void mdl_window_make(void)
{
	if (likely(READ_ONCE(window)))
		return;
	mutex_lock(&make_mutex);
	if (!window)
		WRITE_ONCE(window, paging_reserve(WINDOW_PAGES));
	mutex_unlock(&make_mutex);
}

static bool take(unsigned long count, unsigned long *first)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&window_lock, flags);
	*first = bitmap_find_next_zero_area(used, WINDOW_PAGES, 0, count, 0);
	found = *first < WINDOW_PAGES;
	if (found)
		bitmap_set(used, *first, count);
	spin_unlock_irqrestore(&window_lock, flags);
	return found;
}

/**
 * mdl_window_map() - map pages side by side
 * @pages: them
 * @count: how many
 *
 * Context: IRQL <= DISPATCH.
 * Return: where they are, or NULL where there is no room.
 */
void *mdl_window_map(struct page *const *pages, unsigned long count)
{
	unsigned long start = READ_ONCE(window), first, i;

	if (!start || count > WINDOW_PAGES || !take(count, &first))
		return NULL;
	start += first << PAGE_SHIFT;
	for (i = 0; i < count; i++)
		paging_map(start + (i << PAGE_SHIFT), pages[i]);
	return (void *)start;
}

/**
 * mdl_window_unmap() - undo mdl_window_map()
 * @base: what it returned
 * @count: as there
 *
 * Context: may sleep.
 */
void mdl_window_unmap(const void *base, unsigned long count)
{
	unsigned long start = (unsigned long)base, flags, i;

	for (i = 0; i < count; i++)
		paging_unmap(start + (i << PAGE_SHIFT));
	paging_flush(true);
	spin_lock_irqsave(&window_lock, flags);
	bitmap_clear(used, (start - window) >> PAGE_SHIFT, count);
	spin_unlock_irqrestore(&window_lock, flags);
}

/**
 * io_window_range() - the addresses that are kept for this
 * @first: set to the first
 * @last: set to the last
 *
 * Context: any.
 * Return: whether there are any yet.
 */
bool io_window_range(unsigned long *first, unsigned long *last)
{
	unsigned long start = READ_ONCE(window);

	*first = start;
	*last = start + (WINDOW_PAGES << PAGE_SHIFT) - 1;
	return start;
}

/**
 * mdl_window_exit() - give the addresses back
 *
 * Context: may sleep; nothing is mapped there.
 */
void mdl_window_exit(void)
{
	if (window)
		paging_unreserve(window, WINDOW_PAGES);
	window = 0;
}
