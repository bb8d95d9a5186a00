// SPDX-License-Identifier: GPL-2.0-only
/* ntpool tags: pool use by tag, as !poolused shows it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/table.h"
#include "commands.h"

static const struct column columns[] = {
	{ "Tag", "tag" },
	{ "Paged allocs", "paged_allocs" },
	{ "Frees", "paged_frees" },
	{ "Bytes", "paged_bytes" },
	{ "Nonpaged allocs", "nonpaged_allocs" },
	{ "Frees", "nonpaged_frees" },
	{ "Bytes", "nonpaged_bytes" },
	{ NULL, NULL },
};

static void add_row(struct table *table, const struct ntpool_tag *row)
{
	char text[NTPOOL_TAG_TEXT];

	table_text(table, "%s", ntpool_tag_unpack(row->tag, text));
	table_number(table, row->paged_allocs);
	table_number(table, row->paged_frees);
	table_number(table, row->paged_bytes);
	table_number(table, row->nonpaged_allocs);
	table_number(table, row->nonpaged_frees);
	table_number(table, row->nonpaged_bytes);
}

int tags_main(int argc, char **argv)
{
	bool json = json_only(argc, argv, "Pool use by tag, sorted by tag.");
	struct ntpool *session = open_session(0);
	struct ntpool_tag *rows;
	struct table *table;
	size_t count, i;
	int err;

	if (!session)
		return 1;
	err = ntpool_tags(session, &rows, &count);
	ntpool_close(session);
	if (err)
		return fail("cannot read the tag table: %s", strerror(-err));
	table = table_new(columns);
	for (i = 0; i < count; i++)
		add_row(table, &rows[i]);
	if (json)
		json_print(table_json(table));
	else
		table_print(table, 0);
	table_free(table);
	free(rows);
	return 0;
}
