// SPDX-License-Identifier: GPL-2.0-only
/* The pool under random operations: statistics and contents equal a model's. */
#include <linux/cache.h>
#include <linux/prandom.h>

#include "tests.h"

#define BLOCKS 100
#define STEPS  4000

struct model_block {
	u8 *start;
	size_t size;
	bool paged;
	u8 mark;
};

struct model {
	struct model_block block[BLOCKS];
	u64 allocs[2], frees[2], bytes[2];
	struct pool_stats before;
};

static size_t random_size(struct rnd_state *rnd)
{
	u32 random = prandom_u32_state(rnd);

	/* Most blocks are small, as in life. */
	return 1 + (random >> 8) % (random & 7 ? 500 : 3 * PAGE_SIZE);
}

/* Each block's place follows from its size and flags; see ExAllocatePool2. */
static void check_place(struct kunit *test, const struct model_block *b,
			u64 flags)
{
	unsigned long start = (unsigned long)b->start;
	unsigned long last = start + b->size - 1;
	struct pool_block_info info;

	KUNIT_ASSERT_EQ(test, start % 16, 0ul);
	if (flags & NTPOOL_FLAG_CACHE_ALIGNED)
		KUNIT_ASSERT_EQ(test, start % SMP_CACHE_BYTES, 0ul);
	if (b->size >= PAGE_SIZE)
		KUNIT_ASSERT_EQ(test, start % PAGE_SIZE, 0ul);
	if (b->size <= PAGE_SIZE)
		KUNIT_ASSERT_EQ(test, start >> PAGE_SHIFT, last >> PAGE_SHIFT);
	KUNIT_ASSERT_TRUE(test, pool_find(last, &info));
	KUNIT_ASSERT_EQ(test, info.start, start);
	KUNIT_ASSERT_EQ(test, info.size, b->size);
	KUNIT_ASSERT_EQ(test, info.tag, TEST_TAG);
}

static u64 random_flags(const struct model_block *b, struct rnd_state *rnd)
{
	u64 flags = b->paged ? NTPOOL_FLAG_PAGED : NTPOOL_FLAG_NON_PAGED;

	if (!(prandom_u32_state(rnd) & 3))
		flags |= NTPOOL_FLAG_UNINITIALIZED;
	if (!(prandom_u32_state(rnd) & 7))
		flags |= NTPOOL_FLAG_CACHE_ALIGNED;
	return flags;
}

static void model_alloc(struct kunit *test, struct model *model,
			struct model_block *b, struct rnd_state *rnd)
{
	u64 flags;

	b->size = random_size(rnd);
	b->paged = prandom_u32_state(rnd) & 1;
	b->mark = prandom_u32_state(rnd);
	flags = random_flags(b, rnd);
	b->start = ntpool_alloc(flags, b->size, TEST_TAG);
	KUNIT_ASSERT_NOT_NULL(test, b->start);
	check_place(test, b, flags);
	if (!(flags & NTPOOL_FLAG_UNINITIALIZED))
		KUNIT_ASSERT_NULL(test, memchr_inv(b->start, 0, b->size));
	memset(b->start, b->mark, b->size);
	model->allocs[b->paged]++;
	model->bytes[b->paged] += b->size;
}

static void model_free(struct kunit *test, struct model *model,
		       struct model_block *b)
{
	/* Another block's bytes, or a lost page, would show here. */
	KUNIT_ASSERT_NULL(test, memchr_inv(b->start, b->mark, b->size));
	KUNIT_ASSERT_EQ(test, ntpool_free(b->start, TEST_TAG), 0ull);
	model->frees[b->paged]++;
	model->bytes[b->paged] -= b->size;
	b->start = NULL;
}

static void model_compare(struct kunit *test, const struct model *model)
{
	struct pool_stats now;

	pool_get_stats(&now);
	KUNIT_ASSERT_EQ(test, now.nonpaged_allocs - model->before.nonpaged_allocs,
			model->allocs[0]);
	KUNIT_ASSERT_EQ(test, now.nonpaged_frees - model->before.nonpaged_frees,
			model->frees[0]);
	KUNIT_ASSERT_EQ(test, now.nonpaged_bytes - model->before.nonpaged_bytes,
			model->bytes[0]);
	KUNIT_ASSERT_EQ(test, now.paged_allocs - model->before.paged_allocs,
			model->allocs[1]);
	KUNIT_ASSERT_EQ(test, now.paged_frees - model->before.paged_frees,
			model->frees[1]);
	KUNIT_ASSERT_EQ(test, now.paged_bytes - model->before.paged_bytes,
			model->bytes[1]);
}

static void statistics_and_contents_follow_the_model(struct kunit *test)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	struct rnd_state rnd;
	int step;

	KUNIT_ASSERT_NOT_NULL(test, model);
	prandom_seed_state(&rnd, 2003);
	pool_get_stats(&model->before);
	for (step = 0; step < STEPS; step++) {
		struct model_block *b =
			&model->block[prandom_u32_state(&rnd) % BLOCKS];

		if (b->start && !(prandom_u32_state(&rnd) & 3))
			ntpool_trim(b->start, b->size);
		else if (b->start)
			model_free(test, model, b);
		else
			model_alloc(test, model, b, &rnd);
		model_compare(test, model);
	}
	for (step = 0; step < BLOCKS; step++)
		if (model->block[step].start)
			model_free(test, model, &model->block[step]);
	model_compare(test, model);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(statistics_and_contents_follow_the_model),
	{}
};

struct kunit_suite pool_model_suite = {
	.name = "ntpool_pool_model",
	.test_cases = cases,
};
