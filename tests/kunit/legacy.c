// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool/legacy.c and pool/extended.c: the rules of ExAllocatePoolWithTag,
 * ...WithQuotaTag, ...WithTagPriority, ExAllocatePool2 and ExAllocatePool3.
 */
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "pool/internal.h"
#include "tests.h"

#define TYPE_NON_PAGED NTPOOL_TYPE_NON_PAGED
#define TYPE_PAGED     NTPOOL_TYPE_PAGED
#define POISON	       0xA5A5A5A5u

static u64 flags_of(const void *p)
{
	struct pool_block_info info;

	return pool_find((unsigned long)p, &info) ? info.flags : 0;
}

static void types_choose_the_pool(struct kunit *test)
{
	void *paged = ntpool_alloc_with_tag(TYPE_PAGED, 100, TEST_TAG, NULL);
	void *nonpaged = ntpool_alloc_with_tag(TYPE_NON_PAGED, 100, TEST_TAG,
					       NULL);
	void *nx = ntpool_alloc_with_tag(NTPOOL_TYPE_NX, 100, TEST_TAG, NULL);

	KUNIT_EXPECT_EQ(test, flags_of(paged) & POOLS, NTPOOL_FLAG_PAGED);
	KUNIT_EXPECT_EQ(test, flags_of(nonpaged) & POOLS,
			NTPOOL_FLAG_NON_PAGED);
	KUNIT_EXPECT_EQ(test, flags_of(nx) & POOLS, NTPOOL_FLAG_NON_PAGED);
	KUNIT_EXPECT_EQ(test, ntpool_free(paged, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(nonpaged, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(nx, TEST_TAG), 0ull);
}

static void a_good_call_sets_status_success(struct kunit *test)
{
	u32 status = POISON;
	void *p = ntpool_alloc_with_tag(TYPE_PAGED, 100, TEST_TAG, &status);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_SUCCESS);
	ntpool_free(p, TEST_TAG);
}

static void the_zero_bit_zeroes_and_without_it_nothing_does(struct kunit *test)
{
	unsigned int i, dirty = 0;
	u8 *p;

	for (i = 0; i < 50; i++) {
		p = ntpool_alloc_with_tag(TYPE_NON_PAGED, 640, TEST_TAG, NULL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		dirty += memchr_inv(p, 0, 640) != NULL;
		memset(p, 0x5A, 640);
		ntpool_free(p, TEST_TAG);
		p = ntpool_alloc_with_tag(TYPE_NON_PAGED | NTPOOL_TYPE_ZERO,
					  640, TEST_TAG, NULL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 640));
		memset(p, 0x5A, 640);
		ntpool_free(p, TEST_TAG);
	}
	KUNIT_EXPECT_GT(test, dirty, 0u);
}

/* What the call must be: a bug check, NULL, and a status that is an error. */
static void expect_bad(struct kunit *test, u32 type, size_t size, u32 tag,
		       u64 what, u64 p2, u64 p3, u64 p4)
{
	u64 seq = bugcheck_last_seq();
	u32 status = POISON;

	KUNIT_EXPECT_NULL(test,
			  ntpool_alloc_with_tag(type, size, tag, &status));
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INVALID_PARAMETER);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, what, p2, p3, p4);
}

static void paged_pool_at_dispatch_is_bugcheck_c2_08(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	u8 old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	void *p = ntpool_alloc_with_tag(TYPE_PAGED | NTPOOL_TYPE_CACHE_ALIGNED,
					100, TEST_TAG, NULL);

	ntpool_lower_irql(old);
	KUNIT_EXPECT_NULL(test, p);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x08,
			NTPOOL_IRQL_DISPATCH,
			TYPE_PAGED | NTPOOL_TYPE_CACHE_ALIGNED, 100);
}

static void size_0_is_bugcheck_c2_00(struct kunit *test)
{
	expect_bad(test, TYPE_PAGED, 0, TEST_TAG, 0x00, 0, TYPE_PAGED,
		   TEST_TAG);
}

