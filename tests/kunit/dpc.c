// SPDX-License-Identifier: GPL-2.0-only
/* ke/dpc.c, ke/guard.c: the rules of deferred procedure calls. */
#include <linux/delay.h>
#include <linux/smp.h>

#include <ntpool/dpc.h>
#include <ntpool/ke.h>
#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "tests.h"

#define WAIT_TURNS 250 /* of 20 ms */

/* What the routine has seen. */
static struct {
	atomic_t calls;
	PVOID context, argument1, argument2;
	u8 irql;
	bool executing;
	int cpu;
	KDPC *order[4];
} seen;

static int forget(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static VOID note(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	int call = atomic_read(&seen.calls);

	seen.context = context;
	seen.argument1 = argument1;
	seen.argument2 = argument2;
	seen.irql = ntpool_irql();
	seen.executing = KeIsExecutingDpc();
	seen.cpu = raw_smp_processor_id();
	if (call < ARRAY_SIZE(seen.order))
		seen.order[call] = dpc;
	atomic_inc(&seen.calls);
}

static int calls(void)
{
	return atomic_read(&seen.calls);
}

static bool comes_to(int count)
{
	int i;

	for (i = 0; i < WAIT_TURNS && calls() < count; i++)
		msleep(20);
	return calls() == count;
}

static void a_dpc_queued_below_dispatch_has_run_when_the_call_returns(struct kunit *test)
{
	KDPC dpc;

	KeInitializeDpc(&dpc, note, &seen);
	KUNIT_EXPECT_EQ(test, KeInsertQueueDpc(&dpc, (PVOID)1, (PVOID)2), TRUE);
	KUNIT_EXPECT_EQ(test, calls(), 1);
	KUNIT_EXPECT_PTR_EQ(test, seen.context, (PVOID)&seen);
	KUNIT_EXPECT_PTR_EQ(test, seen.argument1, (PVOID)1);
	KUNIT_EXPECT_PTR_EQ(test, seen.argument2, (PVOID)2);
	KUNIT_EXPECT_FALSE(test, KeIsExecutingDpc());
}

static void a_dpc_runs_at_dispatch_when_the_irql_falls(struct kunit *test)
{
	KDPC dpc;
	u8 old;
	int during;

	KeInitializeDpc(&dpc, note, NULL);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	during = calls();
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, during, 0);
	KUNIT_EXPECT_EQ(test, calls(), 1);
	KUNIT_EXPECT_EQ(test, seen.irql, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_TRUE(test, seen.executing);
}

static void a_dpc_queued_twice_is_refused_and_its_arguments_stay(struct kunit *test)
{
	BOOLEAN first, second;
	KDPC dpc;
	u8 old;

	KeInitializeDpc(&dpc, note, NULL);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	first = KeInsertQueueDpc(&dpc, (PVOID)1, (PVOID)2);
	second = KeInsertQueueDpc(&dpc, (PVOID)3, (PVOID)4);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, first, TRUE);
	KUNIT_EXPECT_EQ(test, second, FALSE);
	KUNIT_EXPECT_EQ(test, calls(), 1);
	KUNIT_EXPECT_PTR_EQ(test, seen.argument1, (PVOID)1);
	KUNIT_EXPECT_PTR_EQ(test, seen.argument2, (PVOID)2);
}

static void a_dpc_that_is_removed_is_not_called(struct kunit *test)
{
	BOOLEAN removed, again;
	KDPC dpc;
	u8 old;

	KeInitializeDpc(&dpc, note, NULL);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	removed = KeRemoveQueueDpc(&dpc);
	again = KeRemoveQueueDpc(&dpc);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, removed, TRUE);
	KUNIT_EXPECT_EQ(test, again, FALSE);
	KUNIT_EXPECT_EQ(test, calls(), 0);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, calls(), 1);
}

static void a_dpc_of_high_importance_goes_first(struct kunit *test)
{
	KDPC first, second, third;
	u8 old;

	KeInitializeDpc(&first, note, NULL);
	KeInitializeDpc(&second, note, NULL);
	KeInitializeDpc(&third, note, NULL);
	KeSetImportanceDpc(&third, HighImportance);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	KeInsertQueueDpc(&first, NULL, NULL);
	KeInsertQueueDpc(&second, NULL, NULL);
	KeInsertQueueDpc(&third, NULL, NULL);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, calls(), 3);
	KUNIT_EXPECT_PTR_EQ(test, seen.order[0], &third);
	KUNIT_EXPECT_PTR_EQ(test, seen.order[1], &first);
	KUNIT_EXPECT_PTR_EQ(test, seen.order[2], &second);
}

