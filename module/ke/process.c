// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes ("PsGetCurrentProcess" and its kin, Windows driver documentation).
 *
 * A process object is made when it is first asked for, and found again in a table by its
 * struct pid and address space.  On NT the pointer is good as long as the process is
 * there, referenced or not; so objects stay in the table till their process has been
 * waited for by its parent, and are looked for then whenever a new one is entered.  What
 * a process was before it executed another program goes, too, unless it is referenced:
 * a process can do that without end.
 */
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "ke/object.h"

static DEFINE_HASHTABLE(processes, 8);
static DEFINE_SPINLOCK(processes_lock);

static void system_release(struct object *object)
{
	WARN_ON_ONCE(1); /* somebody has dereferenced it too often */
	refcount_set(&object->refs, 1);
}

static struct _EPROCESS system_process = {
	.object.header.Type = ProcessObject,
	.object.refs = REFCOUNT_INIT(1),
	.object.release = system_release,
	.object.self = &system_process.object,
};

PEPROCESS PsInitialSystemProcess = &system_process;
EXPORT_SYMBOL_GPL(PsInitialSystemProcess);

/* A type is told by its address. */
static char process_type_place;
static POBJECT_TYPE process_type = (POBJECT_TYPE)&process_type_place;
POBJECT_TYPE *PsProcessType = &process_type;
EXPORT_SYMBOL_GPL(PsProcessType);

/* In a thread: the last of an address space cannot be given back in a softirq. */
static void free_process(struct work_struct *work)
{
	PEPROCESS process =
		container_of(to_rcu_work(work), struct _EPROCESS, free);

	put_pid(process->tgid);
	if (process->mm)
		mmdrop(process->mm);
	kfree(process);
}

static void release_process(struct object *object)
{
	work_after_readers(&container_of(object, struct _EPROCESS, object)->free);
}

/* @mm NULL: the newest, whichever address space it has. */
static PEPROCESS find(struct pid *tgid, const struct mm_struct *mm)
{
	PEPROCESS process;

	hash_for_each_possible_rcu(processes, process, node, (unsigned long)tgid,
				   lockdep_is_held(&processes_lock))
		if (process->tgid == tgid && (!mm || process->mm == mm))
			return process;
	return NULL;
}

static PEPROCESS make(struct pid *tgid, struct mm_struct *mm)
{
	gfp_t gfp = ntpool_irql() < DISPATCH_LEVEL ? GFP_KERNEL_ACCOUNT :
						     GFP_ATOMIC;
	PEPROCESS process = kzalloc(sizeof(*process), gfp);

	if (!process)
		return NULL;
	object_init(&process->object, ProcessObject, release_process);
	INIT_RCU_WORK(&process->free, free_process);
	process->tgid = get_pid(tgid);
	process->mm = mm;
	if (mm)
		mmgrab(mm);
	return process;
}

static bool is_gone(const struct _EPROCESS *process)
{
	bool gone;

	rcu_read_lock();
	gone = !pid_task(process->tgid, PIDTYPE_TGID);
	rcu_read_unlock();
	return gone;
}

static bool is_former(const struct _EPROCESS *process,
		      const struct _EPROCESS *now)
{
	return process->tgid == now->tgid && process->mm &&
	       process->mm != now->mm && !atomic_read(&process->mm->mm_users);
}

/* Those in the same chain whose process is no more, and what @now's was before. */
static void reap_locked(const struct _EPROCESS *now)
{
	struct hlist_node *next;
	PEPROCESS process;

	lockdep_assert_held(&processes_lock);
	hash_for_each_possible_safe(processes, process, next, node,
				    (unsigned long)now->tgid) {
		if (is_gone(process)) {
			hash_del_rcu(&process->node);
			ObfDereferenceObject(process);
		} else if (is_former(process, now) &&
			   refcount_dec_if_one(&process->object.refs)) {
			hash_del_rcu(&process->node);
			release_process(&process->object);
		}
	}
}

/*
 * Enter it, unless another thread was quicker; who is in the table then, with a
 * reference?
 */
static PEPROCESS enter(PEPROCESS process)
{
	unsigned long flags;
	PEPROCESS old;

	spin_lock_irqsave(&processes_lock, flags);
	old = find(process->tgid, process->mm);
	if (old) {
		refcount_inc(&old->object.refs);
	} else {
		reap_locked(process);
		refcount_inc(&process->object.refs);
		hash_add_rcu(processes, &process->node,
			     (unsigned long)process->tgid);
	}
	spin_unlock_irqrestore(&processes_lock, flags);
	if (!old)
		return process;
	ObfDereferenceObject(process);
	return old;
}

/* With a reference; NULL if it is not in the table, or about to leave it. */
static PEPROCESS find_referenced(struct pid *tgid, const struct mm_struct *mm)
{
	PEPROCESS process;

	rcu_read_lock();
	process = find(tgid, mm);
	if (process && !refcount_inc_not_zero(&process->object.refs))
		process = NULL;
	rcu_read_unlock();
	return process;
}

/* With a reference, NULL without memory. */
static PEPROCESS find_or_make(struct pid *tgid, struct mm_struct *mm)
{
	PEPROCESS process = find_referenced(tgid, mm);

	if (process)
		return process;
	process = make(tgid, mm);
	return process ? enter(process) : NULL;
}

