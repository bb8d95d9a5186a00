// SPDX-License-Identifier: GPL-2.0-only
/* paging/pin.c: what is pinned stays, however often it is trimmed. */
#include "mdl.h"
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

/* Lock it, write it by the MDL's own mapping alone, and unlock it. */
static void write_by_mdl(struct kunit *test, unsigned long address, u8 value)
{
	PMDL mdl = locked_mdl(test, address, PAGE_SIZE);
	u8 *alias = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

	KUNIT_ASSERT_NOT_NULL(test, alias);
	memset(alias, value, PAGE_SIZE);
	unlock_and_free(mdl);
}

/* What memory pressure does to a page that has nothing to write. */
static void drop_if_clean(unsigned long address)
{
	struct arena_range range;

	if (!arena_find(address, &range))
		return;
	kcompat_drain_lru(true);
	invalidate_mapping_pages(segment_mapping(range.seg), range.first,
				 range.first + range.pages - 1);
}

static void what_is_written_through_an_mdl_alone_survives_being_paged_out(struct kunit *test)
{
	unsigned long written = 0;

	write_by_mdl(test, start(test), 0x5A);
	KUNIT_EXPECT_EQ(test, paging_trim_range(start(test), 1), 1ul);
	drop_if_clean(start(test));
	KUNIT_EXPECT_EQ(test, page_state(test->priv),
			(u32)NTPOOL_PAGE_TRANSITION);
	KUNIT_EXPECT_EQ(test, paging_write_out_range(start(test), 1, &written),
			0);
	KUNIT_EXPECT_EQ(test, written, 1ul);
	KUNIT_EXPECT_NULL(test, memchr_inv(test->priv, 0x5A, PAGE_SIZE));
}

/* The same of a page that the disk has had before. */
static void so_does_what_is_written_over_a_page_that_was_read_from_swap(struct kunit *test)
{
	memset(test->priv, 0x11, PAGE_SIZE);
	send_to_swap(test->priv, 1);
	write_by_mdl(test, start(test), 0x22);
	send_to_swap(test->priv, 1);
	drop_if_clean(start(test));
	KUNIT_EXPECT_EQ(test, page_state(test->priv),
			(u32)NTPOOL_PAGE_SWAPPED);
	KUNIT_EXPECT_NULL(test, memchr_inv(test->priv, 0x22, PAGE_SIZE));
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
	KUNIT_CASE(what_is_written_through_an_mdl_alone_survives_being_paged_out),
	KUNIT_CASE(so_does_what_is_written_over_a_page_that_was_read_from_swap),
	KUNIT_CASE(a_range_beyond_the_allocation_is_refused_whole),
	{}
};

struct kunit_suite pin_suite = {
	.name = "ntpool_pin",
	.init = pin_test_init,
	.exit = pin_test_exit,
	.test_cases = cases,
};
