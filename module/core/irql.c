// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IRQL of the running context, and raising it for real.
 *
 * The level is read off what the CPU and the scheduler know: a hardware
 * interrupt is device level; softirqs off, preemption off, interrupts off or an
 * RCU read-side section are DISPATCH, because none of them may wait.
 *
 * PASSIVE and APC differ on NT only in whether kernel APCs are delivered.  On
 * Linux their counterpart, task work, runs while a thread is in the kernel only
 * where it waits for a request or, below APC, alertably, so nothing needs
 * switching off; which threads have asked for APC is kept in a table, so that
 * ntpool_irql() answers what NT's would.
 */
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/jump_label.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "core/core.h"
#include "core/internal.h"

/* Of struct irql_apc. */
static DEFINE_HASHTABLE(apc_threads, 6);
static DEFINE_SPINLOCK(apc_lock);
atomic_t irql_apc_count;
EXPORT_FOR_TESTS(irql_apc_count);

static struct irql_apc *apc_find_locked(struct task_struct *task)
{
	struct irql_apc *apc;

	lockdep_assert_held(&apc_lock);
	hash_for_each_possible(apc_threads, apc, node, (unsigned long)task)
		if (apc->task == task)
			return apc;
	return NULL;
}

static bool apc_is_raised(void)
{
	unsigned long flags;
	bool raised;

	if (!atomic_read(&irql_apc_count))
		return false;
	spin_lock_irqsave(&apc_lock, flags);
	raised = apc_find_locked(current);
	spin_unlock_irqrestore(&apc_lock, flags);
	return raised;
}

/**
 * irql_enter_apc() - raise this thread to APC, for no longer than a function runs
 * @apc: remembers it; the caller's, until irql_leave_apc(), and for ever where the thread
 *	 ends before: so not on its stack
 *
 * What is called meanwhile must not lower the IRQL further than it has raised it.
 *
 * Context: IRQL <= APC.
 */
void irql_enter_apc(struct irql_apc *apc)
{
	apc->task = current;
	spin_lock_irq(&apc_lock);
	hash_add(apc_threads, &apc->node, (unsigned long)current);
	spin_unlock_irq(&apc_lock);
	atomic_inc(&irql_apc_count);
}

/**
 * irql_leave_apc() - the thread is at the level it was at before
 * @apc: from irql_enter_apc()
 *
 * Context: IRQL APC.
 */
void irql_leave_apc(struct irql_apc *apc)
{
	spin_lock_irq(&apc_lock);
	hash_del(&apc->node);
	spin_unlock_irq(&apc_lock);
	atomic_dec(&irql_apc_count);
}

static void apc_raise(void)
{
	irql_enter_apc(kmalloc(sizeof(struct irql_apc),
			       GFP_KERNEL | __GFP_NOFAIL));
}

static void apc_lower(void)
{
	struct irql_apc *apc;

	spin_lock_irq(&apc_lock);
	apc = apc_find_locked(current);
	if (apc)
		hash_del(&apc->node);
	spin_unlock_irq(&apc_lock);
	if (apc) {
		atomic_dec(&irql_apc_count);
		kfree(apc);
	}
}

/**
 * irql_passive_or_apc() - the IRQL of a thread that may sleep
 *
 * Return: NTPOOL_IRQL_APC if it has raised itself to that, else _PASSIVE.
 */
u8 irql_passive_or_apc(void)
{
	return apc_is_raised() ? NTPOOL_IRQL_APC : NTPOOL_IRQL_PASSIVE;
}

/**
 * ntpool_irql() - the IRQL of the running context
 *
 * Context: any.
 * Return: NTPOOL_IRQL_*; KeGetCurrentIrql() on NT.
 */
u8 ntpool_irql(void)
{
	return irql_now();
}
EXPORT_SYMBOL_GPL(ntpool_irql);

static DEFINE_STATIC_KEY_FALSE(raise_observed);
static irql_observer raise_observer;

/**
 * irql_observe_raise() - have somebody told of raises to DISPATCH
 * @observer: called by a thread that may sleep, before its raise; NULL for none
 *
 * Context: may sleep.
 */
void irql_observe_raise(irql_observer observer)
{
	if (!observer)
		static_branch_disable(&raise_observed);
	WRITE_ONCE(raise_observer, observer);
	if (observer)
		static_branch_enable(&raise_observed);
}

static void tell_observer(u8 before)
{
	irql_observer observer = READ_ONCE(raise_observer);

	if (observer && before < NTPOOL_IRQL_DISPATCH)
		observer();
}

/**
 * irql_tell_raise() - the IRQL is about to rise to DISPATCH or above
 * @before: what it is
 *
 * ntpool_raise_irql() tells by itself; this is for NT's other calls that raise.
 *
 * Context: any; where sleeping is allowed it may take long.
 */
void irql_tell_raise(u8 before)
{
	if (static_branch_unlikely(&raise_observed))
		tell_observer(before);
}

/**
 * ntpool_raise_irql() - raise the IRQL of this CPU
 * @level: NTPOOL_IRQL_PASSIVE, _APC or _DISPATCH, not below the current one
 *
 * At DISPATCH neither preemption nor softirqs (NT: DPCs) come in between.
 *
 * Context: any; to APC only where sleeping is allowed.
 * Return: the level before, for ntpool_lower_irql().  A @level below it is bug
 * check 0x9 [level before, level], and nothing is changed ("KeRaiseIrql",
 * Windows driver documentation).
 */
u8 ntpool_raise_irql(u8 level)
{
	u8 before = ntpool_irql();

	if (level < before) {
		ntpool_bugcheck(BUGCHECK_IRQL_NOT_GREATER_OR_EQUAL, before,
				level, 0, 0);
		return before;
	}
	if (level == before)
		return before;
	if (level < NTPOOL_IRQL_DISPATCH) {
		apc_raise();
		return before;
	}
	irql_tell_raise(before);
	local_bh_disable();
	return before;
}
EXPORT_SYMBOL_GPL(ntpool_raise_irql);

/*
 * Is there a raise to DISPATCH that could be undone?  DISPATCH may also come from a
 * DPC, a spin lock, or interrupts that are off.
 */
static bool is_raised(void)
{
	return !in_hardirq() && softirq_count() >= SOFTIRQ_DISABLE_OFFSET;
}

static bool may_lower(u8 now, u8 level)
{
	return level < now && (now < NTPOOL_IRQL_DISPATCH || is_raised());
}

/* There may have been a raise to APC before that to DISPATCH. */
static void lower_from_dispatch(u8 level)
{
	local_bh_enable();
	if (level < NTPOOL_IRQL_APC && irql_now() == NTPOOL_IRQL_APC)
		apc_lower();
}

/**
 * ntpool_lower_irql() - undo the matching ntpool_raise_irql()
 * @level: what that call returned
 *
 * Context: the level raised to.  A @level above the current one, or below one that
 * nobody has raised to, is bug check 0xA [0, current, 0, level], and nothing is changed.
 */
void ntpool_lower_irql(u8 level)
{
	u8 now = ntpool_irql();

	if (level == now)
		return;
	if (!may_lower(now, level)) {
		ntpool_bugcheck(BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, 0, now, 0,
				level);
		return;
	}
	if (now >= NTPOOL_IRQL_DISPATCH)
		lower_from_dispatch(level);
	else
		apc_lower();
}
EXPORT_SYMBOL_GPL(ntpool_lower_irql);
