// SPDX-License-Identifier: GPL-2.0-only
/* S3: twice as much paged pool as there is memory, intact word for word. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/proc.h"
#include "base/units.h"
#include "story/story.h"

#define BLOCK (16 * MIB)

struct load {
	uint64_t *blocks;
	size_t count;
};

/* Each block has a seed of its own: one in the place of another is noticed. */
static uint64_t seed_of(size_t index)
{
	return 0x5300000000ull + index;
}

static void free_load(struct story *story, struct load *load)
{
	size_t i;

	for (i = 0; i < load->count; i++)
		give_back(story, load->blocks[i]);
	free(load->blocks);
}

static bool write_load(struct story *story, struct load *load)
{
	size_t i;

	progress(story, "writing", 0);
	for (i = 0; i < load->count; i++) {
		load->blocks[i] = take_block(story, NTPOOL_FLAG_PAGED, BLOCK);
		if (!load->blocks[i] ||
		    !fill_block(story, load->blocks[i], BLOCK, seed_of(i)))
			return false;
		progress(story, "writing", (i + 1) * 100 / load->count);
	}
	return true;
}

/* Blocks that read back as written. */
static size_t read_load(struct story *story, const struct load *load)
{
	size_t good = 0;
	size_t i;

	progress(story, "reading and comparing", 0);
	for (i = 0; i < load->count; i++) {
		good += block_intact(story, load->blocks[i], BLOCK, seed_of(i));
		progress(story, "reading and comparing",
			 (i + 1) * 100 / load->count);
	}
	return good;
}

struct counters {
	struct ntpool_stats stats;
	uint64_t out, in;
	struct timespec time;
};

static void count(struct story *story, struct counters *counters)
{
	ntpool_stats(story->session, &counters->stats);
	counters->out = proc_vmstat("pswpout");
	counters->in = proc_vmstat("pswpin");
	clock_gettime(CLOCK_MONOTONIC, &counters->time);
}

static const struct column columns[] = {
	{ "Step", "step" },
	{ "Seconds", "seconds" },
	{ "Pages to swap", "swapped_out" },
	{ "From swap", "swapped_in" },
	{ "Hard faults", "hard_faults" },
	{ "Trimmed", "trimmed" },
	{ NULL, NULL },
};

static void add_step(struct table *table, const char *step,
		     const struct counters *from, const struct counters *to)
{
	table_text(table, "%s", step);
	table_number(table, to->time.tv_sec - from->time.tv_sec);
	table_number(table, to->out - from->out);
	table_number(table, to->in - from->in);
	table_number(table, to->stats.hard_faults - from->stats.hard_faults);
	table_number(table, to->stats.trimmed - from->stats.trimmed);
}

static void judge(struct story *story, const struct load *load, size_t good,
		  const struct counters marks[3])
{
	uint64_t memory = proc_memory();
	uint64_t excess = (load->count * BLOCK - memory) /
			  story->features.page_size;
	struct table *table = table_new(columns);

	add_step(table, "write", &marks[0], &marks[1]);
	add_step(table, "read", &marks[1], &marks[2]);
	show_table(story, "steps", table);
	check(story, load->count * BLOCK >= 2 * memory,
	      "the load is %.2f times the memory of the machine",
	      (double)(load->count * BLOCK) / memory);
	check(story, good == load->count,
	      "%zu of %zu blocks came back as written, word for word", good,
	      load->count);
	check(story, marks[2].out - marks[0].out >= excess,
	      "Linux wrote %" PRIu64 " pages to swap: at least the %" PRIu64
	      " that cannot have been in memory",
	      marks[2].out - marks[0].out, excess);
	check(story, marks[2].in - marks[1].in >= excess,
	      "and read %" PRIu64 " back when they were touched",
	      marks[2].in - marks[1].in);
	check(story,
	      marks[2].stats.hard_faults > marks[1].stats.hard_faults,
	      "the module took %" PRIu64 " hard faults on pool addresses meanwhile",
	      (uint64_t)(marks[2].stats.hard_faults - marks[1].stats.hard_faults));
}

void play_exceeding(struct story *story)
{
	uint64_t memory = proc_memory();
	struct load load = { .count = (2 * memory + BLOCK - 1) / BLOCK };
	char have[BYTES_TEXT], want[BYTES_TEXT];
	struct counters marks[3];

	if (!need_paging(story) || !need_swap(story, load.count * BLOCK))
		return;
	fact(story, "memory", memory);
	fact(story, "load", load.count * BLOCK);
	load.blocks = must_calloc(load.count, sizeof(*load.blocks));
	tell(story, "This machine has %s of memory. %s of paged pool are allocated, each word is written with a value of its own, and then every word is read again and compared. That cannot work without the disk.",
	     format_bytes(memory, have), format_bytes(load.count * BLOCK, want));
	count(story, &marks[0]);
	if (write_load(story, &load)) {
		size_t good;

		count(story, &marks[1]);
		good = read_load(story, &load);
		count(story, &marks[2]);
		line(story, "\n");
		judge(story, &load, good, marks);
	}
	free_load(story, &load);
}
