// SPDX-License-Identifier: GPL-2.0-only
/*
 * The accounts that quotas are kept in: made, found, and reaped.
 *
 * They are found by a hash of the struct pid and by their number, under RCU.  Only
 * a process itself is charged, and only while it runs, so an account whose process
 * is gone gets no new charges; with none left no block names it, and it is reaped.
 */
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "pool/quota.h"
#include "pool/quota_accounts.h"

#define REAP_INTERVAL HZ

static DEFINE_HASHTABLE(by_process, 10);
static DEFINE_XARRAY_FLAGS(accounts, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_IRQ);
static u32 next_id;		    /* under the lock of accounts */
static unsigned long account_count; /* under the lock of accounts */

static void reap(struct work_struct *work);
static DECLARE_DELAYED_WORK(reap_work, reap);

/**
 * account_find() - the account of a process
 * @process: the process
 *
 * Context: in an RCU read-side section, or with the lock of accounts.
 * Return: the account, or NULL if it has none.
 */
struct account *account_find(struct pid *process)
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
	struct account *old = account_find(account->process);

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

/**
 * account_by_id() - an account by its number
 * @id: the number
 *
 * Context: in an RCU read-side section.
 * Return: the account, or NULL if there is none.
 */
struct account *account_by_id(u32 id)
{
	return xa_load(&accounts, id);
}

/**
 * account_of() - the account of a process, made if there is none
 * @process: alive, and stays so until the caller is done
 * @gfp: for making it
 *
 * Context: as @gfp says.
 * Return: the account, or NULL without memory.
 */
struct account *account_of(struct pid *process, gfp_t gfp)
{
	struct account *account;

	rcu_read_lock();
	account = account_find(process);
	rcu_read_unlock();
	return account ?: add_account(process, gfp);
}

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
