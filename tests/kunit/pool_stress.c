// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool from two CPUs at once, each freeing what the other has allocated, while
 * paged memory is trimmed all the time.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

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

static void start_worker(struct kunit *test, struct shelf *shelf, int cpu,
			 int (*does)(void *))
{
	struct stress_worker *self = &shelf->worker[cpu];
	struct task_struct *task;

	self->shelf = shelf;
	init_completion(&self->done);
	task = kthread_create(does, self, "stress/%d", cpu);

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
		start_worker(test, shelf, cpu, worker);
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

/*
 * Few blocks a page and more at once than a CPU keeps at hand, so that pages are made and
 * drained all the time, by both CPUs and by who interrupts one.
 */
#define HELD 48

static void churn(struct shelf *shelf, void **held)
{
	unsigned int i;

	for (i = 0; i < HELD; i++) {
		held[i] = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 1900 + i % 2 * 100, TEST_TAG);
		if (!held[i])
			atomic_inc(&shelf->failed);
	}
	for (i = 0; i < HELD; i++)
		if (ntpool_free(held[i], TEST_TAG))
			atomic_inc(&shelf->unfreed);
}

static int churner(void *arg)
{
	struct stress_worker *self = arg;
	void *held[HELD];
	unsigned int i;

	for (i = 0; i < STEPS / HELD; i++) {
		churn(self->shelf, held);
		cond_resched();
	}
	kthread_complete_and_exit(&self->done, 0);
}

static struct shelf *interrupted;

static void interrupt(struct tasklet_struct *unused)
{
	static void *held[HELD];

	churn(interrupted, held);
}

static DECLARE_TASKLET(interrupter, interrupt);

static void no_allocation_fails_while_there_is_memory(struct kunit *test)
{
	struct shelf *shelf = kunit_kzalloc(test, sizeof(*shelf), GFP_KERNEL);
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, shelf);
	KUNIT_ASSERT_GE(test, num_online_cpus(), 2u);
	interrupted = shelf;
	for (cpu = 0; cpu < 2; cpu++)
		start_worker(test, shelf, cpu, churner);
	for (cpu = 0; cpu < 2; cpu++)
		while (!wait_for_completion_timeout(&shelf->worker[cpu].done, 1))
			tasklet_schedule(&interrupter);
	tasklet_kill(&interrupter);
	KUNIT_EXPECT_EQ(test, atomic_read(&shelf->failed), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&shelf->unfreed), 0);
}

static void *freed_on_the_last_cpu;

static long use_and_free(void *unused)
{
	freed_on_the_last_cpu = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 3500, TEST_TAG);
	return ntpool_free(freed_on_the_last_cpu, TEST_TAG);
}

static void *the_same(void *wanted)
{
	void *tried[64] = {}, *found = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tried) && !found; i++) {
		tried[i] = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 3500, TEST_TAG);
		if (tried[i] == wanted)
			swap(found, tried[i]);
	}
	for (i = 0; i < ARRAY_SIZE(tried); i++)
		ntpool_free(tried[i], TEST_TAG);
	return found;
}

static void others_get_what_a_cpu_that_goes_has_kept(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);
	int err, back;
	void *again;

	KUNIT_ASSERT_GE(test, num_online_cpus(), 2u);
	KUNIT_ASSERT_EQ(test, work_on_cpu(cpu, use_and_free, NULL), 0l);
	err = remove_cpu(cpu);
	again = the_same(freed_on_the_last_cpu);
	back = err ? 0 : add_cpu(cpu);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, back, 0);
	KUNIT_EXPECT_PTR_EQ(test, again, freed_on_the_last_cpu);
	ntpool_free(again, TEST_TAG);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(blocks_stay_whole_on_two_cpus_while_all_is_trimmed),
	KUNIT_CASE(no_allocation_fails_while_there_is_memory),
	KUNIT_CASE(others_get_what_a_cpu_that_goes_has_kept),
	{}
};

struct kunit_suite pool_stress_suite = {
	.name = "ntpool_pool_stress",
	.test_cases = cases,
};
