// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering the address space of another process ("KeStackAttachProcess", Windows driver
 * documentation).
 *
 * Linux lets kernel threads do that, and them alone: a program's own thread can attach to
 * the process that it is in, and to no other.  Where the call cannot do what it is for,
 * nothing can go on behind it, for user addresses would be another process's: it raises,
 * after the bug check, if there is one.
 *
 * A process that has exited has an address space all the same, as on NT, with nothing in
 * it; and so has the system process.
 */
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "kcompat/empty_mm.h"
#include "ke/object.h"

/**
 * struct ntpool_attachment - a thread has entered an address space
 * @node: in attachments, under attachments_lock
 * @task: the thread, which alone makes and ends its attachments
 * @process: whose
 * @outer: the attachment around this one, or NULL
 * @mm: what is in use, with a reference to its users; NULL: what was in use before
 * @before: what that was, or NULL
 * @depth: how many attachments there are, this one included
 */
struct ntpool_attachment {
	struct hlist_node node;
	struct task_struct *task;
	PEPROCESS process;
	struct ntpool_attachment *outer;
	struct mm_struct *mm;
	struct mm_struct *before;
	unsigned int depth;
};

/* Of each thread only the innermost is in the table. */
static DEFINE_HASHTABLE(attachments, 6);
static DEFINE_SPINLOCK(attachments_lock);
atomic_t attachment_count;

static struct mm_struct *empty;

static struct ntpool_attachment *find_locked(void)
{
	struct ntpool_attachment *attachment;

	lockdep_assert_held(&attachments_lock);
	hash_for_each_possible(attachments, attachment, node,
			       (unsigned long)current)
		if (attachment->task == current)
			return attachment;
	return NULL;
}

/* It stays till its thread, which runs here, ends it. */
static struct ntpool_attachment *innermost(void)
{
	struct ntpool_attachment *attachment;
	unsigned long flags;

	if (!atomic_read(&attachment_count))
		return NULL;
	spin_lock_irqsave(&attachments_lock, flags);
	attachment = find_locked();
	spin_unlock_irqrestore(&attachments_lock, flags);
	return attachment;
}

static void set_innermost(struct ntpool_attachment *old,
			  struct ntpool_attachment *new)
{
	unsigned long flags;

	spin_lock_irqsave(&attachments_lock, flags);
	if (old)
		hash_del(&old->node);
	if (new)
		hash_add(attachments, &new->node, (unsigned long)current);
	spin_unlock_irqrestore(&attachments_lock, flags);
}

/**
 * attach_current() - the process to which the running thread is attached
 *
 * Context: any but NMI.
 * Return: the process, or NULL.
 */
PEPROCESS attach_current(void)
{
	struct ntpool_attachment *attachment = innermost();

	return attachment ? attachment->process : NULL;
}

/**
 * attach_depth_of_current() - how many attachments the running thread has
 *
 * Context: any but NMI.
 */
unsigned int attach_depth_of_current(void)
{
	struct ntpool_attachment *attachment = innermost();

	return attachment ? attachment->depth : 0;
}

/* 0x5 [target, process in force, whether it is attached, whether a DPC runs]. */
static void bad_attach(PEPROCESS process)
{
	ntpool_bugcheck(BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT,
			(unsigned long)process,
			(unsigned long)PsGetCurrentProcess(), attach_depth() > 0,
			!!in_serving_softirq());
}

/* Does the thread use the address space already? */
static bool is_in_force(PEPROCESS process)
{
	if (attach_depth() || !process->mm)
		return process == PsGetCurrentProcess();
	return process->mm == current->mm;
}

static struct mm_struct *get_mm(PEPROCESS process)
{
	if (process->mm && mmget_not_zero(process->mm))
		return process->mm;
	if (empty)
		mmget(empty);
	return empty;
}

static void use(struct mm_struct *old, struct mm_struct *new)
{
	if (old)
		kthread_unuse_mm(old);
	if (new)
		kthread_use_mm(new);
}

