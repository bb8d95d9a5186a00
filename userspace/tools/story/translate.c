// SPDX-License-Identifier: GPL-2.0-only
/* S1 and S2: addresses are translated, page by page, to any frame. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/proc.h"
#include "base/residency.h"
#include "base/units.h"
#include "base/walk.h"
#include "story/story.h"

static bool walked(struct story *story, int err)
{
	if (err)
		cannot(story, "a walk is refused: %s", strerror(-err));
	return !err;
}

/* The walk of the module, and /proc/self/pagemap as the other witness. */
static void walk_own(struct story *story)
{
	void *page = shared_address();
	struct proc_page seen = { 0 };
	struct ntpool_walk walk;
	char text[ADDRESS_TEXT];

	if (!walked(story, ntpool_walk_address(story->session,
					       (uintptr_t)page, &walk)))
		return;
	tell(story, "This program has a page at %s. The processor finds its frame in %u steps; each takes nine bits of the address as an index into a table, and the entry there leads to the next table. Letters: V valid, W writable, U for user mode, K for kernel mode only, A accessed, D dirty, L large, G global, E executable.",
	     format_address(walk.address, text), walk.levels);
	show_table(story, "own_walk", walk_table(&walk));
	proc_pagemap(page, &seen, 1);
	check(story, walk.depth == walk.levels && walk.page_shift == 12,
	      "the walk goes through all %u levels to a page of 4 KiB",
	      walk.levels);
	check(story, walk.frame && walk.frame == seen.frame,
	      "its frame 0x%" PRIx64 " is the one that /proc/self/pagemap names",
	      (uint64_t)walk.frame);
	munmap(page, sysconf(_SC_PAGESIZE));
}

static void walk_pool(struct story *story)
{
	uint64_t block = take_block(story, NTPOOL_FLAG_PAGED, 64 * KIB);
	uint32_t count = 1;
	struct ntpool_page page;
	struct ntpool_walk walk;
	char text[ADDRESS_TEXT];

	if (!block)
		return;
	if (fill_block(story, block, 64 * KIB, 1) &&
	    walked(story, ntpool_walk_block(story->session, block, 0, &walk)) &&
	    !ntpool_pages(story->session, block, 0, &page, &count)) {
		tell(story, "A block of paged pool begins at %s. It is in system space, but the tables are read in the same way.",
		     format_address(walk.address, text));
		show_table(story, "pool_walk", walk_table(&walk));
		check(story, walk.kind == NTPOOL_CLASS_PAGED_POOL,
		      "the address is known as one of paged pool");
		check(story, walk.frame && walk.frame == page.frame,
		      "the processor's tables and the pool agree on frame 0x%" PRIx64,
		      (uint64_t)walk.frame);
	}
	give_back(story, block);
}

void play_translation(struct story *story)
{
	if (!need_admin(story))
		return;
	walk_own(story);
	walk_pool(story);
}

#define LARGE (8 * MIB)
#define SHOWN 4

static const struct column frame_columns[] = {
	{ "Page", "page" },
	{ "Frame in the block", "block_frame" },
	{ "Frame in the buffer", "buffer_frame" },
	{ NULL, NULL },
};

static uint64_t jumps(const uint64_t *frames, size_t count)
{
	uint64_t result = 0;
	size_t i;

	for (i = 1; i < count; i++)
		result += frames[i] != frames[i - 1] + 1;
	return result;
}

/* Frames of a block; those of pages that are not in memory are 0. */
static uint64_t *block_frames(struct story *story, uint64_t block, size_t count)
{
	uint64_t *frames = must_calloc(count, sizeof(*frames));
	struct ntpool_page *pages;
	size_t found, i;

	if (residency_pages(story->session, block, &pages, &found))
		return frames;
	for (i = 0; i < found && i < count; i++)
		frames[i] = pages[i].frame;
	free(pages);
	return frames;
}

static uint64_t *buffer_frames(void *buffer, size_t count)
{
	struct proc_page *pages = must_calloc(count, sizeof(*pages));
	uint64_t *frames = must_calloc(count, sizeof(*frames));
	size_t i;

	if (proc_pagemap(buffer, pages, count))
		for (i = 0; i < count; i++)
			frames[i] = pages[i].frame;
	free(pages);
	return frames;
}

/* The first place where the next page is somewhere else. */
static void tell_jump(struct story *story, const char *what,
		      const uint64_t *frames, size_t count)
{
	size_t i = 1;

	while (i < count && frames[i] == frames[i - 1] + 1)
		i++;
	if (i < count)
		line(story, "       %s: page %zu is on frame 0x%" PRIx64 ", page %zu on frame 0x%" PRIx64 "\n",
		     what, i - 1, frames[i - 1], i, frames[i]);
}

static void compare_frames(struct story *story, uint64_t block, void *buffer)
{
	size_t count = LARGE / story->features.page_size;
	uint64_t *in_block = block_frames(story, block, count);
	uint64_t *in_buffer = buffer_frames(buffer, count);
	struct table *table = table_new(frame_columns);
	struct ntpool_query query;
	size_t i;

	for (i = 0; i < SHOWN; i++) {
		table_number(table, i);
		table_hex(table, in_block[i]);
		table_hex(table, in_buffer[i]);
	}
	show_table(story, "first_frames", table);
	tell_jump(story, "the block's first jump", in_block, count);
	tell_jump(story, "the buffer's first jump", in_buffer, count);
	line(story, "\n");
	fact(story, "pages", count);
	fact(story, "block_discontinuities", jumps(in_block, count));
	fact(story, "buffer_discontinuities", jumps(in_buffer, count));
	check(story, jumps(in_block, count) > 0,
	      "the block: %zu pages in a row, and %" PRIu64
	      " times the next frame is not the neighbour",
	      count, jumps(in_block, count));
	check(story, in_buffer[0] && jumps(in_buffer, count) > 0,
	      "the buffer: %zu pages in a row, and %" PRIu64 " such jumps",
	      count, jumps(in_buffer, count));
	if (query_block(story, block, &query))
		check(story, query.discontinuities == jumps(in_block, count),
		      "the module counts the same jumps in the block");
	free(in_block);
	free(in_buffer);
}

void play_scattering(struct story *story)
{
	uint64_t block;
	void *buffer;

	if (!need_admin(story))
		return;
	block = take_block(story, NTPOOL_FLAG_PAGED, LARGE);
	if (!block)
		return;
	buffer = map_pages(LARGE);
	/* Pages of 4 KiB: a huge page would be contiguous by itself. */
	madvise(buffer, LARGE, MADV_NOHUGEPAGE);
	memset(buffer, 1, LARGE);
	tell(story, "A block of paged pool and a buffer of this program, 8 MiB each. To the code that uses them, each is one run of addresses. These are the page frames behind the first pages:");
	if (fill_block(story, block, LARGE, 2))
		compare_frames(story, block, buffer);
	munmap(buffer, LARGE);
	give_back(story, block);
}
