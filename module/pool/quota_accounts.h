/* SPDX-License-Identifier: GPL-2.0-only */
/* The accounts of processes, for what charges them. */
#ifndef NTPOOL_POOL_QUOTA_ACCOUNTS_H
#define NTPOOL_POOL_QUOTA_ACCOUNTS_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct pid;

/* Second parameter of 0x21, by paged: the order of the WDK's quota types. */
enum charged_pool { CHARGED_NONPAGED,
		    CHARGED_PAGED };

/**
 * struct charge - what an account has of one pool
 * @used: bytes charged now
 * @peak: highest value of @used
 * @limit: bytes that may be charged; QUOTA_DEFAULT: the module's parameter
 */
struct charge {
	atomic64_t used;
	atomic64_t peak;
	u64 limit;
};

/**
 * struct account - the quota of one process
 * @node: in by_process, under the lock of accounts
 * @process: whose; referenced
 * @id: its number in accounts
 * @pool: by enum charged_pool
 * @rcu: readers may still look at it after it was taken out
 */
struct account {
	struct hlist_node node;
	struct pid *process;
	u32 id;
	struct charge pool[2];
	struct rcu_head rcu;
};

/* In an RCU read-side section, as long as nobody else keeps the account. */
struct account *account_find(struct pid *process);
struct account *account_by_id(u32 id);

struct account *account_of(struct pid *process, gfp_t gfp);

#endif /* NTPOOL_POOL_QUOTA_ACCOUNTS_H */
