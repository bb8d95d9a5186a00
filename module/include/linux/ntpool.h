/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The in-kernel interface of ntpool: Windows NT's two pools for Linux modules.
 * Everything here is exported to GPL modules; the user-space side of the same
 * things is uapi/linux/ntpool.h, NT's own names for them are ntpool/ntddk.h.
 */
#ifndef _LINUX_NTPOOL_H
#define _LINUX_NTPOOL_H

#include <linux/export.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>
#include <uapi/linux/ntpool.h>

struct module;

/* Pool */
void *__ntpool_alloc(u64 flags, size_t size, u32 tag, struct module *module);
u64 ntpool_free(void *block, u32 tag);

/* In the name of the module that calls; see __ntpool_alloc(). */
#define ntpool_alloc(flags, size, tag) \
	__ntpool_alloc(flags, size, tag, THIS_MODULE)

/**
 * struct ntpool_packing - what small blocks, up to a page, take of memory
 * @pages: pages that hold them
 * @blocks: live blocks
 * @room: bytes that these could have had in the slots they are in
 * @requested: bytes that they were asked with
 * @metadata: bytes of headers, records and descriptors, of free slots, too
 */
struct ntpool_packing {
	u64 pages;
	u64 blocks;
	u64 room;
	u64 requested;
	u64 metadata;
};

void ntpool_packing(bool paged, struct ntpool_packing *packing);

/* POOL_TYPE of the calls before ExAllocatePool2, and what can be added to it. */
#define NTPOOL_TYPE_NON_PAGED	  0x000
#define NTPOOL_TYPE_PAGED	  0x001
#define NTPOOL_TYPE_MUST_SUCCEED  0x002 /* obsolete: bug check 0xC2/9A */
#define NTPOOL_TYPE_CACHE_ALIGNED 0x004
#define NTPOOL_TYPE_QUOTA_FAIL	  0x008 /* POOL_QUOTA_FAIL_INSTEAD_OF_RAISE */
#define NTPOOL_TYPE_RAISE	  0x010 /* POOL_RAISE_IF_ALLOCATION_FAILURE */
#define NTPOOL_TYPE_SESSION	  0x020
#define NTPOOL_TYPE_COLD	  0x100 /* POOL_COLD_ALLOCATION; a hint */
#define NTPOOL_TYPE_NX		  0x200
#define NTPOOL_TYPE_ZERO	  0x400 /* POOL_ZERO_ALLOCATION */

/* EX_POOL_PRIORITY; the last two are added, and do not go together. */
#define NTPOOL_PRIORITY_LOW	 0
#define NTPOOL_PRIORITY_NORMAL	 16
#define NTPOOL_PRIORITY_HIGH	 32
#define NTPOOL_PRIORITY_OVERRUN	 8
#define NTPOOL_PRIORITY_UNDERRUN 9

/**
 * struct ntpool_extended - POOL_EXTENDED_PARAMETER of ExAllocatePool3
 * @type: NTPOOL_EXTENDED_*, with NTPOOL_EXTENDED_OPTIONAL or without
 * @value: NTPOOL_PRIORITY_*; a node, with NTPOOL_ANY_NODE_OK or without
 */
struct ntpool_extended {
	u64 type;
	u64 value;
};

#define NTPOOL_EXTENDED_TYPE	    0xffull
#define NTPOOL_EXTENDED_PRIORITY    1
#define NTPOOL_EXTENDED_SECURE_POOL 2
#define NTPOOL_EXTENDED_NUMA_NODE   3
#define NTPOOL_EXTENDED_OPTIONAL    0x100ull
#define NTPOOL_ANY_NODE_OK	    0x80000000u

void *__ntpool_alloc_with_tag(u32 type, size_t size, u32 tag, u32 *status,
			      struct module *module);
void *__ntpool_alloc_with_quota_tag(u32 type, size_t size, u32 tag, u32 *status,
				    struct module *module);
void *__ntpool_alloc_with_priority(u32 type, size_t size, u32 tag, u32 priority,
				   u32 *status, struct module *module);
void *__ntpool_alloc_extended(u64 flags, size_t size, u32 tag,
			      const struct ntpool_extended *parameters,
			      u32 count, u32 *status, struct module *module);

bool ntpool_zeroes(void);

#define ntpool_alloc_with_tag(type, size, tag, status) \
	__ntpool_alloc_with_tag(type, size, tag, status, THIS_MODULE)
#define ntpool_alloc_with_quota_tag(type, size, tag, status) \
	__ntpool_alloc_with_quota_tag(type, size, tag, status, THIS_MODULE)
