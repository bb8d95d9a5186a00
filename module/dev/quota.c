// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a process is charged with, and its limits.
 */
#include <linux/errno.h>
#include <linux/pid.h>
#include <linux/sched.h>

#include "dev/session.h"
#include "pool/quota.h"

static_assert(NTPOOL_QUOTA_UNLIMITED == QUOTA_UNLIMITED);
static_assert(NTPOOL_QUOTA_DEFAULT == QUOTA_DEFAULT);

static bool quota_valid(const struct ntpool_quota *arg)
{
	if (arg->flags & ~NTPOOL_QUOTA_SET || arg->pid > INT_MAX)
		return false;
	return arg->flags & NTPOOL_QUOTA_SET ||
	       (!arg->paged_limit && !arg->nonpaged_limit);
}

/* The process asked for, referenced: its thread group, whichever thread was named. */
static struct pid *find_process(pid_t nr)
{
	struct task_struct *task;
	struct pid *process = NULL;

	rcu_read_lock();
	task = nr ? pid_task(find_vpid(nr), PIDTYPE_PID) : current;
	if (task)
		process = get_pid(task_tgid(task));
	rcu_read_unlock();
	return process;
}

static int serve(struct pid *process, struct ntpool_quota *arg)
{
	struct quota_figures figures;
	int err = 0;

	if (arg->flags & NTPOOL_QUOTA_SET)
		err = quota_set(process, arg->paged_limit, arg->nonpaged_limit);
	if (err)
		return err;
	quota_get(process, &figures);
	arg->paged_limit = figures.limit[true];
	arg->nonpaged_limit = figures.limit[false];
	arg->paged_used = figures.used[true];
	arg->nonpaged_used = figures.used[false];
	arg->paged_peak = figures.peak[true];
	arg->nonpaged_peak = figures.peak[false];
	return 0;
}

/**
 * handle_quota() - NTPOOL_IOC_QUOTA
 * @session: the session
 * @u: struct ntpool_quota
 *
 * Return: 0; -EINVAL; -EPERM; -ESRCH; -ENOMEM.
 */
int handle_quota(struct session *session, union ioctl_arg *u)
{
	struct ntpool_quota *arg = &u->quota;
	struct pid *process;
	int err;

	if (!quota_valid(arg))
		return -EINVAL;
	if ((arg->flags || (arg->pid && arg->pid != task_tgid_vnr(current))) &&
	    !capable(CAP_SYS_ADMIN))
		return -EPERM;
	process = find_process(arg->pid);
	if (!process)
		return -ESRCH;
	err = serve(process, arg);
	put_pid(process);
	return err;
}
