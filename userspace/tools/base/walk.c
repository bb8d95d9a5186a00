// SPDX-License-Identifier: GPL-2.0-only
/* A page-table walk as text, as JSON and as a table. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "base/units.h"
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

/* What stands for a bit of an x86 entry where it is 1, and where it is 0. */
struct letter {
	int bit;
	char set, clear;
};

/*
 * The letters of !pte, in its order.  C, copy on write, is a bit of NT's own, which
 * the processor ignores and Linux has for something else: it is never shown.
 */
static const struct letter letters[] = {
	{ -1, 'C', '-' },
	{ 8, 'G', '-' },
	{ 7, 'L', '-' },
	{ 6, 'D', '-' },
	{ 5, 'A', '-' },
	{ 4, 'N', '-' },
	{ 3, 'T', '-' },
	{ 2, 'U', 'K' },
	{ 1, 'W', 'R' },
	{ 63, '-', 'E' },
	{ 0, 'V', '-' },
};

#define LETTERS (sizeof(letters) / sizeof(letters[0]))

/* In the last level bit 7 says how the page is cached, not how large it is. */
static const char *bit_letters(uint64_t entry, bool last, char text[LETTERS + 1])
{
	size_t i;

	for (i = 0; i < LETTERS; i++) {
		const struct letter *letter = &letters[i];
		bool set = letter->bit >= 0 && entry >> letter->bit & 1;

		if (last && letter->set == 'L')
			set = false;
		text[i] = set ? letter->set : letter->clear;
	}
	text[LETTERS] = '\0';
	return text;
}

static void add_target(struct table *table, const struct ntpool_walk *walk,
		       unsigned int level)
{
	uint64_t frame = (walk->entry[level] & FRAME_MASK) >> 12;

	if (!(walk->entry[level] & 1))
		table_text(table, "nothing: not valid");
	else if (level + 1 == walk->depth && walk->page_shift)
		table_text(table, "the page, frame 0x%" PRIx64,
			   (uint64_t)walk->frame);
	else
		table_text(table, "table in frame 0x%" PRIx64, frame);
}

/* An entry that was walked through is not 0, unless we may not see it. */
static void add_entry(struct table *table, const struct ntpool_walk *walk,
		      unsigned int level)
{
	uint64_t entry = walk->entry[level];
	bool last = level + 1 == walk->levels;
	char bits[LETTERS + 1];

	if (level < walk->depth && !entry) {
		table_none(table);
		table_text(table, "%s", "");
		table_text(table, "for root alone");
		return;
	}
	table_hex(table, entry);
	table_text(table, "%s", bit_letters(entry, last, bits));
	add_target(table, walk, level);
}

/* The empty entry that ends a walk is shown, although it is not walked through. */
static unsigned int rows(const struct ntpool_walk *walk)
{
	if (walk->kind == NTPOOL_CLASS_NONCANONICAL)
		return 0;
	if (walk->page_shift || walk->depth == walk->levels)
		return walk->depth;
	return walk->depth + 1;
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
	unsigned int i;

	for (i = 0; i < rows(walk); i++) {
		table_text(table, "%s", names[top + i]);
		table_number(table, walk->index[i]);
		add_entry(table, walk, i);
	}
	return table;
}

void walk_print(const struct ntpool_walk *walk)
{
	const char *kind = ntpool_class_name(walk->kind);
	struct table *table;
	char text[ADDRESS_TEXT];

	printf("%s: %s", format_address(walk->address, text), kind ? kind : "?");
	if (walk->page_shift)
		printf(", a page of %llu KiB in frame 0x%" PRIx64,
		       (1ull << walk->page_shift) / KIB, (uint64_t)walk->frame);
	putchar('\n');
	if (!rows(walk))
		return;
	table = walk_table(walk);
	table_print(table, 2);
	table_free(table);
}

void walk_json(struct json_object *object, const struct ntpool_walk *walk)
{
	struct table *table = walk_table(walk);

	json_object_object_add(object, "address", json_hex(walk->address));
	json_object_object_add(object, "kind",
			       json_name(ntpool_class_name(walk->kind), walk->kind));
	json_add_number(object, "levels", walk->levels);
	json_add_number(object, "page_shift", walk->page_shift);
	json_object_object_add(object, "frame", json_hex_or_null(walk->frame));
	json_object_object_add(object, "entries", table_json(table));
	table_free(table);
}
