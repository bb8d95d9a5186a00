// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred procedure calls ("Introduction to DPCs", Windows driver documentation, and
 * the page of each call).
 *
 * A CPU has a queue, and a tasklet that empties it: softirq context is DISPATCH.  The
 * tasklet is of high priority and comes when the interrupt that has queued a DPC is
 * over, without the scheduler.  A DPC that is queued by a thread below DISPATCH runs
 * before the call returns, as on NT.
 *
 * A queue's lock is taken with interrupts off; nothing is below it.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include <ntpool/dpc.h>

#include "ke/internal.h"

/**
 * struct dpc_queue - a CPU's DPCs
 * @lock: guards what follows, and the node and DpcData of all that is in it
 * @waiting: those queued
 * @batch: those that the tasklet found queued when it began, and has not called yet
 * @tasklet: calls them
 * @kick: schedules @tasklet from another CPU
 */
struct dpc_queue {
	raw_spinlock_t lock;
	struct list_head waiting;
	struct list_head batch;
	struct tasklet_struct tasklet;
	call_single_data_t kick;
};

static DEFINE_PER_CPU(struct dpc_queue, dpc_queues);

/* What is called: as of when it left the queue, for it may be queued again at once. */
struct dpc_call {
	PKDPC dpc;
	PKDEFERRED_ROUTINE routine;
	PVOID context;
	PVOID argument1;
	PVOID argument2;
};

/**
 * KeInitializeDpc() - make a DPC
 * @Dpc: in nonpaged memory
 * @DeferredRoutine: what is called
 * @DeferredContext: for it
 *
 * Context: any.
 */
VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
		     PVOID DeferredContext)
{
	*Dpc = (KDPC){
		.DeferredRoutine = DeferredRoutine,
		.DeferredContext = DeferredContext,
		.Number = -1,
		.Importance = MediumImportance,
	};
}
EXPORT_SYMBOL_GPL(KeInitializeDpc);

/**
 * KeSetTargetProcessorDpc() - say where a DPC is to run
 * @Dpc: it, in no queue
 * @Number: of the CPU
 *
 * Context: any.
 */
VOID KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
	Dpc->Number = (UCHAR)Number;
}
EXPORT_SYMBOL_GPL(KeSetTargetProcessorDpc);

/**
 * KeSetImportanceDpc() - say at which end of the queue a DPC is put
 * @Dpc: it, in no queue
 * @Importance: HighImportance: at its head.  The others differ on NT in how soon the
 *		queue is looked at, which is at once here
 *
 * Context: any.
 */
VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
	Dpc->Importance = Importance;
}
EXPORT_SYMBOL_GPL(KeSetImportanceDpc);

/* Its CPU may have gone offline: then it is this one's. */
static struct dpc_queue *queue_for(const KDPC *dpc)
{
	LONG cpu = READ_ONCE(dpc->Number);

	if (cpu < 0 || cpu >= nr_cpu_ids || !cpu_online(cpu))
		return this_cpu_ptr(&dpc_queues);
	return per_cpu_ptr(&dpc_queues, cpu);
}

static bool enqueue(struct dpc_queue *queue, PKDPC dpc, PVOID argument1,
		    PVOID argument2)
{
	bool free;

	raw_spin_lock(&queue->lock);
	/* It may be in another CPU's queue, whose lock we do not have. */
	free = !cmpxchg(&dpc->DpcData, NULL, queue);
	if (free) {
		dpc->SystemArgument1 = argument1;
		dpc->SystemArgument2 = argument2;
		if (dpc->Importance == HighImportance)
			list_add(&dpc->node, &queue->waiting);
		else
			list_add_tail(&dpc->node, &queue->waiting);
	}
	raw_spin_unlock(&queue->lock);
	return free;
}

/* If the CPU goes offline meanwhile, what it has queued is called on another. */
static void schedule_queue(struct dpc_queue *queue)
{
	if (queue == this_cpu_ptr(&dpc_queues) ||
	    smp_call_function_single_async(queue->tasklet.data, &queue->kick) == -ENXIO)
		tasklet_hi_schedule(&queue->tasklet);
}

/**
 * KeInsertQueueDpc() - have a DPC called
 * @Dpc: it
 * @SystemArgument1: for the routine
 * @SystemArgument2: for the routine
 *
 * A DPC is queued once: if it has not been called since, nothing changes.  One in paged
 * pool is bug check 0xD1, and is not queued.
 *
 * Context: any but NMI.  Where the IRQL is below DISPATCH and the DPC is for this CPU,
 * it has run when the call returns.
 * Return: TRUE if it has been queued.
 */
BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1,
			 PVOID SystemArgument2)
{
	bool inserted, held;
	struct dpc_queue *queue;
	unsigned long flags;

	if (refuse_pageable(Dpc))
		return FALSE;
	held = dpcs_hold();
	local_irq_save(flags);
	queue = queue_for(Dpc);
	inserted = enqueue(queue, Dpc, SystemArgument1, SystemArgument2);
	if (inserted)
		schedule_queue(queue);
	local_irq_restore(flags);
	dpcs_let_go(held);
	return inserted;
}
EXPORT_SYMBOL_GPL(KeInsertQueueDpc);

/**
 * KeRemoveQueueDpc() - have a DPC not called after all
 * @Dpc: it
 *
 * Context: any but NMI.
 * Return: TRUE if it was queued, and is no more; else its routine may be running.
 */
BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc)
{
	struct dpc_queue *queue = READ_ONCE(Dpc->DpcData);
	unsigned long flags;
	bool removed;

	if (!queue)
		return FALSE;
	raw_spin_lock_irqsave(&queue->lock, flags);
	removed = Dpc->DpcData == queue;
	if (removed) {
		list_del(&Dpc->node);
		/* Pairs with the cmpxchg() in enqueue(). */
		smp_store_release(&Dpc->DpcData, NULL);
	}
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	return removed;
}
EXPORT_SYMBOL_GPL(KeRemoveQueueDpc);

/* Where none is left of the batch, @more says whether others have been queued since. */
static bool take_next(struct dpc_queue *queue, struct dpc_call *call, bool *more)
{
	PKDPC dpc;

	raw_spin_lock_irq(&queue->lock);
	*more = !list_empty(&queue->waiting);
	dpc = list_first_entry_or_null(&queue->batch, KDPC, node);
	if (dpc) {
		*call = (struct dpc_call){
			.dpc = dpc,
			.routine = dpc->DeferredRoutine,
			.context = dpc->DeferredContext,
			.argument1 = dpc->SystemArgument1,
			.argument2 = dpc->SystemArgument2,
		};
		list_del(&dpc->node);
		/* Pairs with the cmpxchg() in enqueue(): all of it has been read. */
		smp_store_release(&dpc->DpcData, NULL);
	}
	raw_spin_unlock_irq(&queue->lock);
	return dpc;
}

static PKDPC find_locked(struct list_head *list, dpc_matches *matches,
			 const void *argument)
{
	PKDPC dpc;

	list_for_each_entry(dpc, list, node)
		if (matches(dpc, argument))
			return dpc;
	return NULL;
}

static PKDPC find_in(struct dpc_queue *queue, dpc_matches *matches,
		     const void *argument, bool drop)
{
	unsigned long flags;
	PKDPC dpc;

	raw_spin_lock_irqsave(&queue->lock, flags);
	dpc = find_locked(&queue->waiting, matches, argument) ?:
								find_locked(&queue->batch, matches, argument);
	if (dpc && drop) {
		list_del(&dpc->node);
		/* Pairs with the cmpxchg() in enqueue(). */
		smp_store_release(&dpc->DpcData, NULL);
	}
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	return dpc;
}

/**
 * dpc_find() - look for a DPC that is queued
 * @matches: which; called with a lock held
 * @argument: for it
 * @drop: take it out of its queue
 *
 * Context: any but NMI.
 * Return: it, or NULL.  It may have been called, and be gone, since.
 */
PKDPC dpc_find(dpc_matches *matches, const void *argument, bool drop)
{
	PKDPC dpc = NULL;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		dpc = find_in(per_cpu_ptr(&dpc_queues, cpu), matches, argument,
			      drop);
		if (dpc)
			break;
	}
	return dpc;
}

static void call_routine(void *argument)
{
	const struct dpc_call *call = argument;

	call->routine(call->dpc, call->context, call->argument1,
		      call->argument2);
}

/* One that queues itself again waits for the next round, and other softirqs before it. */
static void run_queue(struct tasklet_struct *tasklet)
{
	struct dpc_queue *queue =
		container_of(tasklet, struct dpc_queue, tasklet);
	struct dpc_call call;
	bool more;

	raw_spin_lock_irq(&queue->lock);
	list_splice_tail_init(&queue->waiting, &queue->batch);
	raw_spin_unlock_irq(&queue->lock);
	while (take_next(queue, &call, &more))
		guard_call(call_routine, &call, call.routine);
	if (more)
		tasklet_hi_schedule(tasklet);
}

static void kicked(void *data)
{
	tasklet_hi_schedule(data);
}

/**
 * KeIsExecutingDpc() - does a DPC run on this CPU
 *
 * Context: any.
 */
BOOLEAN KeIsExecutingDpc(void)
{
	return !!in_serving_softirq();
}
EXPORT_SYMBOL_GPL(KeIsExecutingDpc);

struct dpc_flush {
	KDPC dpc;
	struct completion done;
};

static VOID flushed(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	complete(context);
}

static void flush_cpu(unsigned int cpu)
{
	struct dpc_flush flush;

	init_completion(&flush.done);
	KeInitializeDpc(&flush.dpc, flushed, &flush.done);
	flush.dpc.Number = cpu;
	KeInsertQueueDpc(&flush.dpc, NULL, NULL);
	wait_for_completion(&flush.done);
}

/**
 * KeFlushQueuedDpcs() - wait until all DPCs that are queued now have run
 *
 * Context: IRQL PASSIVE.
 */
VOID KeFlushQueuedDpcs(void)
{
	unsigned int cpu;

	might_sleep();
	cpus_read_lock();
	for_each_online_cpu(cpu)
		flush_cpu(cpu);
	cpus_read_unlock();
}
EXPORT_SYMBOL_GPL(KeFlushQueuedDpcs);

void dpc_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct dpc_queue *queue = per_cpu_ptr(&dpc_queues, cpu);

		raw_spin_lock_init(&queue->lock);
		INIT_LIST_HEAD(&queue->waiting);
		INIT_LIST_HEAD(&queue->batch);
		tasklet_setup(&queue->tasklet, run_queue);
		queue->tasklet.data = cpu;
		INIT_CSD(&queue->kick, kicked, &queue->tasklet);
	}
}

/* Nobody is left who could queue any. */
void dpc_exit(void)
{
	unsigned int cpu;

	KeFlushQueuedDpcs();
	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&dpc_queues, cpu)->tasklet);
}
