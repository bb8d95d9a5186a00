// SPDX-License-Identifier: GPL-2.0-only
/* pool/: the rules of ExAllocatePool2 and ExFreePoolWithTag that stand so far. */
#include <linux/io.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "tests.h"

#define NON_PAGED NTPOOL_FLAG_NON_PAGED
#define PAGED	  NTPOOL_FLAG_PAGED

static const size_t sizes[] = {
	1,
	15,
	16,
	17,
	96,
	192,
	1000,
	2048,
	3000,
	4064,
	4095,
	4096,
	4097,
	8192,
	100000,
};

static void check_placement(struct kunit *test, u64 flags, size_t size)
{
	unsigned long p = (unsigned long)ntpool_alloc(flags, size, TEST_TAG);

	KUNIT_ASSERT_NE(test, p, 0ul);
	KUNIT_EXPECT_EQ_MSG(test, p % 16, 0ul, "size %zu", size);
	if (size >= PAGE_SIZE)
		KUNIT_EXPECT_EQ_MSG(test, p % PAGE_SIZE, 0ul, "size %zu", size);
	if (size <= PAGE_SIZE)
		KUNIT_EXPECT_EQ_MSG(test, p >> PAGE_SHIFT,
				    (p + size - 1) >> PAGE_SHIFT, "size %zu",
				    size);
	KUNIT_EXPECT_NULL(test, memchr_inv((void *)p, 0, size));
	memset((void *)p, 0x5A, size);
	KUNIT_EXPECT_EQ(test, ntpool_free((void *)p, TEST_TAG), 0ull);
}

static void blocks_are_zeroed_aligned_and_do_not_cross_a_page(struct kunit *test)
{
	unsigned int i, again;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (again = 0; again < 3; again++) {
			check_placement(test, NON_PAGED, sizes[i]);
			check_placement(test, PAGED, sizes[i]);
		}
}

static void exactly_one_pool_flag_is_needed(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, ntpool_alloc(0, 16, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED | NON_PAGED, 16, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(NTPOOL_FLAG_UNINITIALIZED, 16,
					     TEST_TAG));
}

static void unknown_low_flags_fail_and_unknown_high_flags_are_ignored(struct kunit *test)
{
	void *p;

	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED | 0x10, 16, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED | 0x80000000, 16, TEST_TAG));
	p = ntpool_alloc(PAGED | 1ull << 40 | NTPOOL_FLAG_SPECIAL_POOL, 16,
			 TEST_TAG);
	KUNIT_EXPECT_NOT_NULL(test, p);
	ntpool_free(p, TEST_TAG);
}

static void the_session_flag_is_taken_and_changes_nothing(struct kunit *test)
{
	static const u64 pools[] = { PAGED, NON_PAGED };
	struct pool_block_info info = {};
	unsigned int i;
	void *p;

	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		p = ntpool_alloc(pools[i] | NTPOOL_FLAG_SESSION, 100, TEST_TAG);
		KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)p, &info));
		KUNIT_EXPECT_EQ(test, info.flags, pools[i]);
		KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 100));
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
	KUNIT_EXPECT_NULL(test, ntpool_alloc(NTPOOL_FLAG_SESSION, 100, TEST_TAG));
}

static void size_zero_and_sizes_that_cannot_be_fail(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, 0, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(NON_PAGED, 0, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, SIZE_MAX, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, SIZE_MAX / 2, TEST_TAG));
}

static void tags_are_one_to_four_printable_characters(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, pool_tag_valid(NTPOOL_TAG('A', 0, 0, 0)));
	KUNIT_EXPECT_TRUE(test, pool_tag_valid(NTPOOL_TAG(' ', '~', 'x', 0)));
	KUNIT_EXPECT_FALSE(test, pool_tag_valid(0));
	KUNIT_EXPECT_FALSE(test, pool_tag_valid(NTPOOL_TAG(0, 'A', 0, 0)));
	KUNIT_EXPECT_FALSE(test, pool_tag_valid(NTPOOL_TAG('A', 0, 'B', 0)));
	KUNIT_EXPECT_FALSE(test, pool_tag_valid(NTPOOL_TAG('A', 0x1F, 0, 0)));
	KUNIT_EXPECT_FALSE(test, pool_tag_valid(NTPOOL_TAG('A', 0x7F, 0, 0)));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, 16, 0));
}

