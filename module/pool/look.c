// SPDX-License-Identifier: GPL-2.0-only
/* Blocks by address, whatever their size, and where their pages are. */
#include <linux/io.h>
#include <linux/string.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"

/**
 * pool_find() - the block that an address lies in
 * @address: any
 * @info: filled on success
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is one.
 */
bool pool_find(unsigned long address, struct pool_block_info *info)
{
	return address >= PAGE_OFFSET &&
	       (small_find(address, info) || blocks_find(address, info));
}
EXPORT_FOR_TESTS(pool_find);

/**
 * pool_next() - the block with the lowest start at or above an address
 * @from: the address
 * @info: filled on success
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is one.
 */
bool pool_next(unsigned long from, struct pool_block_info *info)
{
	struct pool_block_info large;
	bool found = small_next(from, info);

	if (!blocks_next(from, &large))
		return found;
	if (!found || large.start < info->start)
		*info = large;
	return true;
}
EXPORT_FOR_TESTS(pool_next);

unsigned long pool_block_pages(const struct pool_block_info *info)
{
	unsigned long last = info->start + max_t(size_t, info->size, 1) - 1;

	return (last >> PAGE_SHIFT) - (info->start >> PAGE_SHIFT) + 1;
}
EXPORT_FOR_TESTS(pool_block_pages);

static void look_nonpaged(unsigned long address, struct ntpool_page *page)
{
	void *p = (void *)address;

	page->state = NTPOOL_PAGE_RESIDENT;
	page->flags = NTPOOL_PAGE_NONPAGED;
	page->frame = is_vmalloc_addr(p) ? vmalloc_to_pfn(p) :
					   virt_to_phys(p) >> PAGE_SHIFT;
}

/**
 * pool_look() - where a page of a block is
 * @info: the block, which is live and stays so
 * @index: counted from the block's first page
 * @page: filled on success
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL if the block has no such page.
 */
int pool_look(const struct pool_block_info *info, unsigned long index,
	      struct ntpool_page *page)
{
	unsigned long address = (info->start & PAGE_MASK) +
				(index << PAGE_SHIFT);
	struct paging_page where;
	int err;

	if (index >= pool_block_pages(info))
		return -EINVAL;
	memset(page, 0, sizeof(*page));
	if (!pool_flags_paged(info->flags)) {
		look_nonpaged(address, page);
		return 0;
	}
	err = paging_look(address, &where);
	if (err)
		return err;
	page->state = where.state;
	page->flags = where.flags;
	page->frame = where.frame;
	page->slot = where.slot;
	return 0;
}
EXPORT_FOR_TESTS(pool_look);
