/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool as the layers above see it: blocks with a size and a tag, in paged
 * or nonpaged memory.  The exported calls stand in linux/ntpool.h; what stands
 * here is for the device and for io.
 */
#ifndef NTPOOL_POOL_H
#define NTPOOL_POOL_H

#include <linux/module.h>
#include <linux/ntpool.h>
#include <linux/types.h>

/*
 * A tag's highest bit: only who gives the same tag may free the block.  It belongs to
 * the block: the tag's name is what is left without it, and so the tag table has it.
 */
#define PROTECTED_POOL 0x80000000u

static inline u32 pool_tag_name(u32 tag)
{
	return tag & ~PROTECTED_POOL;
}

/**
 * struct pool_block_info - a live block, as of the look-up
 * @start: first byte
 * @size: bytes asked for
 * @flags: NTPOOL_FLAG_*; of small blocks only the pool, and USE_QUOTA
 * @tag: its tag, with PROTECTED_POOL if that was asked for
 * @slot: bytes it takes, with header and rounding
 * @owner: quota account charged, 0 if none
 * @serial: of a large block: a number that no other has had
 * @module: name of the module that asked for it
 */
struct pool_block_info {
	unsigned long start;
	size_t size;
	u64 flags;
	u32 tag;
	size_t slot;
	u32 owner;
	u64 serial;
	char module[MODULE_NAME_LEN];
};

/**
 * struct pool_slot - a place for a block in a page of small blocks
 * @start: where a block in it begins, or would
 * @size: bytes it takes, header included
 * @previous: the same of the slot before it, 0 for the first
 * @allocated: is there a block in it
 * @tag: name of the block's; of a free slot the last one's where there are headers, else 0
 * @requested: bytes asked for, 0 for a free slot
 */
struct pool_slot {
	unsigned long start;
	u32 size;
	u32 previous;
	bool allocated;
	u32 tag;
	u64 requested;
};

/**
 * struct pool_tag_row - figures of one tag as one module uses it
 * @counts: as pool_tags() gives them, of this module alone
 * @module: its name
 */
struct pool_tag_row {
	struct ntpool_tag counts;
	char module[MODULE_NAME_LEN];
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

void pool_let_go(void *start, u32 tag);

/* ExAllocatePool2 in the name of this module: why there is no block is in @status. */
void *pool_alloc_status(u64 flags, size_t size, u32 tag, u32 *status);

/*
 * Asked before a block is freed, while the verifier is on: true if it must not be, for
 * there is a timer or a DPC in it, with the parameters of bug check 0xC7.  One that is
 * taken out may be called for a moment.
 */
typedef bool (*pool_free_observer)(unsigned long start, size_t size,
				   u64 param[4]);
void pool_observe_frees(pool_free_observer observer);

bool pool_flags_valid(u64 flags);
bool pool_tag_valid(u32 tag);

/* Any address inside a live block finds it; callable at IRQL <= DISPATCH. */
bool pool_find(unsigned long address, struct pool_block_info *info);

/* The live block with the lowest start at or above an address. */
bool pool_next(unsigned long from, struct pool_block_info *info);

/* The slots of the page that an address of a small block lies in. */
unsigned int pool_page_slots(unsigned long address, struct pool_slot *slots,
			     unsigned int count);

/*
 * Rows of the tag table, sorted by tag: fills up to @count from the start and
 * returns how many there are.  May sleep.
 */
size_t pool_tags(struct ntpool_tag *rows, size_t count);
size_t pool_tag_rows(struct pool_tag_row *rows, size_t count);
void pool_get_stats(struct pool_stats *stats);

/* Pages of a block, whichever pool: @index counts from the block's first. */
unsigned long pool_block_pages(const struct pool_block_info *info);
int pool_look(const struct pool_block_info *info, unsigned long index,
	      struct ntpool_page *page);

#endif /* NTPOOL_POOL_H */
