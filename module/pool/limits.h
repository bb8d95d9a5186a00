/* SPDX-License-Identifier: GPL-2.0-only */
/* How large each pool may become, and the four events that tell how near it is. */
#ifndef NTPOOL_POOL_LIMITS_H
#define NTPOOL_POOL_LIMITS_H

#include <linux/types.h>
#include <linux/wait.h>

struct pool_want;

/**
 * struct limits_figures - the size of one pool
 * @pages: pages it has now
 * @peak: highest value of @pages
 * @limit: pages it may have
 * @refused: times it was not allowed to grow, or to serve a low priority
 */
struct limits_figures {
	u64 pages;
	u64 peak;
	u64 limit;
	u64 refused;
};

int limits_init(void);
void limits_exit(void);
bool limits_take(bool paged, u64 pages, u8 priority);
void limits_give(bool paged, u64 pages);
bool limits_admit(const struct pool_want *want);
u64 limits_free_pages(bool paged, u64 *limit);
u64 limits_low_mark(u64 limit);
u64 limits_high_mark(u64 limit);
void limits_get(bool paged, struct limits_figures *figures);

/* conditions.c: the state of NTPOOL_CONDITION_*, and whom to wake when it changes. */
bool condition_holds(u32 condition);
wait_queue_head_t *condition_wait(u32 condition);
u32 conditions_now(void);
void conditions_update(bool paged);
void conditions_exit(void);

#endif /* NTPOOL_POOL_LIMITS_H */
