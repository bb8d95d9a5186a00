// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads of the system ("PsCreateSystemThread", Windows driver documentation): kernel
 * threads with an object that is signaled when they end.
 *
 * Each keeps this module from being unloaded until it is out of its code.
 */
#include <linux/export.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include <ntpool/thread.h>

#include "ke/object.h"

/**
 * struct _ETHREAD - a thread of the system
 * @object: first; signaled once the thread has ended
 * @node: in threads until then, under threads_lock
 * @routine: what it runs
 * @context: for that
 * @task: Linux's, a reference; NULL before it runs
 */
struct _ETHREAD {
	struct object object;
	struct list_head node;
	PKSTART_ROUTINE routine;
	PVOID context;
	struct task_struct *task;
};

static LIST_HEAD(threads);
static DEFINE_SPINLOCK(threads_lock);
static DECLARE_WAIT_QUEUE_HEAD(thread_ended);

static char thread_type_place;
static POBJECT_TYPE thread_type = (POBJECT_TYPE)&thread_type_place;
POBJECT_TYPE *PsThreadType = &thread_type;
EXPORT_SYMBOL_GPL(PsThreadType);

static void free_thread(struct object *object)
{
	PETHREAD thread = container_of(object, struct _ETHREAD, object);

	if (thread->task)
		put_task_struct(thread->task);
	kfree(thread);
}

static void __noreturn end_thread(PETHREAD thread, NTSTATUS status)
{
	struct dispatcher_guard guard;

	attach_leave(0);
	ntpool_lower_irql(PASSIVE_LEVEL);
	spin_lock_irq(&threads_lock);
	list_del(&thread->node);
	spin_unlock_irq(&threads_lock);
	wake_up_all(&thread_ended);
	dispatcher_lock(&thread->object.header, &guard);
	dispatcher_set_locked(&thread->object.header, 1);
	dispatcher_wake_locked(&thread->object.header);
	dispatcher_unlock(&guard);
	ObfDereferenceObject(thread);
	module_put_and_kthread_exit(status);
}

static void call_routine(void *argument)
{
	PETHREAD thread = argument;

	thread->routine(thread->context);
}

static int system_thread(void *data)
{
	PETHREAD thread = data;

	guard_call(call_routine, thread, thread->routine);
	end_thread(thread, STATUS_SUCCESS);
}

/* NULL if it is none of ours. */
static PETHREAD current_object(void)
{
	if (!(current->flags & PF_KTHREAD) ||
	    kthread_func(current) != system_thread)
		return NULL;
	return kthread_data(current);
}

static PETHREAD make_thread(PKSTART_ROUTINE routine, PVOID context)
{
	PETHREAD thread = kzalloc(sizeof(*thread), GFP_KERNEL);

	if (!thread)
		return NULL;
	object_init(&thread->object, ThreadObject, free_thread);
	thread->routine = routine;
	thread->context = context;
	return thread;
}

/* From here on the thread's own reference is its own. */
static void let_run(PETHREAD thread, struct task_struct *task)
{
	__module_get(THIS_MODULE);
	thread->task = get_task_struct(task);
	spin_lock_irq(&threads_lock);
	list_add(&thread->node, &threads);
	spin_unlock_irq(&threads_lock);
	wake_up_process(task);
}

