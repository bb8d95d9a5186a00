// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread that exits takes its calls with it: they are cancelled, and it waits
 * until their drivers have completed them, however long that takes.  Nobody who
 * waits for the process to end sees it end before.
 *
 * Linux tells modules of an exit by a tracepoint, in which sleeping is not allowed;
 * but task work that is added there runs a little later on the same way out.  By then
 * the thread has left its address space, so nothing is copied into it any more.
 */
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "core/core.h"
#include "io/call.h"
#include "io/mdl.h"
#include "kcompat/task_work.h"

#define BUCKET_BITS 6

static struct bucket {
	spinlock_t lock; /* protects calls; interrupts off, under mdl_table_lock */
	struct hlist_head calls;
} buckets[1 << BUCKET_BITS];

static struct tracepoint *exit_tracepoint;

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &buckets[hash_ptr(task, BUCKET_BITS)];
}

/**
 * rundown_add() - the call ends before its requester does
 * @call: not done
 *
 * Context: thread.
 */
void rundown_add(struct io_call *call)
{
	struct bucket *bucket = bucket_of(call->task);

	io_call_get(call);
	spin_lock_irq(&bucket->lock);
	hlist_add_head(&call->peers, &bucket->calls);
	spin_unlock_irq(&bucket->lock);
}
EXPORT_FOR_TESTS(rundown_add);

/**
 * rundown_remove() - it has ended
 * @call: the call; the caller has a reference beside the list's
 *
 * Context: may sleep.
 */
void rundown_remove(struct io_call *call)
{
	struct bucket *bucket = bucket_of(call->task);
	bool listed;

	spin_lock_irq(&bucket->lock);
	listed = !hlist_unhashed(&call->peers);
	hlist_del_init(&call->peers);
	spin_unlock_irq(&bucket->lock);
	if (listed)
		io_call_put(call);
}
EXPORT_FOR_TESTS(rundown_remove);

/**
 * rundown_any_of() - has a process requests under way
 * @mm: its address space, or what was it
 *
 * Context: any but above DISPATCH; takes no lock but its own.
 * Return: whether there are, but for those a thread waits for in place: it has not left
 * the address space yet.
 */
bool rundown_any_of(const struct mm_struct *mm)
{
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		struct bucket *bucket = &buckets[i];
		struct io_call *call;
		bool found = false;

		if (hlist_empty(&bucket->calls))
			continue;
		spin_lock_irqsave(&bucket->lock, flags);
		hlist_for_each_entry(call, &bucket->calls, peers)
			found |= call->mm == mm;
		spin_unlock_irqrestore(&bucket->lock, flags);
		if (found)
			return true;
	}
	return false;
}

/* With a reference. */
static struct io_call *rundown_first(const struct task_struct *task)
{
	struct bucket *bucket = bucket_of(task);
	struct io_call *call, *found = NULL;
	unsigned long flags;

	if (hlist_empty(&bucket->calls))
		return NULL;
	spin_lock_irqsave(&bucket->lock, flags);
	hlist_for_each_entry(call, &bucket->calls, peers) {
		if (call->task != task)
			continue;
		found = call;
		io_call_get(found);
		break;
	}
	spin_unlock_irqrestore(&bucket->lock, flags);
	return found;
}

static void rundown_one(struct io_call *call)
{
	spin_lock_irq(&call->lock);
	call->awaited = true;
	spin_unlock_irq(&call->lock);
	io_call_cancel(call);
	wait_event(call->wait, io_call_is_back(call));
	/* Somebody else may be at it: a call that is done is in no list. */
	if (!io_call_finish(call))
		rundown_remove(call);
}

static void rundown_run(struct callback_head *work)
{
	struct io_call *first = container_of(work, struct io_call, rundown);
	struct io_call *call;

	while ((call = rundown_first(current))) {
		rundown_one(call);
		io_call_put(call);
	}
	io_call_put(first);
	mdl_judge();
}

static void end_calls_of(struct task_struct *task)
{
	struct io_call *call = rundown_first(task);

	if (!call)
		return;
	init_task_work(&call->rundown, rundown_run);
	/* It fails for no thread that has not come here yet. */
	WARN_ON_ONCE(kcompat_task_work_add(task, &call->rundown, TWA_NONE));
}

/* Of newer kernels' arguments these two are the first. */
static void thread_exits(void *unused, struct task_struct *task)
{
	mdl_thread_exits(task);
	end_calls_of(task);
}

static void find_tracepoint(struct tracepoint *tp, void *name)
{
	if (!strcmp(tp->name, name))
		exit_tracepoint = tp;
}

/**
 * rundown_init() - from now on, watch threads
 *
 * Context: may sleep; after kcompat_task_work_init() and mdl_init().
 * Return: 0 or -errno.
 */
int rundown_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		spin_lock_init(&buckets[i].lock);
	for_each_kernel_tracepoint(find_tracepoint, "sched_process_exit");
	if (!exit_tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(exit_tracepoint, thread_exits, NULL);
}

/**
 * rundown_exit() - watch no more
 *
 * Context: may sleep.
 */
void rundown_exit(void)
{
	tracepoint_probe_unregister(exit_tracepoint, thread_exits, NULL);
	tracepoint_synchronize_unregister();
}
