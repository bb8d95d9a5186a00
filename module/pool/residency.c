// SPDX-License-Identifier: GPL-2.0-only
/* Residency of paged blocks: pin, unpin, trim, write out. */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/internal.h"

static bool page_span(const void *address, size_t length, unsigned long *pages)
{
	unsigned long start = (unsigned long)address, last;

	if (!length || check_add_overflow(start, length - 1, &last))
		return false;
	*pages = (last >> PAGE_SHIFT) - (start >> PAGE_SHIFT) + 1;
	return true;
}

/**
 * ntpool_pin() - bring a range of a paged block in and keep it
 * @address: in a paged block
 * @length: bytes, at least 1, within the block
 *
 * Until ntpool_unpin() the range can be touched at any IRQL.  Pins add up.
 *
 * Context: IRQL <= APC.
 * Return: 0; -EINVAL if that is no range of one paged block; -ENOMEM, -EIO if a
 * page cannot be had, and then nothing is pinned.
 */
int ntpool_pin(const void *address, size_t length)
{
	unsigned long pages;

	if (!page_span(address, length, &pages))
		return -EINVAL;
	return paging_pin((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_pin);

/**
 * ntpool_unpin() - undo one ntpool_pin()
 * @address: as there
 * @length: as there
 *
 * Context: IRQL <= APC.
 */
void ntpool_unpin(const void *address, size_t length)
{
	unsigned long pages;

	if (page_span(address, length, &pages))
		paging_unpin((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_unpin);

/**
 * ntpool_trim() - take a range of a paged block out of the working set
 * @address: in a paged block
 * @length: bytes, at least 1
 *
 * Context: IRQL <= APC.
 * Return: pages taken out; 0 if that is no paged block.
 */
unsigned long ntpool_trim(const void *address, size_t length)
{
	unsigned long pages;

	if (!page_span(address, length, &pages))
		return 0;
	return paging_trim_range((unsigned long)address, pages);
}
EXPORT_SYMBOL_GPL(ntpool_trim);

/**
 * ntpool_write_out() - write a range's trimmed pages to swap
 * @address: in a paged block
 * @length: bytes, at least 1
 * @written: filled: pages that the disk has now; or NULL
 *
 * Context: IRQL <= APC; waits for the disk.
 * Return: 0; -ENOSPC where swap had no room for some, -EIO where the disk did not take
 * them: these stay in memory.  -ENOMEM; -EINTR where the caller is being killed.
 */
int ntpool_write_out(const void *address, size_t length, unsigned long *written)
{
	unsigned long pages;

	if (!page_span(address, length, &pages))
		pages = 0;
	return paging_write_out_range((unsigned long)address, pages, written);
}
EXPORT_SYMBOL_GPL(ntpool_write_out);
