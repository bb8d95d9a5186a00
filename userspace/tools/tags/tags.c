// SPDX-License-Identifier: GPL-2.0-only
/* ntpool tags: pool use by tag, as !poolused shows it. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "base/session.h"
#include "base/wildcard.h"
#include "commands.h"
#include "tags/tags.h"

enum { OPTION_BY = OPTION_FIRST };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct tags_arguments *arguments = state->input;

	switch (key) {
	case 'v':
		arguments->verbose = true;
		return 0;
	case 'n':
	case 'p':
		if (arguments->order)
			argp_error(state, "the order is either by nonpaged or by paged pool");
		arguments->order = key == 'n' ? BY_NONPAGED : BY_PAGED;
		return 0;
	case OPTION_BY:
		if (!usage_by_name(arg, &arguments->by))
			argp_error(state, "'%s' is neither module nor session", arg);
		return 0;
	case OPTION_TAGFILE:
		arguments->tagfile = arg;
		return 0;
	case OPTION_JSON:
		arguments->format = FORMAT_JSON;
		return 0;
	case OPTION_CSV:
		arguments->format = FORMAT_CSV;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->pattern)
			return ARGP_ERR_UNKNOWN;
		check_pattern(arg, state);
		arguments->pattern = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static uint64_t live(const struct ntpool_usage_row *row)
{
	return row->paged_allocs - row->paged_frees + row->nonpaged_allocs -
	       row->nonpaged_frees;
}

/* For people only what is in use, unless they ask for more. */
static bool wanted(const struct tags_arguments *arguments,
		   const struct ntpool_usage_row *row)
{
	if (arguments->pattern && !wildcard_match(arguments->pattern, row->tag))
		return false;
	return arguments->verbose || arguments->format != FORMAT_TEXT || live(row);
}

static void choose(struct tags_rows *rows, const struct tags_arguments *arguments)
{
	size_t i, kept = 0;

	for (i = 0; i < rows->count; i++)
		if (wanted(arguments, &rows->all[i]))
			rows->all[kept++] = rows->all[i];
	rows->count = kept;
}

/* As text: the first character is the lowest byte. */
static int compare_names(const struct ntpool_usage_row *a,
			 const struct ntpool_usage_row *b)
{
	uint32_t x = __builtin_bswap32(a->tag), y = __builtin_bswap32(b->tag);

	if (x != y)
		return x < y ? -1 : 1;
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	return strncmp(a->name, b->name, sizeof(a->name));
}

static int compare_nonpaged(const void *a, const void *b)
{
	const struct ntpool_usage_row *x = a, *y = b;

	if (x->nonpaged_bytes != y->nonpaged_bytes)
		return x->nonpaged_bytes > y->nonpaged_bytes ? -1 : 1;
	return compare_names(x, y);
}

static int compare_paged(const void *a, const void *b)
{
	const struct ntpool_usage_row *x = a, *y = b;

	if (x->paged_bytes != y->paged_bytes)
		return x->paged_bytes > y->paged_bytes ? -1 : 1;
	return compare_names(x, y);
}

static int compare_by_name(const void *a, const void *b)
{
	return compare_names(a, b);
}

static void sort(struct tags_rows *rows, enum order order)
{
	static int (*const compare[])(const void *a, const void *b) = {
		[BY_NAME] = compare_by_name,
		[BY_NONPAGED] = compare_nonpaged,
		[BY_PAGED] = compare_paged,
	};

	qsort(rows->all, rows->count, sizeof(*rows->all), compare[order]);
}

static int report(const struct tags_arguments *arguments, const struct tagfile *file)
{
	struct ntpool *session = open_session(0);
	struct tags_rows rows;
	int err;

	if (!session)
		return 1;
	if (arguments->by == USAGE_BY_SESSION && !sees_others(session))
		note("what other sessions use is for root alone: run as root");
	err = usage_read(session, arguments->by, &rows.all, &rows.count);
	ntpool_close(session);
	if (err)
		return fail("cannot read the tag table: %s", strerror(-err));
	choose(&rows, arguments);
	sort(&rows, arguments->order);
	if (arguments->format == FORMAT_TEXT)
		tags_print_text(arguments, &rows, file);
	else
		tags_print_data(arguments, &rows, file);
	free(rows.all);
	return 0;
}

static const struct argp_option options[] = {
	{ "verbose", 'v', NULL, 0,
	  "All tags ever used, with allocations and frees", 0 },
	{ "nonpaged", 'n', NULL, 0, "Sort by bytes of nonpaged pool", 0 },
	{ "paged", 'p', NULL, 0, "Sort by bytes of paged pool", 0 },
	{ "by", OPTION_BY, "WHAT", 0,
	  "Split each tag up by 'module' or by 'session'", 0 },
	{ "tagfile", OPTION_TAGFILE, "FILE", 0,
	  "Take the meaning of tags from FILE alone", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "csv", OPTION_CSV, NULL, 0, "Print CSV", 0 },
	{ 0 },
};

int tags_main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[TAG]",
		.doc = "Pool use by tag, as !poolused shows it; TAG may have wildcards, * and ?.",
	};
	struct tags_arguments arguments = { 0 };
	struct tagfile *file;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	file = tagfile_read(arguments.tagfile);
	if (!file)
		return 1;
	status = report(&arguments, file);
	tagfile_free(file);
	return status;
}
