// SPDX-License-Identifier: GPL-2.0-only
/* ke/resource.c, removelock.c, rundown.c, priority.c: locks that threads have and wait for. */
#include <linux/delay.h>
#include <linux/kthread.h>

#include <ntpool/dpc.h>
#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/exspin.h>
#include <ntpool/removelock.h>
#include <ntpool/resource.h>
#include <ntpool/thread.h>

#include "tests.h"

typedef BOOLEAN helper_routine(void *object, BOOLEAN wait);

/* A thread that does one thing after the other, as it is told. */
struct helper {
	helper_routine *does;
	void *object;
	BOOLEAN wait;
	BOOLEAN result;
	struct completion done, go_on;
	struct task_struct *task;
};

static int help(void *data)
{
	struct helper *helper = data;

	helper->result = helper->does(helper->object, helper->wait);
	complete(&helper->done);
	wait_for_completion(&helper->go_on);
	if (helper->result)
		ExReleaseResourceLite(helper->object);
	complete(&helper->done);
	return 0;
}

static void begin(struct kunit *test, struct helper *helper, void *object,
		  helper_routine *does, BOOLEAN wait)
{
	helper->does = does;
	helper->object = object;
	helper->wait = wait;
	init_completion(&helper->done);
	init_completion(&helper->go_on);
	helper->task = kthread_run(help, helper, "helper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(helper->task));
}

static bool has_ended(struct helper *helper)
{
	return wait_for_completion_timeout(&helper->done, 30 * HZ);
}

/* Gives up what it has, and ends. */
static void end(struct kunit *test, struct helper *helper)
{
	complete(&helper->go_on);
	KUNIT_EXPECT_TRUE(test, has_ended(helper));
}

static BOOLEAN own(void *resource, BOOLEAN wait)
{
	return ExAcquireResourceExclusiveLite(resource, wait);
}

static BOOLEAN share(void *resource, BOOLEAN wait)
{
	return ExAcquireResourceSharedLite(resource, wait);
}

static BOOLEAN share_first(void *resource, BOOLEAN wait)
{
	return ExAcquireSharedStarveExclusive(resource, wait);
}

static BOOLEAN in_a_thread(struct kunit *test, PERESOURCE resource,
			   helper_routine *does)
{
	struct helper helper = {};

	begin(test, &helper, resource, does, FALSE);
	KUNIT_EXPECT_TRUE(test, has_ended(&helper));
	end(test, &helper);
	return helper.result;
}

static void wait_for_waiters(struct kunit *test, PERESOURCE resource, ULONG exclusive,
			     ULONG shared)
{
	int i;

	for (i = 0; i < 3000; i++) {
		if (ExGetExclusiveWaiterCount(resource) == exclusive &&
		    ExGetSharedWaiterCount(resource) == shared)
			return;
		msleep(20);
	}
	KUNIT_FAIL(test, "nobody waits");
}

static ERESOURCE resource;

static int make_resource(struct kunit *test)
{
	return ExInitializeResourceLite(&resource);
}

static void delete_resource(struct kunit *test)
{
	ExDeleteResourceLite(&resource);
}

static void the_owner_may_acquire_a_resource_again(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, own(&resource, FALSE));
	KUNIT_EXPECT_TRUE(test, own(&resource, FALSE));
	KUNIT_EXPECT_TRUE(test, share(&resource, FALSE));
	KUNIT_EXPECT_TRUE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	KUNIT_EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 3u);
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	KUNIT_EXPECT_FALSE(test, in_a_thread(test, &resource, share));
	ExReleaseResourceLite(&resource);
	KUNIT_EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	KUNIT_EXPECT_TRUE(test, in_a_thread(test, &resource, own));
}

static void a_resource_is_shared_by_many_and_had_by_one(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, share(&resource, FALSE));
	KUNIT_EXPECT_TRUE(test, share(&resource, FALSE));
	KUNIT_EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 2u);
	KUNIT_EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	KUNIT_EXPECT_TRUE(test, in_a_thread(test, &resource, share));
	KUNIT_EXPECT_FALSE(test, in_a_thread(test, &resource, own));
	/* Not even by one of those that share it. */
	KUNIT_EXPECT_FALSE(test, own(&resource, FALSE));
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	KUNIT_EXPECT_TRUE(test, in_a_thread(test, &resource, own));
}

