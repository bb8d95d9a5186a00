// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work items ("System worker threads", Windows driver documentation, and the page of
 * each call): calls that a thread of the system makes, at PASSIVE.
 *
 * As on NT the object of an IO_WORKITEM stays from its being queued till its routine has
 * returned.  What keeps it is above us: an observer.
 *
 * Misuse is bug check 0xE4 WORKER_INVALID [1: queued while it is queued; 2: freed
 * while it is, item, its start, its end].  What is queued and what runs is in
 * lists, so that the calls of a driver that goes can be found and waited for: 0xCE.
 */
#include <linux/export.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <ntpool/work.h>

#include "ke/internal.h"

enum bad_worker {
	BAD_WORKER_QUEUED_TWICE = 1,
	BAD_WORKER_FREED = 2,
};

/**
 * struct work_call - a call that is being made
 * @node: in running, under work_lock
 * @routine: the driver's
 * @item: only good for handing it to the routine
 * @object: IoObject of an IO_WORKITEM
 * @parameter: of the routine
 * @call: makes it
 * @held: @object is to be let go
 */
struct work_call {
	struct list_head node;
	void *routine;
	void *item;
	void *object;
	void *parameter;
	void (*call)(void *argument);
	bool held;
};

static const struct work_observer *work_observer;
static struct workqueue_struct *threads, *urgent_threads;
static LIST_HEAD(queued);  /* ntpool_work.node, under work_lock */
static LIST_HEAD(running); /* under work_lock */
static DEFINE_RAW_SPINLOCK(work_lock);
static DECLARE_WAIT_QUEUE_HEAD(call_done);

static void bad_worker(enum bad_worker what, const void *item, size_t size)
{
	ntpool_bugcheck(BUGCHECK_WORKER_INVALID, what, (unsigned long)item,
			(unsigned long)item, (unsigned long)item + size);
}

static void prepare(struct ntpool_work *item, work_func_t work)
{
	if (object_is_on_stack(item))
		INIT_WORK_ONSTACK(&item->work, work);
	else
		INIT_WORK(&item->work, work);
	INIT_LIST_HEAD(&item->node);
}

static bool is_queued(const struct ntpool_work *item)
{
	unsigned long flags;
	bool is;

	raw_spin_lock_irqsave(&work_lock, flags);
	is = !list_empty(&item->node);
	raw_spin_unlock_irqrestore(&work_lock, flags);
	return is;
}

static struct workqueue_struct *threads_for(WORK_QUEUE_TYPE type)
{
	switch (type) {
	case CriticalWorkQueue:
	case HyperCriticalWorkQueue:
	case RealTimeWorkQueue:
	case SuperCriticalWorkQueue:
		return urgent_threads;
	default:
		return threads;
	}
}

/* Whether it was not queued, and is now. */
static bool enter(struct ntpool_work *item, void *routine)
{
	unsigned long flags;
	bool free;

	raw_spin_lock_irqsave(&work_lock, flags);
	free = list_empty(&item->node);
	if (free) {
		item->routine = routine;
		list_add_tail(&item->node, &queued);
	}
	raw_spin_unlock_irqrestore(&work_lock, flags);
	return free;
}

/**
 * work_observe() - have somebody keep objects
 * @observer: see ke.h; NULL for nobody, when no driver is left
 *
 * Context: any.
 */
void work_observe(const struct work_observer *observer)
{
	work_observer = observer;
}

static bool hold(void *object)
{
	return object && work_observer && work_observer->hold(object);
}

/* Once it is out of the queue it may be queued again, or freed: it is not touched. */
static void run(struct ntpool_work *item, struct work_call *call)
{
	raw_spin_lock_irq(&work_lock);
	list_del_init(&item->node);
	call->routine = item->routine;
	list_add_tail(&call->node, &running);
	raw_spin_unlock_irq(&work_lock);
	guard_call(call->call, call, call->routine);
	raw_spin_lock_irq(&work_lock);
	list_del(&call->node);
	raw_spin_unlock_irq(&work_lock);
	wake_up_all(&call_done);
}

static void call_io(void *argument)
{
	const struct work_call *call = argument;

	((PIO_WORKITEM_ROUTINE)call->routine)(call->object, call->parameter);
}

