// SPDX-License-Identifier: GPL-2.0-only
/* paging/arena.c and segment.c: page ranges, checked against a model. */
#include <linux/prandom.h>
#include <linux/swap.h>

#include "tests.h"
#include "paging/internal.h"

static void a_range_is_page_aligned_and_contained(struct kunit *test)
{
	u8 *p = paging_alloc(3);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(p));
	KUNIT_EXPECT_TRUE(test, paging_contains((unsigned long)p));
	KUNIT_EXPECT_TRUE(test, paging_contains((unsigned long)p +
						3 * PAGE_SIZE - 1));
	paging_free(p);
	KUNIT_EXPECT_FALSE(test, paging_contains((unsigned long)p));
}

static void pages_are_not_taken_from_where_all_must_be_movable(struct kunit *test)
{
	struct arena_range range;
	u8 *p = paging_alloc(1);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, arena_find((unsigned long)p, &range));
	KUNIT_EXPECT_EQ(test, mapping_gfp_mask(segment_mapping(range.seg)) & __GFP_MOVABLE,
			(gfp_t)0);
	paging_free(p);
}

static void zero_pages_and_more_than_there_can_be_are_refused(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, paging_alloc(0));
	KUNIT_EXPECT_NULL(test, paging_alloc(ULONG_MAX));
	KUNIT_EXPECT_NULL(test, paging_alloc(1ul << 33));
}

static void memory_that_is_not_there_is_not_promised(struct kunit *test)
{
	unsigned long all = totalram_pages() + get_nr_swap_pages();
	struct paging_stats before, after;

	paging_get_stats(&before);
	KUNIT_EXPECT_NULL(test, paging_alloc(all));
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.arena_pages, before.arena_pages);
}

static void what_was_promised_is_not_promised_again(struct kunit *test)
{
	long room = si_mem_available() + get_nr_swap_pages();
	void *first = paging_alloc(room * 6 / 10);

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_EXPECT_NULL(test, paging_alloc(room * 6 / 10));
	paging_free(first);
	first = paging_alloc(room * 6 / 10);
	KUNIT_EXPECT_NOT_NULL(test, first);
	paging_free(first);
}

static void a_range_larger_than_ram_is_one_range(struct kunit *test)
{
	unsigned long pages = totalram_pages() + totalram_pages() / 8;
	u8 *p = paging_alloc(pages);

	KUNIT_ASSERT_NOT_NULL(test, p);
	WRITE_ONCE(p[0], 1);
	WRITE_ONCE(p[(pages << PAGE_SHIFT) - 1], 2);
	KUNIT_EXPECT_EQ(test, READ_ONCE(p[0]), 1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(p[(pages << PAGE_SHIFT) - 1]), 2);
	paging_free(p);
}

static void memory_freed_and_taken_again_reads_as_zeroes(struct kunit *test)
{
	u64 *p = paging_alloc(8), *q;
	unsigned long i, wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xAA, 8 * PAGE_SIZE);
	paging_free(p);
	q = paging_alloc(8);
	KUNIT_ASSERT_NOT_NULL(test, q);
	for (i = 0; i < 8 * PAGE_SIZE / sizeof(*q); i++)
		wrong += READ_ONCE(q[i]) != 0;
	KUNIT_EXPECT_EQ(test, wrong, 0ul);
	paging_free(q);
}

#define MODEL_RANGES 64
#define MODEL_STEPS  3000

struct model_range {
	u64 *start;
	unsigned long pages;
	u64 mark;
};

static bool overlaps(const struct model_range *a, const struct model_range *b)
{
	return a->start && b->start &&
	       (u8 *)a->start < (u8 *)b->start + (b->pages << PAGE_SHIFT) &&
	       (u8 *)b->start < (u8 *)a->start + (a->pages << PAGE_SHIFT);
}

static u64 *last_word(const struct model_range *r)
{
	return r->start + (r->pages << PAGE_SHIFT) / sizeof(u64) - 1;
}

static void model_alloc(struct kunit *test, struct model_range *model,
			struct model_range *r, u32 random)
{
	int i;

	r->pages = 1 + random % 40;
	r->start = paging_alloc(r->pages);
	KUNIT_ASSERT_NOT_NULL(test, r->start);
	for (i = 0; i < MODEL_RANGES; i++)
		KUNIT_ASSERT_FALSE(test, &model[i] != r &&
						 overlaps(&model[i], r));
	r->mark = random * 0x100000001ull;
	WRITE_ONCE(r->start[0], r->mark);
	WRITE_ONCE(*last_word(r), ~r->mark);
}

static void model_free(struct kunit *test, struct model_range *r)
{
	KUNIT_ASSERT_EQ(test, READ_ONCE(r->start[0]), r->mark);
	KUNIT_ASSERT_EQ(test, READ_ONCE(*last_word(r)), ~r->mark);
	paging_free(r->start);
	r->start = NULL;
}

static void random_ranges_never_overlap_and_keep_their_contents(struct kunit *test)
{
	struct model_range *model =
		kunit_kcalloc(test, MODEL_RANGES, sizeof(*model), GFP_KERNEL);
	struct paging_stats before, after;
	struct rnd_state rnd;
	unsigned long pages;
	int step, i;

	KUNIT_ASSERT_NOT_NULL(test, model);
	prandom_seed_state(&rnd, 20);
	paging_get_stats(&before);
	for (step = 0; step < MODEL_STEPS; step++) {
		u32 random = prandom_u32_state(&rnd);
		struct model_range *r = &model[random % MODEL_RANGES];

		if (r->start && random & BIT(20))
			paging_trim_range((unsigned long)r->start, r->pages);
		else if (r->start)
			model_free(test, r);
		else
			model_alloc(test, model, r, random >> 6);
	}
	for (i = 0, pages = 0; i < MODEL_RANGES; i++)
		pages += model[i].start ? model[i].pages : 0;
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.arena_pages, before.arena_pages + pages);
	for (i = 0; i < MODEL_RANGES; i++)
		if (model[i].start)
			model_free(test, &model[i]);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.arena_pages, before.arena_pages);
	KUNIT_EXPECT_EQ(test, after.resident_pages, before.resident_pages);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_range_is_page_aligned_and_contained),
	KUNIT_CASE(pages_are_not_taken_from_where_all_must_be_movable),
	KUNIT_CASE(zero_pages_and_more_than_there_can_be_are_refused),
	KUNIT_CASE(memory_that_is_not_there_is_not_promised),
	KUNIT_CASE(what_was_promised_is_not_promised_again),
	KUNIT_CASE(a_range_larger_than_ram_is_one_range),
	KUNIT_CASE(memory_freed_and_taken_again_reads_as_zeroes),
	KUNIT_CASE(random_ranges_never_overlap_and_keep_their_contents),
	{}
};

struct kunit_suite arena_suite = {
	.name = "ntpool_arena",
	.test_cases = cases,
};