static void nonpaged_blocks_come_and_go_at_dispatch(struct kunit *test)
{
	static const size_t at_dispatch[] = { 16, 4096, 20000 };
	void *p[ARRAY_SIZE(at_dispatch)], *large;
	u64 seq = bugcheck_last_seq();
	unsigned int i;
	u8 old;

	large = ntpool_alloc(NON_PAGED, SZ_1M, TEST_TAG);
	KUNIT_ASSERT_NOT_NULL(test, large);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = ntpool_alloc(NON_PAGED, at_dispatch[i], TEST_TAG);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		ntpool_free(p[i], TEST_TAG);
	ntpool_free(large, TEST_TAG);
	ntpool_lower_irql(old);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		KUNIT_EXPECT_NOT_NULL(test, p[i]);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void paged_alloc_at_dispatch_is_bugcheck_c2_08(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	u8 old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	void *p = ntpool_alloc(PAGED, 100, TEST_TAG);

	ntpool_lower_irql(old);
	KUNIT_EXPECT_NULL(test, p);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x08,
			NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED, 100);
}

static void paged_free_at_dispatch_is_bugcheck_c2_09_and_keeps_the_block(struct kunit *test)
{
	void *p = ntpool_alloc(PAGED, 100, TEST_TAG);
	u64 seq = bugcheck_last_seq(), record;
	struct pool_block_info info;
	u8 old;

	KUNIT_ASSERT_NOT_NULL(test, p);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	record = ntpool_free(p, TEST_TAG);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, record, bugcheck_last_seq());
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x09,
			NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED,
			(unsigned long)p);
	KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)p, &info));
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void a_wrong_tag_is_bugcheck_c2_0a_and_keeps_the_block(struct kunit *test)
{
	u32 wrong = NTPOOL_TAG('W', 'r', 'n', 'g');
	u64 *p = ntpool_alloc(NON_PAGED, 64, TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 4711;
	KUNIT_EXPECT_NE(test, ntpool_free(p, wrong), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x0A,
			(unsigned long)p, TEST_TAG, wrong);
	KUNIT_EXPECT_EQ(test, *p, 4711ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, 0), 0ull);
}

static void a_double_free_is_bugcheck_c2_07(struct kunit *test)
{
	static const u64 pools[] = { NON_PAGED, PAGED };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		void *keeps_the_page = ntpool_alloc(pools[i], 64, TEST_TAG);
		u64 *p = ntpool_alloc(pools[i], 64, TEST_TAG), header;
		u64 seq = bugcheck_last_seq();

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
		header = pools[i] == PAGED ? 0 : p[-2];
		KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
		EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x07, 0,
				header, (unsigned long)p);
		ntpool_free(keeps_the_page, TEST_TAG);
	}
}

static void a_double_free_of_a_large_paged_block_is_bugcheck_c2_48(struct kunit *test)
{
	void *p = ntpool_alloc(PAGED, 3 * PAGE_SIZE, TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x48,
			(unsigned long)p, 0, 0);
}

static void freeing_memory_that_is_no_pool_is_bugcheck_c2_41(struct kunit *test)
{
	void *p = kmalloc(64, GFP_KERNEL);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x41,
			(unsigned long)p, virt_to_phys(p) >> PAGE_SHIFT,
			virt_to_phys(high_memory - 1) >> PAGE_SHIFT);
	kfree(p);
}

static void freeing_an_address_of_nothing_is_bugcheck_c2_46(struct kunit *test)
{
	void *p = (void *)(ULONG_MAX - PAGE_SIZE + 1);
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x46,
			(unsigned long)p, 0, 0);
}

static void freeing_a_user_address_is_bugcheck_c2_40(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_NE(test, ntpool_free((void *)0x400000, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x40, 0x400000,
			PAGE_OFFSET, 0);
}

static void freeing_inside_a_block_is_bugcheck_c2_50(struct kunit *test)
{
	u8 *p = ntpool_alloc(NON_PAGED, 64, TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NE(test, ntpool_free(p + 8, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x50,
			(unsigned long)p + 8, offset_in_page(p + 8), 64);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void any_address_inside_a_block_finds_it(struct kunit *test)
{
	u8 *p = ntpool_alloc(PAGED, 10000, TEST_TAG);
	struct pool_block_info info;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)p + 9999, &info));
	KUNIT_EXPECT_EQ(test, info.start, (unsigned long)p);
	KUNIT_EXPECT_EQ(test, info.size, 10000ul);
	KUNIT_EXPECT_EQ(test, info.tag, TEST_TAG);
	KUNIT_EXPECT_FALSE(test, pool_find((unsigned long)p + 10000, &info));
	KUNIT_EXPECT_EQ(test, pool_block_pages(&info), 3ul);
	ntpool_free(p, TEST_TAG);
	KUNIT_EXPECT_FALSE(test, pool_find((unsigned long)p, &info));
}

static void freeing_null_is_let_through(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, ntpool_free(NULL, TEST_TAG), 0ull);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void a_block_that_memory_cannot_hold_is_null_and_leaves_nothing(struct kunit *test)
{
	struct pool_stats before, after;

	pool_get_stats(&before);
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, 1ul << 42, TEST_TAG));
	KUNIT_EXPECT_NULL(test, ntpool_alloc(NON_PAGED, 1ul << 42, TEST_TAG));
	pool_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.paged_bytes, before.paged_bytes);
	KUNIT_EXPECT_EQ(test, after.nonpaged_bytes, before.nonpaged_bytes);
	KUNIT_EXPECT_EQ(test, after.failed_allocs, before.failed_allocs + 2);
}

