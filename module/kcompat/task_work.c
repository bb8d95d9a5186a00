// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_work_add() is exported where the kernel's packager builds binder as a
 * module, as Debian does; the kernel's own tree does not export it.  Linking
 * to it would tie the whole module to such kernels, so it is looked up.
 */
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/static_call.h>

#include "kcompat/export.h"
#include "kcompat/task_work.h"

DEFINE_STATIC_CALL_NULL(kcompat_add_task_work, task_work_add);
DEFINE_STATIC_CALL_NULL(kcompat_run_task_work, task_work_run);

/**
 * kcompat_task_work_init() - find task_work_add(), and task_work_run() if possible
 *
 * The symbol is the kernel's own: what symbol_get() returns needs no putting.
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT where it cannot be found.
 */
int kcompat_task_work_init(void)
{
	void *exported = symbol_get(task_work_add);

	kcompat_find(kcompat_run_task_work, "task_work_run");
	if (exported)
		static_call_update(kcompat_add_task_work, exported);
	else if (!kcompat_find(kcompat_add_task_work, "task_work_add"))
		return -ENOENT;
	return 0;
}

/**
 * kcompat_task_work_add() - task_work_add()
 * @task: the task that is to run @work
 * @work: from init_task_work()
 * @notify: how to tell it
 *
 * Context: any but NMI.
 * Return: 0, or -ESRCH where the task is past running any.
 */
int kcompat_task_work_add(struct task_struct *task, struct callback_head *work,
			  enum task_work_notify_mode notify)
{
	return static_call(kcompat_add_task_work)(task, work, notify);
}
EXPORT_FOR_TESTS(kcompat_task_work_add);

/**
 * kcompat_task_work_run() - whoever waits does his task work, and can go on waiting
 *
 * Context: thread, TASK_RUNNING, without locks; after a wait was interrupted.
 * Return: whether it was that which has interrupted it; false where a signal is pending,
 * or where this kernel does not let us.
 */
bool kcompat_task_work_run(void)
{
	if (task_sigpending(current) ||
	    !static_call_query(kcompat_run_task_work))
		return false;
	clear_notify_signal();
	static_call(kcompat_run_task_work)();
	return true;
}
