// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool quotas: what a process has been charged with, and how much it may be
 * ("ExAllocatePoolWithQuotaTag", Windows driver documentation).
 *
 * A process gets an account when it is first charged.  A block remembers the
 * account's number, so that the charge goes back to the process charged, whoever
 * frees the block.  An account holds its struct pid; it stays while the process
 * lives, and after that until the last charge has come back.
 *
 * Charging finds the account by its process, returning finds it by its number;
 * both under RCU, without a lock (quota_accounts.c).
 *
 * Kernel threads, and interrupts on top of any process, are NT's System process,
 * which is charged with nothing.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "core/core.h"
#include "pool/internal.h"
#include "pool/quota.h"
#include "pool/quota_accounts.h"

static unsigned long paged_quota_mb, nonpaged_quota_mb;
module_param(paged_quota_mb, ulong, 0644);
MODULE_PARM_DESC(paged_quota_mb,
		 "paged pool that a process may be charged with, in MB; 0 (default): no limit but the pool's");
module_param(nonpaged_quota_mb, ulong, 0644);
MODULE_PARM_DESC(nonpaged_quota_mb,
		 "nonpaged pool that a process may be charged with, in MB; 0 (default): no limit but the pool's");

/*
 * NT gives a process more quota as long as the pool has plenty, so by default
 * the pool's own limit is the only one.
 */
static u64 limit_of(const struct charge *charge, bool paged)
{
	u64 limit = READ_ONCE(charge->limit);
	unsigned long mb;

	if (limit != QUOTA_DEFAULT)
		return limit;
	mb = paged ? READ_ONCE(paged_quota_mb) : READ_ONCE(nonpaged_quota_mb);
	return mb && mb <= U64_MAX / SZ_1M ? (u64)mb * SZ_1M : QUOTA_UNLIMITED;
}

static bool charge_take(struct charge *charge, bool paged, u64 bytes)
{
	u64 limit = min_t(u64, limit_of(charge, paged), S64_MAX);
	s64 used = atomic64_read(&charge->used);
	s64 peak = atomic64_read(&charge->peak);

	do {
		if (used > limit || bytes > limit - used)
			return false;
	} while (!atomic64_try_cmpxchg(&charge->used, &used, used + bytes));
	used += bytes;
	while (used > peak && !atomic64_try_cmpxchg(&charge->peak, &peak, used))
		;
	return true;
}

/* Returns what the account was short of. */
static u64 charge_give(struct charge *charge, u64 bytes)
{
	s64 used = atomic64_read(&charge->used), taken;

	do {
		taken = min_t(u64, used, bytes);
	} while (!atomic64_try_cmpxchg(&charge->used, &used, used - taken));
	return bytes - taken;
}

/**
 * quota_charge_process() - charge a process
 * @process: a living one
 * @paged: which pool
 * @bytes: how much
 * @gfp: for making its account
 * @owner: set to the account's number
 *
 * Context: as @gfp says.
 * Return: STATUS_SUCCESS, STATUS_QUOTA_EXCEEDED, or STATUS_INSUFFICIENT_RESOURCES
 * where there is no memory for an account.
 */
u32 quota_charge_process(struct pid *process, bool paged, u64 bytes, gfp_t gfp,
			 u32 *owner)
{
	struct account *account = account_of(process, gfp);

	if (!account)
		return NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	if (!charge_take(&account->pool[paged], paged, bytes))
		return NTPOOL_STATUS_QUOTA_EXCEEDED;
	*owner = account->id;
	return NTPOOL_STATUS_SUCCESS;
}
EXPORT_FOR_TESTS(quota_charge_process);

static bool current_is_charged(void)
{
	return in_task() && !(current->flags & PF_KTHREAD);
}

/**
 * quota_charge() - charge the running process with an allocation
 * @want: the allocation; @want->owner is set, or @want->status
 *
 * Context: IRQL <= DISPATCH.
 * Return: 0, also where nothing is to be charged; or -EDQUOT.
 */
int quota_charge(struct pool_want *want)
{
	u32 status;

	want->owner = 0;
	if (!(want->flags & NTPOOL_FLAG_USE_QUOTA) || !current_is_charged())
		return 0;
	status = quota_charge_process(task_tgid(current),
				      pool_flags_paged(want->flags), want->size,
				      pool_gfp(want) & ~__GFP_ACCOUNT,
				      &want->owner);
	if (status == NTPOOL_STATUS_SUCCESS)
		return 0;
	want->status = status;
	return -EDQUOT;
}

/**
 * quota_return() - give a charge back
 * @owner: what quota_charge() set; 0 for nothing charged
 * @paged: which pool
 * @bytes: as charged
 *
 * More than there is left is bug check 0x21 QUOTA_UNDERFLOW [process, type, bytes,
 * bytes that could not be returned], and the account then is at 0.
 *
 * Context: IRQL <= DISPATCH.
 * Return: 0, or the number of the bug check's record.
 */
u64 quota_return(u32 owner, bool paged, size_t bytes)
{
	struct account *account;
	u64 missing = bytes;
	pid_t process = 0;

	if (!owner)
		return 0;
	rcu_read_lock();
	account = account_by_id(owner);
	if (account) {
		missing = charge_give(&account->pool[paged], bytes);
		process = pid_nr(account->process);
	}
	rcu_read_unlock();
	if (!missing)
		return 0;
	return ntpool_bugcheck(BUGCHECK_QUOTA_UNDERFLOW, process, paged, bytes,
			       missing);
}
EXPORT_FOR_TESTS(quota_return);

static void get_pool(const struct account *account, bool paged,
		     struct quota_figures *figures)
{
	const struct charge *charge = &account->pool[paged];

	figures->used[paged] = atomic64_read(&charge->used);
	figures->peak[paged] = atomic64_read(&charge->peak);
	figures->limit[paged] = limit_of(charge, paged);
}

/**
 * quota_get() - what a process has been charged with
 * @process: the process
 * @figures: filled; all 0 but the limits where it never was charged
 *
 * Context: any.
 */
void quota_get(struct pid *process, struct quota_figures *figures)
{
	static const struct account none = {
		.pool = { { .limit = QUOTA_DEFAULT },
			  { .limit = QUOTA_DEFAULT } },
	};
	const struct account *account;

	rcu_read_lock();
	account = account_find(process) ?: &none;
	get_pool(account, false, figures);
	get_pool(account, true, figures);
	rcu_read_unlock();
}
EXPORT_FOR_TESTS(quota_get);

/**
 * quota_set() - set the limits of a living process
 * @process: the process
 * @paged: bytes, QUOTA_UNLIMITED, or QUOTA_DEFAULT
 * @nonpaged: the same for nonpaged pool
 *
 * What is charged stays charged, though it be more.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -ESRCH where the process has just gone.
 */
int quota_set(struct pid *process, u64 paged, u64 nonpaged)
{
	struct account *account;

	if (!account_of(process, GFP_KERNEL))
		return -ENOMEM;
	rcu_read_lock();
	account = account_find(process);
	if (account) {
		WRITE_ONCE(account->pool[CHARGED_PAGED].limit, paged);
		WRITE_ONCE(account->pool[CHARGED_NONPAGED].limit, nonpaged);
	}
	rcu_read_unlock();
	return account ? 0 : -ESRCH;
}
EXPORT_FOR_TESTS(quota_set);
