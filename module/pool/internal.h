/* SPDX-License-Identifier: GPL-2.0-only */
/* What the pool's files share. */
#ifndef NTPOOL_POOL_INTERNAL_H
#define NTPOOL_POOL_INTERNAL_H

#include <linux/rcupdate.h>

#include "pool/pool.h"

#define POOL_ALIGN 16 /* of every block, on 64-bit NT */

/* Where a block's memory comes from, and so how it is given back. */
enum pool_source {
	SOURCE_ARENA,	/* paged */
	SOURCE_SLAB,	/* nonpaged, up to a page */
	SOURCE_VMALLOC, /* nonpaged, larger */
	SOURCE_PAGES,	/* nonpaged, larger, allocated at DISPATCH */
};

struct tag_row;

/**
 * struct pool_block - what is known of a live block; kept beside it, not in it,
 * so that the block's own pages are not needed to free it
 * @info: what others may know; constant
 * @source: constant
 * @row: statistics of its tag; constant
 * @rcu: readers of the table may still look at it after it was taken out
 */
struct pool_block {
	struct pool_block_info info;
	enum pool_source source;
	struct tag_row *row;
	struct rcu_head rcu;
};

static inline bool pool_flags_paged(u64 flags)
{
	return flags & NTPOOL_FLAG_PAGED;
}

/* blocks.c */
int blocks_insert(struct pool_block *block, gfp_t gfp);
struct pool_block *blocks_remove(unsigned long start);
void blocks_exit(void);

/* nonpaged.c */
void *nonpaged_alloc(size_t size, gfp_t gfp, enum pool_source *source);
void nonpaged_free(void *start, size_t size, enum pool_source source);
void nonpaged_exit(void);

/* tags.c */
struct tag_row *tag_row(u32 tag, gfp_t gfp);
void tag_count_alloc(struct tag_row *row, bool paged, size_t bytes);
void tag_count_free(struct tag_row *row, bool paged, size_t bytes);
void pool_count_failure(void);
void tags_exit(void);

#endif /* NTPOOL_POOL_INTERNAL_H */
