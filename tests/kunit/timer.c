// SPDX-License-Identifier: GPL-2.0-only
/* ke/timer.c, ke/check.c: the rules of timers, and of timers and DPCs in memory that goes. */
#include <linux/delay.h>

#include <ntpool/timer.h>

#include "ke/internal.h"
#include "pool/verifier.h"
#include "tests.h"

#define MS	   10000ll /* in NT's units */
#define SINCE_1601 116444736000000000ll

static atomic_t calls;
static ktime_t called_at;

static VOID note(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	called_at = ktime_get();
	atomic_inc(&calls);
}

static int forget(struct kunit *test)
{
	atomic_set(&calls, 0);
	return 0;
}

static LARGE_INTEGER in_ms(LONGLONG ms)
{
	return (LARGE_INTEGER){ .QuadPart = -ms * MS };
}

static LARGE_INTEGER at_ms(LONGLONG ms)
{
	return (LARGE_INTEGER){
		.QuadPart = ktime_get_real_ns() / 100 + SINCE_1601 + ms * MS,
	};
}

static NTSTATUS wait_for(PVOID object, LONGLONG ms)
{
	LARGE_INTEGER due = in_ms(ms);

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     &due);
}

static void check_due(struct kunit *test, LARGE_INTEGER due)
{
	ktime_t start = ktime_get();
	KTIMER timer;
	KDPC dpc;

	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, note, NULL);
	KUNIT_EXPECT_EQ(test, KeReadStateTimer(&timer), FALSE);
	KUNIT_EXPECT_EQ(test, KeSetTimer(&timer, due, &dpc), FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateTimer(&timer), FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&timer, 10000), STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 29ll);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 1);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(called_at, start), 29ll);
	KUNIT_EXPECT_EQ(test, KeReadStateTimer(&timer), TRUE);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer), FALSE);
}

static void a_relative_due_time_signals_and_queues_the_dpc(struct kunit *test)
{
	check_due(test, in_ms(30));
}

static void an_absolute_due_time_signals_and_queues_the_dpc(struct kunit *test)
{
	check_due(test, at_ms(30));
}

static void a_due_time_that_has_passed_signals_at_once(struct kunit *test)
{
	LARGE_INTEGER long_ago = { .QuadPart = 1 };
	KTIMER timer;
	KDPC dpc;

	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, note, NULL);
	KUNIT_EXPECT_EQ(test, KeSetTimer(&timer, long_ago, &dpc), FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateTimer(&timer), TRUE);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 1);
	KeSetTimer(&timer, at_ms(-1000), &dpc);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 2);
}

static struct {
	KDPC busy;
	bool stop;
	struct completion done;
	PKTIMER timer;
	int unsignaled;
} other_cpu;

/* Keeps the other processor's queue moving, so that a DPC there is called at once. */
static VOID stay_busy(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	if (!READ_ONCE(other_cpu.stop))
		KeInsertQueueDpc(dpc, NULL, NULL);
}

static VOID look_at_timer(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	other_cpu.unsignaled += !KeReadStateTimer(other_cpu.timer);
	complete(&other_cpu.done);
}

/* Nothing touches it then any more, and the DPC may free it. */
static void one_is_signaled_before_its_dpc_is_called(struct kunit *test)
{
	LARGE_INTEGER long_ago = { .QuadPart = 1 };
	unsigned int cpu = cpumask_any_but(cpu_online_mask, get_cpu());
	KTIMER timer;
	KDPC dpc;
	int i;

	put_cpu();
	if (cpu >= nr_cpu_ids)
		kunit_skip(test, "one processor");
	memset(&other_cpu, 0, sizeof(other_cpu));
	init_completion(&other_cpu.done);
	other_cpu.timer = &timer;
	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, look_at_timer, NULL);
	KeSetTargetProcessorDpc(&dpc, cpu);
	KeInitializeDpc(&other_cpu.busy, stay_busy, NULL);
	KeSetTargetProcessorDpc(&other_cpu.busy, cpu);
	KeInsertQueueDpc(&other_cpu.busy, NULL, NULL);
	for (i = 0; i < 2000; i++) {
		KeSetTimer(&timer, long_ago, &dpc);
		wait_for_completion(&other_cpu.done);
	}
	WRITE_ONCE(other_cpu.stop, true);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, other_cpu.unsignaled, 0);
}

