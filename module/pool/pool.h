/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool as the layers above see it: blocks with a size and a tag, in paged
 * or nonpaged memory.  The exported calls are ntpool_alloc() and ntpool_free();
 * what stands here is for the device and for io.
 */
#ifndef NTPOOL_POOL_H
#define NTPOOL_POOL_H

#include <linux/ntpool.h>
#include <linux/types.h>

/**
 * struct pool_block_info - a live block, as of the look-up
 * @start: first byte
 * @size: bytes asked for
 * @flags: NTPOOL_FLAG_* of the allocation
 * @tag: its tag
 */
struct pool_block_info {
	unsigned long start;
	size_t size;
	u64 flags;
	u32 tag;
};

/*
 * Totals of both pools, as of now.  The fields are those of struct ntpool_stats with the same names.
 */
struct pool_stats {
	u64 paged_allocs;
	u64 paged_frees;
	u64 paged_bytes;
	u64 paged_peak_bytes;
	u64 nonpaged_allocs;
	u64 nonpaged_frees;
	u64 nonpaged_bytes;
	u64 nonpaged_peak_bytes;
	u64 failed_allocs;
};

int pool_init(void);
void pool_exit(void);

bool pool_flags_valid(u64 flags);
bool pool_tag_valid(u32 tag);

/* Any address inside a live block finds it; callable at IRQL <= DISPATCH. */
bool pool_find(unsigned long address, struct pool_block_info *info);

/*
 * Rows of the tag table, sorted by tag: fills up to @count from the start and
 * returns how many there are.  May sleep.
 */
size_t pool_tags(struct ntpool_tag *rows, size_t count);
void pool_get_stats(struct pool_stats *stats);

/* Pages of a block, whichever pool: @index counts from the block's first. */
unsigned long pool_block_pages(const struct pool_block_info *info);
int pool_look(const struct pool_block_info *info, unsigned long index,
	      struct ntpool_page *page);

#endif /* NTPOOL_POOL_H */