static void who_shares_waits_behind_who_wants_a_resource_for_himself(struct kunit *test)
{
	struct helper owner = {}, sharer = {};

	share(&resource, TRUE);
	begin(test, &owner, &resource, own, TRUE);
	wait_for_waiters(test, &resource, 1, 0);
	KUNIT_EXPECT_FALSE(test, in_a_thread(test, &resource, share));
	KUNIT_EXPECT_TRUE(test, in_a_thread(test, &resource, share_first));
	/* Who shares it already need not. */
	KUNIT_EXPECT_TRUE(test, share(&resource, FALSE));
	KUNIT_EXPECT_FALSE(test, ExAcquireSharedWaitForExclusive(&resource, FALSE));
	ExReleaseResourceLite(&resource);
	begin(test, &sharer, &resource, share, TRUE);
	wait_for_waiters(test, &resource, 1, 1);
	ExReleaseResourceLite(&resource);
	KUNIT_EXPECT_TRUE(test, has_ended(&owner));
	KUNIT_EXPECT_EQ(test, ExGetSharedWaiterCount(&resource), 1u);
	end(test, &owner);
	KUNIT_EXPECT_TRUE(test, has_ended(&sharer));
	end(test, &sharer);
}

static void after_an_owner_all_that_wait_to_share_have_their_turn(struct kunit *test)
{
	struct helper owner = {}, sharers[3] = {};
	int i;

	own(&resource, TRUE);
	begin(test, &owner, &resource, own, TRUE);
	wait_for_waiters(test, &resource, 1, 0);
	for (i = 0; i < 3; i++)
		begin(test, &sharers[i], &resource, share, TRUE);
	wait_for_waiters(test, &resource, 1, 3);
	ExReleaseResourceLite(&resource);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, has_ended(&sharers[i]));
	KUNIT_EXPECT_EQ(test, ExGetExclusiveWaiterCount(&resource), 1u);
	for (i = 0; i < 3; i++)
		end(test, &sharers[i]);
	KUNIT_EXPECT_TRUE(test, has_ended(&owner));
	end(test, &owner);
}

static void converting_lets_others_share(struct kunit *test)
{
	struct helper sharer = {};

	own(&resource, TRUE);
	own(&resource, TRUE);
	begin(test, &sharer, &resource, share, TRUE);
	wait_for_waiters(test, &resource, 0, 1);
	ExConvertExclusiveToSharedLite(&resource);
	KUNIT_EXPECT_TRUE(test, has_ended(&sharer));
	KUNIT_EXPECT_FALSE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	KUNIT_EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 2u);
	end(test, &sharer);
	ExReleaseResourceLite(&resource);
	ExReleaseResourceLite(&resource);
	KUNIT_EXPECT_TRUE(test, in_a_thread(test, &resource, own));
}

static void releasing_what_one_does_not_have_is_bugcheck_e3(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	ExReleaseResourceLite(&resource);
	EXPECT_BUGCHECK(test, seq, 0xE3, (unsigned long)&resource,
			ExGetCurrentResourceThread(), 0, 0);
	seq = bugcheck_last_seq();
	share(&resource, TRUE);
	ExConvertExclusiveToSharedLite(&resource);
	EXPECT_BUGCHECK(test, seq, 0xE3, (unsigned long)&resource,
			ExGetCurrentResourceThread(), 0, 0);
	ExReleaseResourceForThreadLite(&resource, ExGetCurrentResourceThread());
}

#define ROUNDS 3000

static DECLARE_COMPLETION(threads_done);

static void await_stop(void)
{
	complete(&threads_done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
}

/* They are waited for first: a thread that is stopped before it has begun never does. */
static int stop_threads(struct task_struct **threads, int count)
{
	int i, sum = 0;

	for (i = 0; i < count; i++)
		wait_for_completion(&threads_done);
	for (i = 0; i < count; i++)
		sum += kthread_stop(threads[i]);
	return sum;
}

static long times_apart;

/* Two numbers that are apart only while somebody has the resource for himself. */
static long numbers[2];

static int use_it(void *data)
{
	long mine = (long)data;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if ((i + mine) % 4 == 0) {
			ExAcquireResourceExclusiveLite(&resource, TRUE);
			numbers[0]++;
			cond_resched();
			numbers[1]++;
		} else {
			ExAcquireResourceSharedLite(&resource, TRUE);
			if (READ_ONCE(numbers[0]) != READ_ONCE(numbers[1]))
				times_apart++;
		}
		ExReleaseResourceLite(&resource);
	}
	await_stop();
	return 0;
}

