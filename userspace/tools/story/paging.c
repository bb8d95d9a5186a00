// SPDX-License-Identifier: GPL-2.0-only
/* S12 and S13: paged pool goes to disk, nonpaged pool stays. */
#include <inttypes.h>
#include <string.h>

#include "base/proc.h"
#include "base/units.h"
#include "story/pressure.h"
#include "story/story.h"

#define SIZE (1 * MIB)

static const struct column columns[] = {
	{ "Moment", "moment" },
	{ "Resident", "resident" },
	{ "In transition", "transition" },
	{ "In swap", "swapped" },
	{ NULL, NULL },
};

static void add_moment(struct table *table, const char *moment,
		       const struct ntpool_query *query)
{
	table_text(table, "%s", moment);
	table_number(table, query->resident);
	table_number(table, query->transition);
	table_number(table, query->swapped);
}

/* Out on request, and back by touching: hard faults are what reads the disk. */
static void page_on_request(struct story *story, uint64_t block)
{
	struct table *table = table_new(columns);
	struct ntpool_query before, out, back;
	struct ntpool_stats first, second;
	struct ntpool_trim trim = { 0 };
	bool intact;

	query_block(story, block, &before);
	ntpool_trim(story->session, block, 0, 0, NTPOOL_TRIM_WRITE_OUT, &trim);
	query_block(story, block, &out);
	ntpool_stats(story->session, &first);
	intact = block_intact(story, block, SIZE, 12);
	ntpool_stats(story->session, &second);
	query_block(story, block, &back);
	add_moment(table, "written", &before);
	add_moment(table, "paged out on request", &out);
	add_moment(table, "read again", &back);
	show_table(story, "on_request", table);
	check(story, before.resident == before.pages && out.swapped == out.pages,
	      "on request, all %" PRIu64 " pages went from memory to swap",
	      (uint64_t)out.pages);
	check(story, second.hard_faults > first.hard_faults && back.swapped == 0,
	      "reading brought them back, by %" PRIu64 " hard faults",
	      (uint64_t)(second.hard_faults - first.hard_faults));
	check(story, intact, "and every word is as it was written");
}

static void page_by_pressure(struct story *story)
{
	const struct pressure *pressure = pressure_get(story);
	struct table *table;
	char bytes[BYTES_TEXT];

	if (!pressure)
		return;
	table = table_new(columns);
	add_moment(table, "before", &pressure->paged_before);
	add_moment(table, "under pressure", &pressure->paged_after);
	line(story, "\n");
	show_table(story, "by_pressure", table);
	check(story, pressure->swapped_out > 0,
	      "with %s taken by another process, Linux wrote %" PRIu64 " pages to swap",
	      format_bytes(pressure->hogged, bytes), pressure->swapped_out);
	check(story, pressure->paged_before.swapped == 0 && pressure->paged_after.swapped > 0,
	      "%" PRIu64 " of the block's %" PRIu64 " pages were among them, and nobody had asked",
	      (uint64_t)pressure->paged_after.swapped,
	      (uint64_t)pressure->paged_after.pages);
	check(story, pressure->paged_intact,
	      "read again, every word is as it was written");
}

void play_paging(struct story *story)
{
	uint64_t block;

	if (!need_paging(story) || !need_swap(story, 16 * MIB))
		return;
	block = take_block(story, NTPOOL_FLAG_PAGED, SIZE);
	if (!block)
		return;
	tell(story, "First on request: a block of 1 MiB is paged out and read again.");
	if (fill_block(story, block, SIZE, 12))
		page_on_request(story, block);
	give_back(story, block);
	tell(story, "Then by need: a block of 4 MiB is left alone while another process takes more memory than there is.");
	page_by_pressure(story);
}

/* Pages whose frame is not the one it was; a page in swap has none. */
static size_t moved(const struct ntpool_page *before,
		    const struct ntpool_page *after, size_t count)
{
	size_t result = 0;
	size_t i;

	for (i = 0; i < count; i++)
		result += before[i].frame != after[i].frame;
	return result;
}

static bool all_resident(const struct ntpool_page *pages, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (pages[i].state != NTPOOL_PAGE_RESIDENT)
			return false;
	return true;
}

void play_nonpaged(struct story *story)
{
	const struct pressure *pressure;
	size_t moves;

	if (!need_admin(story))
		return;
	tell(story, "Beside that paged block, under the same pressure, was a nonpaged block of the same size.");
	pressure = pressure_get(story);
	if (!pressure)
		return;
	moves = moved(pressure->nonpaged_before, pressure->nonpaged_after,
		      pressure->pages);
	check(story, all_resident(pressure->nonpaged_after, pressure->pages),
	      "all %zu pages of the nonpaged block stayed resident",
	      pressure->pages);
	check(story, pressure->nonpaged_before[0].frame && moves == 0,
	      "each on the frame it had: first frame 0x%" PRIx64 ", %zu moved",
	      (uint64_t)pressure->nonpaged_after[0].frame, moves);
	check(story, pressure->nonpaged_intact,
	      "and every word is as it was written");
	moves = moved(pressure->paged_pages_before, pressure->paged_pages_after,
		      pressure->pages);
	check(story, moves > 0,
	      "of the paged block, %zu of %zu pages had lost their frames by then",
	      moves, pressure->pages);
}