static void must_succeed_pool_is_bugcheck_c2_9a(struct kunit *test)
{
	expect_bad(test, NTPOOL_TYPE_MUST_SUCCEED, 64, TEST_TAG, 0x9A,
		   NTPOOL_TYPE_MUST_SUCCEED, 64, TEST_TAG);
	expect_bad(test, NTPOOL_TYPE_MUST_SUCCEED | NTPOOL_TYPE_CACHE_ALIGNED,
		   64, TEST_TAG, 0x9A,
		   NTPOOL_TYPE_MUST_SUCCEED | NTPOOL_TYPE_CACHE_ALIGNED, 64,
		   TEST_TAG);
}

static void tag_0_is_bugcheck_c2_9b(struct kunit *test)
{
	expect_bad(test, TYPE_PAGED, 64, 0, 0x9B, TYPE_PAGED, 64, OURS);
}

static void the_tag_big_is_bugcheck_c2_9c(struct kunit *test)
{
	expect_bad(test, TYPE_PAGED, 64, NTPOOL_TAG('B', 'I', 'G', 0), 0x9C,
		   TYPE_PAGED, 64, OURS);
	expect_bad(test, TYPE_PAGED, 64, NTPOOL_TAG('B', 'I', 'G', ' '), 0x9C,
		   TYPE_PAGED, 64, OURS);
}

static void a_tag_without_letter_or_digit_is_bugcheck_c2_9d(struct kunit *test)
{
	u32 tag = NTPOOL_TAG('-', '.', ' ', '#');

	expect_bad(test, TYPE_PAGED, 64, tag, 0x9D, tag, TYPE_PAGED, OURS);
	expect_bad(test, TYPE_PAGED, 64, tag | 0x80000000, 0x9D,
		   tag | 0x80000000, TYPE_PAGED, OURS);
}

static void tag_checks_name_the_caller(struct kunit *test)
{
	struct bugcheck_record rec = {};
	u64 seq;

	KUNIT_EXPECT_NULL(test, ntpool_alloc_with_tag(TYPE_PAGED, 1, 0, NULL));
	seq = bugcheck_last_seq();
	KUNIT_ASSERT_TRUE(test, bugcheck_get(seq, &rec));
	/* Somewhere in this function, which is no longer than a page. */
	KUNIT_EXPECT_LT(test,
			rec.param[3] - (unsigned long)tag_checks_name_the_caller,
			(u64)PAGE_SIZE);
}

static void an_unknown_type_is_refused(struct kunit *test)
{
	u32 status = POISON;
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_NULL(test, ntpool_alloc_with_tag(0x40, 64, TEST_TAG,
						      &status));
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INVALID_PARAMETER);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void a_size_beyond_all_memory_is_insufficient_resources(struct kunit *test)
{
	u32 status = POISON;

	KUNIT_EXPECT_NULL(test, ntpool_alloc_with_tag(TYPE_PAGED, SIZE_MAX,
						      TEST_TAG, &status));
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	status = POISON;
	KUNIT_EXPECT_NULL(test, ntpool_alloc_with_tag(TYPE_PAGED, 1ul << 42,
						      TEST_TAG, &status));
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
}

static void a_protected_block_is_freed_with_its_whole_tag_only(struct kunit *test)
{
	u32 tag = TEST_TAG | 0x80000000;
	void *p = ntpool_alloc_with_tag(TYPE_NON_PAGED, 64, tag, NULL);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x0A,
			(unsigned long)p, tag, TEST_TAG);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NE(test, ntpool_free(p, 0), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x0A,
			(unsigned long)p, tag, 0);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, tag), 0ull);
}

/* Blocks of a tag in both pools, small and large, as the tag table counts them. */
static u64 blocks_of(struct kunit *test, u32 tag)
{
	struct ntpool_tag *rows = kunit_kcalloc(test, 256, sizeof(*rows), GFP_KERNEL);
	size_t i, n = pool_tags(rows, 256);
	u64 blocks = 0;

	for (i = 0; i < min_t(size_t, n, 256); i++)
		if (rows[i].tag == tag)
			blocks = rows[i].paged_allocs - rows[i].paged_frees +
				 rows[i].nonpaged_allocs - rows[i].nonpaged_frees;
	return blocks;
}

