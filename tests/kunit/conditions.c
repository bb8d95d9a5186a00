// SPDX-License-Identifier: GPL-2.0-only
/* pool/conditions.c: the four pool events are set as long as their condition holds. */
#include <linux/kthread.h>

#include "pool/internal.h"
#include "pool/limits.h"
#include "tests.h"

/* Leave so many percent of a pool's limit free; returns what was taken for it. */
static u64 leave(bool paged, unsigned int percent)
{
	struct limits_figures figures;
	u64 most;

	limits_get(paged, &figures);
	most = figures.limit * (100 - percent) / 100;
	if (figures.pages >= most ||
	    !limits_take(paged, most - figures.pages, POOL_PRIORITY_HIGH))
		return 0;
	return most - figures.pages;
}

static u32 low(bool paged)
{
	return paged ? NTPOOL_CONDITION_LOW_PAGED :
		       NTPOOL_CONDITION_LOW_NONPAGED;
}

static u32 high(bool paged)
{
	return paged ? NTPOOL_CONDITION_HIGH_PAGED :
		       NTPOOL_CONDITION_HIGH_NONPAGED;
}

static void check_levels(struct kunit *test, bool paged)
{
	u64 taken;

	KUNIT_EXPECT_TRUE(test, ntpool_condition(high(paged)));
	KUNIT_EXPECT_FALSE(test, ntpool_condition(low(paged)));

	taken = leave(paged, 18);
	KUNIT_EXPECT_NE(test, taken, 0ull);
	KUNIT_EXPECT_FALSE(test, ntpool_condition(high(paged)));
	KUNIT_EXPECT_FALSE(test, ntpool_condition(low(paged)));

	taken += leave(paged, 5);
	KUNIT_EXPECT_FALSE(test, ntpool_condition(high(paged)));
	KUNIT_EXPECT_TRUE(test, ntpool_condition(low(paged)));

	limits_give(paged, taken);
	KUNIT_EXPECT_TRUE(test, ntpool_condition(high(paged)));
	KUNIT_EXPECT_FALSE(test, ntpool_condition(low(paged)));
}

static void events_follow_what_is_free_of_each_pool(struct kunit *test)
{
	check_levels(test, true);
	check_levels(test, false);
}

static void the_pools_have_events_of_their_own(struct kunit *test)
{
	u64 taken = leave(false, 5);
	u32 now = conditions_now();

	limits_give(false, taken);
	KUNIT_EXPECT_EQ(test, now, 1u << NTPOOL_CONDITION_LOW_NONPAGED | 1u << NTPOOL_CONDITION_HIGH_PAGED);
}

static void a_number_that_is_no_event_is_never_set(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, ntpool_condition(NTPOOL_CONDITIONS));
	KUNIT_EXPECT_EQ(test, ntpool_wait_condition(NTPOOL_CONDITIONS, 1),
			(long)-EINVAL);
}

static int wait_for_low(void *result)
{
	*(long *)result = ntpool_wait_condition(NTPOOL_CONDITION_LOW_NONPAGED,
						60 * HZ);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	return 0;
}

static void all_who_wait_are_woken_and_the_event_stays_set(struct kunit *test)
{
	struct task_struct *waiter[3];
	long result[3] = { -1, -1, -1 };
	u64 taken;
	int i;

	for (i = 0; i < 3; i++) {
		waiter[i] = kthread_run(wait_for_low, &result[i], "waits");
		KUNIT_ASSERT_FALSE(test, IS_ERR(waiter[i]));
	}
	schedule_timeout_uninterruptible(HZ / 20);
	taken = leave(false, 5);
	for (i = 0; i < 200 && (READ_ONCE(result[0]) < 0 ||
				READ_ONCE(result[1]) < 0 ||
				READ_ONCE(result[2]) < 0);
	     i++)
		schedule_timeout_uninterruptible(HZ / 50);
	KUNIT_EXPECT_TRUE(test,
			  ntpool_condition(NTPOOL_CONDITION_LOW_NONPAGED));
	limits_give(false, taken);
	for (i = 0; i < 3; i++) {
		kthread_stop(waiter[i]);
		KUNIT_EXPECT_GT(test, result[i], 0l);
	}
}

static void a_wait_for_what_is_set_returns_at_once_and_else_times_out(struct kunit *test)
{
	KUNIT_EXPECT_GT(test,
			ntpool_wait_condition(NTPOOL_CONDITION_HIGH_PAGED, 1),
			0l);
	KUNIT_EXPECT_EQ(test,
			ntpool_wait_condition(NTPOOL_CONDITION_LOW_PAGED, 2),
			0l);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(events_follow_what_is_free_of_each_pool),
	KUNIT_CASE(the_pools_have_events_of_their_own),
	KUNIT_CASE(a_number_that_is_no_event_is_never_set),
	KUNIT_CASE(all_who_wait_are_woken_and_the_event_stays_set),
	KUNIT_CASE(a_wait_for_what_is_set_returns_at_once_and_else_times_out),
	{}
};

struct kunit_suite conditions_suite = {
	.name = "ntpool_conditions",
	.test_cases = cases,
};
