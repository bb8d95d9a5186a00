// SPDX-License-Identifier: GPL-2.0-only
/* pool/lookaside.c: the rules of lookaside lists. */
#include <linux/kthread.h>

#include "pool/lookaside.h"
#include "tests.h"

#define EACH 96

static struct ntpool_lookaside list;

static u32 make(u32 type)
{
	return ntpool_lookaside_init(&list, NULL, NULL, type, EACH,
				     TEST_TAG);
}

static struct ntpool_lookaside_stats stats(void)
{
	struct ntpool_lookaside_stats now;

	ntpool_lookaside_query(&list, &now);
	return now;
}

static int forget_the_list(struct kunit *test)
{
	memset(&list, 0, sizeof(list));
	return 0;
}

static void a_list_starts_empty_and_at_the_least_depth(struct kunit *test)
{
	void *p;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, stats().kept, 0u);
	KUNIT_EXPECT_EQ(test, stats().depth, 4u);
	p = ntpool_lookaside_alloc(&list);
	KUNIT_EXPECT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, stats().allocs, 1u);
	KUNIT_EXPECT_EQ(test, stats().alloc_misses, 1u);
	ntpool_lookaside_free(&list, p);
	ntpool_lookaside_delete(&list);
}

static void check_used_again(struct kunit *test, u32 type)
{
	void *p, *q;

	KUNIT_ASSERT_EQ(test, make(type), NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	KUNIT_EXPECT_EQ(test, stats().kept, 1u);
	q = ntpool_lookaside_alloc(&list);
	KUNIT_EXPECT_PTR_EQ(test, q, p);
	KUNIT_EXPECT_EQ(test, stats().allocs, 2u);
	KUNIT_EXPECT_EQ(test, stats().alloc_misses, 1u);
	ntpool_lookaside_free(&list, q);
	KUNIT_EXPECT_EQ(test, stats().frees, 2u);
	KUNIT_EXPECT_EQ(test, stats().free_misses, 0u);
	ntpool_lookaside_delete(&list);
}

static void a_block_given_back_is_used_again(struct kunit *test)
{
	check_used_again(test, NTPOOL_TYPE_NX);
	check_used_again(test, NTPOOL_TYPE_PAGED);
}

static void beyond_its_depth_a_list_keeps_nothing(struct kunit *test)
{
	void *p[6];
	int i;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	for (i = 0; i < 6; i++)
		p[i] = ntpool_lookaside_alloc(&list);
	for (i = 0; i < 6; i++)
		ntpool_lookaside_free(&list, p[i]);
	KUNIT_EXPECT_EQ(test, stats().kept, 4u);
	KUNIT_EXPECT_EQ(test, stats().free_misses, 2u);
	ntpool_lookaside_delete(&list);
}

static u64 bytes_now(bool paged)
{
	struct pool_stats pool;

	pool_get_stats(&pool);
	return paged ? pool.paged_bytes : pool.nonpaged_bytes;
}

static void flush_and_delete_give_all_blocks_back(struct kunit *test)
{
	u64 before = bytes_now(true);
	void *p, *q;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_PAGED), NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	q = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	KUNIT_EXPECT_EQ(test, bytes_now(true), before + 2 * EACH);
	ntpool_lookaside_flush(&list);
	KUNIT_EXPECT_EQ(test, bytes_now(true), before + EACH);
	KUNIT_EXPECT_EQ(test, stats().kept, 0u);
	ntpool_lookaside_free(&list, q);
	ntpool_lookaside_delete(&list);
	KUNIT_EXPECT_EQ(test, bytes_now(true), before);
}

static void a_paged_list_brings_no_page_in(struct kunit *test)
{
	struct paging_stats before, after;
	u8 *p;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_PAGED), NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 1;
	paging_trim_range((unsigned long)p, 1);
	paging_get_stats(&before);
	ntpool_lookaside_free(&list, p);
	KUNIT_EXPECT_PTR_EQ(test, ntpool_lookaside_alloc(&list), (void *)p);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.transition_faults,
			before.transition_faults);
	KUNIT_EXPECT_EQ(test, *p, (u8)1);
	ntpool_lookaside_free(&list, p);
	ntpool_lookaside_delete(&list);
}

