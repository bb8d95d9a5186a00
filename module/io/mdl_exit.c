// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers leave locked: when a process ends, and when the driver itself goes.
 *
 * A process has ended for us when its address space has no users.  The thread that
 * was the last one looks for such address spaces itself, in task work: that runs
 * after it has left the address space and before its parent is told, on every
 * kernel.  Where somebody else was the last user - a debugger, a thread attached - a
 * worker looks a little later.
 *
 * The pages of a process that has ended stay locked, because the driver may still use
 * them and still unlock them.  Those it can unlock no more, as the MDL is gone or the
 * driver is, are released.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "io/call.h"
#include "io/mdl.h"
#include "kcompat/task_work.h"
#include "pool/verifier.h"

/* First parameter of 0x76 PROCESS_HAS_LOCKED_PAGES. */
#define LOCKED_PAGES_LEFT 0 /* [process, locked pages, 0] */

#define LOOK_AGAIN (HZ / 10)

/**
 * struct left_pages - what drivers have left locked in a process, to be told of
 * @mm: its address space, for comparing only; NULL as long as there is none
 * @tgid: its number
 * @pages: how many
 * @mdl: the MDL, if they are one's
 * @caller: who has locked it, and who called him
 * @orphans: holds that nobody can unlock any more
 */
struct left_pages {
	const struct mm_struct *mm;
	pid_t tgid;
	u64 pages;
	const MDL *mdl;
	unsigned long caller[2];
	struct list_head orphans;
};

static bool is_judged(const struct mdl_hold *hold)
{
	return !hold->mm || hold->told || hold->engine;
}

/*
 * While it exits its requests are cancelled, and drivers may unlock pages then: those are
 * not left behind.
 */
static bool has_ended(const struct mdl_hold *hold)
{
	return !is_judged(hold) && !atomic_read(&hold->mm->mm_users) &&
	       !rundown_any_of(hold->mm);
}

static void note_locked(struct left_pages *left, struct mdl_hold *hold)
{
	left->mm = hold->mm;
	left->tgid = hold->tgid;
	left->pages += hold->count;
	left->mdl = hold->mdl;
	left->caller[0] = hold->caller[0];
	left->caller[1] = hold->caller[1];
	hold->told = true;
	if (!hold->mdl && !hold->map)
		list_move(&hold->all, &left->orphans);
}