static void one_that_is_cancelled_does_not_signal(struct kunit *test)
{
	KTIMER timer;
	KDPC dpc;

	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, note, NULL);
	KeSetTimer(&timer, in_ms(30), &dpc);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer), TRUE);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer), FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&timer, 60), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 0);
}

static void setting_it_again_forgets_when_it_was_due(struct kunit *test)
{
	ktime_t start = ktime_get();
	KTIMER timer;

	KeInitializeTimer(&timer);
	KUNIT_EXPECT_EQ(test, KeSetTimer(&timer, in_ms(60000), NULL), FALSE);
	KUNIT_EXPECT_EQ(test, KeSetTimer(&timer, in_ms(20), NULL), TRUE);
	KUNIT_EXPECT_EQ(test, wait_for(&timer, 30000), STATUS_SUCCESS);
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), start), 30000ll);
	KUNIT_EXPECT_EQ(test, KeSetTimer(&timer, in_ms(60000), NULL), FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateTimer(&timer), FALSE);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer), TRUE);
}

static void a_synchronization_timer_lets_one_wait_go(struct kunit *test)
{
	KTIMER timer;

	KeInitializeTimerEx(&timer, SynchronizationTimer);
	KeSetTimer(&timer, in_ms(5), NULL);
	KUNIT_EXPECT_EQ(test, wait_for(&timer, 10000), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&timer, 20), STATUS_TIMEOUT);
}

static void a_periodic_timer_comes_again_till_it_is_cancelled(struct kunit *test)
{
	KTIMER timer;
	KDPC dpc;
	int i, count;

	KeInitializeTimerEx(&timer, SynchronizationTimer);
	KeInitializeDpc(&dpc, note, NULL);
	KeSetTimerEx(&timer, in_ms(5), 10, &dpc);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, wait_for(&timer, 10000), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer), TRUE);
	KeFlushQueuedDpcs();
	count = atomic_read(&calls);
	KUNIT_EXPECT_GE(test, count, 3);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), count);
}

static void the_earliest_of_many_comes_first(struct kunit *test)
{
	KTIMER timer[8];
	int i;

	for (i = 0; i < 8; i++) {
		KeInitializeTimer(&timer[i]);
		KeSetTimer(&timer[i], in_ms(i % 2 ? 10 + i : 60000), NULL);
	}
	for (i = 1; i < 8; i += 2)
		KUNIT_EXPECT_EQ(test, wait_for(&timer[i], 10000),
				STATUS_SUCCESS);
	for (i = 0; i < 8; i += 2) {
		KUNIT_EXPECT_EQ(test, KeReadStateTimer(&timer[i]), FALSE);
		KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer[i]), TRUE);
	}
}

static void one_in_paged_pool_is_bugcheck_d1_and_not_set(struct kunit *test)
{
	PKTIMER timer = ntpool_alloc(NTPOOL_FLAG_PAGED, sizeof(*timer), TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, timer);
	KeInitializeTimer(timer);
	KeSetTimer(timer, in_ms(60000), NULL);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(timer), FALSE);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)timer, NTPOOL_IRQL_DISPATCH, 1, ANY);
	ntpool_free(timer, TEST_TAG);
}

static void the_verifier_watches(struct kunit *test, bool on)
{
	struct verifier_settings settings = {
		.flags = on ? NTPOOL_VERIFIER_POOL_TRACKING : 0,
	};

	KUNIT_ASSERT_EQ(test, verifier_set(&settings), 0);
}

struct extension {
	char before[40];
	KTIMER timer;
	KDPC dpc;
	char large[PAGE_SIZE];
};