static void call_io_ex(void *argument)
{
	const struct work_call *call = argument;

	((PIO_WORKITEM_ROUTINE_EX)call->routine)(call->object, call->parameter,
						 call->item);
}

static void io_work(struct work_struct *work)
{
	PIO_WORKITEM item = container_of(work, IO_WORKITEM, Item.work);
	struct work_call call = {
		.item = item,
		.object = item->IoObject,
		.parameter = item->Context,
		.call = item->Extended ? call_io_ex : call_io,
		.held = item->Held,
	};

	run(&item->Item, &call);
	if (call.held)
		work_observer->let_go(call.object);
}

static void call_ex(void *argument)
{
	const struct work_call *call = argument;

	((PWORKER_THREAD_ROUTINE)call->routine)(call->parameter);
}

static void ex_work(struct work_struct *work)
{
	PWORK_QUEUE_ITEM item = container_of(work, WORK_QUEUE_ITEM, Item.work);
	struct work_call call = {
		.parameter = item->Parameter,
		.call = call_ex,
	};

	run(&item->Item, &call);
}

/**
 * IoInitializeWorkItem() - make a work item in memory of the caller's
 * @IoObject: device or driver, handed to the routine
 * @IoWorkItem: IoSizeofWorkItem() bytes of nonpaged memory
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoInitializeWorkItem(PVOID IoObject, PIO_WORKITEM IoWorkItem)
{
	prepare(&IoWorkItem->Item, io_work);
	IoWorkItem->IoObject = IoObject;
}
EXPORT_SYMBOL_GPL(IoInitializeWorkItem);

/**
 * IoUninitializeWorkItem() - be done with an item of IoInitializeWorkItem()
 * @IoWorkItem: it; queued is bug check 0xE4/2, and it stays in use
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoUninitializeWorkItem(PIO_WORKITEM IoWorkItem)
{
	if (is_queued(&IoWorkItem->Item))
		bad_worker(BAD_WORKER_FREED, IoWorkItem, sizeof(*IoWorkItem));
}
EXPORT_SYMBOL_GPL(IoUninitializeWorkItem);

/**
 * IoSizeofWorkItem() - how large an IO_WORKITEM is
 *
 * Return: bytes.
 */
ULONG IoSizeofWorkItem(void)
{
	return sizeof(IO_WORKITEM);
}
EXPORT_SYMBOL_GPL(IoSizeofWorkItem);

/**
 * IoAllocateWorkItem() - make a work item
 * @DeviceObject: handed to the routine
 *
 * Context: IRQL <= DISPATCH.
 * Return: the item, or NULL without memory.
 */
PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
	gfp_t gfp = ntpool_irql() < DISPATCH_LEVEL ? GFP_KERNEL : GFP_ATOMIC;
	PIO_WORKITEM item = kzalloc(sizeof(*item), gfp);

	if (item)
		IoInitializeWorkItem(DeviceObject, item);
	return item;
}
EXPORT_SYMBOL_GPL(IoAllocateWorkItem);

