/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the pool's files share.
 *
 * DOC: how a block lives
 *
 * Up to a page a block is one of the equal slots of a page (small.c).
 * A larger one has pages of its own and an entry in a table by address
 * (blocks.c).  Of either kind, nothing that freeing needs is in pageable memory.
 */
#ifndef NTPOOL_POOL_INTERNAL_H
#define NTPOOL_POOL_INTERNAL_H

#include <linux/rcupdate.h>

#include "core/core.h"
#include "pool/lookaside.h"
#include "pool/pool.h"
#include "pool/quota.h"

#define POOL_ALIGN 16	/* of every block, on 64-bit NT */
#define HEADER_MAX 4064 /* bytes of a block with a header; NT: a page less two */

#define POOLS (NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_NON_PAGED_EXECUTE | \
	       NTPOOL_FLAG_PAGED)

/* First parameters of 0xC2 BAD_POOL_CALLER. */
enum bad_caller {
	BAD_DOUBLE_FREE = 0x07,	  /* [0, header, address] */
	BAD_ALLOC_IRQL = 0x08,	  /* [irql, type, size] */
	BAD_FREE_IRQL = 0x09,	  /* [irql, type, address] */
	BAD_FREE_TAG = 0x0A,	  /* [address, tag of it, tag given] */
	BAD_QUOTA_OWNER = 0x0D,	  /* [address, tag, owner] */
	BAD_FREE_USER = 0x40,	  /* [address, system start, 0] */
	BAD_FREE_NONPAGED = 0x41, /* [address, its frame, highest frame] */
	BAD_FREE_ADDRESS = 0x46,  /* [address, 0, 0] */
	BAD_FREE_PAGED = 0x48,	  /* [address, 0, 0] */
	BAD_FREE_INSIDE = 0x50,	  /* [address, offset in page, size] */
};

/* First parameters of 0x19 BAD_POOL_HEADER. */
enum bad_header {
	BAD_FREE_LIST = 0x03,	   /* [free slot's header, its record, 0] */
	BAD_PREVIOUS_SMALL = 0x05, /* [header, 0, the one before] */
	BAD_PREVIOUS_LARGE = 0x06, /* [header, 0, header] */
	BAD_SIZE_SMALL = 0x07,	   /* [0, 0, header] */
	BAD_SIZE_ZERO = 0x08,	   /* [0, 0, header] */
	BAD_SIZE_LARGE = 0x09,	   /* [header, 0, header] */
	BAD_RECORD = 0x0A,	   /* [header, 0, page] */
	BAD_NEIGHBOUR = 0x20,	   /* [header, the next one, 0] */
	BAD_TAIL = 0x21,	   /* [block, size, what stands behind it] */
};

/* Where a large block's memory comes from, and so how it is given back. */
enum pool_source {
	SOURCE_ARENA,	   /* paged */
	SOURCE_VMALLOC,	   /* nonpaged */
	SOURCE_PAGES,	   /* nonpaged, allocated at DISPATCH */
	SOURCE_SPECIAL,	   /* either: special.c */
	SOURCE_EXECUTABLE, /* nonpaged: executable.c */
};

/* Who is refused first when a pool nears its limit. */
enum pool_priority { POOL_PRIORITY_NORMAL,
		     POOL_PRIORITY_LOW,
		     POOL_PRIORITY_HIGH };

struct tag_row;

/**
 * struct pool_want - an allocation on its way through the pool
 * @flags: NTPOOL_FLAG_*, exactly one pool
 * @size: bytes, at least 1
 * @tag: four characters
 * @status: set where there is no block: NTSTATUS
 * @owner: set where a quota was charged: its account, else 0
 * @irql: set by pool_alloc()
 * @priority: enum pool_priority
 * @underrun: special pool: guard the start, not the end
 * @module: who asks
 * @caller: the instruction after the call
 */
struct pool_want {
	u64 flags;
	size_t size;
	u32 tag;
	u32 status;
	u32 owner;
	u8 irql;
	u8 priority;
	bool underrun;
	struct module *module;
	unsigned long caller;
};

static inline bool pool_flags_paged(u64 flags)
{
	return flags & NTPOOL_FLAG_PAGED;
}

