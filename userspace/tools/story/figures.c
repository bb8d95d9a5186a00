// SPDX-License-Identifier: GPL-2.0-only
/* S14: the three figures, from live data. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/session.h"
#include "base/units.h"
#include "story/figures.h"
#include "story/story.h"

#define BLOCK MIB

/* Frames are given out in the order of first touch, so the order is mixed. */
static void touch_mixed(char *pages, size_t page_size, char content)
{
	static const unsigned char order[FIGURE_PAGES] = { 3, 0, 5, 1, 4, 2 };
	int i;

	for (i = 0; i < FIGURE_PAGES; i++)
		memset(pages + order[i] * page_size, content, page_size);
}

/* The frames behind the pages at @address in the calling process. */
static void find_frames(struct ntpool *session, const char *address,
			uint64_t page_size, struct figure_process *process)
{
	struct ntpool_walk walk;
	int i;

	process->pid = getpid();
	for (i = 0; i < FIGURE_PAGES; i++)
		if (!ntpool_walk_address(session,
					 (uintptr_t)address + i * page_size,
					 &walk))
			process->frames[i] = walk.frame;
}

/*
 * A second process by fork(): it writes to its pages, so that they get frames
 * of their own, and lives until the first has looked at its own as well.
 */
static void collect_processes(struct story *story, struct figures *figures)
{
	struct figure_process *other = shared_memory(sizeof(*other));
	size_t size = FIGURE_PAGES * figures->page_size;
	char *pages = map_pages(size);
	pid_t child;

	touch_mixed(pages, figures->page_size, 'A');
	child = fork();
	if (child == 0) {
		struct ntpool *session = open_session(0);

		touch_mixed(pages, figures->page_size, 'B');
		if (session)
			find_frames(session, pages, figures->page_size, other);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	find_frames(story->session, pages, figures->page_size,
		    &figures->processes[0]);
	figures->processes[1] = *other;
	figures->address = (uintptr_t)pages;
	munmap(pages, size);
	munmap(other, sizeof(*other));
}

static int by_frame(const void *left, const void *right)
{
	const struct figure_frame *a = left, *b = right;

	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static void sort_frames(struct figures *figures)
{
	unsigned int process, page, count = 0;

	for (process = 0; process < 2; process++)
		for (page = 0; page < FIGURE_PAGES; page++)
			figures->frames[count++] = (struct figure_frame){
				.frame = figures->processes[process].frames[page],
				.process = process,
				.page = page,
			};
	qsort(figures->frames, count, sizeof(figures->frames[0]), by_frame);
}

static int by_address_down(const void *left, const void *right)
{
	const struct figure_point *a = left, *b = right;

	return a->address > b->address ? -1 : a->address < b->address;
}

static void collect_user(struct figures *figures)
{
	int here = 0;
	void *heap = must_calloc(1, 64);

	figures->user[0] = (struct figure_point){ "stack", (uintptr_t)&here };
	figures->user[1] = (struct figure_point){ "heap", (uintptr_t)heap };
	figures->user[2] =
		(struct figure_point){ "code", (uintptr_t)collect_user };
	qsort(figures->user, FIGURE_POINTS, sizeof(figures->user[0]),
	      by_address_down);
	free(heap);
}

static bool collect_pool(struct story *story, struct figure_pool *pool,
			 const char *name, uint64_t handle)
{
	pool->name = name;
	if (!query_block(story, handle, &pool->query))
		return false;
	pool->address = pool->query.address;
	return true;
}

/* Part of the paged block is trimmed: the figure shows that it may be. */
static bool collect_pools(struct story *story, struct figures *figures,
			  uint64_t paged, uint64_t nonpaged)
{
	struct figure_pool *pools = figures->pools;
	struct ntpool_trim trim;

	if (!fill_block(story, paged, BLOCK, 14) ||
	    !fill_block(story, nonpaged, BLOCK, 14))
		return false;
	ntpool_trim(story->session, paged, 0, BLOCK / 2, NTPOOL_TRIM_WRITE_OUT,
		    &trim);
	if (!collect_pool(story, &pools[0], "paged pool", paged) ||
	    !collect_pool(story, &pools[1], "nonpaged pool", nonpaged))
		return false;
	if (pools[0].address < pools[1].address) {
		struct figure_pool lower = pools[0];

		pools[0] = pools[1];
		pools[1] = lower;
	}
	return !ntpool_stats(story->session, &figures->stats);
}

static bool all_different(const struct figures *figures)
{
	int i;

	for (i = 1; i < 2 * FIGURE_PAGES; i++)
		if (figures->frames[i].frame == figures->frames[i - 1].frame)
			return false;
	return figures->frames[0].frame != 0;
}

static bool in_system(const struct figures *figures, uint64_t address)
{
	return address >= figures->native.system_start &&
	       address <= figures->native.system_end;
}

static void judge(struct story *story, const struct figures *figures)
{
	const struct figure_pool *pools = figures->pools;
	bool user = true;
	int i;

	for (i = 0; i < FIGURE_POINTS; i++)
		user = user && figures->user[i].address &&
		       figures->user[i].address <= figures->native.user_end;
	check(story, all_different(figures),
	      "figure 1: %d pages at the same addresses in two processes, on %d frames",
	      FIGURE_PAGES, 2 * FIGURE_PAGES);
	check(story, user && in_system(figures, pools[0].address),
	      "figure 2: the program's addresses are in user space, the pools' in system space");
	check(story, in_system(figures, pools[1].address) && pools[0].address != pools[1].address,
	      "figure 3: both pools are in system space, apart from each other");
}

static void draw(struct story *story, const struct figures *figures)
{
	if (!story->json) {
		figure_print_processes(figures);
		figure_print_spaces(figures);
		figure_print_pools(figures);
	}
	judge(story, figures);
	if (story->pictures)
		check(story, figures_save(figures, story->pictures),
		      "the pictures are in %s", story->pictures);
}

void play_figures(struct story *story)
{
	struct figures figures = { .page_size = story->features.page_size };
	uint64_t paged, nonpaged;

	if (!need_admin(story))
		return;
	paged = take_block(story, NTPOOL_FLAG_PAGED, BLOCK);
	nonpaged = take_block(story, NTPOOL_FLAG_NON_PAGED, BLOCK);
	if (paged && nonpaged &&
	    collect_pools(story, &figures, paged, nonpaged) &&
	    !ntpool_split(story->session, &figures.native)) {
		collect_processes(story, &figures);
		sort_frames(&figures);
		collect_user(&figures);
		draw(story, &figures);
	}
	give_back(story, paged);
	give_back(story, nonpaged);
}
