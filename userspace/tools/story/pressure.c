// SPDX-License-Identifier: GPL-2.0-only
/* Memory pressure by a hog, and what it does to a block of each pool. */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/pattern.h"
#include "base/proc.h"
#include "base/residency.h"
#include "base/units.h"
#include "story/pressure.h"

#define SIZE	 (4 * MIB)
#define STEP	 (4 * MIB)
#define SEED	 0x12
/* Tenths of a second until the kernel must have paged something out. */
#define PATIENCE 300

/* Takes memory step by step up to @most, then keeps it in use until killed. */
static void hog(uint64_t most, atomic_ullong *held)
{
	char *memory = map_pages(most);
	uint64_t at;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "hog");
	for (at = 0; at + STEP <= most; at += STEP) {
		pattern_fill(memory + at, STEP, at, 0);
		*held = at + STEP;
	}
	for (;;)
		for (at = 0; at < most; at += 4096)
			memory[at]++;
}

/* As much as surely pushes others out, and as surely fits in swap. */
static uint64_t hog_size(void)
{
	uint64_t memory = proc_meminfo("MemTotal");
	uint64_t swap = proc_meminfo("SwapFree");
	uint64_t room = proc_meminfo("MemAvailable") + swap / 2;

	return memory + memory / 4 < room ? memory + memory / 4 : room;
}

static bool half_is_out(struct story *story, const struct pressure *pressure)
{
	struct ntpool_query query;

	return !ntpool_query(story->session, pressure->paged, &query) &&
	       query.swapped >= query.pages / 2;
}

/* The hog runs until half of the paged block is in swap, or time is up. */
static void press(struct story *story, struct pressure *pressure)
{
	atomic_ullong *held = shared_memory(sizeof(*held));
	uint64_t most = hog_size();
	pid_t child = fork();
	int i;

	if (child == 0)
		hog(most, held);
	for (i = 0; i < PATIENCE && !half_is_out(story, pressure); i++)
		usleep(100000);
	ntpool_query(story->session, pressure->paged, &pressure->paged_after);
	residency_pages(story->session, pressure->nonpaged,
			&pressure->nonpaged_after, &pressure->pages);
	residency_pages(story->session, pressure->paged,
			&pressure->paged_pages_after, &pressure->pages);
	pressure->hogged = *held;
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	munmap(held, sizeof(*held));
}

static bool make_blocks(struct story *story, struct pressure *pressure)
{
	pressure->size = SIZE;
	pressure->paged = take_block(story, NTPOOL_FLAG_PAGED, SIZE);
	if (!pressure->paged)
		return false;
	pressure->nonpaged = take_block(story, NTPOOL_FLAG_NON_PAGED, SIZE);
	if (!pressure->nonpaged)
		return false;
	return fill_block(story, pressure->paged, SIZE, SEED) &&
	       fill_block(story, pressure->nonpaged, SIZE, SEED) &&
	       query_block(story, pressure->paged, &pressure->paged_before) &&
	       !residency_pages(story->session, pressure->nonpaged,
				&pressure->nonpaged_before, &pressure->pages) &&
	       !residency_pages(story->session, pressure->paged,
				&pressure->paged_pages_before, &pressure->pages);
}

static void make(struct story *story, struct pressure *pressure)
{
	uint64_t out = proc_vmstat("pswpout");

	line(story, "     (A process takes memory; this needs a few seconds.)\n");
	if (!make_blocks(story, pressure))
		return;
	press(story, pressure);
	pressure->swapped_out = proc_vmstat("pswpout") - out;
	pressure->nonpaged_intact =
		block_intact(story, pressure->nonpaged, SIZE, SEED);
	pressure->paged_intact =
		block_intact(story, pressure->paged, SIZE, SEED);
	pressure->made = pressure->nonpaged_after && pressure->paged_pages_after;
}

const struct pressure *pressure_get(struct story *story)
{
	uint64_t memory = proc_meminfo("MemTotal");

	if (!story->pressure) {
		if (!need_paging(story) || !need_swap(story, memory))
			return NULL;
		story->pressure = must_calloc(1, sizeof(*story->pressure));
		make(story, story->pressure);
	}
	if (story->pressure->made)
		return story->pressure;
	cannot(story, "the memory pressure could not be made");
	return NULL;
}

void pressure_free(struct story *story)
{
	struct pressure *pressure = story->pressure;

	if (!pressure)
		return;
	give_back(story, pressure->paged);
	give_back(story, pressure->nonpaged);
	free(pressure->nonpaged_before);
	free(pressure->nonpaged_after);
	free(pressure->paged_pages_before);
	free(pressure->paged_pages_after);
	free(pressure);
}