static void a_dpc_runs_on_its_target_processor(struct kunit *test)
{
	int cpu;
	KDPC dpc;

	for_each_online_cpu(cpu) {
		KeInitializeDpc(&dpc, note, NULL);
		KeSetTargetProcessorDpc(&dpc, cpu);
		KeInsertQueueDpc(&dpc, NULL, NULL);
		KeFlushQueuedDpcs();
		KUNIT_EXPECT_EQ(test, seen.cpu, cpu);
	}
	KUNIT_EXPECT_EQ(test, calls(), (int)num_online_cpus());
}

static VOID note_and_queue_again(PKDPC dpc, PVOID context, PVOID argument1,
				 PVOID argument2)
{
	note(dpc, context, argument1, argument2);
	if (calls() < 3)
		KeInsertQueueDpc(dpc, argument2, argument1);
}

static void a_dpc_may_queue_itself_again(struct kunit *test)
{
	KDPC dpc;

	KeInitializeDpc(&dpc, note_and_queue_again, NULL);
	KeInsertQueueDpc(&dpc, (PVOID)1, (PVOID)2);
	KUNIT_EXPECT_TRUE(test, comes_to(3));
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_PTR_EQ(test, seen.argument1, (PVOID)1);
}

static VOID dawdle(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	mdelay(20);
	note(dpc, context, argument1, argument2);
}

static void a_flush_waits_for_the_dpcs_of_all_cpus(struct kunit *test)
{
	KDPC dpc[2];
	int cpu, count = 0;

	for_each_online_cpu(cpu) {
		if (count == ARRAY_SIZE(dpc))
			break;
		KeInitializeDpc(&dpc[count], dawdle, NULL);
		KeSetTargetProcessorDpc(&dpc[count], cpu);
		KeInsertQueueDpc(&dpc[count++], NULL, NULL);
	}
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, calls(), count);
}

static void a_dpc_in_paged_pool_is_bugcheck_d1_and_not_queued(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	PKDPC dpc = ntpool_alloc(NTPOOL_FLAG_PAGED, sizeof(*dpc), TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, dpc);
	KeInitializeDpc(dpc, note, NULL);
	KUNIT_EXPECT_EQ(test, KeInsertQueueDpc(dpc, NULL, NULL), FALSE);
	KUNIT_EXPECT_EQ(test, calls(), 0);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)dpc, NTPOOL_IRQL_DISPATCH, 1, ANY);
	ntpool_free(dpc, TEST_TAG);
}

static VOID raise_it(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	atomic_inc(&seen.calls);
	ExRaiseStatus(STATUS_INTEGER_OVERFLOW);
	atomic_inc(&seen.calls);
}

static void an_exception_in_a_dpc_is_bugcheck_1e_and_ends_it(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	KDPC dpc;

	KeInitializeDpc(&dpc, raise_it, NULL);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, calls(), 1);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_KMODE_EXCEPTION_NOT_HANDLED);
	KUNIT_EXPECT_EQ(test, record_since(seq).param[0],
			(u64)(u32)STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_FALSE(test, in_atomic());
}

static VOID touch(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	atomic_inc(&seen.calls);
	WRITE_ONCE(*(volatile u8 *)context, 1);
	atomic_inc(&seen.calls);
}

static u8 *paged_out_byte(struct kunit *test)
{
	u8 *p = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 42;
	paging_trim_range((unsigned long)p, 1);
	return p;
}

static void a_touch_of_what_is_paged_out_is_bugcheck_d1_and_ends_the_dpc(struct kunit *test)
{
	u8 *p = paged_out_byte(test);
	u64 seq = bugcheck_last_seq();
	KDPC dpc;

	KeInitializeDpc(&dpc, touch, p);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, calls(), 1);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)p, NTPOOL_IRQL_DISPATCH, 1, OURS);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
	KUNIT_EXPECT_EQ(test, *p, (u8)42);
	ntpool_free(p, TEST_TAG);
}

static VOID lock_it(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	PKSPIN_LOCK lock = context;

	atomic_inc(&seen.calls);
	KeAcquireSpinLockAtDpcLevel(lock);
	atomic_inc(&seen.calls);
	KeReleaseSpinLockFromDpcLevel(lock);
}