static void nobody_sees_what_an_owner_has_half_done(struct kunit *test)
{
	struct task_struct *threads[4];
	long i;

	times_apart = numbers[0] = numbers[1] = 0;
	for (i = 0; i < 4; i++) {
		threads[i] = kthread_run(use_it, (void *)i, "user%ld", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(threads[i]));
	}
	stop_threads(threads, 4);
	KUNIT_EXPECT_EQ(test, times_apart, 0l);
	KUNIT_EXPECT_EQ(test, numbers[0], 4l * ROUNDS / 4);
	KUNIT_EXPECT_EQ(test, numbers[1], numbers[0]);
}

static IO_REMOVE_LOCK lock;

static BOOLEAN remove_it(void *object, BOOLEAN wait)
{
	IoReleaseRemoveLockAndWait((PIO_REMOVE_LOCK)object, NULL);
	return FALSE;
}

static void a_remove_lock_waits_for_its_holders_and_takes_no_more(struct kunit *test)
{
	struct helper helper = {};

	IoInitializeRemoveLock(&lock, TEST_TAG, 1, 10);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, &helper), STATUS_SUCCESS);
	begin(test, &helper, &lock, remove_it, TRUE);
	while (!READ_ONCE(lock.Common.Removed) || READ_ONCE(lock.Common.IoCount) > 1)
		msleep(20);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
	KUNIT_EXPECT_FALSE(test, completion_done(&helper.done));
	IoReleaseRemoveLock(&lock, &helper);
	KUNIT_EXPECT_TRUE(test, has_ended(&helper));
	end(test, &helper);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
}

static void a_remove_lock_that_nobody_else_has_is_removed_at_once(struct kunit *test)
{
	IoInitializeRemoveLock(&lock, TEST_TAG, 0, 0);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, &lock), STATUS_SUCCESS);
	IoReleaseRemoveLock(&lock, &lock);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	IoReleaseRemoveLockAndWait(&lock, NULL);
	KUNIT_EXPECT_EQ(test, lock.Common.IoCount, 0);
}

static EX_RUNDOWN_REF rundown;

static BOOLEAN run_down(void *object, BOOLEAN wait)
{
	ExWaitForRundownProtectionRelease(object);
	return FALSE;
}

static void running_down_waits_for_users_and_takes_no_more(struct kunit *test)
{
	struct helper helper = {};

	ExInitializeRundownProtection(&rundown);
	KUNIT_EXPECT_TRUE(test, ExAcquireRundownProtection(&rundown));
	KUNIT_EXPECT_TRUE(test, ExAcquireRundownProtectionEx(&rundown, 2));
	begin(test, &helper, &rundown, run_down, TRUE);
	while (ExAcquireRundownProtection(&rundown)) {
		ExReleaseRundownProtection(&rundown);
		msleep(20);
	}
	ExReleaseRundownProtectionEx(&rundown, 2);
	KUNIT_EXPECT_FALSE(test, completion_done(&helper.done));
	ExReleaseRundownProtection(&rundown);
	KUNIT_EXPECT_TRUE(test, has_ended(&helper));
	end(test, &helper);
	ExRundownCompleted(&rundown);
	KUNIT_EXPECT_FALSE(test, ExAcquireRundownProtection(&rundown));
	ExReInitializeRundownProtection(&rundown);
	KUNIT_EXPECT_TRUE(test, ExAcquireRundownProtection(&rundown));
	ExReleaseRundownProtection(&rundown);
	ExWaitForRundownProtectionRelease(&rundown);
}

static EX_SPIN_LOCK spin;
static long spun[2];

static int spin_often(void *data)
{
	int i, apart = 0;
	KIRQL irql;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 4 == 0) {
			irql = ExAcquireSpinLockExclusive(&spin);
			spun[0]++;
			udelay(1);
			spun[1]++;
			ExReleaseSpinLockExclusive(&spin, irql);
		} else {
			irql = ExAcquireSpinLockShared(&spin);
			apart += READ_ONCE(spun[0]) != READ_ONCE(spun[1]);
			ExReleaseSpinLockShared(&spin, irql);
		}
	}
	await_stop();
	return apart;
}

