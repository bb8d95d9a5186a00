// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session's layout, and the walk through the page tables.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "core/core.h"
#include "dev/dev.h"
#include "dev/session.h"
#include "pool/pool.h"

/*
 * NT sets its layout at boot, when nothing is allocated yet; so a layout that
 * has no room for what the session has already is refused.
 */
static int put_layout(struct session *session, const struct vas_layout *wanted)
{
	bool room;

	spin_lock(&session->lock);
	room = session->paged_used <= wanted->paged_budget &&
	       session->nonpaged_used <= wanted->nonpaged_budget;
	if (room)
		session->layout = *wanted;
	spin_unlock(&session->lock);
	return room ? 0 : -EINVAL;
}

static int set_layout(struct session *session, u32 layout, u32 user_mb)
{
	struct vas_layout wanted;
	int err = vas_layout_get(layout, user_mb, &wanted);

	return err ?: put_layout(session, &wanted);
}

static void show_layout(struct ntpool_split *arg,
			const struct vas_layout *layout)
{
	arg->layout = layout->layout;
	arg->user_mb = layout->user_mb;
	arg->user_start = layout->user_start;
	arg->user_end = layout->user_end;
	arg->hole_start = layout->hole_start;
	arg->hole_end = layout->hole_end;
	arg->system_start = layout->system_start;
	arg->system_end = layout->system_end;
	arg->paged_budget = layout->paged_budget;
	arg->nonpaged_budget = layout->nonpaged_budget;
	arg->probe_address = layout->probe_address;
	arg->emulated = layout->emulated;
}

static void show_split(struct session *session, struct ntpool_split *arg)
{
	spin_lock(&session->lock);
	show_layout(arg, &session->layout);
	arg->paged_used = session->paged_used;
	arg->nonpaged_used = session->nonpaged_used;
	spin_unlock(&session->lock);
}

/**
 * handle_split() - NTPOOL_IOC_SPLIT
 * @session: the session
 * @u: struct ntpool_split
 *
 * Return: 0 or -EINVAL.
 */
int handle_split(struct session *session, union ioctl_arg *u)
{
	struct ntpool_split *arg = &u->split;
	int err = 0;

	if (arg->pad || arg->set > 1)
		return -EINVAL;
	if (arg->set)
		err = set_layout(session, arg->layout, arg->user_mb);
	else if (arg->layout || arg->user_mb)
		err = -EINVAL;
	if (err)
		return err;
	show_split(session, arg);
	arg->caller_end = vas_caller_end();
	arg->caller_bits = vas_caller_bits();
	return 0;
}

/**
 * space_classify() - what an address is, the pools included
 * @address: any number
 *
 * One of nonpaged pool is so only inside a live block, for that memory is the kernel's
 * between times.  Where paging is not active, paged blocks may lie in ordinary memory.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the class.
 */
enum ntpool_class space_classify(u64 address)
{
	enum ntpool_class kind = vas_classify(address);
	struct pool_block_info info;

	if (kind != NTPOOL_CLASS_SYSTEM || !pool_find(address, &info))
		return kind;
	return info.flags & NTPOOL_FLAG_PAGED ? NTPOOL_CLASS_PAGED_POOL :
						NTPOOL_CLASS_NONPAGED_POOL;
}
EXPORT_FOR_TESTS(space_classify);

static bool is_system(u32 kind)
{
	return kind != NTPOOL_CLASS_USER && kind != NTPOOL_CLASS_NONCANONICAL;
}

/*
 * The page numbers are in the entries, and in the indexes of a system address
 * the address itself.
 */
static void hide_frames(struct ntpool_walk *arg)
{
	memset(arg->entry, 0, sizeof(arg->entry));
	arg->frame = 0;
	if (!is_system(arg->kind))
		return;
	memset(arg->index, 0, sizeof(arg->index));
	arg->address = 0;
}

static int walk(u64 address, struct ntpool_walk *arg)
{
	int err = 0;

	arg->kind = space_classify(address);
	arg->address = address;
	arg->pad2 = 0;
	if (arg->kind == NTPOOL_CLASS_USER)
		err = vas_walk(current->mm, address, arg);
	else
		err = vas_walk(NULL, address, arg);
	if (!session_sees_addresses())
		hide_frames(arg);
	return err;
}

static int walk_block(struct session *session, struct ntpool_walk *arg)
{
	struct session_block *block = block_use(session, arg->handle);
	int err = -EINVAL;

	if (IS_ERR(block))
		return PTR_ERR(block);
	if (arg->address < block->size)
		err = walk((unsigned long)block->memory + arg->address, arg);
	block_done(block);
	return err;
}

/* A process's memory, kept; NULL where there is no such process, or it has none. */
static struct mm_struct *memory_of(pid_t nr)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = NULL;

	if (task) {
		mm = get_task_mm(task);
		put_task_struct(task);
	}
	put_pid(pid);
	return mm;
}

static int walk_process(struct ntpool_walk *arg)
{
	struct mm_struct *mm;
	int err;

	if (arg->handle || arg->pid > INT_MAX ||
	    space_classify(arg->address) != NTPOOL_CLASS_USER)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mm = memory_of(arg->pid);
	if (!mm)
		return -ESRCH;
	arg->kind = NTPOOL_CLASS_USER;
	arg->pad2 = 0;
	err = vas_walk_process(mm, arg->address, arg);
	mmput(mm);
	return err;
}

static int walk_address(struct ntpool_walk *arg)
{
	if (is_system(space_classify(arg->address)) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	return walk(arg->address, arg);
}

/**
 * handle_walk() - NTPOOL_IOC_WALK
 * @session: the session
 * @u: struct ntpool_walk
 *
 * Return: 0 or -errno.
 */
int handle_walk(struct session *session, union ioctl_arg *u)
{
	struct ntpool_walk *arg = &u->walk;

	if (arg->flags)
		return -EINVAL;
	if (arg->pid)
		return walk_process(arg);
	return arg->handle ? walk_block(session, arg) : walk_address(arg);
}
