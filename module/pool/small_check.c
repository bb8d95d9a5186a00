// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces of wrong writes in and around small blocks: damaged headers, bytes
 * written behind a block's end, freed blocks written to.
 *
 * The bug checks are those of "Bug check 0x19: BAD_POOL_HEADER" and "Bug check
 * 0xC6: DRIVER_CAUGHT_MODIFYING_FREED_POOL" (Windows driver documentation).
 */
#include <linux/string.h>

#include "core/core.h"
#include "pool/small.h"

/* Stands right behind a block, as far as there is room. */
#define TAIL_MARK 0x7C7C7C7C7C7C7C7Cull
#define TAIL_MAX  sizeof(u64)

/* Stand in a freed block's first bytes, where NT has the links of its list. */
#define FREED_MARK 0xF7EEF7EEF7EEF7EEull

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
	const struct small_record *record = &header->record;
	const struct tag_row *row = tag_row_by_id(record->row);

	return !header->pool && header->type == HEADER_ALLOCATED &&
	       (record->size & RECORD_BYTES) <= small_room(page->class) && row &&
	       (tag_is_shared(row) || tag_of(row) == header->tag);
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
 * @page: its page, locked
 * @index: its slot, in which there is a block
 *
 * Return: 0x19/05 to 0A for its own header, 0x19/20 for the next one's.  Where blocks
 * have no headers none can be damaged.
 */
struct flaw small_check_header(const struct small_page *page,
			       unsigned int index)
{
	struct flaw flaw = {};

	lockdep_assert_held(&page->lock);
	if (!page->class->header)
		return flaw;
	flaw = check_live(page, index);
	if (!flaw.code && index + 1 < page->class->count)
		flaw = check_neighbour(page, index);
	return flaw;
}

static unsigned int tail_room(const struct small_page *page, unsigned int size)
{
	return min_t(unsigned int, small_room(page->class) - size, TAIL_MAX);
}

/**
 * small_mark_tail() - put the mark behind a block
 * @page: its page, resident
 * @index: its slot
 * @size: bytes of the block
 */
void small_mark_tail(const struct small_page *page, unsigned int index,
		     unsigned int size)
{
	u64 mark = TAIL_MARK;

	memcpy((void *)small_block(page, index) + size, &mark,
	       tail_room(page, size));
}

/**
 * small_check_tail() - is the mark still behind a block
 * @page: its page, resident
 * @index: its slot
 * @size: bytes of the block
 *
 * Return: 0x19/21 [block, size, what stands there] if not.
 */
struct flaw small_check_tail(const struct small_page *page, unsigned int index,
			     unsigned int size)
{
	unsigned long block = small_block(page, index);
	u64 found = TAIL_MARK;

	memcpy(&found, (void *)block + size, tail_room(page, size));
	if (likely(found == TAIL_MARK))
		return (struct flaw){};
	return bad_header(BAD_TAIL, block, size, found);
}

/**
 * small_mark_freed() - mark a block that has been freed
 * @page: its page, resident
 * @index: its slot, which nobody can have yet
 */
void small_mark_freed(const struct small_page *page, unsigned int index)
{
	u64 *block = (u64 *)small_block(page, index);

	block[0] = FREED_MARK;
	block[1] = FREED_MARK;
}

/**
 * small_check_freed() - has a freed block been written to
 * @page: its page, resident
 * @index: its slot, marked by small_mark_freed()
 *
 * Return: 0xC6 [address, 1 for a write, 0 for kernel mode, 0] if so; 0x19/0D if its
 * header has been.
 */
struct flaw small_check_freed(const struct small_page *page,
			      unsigned int index)
{
	const u64 *block = (u64 *)small_block(page, index);
	bool second = block[0] == FREED_MARK;

	if (likely(second && block[1] == FREED_MARK))
		return (struct flaw){};
	return (struct flaw){
		.code = BUGCHECK_DRIVER_CAUGHT_MODIFYING_FREED_POOL,
		.param = { (unsigned long)&block[second], 1, 0, 0 },
	};
}