static void protected_blocks_count_under_their_tag_without_the_bit(struct kunit *test)
{
	u32 tag = NTPOOL_TAG('P', 'r', 't', 0), own = tag | PROTECTED_POOL;
	void *p[] = {
		ntpool_alloc_with_tag(TYPE_PAGED, 64, own, NULL),
		ntpool_alloc_with_tag(TYPE_NON_PAGED, 64, own, NULL),
		ntpool_alloc_with_tag(TYPE_PAGED, 20000, own, NULL),
		ntpool_alloc_with_tag(TYPE_NON_PAGED, 4096, own, NULL),
		ntpool_alloc_with_tag(TYPE_NON_PAGED, 64, tag, NULL),
	};
	struct pool_block_info info;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, blocks_of(test, tag), (u64)ARRAY_SIZE(p));
	KUNIT_EXPECT_EQ(test, blocks_of(test, own), 0ull);
	for (i = 0; i < ARRAY_SIZE(p); i++) {
		u32 its = i < 4 ? own : tag;

		KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)p[i], &info));
		KUNIT_EXPECT_EQ(test, info.tag, its);
		KUNIT_EXPECT_NE(test, ntpool_free(p[i], its ^ PROTECTED_POOL), 0ull);
		KUNIT_EXPECT_EQ(test, ntpool_free(p[i], its), 0ull);
	}
	KUNIT_EXPECT_EQ(test, blocks_of(test, tag), 0ull);
}

static void a_tag_that_only_these_calls_take_stays_refused_by_the_others(struct kunit *test)
{
	u32 tag = NTPOOL_TAG('a', 0x80, 0, 0);
	void *p = ntpool_alloc_with_tag(TYPE_NON_PAGED, 64, tag, NULL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, pool_tag_valid(tag));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 64, tag));
	KUNIT_EXPECT_EQ(test, ntpool_free(p, tag), 0ull);
}

static void priorities_and_their_variants_are_taken_and_others_refused(struct kunit *test)
{
	static const u32 good[] = { 0, 8, 9, 16, 24, 25, 32, 40, 41 };
	static const u32 bad[] = { 1, 7, 10, 17, 33, 48, 64, 0x80000000 };
	unsigned int i;
	u32 status;
	void *p;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		p = ntpool_alloc_with_priority(TYPE_PAGED, 64, TEST_TAG,
					       good[i], &status);
		KUNIT_EXPECT_NOT_NULL_MSG(test, p, "priority %u", good[i]);
		ntpool_free(p, TEST_TAG);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		p = ntpool_alloc_with_priority(TYPE_PAGED, 64, TEST_TAG, bad[i],
					       &status);
		KUNIT_EXPECT_NULL_MSG(test, p, "priority %u", bad[i]);
		KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INVALID_PARAMETER);
	}
}

static void the_underrun_variant_alone_asks_for_a_guard_in_front(struct kunit *test)
{
	bool underrun = true;
	u8 priority = 0xff;

	KUNIT_EXPECT_TRUE(test, pool_priority_of(40, &priority, &underrun));
	KUNIT_EXPECT_EQ(test, priority, (u8)POOL_PRIORITY_HIGH);
	KUNIT_EXPECT_FALSE(test, underrun);
	KUNIT_EXPECT_TRUE(test, pool_priority_of(9, &priority, &underrun));
	KUNIT_EXPECT_EQ(test, priority, (u8)POOL_PRIORITY_LOW);
	KUNIT_EXPECT_TRUE(test, underrun);
	KUNIT_EXPECT_TRUE(test, pool_priority_of(16, &priority, &underrun));
	KUNIT_EXPECT_EQ(test, priority, (u8)POOL_PRIORITY_NORMAL);
	KUNIT_EXPECT_FALSE(test, underrun);
}

/* ExAllocatePool3 with one parameter: the block's being there. */
static bool pool3(u64 type, u64 value)
{
	struct ntpool_extended parameter = { type, value };
	void *p = ntpool_alloc_extended(NTPOOL_FLAG_PAGED, 64, TEST_TAG,
					&parameter, 1, NULL);

	if (p)
		ntpool_free(p, TEST_TAG);
	return p;
}

static void pool3_with_an_invalid_parameter_that_is_not_optional_is_null(struct kunit *test)
{
	static const u64 types[] = { 0, 4, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		KUNIT_EXPECT_FALSE(test, pool3(types[i], 0));
		KUNIT_EXPECT_TRUE(test,
				  pool3(types[i] | NTPOOL_EXTENDED_OPTIONAL, 0));
	}
}