/* Of one process that has ended: all that was left in it, or the first MDL. */
static bool take_left(struct left_pages *left, bool one)
{
	struct mdl_hold *hold, *next;
	unsigned long flags;

	*left = (struct left_pages){};
	INIT_LIST_HEAD(&left->orphans);
	spin_lock_irqsave(&mdl_table_lock, flags);
	list_for_each_entry_safe(hold, next, &mdl_holds, all) {
		if (!has_ended(hold) || (left->mm && left->mm != hold->mm))
			continue;
		note_locked(left, hold);
		if (one)
			break;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return left->mm;
}

static void tell_mdl(const struct left_pages *left)
{
	bugcheck_for(left->tgid, BUGCHECK_DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS,
		     left->caller[0], left->caller[1], (unsigned long)left->mdl,
		     left->pages);
}

static void tell_process(const struct left_pages *left)
{
	bugcheck_for(left->tgid, BUGCHECK_PROCESS_HAS_LOCKED_PAGES,
		     LOCKED_PAGES_LEFT, left->tgid, left->pages, 0);
}

static void release_orphans(struct left_pages *left)
{
	struct mdl_hold *hold, *next;

	list_for_each_entry_safe(hold, next, &left->orphans, all) {
		list_del_init(&hold->all);
		mdl_let_go(hold, NULL);
	}
}

/**
 * mdl_judge() - tell of the processes that have ended with locked pages
 *
 * With tracking on each MDL is told of, with who has locked it; else the process.
 *
 * Context: may sleep.
 */
void mdl_judge(void)
{
	bool tracking = verifier_flags() & NTPOOL_VERIFIER_POOL_TRACKING;
	struct left_pages left;

	might_sleep();
	while (take_left(&left, tracking)) {
		if (tracking)
			tell_mdl(&left);
		else
			tell_process(&left);
		release_orphans(&left);
	}
}

/* --- when processes end --------------------------------------------------- */

static atomic_t exits_pending;

static void look_again(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look_again);

/* Has the process no threads any more, although its address space has users? */
static bool is_gone(pid_t tgid)
{
	struct task_struct *task;
	bool gone;

	rcu_read_lock();
	task = pid_task(find_pid_ns(tgid, &init_pid_ns), PIDTYPE_TGID);
	gone = !task || !atomic_read(&task->signal->live);
	rcu_read_unlock();
	return gone;
}

static bool any_to_come(void)
{
	const struct mdl_hold *hold;
	unsigned long flags;
	bool any = false;

	spin_lock_irqsave(&mdl_table_lock, flags);
	list_for_each_entry(hold, &mdl_holds, all) {
		any = !is_judged(hold) && is_gone(hold->tgid);
		if (any)
			break;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return any;
}

static void look(void)
{
	mdl_judge();
	if (any_to_come())
		queue_delayed_work(system_unbound_wq, &look_work, LOOK_AGAIN);
}

static void look_again(struct work_struct *work)
{
	look();
}

static void exiting_looks(struct callback_head *work)
{
	kfree(work);
	look();
	if (atomic_dec_and_test(&exits_pending))
		wake_up_var(&exits_pending);
}

static bool let_it_look(struct task_struct *task)
{
	struct callback_head *work = kmalloc(sizeof(*work),
					     GFP_ATOMIC | __GFP_NOWARN);

	if (!work)
		return false;
	init_task_work(work, exiting_looks);
	atomic_inc(&exits_pending);
	if (!kcompat_task_work_add(task, work, TWA_NONE))
		return true;
	atomic_dec(&exits_pending);
	kfree(work);
	return false;
}

/**
 * mdl_thread_exits() - a thread is on its way out
 * @task: it; the last of its process is of interest
 *
 * Context: that of a tracepoint.
 */
void mdl_thread_exits(struct task_struct *task)
{
	if (list_empty(&mdl_holds) || atomic_read(&task->signal->live))
		return;
	if (!let_it_look(task))
		queue_delayed_work(system_unbound_wq, &look_work, 1);
}

/* --- when drivers go ------------------------------------------------------ */

/* What a driver whose code is going has made, and the mapping of it. */
static struct mdl_hold *take_of_module(const struct module *module,
				       struct mdl_map **map)
{
	struct mdl_hold *hold;
	unsigned long flags;

	spin_lock_irqsave(&mdl_table_lock, flags);
	list_for_each_entry(hold, &mdl_holds, all)
		if (within_module(hold->caller[0], module)) {
			*map = mdl_hold_take_map_locked(hold);
			mdl_hold_remove_locked(hold);
			goto out;
		}
	hold = NULL;
out:
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return hold;
}

static void tell_of_hold(const struct mdl_hold *hold)
{
	if (hold->source != MDL_OF_PARENT && !hold->told)
		bugcheck_for(hold->mm ? hold->tgid : current->tgid,
			     BUGCHECK_DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS,
			     hold->caller[0], hold->caller[1],
			     (unsigned long)hold->mdl, hold->count);
}

/**
 * mdl_module_leaks() - a driver goes: release what it has left locked, and tell
 * @module: it; its exit function has run
 *
 * Locked pages are 0xCB [caller, his caller, mdl, pages], as NT would find them when
 * the process ends; pages it has allocated are 0xC4/62 [name, 0, 1], as pool would be.
 *
 * Context: may sleep.
 */
void mdl_module_leaks(struct module *module)
{
	struct mdl_hold *hold;
	struct mdl_map *map;

	while ((hold = take_of_module(module, &map))) {
		if (hold->source == MDL_OF_ITS_OWN)
			mdl_violation(MDL_DRIVER_LEFT_POOL,
				      (unsigned long)module->name, 0, 1);
		else
			tell_of_hold(hold);
		mdl_let_go(hold, map);
	}
}
EXPORT_FOR_TESTS(mdl_module_leaks);

static int module_event(struct notifier_block *block, unsigned long event,
			void *module)
{
	if (event == MODULE_STATE_GOING)
		mdl_module_leaks(module);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = { .notifier_call = module_event };

/**
 * mdl_init() - from now on, watch drivers
 *
 * Context: may sleep; after kcompat_task_work_init().
 * Return: 0 or -errno.
 */
int mdl_init(void)
{
	return register_module_notifier(&module_notifier);
}

/**
 * mdl_exit() - watch no more
 *
 * Context: may sleep; all drivers are gone, and with them what they held.  No thread's
 * exit is told any more.
 */
void mdl_exit(void)
{
	unregister_module_notifier(&module_notifier);
	wait_var_event(&exits_pending, !atomic_read(&exits_pending));
	synchronize_rcu_tasks(); /* the last may still be in this module's code */
	cancel_delayed_work_sync(&look_work);
	mdl_flush_later();
	WARN_ON_ONCE(!list_empty(&mdl_holds));
	mdl_window_exit();
}
