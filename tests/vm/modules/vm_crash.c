// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does while it is being loaded what its parameter says.  Each is a fault
 * that the runner of the test VM must notice.
 */

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "none, oops, warn, atomic, leak, use-after-free, lock-order, lockup, pinned or refuse");

static int do_nothing(void)
{
	return 0;
}

static int do_oops(void)
{
	WRITE_ONCE(*(int *)8, 1);
	return 0;
}

static int do_warn(void)
{
	WARN(1, "vm_crash was asked to warn\n");
	return 0;
}

/* Sleeps with a spin lock held. */
static int do_atomic(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
	return 0;
}

static int do_leak(void)
{
	void *lost[16];
	int i;

	/* Several, because a stale register or stack slot may keep one of them found. */
	for (i = 0; i < ARRAY_SIZE(lost); i++)
		lost[i] = kzalloc(64, GFP_KERNEL);
	memset(lost, 0, sizeof(lost));
	barrier_data(lost);
	return 0;
}

static int do_use_after_free(void)
{
	char *block = kmalloc(64, GFP_KERNEL);

	if (!block)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(block);
	kfree(block);
	WRITE_ONCE(block[3], 1);
	return 0;
}

/* Takes two locks in both orders: no deadlock, but one in waiting. */
static int do_lock_order(void)
{
	static DEFINE_MUTEX(first);
	static DEFINE_MUTEX(second);

	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

/* Halted, not spinning, so that it takes no time from other machines. */
static void stop_for_ever(void *unused)
{
	local_irq_disable();
	for (;;)
		halt();
}

/* Every processor stops with interrupts off. */
static int do_lockup(void)
{
	on_each_cpu(stop_for_ever, NULL, 0);
	return 0;
}

/* A reference that nobody gives back. */
static int do_pinned(void)
{
	__module_get(THIS_MODULE);
	return 0;
}

static int do_refuse(void)
{
	return -ENODEV;
}

static const struct {
	const char *name;
	int (*commit)(void);
} faults[] = {
	{ "none", do_nothing },
	{ "oops", do_oops },
	{ "warn", do_warn },
	{ "atomic", do_atomic },
	{ "leak", do_leak },
	{ "use-after-free", do_use_after_free },
	{ "lock-order", do_lock_order },
	{ "lockup", do_lockup },
	{ "pinned", do_pinned },
	{ "refuse", do_refuse },
};

static int __init vm_crash_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(fault, faults[i].name))
			return faults[i].commit();
	return -EINVAL;
}
module_init(vm_crash_init);

static void __exit vm_crash_exit(void)
{
}
module_exit(vm_crash_exit);

MODULE_DESCRIPTION("Faults that the test VM has to notice");
MODULE_LICENSE("GPL");
