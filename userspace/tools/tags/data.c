// SPDX-License-Identifier: GPL-2.0-only
/* The tag table for programs. */
#include "base/json.h"
#include "base/table.h"
#include "tags/tags.h"

#define COUNTERS                                          \
	{ "Paged allocs", "paged_allocs" },               \
		{ "Frees", "paged_frees" },               \
		{ "Bytes", "paged_bytes" },               \
		{ "Nonpaged allocs", "nonpaged_allocs" }, \
		{ "Frees", "nonpaged_frees" },            \
		{ "Bytes", "nonpaged_bytes" },            \
		{ "Binary", "binary" },                   \
		{ "Description", "description" },         \
		{ NULL, NULL },

/* Tags that are printed alike may differ in characters that cannot be printed. */
static const struct column by_tag[] = { { "Tag", "tag" },
					{ "Number", "tag_number" },
					COUNTERS };
static const struct column by_module[] = { { "Tag", "tag" },
					   { "Number", "tag_number" },
					   { "Module", "module" },
					   COUNTERS };
static const struct column by_session[] = { { "Tag", "tag" },
					    { "Number", "tag_number" },
					    { "Session", "session" },
					    { "PID", "pid" },
					    { "Command", "comm" },
					    COUNTERS };

static void add_user(struct table *table, enum usage_by by,
		     const struct ntpool_usage_row *row)
{
	if (by == USAGE_BY_SESSION) {
		table_number(table, row->session);
		table_number(table, row->pid);
	}
	if (by != USAGE_BY_TAG)
		table_text(table, "%.*s", NTPOOL_NAME_LEN, row->name);
}

static void add_meaning(struct table *table, const struct tag_entry *entry)
{
	if (!entry) {
		table_none(table);
		table_none(table);
		return;
	}
	table_text(table, "%s", entry->binary);
	table_text(table, "%s", entry->description);
}

static void add_row(struct table *table, const struct tags_arguments *arguments,
		    const struct ntpool_usage_row *row,
		    const struct tagfile *file)
{
	char text[NTPOOL_TAG_TEXT];

	table_text(table, "%s", ntpool_tag_unpack(row->tag, text));
	table_hex(table, row->tag);
	add_user(table, arguments->by, row);
	table_number(table, row->paged_allocs);
	table_number(table, row->paged_frees);
	table_number(table, row->paged_bytes);
	table_number(table, row->nonpaged_allocs);
	table_number(table, row->nonpaged_frees);
	table_number(table, row->nonpaged_bytes);
	add_meaning(table, tagfile_find(file, row->tag));
}

void tags_print_data(const struct tags_arguments *arguments,
		     const struct tags_rows *rows, const struct tagfile *file)
{
	static const struct column *const columns[] = {
		[USAGE_BY_TAG] = by_tag,
		[USAGE_BY_MODULE] = by_module,
		[USAGE_BY_SESSION] = by_session,
	};
	struct table *table = table_new(columns[arguments->by]);
	size_t i;

	for (i = 0; i < rows->count; i++)
		add_row(table, arguments, &rows->all[i], file);
	if (arguments->format == FORMAT_JSON)
		json_print(table_json(table));
	else
		table_csv(table);
	table_free(table);
}
