// SPDX-License-Identifier: GPL-2.0-only
/* ke/work.c: the rules of work items. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/slab.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/process.h>
#include <ntpool/work.h>

#include "ke/internal.h"
#include "tests.h"

static struct {
	struct completion called, go;
	PVOID object, context;
	PIO_WORKITEM item;
	u8 irql;
	bool system_thread;
	int calls;
} seen;

static int forget(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	init_completion(&seen.called);
	init_completion(&seen.go);
	return 0;
}

static void note(PVOID object, PVOID context)
{
	seen.object = object;
	seen.context = context;
	seen.irql = ntpool_irql();
	seen.system_thread = current->flags & PF_KTHREAD;
	seen.calls++;
	complete(&seen.called);
}

static VOID io_routine(PDEVICE_OBJECT device, PVOID context)
{
	note(device, context);
}

static VOID io_routine_ex(PVOID object, PVOID context, PIO_WORKITEM item)
{
	seen.item = item;
	note(object, context);
}

static VOID routine(PVOID parameter)
{
	note(NULL, parameter);
}

static bool called(void)
{
	return wait_for_completion_timeout(&seen.called, 30 * HZ);
}

static void a_thread_of_the_system_calls_it_at_passive(struct kunit *test)
{
	PDEVICE_OBJECT device = (PDEVICE_OBJECT)&seen;
	PIO_WORKITEM item = IoAllocateWorkItem(device);

	KUNIT_ASSERT_NOT_NULL(test, item);
	IoQueueWorkItem(item, io_routine, DelayedWorkQueue, &item);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_PTR_EQ(test, seen.object, (PVOID)device);
	KUNIT_EXPECT_PTR_EQ(test, seen.context, (PVOID)&item);
	KUNIT_EXPECT_EQ(test, seen.irql, NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_TRUE(test, seen.system_thread);
	IoFreeWorkItem(item);
}

static void the_extended_routine_is_told_its_item(struct kunit *test)
{
	PIO_WORKITEM item = kmalloc(IoSizeofWorkItem(), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, item);
	IoInitializeWorkItem(&seen, item);
	IoQueueWorkItemEx(item, io_routine_ex, CriticalWorkQueue, &item);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_PTR_EQ(test, seen.item, item);
	KUNIT_EXPECT_PTR_EQ(test, seen.object, (PVOID)&seen);
	KUNIT_EXPECT_PTR_EQ(test, seen.context, (PVOID)&item);
	IoUninitializeWorkItem(item);
	kfree(item);
}

static void it_can_be_queued_at_dispatch(struct kunit *test)
{
	WORK_QUEUE_ITEM item;
	u8 old;

	ExInitializeWorkItem(&item, routine, &item);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_PTR_EQ(test, seen.context, (PVOID)&item);
	KUNIT_EXPECT_EQ(test, seen.irql, NTPOOL_IRQL_PASSIVE);
}

static VOID free_itself(PVOID object, PVOID context, PIO_WORKITEM item)
{
	IoFreeWorkItem(item);
	note(object, context);
}

static void its_routine_may_free_it(struct kunit *test)
{
	PIO_WORKITEM item = IoAllocateWorkItem(NULL);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, item);
	IoQueueWorkItemEx(item, free_itself, DelayedWorkQueue, NULL);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq);
}

static VOID queue_again(PVOID parameter)
{
	note(NULL, parameter);
	if (seen.calls < 3)
		ExQueueWorkItem(parameter, DelayedWorkQueue);
}

static void its_routine_may_queue_it_again(struct kunit *test)
{
	WORK_QUEUE_ITEM item;
	int i;

	ExInitializeWorkItem(&item, queue_again, &item);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_EQ(test, seen.calls, 3);
}

/* It looks as one does that is queued and whose turn has not come. */
static void queued_twice_is_bugcheck_e4_01_and_freed_while_queued_e4_02(struct kunit *test)
{
	PIO_WORKITEM item = IoAllocateWorkItem(NULL);
	u64 seq = bugcheck_last_seq();
	LIST_HEAD(waiting);

	KUNIT_ASSERT_NOT_NULL(test, item);
	list_add(&item->Item.node, &waiting);
	IoQueueWorkItem(item, io_routine, DelayedWorkQueue, NULL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_WORKER_INVALID, 1,
			(unsigned long)item, (unsigned long)item, (unsigned long)(item + 1));
	KUNIT_EXPECT_PTR_EQ(test, item->Context, NULL);
	seq = bugcheck_last_seq();
	IoFreeWorkItem(item);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_WORKER_INVALID, 2,
			(unsigned long)item, (unsigned long)item, (unsigned long)(item + 1));
	list_del_init(&item->Item.node);
	IoFreeWorkItem(item);
	KUNIT_EXPECT_EQ(test, seen.calls, 0);
}

