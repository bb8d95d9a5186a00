// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics by tag, and their totals.
 *
 * A row is made when its tag is first used and stays until the module goes, as
 * on NT: a tag whose blocks are all free still tells how many there have been.
 */
#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/swab.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "pool/internal.h"

/* One pool's figures, of a tag or in all. */
struct tally {
	atomic64_t allocs;
	atomic64_t frees;
	atomic64_t bytes;
	atomic64_t peak;
};

/**
 * struct tag_row - the figures of one tag
 * @tag: constant
 * @pool: [0] nonpaged, [1] paged
 */
struct tag_row {
	u32 tag;
	struct tally pool[2];
};

/* By tag with its first character highest: walks are in the order of names. */
static DEFINE_XARRAY_FLAGS(rows, XA_FLAGS_LOCK_IRQ);

static struct tally totals[2];
static atomic64_t failures;

static void tally_alloc(struct tally *tally, size_t bytes)
{
	s64 now = atomic64_add_return(bytes, &tally->bytes);
	s64 peak = atomic64_read(&tally->peak);

	atomic64_inc(&tally->allocs);
	while (now > peak && !atomic64_try_cmpxchg(&tally->peak, &peak, now))
		;
}

static void tally_free(struct tally *tally, size_t bytes)
{
	atomic64_inc(&tally->frees);
	atomic64_sub(bytes, &tally->bytes);
}

void tag_count_alloc(struct tag_row *row, bool paged, size_t bytes)
{
	tally_alloc(&row->pool[paged], bytes);
	tally_alloc(&totals[paged], bytes);
}

void tag_count_free(struct tag_row *row, bool paged, size_t bytes)
{
	tally_free(&row->pool[paged], bytes);
	tally_free(&totals[paged], bytes);
}

void pool_count_failure(void)
{
	atomic64_inc(&failures);
}

static struct tag_row *add_row(u32 tag, gfp_t gfp)
{
	struct tag_row *row = kzalloc(sizeof(*row), gfp & ~__GFP_ACCOUNT), *old;
	unsigned long flags;

	if (!row)
		return NULL;
	row->tag = tag;
	xa_lock_irqsave(&rows, flags);
	old = __xa_cmpxchg(&rows, swab32(tag), NULL, row,
			   GFP_ATOMIC | __GFP_NOWARN);
	xa_unlock_irqrestore(&rows, flags);
	if (!old)
		return row;
	kfree(row);
	return xa_is_err(old) ? NULL : old;
}

/**
 * tag_row() - the row of a tag, made if there is none
 * @tag: the tag
 * @gfp: for making it
 *
 * Context: as @gfp says.
 * Return: the row, or NULL without memory.
 */
struct tag_row *tag_row(u32 tag, gfp_t gfp)
{
	return xa_load(&rows, swab32(tag)) ?: add_row(tag, gfp);
}

static void fill_row(struct ntpool_tag *out, struct tag_row *row)
{
	struct tally *nonpaged = &row->pool[0], *paged = &row->pool[1];

	*out = (struct ntpool_tag){
		.tag = row->tag,
		.paged_allocs = atomic64_read(&paged->allocs),
		.paged_frees = atomic64_read(&paged->frees),
		.paged_bytes = atomic64_read(&paged->bytes),
		.nonpaged_allocs = atomic64_read(&nonpaged->allocs),
		.nonpaged_frees = atomic64_read(&nonpaged->frees),
		.nonpaged_bytes = atomic64_read(&nonpaged->bytes),
	};
}

size_t pool_tags(struct ntpool_tag *out, size_t count)
{
	struct tag_row *row;
	unsigned long key;
	size_t n = 0;

	might_sleep();
	xa_for_each(&rows, key, row) {
		if (n < count)
			fill_row(&out[n], row);
		n++;
	}
	return n;
}
EXPORT_FOR_TESTS(pool_tags);

/**
 * pool_get_stats() - totals of both pools
 * @stats: filled
 *
 * Context: any.
 */
void pool_get_stats(struct pool_stats *stats)
{
	struct tally *nonpaged = &totals[0], *paged = &totals[1];

	*stats = (struct pool_stats){
		.paged_allocs = atomic64_read(&paged->allocs),
		.paged_frees = atomic64_read(&paged->frees),
		.paged_bytes = atomic64_read(&paged->bytes),
		.paged_peak_bytes = atomic64_read(&paged->peak),
		.nonpaged_allocs = atomic64_read(&nonpaged->allocs),
		.nonpaged_frees = atomic64_read(&nonpaged->frees),
		.nonpaged_bytes = atomic64_read(&nonpaged->bytes),
		.nonpaged_peak_bytes = atomic64_read(&nonpaged->peak),
		.failed_allocs = atomic64_read(&failures),
	};
}
EXPORT_FOR_TESTS(pool_get_stats);

void tags_exit(void)
{
	struct tag_row *row;
	unsigned long key;

	xa_for_each(&rows, key, row)
		kfree(row);
	xa_destroy(&rows);
}