static void the_depth_adapts_between_4_and_256(struct kunit *test)
{
	u32 depth = 4, i;

	/* Hardly used: down, and not below 4. */
	KUNIT_EXPECT_EQ(test, lookaside_next_depth(4, 0, 0), 4u);
	KUNIT_EXPECT_EQ(test, lookaside_next_depth(100, 10, 10), 90u);
	KUNIT_EXPECT_EQ(test, lookaside_next_depth(8, 10, 10), 4u);
	/* Much used, and nearly always served: slowly down. */
	KUNIT_EXPECT_EQ(test, lookaside_next_depth(100, 10000, 10), 99u);
	KUNIT_EXPECT_EQ(test, lookaside_next_depth(4, 10000, 0), 4u);
	/* Much used, and often not served: up, and not beyond 256. */
	KUNIT_EXPECT_GT(test, lookaside_next_depth(4, 1000, 500), 60u);
	for (i = 0; i < 20; i++)
		depth = lookaside_next_depth(depth, 1000, 900);
	KUNIT_EXPECT_EQ(test, depth, 256u);
	KUNIT_EXPECT_EQ(test, lookaside_next_depth(256, ~0u, ~0u), 256u);
}

static void a_list_that_misses_gets_deeper_when_lists_are_balanced(struct kunit *test)
{
	static void *p[60];
	int i;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = ntpool_lookaside_alloc(&list);
	/* The work of every second may have been there before. */
	KUNIT_EXPECT_TRUE(test, lookaside_balance());
	for (i = 0; i < ARRAY_SIZE(p); i++)
		ntpool_lookaside_free(&list, p[i]);
	KUNIT_EXPECT_GT(test, stats().kept, 4u);
	ntpool_lookaside_delete(&list);
}

static unsigned int custom_allocs, custom_frees;

static void *custom_allocate(u32 type, size_t size, u32 tag,
			     struct ntpool_lookaside *which)
{
	custom_allocs += which == &list && size == EACH &&
			 tag == TEST_TAG && type == NTPOOL_TYPE_NX;
	return ntpool_alloc(NTPOOL_FLAG_NON_PAGED, size, tag);
}

static void custom_free(void *block, struct ntpool_lookaside *which)
{
	custom_frees += which == &list;
	ntpool_free(block, TEST_TAG);
}

static void custom_routines_are_called_when_the_list_cannot_serve(struct kunit *test)
{
	void *p;

	custom_allocs = 0;
	custom_frees = 0;
	KUNIT_ASSERT_EQ(test, ntpool_lookaside_init(&list, custom_allocate, custom_free, NTPOOL_TYPE_NX, EACH, TEST_TAG),
			NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	KUNIT_EXPECT_EQ(test, custom_allocs, 1u);
	KUNIT_EXPECT_EQ(test, custom_frees, 0u);
	ntpool_lookaside_delete(&list);
	KUNIT_EXPECT_EQ(test, custom_frees, 1u);
}

static void a_head_that_is_not_aligned_or_pageable_is_refused(struct kunit *test)
{
	u8 *paged = ntpool_alloc(NTPOOL_FLAG_PAGED, sizeof(list), TEST_TAG);
	u8 *buffer = kunit_kzalloc(test, sizeof(list) + 16, GFP_KERNEL);
	struct ntpool_lookaside *odd = (void *)(PTR_ALIGN(buffer, 16) + 8);

	KUNIT_ASSERT_NOT_NULL(test, paged);
	KUNIT_EXPECT_EQ(test, ntpool_lookaside_init(odd, NULL, NULL, NTPOOL_TYPE_NX, EACH, TEST_TAG),
			NTPOOL_STATUS_DATATYPE_MISALIGNMENT);
	KUNIT_EXPECT_EQ(test, ntpool_lookaside_init((void *)paged, NULL, NULL, NTPOOL_TYPE_NX, EACH, TEST_TAG),
			NTPOOL_STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, ntpool_free(paged, TEST_TAG), 0ull);
}

static void a_second_initialisation_is_bugcheck_c4_ca(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	void *p;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	KUNIT_EXPECT_EQ(test, make(NTPOOL_TYPE_NX),
			NTPOOL_STATUS_INVALID_PARAMETER);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0xCA, (unsigned long)&list, 0, 0);
	KUNIT_EXPECT_EQ(test, stats().kept, 1u);
	ntpool_lookaside_delete(&list);
}

