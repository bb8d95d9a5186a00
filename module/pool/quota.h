/* SPDX-License-Identifier: GPL-2.0-only */
/* Quotas of processes, as the device and the tests see them. */
#ifndef NTPOOL_POOL_QUOTA_H
#define NTPOOL_POOL_QUOTA_H

#include <linux/types.h>

struct pid;
struct pool_want;

/* Limits that are no number of bytes. */
#define QUOTA_UNLIMITED U64_MAX
#define QUOTA_DEFAULT	(U64_MAX - 1)

/**
 * struct quota_figures - one process; of each array [0] is nonpaged, [1] paged pool
 * @used: bytes charged
 * @peak: highest value of @used
 * @limit: bytes that may be charged, or QUOTA_UNLIMITED
 */
struct quota_figures {
	u64 used[2];
	u64 peak[2];
	u64 limit[2];
};

/**
 * struct quota_stats - all processes
 * @processes: accounts there are
 * @paged_bytes: charged now
 * @nonpaged_bytes: charged now
 */
struct quota_stats {
	u64 processes;
	u64 paged_bytes;
	u64 nonpaged_bytes;
};

int quota_charge(struct pool_want *want);
void quota_exit(void);
bool quota_reap(void);
u32 quota_charge_process(struct pid *process, bool paged, u64 bytes, gfp_t gfp,
			 u32 *owner);
u64 quota_return(u32 owner, bool paged, size_t bytes);
bool quota_knows(u32 owner);
pid_t quota_process(u32 owner);
void quota_get(struct pid *process, struct quota_figures *figures);
int quota_set(struct pid *process, u64 paged, u64 nonpaged);
void quota_get_stats(struct quota_stats *stats);

#endif /* NTPOOL_POOL_QUOTA_H */
