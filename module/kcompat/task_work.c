// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_work_add() is exported where the kernel's packager builds binder as a
 * module, as Debian does; the kernel's own tree does not export it.  Linking
 * to it would tie the whole module to such kernels, so it is looked up.
 */
#include <linux/module.h>
#include <linux/static_call.h>

#include "kcompat/task_work.h"

DEFINE_STATIC_CALL_NULL(kcompat_add_task_work, task_work_add);

/**
 * kcompat_task_work_init() - find task_work_add()
 *
 * The symbol is the kernel's own: what symbol_get() returns needs no putting.
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT where it cannot be found.
 */
int kcompat_task_work_init(void)
{
	void *exported = symbol_get(task_work_add);

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