/**
 * IoFreeWorkItem() - free an item of IoAllocateWorkItem()
 * @IoWorkItem: it; its own routine may do so.  One that is queued is bug check
 *		0xE4/2, and stays
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoFreeWorkItem(PIO_WORKITEM IoWorkItem)
{
	if (is_queued(&IoWorkItem->Item))
		bad_worker(BAD_WORKER_FREED, IoWorkItem, sizeof(*IoWorkItem));
	else
		kfree(IoWorkItem);
}
EXPORT_SYMBOL_GPL(IoFreeWorkItem);

static void queue_io(PIO_WORKITEM item, void *routine, bool extended,
		     WORK_QUEUE_TYPE type, PVOID context)
{
	if (!enter(&item->Item, routine)) {
		bad_worker(BAD_WORKER_QUEUED_TWICE, item, sizeof(*item));
		return;
	}
	item->Extended = extended;
	item->Context = context;
	item->Held = hold(item->IoObject);
	queue_work(threads_for(type), &item->Item.work);
}

/**
 * IoQueueWorkItem() - have a thread of the system call a routine
 * @IoWorkItem: the item; queued already is bug check 0xE4/1, and changes nothing
 * @WorkerRoutine: called with the item's device and @Context, at PASSIVE
 * @QueueType: DelayedWorkQueue
 * @Context: for the routine
 *
 * The device stays till the routine has returned, also if it is deleted.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoQueueWorkItem(PIO_WORKITEM IoWorkItem,
		     PIO_WORKITEM_ROUTINE WorkerRoutine,
		     WORK_QUEUE_TYPE QueueType, PVOID Context)
{
	queue_io(IoWorkItem, WorkerRoutine, false, QueueType, Context);
}
EXPORT_SYMBOL_GPL(IoQueueWorkItem);

/**
 * IoQueueWorkItemEx() - the same, with a routine that is told its item
 * @IoWorkItem: the item
 * @WorkerRoutine: called with the item's object, @Context and the item
 * @QueueType: DelayedWorkQueue
 * @Context: for the routine
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoQueueWorkItemEx(PIO_WORKITEM IoWorkItem,
		       PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
		       WORK_QUEUE_TYPE QueueType, PVOID Context)
{
	queue_io(IoWorkItem, WorkerRoutine, true, QueueType, Context);
}
EXPORT_SYMBOL_GPL(IoQueueWorkItemEx);

/**
 * ExInitializeWorkItem() - make a work item
 * @Item: in nonpaged memory
 * @Routine: called with @Context
 * @Context: for it
 *
 * Context: IRQL <= DISPATCH.
 */
VOID ExInitializeWorkItem(PWORK_QUEUE_ITEM Item, PWORKER_THREAD_ROUTINE Routine,
			  PVOID Context)
{
	prepare(&Item->Item, ex_work);
	Item->WorkerRoutine = Routine;
	Item->Parameter = Context;
}
EXPORT_SYMBOL_GPL(ExInitializeWorkItem);

/**
 * ExQueueWorkItem() - have a thread of the system call its routine
 * @WorkItem: the item; queued already is bug check 0xE4/1, and changes nothing
 * @QueueType: how urgent it is
 *
 * Context: IRQL <= DISPATCH.
 */
VOID ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
	if (enter(&WorkItem->Item, WorkItem->WorkerRoutine))
		queue_work(threads_for(QueueType), &WorkItem->Item.work);
	else
		bad_worker(BAD_WORKER_QUEUED_TWICE, WorkItem, sizeof(*WorkItem));
}
EXPORT_SYMBOL_GPL(ExQueueWorkItem);

/* Does a routine of this module wait to be called, or run? */
static bool is_used_by(const struct module *module, bool *waits)
{
	struct ntpool_work *item;
	struct work_call *call;
	bool runs = false;

	*waits = false;
	raw_spin_lock_irq(&work_lock);
	list_for_each_entry(item, &queued, node)
		*waits |= within_module((unsigned long)item->routine, module);
	list_for_each_entry(call, &running, node)
		runs |= within_module((unsigned long)call->routine, module);
	raw_spin_unlock_irq(&work_lock);
	return runs || *waits;
}

/**
 * work_module_goes() - wait for the calls of a module that has finished
 * @module: it; still in memory
 *
 * Calls that still wait are bug check 0xCE [module, 0, 0, 0], and are made.
 *
 * Context: may sleep.
 */
void work_module_goes(const struct module *module)
{
	bool waits;

	if (!is_used_by(module, &waits))
		return;
	if (waits)
		ntpool_bugcheck(BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
				(unsigned long)module, 0, 0, 0);
	wait_event(call_done, !is_used_by(module, &waits));
}
EXPORT_FOR_TESTS(work_module_goes);

/**
 * work_after_readers() - do work of our own, after a grace period
 * @work: it
 *
 * Context: any but NMI.
 */
void work_after_readers(struct rcu_work *work)
{
	queue_rcu_work(threads, work);
}

int work_init(void)
{
	threads = alloc_workqueue("ntpool_work", WQ_UNBOUND, 0);
	urgent_threads = alloc_workqueue("ntpool_urgent",
					 WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (threads && urgent_threads)
		return 0;
	work_exit();
	return -ENOMEM;
}

void work_exit(void)
{
	if (threads)
		destroy_workqueue(threads);
	if (urgent_threads)
		destroy_workqueue(urgent_threads);
}
