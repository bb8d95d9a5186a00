// SPDX-License-Identifier: GPL-2.0-only
/* A page-table walk as a table. */
#include <inttypes.h>
#include <stdio.h>

#include "base/walk.h"

#define FRAME_MASK 0x000ffffffffff000ull

static const struct column columns[] = {
	{ "Level", "level" },
	{ "Index", "index" },
	{ "Entry", "entry" },
	{ "Bits", "bits" },
	{ "Leads to", "leads_to" },
	{ NULL, NULL },
};

/* The bits of an x86 entry by the letters of !pte. */
static const char *bit_letters(uint64_t entry, char text[16])
{
	snprintf(text, 16, "%c%c%c%c%c%c%c%c", entry >> 7 & 1 ? 'L' : '-',
		 entry >> 8 & 1 ? 'G' : '-', entry >> 6 & 1 ? 'D' : '-',
		 entry >> 5 & 1 ? 'A' : '-', entry >> 2 & 1 ? 'U' : 'K',
		 entry >> 1 & 1 ? 'W' : 'R', entry >> 63 & 1 ? '-' : 'E',
		 entry & 1 ? 'V' : '-');
	return text;
}

static void add_target(struct table *table, const struct ntpool_walk *walk,
		       unsigned int level)
{
	uint64_t frame = (walk->entry[level] & FRAME_MASK) >> 12;

	if (!(walk->entry[level] & 1))
		table_text(table, "nothing: not valid");
	else if (level + 1 < walk->depth)
		table_text(table, "table in frame 0x%" PRIx64, frame);
	else
		table_text(table, "the page, frame 0x%" PRIx64,
			   (uint64_t)walk->frame);
}

struct table *walk_table(const struct ntpool_walk *walk)
{
	static const char *const names[NTPOOL_WALK_LEVELS] = {
		"PML5",
		"PML4",
		"PDPT",
		"PD",
		"PT",
	};
	unsigned int top = NTPOOL_WALK_LEVELS - walk->levels;
	struct table *table = table_new(columns);
	char bits[16];
	unsigned int i;

	for (i = 0; i < walk->depth && i < walk->levels; i++) {
		table_text(table, "%s", names[top + i]);
		table_number(table, walk->index[i]);
		table_hex(table, walk->entry[i]);
		table_text(table, "%s", bit_letters(walk->entry[i], bits));
		add_target(table, walk, i);
	}
	return table;
}
