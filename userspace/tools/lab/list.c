// SPDX-License-Identifier: GPL-2.0-only
/* ntpool lab list: the pitfalls there are. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/options.h"
#include "base/table.h"
#include "lab/lab.h"

static const struct column columns[] = {
	{ "Name", "name" },
	{ "Family", "family" },
	{ "Status", "status" },
	{ "Title", "title" },
	{ NULL, NULL },
};

/* Whether it can be run here and now, and if not, what is missing. */
static const char *status_of(const struct pitfall *pitfall)
{
	char *program = pitfall_program(pitfall);
	bool built = !access(program, X_OK);

	free(program);
	if (!built)
		return "no program";
	if (access("/sys/module/ntpool", F_OK))
		return "no module";
	if (access("/sys/module/ntpool_lab", F_OK))
		return "no driver";
	return "ready";
}

int lab_list(int argc, char **argv)
{
	bool json = json_only(argc, argv,
			      "The pitfalls there are.  \"ready\": ntpool lab run runs it here."
			      "\vno module, no driver: load ntpool, ntpool_lab.");
	struct table *table = table_new(columns);
	size_t f, i;

	for (f = 0; f < FAMILIES; f++) {
		for (i = 0; i < families[f]->count; i++) {
			const struct pitfall *pitfall = &families[f]->pitfalls[i];

			table_text(table, "%s", pitfall->name);
			table_text(table, "%s", families[f]->name);
			table_text(table, "%s", status_of(pitfall));
			table_text(table, "%s", pitfall->title);
		}
	}
	if (json)
		json_print(table_json(table));
	else
		table_print(table, 0);
	table_free(table);
	return 0;
}
