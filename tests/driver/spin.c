// SPDX-License-Identifier: GPL-2.0-only
/*
 * A system thread that has a CPU to itself, so that an interrupt there finds it running.
 * The parameter spin is that CPU; -1 ends the thread.  The module cannot go meanwhile.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

/* All under the lock of the module's parameters. */
static struct task_struct *spinner;
static int spin_cpu = -1;
static DECLARE_COMPLETION(spinning);

static int spin(void *unused)
{
	complete(&spinning);
	while (!kthread_should_stop())
		cond_resched();
	return 0;
}

static int start_spinning(int cpu)
{
	struct task_struct *task;

	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -EINVAL;
	task = kthread_create(spin, NULL, "ntpool-spin");
	if (IS_ERR(task))
		return PTR_ERR(task);
	__module_get(THIS_MODULE);
	kthread_bind(task, cpu);
	/* No program takes turns with it. */
	sched_set_fifo(task);
	reinit_completion(&spinning);
	wake_up_process(task);
	wait_for_completion(&spinning);
	spinner = task;
	return 0;
}

static void stop_spinning(void)
{
	if (!spinner)
		return;
	kthread_stop(spinner);
	spinner = NULL;
	module_put(THIS_MODULE);
}

static int set_spin(const char *value, const struct kernel_param *parameter)
{
	int cpu, error = kstrtoint(value, 0, &cpu);

	if (error)
		return error;
	stop_spinning();
	if (cpu >= 0)
		error = start_spinning(cpu);
	spin_cpu = error ? -1 : cpu;
	return error;
}

static const struct kernel_param_ops spin_ops = {
	.set = set_spin,
	.get = param_get_int,
};

module_param_cb(spin, &spin_ops, &spin_cpu, 0600);
MODULE_PARM_DESC(spin, "CPU that a thread has to itself, -1 for none");