#define ntpool_alloc_with_priority(type, size, tag, priority, status) \
	__ntpool_alloc_with_priority(type, size, tag, priority, status, THIS_MODULE)
#define ntpool_alloc_extended(flags, size, tag, parameters, count, status) \
	__ntpool_alloc_extended(flags, size, tag, parameters, count, status, THIS_MODULE)

/* Lookaside lists */
struct ntpool_lookaside;

typedef void *ntpool_lookaside_allocate(u32 type, size_t size, u32 tag,
					struct ntpool_lookaside *list);
typedef void ntpool_lookaside_free_block(void *block,
					 struct ntpool_lookaside *list);

/**
 * struct ntpool_lookaside_stats - the figures of a lookaside list
 * @allocs: allocations
 * @alloc_misses: of these, those for which the list had no block
 * @frees: blocks given back
 * @free_misses: of these, those that the list did not keep
 * @kept: blocks that the list has now
 * @depth: blocks that it may have, now
 */
struct ntpool_lookaside_stats {
	u32 allocs;
	u32 alloc_misses;
	u32 frees;
	u32 free_misses;
	u32 kept;
	u32 depth;
};

/**
 * struct ntpool_lookaside - the head of a lookaside list
 * @lock: guards @blocks' contents, @stats and @last_allocs, @last_misses
 * @stats: counters wrap
 * @last_allocs: as of the last time the depth was adapted
 * @last_misses: as of then
 * @capacity: elements of @blocks
 * @blocks: addresses of the blocks kept
 * @allocate: makes a block
 * @free: takes one
 * @size: of a block
 * @type: NTPOOL_TYPE_*
 * @tag: of the blocks
 * @in_pool: the head lies in a pool block
 * @module: whose list it is
 *
 * All but the first four are set once.  The head must be in nonpaged memory.
 */
struct ntpool_lookaside {
	spinlock_t lock;
	struct ntpool_lookaside_stats stats;
	u32 last_allocs;
	u32 last_misses;
	u32 capacity;
	void **blocks;
	ntpool_lookaside_allocate *allocate;
	ntpool_lookaside_free_block *free;
	size_t size;
	u32 type;
	u32 tag;
	bool in_pool;
	struct module *module;
} __aligned(16);

u32 __ntpool_lookaside_init(struct ntpool_lookaside *list,
			    ntpool_lookaside_allocate *allocate,
			    ntpool_lookaside_free_block *free, u32 type,
			    size_t size, u32 tag, struct module *module);
#define ntpool_lookaside_init(list, allocate, free, type, size, tag) \
	__ntpool_lookaside_init(list, allocate, free, type, size, tag, THIS_MODULE)
void *ntpool_lookaside_alloc(struct ntpool_lookaside *list);
void ntpool_lookaside_free(struct ntpool_lookaside *list, void *block);
void ntpool_lookaside_flush(struct ntpool_lookaside *list);
void ntpool_lookaside_delete(struct ntpool_lookaside *list);
void ntpool_lookaside_query(struct ntpool_lookaside *list,
			    struct ntpool_lookaside_stats *stats);

/* Pool events: NTPOOL_CONDITION_* */
bool ntpool_condition(u32 condition);
long ntpool_wait_condition(u32 condition, long timeout);

/* Residency of paged pool */
int ntpool_pin(const void *address, size_t length);
void ntpool_unpin(const void *address, size_t length);
unsigned long ntpool_trim(const void *address, size_t length);
int ntpool_write_out(const void *address, size_t length,
		     unsigned long *written);

/* IRQL */
u8 ntpool_irql(void);
u8 ntpool_raise_irql(u8 level);
void ntpool_lower_irql(u8 level);

/* Bug checks */
u64 ntpool_bugcheck(u32 code, u64 p1, u64 p2, u64 p3, u64 p4);
const char *ntpool_status_name(u32 status);

/**
 * NTPOOL_TAG() - a pool tag from its four characters, in the order they print
 * @a: first character, 0x20 to 0x7E
 * @b: second, or 0 and so the rest
 * @c: third, or 0
 * @d: fourth, or 0
 *
 * NT's documents write tags as multi-character literals in reverse ('dcbA');
 * in memory, and here, the first character has the lowest address.
 */
#define NTPOOL_TAG(a, b, c, d) \
	((u32)(u8)(a) | (u32)(u8)(b) << 8 | (u32)(u8)(c) << 16 | (u32)(u8)(d) << 24)

#endif /* _LINUX_NTPOOL_H */
