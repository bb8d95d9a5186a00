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

/* Addresses that are given memory, are freed, and given memory again for somebody else. */
static unsigned long first_owner(struct kunit *test)
{
	unsigned long block = paging_reserve(PAGES);

	KUNIT_ASSERT_NE(test, block, 0ul);
	KUNIT_ASSERT_TRUE(test, paging_fill(block, PAGES));
	return block;
}

static void next_owner(struct kunit *test, unsigned long block)
{
	paging_empty(block);
	KUNIT_ASSERT_TRUE(test, paging_fill(block, PAGES));
}

static void end_of(unsigned long block)
{
	paging_empty(block);
	paging_unreserve(block, PAGES);
}

static void a_block_freed_while_an_mdl_has_it_locked_leaves_nothing_to_the_next_owner(struct kunit *test)
{
	unsigned long block = first_owner(test);
	struct paging_stats before, after;
	PMDL mdl;

	paging_get_stats(&before);
	memset((void *)block, 0x5A, 2 * PAGE_SIZE);
	mdl = locked_mdl(test, block, 2 * PAGE_SIZE);
	next_owner(test, block);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.pinned_pages, before.pinned_pages);
	KUNIT_EXPECT_EQ(test, after.resident_pages, before.resident_pages);
	KUNIT_EXPECT_EQ(test, page_state((void *)block),
			(u32)NTPOOL_PAGE_UNTOUCHED);
	KUNIT_EXPECT_NULL(test, memchr_inv((void *)block, 0, 2 * PAGE_SIZE));
	unlock_and_free(mdl);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.pinned_pages, before.pinned_pages);
	KUNIT_EXPECT_EQ(test, paging_trim_range(block, 2), 2ul);
	end_of(block);
}

static void unlocking_what_was_freed_leaves_the_next_owners_pins_alone(struct kunit *test)
{
	unsigned long block = first_owner(test);
	PMDL mdl = locked_mdl(test, block, PAGE_SIZE);

	next_owner(test, block);
	KUNIT_ASSERT_EQ(test, paging_pin(block, 1), 0);
	unlock_and_free(mdl);
	KUNIT_EXPECT_TRUE(test,
			  page_flags((void *)block) & NTPOOL_PAGE_PINNED);
	KUNIT_EXPECT_EQ(test, paging_trim_range(block, 1), 0ul);
	paging_unpin(block, 1);
	KUNIT_EXPECT_EQ(test, paging_trim_range(block, 1), 1ul);
	end_of(block);
}

static void an_mdl_unlocked_after_its_block_was_freed_harms_nobody(struct kunit *test)
{
	PMDL mdl = locked_mdl(test, start(test), PAGES * PAGE_SIZE);
	struct paging_stats before, after;

	paging_free(test->priv);
	paging_get_stats(&before);
	unlock_and_free(mdl);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.pinned_pages, before.pinned_pages);
	KUNIT_EXPECT_EQ(test, after.resident_pages, before.resident_pages);
	test->priv = paging_alloc(PAGES);
	KUNIT_EXPECT_NOT_NULL(test, test->priv);
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
	KUNIT_CASE(a_block_freed_while_an_mdl_has_it_locked_leaves_nothing_to_the_next_owner),
	KUNIT_CASE(unlocking_what_was_freed_leaves_the_next_owners_pins_alone),
	KUNIT_CASE(an_mdl_unlocked_after_its_block_was_freed_harms_nobody),
	KUNIT_CASE(a_range_beyond_the_allocation_is_refused_whole),
	{}
};

struct kunit_suite pin_suite = {
	.name = "ntpool_pin",
	.init = pin_test_init,
	.exit = pin_test_exit,
	.test_cases = cases,
};
