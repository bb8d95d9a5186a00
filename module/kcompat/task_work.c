// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_work_add() is exported where the kernel's packager builds binder as a
 * module, as Debian does; the kernel's own tree does not export it.  Linking
 * to it would tie the whole module to such kernels, so it is looked up.
 */
#include <linux/module.h>

#include "kcompat/task_work.h"

static int (*add)(struct task_struct *task, struct callback_head *work,
		  enum task_work_notify_mode notify);

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
	add = symbol_get(task_work_add);
	if (!add)
		add = (void *)kcompat_symbol("task_work_add");
	return add ? 0 : -ENOENT;
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
	return add(task, work, notify);
}
