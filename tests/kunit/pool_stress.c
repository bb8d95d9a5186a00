// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool from two CPUs at once, each freeing what the other has allocated, while
 * paged memory is trimmed all the time.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "tests.h"

#define SHELF 64
#define STEPS 15000

/**
 * struct shelf - blocks that whoever comes puts down and takes away
 * @place: a block, or NULL; by exchange alone
 * @wrong: blocks whose bytes were not what was put in
 * @unfreed: blocks that the pool did not take back
 * @failed: allocations that got nothing
 * @worker: the CPUs' threads; each has ended when its @done says so
 */
struct shelf {
	u32 *place[SHELF];
	atomic_t wrong, unfreed, failed;
	struct stress_worker {
		struct shelf *shelf;
		struct completion done;
	} worker[2];
};

/* What a block holds follows from its size, which stands in its first word. */
static void fill(u32 *block, u32 size)
{
	u32 i;

	block[0] = size;
	for (i = 1; i < size / sizeof(u32); i++)
		block[i] = size * 2654435761u + i;
}

static bool is_right(const u32 *block)
{
	u32 size = block[0], i;

	for (i = 1; i < size / sizeof(u32); i++)
		if (block[i] != size * 2654435761u + i)
			return false;
	return true;
}

static u32 *make_block(struct shelf *shelf, struct rnd_state *rnd)
{
	u32 random = prandom_u32_state(rnd);
	u32 size = 8 + (random >> 8) % (random & 31 ? 800 : 2 * PAGE_SIZE);
	u32 *block = ntpool_alloc(random & 128 ? NTPOOL_FLAG_PAGED :
						 NTPOOL_FLAG_NON_PAGED,
				  size, TEST_TAG);

	if (block)
		fill(block, size);
	else
		atomic_inc(&shelf->failed);
	return block;
}

static void take_away(struct shelf *shelf, u32 *block)
{
	if (!block)
		return;
	if (!is_right(block))
		atomic_inc(&shelf->wrong);
	if (ntpool_free(block, TEST_TAG))
		atomic_inc(&shelf->unfreed);
}

static int worker(void *arg)
{
	struct stress_worker *self = arg;
	struct shelf *shelf = self->shelf;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, smp_processor_id() + 1);
	for (i = 0; i < STEPS; i++) {
		u32 **place = &shelf->place[prandom_u32_state(&rnd) % SHELF];

		take_away(shelf, xchg(place, make_block(shelf, &rnd)));
		if (!(i % 64))
			cond_resched();
	}
	kthread_complete_and_exit(&self->done, 0);
}

static void start_worker(struct kunit *test, struct shelf *shelf, int cpu)
{
	struct stress_worker *self = &shelf->worker[cpu];
	struct task_struct *task;

	self->shelf = shelf;
	init_completion(&self->done);
	task = kthread_create(worker, self, "stress/%d", cpu);

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	kthread_bind(task, cpu);
	wake_up_process(task);
}

static void blocks_stay_whole_on_two_cpus_while_all_is_trimmed(struct kunit *test)
{
	struct shelf *shelf = kunit_kzalloc(test, sizeof(*shelf), GFP_KERNEL);
	struct pool_stats before, after;
	int cpu, i;

	KUNIT_ASSERT_NOT_NULL(test, shelf);
	KUNIT_ASSERT_GE(test, num_online_cpus(), 2u);
	pool_get_stats(&before);
	for (cpu = 0; cpu < 2; cpu++)
		start_worker(test, shelf, cpu);
	for (cpu = 0; cpu < 2; cpu++)
		while (!wait_for_completion_timeout(&shelf->worker[cpu].done, 1))
			paging_trim_all();
	for (i = 0; i < SHELF; i++)
		take_away(shelf, shelf->place[i]);
	pool_get_stats(&after);
	KUNIT_EXPECT_EQ(test, atomic_read(&shelf->wrong), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&shelf->unfreed), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&shelf->failed), 0);
	KUNIT_EXPECT_EQ(test, after.paged_bytes, before.paged_bytes);
	KUNIT_EXPECT_EQ(test, after.nonpaged_bytes, before.nonpaged_bytes);
	KUNIT_EXPECT_EQ(test,
			after.paged_allocs + after.nonpaged_allocs -
				before.paged_allocs - before.nonpaged_allocs,
			2ull * STEPS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(blocks_stay_whole_on_two_cpus_while_all_is_trimmed),
	{}
};

struct kunit_suite pool_stress_suite = {
	.name = "ntpool_pool_stress",
	.test_cases = cases,
};
