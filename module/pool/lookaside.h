/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rest of the pool asks of lookaside lists. */
#ifndef NTPOOL_POOL_LOOKASIDE_H
#define NTPOOL_POOL_LOOKASIDE_H

#include <linux/atomic.h>
#include <linux/ntpool.h>

/* First parameters of 0xC4 DRIVER_VERIFIER_DETECTED_VIOLATION: a list's misuse. */
enum bad_lookaside {
	BAD_REINITIALIZED = 0xCA, /* [list, 0, 0] */
	BAD_UNINITIALIZED = 0xCB, /* [list, 0, 0] */
	BAD_HEAD_FREED = 0xCC,	  /* [list, block, size of the block] */
	BAD_BLOCK_SIZE = 0xCD,	  /* [list, size, least size] */
};

extern atomic_t lookaside_heads_in_pool;

struct ntpool_lookaside *lookaside_in(unsigned long start, size_t size);

/**
 * lookaside_may_be_in() - might there be a live head in a pool block
 * @size: of the block
 *
 * Context: IRQL <= DISPATCH.
 * Return: false if there is none for certain, which costs next to nothing.
 */
static inline bool lookaside_may_be_in(size_t size)
{
	return unlikely(atomic_read(&lookaside_heads_in_pool)) &&
	       size >= sizeof(struct ntpool_lookaside);
}

/* Blocks that a list may keep. */
#define LOOKASIDE_DEPTH_LEAST 4
#define LOOKASIDE_DEPTH_MOST  256

static inline unsigned long lookaside_first(const struct ntpool_lookaside *list)
{
	return (unsigned long)list;
}

static inline unsigned long lookaside_last(const struct ntpool_lookaside *list)
{
	return lookaside_first(list) + sizeof(*list) - 1;
}

/* lookaside.c */
void lookaside_abandon(struct ntpool_lookaside *list);

/* lookaside_lists.c */
int lookaside_register(struct ntpool_lookaside *list);
bool lookaside_unregister(struct ntpool_lookaside *list);
u32 lookaside_next_depth(u32 depth, u32 allocs, u32 misses);
bool lookaside_balance(void);
void lookaside_module_goes(const struct module *module);

int lookaside_init(void);
void lookaside_exit(void);

#endif /* NTPOOL_POOL_LOOKASIDE_H */