static void a_spin_lock_is_shared_by_readers_and_had_by_one_writer(struct kunit *test)
{
	struct task_struct *threads[2];
	KIRQL irql;
	int i;

	spin = spun[0] = spun[1] = 0;
	irql = ExAcquireSpinLockShared(&spin);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	ExAcquireSpinLockSharedAtDpcLevel(&spin);
	KUNIT_EXPECT_FALSE(test, ExTryConvertSharedSpinLockExclusive(&spin));
	ExReleaseSpinLockSharedFromDpcLevel(&spin);
	KUNIT_EXPECT_TRUE(test, ExTryConvertSharedSpinLockExclusive(&spin));
	ExReleaseSpinLockExclusive(&spin, irql);
	KUNIT_EXPECT_EQ(test, spin, 0);
	for (i = 0; i < 2; i++) {
		threads[i] = kthread_run(spin_often, NULL, "spins");
		KUNIT_ASSERT_FALSE(test, IS_ERR(threads[i]));
	}
	KUNIT_EXPECT_EQ(test, stop_threads(threads, 2), 0);
	KUNIT_EXPECT_EQ(test, spun[0], 2l * ROUNDS / 4);
}

static void a_push_lock_is_shared_or_had_by_one(struct kunit *test)
{
	EX_PUSH_LOCK push;

	ExInitializePushLock(&push);
	ExAcquirePushLockShared(&push);
	KUNIT_EXPECT_EQ(test, down_write_trylock(&push.semaphore), 0);
	ExReleasePushLockShared(&push);
	ExAcquirePushLockExclusive(&push);
	KUNIT_EXPECT_EQ(test, down_read_trylock(&push.semaphore), 0);
	ExReleasePushLockExclusive(&push);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&push.semaphore));
}

static KPRIORITY seen[4];
static int seen_policy;
static BOOLEAN seen_system;
static HANDLE seen_id;

static VOID set_own_priority(PVOID context)
{
	PKTHREAD thread = KeGetCurrentThread();

	seen[0] = KeSetPriorityThread(thread, LOW_REALTIME_PRIORITY);
	seen_policy = current->policy;
	seen[1] = KeSetPriorityThread(thread, 3);
	seen[2] = KeSetPriorityThread(thread, HIGH_PRIORITY);
	seen[3] = KeQueryPriorityThread(thread);
	seen_system = PsIsSystemThread(PsGetCurrentThread());
	seen_id = PsGetThreadId(PsGetCurrentThread());
	*(HANDLE *)context = PsGetCurrentThreadId();
}

static void priorities_of_threads_are_set_and_returned(struct kunit *test)
{
	HANDLE handle, id = NULL;
	PVOID thread;

	KUNIT_ASSERT_EQ(test,
			PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
					     set_own_priority, &id),
			STATUS_SUCCESS);
	ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
				  &thread, NULL);
	KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, seen[0], 8);
	KUNIT_EXPECT_EQ(test, seen_policy, SCHED_FIFO);
	KUNIT_EXPECT_EQ(test, seen[1], 16);
	KUNIT_EXPECT_EQ(test, seen[2], 3);
	KUNIT_EXPECT_EQ(test, seen[3], 31);
	KUNIT_EXPECT_TRUE(test, seen_system);
	KUNIT_EXPECT_TRUE(test, id && seen_id == id);
	KUNIT_EXPECT_TRUE(test, PsGetThreadId(thread) == id);
	ObDereferenceObject(thread);
	ZwClose(handle);
}

static void each_priority_below_real_time_comes_back(struct kunit *test)
{
	PKTHREAD thread = KeGetCurrentThread();
	KPRIORITY before = KeQueryPriorityThread(thread), i;

	for (i = 1; i < LOW_REALTIME_PRIORITY; i++) {
		KeSetPriorityThread(thread, i);
		KUNIT_EXPECT_EQ(test, KeQueryPriorityThread(thread), i);
	}
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(thread, 0), 15);
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(thread, before), 15);
}

typedef void waiting_call(void);

static void own_again(void)
{
	ExAcquireResourceExclusiveLite(&resource, TRUE);
}

static void own_if_it_is_free(void)
{
	ExAcquireResourceExclusiveLite(&resource, FALSE);
}

static void share_what_is_owned(void)
{
	ExAcquireResourceSharedLite(&resource, TRUE);
}

static void convert(void)
{
	ExConvertExclusiveToSharedLite(&resource);
}

static void wait_for_users(void)
{
	ExWaitForRundownProtectionRelease(&rundown);
}

static void wait_for_holders(void)
{
	IoReleaseRemoveLockAndWait(&lock, NULL);
}