static void a_nonpaged_block_keeps_its_frames_while_all_is_trimmed(struct kunit *test)
{
	u8 *p = ntpool_alloc(NON_PAGED, 4 * PAGE_SIZE, TEST_TAG);
	struct ntpool_page before[4], after[4];
	struct pool_block_info info;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)p, &info));
	for (i = 0; i < 4; i++)
		pool_look(&info, i, &before[i]);
	ntpool_trim(p, 4 * PAGE_SIZE);
	ntpool_write_out(p, 4 * PAGE_SIZE, NULL);
	for (i = 0; i < 4; i++)
		pool_look(&info, i, &after[i]);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, sizeof(before)), 0);
	KUNIT_EXPECT_EQ(test, after[0].state, (u32)NTPOOL_PAGE_RESIDENT);
	KUNIT_EXPECT_EQ(test, pool_look(&info, 4, &after[0]), -EINVAL);
	ntpool_free(p, TEST_TAG);
}

static void rows_of_the_tag_table_are_sorted_and_count(struct kunit *test)
{
	u32 tag_a = NTPOOL_TAG('a', 'a', 'a', 'z');
	u32 tag_b = NTPOOL_TAG('b', 'a', 'a', 'a');
	struct ntpool_tag *rows = kunit_kcalloc(test, 64, sizeof(*rows),
						GFP_KERNEL);
	void *p = ntpool_alloc(PAGED, 100, tag_b);
	void *q = ntpool_alloc(NON_PAGED, 50, tag_a);
	size_t n, i, a = 0, b = 0;

	KUNIT_ASSERT_NOT_NULL(test, rows);
	n = pool_tags(rows, 64);
	KUNIT_ASSERT_LT(test, n, (size_t)64);
	for (i = 0; i < n; i++) {
		a = rows[i].tag == tag_a ? i : a;
		b = rows[i].tag == tag_b ? i : b;
	}
	KUNIT_EXPECT_LT(test, a, b);
	KUNIT_EXPECT_EQ(test, rows[b].paged_bytes, 100ull);
	KUNIT_EXPECT_EQ(test, rows[a].nonpaged_bytes, 50ull);
	KUNIT_EXPECT_EQ(test, rows[a].paged_allocs, 0ull);
	KUNIT_EXPECT_EQ(test, pool_tags(rows, 0), n);
	ntpool_free(p, tag_b);
	ntpool_free(q, tag_a);
	pool_tags(rows, 64);
	KUNIT_EXPECT_EQ(test, rows[b].paged_frees, rows[b].paged_allocs);
	KUNIT_EXPECT_EQ(test, rows[b].paged_bytes, 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(blocks_are_zeroed_aligned_and_do_not_cross_a_page),
	KUNIT_CASE(exactly_one_pool_flag_is_needed),
	KUNIT_CASE(unknown_low_flags_fail_and_unknown_high_flags_are_ignored),
	KUNIT_CASE(the_session_flag_is_taken_and_changes_nothing),
	KUNIT_CASE(size_zero_and_sizes_that_cannot_be_fail),
	KUNIT_CASE(tags_are_one_to_four_printable_characters),
	KUNIT_CASE(nonpaged_blocks_come_and_go_at_dispatch),
	KUNIT_CASE(paged_alloc_at_dispatch_is_bugcheck_c2_08),
	KUNIT_CASE(paged_free_at_dispatch_is_bugcheck_c2_09_and_keeps_the_block),
	KUNIT_CASE(a_wrong_tag_is_bugcheck_c2_0a_and_keeps_the_block),
	KUNIT_CASE(a_double_free_is_bugcheck_c2_07),
	KUNIT_CASE(a_double_free_of_a_large_paged_block_is_bugcheck_c2_48),
	KUNIT_CASE(freeing_memory_that_is_no_pool_is_bugcheck_c2_41),
	KUNIT_CASE(freeing_an_address_of_nothing_is_bugcheck_c2_46),
	KUNIT_CASE(freeing_a_user_address_is_bugcheck_c2_40),
	KUNIT_CASE(freeing_inside_a_block_is_bugcheck_c2_50),
	KUNIT_CASE(any_address_inside_a_block_finds_it),
	KUNIT_CASE(freeing_null_is_let_through),
	KUNIT_CASE(a_block_that_memory_cannot_hold_is_null_and_leaves_nothing),
	KUNIT_CASE(a_nonpaged_block_keeps_its_frames_while_all_is_trimmed),
	KUNIT_CASE(rows_of_the_tag_table_are_sorted_and_count),
	{}
};

struct kunit_suite pool_suite = { .name = "ntpool_pool", .test_cases = cases };
