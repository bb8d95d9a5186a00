// SPDX-License-Identifier: GPL-2.0-only
/* pool/region.c: whose addresses are kept, and for how long. */
#include "pool/special.h"
#include "tests.h"

static struct special_stats stats(void)
{
	struct special_stats now;

	special_get_stats(&now);
	return now;
}

static void *take(size_t pages)
{
	return ntpool_alloc(NTPOOL_FLAG_PAGED | NTPOOL_FLAG_SPECIAL_POOL,
			    pages * PAGE_SIZE, TEST_TAG);
}

static bool is_special(const void *p)
{
	return special_contains((unsigned long)p);
}

/* The live block leaves no room for it, whatever is forgotten. */
static void a_block_for_which_there_cannot_be_room_forgets_nobody(struct kunit *test)
{
	void *live = take(1), *freed = take(2), *large;
	u64 retired;

	KUNIT_ASSERT_TRUE(test, is_special(live));
	KUNIT_ASSERT_TRUE(test, is_special(freed));
	ntpool_free(freed, TEST_TAG);
	retired = stats().retired_pages;
	KUNIT_EXPECT_GE(test, retired, 2ull);
	large = take(stats().pages - 3);
	KUNIT_EXPECT_FALSE(test, is_special(large));
	KUNIT_EXPECT_EQ(test, stats().retired_pages, retired);
	ntpool_free(large, TEST_TAG);
	ntpool_free(live, TEST_TAG);
}

static void a_block_for_which_there_can_be_room_gets_it(struct kunit *test)
{
	void *freed = take(2), *large;

	KUNIT_ASSERT_TRUE(test, is_special(freed));
	ntpool_free(freed, TEST_TAG);
	KUNIT_ASSERT_EQ(test, stats().live_pages, 0ull);
	large = take(stats().pages - 2);
	KUNIT_EXPECT_TRUE(test, is_special(large));
	KUNIT_EXPECT_EQ(test, stats().retired_pages, 0ull);
	ntpool_free(large, TEST_TAG);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_block_for_which_there_cannot_be_room_forgets_nobody),
	KUNIT_CASE(a_block_for_which_there_can_be_room_gets_it),
	{}
};

struct kunit_suite region_suite = { .name = "ntpool_region", .test_cases = cases };
