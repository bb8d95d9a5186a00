// SPDX-License-Identifier: GPL-2.0-only
/* paging/pin.c: what is pinned stays, however often it is trimmed. */
#include "tests.h"
#include "paging/internal.h"

#define PAGES 16

static int pin_test_init(struct kunit *test)
{
	test->priv = paging_alloc(PAGES);
	return test->priv ? 0 : -ENOMEM;
}

static void pin_test_exit(struct kunit *test)
{
	paging_free(test->priv);
}

static unsigned long start(struct kunit *test)
{
	return (unsigned long)test->priv;
}

static void pinning_brings_pages_in_and_counts_them(struct kunit *test)
{
	struct paging_stats before, after;

	paging_get_stats(&before);
	KUNIT_ASSERT_EQ(test, paging_pin(start(test), PAGES), 0);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.pinned_pages, before.pinned_pages + PAGES);
	KUNIT_EXPECT_EQ(test, after.resident_pages,
			before.resident_pages + PAGES);
	KUNIT_EXPECT_TRUE(test, page_flags(test->priv) & NTPOOL_PAGE_PINNED);
	paging_unpin(start(test), PAGES);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.pinned_pages, before.pinned_pages);
	KUNIT_EXPECT_FALSE(test, page_flags(test->priv) & NTPOOL_PAGE_PINNED);
}

static void no_kind_of_trim_takes_a_pinned_page(struct kunit *test)
{
	struct paging_page before, after;
	unsigned long written;

	WRITE_ONCE(*(int *)test->priv, 42);
	KUNIT_ASSERT_EQ(test, paging_pin(start(test), 1), 0);
	paging_look(start(test), &before);
	KUNIT_EXPECT_EQ(test, paging_trim_range(start(test), 1), 0ul);
	trim_old(ULONG_MAX, 2);
	trim_old(ULONG_MAX, 2);
	KUNIT_EXPECT_EQ(test, paging_write_out_range(start(test), 1, &written),
			0);
	KUNIT_EXPECT_EQ(test, written, 0ul);
	paging_look(start(test), &after);
	KUNIT_EXPECT_EQ(test, after.state, (u32)NTPOOL_PAGE_RESIDENT);
	KUNIT_EXPECT_EQ(test, after.frame, before.frame);
	paging_unpin(start(test), 1);
	KUNIT_EXPECT_EQ(test, paging_trim_range(start(test), 1), 1ul);
}

static void pins_add_up(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, paging_pin(start(test), 2), 0);
	KUNIT_ASSERT_EQ(test, paging_pin(start(test) + PAGE_SIZE, 2), 0);
	paging_unpin(start(test), 2);
	KUNIT_EXPECT_FALSE(test, page_flags(test->priv) & NTPOOL_PAGE_PINNED);
	KUNIT_EXPECT_TRUE(test, page_flags(test->priv + PAGE_SIZE) &
					NTPOOL_PAGE_PINNED);
	paging_unpin(start(test) + PAGE_SIZE, 2);
	KUNIT_EXPECT_FALSE(test, page_flags(test->priv + PAGE_SIZE) &
					 NTPOOL_PAGE_PINNED);
}

static void a_pinned_page_can_be_touched_at_dispatch(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	int value;
	u8 old;

	WRITE_ONCE(*(int *)test->priv, 42);
	send_to_swap(test->priv, 1);
	KUNIT_ASSERT_EQ(test, paging_pin(start(test), 1), 0);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	value = READ_ONCE(*(int *)test->priv);
	ntpool_lower_irql(old);
	paging_unpin(start(test), 1);
	KUNIT_EXPECT_EQ(test, value, 42);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void a_range_beyond_the_allocation_is_refused_whole(struct kunit *test)
{
	struct paging_stats before, after;

	paging_get_stats(&before);
	KUNIT_EXPECT_EQ(test, paging_pin(start(test), PAGES + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, paging_pin(start(test) + PAGE_SIZE, PAGES),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, paging_pin((unsigned long)&before, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, ntpool_pin(test->priv, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, ntpool_pin(test->priv, SIZE_MAX), -EINVAL);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.pinned_pages, before.pinned_pages);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pinning_brings_pages_in_and_counts_them),
	KUNIT_CASE(no_kind_of_trim_takes_a_pinned_page),
	KUNIT_CASE(pins_add_up),
	KUNIT_CASE(a_pinned_page_can_be_touched_at_dispatch),
	KUNIT_CASE(a_range_beyond_the_allocation_is_refused_whole),
	{}
};

struct kunit_suite pin_suite = {
	.name = "ntpool_pin",
	.init = pin_test_init,
	.exit = pin_test_exit,
	.test_cases = cases,
};
