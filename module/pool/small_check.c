// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces of wrong writes in and around small blocks: damaged headers and lists of free
 * slots, bytes written behind a block's end, freed blocks written to.
 *
 * The bug checks are those of "Bug check 0x19: BAD_POOL_HEADER" and "Bug check
 * 0xC6: DRIVER_CAUGHT_MODIFYING_FREED_POOL" (Windows driver documentation).
 */
#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "pool/small.h"
#include "pool/small_touch.h"
#include "pool/tags.h"

static struct flaw bad_header(enum bad_header what, u64 p2, u64 p3, u64 p4)
{
	return (struct flaw){
		.code = BUGCHECK_BAD_POOL_HEADER,
		.param = { what, p2, p3, p4 },
	};
}

/* The fields that are the same whatever is in the slot. */
static struct flaw check_sizes(const struct pool_header *header,
			       const struct pool_header *previous,
			       unsigned int size)
{
	u64 at = (unsigned long)header;

	if (!header->size)
		return bad_header(BAD_SIZE_ZERO, 0, 0, at);
	if (header->size < size)
		return bad_header(BAD_SIZE_SMALL, 0, 0, at);
	if (header->size > size)
		return bad_header(BAD_SIZE_LARGE, at, 0, at);
	size = previous ? size : 0;
	if (header->previous > size)
		return bad_header(BAD_PREVIOUS_LARGE, at, 0, at);
	if (header->previous < size)
		return bad_header(BAD_PREVIOUS_SMALL, at, 0,
				  (unsigned long)previous);
	return (struct flaw){};
}

static bool record_is_sound(const struct small_page *page,
			    const struct pool_header *header)
{
	const union small_record *record = &header->record;
	const struct tag_row *row = tag_row_of(record->row);

	return !header->pool && header->type == HEADER_ALLOCATED &&
	       (record->size & RECORD_BYTES) <= small_room(page->class) && row &&
	       (tag_is_shared(row) ||
		tag_protected_as(row->tag, record->row) == header->tag);
}

static struct flaw check_live(const struct small_page *page, unsigned int index)
{
	const struct pool_header *header = small_header(page, index);
	unsigned int size = min(page->class->slot / POOL_ALIGN, 255);
	struct flaw flaw;

	flaw = check_sizes(header, index ? small_header(page, index - 1) : NULL,
			   size);
	if (!flaw.code && !record_is_sound(page, header))
		flaw = bad_header(BAD_RECORD, (unsigned long)header, 0,
				  page->start);
	return flaw;
}

/* What an overrun of the block before would have hit first. */
static struct flaw check_neighbour(const struct small_page *page,
				   unsigned int index)
{
	const struct pool_header *header = small_header(page, index);
	const struct pool_header *next = small_header(page, index + 1);
	unsigned int size = min(page->class->slot / POOL_ALIGN, 255);

	if (next->size == size && next->previous == size && !next->pool &&
	    !(next->type & ~HEADER_ALLOCATED))
		return (struct flaw){};
	return bad_header(BAD_NEIGHBOUR, (unsigned long)header,
			  (unsigned long)next, 0);
}

/**
 * small_check_header() - is a block's header what it was, and the next one's
 * @page: its page
 * @index: its slot, in which there is a block
 *
 * Return: 0x19/05 to 0A for its own header, 0x19/20 for the next one's.  Where blocks
 * have no headers none can be damaged.
 */
struct flaw small_check_header(const struct small_page *page,
			       unsigned int index)
{
	struct flaw flaw = {};

	if (!page->class->header)
		return flaw;
	flaw = check_live(page, index);
	if (!flaw.code && index + 1 < page->class->count)
		flaw = check_neighbour(page, index);
	return flaw;
}

/**
 * small_tail_flaw() - is the mark still behind a block
 * @block: the block
 * @size: bytes of it
 * @slack: bytes to the end of its slot, at least 1
 *
 * Return: 0x19/21 [block, size, what stands there] if not; a page that is out is sound.
 */
struct flaw small_tail_flaw(unsigned long block, unsigned int size,
			    unsigned int slack)
{
	u64 found = TAIL_MARK;

	if (copy_from_kernel_nofault(&found, (void *)block + size,
				     min_t(size_t, slack, sizeof(found))) ||
	    found == TAIL_MARK)
		return (struct flaw){};
	return bad_header(BAD_TAIL, block, size, found);
}

/**
 * small_freed_flaw() - what it is that a freed block has been written to
 * @changed: the first word of it that is not the mark
 *
 * Return: 0xC6 [address, 1 for a write, 0 for kernel mode, 0].
 */
struct flaw small_freed_flaw(const u64 *changed)
{
	return (struct flaw){
		.code = BUGCHECK_DRIVER_CAUGHT_MODIFYING_FREED_POOL,
		.param = { (unsigned long)changed, 1, 0, 0 },
	};
}

/**
 * small_list_flaw() - what it is that a page's free list is not what it was
 * @page: the page, under its class's lock; the list is damaged at its head
 *
 * Return: 0x19/03 [header of the free slot, what stands in its record, 0]; where the list
 * ends too early, [the page, 0, 0].
 */
struct flaw small_list_flaw(const struct small_page *page)
{
	unsigned int index = page->free - 1;

	if (!page->free)
		return bad_header(BAD_FREE_LIST, page->start, 0, 0);
	return bad_header(BAD_FREE_LIST,
			  small_block(page, index) - page->class->header,
			  small_record(page, index)->word, 0);
}
