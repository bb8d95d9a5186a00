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
 * Charging finds the account by a hash of the struct pid, returning finds it by
 * its number; both under RCU, without a lock.  Only the process itself is
 * charged, and only while it runs, so an account whose process is gone gets no
 * new charges; with none left no block names it, and it is reaped.
 *
 * Kernel threads, and interrupts on top of any process, are NT's System process,
 * which is charged with nothing.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "pool/internal.h"
#include "pool/quota.h"

#define REAP_INTERVAL HZ

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

static DEFINE_HASHTABLE(by_process, 10);
static DEFINE_XARRAY_FLAGS(accounts, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_IRQ);
static u32 next_id;		    /* under the lock of accounts */
static unsigned long account_count; /* under the lock of accounts */

static unsigned long paged_quota_mb, nonpaged_quota_mb;
module_param(paged_quota_mb, ulong, 0644);
MODULE_PARM_DESC(paged_quota_mb,
		 "paged pool that a process may be charged with, in MB; 0 (default): no limit but the pool's");
module_param(nonpaged_quota_mb, ulong, 0644);
MODULE_PARM_DESC(nonpaged_quota_mb,
		 "nonpaged pool that a process may be charged with, in MB; 0 (default): no limit but the pool's");

static void reap(struct work_struct *work);
static DECLARE_DELAYED_WORK(reap_work, reap);

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

static struct account *find_account(struct pid *process)
{
	struct account *account;

	hash_for_each_possible_rcu(by_process, account, node,
				   (unsigned long)process,
				   lockdep_is_held(&accounts.xa_lock))
		if (account->process == process)
			return account;
	return NULL;
}

static void free_account(struct rcu_head *rcu)
{
	struct account *account = container_of(rcu, struct account, rcu);

	put_pid(account->process);
	kfree(account);
}

static struct account *make_account(struct pid *process, gfp_t gfp)
{
	struct account *account = kzalloc(sizeof(*account), gfp);

	if (!account)
		return NULL;
	account->process = get_pid(process);
	account->pool[CHARGED_NONPAGED].limit = QUOTA_DEFAULT;
	account->pool[CHARGED_PAGED].limit = QUOTA_DEFAULT;
	return account;
}

/* Enter an account, unless another thread of the process was quicker. */
static struct account *publish_locked(struct account *account)
{
	struct account *old = find_account(account->process);

	lockdep_assert_held(&accounts.xa_lock);
	if (old)
		return old;
	if (__xa_alloc_cyclic(&accounts, &account->id, account, xa_limit_32b,
			      &next_id, GFP_ATOMIC | __GFP_NOWARN) < 0)
		return NULL;
	hash_add_rcu(by_process, &account->node,
		     (unsigned long)account->process);
	account_count++;
	return account;
}

static struct account *add_account(struct pid *process, gfp_t gfp)
{
	struct account *account = make_account(process, gfp), *published;
	unsigned long flags;

	if (!account)
		return NULL;
	xa_lock_irqsave(&accounts, flags);
	published = publish_locked(account);
	xa_unlock_irqrestore(&accounts, flags);
	if (published != account)
		free_account(&account->rcu);
	else
		schedule_delayed_work(&reap_work, REAP_INTERVAL);
	return published;
}

/* The process must be alive, and stays so until the caller is done. */
static struct account *account_of(struct pid *process, gfp_t gfp)
{
	struct account *account;

	rcu_read_lock();
	account = find_account(process);
	rcu_read_unlock();
	return account ?: add_account(process, gfp);
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
	account = xa_load(&accounts, owner);
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

/**
 * quota_knows() - is the owner in a block's header one
 * @owner: from there; not 0
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is such an account.
 */
bool quota_knows(u32 owner)
{
	return xa_load(&accounts, owner);
}

/**
 * quota_process() - whose account that is
 * @owner: its number, or 0
 *
 * Context: any.
 * Return: the process, by its number in the first namespace; 0 if there is none.
 */
pid_t quota_process(u32 owner)
{
	struct account *account;
	pid_t process;

	rcu_read_lock();
	account = owner ? xa_load(&accounts, owner) : NULL;
	process = account ? pid_nr(account->process) : 0;
	rcu_read_unlock();
	return process;
}

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
	account = find_account(process) ?: &none;
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
	account = find_account(process);
	if (account) {
		WRITE_ONCE(account->pool[CHARGED_PAGED].limit, paged);
		WRITE_ONCE(account->pool[CHARGED_NONPAGED].limit, nonpaged);
	}
	rcu_read_unlock();
	return account ? 0 : -ESRCH;
}
EXPORT_FOR_TESTS(quota_set);

static bool is_idle(const struct account *account)
{
	return !atomic64_read(&account->pool[CHARGED_PAGED].used) &&
	       !atomic64_read(&account->pool[CHARGED_NONPAGED].used);
}

static void remove_locked(struct account *account)
{
	lockdep_assert_held(&accounts.xa_lock);
	__xa_erase(&accounts, account->id);
	hash_del_rcu(&account->node);
	account_count--;
	call_rcu(&account->rcu, free_account);
}

/* Is there no task of the process any more, not even to be waited for? */
static bool is_gone(const struct account *account)
{
	bool gone;

	rcu_read_lock();
	gone = !pid_task(account->process, PIDTYPE_TGID);
	rcu_read_unlock();
	return gone;
}

static bool reap_account(struct account *account)
{
	unsigned long flags, left;

	xa_lock_irqsave(&accounts, flags);
	if (is_gone(account) && is_idle(account))
		remove_locked(account);
	left = account_count;
	xa_unlock_irqrestore(&accounts, flags);
	return left;
}

/**
 * quota_reap() - forget accounts of processes that are gone and owe nothing
 *
 * Context: may sleep; one at a time, so that what it walks over stays.
 * Return: whether accounts are left.
 */
bool quota_reap(void)
{
	static DEFINE_MUTEX(one_at_a_time);
	struct account *account;
	unsigned long id;
	bool left = false;

	mutex_lock(&one_at_a_time);
	xa_for_each(&accounts, id, account) {
		left = reap_account(account);
		cond_resched();
	}
	mutex_unlock(&one_at_a_time);
	return left;
}
EXPORT_FOR_TESTS(quota_reap);

static void reap(struct work_struct *work)
{
	if (quota_reap())
		schedule_delayed_work(&reap_work, REAP_INTERVAL);
}

/**
 * quota_get_stats() - sums over all accounts
 * @stats: filled
 *
 * Context: may sleep.
 */
void quota_get_stats(struct quota_stats *stats)
{
	struct account *account;
	unsigned long id;

	*stats = (struct quota_stats){};
	rcu_read_lock();
	xa_for_each(&accounts, id, account) {
		stats->processes++;
		stats->paged_bytes +=
			atomic64_read(&account->pool[CHARGED_PAGED].used);
		stats->nonpaged_bytes +=
			atomic64_read(&account->pool[CHARGED_NONPAGED].used);
	}
	rcu_read_unlock();
}
EXPORT_FOR_TESTS(quota_get_stats);

/**
 * quota_exit() - forget all accounts, whatever is charged to them
 */
void quota_exit(void)
{
	struct account *account;
	unsigned long id, flags;

	cancel_delayed_work_sync(&reap_work);
	xa_lock_irqsave(&accounts, flags);
	xa_for_each(&accounts, id, account)
		remove_locked(account);
	xa_unlock_irqrestore(&accounts, flags);
	rcu_barrier();
	xa_destroy(&accounts);
}