/* The highest IRQL at which a pool's blocks come and go. */
static inline u8 pool_highest_irql(bool paged)
{
	return paged ? NTPOOL_IRQL_APC : NTPOOL_IRQL_DISPATCH;
}

/* The same rule where every instruction counts; @count is preempt_count(). */
static __always_inline bool pool_irql_allows(bool paged, unsigned int count)
{
	return paged ? irql_at_most_apc(count) : irql_at_most_dispatch(count);
}

/* What bug checks call a pool: a POOL_TYPE, whichever call the block is from. */
static inline u32 pool_type_of(u64 flags)
{
	u32 type = NTPOOL_TYPE_NON_PAGED;

	if (pool_flags_paged(flags))
		type = NTPOOL_TYPE_PAGED;
	else if (flags & NTPOOL_FLAG_NON_PAGED)
		type = NTPOOL_TYPE_NX;
	if (flags & NTPOOL_FLAG_CACHE_ALIGNED)
		type |= NTPOOL_TYPE_CACHE_ALIGNED;
	return type;
}

static inline gfp_t pool_gfp(const struct pool_want *want)
{
	gfp_t gfp = want->irql < NTPOOL_IRQL_DISPATCH ?
			    GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL :
			    GFP_ATOMIC;

	return gfp | __GFP_NOWARN;
}

/**
 * struct flaw - a bug check to be raised, found where it could not be
 * @code: BUGCHECK_*, 0 if nothing is wrong
 * @param: its parameters
 */
struct flaw {
	u32 code;
	u64 param[4];
};

static inline struct flaw bad_caller(enum bad_caller what, u64 p2, u64 p3,
				     u64 p4)
{
	return (struct flaw){
		.code = BUGCHECK_BAD_POOL_CALLER,
		.param = { what, p2, p3, p4 },
	};
}

/* alloc.c */
void *pool_alloc(struct pool_want *want);

/* free.c */
struct flaw judge_free(unsigned long start, u64 flags, u8 irql, u32 own_tag,
		       u32 tag);
struct flaw judge_block(unsigned long start, size_t size, u32 owner, u32 tag);
u64 raise_flaw(const struct flaw *flaw);

/* Is there anything for judge_block() to look at? */
static inline bool judging_needed(size_t size, u32 owner)
{
	return owner || lookaside_may_be_in(size);
}

/* legacy.c */
bool pool_priority_of(u32 value, u8 *priority, bool *underrun);

/**
 * struct pool_block - what is known of a large block; kept beside it, not in it,
 * so that the block's own pages are not needed to free it
 * @start: first byte; constant, as all of these
 * @size: bytes asked for
 * @flags: NTPOOL_FLAG_*
 * @tag: its tag
 * @owner: quota account charged, 0 if none
 * @source: where its memory comes from
 * @row: statistics of its tag
 * @serial: number of its entry in the table; under the table's lock until it is in
 * @rcu: readers of the table may still look at it after it was taken out
 */
struct pool_block {
	unsigned long start;
	size_t size;
	u64 flags;
	u32 tag;
	u32 owner;
	enum pool_source source;
	struct tag_row *row;
	u64 serial;
	struct rcu_head rcu;
};

/* blocks.c */
int blocks_insert(struct pool_block *block, gfp_t gfp);
struct pool_block *blocks_remove(const struct pool_block_info *info);
bool blocks_find(unsigned long address, struct pool_block_info *info);
bool blocks_next(unsigned long from, struct pool_block_info *info);
void blocks_exit(void);

/* large.c */
void *large_alloc(const struct pool_want *want, struct tag_row *row);
void *large_alloc_special(const struct pool_want *want, struct tag_row *row);
void large_free(struct pool_block *block);
void large_exit(void);

/* executable.c */
bool executable_possible(gfp_t gfp);
void *executable_alloc(size_t size, gfp_t gfp);

/* small.c */
void *small_alloc(const struct pool_want *want, struct tag_row *row);
bool small_free(unsigned long address, u32 tag, u8 irql, struct flaw *flaw);

/* small_look.c */
bool small_find(unsigned long address, struct pool_block_info *info);
bool small_next(unsigned long from, struct pool_block_info *info);

/* small_page.c */
int small_init(void);
void small_exit(void);

#endif /* NTPOOL_POOL_INTERNAL_H */
