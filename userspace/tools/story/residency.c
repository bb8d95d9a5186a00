// SPDX-License-Identifier: GPL-2.0-only
/* S11: where every page is, of a block and of a user buffer. */
#include <errno.h>
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

/* All that can be paged out is, and a paged block beside it shows that this works. */
static void page_all_out(struct story *story, uint64_t nonpaged, uint64_t paged)
{
	struct ntpool_query stays, goes;
	struct ntpool_trim trim;
	int err = ntpool_trim(story->session, 0, 0, 0, NTPOOL_TRIM_WRITE_OUT,
			      &trim);

	if (err) {
		cannot(story, "the pools cannot be paged out: %s", strerror(-err));
		return;
	}
	if (!query_block(story, nonpaged, &stays) ||
	    !query_block(story, paged, &goes))
		return;
	check(story, !goes.resident && stays.resident == stays.pages,
	      "all pools paged out: of a paged block %" PRIu64 " pages are resident, of the nonpaged one all %" PRIu64,
	      (uint64_t)goes.resident, (uint64_t)stays.pages);
}

static void page_out_beside(struct story *story, uint64_t nonpaged, uint64_t size)
{
	uint64_t paged = take_block(story, NTPOOL_FLAG_PAGED, size);

	if (paged && fill_block(story, paged, size, 14))
		page_all_out(story, nonpaged, paged);
	give_back(story, paged);
}

static void look_at_nonpaged(struct story *story)
{
	uint64_t size = THIRD * story->features.page_size;
	uint64_t block = take_block(story, NTPOOL_FLAG_NON_PAGED, size);
	struct ntpool_trim trim;
	int err;

	if (!block)
		return;
	tell(story, "A block of nonpaged pool, %lu pages:", THIRD);
	if (fill_block(story, block, size, 13)) {
		err = ntpool_trim(story->session, block, 0, 0, 0, &trim);
		check(story, err == -EINVAL, "to trim it is refused: %s",
		      strerror(-err));
		/* To page out what is everybody's is for root. */
		if (story->admin)
			page_out_beside(story, block, size);
		check(story, block_intact(story, block, size, 13),
		      "it holds what was written");
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
