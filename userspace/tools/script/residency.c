// SPDX-License-Identifier: GPL-2.0-only
/* Where the pages of a block are: query, pages, trim and touch. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/residency.h"
#include "base/units.h"
#include "script/script.h"

static void query_text(struct script *script, const struct block *block,
		       const struct ntpool_query *query)
{
	char bytes[BYTES_TEXT], tag[NTPOOL_TAG_TEXT];

	say(script, "%s: %s, tag '%s', %" PRIu64 " pages\n", block->name,
	    format_bytes(query->size, bytes), ntpool_tag_unpack(query->tag, tag),
	    (uint64_t)query->pages);
	say(script, "  resident   %8" PRIu64 "  (pinned: %" PRIu64 ")\n",
	    (uint64_t)query->resident, (uint64_t)query->pinned);
	say(script, "  transition %8" PRIu64 "\n", (uint64_t)query->transition);
	say(script, "  swapped    %8" PRIu64 "\n", (uint64_t)query->swapped);
	say(script, "  untouched  %8" PRIu64 "\n", (uint64_t)query->untouched);
	say(script, "  frames that do not follow the one before: %" PRIu64 "\n",
	    (uint64_t)query->discontinuities);
}

int cmd_query(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	struct ntpool_query query;
	int err;

	(void)argc;
	if (!block)
		return -1;
	err = ntpool_query(script->session, block->handle, &query);
	if (err)
		return refused(script, "query", err);
	query_text(script, block, &query);
	residency_json(script->answer, &query);
	return 0;
}

int cmd_pages(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	struct ntpool_page *pages;
	size_t count;
	int err;

	(void)argc;
	if (!block)
		return -1;
	err = residency_pages(script->session, block->handle, &pages, &count);
	if (err)
		return refused(script, "list the pages", err);
	if (!script->json)
		residency_print_runs(pages, count, 2);
	json_object_object_add(script->answer, "pages",
			       residency_pages_json(pages, count));
	free(pages);
	return 0;
}

/* Of a block: is it one that can be trimmed, and the range in it?  0 is to the end. */
static int check_trim(struct script *script, const struct block *block,
		      const struct ntpool_trim *trim)
{
	if (!block->paged)
		return wrong(script, "'%s' is nonpaged and cannot be trimmed",
			     block->name);
	return check_range(script, block, trim->offset,
			   trim->length ? trim->length : 1);
}

/* trim NAME|all [OFFSET LENGTH] [out] */
static int take_trim(struct script *script, int argc, struct word *argv,
		     struct ntpool_trim *trim)
{
	bool all = !strcmp(argv[0].text, "all");
	struct block *block = all ? NULL : block_of(script, &argv[0]);

	if (!all && !block)
		return -1;
	if (block)
		trim->handle = block->handle;
	if (!strcmp(argv[argc - 1].text, "out") && argc > 1) {
		trim->flags = NTPOOL_TRIM_WRITE_OUT;
		argc--;
	}
	if (argc == 1)
		return all ? 0 : check_trim(script, block, trim);
	if (argc != 3 || all)
		return wrong(script,
			     "usage: trim NAME|all [OFFSET LENGTH] [out]; 'all' has no offset");
	if (take_size(script, &argv[1], "offset", (uint64_t *)&trim->offset) ||
	    take_size(script, &argv[2], "length", (uint64_t *)&trim->length))
		return -1;
	return check_trim(script, block, trim);
}

int cmd_trim(struct script *script, int argc, struct word *argv)
{
	struct ntpool_trim trim = { 0 };
	int err;

	if (take_trim(script, argc, argv, &trim))
		return -1;
	err = ntpool_trim(script->session, trim.handle, trim.offset, trim.length,
			  trim.flags, &trim);
	if (err)
		return refused(script, trim.handle ? "trim" : "trim all", err);
	say(script, "%s: %" PRIu64 " pages trimmed, %" PRIu64 " written to swap\n",
	    argv[0].text, (uint64_t)trim.trimmed, (uint64_t)trim.written);
	json_add_number(script->answer, "trimmed", trim.trimmed);
	json_add_number(script->answer, "written", trim.written);
	return verdict(script, trim.status, 0);
}

/* touch NAME OFFSET passive|apc|dispatch read|write [VALUE] */
static int take_touch(struct script *script, int argc, struct word *argv,
		      struct ntpool_touch *touch)
{
	static const char *const levels[] = { "passive", "apc", "dispatch",
					      NULL };
	static const char *const accesses[] = { "read", "write", NULL };
	struct block *block = block_of(script, &argv[0]);
	uint64_t value = 0;

	if (!block ||
	    take_size(script, &argv[1], "offset", (uint64_t *)&touch->offset) ||
	    take_choice(script, &argv[2], levels, &touch->irql) ||
	    take_choice(script, &argv[3], accesses, &touch->access))
		return -1;
	if (argc > 4 && touch->access == NTPOOL_ACCESS_READ)
		return wrong(script, "a read has no value");
	if (argc > 4 && take_number(script, &argv[4], "value", &value))
		return -1;
	if (value > 0xff)
		return wrong(script, "'%s' is more than a byte", argv[4].text);
	touch->handle = block->handle;
	touch->value = value;
	return 0;
}

int cmd_touch(struct script *script, int argc, struct word *argv)
{
	struct ntpool_touch touch = { 0 };
	int err;

	if (take_touch(script, argc, argv, &touch))
		return -1;
	err = ntpool_touch(script->session, touch.handle, touch.offset,
			   touch.irql, touch.access, touch.value, &touch);
	if (err)
		return refused(script, "touch", err);
	say(script, "%s: %s at %" PRIu64 " at %s", argv[0].text, argv[3].text,
	    (uint64_t)touch.offset, ntpool_irql_name(touch.irql));
	if (NTPOOL_SUCCESS(touch.status)) {
		say(script, ": 0x%02x, fault: %s", touch.value,
		    ntpool_fault_name(touch.fault));
		json_add_number(script->answer, "value", touch.value);
		json_object_object_add(script->answer, "fault",
				       json_name(ntpool_fault_name(touch.fault), touch.fault));
	}
	say(script, "\n");
	json_add_number(script->answer, "offset", touch.offset);
	json_add_text(script->answer, "irql", ntpool_irql_name(touch.irql));
	return verdict(script, touch.status, touch.bugcheck);
}
