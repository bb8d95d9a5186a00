/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes and user memory for tests, which run in a kernel thread. */
#ifndef NTPOOL_KUNIT_USER_H
#define NTPOOL_KUNIT_USER_H

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/umh.h>

/**
 * struct program - a process that sleeps, to have an address space
 * @task: it, with a reference
 * @mm: its address space, with a reference to its users
 */
struct program {
	struct task_struct *task;
	struct mm_struct *mm;
};

static inline int note_user(struct subprocess_info *info, struct cred *new)
{
	struct program *user = info->data;

	user->task = get_task_struct(current);
	return 0;
}

static inline bool user_start_as(struct program *user, char **argv)
{
	char *envp[2] = { "PATH=/bin:/usr/bin", NULL };
	struct subprocess_info *info =
		call_usermodehelper_setup(argv[0], argv, envp, GFP_KERNEL,
					  note_user, NULL, user);

	user->task = NULL;
	user->mm = NULL;
	if (!info || call_usermodehelper_exec(info, UMH_WAIT_EXEC) || !user->task)
		return false;
	user->mm = get_task_mm(user->task);
	return user->mm;
}

static inline bool user_start(struct program *user)
{
	char *argv[3] = { "/bin/sleep", "1000", NULL };

	return user_start_as(user, argv);
}

/* Afterwards it has no address space any more, and is nobody's zombie. */
static inline void user_kill(struct program *user)
{
	int i;

	if (!user->mm)
		return;
	mmput(user->mm);
	send_sig(SIGKILL, user->task, 1);
	for (i = 0; i < 500 && pid_alive(user->task); i++)
		msleep(20);
}

static inline void user_stop(struct program *user)
{
	user_kill(user);
	if (user->task)
		put_task_struct(user->task);
}

/* Some pages at the same address in each of some processes; 0 if they cannot be had. */
static inline unsigned long user_pages(struct program *user, unsigned long address,
				       unsigned long pages, unsigned long prot)
{
	unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS |
			      (address ? MAP_FIXED : 0);

	kthread_use_mm(user->mm);
	address = vm_mmap(NULL, address, pages * PAGE_SIZE, prot, flags, 0);
	kthread_unuse_mm(user->mm);
	return IS_ERR_VALUE(address) ? 0 : address;
}

#endif /* NTPOOL_KUNIT_USER_H */
