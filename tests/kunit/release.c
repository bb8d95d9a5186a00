// SPDX-License-Identifier: GPL-2.0-only
/* pool/release.c: what the older releases of Windows do differently. */
#include "pool/internal.h"
#include "pool/release.h"
#include "tests.h"

/* After KUnit, which has words that are keywords from here on. */
#define POOL_ZERO_DOWN_LEVEL_SUPPORT
#include <ntpool/ntddk.h>

static void back_to_the_current_release(struct kunit *test)
{
	release_select("current");
}

static int emulate(const char *name)
{
	return release_select(name) ? 0 : -EINVAL;
}

static const char *const names[] = { "2003", "win7", "win10", "current" };

static void there_are_four_releases_and_no_other_name(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_EXPECT_EQ(test, emulate(names[i]), 0);
		KUNIT_EXPECT_STREQ(test, release->name, names[i]);
		KUNIT_EXPECT_EQ(test, release->number, i + 1);
	}
	KUNIT_EXPECT_EQ(test, emulate("win95"), -EINVAL);
	KUNIT_EXPECT_STREQ(test, release->name, "current");
}

static void before_the_current_release_size_0_gives_the_smallest_block(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	unsigned int i;
	void *p;

	for (i = 0; i < ARRAY_SIZE(names) - 1; i++) {
		KUNIT_ASSERT_EQ(test, emulate(names[i]), 0);
		p = ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 0, TEST_TAG, NULL);
		KUNIT_EXPECT_NOT_NULL_MSG(test, p, "target %s", names[i]);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
	EXPECT_NO_BUGCHECK(test, seq);
}

static void in_2003_tags_are_not_looked_at(struct kunit *test)
{
	static const u32 tags[] = {
		0,
		NTPOOL_TAG('B', 'I', 'G', ' '),
		NTPOOL_TAG('.', '.', '.', '.'),
	};
	u64 seq = bugcheck_last_seq();
	unsigned int i;
	void *p;

	KUNIT_ASSERT_EQ(test, emulate("2003"), 0);
	for (i = 0; i < ARRAY_SIZE(tags); i++) {
		p = ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 64, tags[i], NULL);
		KUNIT_EXPECT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, tags[i]), 0ull);
	}
	EXPECT_NO_BUGCHECK(test, seq);
}

static void in_2003_tag_0_counts_as_none(struct kunit *test)
{
	struct pool_block_info info = {};
	void *p;

	KUNIT_ASSERT_EQ(test, emulate("2003"), 0);
	p = ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 64, 0, NULL);
	KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)p, &info));
	KUNIT_EXPECT_EQ(test, info.tag, NTPOOL_TAG('N', 'o', 'n', 'e'));
	ntpool_free(p, 0);
}

static void from_win7_on_tag_0_is_bugcheck_c2_9b(struct kunit *test)
{
	unsigned int i;
	u64 seq;

	for (i = 1; i < ARRAY_SIZE(names); i++) {
		KUNIT_ASSERT_EQ(test, emulate(names[i]), 0);
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_NULL(test,
				  ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 64,
							0, NULL));
		EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x9B,
				NTPOOL_TYPE_PAGED, 64, OURS);
	}
}

static void in_2003_a_wrong_tag_frees_unless_the_block_is_protected(struct kunit *test)
{
	static const u32 types[] = { NTPOOL_TYPE_PAGED, NTPOOL_TYPE_NON_PAGED };
	u32 wrong = NTPOOL_TAG('W', 'r', 'n', 'g');
	u32 tag = TEST_TAG | PROTECTED_POOL;
	unsigned int i;
	u64 seq;
	void *p;

	KUNIT_ASSERT_EQ(test, emulate("2003"), 0);
	for (i = 0; i < 2; i++) {
		p = ntpool_alloc_with_tag(types[i], 64, TEST_TAG, NULL);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, wrong), 0ull);
		p = ntpool_alloc_with_tag(types[i], 64, tag, NULL);
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_NE(test, ntpool_free(p, wrong), 0ull);
		EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x0A,
				(unsigned long)p, tag, wrong);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, tag), 0ull);
	}
}

static void in_2003_large_blocks_are_freed_with_a_wrong_tag_too(struct kunit *test)
{
	void *p;

	KUNIT_ASSERT_EQ(test, emulate("2003"), 0);
	p = ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 20000, TEST_TAG, NULL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, NTPOOL_TAG('W', 'r', 'n', 'g')),
			0ull);
}

static void from_win7_on_a_wrong_tag_is_bugcheck_c2_0a(struct kunit *test)
{
	u32 wrong = NTPOOL_TAG('W', 'r', 'n', 'g');
	unsigned int i;
	u64 seq;
	void *p;

	for (i = 1; i < ARRAY_SIZE(names); i++) {
		KUNIT_ASSERT_EQ(test, emulate(names[i]), 0);
		p = ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 64, TEST_TAG, NULL);
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_NE(test, ntpool_free(p, wrong), 0ull);
		EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x0A,
				(unsigned long)p, TEST_TAG, wrong);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
}

/* How many of 20 blocks had something in them, each left dirty before. */
static unsigned int dirty_with(struct kunit *test,
			       void *(*allocate)(size_t size))
{
	unsigned int i, dirty = 0;
	u8 *p;

	for (i = 0; i < 20; i++) {
		p = allocate(640);
		KUNIT_EXPECT_NOT_NULL(test, p);
		if (!p)
			break;
		dirty += memchr_inv(p, 0, 640) != NULL;
		memset(p, 0x5A, 640);
		ntpool_free(p, TEST_TAG);
	}
	return dirty;
}