static void pool3_takes_a_priority(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, pool3(NTPOOL_EXTENDED_PRIORITY,
				      NTPOOL_PRIORITY_HIGH));
	KUNIT_EXPECT_FALSE(test, pool3(NTPOOL_EXTENDED_PRIORITY, 3));
	/* The field has 32 bits; what is beside it in its union nobody has set. */
	KUNIT_EXPECT_TRUE(test, pool3(NTPOOL_EXTENDED_PRIORITY,
				      NTPOOL_PRIORITY_HIGH | 0xbadull << 32));
}

static void pool3_has_no_secure_pool(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, pool3(NTPOOL_EXTENDED_SECURE_POOL, 0));
	KUNIT_EXPECT_TRUE(test, pool3(NTPOOL_EXTENDED_SECURE_POOL |
					      NTPOOL_EXTENDED_OPTIONAL,
				      0));
}

static void pool3_wants_a_node_that_there_is(struct kunit *test)
{
	u64 node = first_online_node;

	KUNIT_EXPECT_TRUE(test, pool3(NTPOOL_EXTENDED_NUMA_NODE,
				      node | NTPOOL_ANY_NODE_OK));
	KUNIT_EXPECT_EQ(test, pool3(NTPOOL_EXTENDED_NUMA_NODE, node),
			num_online_nodes() == 1);
	KUNIT_EXPECT_FALSE(test, pool3(NTPOOL_EXTENDED_NUMA_NODE,
				       MAX_NUMNODES));
	KUNIT_EXPECT_TRUE(test, pool3(NTPOOL_EXTENDED_NUMA_NODE,
				      node | NTPOOL_ANY_NODE_OK |
					      0xbadull << 32));
}

static void pool2_is_pool3_without_parameters(struct kunit *test)
{
	u32 status = POISON;
	u8 *p = ntpool_alloc_extended(NTPOOL_FLAG_PAGED, 64, TEST_TAG, NULL, 0,
				      &status);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 64));
	ntpool_free(p, TEST_TAG);
	KUNIT_EXPECT_NULL(test, ntpool_alloc_extended(NTPOOL_FLAG_PAGED, 0,
						      TEST_TAG, NULL, 0,
						      &status));
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_NULL(test, ntpool_alloc_extended(NTPOOL_FLAG_PAGED, 64,
						      TEST_TAG, NULL, 1, NULL));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(types_choose_the_pool),
	KUNIT_CASE(a_good_call_sets_status_success),
	KUNIT_CASE(the_zero_bit_zeroes_and_without_it_nothing_does),
	KUNIT_CASE(paged_pool_at_dispatch_is_bugcheck_c2_08),
	KUNIT_CASE(size_0_is_bugcheck_c2_00),
	KUNIT_CASE(must_succeed_pool_is_bugcheck_c2_9a),
	KUNIT_CASE(tag_0_is_bugcheck_c2_9b),
	KUNIT_CASE(the_tag_big_is_bugcheck_c2_9c),
	KUNIT_CASE(a_tag_without_letter_or_digit_is_bugcheck_c2_9d),
	KUNIT_CASE(tag_checks_name_the_caller),
	KUNIT_CASE(an_unknown_type_is_refused),
	KUNIT_CASE(a_size_beyond_all_memory_is_insufficient_resources),
	KUNIT_CASE(a_protected_block_is_freed_with_its_whole_tag_only),
	KUNIT_CASE(protected_blocks_count_under_their_tag_without_the_bit),
	KUNIT_CASE(a_tag_that_only_these_calls_take_stays_refused_by_the_others),
	KUNIT_CASE(priorities_and_their_variants_are_taken_and_others_refused),
	KUNIT_CASE(the_underrun_variant_alone_asks_for_a_guard_in_front),
	KUNIT_CASE(pool3_with_an_invalid_parameter_that_is_not_optional_is_null),
	KUNIT_CASE(pool3_takes_a_priority),
	KUNIT_CASE(pool3_has_no_secure_pool),
	KUNIT_CASE(pool3_wants_a_node_that_there_is),
	KUNIT_CASE(pool2_is_pool3_without_parameters),
	{}
};

struct kunit_suite legacy_suite = {
	.name = "ntpool_legacy",
	.test_cases = cases,
};