/* The table's own reference keeps it, as long as the process is there. */
static PEPROCESS unreferenced(PEPROCESS process)
{
	if (process)
		ObfDereferenceObject(process);
	return process;
}

/**
 * PsGetCurrentProcess() - the process in whose address space the thread is
 *
 * That to which it is attached, or its own; of a thread of the system without either, the
 * system process.
 *
 * Context: any but NMI.  In a DPC it is whatever process was interrupted.
 * Return: the process, without a reference: it is good as long as the process is there,
 * and has not executed another program.  NULL without memory.
 */
PEPROCESS PsGetCurrentProcess(void)
{
	PEPROCESS attached;

	if (!(current->flags & PF_KTHREAD))
		return unreferenced(find_or_make(task_tgid(current),
						 current->mm));
	attached = attach_current();
	return attached ?: PsInitialSystemProcess;
}
EXPORT_SYMBOL_GPL(PsGetCurrentProcess);

/* In an interrupt its lock cannot be had: then what is known must do. */
static struct mm_struct *grab_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	if (!in_task() || irqs_disabled())
		return NULL;
	task_lock(task);
	mm = task->mm;
	if (mm)
		mmgrab(mm);
	task_unlock(task);
	return mm;
}

/*
 * With a reference, NULL without memory.  @tgid: its thread group; NULL, as that of one
 * that has been waited for: it has no number any more.
 */
static PEPROCESS process_of_task(struct task_struct *task, struct pid *tgid)
{
	PEPROCESS process = PsInitialSystemProcess;
	struct mm_struct *mm;

	if (!tgid || task->flags & PF_KTHREAD) {
		ObfReferenceObject(process);
		return process;
	}
	mm = grab_mm(task);
	process = find_or_make(tgid, mm);
	if (mm)
		mmdrop(mm);
	return process;
}

/**
 * IoThreadToProcess() - the process that a thread belongs to
 * @Thread: the thread; the caller keeps it.  NULL is the system's
 *
 * Asked for the first time in an interrupt or a DPC it is one without an address space.
 * Of a thread whose process has been waited for by its parent it is the system process:
 * nothing tells any more what it was.
 *
 * Context: any but NMI.
 * Return: as PsGetCurrentProcess().
 */
PEPROCESS IoThreadToProcess(PETHREAD Thread)
{
	struct task_struct *task = (struct task_struct *)Thread;
	PEPROCESS process;
	struct pid *tgid;

	if (!Thread || thread_is_object(Thread))
		return PsInitialSystemProcess;
	tgid = get_task_pid(task, PIDTYPE_TGID);
	process = process_of_task(task, tgid);
	put_pid(tgid);
	return unreferenced(process);
}
EXPORT_SYMBOL_GPL(IoThreadToProcess);

/**
 * process_of_requester() - the process that a thread was in when it asked for something
 * @task: the thread; the caller keeps it
 * @mm: the address space that it had then; likewise
 *
 * Context: any but NMI.
 * Return: as IoThreadToProcess(), always with its address space.
 */
PEPROCESS process_of_requester(struct task_struct *task, struct mm_struct *mm)
{
	struct pid *tgid = get_task_pid(task, PIDTYPE_TGID);
	PEPROCESS process = PsInitialSystemProcess;

	if (tgid)
		process = unreferenced(find_or_make(tgid, mm));
	put_pid(tgid);
	return process;
}

/**
 * PsGetProcessId() - the number of a process
 * @Process: it
 *
 * Context: any.
 * Return: the thread group's; 0 of the system process.
 */
HANDLE PsGetProcessId(PEPROCESS Process)
{
	return (HANDLE)(ULONG_PTR)pid_nr(Process->tgid);
}
EXPORT_SYMBOL_GPL(PsGetProcessId);

/**
 * PsLookupProcessByProcessId() - a process by its number
 * @ProcessId: the number, in the first PID namespace
 * @Process: set to it, with a reference
 *
 * Context: IRQL <= APC.
 * Return: STATUS_SUCCESS, STATUS_INVALID_CID, or STATUS_NO_MEMORY.
 */
NTSTATUS PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
	struct task_struct *task;
	struct pid *tgid;

	*Process = NULL;
	rcu_read_lock();
	/* Now: once its parent has waited for it the task knows it no more. */
	tgid = find_pid_ns((ULONG_PTR)ProcessId, &init_pid_ns);
	task = pid_task(tgid, PIDTYPE_TGID);
	if (task) {
		get_task_struct(task);
		get_pid(tgid);
	}
	rcu_read_unlock();
	if (!task)
		return STATUS_INVALID_CID;
	*Process = process_of_task(task, tgid);
	put_pid(tgid);
	put_task_struct(task);
	return *Process ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
EXPORT_SYMBOL_GPL(PsLookupProcessByProcessId);

/* No driver is left. */
void process_exit(void)
{
	struct hlist_node *next;
	PEPROCESS process;
	int i;

	hash_for_each_safe(processes, i, next, process, node) {
		hash_del_rcu(&process->node);
		ObfDereferenceObject(process);
	}
	rcu_barrier();
}