static void a_spin_lock_that_is_paged_out_is_bugcheck_d1_and_ends_the_dpc(struct kunit *test)
{
	PKSPIN_LOCK lock = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);
	u64 seq;
	KDPC dpc;

	KUNIT_ASSERT_NOT_NULL(test, lock);
	KeInitializeSpinLock(lock);
	KeInitializeDpc(&dpc, lock_it, lock);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, calls(), 2);
	paging_trim_range((unsigned long)lock, 1);
	seq = bugcheck_last_seq();
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, calls(), 3);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL);
	KUNIT_EXPECT_EQ(test, KeTestSpinLock(lock), TRUE);
	ntpool_free(lock, TEST_TAG);
}

static VOID user_touch(PKDPC dpc, PVOID context, PVOID argument1,
		       PVOID argument2)
{
	atomic_inc(&seen.calls);
	/* KASAN would have a word to say about it, if it were C. */
	asm volatile("movb $1, (%0)"
		     :
		     : "r"(NULL)
		     : "memory");
	atomic_inc(&seen.calls);
}

static void a_null_pointer_in_a_dpc_is_bugcheck_d1_and_ends_it(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	KDPC dpc;

	KeInitializeDpc(&dpc, user_touch, NULL);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, calls(), 1);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL, 0,
			NTPOOL_IRQL_DISPATCH, 1, OURS);
}

static VOID leave_raised(PKDPC dpc, PVOID context, PVOID argument1,
			 PVOID argument2)
{
	preempt_disable();
}

static void a_dpc_that_returns_at_another_level_is_bugcheck_c8(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	KDPC dpc;

	KeInitializeDpc(&dpc, leave_raised, NULL);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_UNEXPECTED_VALUE, 0x20200,
			(unsigned long)leave_raised, 0, 0);
	KUNIT_EXPECT_FALSE(test, in_atomic());
}

static struct {
	int before, after;
	bool below;
} counts;

static VOID lower_too_far(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	counts.before = preempt_count();
	ntpool_lower_irql(NTPOOL_IRQL_PASSIVE);
	counts.after = preempt_count();
	counts.below = ntpool_irql() < NTPOOL_IRQL_DISPATCH;
}

static VOID release_to_passive(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	counts.before = preempt_count();
	KeAcquireSpinLockAtDpcLevel(&lock);
	KeReleaseSpinLock(&lock, PASSIVE_LEVEL);
	counts.after = preempt_count();
	counts.below = ntpool_irql() < NTPOOL_IRQL_DISPATCH;
}

static void check_lowering(struct kunit *test, PKDEFERRED_ROUTINE routine)
{
	u64 seq = bugcheck_last_seq();
	KDPC dpc;

	KeInitializeDpc(&dpc, routine, NULL);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, counts.after, counts.before);
	KUNIT_EXPECT_FALSE(test, counts.below);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, 0,
			NTPOOL_IRQL_DISPATCH, 0, NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
}

static void a_dpc_that_lowers_its_level_is_bugcheck_0a_and_changes_nothing(struct kunit *test)
{
	check_lowering(test, lower_too_far);
	check_lowering(test, release_to_passive);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_dpc_queued_below_dispatch_has_run_when_the_call_returns),
	KUNIT_CASE(a_dpc_runs_at_dispatch_when_the_irql_falls),
	KUNIT_CASE(a_dpc_queued_twice_is_refused_and_its_arguments_stay),
	KUNIT_CASE(a_dpc_that_is_removed_is_not_called),
	KUNIT_CASE(a_dpc_of_high_importance_goes_first),
	KUNIT_CASE(a_dpc_runs_on_its_target_processor),
	KUNIT_CASE(a_dpc_may_queue_itself_again),
	KUNIT_CASE(a_flush_waits_for_the_dpcs_of_all_cpus),
	KUNIT_CASE(a_dpc_in_paged_pool_is_bugcheck_d1_and_not_queued),
	KUNIT_CASE(an_exception_in_a_dpc_is_bugcheck_1e_and_ends_it),
	KUNIT_CASE(a_touch_of_what_is_paged_out_is_bugcheck_d1_and_ends_the_dpc),
	KUNIT_CASE(a_spin_lock_that_is_paged_out_is_bugcheck_d1_and_ends_the_dpc),
	KUNIT_CASE(a_null_pointer_in_a_dpc_is_bugcheck_d1_and_ends_it),
	KUNIT_CASE(a_dpc_that_returns_at_another_level_is_bugcheck_c8),
	KUNIT_CASE(a_dpc_that_lowers_its_level_is_bugcheck_0a_and_changes_nothing),
	{}
};

struct kunit_suite dpc_suite = {
	.name = "ntpool_dpc",
	.init = forget,
	.test_cases = cases,
};
