/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Special pool: blocks with a page of their own between guard pages, and after
 * their free no page at all.
 *
 * region.c hands out the addresses, special.c puts blocks there and tells what
 * a touch beside or after one is.
 */
#ifndef NTPOOL_POOL_SPECIAL_H
#define NTPOOL_POOL_SPECIAL_H

#include <linux/list.h>
#include <linux/types.h>

#include "pool/internal.h"
#include "pool/verifier.h"

/* What a page of the region's addresses is. */
enum special_state {
	SPECIAL_UNUSED,	 /* nothing, or forgotten */
	SPECIAL_GUARD,	 /* behind a slot's memory; never has any */
	SPECIAL_LIVE,	 /* memory of a block */
	SPECIAL_RETIRED, /* was memory of a block that has been freed */
};

/**
 * struct special_slot - addresses of one block; or of a page, if not the first
 * @node: in the region's list of retired slots, or special.c's of dying ones;
 *	  under the region's lock
 * @block: first byte of the block
 * @size: bytes asked for
 * @flags: NTPOOL_FLAG_*
 * @caller: return address of the call that allocated it
 * @tag: its tag
 * @pages: with memory, without the guard behind them
 * @first: of every page: number of the slot's first
 * @state: of every page: enum special_state; read by faults without a lock
 * @fill: what is in the page beside the block
 * @freeing: somebody has come to free the block; another comes too late
 */
struct special_slot {
	struct list_head node;
	unsigned long block;
	size_t size;
	u64 flags;
	unsigned long caller;
	u32 tag;
	u32 pages;
	u32 first;
	u8 state;
	u8 fill;
	u8 freeing;
};

/* Fourth parameters of 0xC1 SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION. */
enum special_violation {
	SPECIAL_FREED_UNALLOCATED = 0x20, /* [address, 0, 0] */
	SPECIAL_FREED_INSIDE = 0x21,	  /* [address, bytes asked, bytes given] */
	SPECIAL_DAMAGED_NEAR = 0x23,	  /* [block, damaged byte, 0] */
	SPECIAL_DAMAGED_BEHIND = 0x24,	  /* [block, damaged byte, 0] */
	SPECIAL_ALLOC_IRQL = 0x30,	  /* [irql, type, size] */
	SPECIAL_FREE_IRQL = 0x31,	  /* [irql, type, address] */
};

static inline struct flaw special_flaw(enum special_violation what, u64 p1,
				       u64 p2, u64 p3)
{
	return (struct flaw){
		.code = BUGCHECK_SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION,
		.param = { p1, p2, p3, what },
	};
}

/* region.c */
bool region_ready(bool may_make);
struct special_slot *region_take(unsigned long pages);
void region_retire(struct special_slot *slot);
void region_cancel(struct special_slot *slot);
void region_mark_freed(struct special_slot *slot);
struct special_slot *region_page(unsigned long address);
struct special_slot *region_slot(const struct special_slot *page);
unsigned long region_address(const struct special_slot *slot);
void region_get_stats(struct special_stats *stats);
void region_exit(void);

/* special.c */
void *special_alloc(const struct pool_want *want);
struct flaw special_check(unsigned long start);
void special_free(unsigned long start);
void special_init(void);
void special_exit(void);

/* special_fault.c */
bool special_fault(unsigned long address, bool write, unsigned long ip);
struct flaw special_judge_stray(unsigned long address);
struct flaw special_judge_free(unsigned long address,
			       const struct pool_block_info *info, u8 irql,
			       u32 tag);
void special_bad_irql(const struct pool_want *want);
bool special_contains(unsigned long address);

#endif /* NTPOOL_POOL_SPECIAL_H */