static waiting_call *const waiting_calls[] = {
	own_again,
	own_if_it_is_free,
	share_what_is_owned,
	convert,
	wait_for_users,
	wait_for_holders,
};

static NTSTATUS status_of(waiting_call *call)
{
	volatile NTSTATUS status = STATUS_SUCCESS;

	__try {
		call();
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	return status;
}

static VOID call_in_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	*(NTSTATUS *)argument1 = status_of((waiting_call *)context);
}

static void expect_refusals(struct kunit *test, waiting_call *call)
{
	NTSTATUS status = STATUS_SUCCESS;
	u64 seq = bugcheck_last_seq();
	KIRQL irql;
	KDPC dpc;

	KeInitializeDpc(&dpc, call_in_dpc, (PVOID)call);
	KeInsertQueueDpc(&dpc, &status, NULL);
	KUNIT_EXPECT_EQ(test, status, STATUS_UNSUCCESSFUL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_ATTEMPTED_SWITCH_FROM_DPC, (unsigned long)current, 0,
			ANY, 0);
	seq = bugcheck_last_seq();
	irql = KeRaiseIrqlToDpcLevel();
	status = status_of(call);
	KeLowerIrql(irql);
	KUNIT_EXPECT_EQ(test, status, STATUS_UNSUCCESSFUL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, ANY, DISPATCH_LEVEL, 0, ANY);
}

static void what_may_wait_is_bugcheck_b8_in_a_dpc_and_raises_and_changes_nothing(struct kunit *test)
{
	int i;

	own(&resource, TRUE);
	ExInitializeRundownProtection(&rundown);
	IoInitializeRemoveLock(&lock, TEST_TAG, 0, 0);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(waiting_calls); i++)
		expect_refusals(test, waiting_calls[i]);
	KUNIT_EXPECT_TRUE(test, ExIsResourceAcquiredExclusiveLite(&resource));
	KUNIT_EXPECT_EQ(test, ExIsResourceAcquiredSharedLite(&resource), 1u);
	ExReleaseResourceLite(&resource);
	KUNIT_EXPECT_TRUE(test, ExAcquireRundownProtection(&rundown));
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, lock.Common.IoCount, 3);
}

static void setting_a_priority_at_dispatch_is_bugcheck_0a_and_changes_nothing(struct kunit *test)
{
	PKTHREAD thread = KeGetCurrentThread();
	KPRIORITY before = KeQueryPriorityThread(thread), told;
	u64 seq = bugcheck_last_seq();
	KIRQL irql = KeRaiseIrqlToDpcLevel();

	told = KeSetPriorityThread(thread, before + 1);
	KeLowerIrql(irql);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, (unsigned long)thread,
			DISPATCH_LEVEL, 0, ANY);
	KUNIT_EXPECT_EQ(test, told, before);
	KUNIT_EXPECT_EQ(test, KeQueryPriorityThread(thread), before);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_owner_may_acquire_a_resource_again),
	KUNIT_CASE(a_resource_is_shared_by_many_and_had_by_one),
	KUNIT_CASE(who_shares_waits_behind_who_wants_a_resource_for_himself),
	KUNIT_CASE(after_an_owner_all_that_wait_to_share_have_their_turn),
	KUNIT_CASE(converting_lets_others_share),
	KUNIT_CASE(releasing_what_one_does_not_have_is_bugcheck_e3),
	KUNIT_CASE(nobody_sees_what_an_owner_has_half_done),
	KUNIT_CASE(a_remove_lock_waits_for_its_holders_and_takes_no_more),
	KUNIT_CASE(a_remove_lock_that_nobody_else_has_is_removed_at_once),
	KUNIT_CASE(running_down_waits_for_users_and_takes_no_more),
	KUNIT_CASE(a_push_lock_is_shared_or_had_by_one),
	KUNIT_CASE(a_spin_lock_is_shared_by_readers_and_had_by_one_writer),
	KUNIT_CASE(priorities_of_threads_are_set_and_returned),
	KUNIT_CASE(each_priority_below_real_time_comes_back),
	KUNIT_CASE(what_may_wait_is_bugcheck_b8_in_a_dpc_and_raises_and_changes_nothing),
	KUNIT_CASE(setting_a_priority_at_dispatch_is_bugcheck_0a_and_changes_nothing),
	{}
};

struct kunit_suite resource_suite = {
	.name = "ntpool_resource",
	.init = make_resource,
	.exit = delete_resource,
	.test_cases = cases,
};