static void deleting_what_is_no_list_is_bugcheck_c4_cb(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	ntpool_lookaside_delete(&list);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0xCB, (unsigned long)&list, 0, 0);
	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	ntpool_lookaside_delete(&list);
	seq = bugcheck_last_seq();
	ntpool_lookaside_delete(&list);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0xCB, (unsigned long)&list, 0, 0);
}

static void check_head_freed(struct kunit *test, size_t size, size_t offset)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, size, TEST_TAG);
	struct ntpool_lookaside *head = (void *)(block + offset);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_ASSERT_EQ(test, ntpool_lookaside_init(head, NULL, NULL, NTPOOL_TYPE_NX, EACH, TEST_TAG),
			NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_NE(test, ntpool_free(block, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0xCC, (unsigned long)head, (unsigned long)block, size);
	ntpool_lookaside_delete(head);
	KUNIT_EXPECT_EQ(test, ntpool_free(block, TEST_TAG), 0ull);
}

static void freeing_a_block_with_a_live_head_is_bugcheck_c4_cc(struct kunit *test)
{
	check_head_freed(test, sizeof(list), 0);
	check_head_freed(test, 1000, 512);
	check_head_freed(test, 20000, 8192);
}

static void a_block_size_below_a_pointer_is_bugcheck_c4_cd(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, ntpool_lookaside_init(&list, NULL, NULL, NTPOOL_TYPE_NX, 7, TEST_TAG),
			NTPOOL_STATUS_INVALID_PARAMETER);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0xCD, (unsigned long)&list, 7, sizeof(void *));
	KUNIT_EXPECT_EQ(test, ntpool_lookaside_init(&list, NULL, NULL, NTPOOL_TYPE_NX, 8, TEST_TAG),
			NTPOOL_STATUS_SUCCESS);
	ntpool_lookaside_delete(&list);
}

static void a_nonpaged_list_serves_dispatch(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	void *p, *q;
	u8 old;

	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	make(NTPOOL_TYPE_NX);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	q = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, q);
	ntpool_lookaside_delete(&list);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NOT_NULL(test, p);
	KUNIT_EXPECT_PTR_EQ(test, q, p);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void a_paged_list_at_dispatch_is_bugcheck_c2_08_and_09(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	void *p, *q;
	u8 old;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_PAGED), NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	q = ntpool_lookaside_alloc(&list);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NULL(test, q);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x08,
			NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED, EACH);
	p = ntpool_lookaside_alloc(&list);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	ntpool_lookaside_free(&list, p);
	ntpool_lower_irql(old);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x09,
			NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED, (unsigned long)p);
	ntpool_lookaside_free(&list, p);
	ntpool_lookaside_delete(&list);
}

#define ROUNDS 5000

/* Counts the blocks that another thread wrote to while this one had them. */
static int use_the_list(void *data)
{
	unsigned long *shared = data, mine = (unsigned long)current, *p;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		p = ntpool_lookaside_alloc(&list);
		if (!p)
			continue;
		WRITE_ONCE(*p, mine);
		cond_resched();
		*shared += READ_ONCE(*p) != mine;
		ntpool_lookaside_free(&list, p);
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	return 0;
}

static void no_block_is_given_to_two_at_once(struct kunit *test)
{
	static unsigned long shared[4];
	struct task_struct *user[4];
	int i;

	memset(shared, 0, sizeof(shared));
	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	for (i = 0; i < 4; i++) {
		user[i] = kthread_run(use_the_list, &shared[i], "user%d", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(user[i]));
	}
	while (stats().frees < 4 * ROUNDS)
		schedule_timeout_uninterruptible(HZ / 50);
	for (i = 0; i < 4; i++) {
		kthread_stop(user[i]);
		KUNIT_EXPECT_EQ(test, shared[i], 0ul);
	}
	KUNIT_EXPECT_EQ(test, stats().allocs, 4u * ROUNDS);
	ntpool_lookaside_delete(&list);
}