static VOID leave_raised(PVOID parameter)
{
	ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	complete(&seen.called);
}

static bool record_comes(u64 seq, struct bugcheck_record *rec)
{
	int i;

	for (i = 0; i < 500 && !bugcheck_get(seq + 1, rec); i++)
		msleep(20);
	return i < 500;
}

static void a_routine_that_returns_at_dispatch_is_bugcheck_e1(struct kunit *test)
{
	struct bugcheck_record rec = {};
	u64 seq = bugcheck_last_seq();
	WORK_QUEUE_ITEM item;

	ExInitializeWorkItem(&item, leave_raised, &item);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_TRUE(test, record_comes(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)(unsigned long)leave_raised);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)NTPOOL_IRQL_DISPATCH);
}

static VOID leave_at_apc(PVOID parameter)
{
	ntpool_raise_irql(NTPOOL_IRQL_APC);
	complete(&seen.called);
}

static void a_routine_that_returns_at_apc_is_bugcheck_e1(struct kunit *test)
{
	int i, raised = atomic_read(&irql_apc_count);
	struct bugcheck_record rec = {};
	u64 seq = bugcheck_last_seq();
	WORK_QUEUE_ITEM item;

	ExInitializeWorkItem(&item, leave_at_apc, &item);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_TRUE(test, record_comes(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)(unsigned long)leave_at_apc);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)NTPOOL_IRQL_APC);
	ExInitializeWorkItem(&item, routine, &item);
	for (i = 0; i < 10; i++) {
		ExQueueWorkItem(&item, DelayedWorkQueue);
		KUNIT_EXPECT_TRUE(test, called());
		KUNIT_EXPECT_EQ(test, seen.irql, NTPOOL_IRQL_PASSIVE);
	}
	work_module_goes(THIS_MODULE);
	KUNIT_EXPECT_EQ(test, atomic_read(&irql_apc_count), raised);
}

static VOID end_at_apc(PVOID context)
{
	ntpool_raise_irql(NTPOOL_IRQL_APC);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static void a_thread_that_ends_at_apc_is_forgotten(struct kunit *test)
{
	int raised = atomic_read(&irql_apc_count);
	HANDLE handle;
	PVOID thread;

	KUNIT_ASSERT_EQ(test,
			PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, end_at_apc, NULL),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test,
			ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &thread, NULL),
			STATUS_SUCCESS);
	KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&irql_apc_count), raised);
	ObDereferenceObject(thread);
	ZwClose(handle);
}

static VOID raise_it(PVOID parameter)
{
	complete(&seen.called);
	ExRaiseStatus(STATUS_INTEGER_OVERFLOW);
}

static void an_exception_in_a_routine_is_bugcheck_1e_and_ends_it(struct kunit *test)
{
	struct bugcheck_record rec = {};
	u64 seq = bugcheck_last_seq();
	WORK_QUEUE_ITEM item;

	ExInitializeWorkItem(&item, raise_it, &item);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	KUNIT_EXPECT_TRUE(test, called());
	KUNIT_EXPECT_TRUE(test, record_comes(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_KMODE_EXCEPTION_NOT_HANDLED);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)(u32)STATUS_INTEGER_OVERFLOW);
}

static VOID dawdle(PVOID parameter)
{
	complete(&seen.called);
	wait_for_completion(&seen.go);
	msleep(50);
	seen.calls++;
}

static void a_module_that_goes_is_kept_until_its_routines_have_ended(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	WORK_QUEUE_ITEM item;

	ExInitializeWorkItem(&item, dawdle, NULL);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	KUNIT_EXPECT_TRUE(test, called());
	complete(&seen.go);
	work_module_goes(THIS_MODULE);
	KUNIT_EXPECT_EQ(test, seen.calls, 1);
	EXPECT_NO_BUGCHECK(test, seq);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_thread_of_the_system_calls_it_at_passive),
	KUNIT_CASE(the_extended_routine_is_told_its_item),
	KUNIT_CASE(it_can_be_queued_at_dispatch),
	KUNIT_CASE(its_routine_may_free_it),
	KUNIT_CASE(its_routine_may_queue_it_again),
	KUNIT_CASE(queued_twice_is_bugcheck_e4_01_and_freed_while_queued_e4_02),
	KUNIT_CASE(a_routine_that_returns_at_dispatch_is_bugcheck_e1),
	KUNIT_CASE(a_routine_that_returns_at_apc_is_bugcheck_e1),
	KUNIT_CASE(a_thread_that_ends_at_apc_is_forgotten),
	KUNIT_CASE(an_exception_in_a_routine_is_bugcheck_1e_and_ends_it),
	KUNIT_CASE(a_module_that_goes_is_kept_until_its_routines_have_ended),
	{}
};

struct kunit_suite work_suite = {
	.name = "ntpool_work",
	.init = forget,
	.test_cases = cases,
};