static void *zero_bit(size_t size)
{
	return ntpool_alloc_with_tag(NTPOOL_TYPE_NX | NTPOOL_TYPE_ZERO, size,
				     TEST_TAG, NULL);
}

static void the_zero_bit_is_ignored_before_the_current_release(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, emulate("win10"), 0);
	KUNIT_EXPECT_FALSE(test, ntpool_zeroes());
	KUNIT_EXPECT_GT(test, dirty_with(test, zero_bit), 0u);
	KUNIT_ASSERT_EQ(test, emulate("current"), 0);
	KUNIT_EXPECT_TRUE(test, ntpool_zeroes());
	KUNIT_EXPECT_EQ(test, dirty_with(test, zero_bit), 0u);
}

static void *pool_zero(size_t size)
{
	return ExAllocatePoolZero(NonPagedPoolNx, size, TEST_TAG);
}

static void *quota_zero(size_t size)
{
	return ExAllocatePoolQuotaZero(NonPagedPoolNx, size, TEST_TAG);
}

static void *priority_zero(size_t size)
{
	return ExAllocatePoolPriorityZero(NonPagedPoolNx, size, TEST_TAG,
					  HighPoolPriority);
}

static void with_down_level_support_the_zero_calls_zero_in_every_release(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_ASSERT_EQ(test, emulate(names[i]), 0);
		KUNIT_EXPECT_EQ(test, dirty_with(test, pool_zero), 0u);
		KUNIT_EXPECT_EQ(test, dirty_with(test, quota_zero), 0u);
		KUNIT_EXPECT_EQ(test, dirty_with(test, priority_zero), 0u);
	}
}

static void pool2_is_not_there_before_the_current_release(struct kunit *test)
{
	unsigned int i;
	u32 status;

	for (i = 0; i < ARRAY_SIZE(names) - 1; i++) {
		KUNIT_ASSERT_EQ(test, emulate(names[i]), 0);
		KUNIT_EXPECT_NULL(test,
				  ntpool_alloc_extended(NTPOOL_FLAG_PAGED, 64,
							TEST_TAG, NULL, 0,
							&status));
		KUNIT_EXPECT_EQ(test, status,
				NTPOOL_STATUS_PROCEDURE_NOT_FOUND);
	}
}

/* The pool that a block of a type comes from. */
static u64 pool_of(struct kunit *test, const char *name, u32 type)
{
	struct pool_block_info info = {};
	void *p;

	KUNIT_EXPECT_EQ(test, emulate(name), 0);
	p = ntpool_alloc_with_tag(type, 64, TEST_TAG, NULL);
	KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)p, &info));
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	return info.flags & POOLS;
}

static void nonpaged_pool_is_executable_before_the_current_release(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names) - 1; i++)
		KUNIT_EXPECT_EQ(test, pool_of(test, names[i], 0),
				NTPOOL_FLAG_NON_PAGED_EXECUTE);
	KUNIT_EXPECT_EQ(test, pool_of(test, "current", 0),
			NTPOOL_FLAG_NON_PAGED);
}

static void nonpaged_pool_nx_is_known_from_win10_on(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, pool_of(test, "2003", NTPOOL_TYPE_NX),
			NTPOOL_FLAG_NON_PAGED_EXECUTE);
	KUNIT_EXPECT_EQ(test, pool_of(test, "win7", NTPOOL_TYPE_NX),
			NTPOOL_FLAG_NON_PAGED_EXECUTE);
	KUNIT_EXPECT_EQ(test, pool_of(test, "win10", NTPOOL_TYPE_NX),
			NTPOOL_FLAG_NON_PAGED);
	KUNIT_EXPECT_EQ(test, pool_of(test, "current", NTPOOL_TYPE_NX),
			NTPOOL_FLAG_NON_PAGED);
}

static void nonpaged_pool_serves_dispatch_in_every_release(struct kunit *test)
{
	unsigned int i;
	void *p;
	u8 old;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_ASSERT_EQ(test, emulate(names[i]), 0);
		old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
		p = ntpool_alloc_with_tag(NTPOOL_TYPE_NON_PAGED, 64, TEST_TAG,
					  NULL);
		ntpool_free(p, TEST_TAG);
		ntpool_lower_irql(old);
		KUNIT_EXPECT_NOT_NULL_MSG(test, p, "target %s", names[i]);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(there_are_four_releases_and_no_other_name),
	KUNIT_CASE(before_the_current_release_size_0_gives_the_smallest_block),
	KUNIT_CASE(in_2003_tags_are_not_looked_at),
	KUNIT_CASE(in_2003_tag_0_counts_as_none),
	KUNIT_CASE(from_win7_on_tag_0_is_bugcheck_c2_9b),
	KUNIT_CASE(in_2003_a_wrong_tag_frees_unless_the_block_is_protected),
	KUNIT_CASE(in_2003_large_blocks_are_freed_with_a_wrong_tag_too),
	KUNIT_CASE(from_win7_on_a_wrong_tag_is_bugcheck_c2_0a),
	KUNIT_CASE(the_zero_bit_is_ignored_before_the_current_release),
	KUNIT_CASE(with_down_level_support_the_zero_calls_zero_in_every_release),
	KUNIT_CASE(pool2_is_not_there_before_the_current_release),
	KUNIT_CASE(nonpaged_pool_is_executable_before_the_current_release),
	KUNIT_CASE(nonpaged_pool_nx_is_known_from_win10_on),
	KUNIT_CASE(nonpaged_pool_serves_dispatch_in_every_release),
	{}
};

struct kunit_suite release_suite = {
	.name = "ntpool_release",
	.exit = back_to_the_current_release,
	.test_cases = cases,
};