/* With a free block in it, whose routine may not be called any more. */
static void a_list_left_behind_by_its_module_is_bugcheck_ce_and_dropped(struct kunit *test)
{
	static struct module goes = { .name = "goes" };
	u64 seq = bugcheck_last_seq();
	void *p;

	KUNIT_ASSERT_EQ(test, __ntpool_lookaside_init(&list, custom_allocate, custom_free, NTPOOL_TYPE_NX, EACH, TEST_TAG, &goes),
			NTPOOL_STATUS_SUCCESS);
	p = ntpool_lookaside_alloc(&list);
	ntpool_lookaside_free(&list, p);
	custom_frees = 0;
	lookaside_module_goes(&goes);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
			(unsigned long)&list, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, custom_frees, 0u);
	seq = bugcheck_last_seq();
	lookaside_module_goes(&goes);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

/* Where no memory is to be had a tombstone stays in the tree, which is no list. */
static void a_list_is_deleted_where_its_entry_cannot_be_erased(struct kunit *test)
{
	static struct ntpool_lookaside other;
	bool refused = true;

	KUNIT_ASSERT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test,
			ntpool_lookaside_init(&other, NULL, NULL, NTPOOL_TYPE_NX,
					      EACH, TEST_TAG),
			NTPOOL_STATUS_SUCCESS);
#ifdef CONFIG_FAILSLAB
	current->fail_nth = 1;
#endif
	ntpool_lookaside_delete(&list);
#ifdef CONFIG_FAILSLAB
	refused = !current->fail_nth;
	current->fail_nth = 0;
#endif
	KUNIT_EXPECT_TRUE(test, refused);
	KUNIT_EXPECT_TRUE(test, lookaside_balance());
	KUNIT_EXPECT_EQ(test, make(NTPOOL_TYPE_NX), NTPOOL_STATUS_SUCCESS);
	ntpool_lookaside_delete(&list);
	ntpool_lookaside_delete(&other);
	KUNIT_EXPECT_FALSE(test, lookaside_balance());
	lookaside_module_goes(THIS_MODULE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_list_starts_empty_and_at_the_least_depth),
	KUNIT_CASE(a_block_given_back_is_used_again),
	KUNIT_CASE(beyond_its_depth_a_list_keeps_nothing),
	KUNIT_CASE(flush_and_delete_give_all_blocks_back),
	KUNIT_CASE(a_paged_list_brings_no_page_in),
	KUNIT_CASE(the_depth_adapts_between_4_and_256),
	KUNIT_CASE(a_list_that_misses_gets_deeper_when_lists_are_balanced),
	KUNIT_CASE(custom_routines_are_called_when_the_list_cannot_serve),
	KUNIT_CASE(a_head_that_is_not_aligned_or_pageable_is_refused),
	KUNIT_CASE(a_second_initialisation_is_bugcheck_c4_ca),
	KUNIT_CASE(deleting_what_is_no_list_is_bugcheck_c4_cb),
	KUNIT_CASE(freeing_a_block_with_a_live_head_is_bugcheck_c4_cc),
	KUNIT_CASE(a_block_size_below_a_pointer_is_bugcheck_c4_cd),
	KUNIT_CASE(a_nonpaged_list_serves_dispatch),
	KUNIT_CASE(a_paged_list_at_dispatch_is_bugcheck_c2_08_and_09),
	KUNIT_CASE(no_block_is_given_to_two_at_once),
	KUNIT_CASE(a_list_left_behind_by_its_module_is_bugcheck_ce_and_dropped),
	KUNIT_CASE(a_list_is_deleted_where_its_entry_cannot_be_erased),
	{}
};

struct kunit_suite lookaside_suite = {
	.name = "ntpool_lookaside",
	.init = forget_the_list,
	.test_cases = cases,
};
