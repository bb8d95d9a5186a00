// SPDX-License-Identifier: GPL-2.0-only
/* What lies around the blocks: walk, split and stats. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/units.h"
#include "base/walk.h"
#include "script/script.h"

/* walk NAME [OFFSET] | ADDRESS: no block's name is a number */
int cmd_walk(struct script *script, int argc, struct word *argv)
{
	struct ntpool_walk walk;
	struct block *block;
	uint64_t address = 0;
	int err;

	if (argc == 1 && parse_number(argv[0].text, &address)) {
		err = ntpool_walk_address(script->session, address, &walk);
	} else {
		block = block_of(script, &argv[0]);
		if (!block ||
		    (argc > 1 && take_size(script, &argv[1], "offset", &address)) ||
		    check_range(script, block, address, 1))
			return -1;
		err = ntpool_walk_block(script->session, block->handle, address,
					&walk);
	}
	if (err == -EPERM)
		return wrong(script, "addresses of system space are for root alone");
	if (err)
		return refused(script, "walk", err);
	if (!script->json)
		walk_print(&walk);
	walk_json(script->answer, &walk);
	return 0;
}

static void split_answer(struct script *script, const struct ntpool_split *split)
{
	char start[ADDRESS_TEXT], end[ADDRESS_TEXT];
	char paged[BYTES_TEXT], nonpaged[BYTES_TEXT];

	say(script, "layout %s%s\n", ntpool_layout_name(split->layout),
	    split->emulated ? " (emulated: budgets are bookkeeping)" : "");
	say(script, "  user    %s .. %s\n",
	    format_address(split->user_start, start),
	    format_address(split->user_end, end));
	say(script, "  system  %s .. %s\n",
	    format_address(split->system_start, start),
	    format_address(split->system_end, end));
	say(script, "  room for %s of paged and %s of nonpaged pool\n",
	    format_bytes(split->paged_budget, paged),
	    format_bytes(split->nonpaged_budget, nonpaged));
	json_add_text(script->answer, "layout",
		      ntpool_layout_name(split->layout));
	json_add_number(script->answer, "user_mb", split->user_mb);
	json_object_object_add(script->answer, "user_end",
			       json_hex(split->user_end));
	json_object_object_add(script->answer, "system_start",
			       json_hex(split->system_start));
	json_add_number(script->answer, "paged_budget", split->paged_budget);
	json_add_number(script->answer, "nonpaged_budget",
			split->nonpaged_budget);
	json_add_number(script->answer, "paged_used", split->paged_used);
	json_add_number(script->answer, "nonpaged_used", split->nonpaged_used);
}

static int take_layout(struct script *script, int argc, struct word *argv,
		       uint32_t *layout, uint64_t *megabytes)
{
	static const char *const layouts[] = { "native", "x64", "x86", NULL };

	if (take_choice(script, &argv[0], layouts, layout))
		return -1;
	if (argc == 1)
		return 0;
	if (take_number(script, &argv[1], "number", megabytes))
		return -1;
	if (*layout != NTPOOL_LAYOUT_NT_X86)
		return wrong(script, "user space can be enlarged in x86 only");
	if (*megabytes < 2048 || *megabytes > 3072)
		return wrong(script, "'%s' is no number from 2048 to 3072",
			     argv[1].text);
	return 0;
}

int cmd_split(struct script *script, int argc, struct word *argv)
{
	struct ntpool_split split;
	uint64_t megabytes = 0;
	uint32_t layout;
	int err;

	if (!argc) {
		err = ntpool_split(script->session, &split);
		if (err)
			return refused(script, "ask for the layout", err);
	} else {
		if (take_layout(script, argc, argv, &layout, &megabytes))
			return -1;
		err = ntpool_set_split(script->session, layout, megabytes, &split);
		/* All else is right by now. */
		if (err == -EINVAL)
			return wrong(script, "the session has allocated more than this layout has room for");
		if (err)
			return refused(script, "set this layout", err);
	}
	split_answer(script, &split);
	return 0;
}

struct counter {
	const char *key;
	size_t offset;
};

#define COUNTER(field)                                       \
	{                                                    \
#field, offsetof(struct ntpool_stats, field) \
	}

int cmd_stats(struct script *script, int argc, struct word *argv)
{
	static const struct counter counters[] = {
		COUNTER(demand_zero_faults),
		COUNTER(transition_faults),
		COUNTER(hard_faults),
		COUNTER(refused_faults),
		COUNTER(failed_faults),
		COUNTER(trimmed),
		COUNTER(written_out),
		COUNTER(resident_pages),
		COUNTER(pinned_pages),
		COUNTER(swapped_pages),
		COUNTER(paged_allocs),
		COUNTER(paged_frees),
		COUNTER(paged_bytes),
		COUNTER(nonpaged_allocs),
		COUNTER(nonpaged_frees),
		COUNTER(nonpaged_bytes),
		COUNTER(bugchecks),
		COUNTER(sessions),
	};
	struct ntpool_stats stats;
	size_t i;
	int err;

	(void)argc;
	(void)argv;
	err = ntpool_stats(script->session, &stats);
	if (err)
		return refused(script, "get the statistics", err);
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		uint64_t value;

		memcpy(&value, (char *)&stats + counters[i].offset,
		       sizeof(value));
		say(script, "  %-20s %12" PRIu64 "\n", counters[i].key, value);
		json_add_number(script->answer, counters[i].key, value);
	}
	return 0;
}
