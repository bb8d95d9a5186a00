// SPDX-License-Identifier: GPL-2.0-only
/* The pages of a block: fetched, printed, and counted. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/residency.h"
#include "base/table.h"

/* What one call asks for; the ABI sets no limit, kindness does. */
#define PAGES_A_CALL 4096u

int residency_pages(struct ntpool *session, uint64_t handle,
		    struct ntpool_page **pages, size_t *count)
{
	struct ntpool_query query;
	struct ntpool_page *array;
	uint64_t done = 0;
	int err = ntpool_query(session, handle, &query);

	if (err)
		return err;
	array = must_calloc(query.pages, sizeof(*array));
	while (!err && done < query.pages) {
		uint64_t left = query.pages - done;
		uint32_t some = left < PAGES_A_CALL ? left : PAGES_A_CALL;

		err = ntpool_pages(session, handle, done, array + done, &some);
		done += some;
	}
	if (err) {
		free(array);
		return err;
	}
	*pages = array;
	*count = query.pages;
	return 0;
}

static bool follows(const struct ntpool_page *page,
		    const struct ntpool_page *before)
{
	if (page->state != before->state || page->flags != before->flags)
		return false;
	return (!page->frame || page->frame == before->frame + 1) &&
	       (!page->slot || page->slot == before->slot + 1);
}

static const char *flag_letters(uint32_t flags, char text[8])
{
	snprintf(text, 8, "%s%s%s%s%s%s%s", flags & NTPOOL_PAGE_ACCESSED ? "a" : "",
		 flags & NTPOOL_PAGE_DIRTY ? "d" : "",
		 flags & NTPOOL_PAGE_PINNED ? "p" : "",
		 flags & NTPOOL_PAGE_NONPAGED ? "n" : "",
		 flags & NTPOOL_PAGE_WRITEBACK ? "w" : "",
		 flags & NTPOOL_PAGE_SWAP_CACHED ? "c" : "",
		 flags & NTPOOL_PAGE_LOST ? "l" : "");
	return text;
}

static void add_run(struct table *table, const struct ntpool_page *pages,
		    size_t first, size_t next)
{
	const char *state = ntpool_page_state_name(pages[first].state);
	char flags[8];

	table_number(table, first);
	table_number(table, next - first);
	table_text(table, "%s", state ? state : "?");
	if (pages[first].frame)
		table_hex(table, pages[first].frame);
	else
		table_none(table);
	if (pages[first].slot)
		table_number(table, pages[first].slot);
	else
		table_none(table);
	table_text(table, "%s", flag_letters(pages[first].flags, flags));
}

void residency_print_runs(const struct ntpool_page *pages, size_t count,
			  int indent)
{
	static const struct column columns[] = {
		{ "Page", "first" },
		{ "Pages", "count" },
		{ "State", "state" },
		{ "First frame", "frame" },
		{ "First slot", "slot" },
		{ "Flags", "flags" },
		{ NULL, NULL },
	};
	struct table *table = table_new(columns);
	size_t first = 0, next;

	while (first < count) {
		next = first + 1;
		while (next < count && follows(&pages[next], &pages[next - 1]))
			next++;
		add_run(table, pages, first, next);
		first = next;
	}
	table_print(table, indent);
	table_free(table);
}

void residency_print_map(const struct ntpool_page *pages, size_t count,
			 int indent)
{
	static const char letters[] = { '.', 'R', 'T', 'S' };
	size_t i;

	for (i = 0; i < count; i++) {
		if (i % 64 == 0)
			printf("%*s%5zu  ", indent, "", i);
		putchar(pages[i].state < sizeof(letters) ?
				letters[pages[i].state] :
				'?');
		if (i % 64 == 63 || i + 1 == count)
			putchar('\n');
	}
}

void residency_json(struct json_object *object,
		    const struct ntpool_query *query)
{
	char tag[NTPOOL_TAG_TEXT];

	json_add_text(object, "tag", ntpool_tag_unpack(query->tag, tag));
	json_object_object_add(object, "pool_flags", json_hex(query->pool_flags));
	json_object_object_add(object, "address", json_hex(query->address));
	json_add_number(object, "size", query->size);
	json_add_number(object, "pages", query->pages);
	json_add_number(object, "resident", query->resident);
	json_add_number(object, "transition", query->transition);
	json_add_number(object, "swapped", query->swapped);
	json_add_number(object, "untouched", query->untouched);
	json_add_number(object, "pinned", query->pinned);
	json_add_number(object, "discontinuities", query->discontinuities);
}

struct json_object *residency_pages_json(const struct ntpool_page *pages,
					 size_t count)
{
	struct json_object *array = json_object_new_array();
	char flags[8];
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_object *page = json_object_new_object();

		json_object_object_add(page, "state",
				       json_name(ntpool_page_state_name(pages[i].state),
						 pages[i].state));
		json_object_object_add(page, "frame",
				       json_hex_or_null(pages[i].frame));
		json_object_object_add(page, "slot",
				       pages[i].slot ?
					       json_object_new_uint64(pages[i].slot) :
					       NULL);
		json_add_text(page, "flags", flag_letters(pages[i].flags, flags));
		json_object_array_add(array, page);
	}
	return array;
}