static void check_freed(struct kunit *test, size_t size)
{
	struct extension *block =
		ntpool_alloc(NTPOOL_FLAG_NON_PAGED, size, TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, block);
	KeInitializeTimer(&block->timer);
	KeSetTimer(&block->timer, in_ms(60000), NULL);
	KUNIT_EXPECT_NE(test, ntpool_free(block, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_TIMER_OR_DPC_INVALID, 0,
			(unsigned long)&block->timer, (unsigned long)block,
			(unsigned long)block + size);
	KeCancelTimer(&block->timer);
	KUNIT_EXPECT_EQ(test, ntpool_free(block, TEST_TAG), 0ull);
}

static void a_block_freed_with_a_timer_that_is_set_is_bugcheck_c7_00(struct kunit *test)
{
	the_verifier_watches(test, true);
	check_freed(test, offsetof(struct extension, large));
	check_freed(test, sizeof(struct extension));
	the_verifier_watches(test, false);
}

static void a_block_freed_with_a_dpc_that_is_queued_is_bugcheck_c7_01(struct kunit *test)
{
	struct extension *block =
		ntpool_alloc(NTPOOL_FLAG_NON_PAGED, sizeof(*block), TEST_TAG);
	u64 seq = bugcheck_last_seq(), freed;
	u8 old;

	KUNIT_ASSERT_NOT_NULL(test, block);
	the_verifier_watches(test, true);
	KeInitializeDpc(&block->dpc, note, NULL);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	KeInsertQueueDpc(&block->dpc, NULL, NULL);
	freed = ntpool_free(block, TEST_TAG);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NE(test, freed, 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_TIMER_OR_DPC_INVALID, 1,
			(unsigned long)&block->dpc, (unsigned long)block,
			(unsigned long)(block + 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 1);
	KUNIT_EXPECT_EQ(test, ntpool_free(block, TEST_TAG), 0ull);
	the_verifier_watches(test, false);
}

static void a_block_freed_with_the_dpc_of_a_timer_is_bugcheck_c7_01(struct kunit *test)
{
	PKDPC dpc = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, sizeof(*dpc), TEST_TAG);
	u64 seq = bugcheck_last_seq();
	KTIMER timer;

	KUNIT_ASSERT_NOT_NULL(test, dpc);
	the_verifier_watches(test, true);
	KeInitializeDpc(dpc, note, NULL);
	KeInitializeTimer(&timer);
	KeSetTimer(&timer, in_ms(60000), dpc);
	KUNIT_EXPECT_NE(test, ntpool_free(dpc, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_TIMER_OR_DPC_INVALID, 1,
			(unsigned long)dpc, (unsigned long)dpc, (unsigned long)(dpc + 1));
	KeCancelTimer(&timer);
	KUNIT_EXPECT_EQ(test, ntpool_free(dpc, TEST_TAG), 0ull);
	the_verifier_watches(test, false);
}

static void what_a_driver_leaves_behind_is_bugcheck_ce_and_dropped(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	KTIMER timer;
	KDPC dpc;

	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, note, NULL);
	KeSetTimerEx(&timer, in_ms(20), 20, &dpc);
	check_module_goes(THIS_MODULE);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
			(unsigned long)&timer, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, KeCancelTimer(&timer), FALSE);
	seq = bugcheck_last_seq();
	check_module_goes(THIS_MODULE);
	EXPECT_NO_BUGCHECK(test, seq);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_relative_due_time_signals_and_queues_the_dpc),
	KUNIT_CASE(an_absolute_due_time_signals_and_queues_the_dpc),
	KUNIT_CASE(a_due_time_that_has_passed_signals_at_once),
	KUNIT_CASE(one_is_signaled_before_its_dpc_is_called),
	KUNIT_CASE(one_that_is_cancelled_does_not_signal),
	KUNIT_CASE(setting_it_again_forgets_when_it_was_due),
	KUNIT_CASE(a_synchronization_timer_lets_one_wait_go),
	KUNIT_CASE(a_periodic_timer_comes_again_till_it_is_cancelled),
	KUNIT_CASE(the_earliest_of_many_comes_first),
	KUNIT_CASE(one_in_paged_pool_is_bugcheck_d1_and_not_set),
	KUNIT_CASE(a_block_freed_with_a_timer_that_is_set_is_bugcheck_c7_00),
	KUNIT_CASE(a_block_freed_with_a_dpc_that_is_queued_is_bugcheck_c7_01),
	KUNIT_CASE(a_block_freed_with_the_dpc_of_a_timer_is_bugcheck_c7_01),
	KUNIT_CASE(what_a_driver_leaves_behind_is_bugcheck_ce_and_dropped),
	{}
};

struct kunit_suite timer_suite = {
	.name = "ntpool_timer",
	.init = forget,
	.test_cases = cases,
};
