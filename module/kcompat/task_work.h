/* SPDX-License-Identifier: GPL-2.0-only */
/* task_work_add(), which only some kernels export, and task_work_run(), which none does. */
#ifndef NTPOOL_KCOMPAT_TASK_WORK_H
#define NTPOOL_KCOMPAT_TASK_WORK_H

#include <linux/task_work.h>

int kcompat_task_work_init(void);
int kcompat_task_work_add(struct task_struct *task, struct callback_head *work,
			  enum task_work_notify_mode notify);
bool kcompat_task_work_run(void);

#endif /* NTPOOL_KCOMPAT_TASK_WORK_H */
