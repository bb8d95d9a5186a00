// SPDX-License-Identifier: GPL-2.0-only
/* S11: where every page is, of a block and of a user buffer. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/pattern.h"
#include "base/proc.h"
#include "base/residency.h"
#include "base/units.h"
#include "story/story.h"

#define THIRD (64ul)
#define PAGES (3 * THIRD)

/* A third is written to swap, a third only taken away, a third stays. */
static bool trim_thirds(struct story *story, uint64_t block)
{
	uint64_t third = THIRD * story->features.page_size;
	struct ntpool_trim trim;

	if (ntpool_trim(story->session, block, 0, third,
			NTPOOL_TRIM_WRITE_OUT, &trim) ||
	    ntpool_trim(story->session, block, third, third, 0, &trim)) {
		cannot(story, "the block cannot be trimmed");
		return false;
	}
	return true;
}

static size_t in_state(const struct ntpool_page *pages, size_t first,
		       enum ntpool_page_state state)
{
	size_t count = 0;
	size_t i;

	for (i = first; i < first + THIRD; i++)
		count += pages[i].state == state;
	return count;
}

/* A page in swap must say where: a slot, each its own. */
static bool has_slots(const struct ntpool_page *pages)
{
	size_t i;

	for (i = 0; i < THIRD; i++)
		if (!pages[i].slot || (i && pages[i].slot == pages[i - 1].slot))
			return false;
	return true;
}

static void judge_block(struct story *story, const struct ntpool_page *pages)
{
	if (!story->json) {
		residency_print_map(pages, PAGES, 7);
		line(story, "\n       R resident, T in transition (on its way out), S in swap\n\n");
	}
	json_object_object_add(story->facts, "block_pages",
			       residency_pages_json(pages, PAGES));
	check(story, in_state(pages, 0, NTPOOL_PAGE_SWAPPED) == THIRD,
	      "the first %lu pages are in swap", THIRD);
	if (story->admin)
		check(story, has_slots(pages),
		      "each in a slot of its own: %" PRIu64 ", %" PRIu64 ", %" PRIu64 " ...",
		      (uint64_t)pages[0].slot, (uint64_t)pages[1].slot,
		      (uint64_t)pages[2].slot);
	check(story, in_state(pages, THIRD, NTPOOL_PAGE_TRANSITION) == THIRD,
	      "the next %lu are out of the working set and still in memory",
	      THIRD);
	check(story, in_state(pages, 2 * THIRD, NTPOOL_PAGE_RESIDENT) == THIRD,
	      "the last %lu are resident", THIRD);
}

static void look_at_block(struct story *story)
{
	uint64_t size = PAGES * story->features.page_size;
	uint64_t block = take_block(story, NTPOOL_FLAG_PAGED, size);
	struct ntpool_page *pages;
	size_t count;

	if (!block)
		return;
	tell(story, "A block of paged pool, %lu pages. A third of it is written to swap, a third taken out of the working set, the rest left alone:",
	     PAGES);
	if (fill_block(story, block, size, 11) && trim_thirds(story, block) &&
	    !residency_pages(story->session, block, &pages, &count)) {
		judge_block(story, pages);
		free(pages);
		check(story, block_intact(story, block, size, 11),
		      "read again, all pages hold what was written");
	}
	give_back(story, block);
}

static void print_user_map(struct story *story, const struct proc_page *pages)
{
	size_t i;

	for (i = 0; i < PAGES; i++) {
		if (i % 64 == 0)
			line(story, "       %5zu  ", i);
		line(story, "%c%s",
		     pages[i].present ? 'R' : pages[i].swapped ? 'S' :
								 '.',
		     i % 64 == 63 ? "\n" : "");
	}
	line(story, "\n");
}

/* Linux pages this program's memory out when it is asked to, if it can. */
static void look_at_buffer(struct story *story)
{
	size_t size = PAGES * story->features.page_size;
	struct proc_page pages[PAGES];
	char *buffer = map_pages(size);
	size_t swapped = 0;
	size_t i;

	tell(story, "A buffer of this program, %lu pages, as /proc/self/pagemap shows it after Linux was asked to page out the first third (madvise):",
	     PAGES);
	pattern_fill(buffer, size, 12, 0);
	madvise(buffer, size / 3, MADV_PAGEOUT);
	if (!proc_pagemap(buffer, pages, PAGES)) {
		cannot(story, "/proc/self/pagemap cannot be read");
		return;
	}
	print_user_map(story, pages);
	for (i = 0; i < PAGES; i++)
		swapped += pages[i].swapped;
	fact(story, "buffer_swapped", swapped);
	check(story, swapped > 0,
	      "%zu pages of user space are in swap, the first in slot %" PRIu64,
	      swapped, pages[0].slot);
	check(story, pattern_check(buffer, size, 12, 0) == size,
	      "touched again, they hold what was written");
	munmap(buffer, size);
}

static void look_at_nonpaged(struct story *story)
{
	uint64_t size = THIRD * story->features.page_size;
	uint64_t block = take_block(story, NTPOOL_FLAG_NON_PAGED, size);
	struct ntpool_query query;
	struct ntpool_trim trim;

	if (!block)
		return;
	if (fill_block(story, block, size, 13)) {
		ntpool_trim(story->session, block, 0, 0, 0, &trim);
		if (query_block(story, block, &query))
			check(story, query.resident == query.pages,
			      "a block of nonpaged pool: all %" PRIu64 " pages resident, trimmed or not",
			      (uint64_t)query.pages);
	}
	give_back(story, block);
}

void play_residency(struct story *story)
{
	if (!need_paging(story) || !need_swap(story, 16 * MIB))
		return;
	look_at_block(story);
	look_at_buffer(story);
	look_at_nonpaged(story);
}
