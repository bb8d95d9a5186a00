// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinning: pages that must stay present, because somebody will touch them where
 * he may not wait, or has told a device where they are.
 *
 * The number of pins of a page is kept apart from the page table, in an xarray
 * of the segment; the entry only says that there is at least one.
 */
#include <linux/mutex.h>

#include "core/core.h"
#include "paging/internal.h"

static DEFINE_MUTEX(pin_mutex);

/*
 * Set the pinned bit of a present entry; false if it is not present.  Dirty as well: who
 * pins a page may write it where it is, by another mapping or by a device, and nothing of
 * that would show in the entry.
 */
static bool mark_pinned(pte_t *ptep)
{
	pte_t pte = READ_ONCE(*ptep);

	do {
		if (!pte_present(pte))
			return false;
	} while (!try_cmpxchg64((u64 *)ptep, (u64 *)&pte.pte,
				pte_val(pte) | PTE_PINNED | _PAGE_DIRTY));
	return true;
}

static void clear_pinned(pte_t *ptep)
{
	clear_bit(_PAGE_BIT_SPECIAL, (unsigned long *)ptep);
}

static int make_pinned(const struct arena_range *range, unsigned long index)
{
	pte_t *ptep = segment_pte(range->seg, index);

	/* Between page-in and marking, trim may come: then once more. */
	while (!mark_pinned(ptep)) {
		int err = page_in(range, index);

		if (err)
			return err;
	}
	atomic_long_inc(&paging_pinned);
	return 0;
}

static int pin_page(const struct arena_range *range, unsigned long index)
{
	void *count = xa_load(&range->seg->pins, index);
	unsigned long pins = count ? xa_to_value(count) : 0;
	int err;

	lockdep_assert_held(&pin_mutex);
	err = xa_err(xa_store(&range->seg->pins, index, xa_mk_value(pins + 1),
			      GFP_KERNEL));
	if (err || pins)
		return err;
	err = make_pinned(range, index);
	if (err)
		xa_erase(&range->seg->pins, index);
	return err;
}

static void unpin_page(struct segment *seg, unsigned long index)
{
	void *count = xa_load(&seg->pins, index);
	unsigned long pins = count ? xa_to_value(count) : 0;

	lockdep_assert_held(&pin_mutex);
	if (WARN_ON_ONCE(!pins))
		return;
	if (pins > 1) {
		/* Replaces a value: needs no memory. */
		xa_store(&seg->pins, index, xa_mk_value(pins - 1), GFP_KERNEL);
		return;
	}
	xa_erase(&seg->pins, index);
	clear_pinned(segment_pte(seg, index));
	atomic_long_dec(&paging_pinned);
}

static bool find_range(unsigned long address, unsigned long pages,
		       struct arena_range *range, unsigned long *index)
{
	if (!arena_find(address, range))
		return false;
	*index = segment_index(range->seg, address);
	return pages <= range->first + range->pages - *index;
}

/**
 * paging_pin() - bring pages in and keep them
 * @address: in an allocation
 * @pages: how many from the one that holds @address, within the allocation
 *
 * Pins add up; each needs its paging_unpin().
 *
 * Context: may sleep.
 * Return: 0; -EINVAL if that is no range of one allocation, -ENOMEM or -EIO if
 * a page cannot be had, -EAGAIN if the
 * range is freed meanwhile.  On failure nothing is pinned.
 */
int paging_pin(unsigned long address, unsigned long pages)
{
	struct arena_range range;
	unsigned long index, i;
	int err = 0;

	might_sleep();
	if (!find_range(address, pages, &range, &index))
		return -EINVAL;
	mutex_lock(&pin_mutex);
	for (i = 0; i < pages && !err; i++)
		err = pin_page(&range, index + i);
	if (err)
		for (i--; i > 0; i--)
			unpin_page(range.seg, index + i - 1);
	mutex_unlock(&pin_mutex);
	return err;
}
EXPORT_FOR_TESTS(paging_pin);

/**
 * paging_unpin() - undo one paging_pin()
 * @address: as there
 * @pages: as there
 *
 * Context: may sleep.
 */
void paging_unpin(unsigned long address, unsigned long pages)
{
	struct arena_range range;
	unsigned long index, i;

	might_sleep();
	if (WARN_ON_ONCE(!find_range(address, pages, &range, &index)))
		return;
	mutex_lock(&pin_mutex);
	for (i = 0; i < pages; i++)
		unpin_page(range.seg, index + i);
	mutex_unlock(&pin_mutex);
}
EXPORT_FOR_TESTS(paging_unpin);
