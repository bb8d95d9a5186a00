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

static void forget_pins(struct segment *seg, unsigned long index)
{
	lockdep_assert_held(&pin_mutex);
	xa_erase(&seg->pins, index);
	clear_pinned(segment_pte(seg, index));
	atomic_long_dec(&paging_pinned);
}

static void unpin_page(struct segment *seg, unsigned long index)
{
	void *count = xa_load(&seg->pins, index);
	unsigned long pins = count ? xa_to_value(count) : 0;

	lockdep_assert_held(&pin_mutex);
	if (pins > 1) /* Replaces a value: needs no memory. */
		xa_store(&seg->pins, index, xa_mk_value(pins - 1), GFP_KERNEL);
	else if (pins)
		forget_pins(seg, index);
	else
		pr_warn_ratelimited("ntpool: %s[%d] unpins a page that is not pinned\n",
				    current->comm, current->pid);
}

static bool find_range(unsigned long address, unsigned long pages,
		       struct arena_range *range, unsigned long *index)
{
	if (!arena_find(address, range))
		return false;
	*index = segment_index(range->seg, address);
	return pages <= range->first + range->pages - *index;
}

/*
 * The range is looked for under the mutex: who frees it takes it out of the tree first,
 * and then comes to unpin_all().
 */
static int pin_range(unsigned long address, unsigned long pages)
{
	struct arena_range range;
	unsigned long index, i;
	int err = 0;

	lockdep_assert_held(&pin_mutex);
	if (!find_range(address, pages, &range, &index))
		return -EINVAL;
	for (i = 0; i < pages && !err; i++)
		err = pin_page(&range, index + i);
	if (err)
		for (i--; i > 0; i--)
			unpin_page(range.seg, index + i - 1);
	return err;
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
	int err;

	might_sleep();
	mutex_lock(&pin_mutex);
	err = pin_range(address, pages);
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
	mutex_lock(&pin_mutex);
	if (find_range(address, pages, &range, &index))
		for (i = 0; i < pages; i++)
			unpin_page(range.seg, index + i);
	mutex_unlock(&pin_mutex);
}
EXPORT_FOR_TESTS(paging_unpin);

/**
 * paging_pin_pages() - pin, and tell which pages these are
 * @address: as of paging_pin()
 * @count: how many
 * @pages: filled on success, each with a reference: they stay pages of their own even if
 *	   the range is freed
 *
 * Context: may sleep.
 * Return: as paging_pin().
 */
int paging_pin_pages(unsigned long address, unsigned long count,
		     struct page **pages)
{
	struct arena_range range;
	unsigned long index, i;
	int err;

	might_sleep();
	mutex_lock(&pin_mutex);
	err = pin_range(address, count);
	if (!err && find_range(address, count, &range, &index)) {
		for (i = 0; i < count; i++) {
			pages[i] = pte_page(*segment_pte(range.seg, index + i));
			get_page(pages[i]);
		}
	}
	mutex_unlock(&pin_mutex);
	return err;
}

/* Not if the range was freed meanwhile: the page has a reference, so it is no other. */
static bool is_pinned_there(pte_t pte, const struct page *page)
{
	return pte_present(pte) && (pte_flags(pte) & PTE_PINNED) &&
	       pte_page(pte) == page;
}

/**
 * paging_unpin_pages() - undo one paging_pin_pages()
 * @address: as there
 * @count: as there
 * @pages: as it has told; their references are dropped
 *
 * If the range was freed meanwhile its pins went with it, and whoever has these addresses
 * now keeps his.
 *
 * Context: may sleep.
 */
void paging_unpin_pages(unsigned long address, unsigned long count,
			struct page **pages)
{
	struct arena_range range;
	unsigned long index, i;

	might_sleep();
	mutex_lock(&pin_mutex);
	if (find_range(address, count, &range, &index))
		for (i = 0; i < count; i++)
			if (is_pinned_there(*segment_pte(range.seg, index + i),
					    pages[i]))
				unpin_page(range.seg, index + i);
	mutex_unlock(&pin_mutex);
	for (i = 0; i < count; i++)
		put_page(pages[i]);
}

/**
 * unpin_all() - a range is being freed, with whatever is pinned in it
 * @seg: the segment
 * @index: first page
 * @pages: how many
 *
 * Context: may sleep; the range is not in the tree any more.
 * Return: how many pages were pinned.
 */
unsigned long unpin_all(struct segment *seg, unsigned long index,
			unsigned long pages)
{
	unsigned long at, n = 0;
	void *count;

	mutex_lock(&pin_mutex);
	xa_for_each_range(&seg->pins, at, count, index, index + pages - 1) {
		forget_pins(seg, at);
		n++;
	}
	mutex_unlock(&pin_mutex);
	return n;
}
