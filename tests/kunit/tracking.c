// SPDX-License-Identifier: GPL-2.0-only
/* pool/tracking.c: what is known of tracked blocks, when two free the same one. */
#include "pool/hooks.h"
#include "tests.h"

static const struct verifier_settings off = { .probability = 600, .grace = 480 };

static int track_this_module(struct kunit *test)
{
	struct verifier_settings s = off;

	s.flags = NTPOOL_VERIFIER_POOL_TRACKING;
	strscpy(s.driver, THIS_MODULE->name, sizeof(s.driver));
	return verifier_set(&s);
}

static void switch_off(struct kunit *test)
{
	verifier_set(&off);
}

static struct verifier_stats stats(void)
{
	struct verifier_stats now;

	verifier_get_stats(&now);
	return now;
}

/* The first of two takes it out of the table, and the second frees it. */
static struct tracked *freed_by_another(void *p)
{
	struct tracked *tracked = tracking_take(p);

	ntpool_free(p, TEST_TAG);
	return tracked;
}

static void a_block_that_another_has_freed_is_none_that_is_left(struct kunit *test)
{
	void *p = ntpool_alloc(NTPOOL_FLAG_PAGED, 5000, TEST_TAG);
	struct tracked *tracked = freed_by_another(p);

	KUNIT_ASSERT_NOT_NULL(test, tracked);
	tracking_settle(p, tracked, false);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
	KUNIT_EXPECT_EQ(test, stats().tracked_bytes, 0ull);
	KUNIT_EXPECT_EQ(test, tracking_module_leaks(THIS_MODULE), 0ull);
}

static void nor_does_it_take_the_place_of_the_next(struct kunit *test)
{
	void *p, *next;
	struct tracked *tracked;

	migrate_disable();
	p = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 500, TEST_TAG);
	tracked = freed_by_another(p);
	next = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 499, TEST_TAG);
	migrate_enable();
	KUNIT_ASSERT_NOT_NULL(test, tracked);
	KUNIT_EXPECT_PTR_EQ(test, next, p);
	tracking_settle(p, tracked, false);
	KUNIT_EXPECT_EQ(test, stats().tracked, 1ull);
	KUNIT_EXPECT_EQ(test, stats().tracked_bytes, 499ull);
	ntpool_free(next, TEST_TAG);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
}

static void a_block_that_could_not_be_freed_stays_tracked(struct kunit *test)
{
	void *p = ntpool_alloc(NTPOOL_FLAG_PAGED, 5000, TEST_TAG);

	KUNIT_EXPECT_NE(test, ntpool_free(p, ~TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, stats().tracked_bytes, 5000ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_block_that_another_has_freed_is_none_that_is_left),
	KUNIT_CASE(nor_does_it_take_the_place_of_the_next),
	KUNIT_CASE(a_block_that_could_not_be_freed_stays_tracked),
	{}
};

struct kunit_suite tracking_suite = {
	.name = "ntpool_tracking",
	.init = track_this_module,
	.exit = switch_off,
	.test_cases = cases,
};