static NTSTATUS may_attach(PEPROCESS process)
{
	if (ntpool_irql() >= DISPATCH_LEVEL) {
		bad_attach(process);
		return STATUS_UNSUCCESSFUL;
	}
	if (current->flags & PF_KTHREAD || is_in_force(process))
		return STATUS_SUCCESS;
	bad_attach(process);
	return STATUS_NOT_SUPPORTED;
}

static NTSTATUS enter(struct ntpool_attachment *attachment, PEPROCESS process)
{
	attachment->task = current;
	attachment->process = process;
	attachment->outer = innermost();
	attachment->depth = attach_depth() + 1;
	attachment->before = current->mm;
	if (is_in_force(process))
		return STATUS_SUCCESS;
	attachment->mm = get_mm(process);
	if (!attachment->mm)
		return STATUS_PROCESS_IS_TERMINATING;
	use(attachment->before, attachment->mm);
	return STATUS_SUCCESS;
}

/**
 * KeStackAttachProcess() - enter the address space of a process
 * @Process: whose; the caller keeps it
 * @ApcState: for KeUnstackDetachProcess()
 *
 * Attachments nest.  At DISPATCH or above it is bug check 0x5 INVALID_PROCESS_ATTACH_-
 * ATTEMPT, as it is in a program's thread for a process that it is not in, and an
 * exception: STATUS_UNSUCCESSFUL, STATUS_NOT_SUPPORTED.
 *
 * Context: IRQL <= APC, in a thread of the system.
 */
VOID KeStackAttachProcess(PRKPROCESS Process, PRKAPC_STATE ApcState)
{
	struct ntpool_attachment *attachment;
	NTSTATUS status = may_attach(Process);

	ApcState->attachment = NULL;
	if (status != STATUS_SUCCESS)
		ExRaiseStatus(status);
	attachment = kzalloc(sizeof(*attachment), GFP_KERNEL | __GFP_NOFAIL);
	status = enter(attachment, Process);
	if (status != STATUS_SUCCESS) {
		kfree(attachment);
		ExRaiseStatus(status);
	}
	ObfReferenceObject(Process);
	set_innermost(attachment->outer, attachment);
	atomic_inc(&attachment_count);
	ApcState->attachment = attachment;
}
EXPORT_SYMBOL_GPL(KeStackAttachProcess);

static void end(struct ntpool_attachment *attachment)
{
	set_innermost(attachment, attachment->outer);
	atomic_dec(&attachment_count);
	if (attachment->mm) {
		use(attachment->mm, attachment->before);
		mmput(attachment->mm);
	}
	ObfDereferenceObject(attachment->process);
	kfree(attachment);
}

/**
 * KeUnstackDetachProcess() - leave it again
 * @ApcState: of the innermost attachment of this thread
 *
 * Anything else is bug check 0x6 INVALID_PROCESS_DETACH_ATTEMPT [state, its attachment, the
 * innermost one, IRQL], and nothing changes.
 *
 * Context: IRQL <= APC.
 */
VOID KeUnstackDetachProcess(PRKAPC_STATE ApcState)
{
	struct ntpool_attachment *attachment = innermost();
	u8 irql = ntpool_irql();

	if (!attachment || ApcState->attachment != attachment ||
	    irql >= DISPATCH_LEVEL) {
		ntpool_bugcheck(BUGCHECK_INVALID_PROCESS_DETACH_ATTEMPT,
				(unsigned long)ApcState,
				(unsigned long)ApcState->attachment,
				(unsigned long)attachment, irql);
		return;
	}
	ApcState->attachment = NULL;
	end(attachment);
}
EXPORT_SYMBOL_GPL(KeUnstackDetachProcess);

/**
 * attach_leave() - end the attachments that a routine has not
 * @depth: how many there were before it
 *
 * Each is bug check 0x5, as NT's system threads have it.
 *
 * Context: IRQL <= APC.
 */
void attach_leave(unsigned int depth)
{
	struct ntpool_attachment *attachment;

	while ((attachment = innermost()) && attachment->depth > depth) {
		bad_attach(PsInitialSystemProcess);
		end(attachment);
	}
}

void attach_init(void)
{
	empty = kcompat_empty_mm();
}

void attach_exit(void)
{
	WARN_ON_ONCE(atomic_read(&attachment_count));
	if (empty)
		mmput(empty);
}
