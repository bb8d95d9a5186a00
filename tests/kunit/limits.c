// SPDX-License-Identifier: GPL-2.0-only
/* pool/limits.c: how large a pool may become, and who is refused first. */
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "pool/internal.h"
#include "pool/limits.h"
#include "tests.h"

/* Pages that are left for a priority, taken from the pool without being used. */
static u64 take_all(bool paged, u8 priority)
{
	u64 step = 1ull << 40, taken = 0;

	for (; step; step /= 2)
		while (limits_take(paged, step, priority))
			taken += step;
	return taken;
}

static u64 pages_now(bool paged)
{
	struct limits_figures figures;

	limits_get(paged, &figures);
	return figures.pages;
}

static u64 limit_now(bool paged)
{
	struct limits_figures figures;

	limits_get(paged, &figures);
	return figures.limit;
}

static void nonpaged_pool_may_have_three_quarters_of_memory(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, limit_now(false),
			(u64)totalram_pages() / 4 * 3);
}

static void paged_pool_may_have_memory_and_swap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, limit_now(true),
			(u64)totalram_pages() + kcompat_total_swap());
	/* The machine of the tests has a swap disk. */
	KUNIT_EXPECT_GT(test, kcompat_total_swap(), 0ul);
}

static void large_blocks_count_by_pages(struct kunit *test)
{
	u64 before = pages_now(true);
	void *p = ntpool_alloc(NTPOOL_FLAG_PAGED, 5 * PAGE_SIZE + 1, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, pages_now(true), before + 6);
	ntpool_free(p, TEST_TAG);
	KUNIT_EXPECT_EQ(test, pages_now(true), before);
}

static void many_small_blocks_share_the_pages_counted(struct kunit *test)
{
	u64 before = pages_now(false), after;
	static void *p[1000];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 100, TEST_TAG);
	after = pages_now(false);
	KUNIT_EXPECT_GE(test, after - before, 1000ull * 100 / PAGE_SIZE);
	KUNIT_EXPECT_LT(test, after - before, 100ull);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		ntpool_free(p[i], TEST_TAG);
	KUNIT_EXPECT_LT(test, pages_now(false), before + 10);
}

static void the_peak_is_the_most_there_has_been(struct kunit *test)
{
	struct limits_figures figures;
	u64 now = pages_now(false);

	KUNIT_ASSERT_TRUE(test, limits_take(false, 1000, POOL_PRIORITY_NORMAL));
	limits_give(false, 1000);
	limits_get(false, &figures);
	KUNIT_EXPECT_GE(test, figures.peak, now + 1000);
	KUNIT_EXPECT_EQ(test, figures.pages, now);
}

static void low_priority_fails_first_and_high_priority_last(struct kunit *test)
{
	u64 low = take_all(false, POOL_PRIORITY_LOW);
	bool normal_goes_on, high_goes_on;
	u64 normal, high;

	normal_goes_on = limits_take(false, 1, POOL_PRIORITY_NORMAL);
	normal = take_all(false, POOL_PRIORITY_NORMAL) + normal_goes_on;
	high_goes_on = limits_take(false, 1, POOL_PRIORITY_HIGH);
	high = take_all(false, POOL_PRIORITY_HIGH) + high_goes_on;
	KUNIT_EXPECT_EQ(test, pages_now(false), limit_now(false));
	limits_give(false, low + normal + high);
	KUNIT_EXPECT_TRUE(test, normal_goes_on);
	KUNIT_EXPECT_TRUE(test, high_goes_on);
}

static void *alloc_of(u32 priority)
{
	return ntpool_alloc_with_priority(NTPOOL_TYPE_NX, 64, TEST_TAG,
					  priority, NULL);
}

/* Though there are free slots in pages that the pool has already. */
static void near_the_limit_small_blocks_are_refused_by_priority(struct kunit *test)
{
	void *seed = alloc_of(NTPOOL_PRIORITY_NORMAL);
	u64 taken = take_all(false, POOL_PRIORITY_LOW);
	void *low = alloc_of(NTPOOL_PRIORITY_LOW);
	void *normal = alloc_of(NTPOOL_PRIORITY_NORMAL), *high;

	taken += take_all(false, POOL_PRIORITY_NORMAL);
	high = ntpool_alloc_with_priority(NTPOOL_TYPE_NX, 3 * PAGE_SIZE,
					  TEST_TAG, NTPOOL_PRIORITY_HIGH, NULL);
	limits_give(false, taken);
	KUNIT_EXPECT_NULL(test, low);
	KUNIT_EXPECT_NOT_NULL(test, normal);
	KUNIT_EXPECT_NOT_NULL(test, high);
	ntpool_free(seed, TEST_TAG);
	ntpool_free(low, TEST_TAG);
	ntpool_free(normal, TEST_TAG);
	ntpool_free(high, TEST_TAG);
}

static void at_the_limit_a_pool_is_insufficient_resources_and_counts_it(struct kunit *test)
{
	u64 taken = take_all(true, POOL_PRIORITY_HIGH);
	struct limits_figures before, after;
	u32 status = 0;
	void *p;

	limits_get(true, &before);
	p = ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 3 * PAGE_SIZE, TEST_TAG,
				  &status);
	limits_get(true, &after);
	limits_give(true, taken);
	KUNIT_EXPECT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_EQ(test, after.refused, before.refused + 1);
	p = ntpool_alloc(NTPOOL_FLAG_PAGED, 3 * PAGE_SIZE, TEST_TAG);
	KUNIT_EXPECT_NOT_NULL(test, p);
	ntpool_free(p, TEST_TAG);
}

static long alloc_large(void *block)
{
	*(void **)block = ntpool_alloc(NTPOOL_FLAG_PAGED, SZ_1M, TEST_TAG);
	return 0;
}

static long free_large(void *block)
{
	ntpool_free(*(void **)block, TEST_TAG);
	return 0;
}

static void a_peak_is_no_sum_of_what_another_cpu_frees(struct kunit *test)
{
	struct pool_stats before, after;
	unsigned int round;
	void *block;

	pool_get_stats(&before);
	for (round = 0; round < 50; round++) {
		work_on_cpu(cpumask_first(cpu_online_mask), alloc_large, &block);
		work_on_cpu(cpumask_last(cpu_online_mask), free_large, &block);
	}
	pool_get_stats(&after);
	KUNIT_EXPECT_LE(test, after.paged_peak_bytes - before.paged_peak_bytes,
			2ull * SZ_1M);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_peak_is_no_sum_of_what_another_cpu_frees),
	KUNIT_CASE(nonpaged_pool_may_have_three_quarters_of_memory),
	KUNIT_CASE(paged_pool_may_have_memory_and_swap),
	KUNIT_CASE(large_blocks_count_by_pages),
	KUNIT_CASE(many_small_blocks_share_the_pages_counted),
	KUNIT_CASE(the_peak_is_the_most_there_has_been),
	KUNIT_CASE(low_priority_fails_first_and_high_priority_last),
	KUNIT_CASE(near_the_limit_small_blocks_are_refused_by_priority),
	KUNIT_CASE(at_the_limit_a_pool_is_insufficient_resources_and_counts_it),
	{}
};

struct kunit_suite limits_suite = {
	.name = "ntpool_limits",
	.test_cases = cases,
};
