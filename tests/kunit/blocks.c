// SPDX-License-Identifier: GPL-2.0-only
/* pool/blocks.c: the table of large blocks, also where no memory is to be had. */
#include <linux/sched.h>

#include "pool/internal.h"
#include "tests.h"

#define PAGED NTPOOL_FLAG_PAGED

/* Not all of three pages: behind it there is no other block's byte. */
#define SIZE (3 * PAGE_SIZE - 100)

/* The next slab object or page that this thread asks for is refused. */
static void refuse_one_allocation(struct kunit *test)
{
#ifdef CONFIG_FAILSLAB
	current->fail_nth = 1;
#else
	kunit_skip(test, "this kernel cannot refuse memory");
#endif
}

/* Has it been, or was there none; none is from now on. */
static bool was_refused(void)
{
	bool refused = true;

#ifdef CONFIG_FAILSLAB
	refused = !current->fail_nth;
	current->fail_nth = 0;
#endif
	return refused;
}

static void *same_again(void *first)
{
	void *tried[16] = {}, *found = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tried) && !found; i++) {
		tried[i] = ntpool_alloc(PAGED, SIZE, TEST_TAG);
		if (tried[i] == first)
			swap(found, tried[i]);
	}
	for (i = 0; i < ARRAY_SIZE(tried); i++)
		ntpool_free(tried[i], TEST_TAG);
	return found;
}

static void a_large_block_is_freed_where_its_entry_cannot_be_erased(struct kunit *test)
{
	unsigned long start;
	struct pool_block_info info;
	void *p = ntpool_alloc(PAGED, SIZE, TEST_TAG);
	u64 bugcheck;
	bool refused;

	KUNIT_ASSERT_NOT_NULL(test, p);
	start = (unsigned long)p;
	refuse_one_allocation(test);
	bugcheck = ntpool_free(p, TEST_TAG);
	refused = was_refused();
	KUNIT_EXPECT_TRUE(test, refused);
	KUNIT_EXPECT_EQ(test, bugcheck, 0ull);
	KUNIT_EXPECT_FALSE(test, pool_find(start, &info));
	KUNIT_EXPECT_FALSE(test, pool_next(start, &info) && info.start == start);
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void its_place_can_be_had_again(struct kunit *test)
{
	void *p = ntpool_alloc(PAGED, SIZE, TEST_TAG);
	struct pool_block_info info;

	KUNIT_ASSERT_NOT_NULL(test, p);
	refuse_one_allocation(test);
	ntpool_free(p, TEST_TAG);
	was_refused();
	p = same_again(p);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)p + 5000, &info));
	KUNIT_EXPECT_EQ(test, info.start, (unsigned long)p);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

/* Who frees a block twice, late, does not get who is in its place. */
static void a_block_in_the_place_of_another_is_another(struct kunit *test)
{
	void *p = ntpool_alloc(PAGED, SIZE, TEST_TAG), *next;
	struct pool_block_info info;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)p, &info));
	ntpool_free(p, TEST_TAG);
	next = same_again(p);
	KUNIT_ASSERT_PTR_EQ(test, next, p);
	KUNIT_EXPECT_NULL(test, blocks_remove(&info));
	KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)next, &info));
	KUNIT_EXPECT_EQ(test, ntpool_free(next, TEST_TAG), 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_large_block_is_freed_where_its_entry_cannot_be_erased),
	KUNIT_CASE(its_place_can_be_had_again),
	KUNIT_CASE(a_block_in_the_place_of_another_is_another),
	{}
};

struct kunit_suite blocks_suite = { .name = "ntpool_blocks", .test_cases = cases };