/**
 * PsCreateSystemThread() - start a thread of the system
 * @ThreadHandle: set to a handle of it, for ObReferenceObjectByHandle() and ZwClose()
 * @DesiredAccess: without effect
 * @ObjectAttributes: without effect
 * @ProcessHandle: NULL: the system process, and no other
 * @ClientId: set to its numbers; or NULL
 * @StartRoutine: what it runs, at PASSIVE; when that returns the thread ends
 * @StartContext: for it
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS, STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
			      struct _OBJECT_ATTRIBUTES *ObjectAttributes,
			      HANDLE ProcessHandle, PCLIENT_ID ClientId,
			      PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
	struct task_struct *task;
	PETHREAD thread;

	if (ProcessHandle)
		return STATUS_INVALID_PARAMETER;
	thread = make_thread(StartRoutine, StartContext);
	*ThreadHandle = thread ? handle_open(&thread->object) : NULL;
	if (!*ThreadHandle)
		goto no_handle;
	task = kthread_create(system_thread, thread, "ntpool_system");
	if (IS_ERR(task))
		goto no_task;
	if (ClientId)
		*ClientId = (CLIENT_ID){
			.UniqueThread = (HANDLE)(ULONG_PTR)task->pid,
		};
	let_run(thread, task);
	return STATUS_SUCCESS;

no_task:
	ZwClose(*ThreadHandle);
	*ThreadHandle = NULL;
no_handle:
	if (thread)
		ObfDereferenceObject(thread);
	return STATUS_INSUFFICIENT_RESOURCES;
}
EXPORT_SYMBOL_GPL(PsCreateSystemThread);

/**
 * PsTerminateSystemThread() - end the running thread
 * @ExitStatus: of it
 *
 * Context: IRQL PASSIVE, in a thread of PsCreateSystemThread().
 * Return: STATUS_INVALID_PARAMETER in another thread; else it does not.
 */
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus)
{
	PETHREAD thread = current_object();

	if (!thread)
		return STATUS_INVALID_PARAMETER;
	end_thread(thread, ExitStatus);
}
EXPORT_SYMBOL_GPL(PsTerminateSystemThread);

/**
 * PsGetCurrentThread() - the running thread
 *
 * Context: any but NMI.
 * Return: its object, of a thread of PsCreateSystemThread(); of others a name only.
 */
PETHREAD PsGetCurrentThread(void)
{
	return current_object() ?: (PETHREAD)current;
}
EXPORT_SYMBOL_GPL(PsGetCurrentThread);

/**
 * thread_is_object() - is this one of our threads, whether it runs or has ended
 * @thread: an object or a name, which the caller keeps
 *
 * Context: any.
 */
bool thread_is_object(PETHREAD thread)
{
	const struct object *object = object_of(thread);

	return object && object->header.Type == ThreadObject;
}

/**
 * thread_task() - Linux's thread
 * @thread: an object or a name, which the caller keeps
 *
 * Context: any.
 */
struct task_struct *thread_task(PETHREAD thread)
{
	return thread_is_object(thread) ? thread->task : (struct task_struct *)thread;
}

/**
 * PsGetThreadId() - the number of a thread
 * @Thread: it, which the caller keeps
 *
 * Context: any.
 * Return: the number that PsGetCurrentThreadId() returns there.
 */
HANDLE PsGetThreadId(PETHREAD Thread)
{
	return (HANDLE)(ULONG_PTR)thread_task(Thread)->pid;
}
EXPORT_SYMBOL_GPL(PsGetThreadId);

/**
 * PsGetThreadProcessId() - the number of its process
 * @Thread: it, which the caller keeps
 *
 * Context: any.
 * Return: 0 of a thread of the system.
 */
HANDLE PsGetThreadProcessId(PETHREAD Thread)
{
	struct task_struct *task = thread_task(Thread);

	return (HANDLE)(ULONG_PTR)(task->flags & PF_KTHREAD ? 0 : task->tgid);
}
EXPORT_SYMBOL_GPL(PsGetThreadProcessId);

/**
 * PsIsSystemThread() - is a thread no program's
 * @Thread: it, which the caller keeps
 *
 * Context: any.
 */
BOOLEAN PsIsSystemThread(PETHREAD Thread)
{
	return !!(thread_task(Thread)->flags & PF_KTHREAD);
}
EXPORT_SYMBOL_GPL(PsIsSystemThread);

static PETHREAD find_of(const struct module *module)
{
	PETHREAD thread, found = NULL;

	spin_lock_irq(&threads_lock);
	list_for_each_entry(thread, &threads, node)
		if (within_module((unsigned long)thread->routine, module))
			found = thread;
	spin_unlock_irq(&threads_lock);
	return found;
}

/**
 * thread_module_goes() - wait for the threads of a module that has finished
 * @module: it; still in memory
 *
 * If there is any, that is bug check 0xCE [thread, 0, 0, 0].
 *
 * Context: may sleep.
 */
void thread_module_goes(const struct module *module)
{
	PETHREAD thread = find_of(module);

	if (!thread)
		return;
	ntpool_bugcheck(BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
			(unsigned long)thread, 0, 0, 0);
	wait_event(thread_ended, !find_of(module));
}
