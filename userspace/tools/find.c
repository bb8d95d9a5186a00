// SPDX-License-Identifier: GPL-2.0-only
/* ntpool find: every block of a tag in either pool, as !poolfind does. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blocks.h"
#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/table.h"
#include "base/units.h"
#include "base/wildcard.h"
#include "commands.h"

enum { OPTION_MODULE = OPTION_FIRST };

struct arguments {
	const char *pattern;
	const char *module; /* NULL: all */
	uint64_t pools;	    /* NTPOOL_FLAG_* of the pools wanted */
	enum format format;
};

/* What was found, so that the last line can tell. */
struct found {
	struct table *table; /* NULL: printed as text at once */
	uint64_t blocks, bytes;
};

#define NONPAGED (NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_NON_PAGED_EXECUTE)

/* "0x64636241" is the number of the tag, as NT's debugger takes it. */
static const char *pattern_of(const char *word)
{
	static char text[NTPOOL_TAG_TEXT];
	uint64_t number;

	if (strncmp(word, "0x", 2) || !parse_number(word, &number) ||
	    number > UINT32_MAX)
		return word;
	return ntpool_tag_unpack(number, text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'n':
		arguments->pools |= NONPAGED;
		return 0;
	case 'p':
		arguments->pools |= NTPOOL_FLAG_PAGED;
		return 0;
	case OPTION_MODULE:
		arguments->module = arg;
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
		arguments->pattern = pattern_of(arg);
		check_pattern(arguments->pattern, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which tag?");
	}
	return ARGP_ERR_UNKNOWN;
}

static bool wanted(const struct arguments *arguments,
		   const struct ntpool_block *block)
{
	if (arguments->pools && !(arguments->pools & block->pool_flags))
		return false;
	if (arguments->module &&
	    strncmp(arguments->module, block->module, NTPOOL_NAME_LEN))
		return false;
	return wildcard_match(arguments->pattern, block->tag);
}

static const char *pool_name(const struct ntpool_block *block)
{
	return block->pool_flags & NTPOOL_FLAG_PAGED ? "Paged" : "Nonp";
}

static void print_block(const struct ntpool_block *block)
{
	char tag[NTPOOL_TAG_TEXT], address[ADDRESS_TEXT];

	printf(" %s size: %6" PRIx64 "  (Allocated)  %-4s  %-5s  %" PRIu64 " bytes, by %.*s",
	       format_address(block->address, address), (uint64_t)block->slot,
	       ntpool_tag_unpack(block->tag, tag), pool_name(block),
	       (uint64_t)block->size, NTPOOL_NAME_LEN, block->module);
	if (block->owner)
		printf(", charged to process %u", block->owner);
	putchar('\n');
}

static const struct column columns[] = {
	{ "Address", "address" },
	{ "Pool", "pool" },
	{ "Tag", "tag" },
	{ "Size", "size" },
	{ "Slot", "slot" },
	{ "Flags", "flags" },
	{ "Module", "module" },
	{ "Owner", "owner" },
	{ NULL, NULL },
};

static void add_block(struct table *table, const struct ntpool_block *block)
{
	char tag[NTPOOL_TAG_TEXT];

	table_hex(table, block->address);
	table_text(table, "%s", block->pool_flags & NTPOOL_FLAG_PAGED ? "paged" : "nonpaged");
	table_text(table, "%s", ntpool_tag_unpack(block->tag, tag));
	table_number(table, block->size);
	table_number(table, block->slot);
	table_hex(table, block->pool_flags);
	table_text(table, "%.*s", NTPOOL_NAME_LEN, block->module);
	if (block->owner)
		table_number(table, block->owner);
	else
		table_none(table);
}

struct search {
	const struct arguments *arguments;
	struct found *found;
};

static void take(void *context, const struct ntpool_block *block)
{
	const struct search *search = context;
	struct found *found = search->found;

	if (!wanted(search->arguments, block))
		return;
	found->blocks++;
	found->bytes += block->size;
	if (found->table)
		add_block(found->table, block);
	else
		print_block(block);
}

static void finish(const struct arguments *arguments, const struct found *found)
{
	if (arguments->format == FORMAT_JSON)
		json_print(table_json(found->table));
	else if (arguments->format == FORMAT_CSV)
		table_csv(found->table);
	else
		printf("\n %" PRIu64 " blocks with %" PRIu64 " bytes\n",
		       found->blocks, found->bytes);
}

static int report(const struct arguments *arguments)
{
	struct ntpool *session = open_session(0);
	struct found found = { 0 };
	int err;

	if (!session)
		return 1;
	if (arguments->format == FORMAT_TEXT)
		printf("Searching %s for tag: %s\n\n",
		       !arguments->pools		     ? "both pools" :
		       arguments->pools == NTPOOL_FLAG_PAGED ? "paged pool" :
		       arguments->pools == NONPAGED	     ? "nonpaged pool" :
							       "both pools",
		       arguments->pattern);
	else
		found.table = table_new(columns);
	err = each_block(session, take, &(struct search){ arguments, &found });
	ntpool_close(session);
	if (err == -EPERM)
		fail("the addresses of blocks are for root alone: run as root");
	else if (err)
		fail("cannot go through the pools: %s", strerror(-err));
	else
		finish(arguments, &found);
	if (found.table)
		table_free(found.table);
	return err ? 1 : 0;
}

static const struct argp_option options[] = {
	{ "nonpaged", 'n', NULL, 0, "Search nonpaged pool", 0 },
	{ "paged", 'p', NULL, 0, "Search paged pool", 0 },
	{ "module", OPTION_MODULE, "NAME", 0,
	  "Only what the kernel module NAME allocated", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "csv", OPTION_CSV, NULL, 0, "Print CSV", 0 },
	{ 0 },
};

int find_main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "TAG",
		.doc = "Every block of a tag in either pool, as !poolfind finds them; "
		       "TAG may have wildcards, * and ?, or be a number behind 0x.",
	};
	struct arguments arguments = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	return report(&arguments);
}
