// SPDX-License-Identifier: GPL-2.0-only
/* ke/interrupt.c: a device's interrupt. */
#include <linux/delay.h>
#include <linux/smp.h>

#include <ntpool/dpc.h>
#include <ntpool/interrupt.h>

#include "pool/verifier.h"
#include "tests.h"

#define WAIT_TURNS 250 /* of 20 ms */

static struct {
	atomic_t interrupts, dpcs;
	int cpu, dpc_cpu;
	u8 irql, dpc_irql;
	bool hard;
	PVOID context;
} seen;

static int forget(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static BOOLEAN note(PKINTERRUPT interrupt, PVOID context)
{
	seen.cpu = raw_smp_processor_id();
	seen.irql = ntpool_irql();
	seen.hard = in_hardirq();
	seen.context = context;
	atomic_inc(&seen.interrupts);
	return TRUE;
}

static bool come_to(atomic_t *counter, int count)
{
	int i;

	for (i = 0; i < WAIT_TURNS && atomic_read(counter) < count; i++)
		msleep(20);
	return atomic_read(counter) == count;
}

static void it_comes_at_device_level_on_the_cpu_that_is_named(struct kunit *test)
{
	PKINTERRUPT interrupt;
	int cpu, count = 0;

	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, note, &seen),
			STATUS_SUCCESS);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test,
				NtpoolArmInterrupt(interrupt, cpu, 10000),
				STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, come_to(&seen.interrupts, ++count));
		KUNIT_EXPECT_EQ(test, seen.cpu, cpu);
		KUNIT_EXPECT_EQ(test, seen.irql, NTPOOL_IRQL_DEVICE);
		KUNIT_EXPECT_TRUE(test, seen.hard);
		KUNIT_EXPECT_PTR_EQ(test, seen.context, (PVOID)&seen);
	}
	NtpoolDisconnectInterrupt(interrupt);
}

static void there_must_be_such_a_cpu(struct kunit *test)
{
	PKINTERRUPT interrupt;

	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, note, &seen),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, NtpoolArmInterrupt(interrupt, nr_cpu_ids, 0),
			STATUS_INVALID_PARAMETER);
	NtpoolDisconnectInterrupt(interrupt);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.interrupts), 0);
}

static void disarmed_it_does_not_come(struct kunit *test)
{
	PKINTERRUPT interrupt;

	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, note, &seen),
			STATUS_SUCCESS);
	NtpoolArmInterrupt(interrupt, NTPOOL_CPU_CURRENT, 50 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, NtpoolDisarmInterrupt(interrupt), TRUE);
	KUNIT_EXPECT_EQ(test, NtpoolDisarmInterrupt(interrupt), FALSE);
	msleep(100);
	KUNIT_EXPECT_EQ(test, atomic_read(&seen.interrupts), 0);
	NtpoolDisconnectInterrupt(interrupt);
}

static VOID note_dpc(PKDPC dpc, PVOID context, PVOID argument1,
		     PVOID argument2)
{
	seen.dpc_cpu = raw_smp_processor_id();
	seen.dpc_irql = ntpool_irql();
	atomic_inc(&seen.dpcs);
}

static BOOLEAN defer(PKINTERRUPT interrupt, PVOID context)
{
	KeInsertQueueDpc(context, NULL, NULL);
	return note(interrupt, context);
}

static void its_dpc_runs_on_the_same_cpu_at_dispatch(struct kunit *test)
{
	PKINTERRUPT interrupt;
	int cpu, count = 0;
	KDPC dpc;

	KeInitializeDpc(&dpc, note_dpc, NULL);
	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, defer, &dpc),
			STATUS_SUCCESS);
	for_each_online_cpu(cpu) {
		NtpoolArmInterrupt(interrupt, cpu, 0);
		KUNIT_EXPECT_TRUE(test, come_to(&seen.dpcs, ++count));
		KUNIT_EXPECT_EQ(test, seen.dpc_cpu, cpu);
		KUNIT_EXPECT_EQ(test, seen.dpc_irql, NTPOOL_IRQL_DISPATCH);
	}
	NtpoolDisconnectInterrupt(interrupt);
	KeFlushQueuedDpcs();
}

static BOOLEAN come_again(PKINTERRUPT interrupt, PVOID context)
{
	note(interrupt, context);
	if (atomic_read(&seen.interrupts) < 5)
		NtpoolArmInterrupt(interrupt, NTPOOL_CPU_CURRENT, 1000);
	return TRUE;
}

static void its_routine_may_arm_it_again(struct kunit *test)
{
	PKINTERRUPT interrupt;

	KUNIT_ASSERT_EQ(test,
			NtpoolConnectInterrupt(&interrupt, come_again, NULL),
			STATUS_SUCCESS);
	NtpoolArmInterrupt(interrupt, NTPOOL_CPU_CURRENT, 0);
	KUNIT_EXPECT_TRUE(test, come_to(&seen.interrupts, 5));
	NtpoolDisconnectInterrupt(interrupt);
}

static bool synchronized_irqs_off;

static BOOLEAN synchronized(PVOID context)
{
	synchronized_irqs_off = irqs_disabled();
	NtpoolArmInterrupt(context, NTPOOL_CPU_CURRENT, 0);
	udelay(100);
	return atomic_read(&seen.interrupts) == 0;
}

static void what_is_synchronized_with_it_keeps_it_off(struct kunit *test)
{
	PKINTERRUPT interrupt;
	KIRQL old;

	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, note, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test,
			KeSynchronizeExecution(interrupt, synchronized, interrupt),
			TRUE);
	KUNIT_EXPECT_TRUE(test, synchronized_irqs_off);
	KUNIT_EXPECT_TRUE(test, come_to(&seen.interrupts, 1));
	old = KeAcquireInterruptSpinLock(interrupt);
	synchronized_irqs_off = irqs_disabled();
	KeReleaseInterruptSpinLock(interrupt, old);
	KUNIT_EXPECT_TRUE(test, synchronized_irqs_off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	NtpoolDisconnectInterrupt(interrupt);
}

static BOOLEAN touch(PKINTERRUPT interrupt, PVOID context)
{
	note(interrupt, context);
	WRITE_ONCE(*(volatile u8 *)context, 1);
	atomic_inc(&seen.interrupts);
	return TRUE;
}

static void a_touch_of_what_is_paged_out_is_bugcheck_d1_and_ends_its_routine(struct kunit *test)
{
	u8 *p = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);
	struct bugcheck_record rec = {};
	PKINTERRUPT interrupt;
	u64 seq;

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 42;
	paging_trim_range((unsigned long)p, 1);
	seq = bugcheck_last_seq();
	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, touch, p),
			STATUS_SUCCESS);
	NtpoolArmInterrupt(interrupt, NTPOOL_CPU_CURRENT, 0);
	KUNIT_EXPECT_TRUE(test, come_to(&seen.interrupts, 1));
	NtpoolDisconnectInterrupt(interrupt);
	KUNIT_EXPECT_TRUE(test, bugcheck_get(seq + 1, &rec));
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)(unsigned long)p);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)NTPOOL_IRQL_DEVICE);
	KUNIT_EXPECT_EQ(test, rec.param[2], 1ull);
	KUNIT_EXPECT_EQ(test, *p, (u8)42);
	ntpool_free(p, TEST_TAG);
}

static BOOLEAN try_to_load(PVOID context)
{
	return can_load(context);
}

/* A page that was in until then. */
static void expect_out(struct kunit *test, u64 seq, const u8 *page, BOOLEAN loaded)
{
	KUNIT_EXPECT_FALSE(test, loaded);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)page, NTPOOL_IRQL_DISPATCH, 0, OURS);
}

static void with_forced_irql_checking_its_lock_finds_no_page_in(struct kunit *test)
{
	struct verifier_settings on = { .flags = NTPOOL_VERIFIER_FORCE_IRQL }, off = {};
	u8 *page = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);
	u64 seq = bugcheck_last_seq();
	PKINTERRUPT interrupt;
	BOOLEAN loaded;
	KIRQL irql;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, NtpoolConnectInterrupt(&interrupt, note, &seen),
			STATUS_SUCCESS);
	*page = 1;
	KUNIT_EXPECT_TRUE(test, KeSynchronizeExecution(interrupt, try_to_load, page));
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_ASSERT_EQ(test, verifier_set(&on), 0);
	expect_out(test, seq, page,
		   KeSynchronizeExecution(interrupt, try_to_load, page));
	*page = 1;
	seq = bugcheck_last_seq();
	irql = KeAcquireInterruptSpinLock(interrupt);
	loaded = can_load(page);
	KeReleaseInterruptSpinLock(interrupt, irql);
	expect_out(test, seq, page, loaded);
	verifier_set(&off);
	NtpoolDisconnectInterrupt(interrupt);
	KUNIT_EXPECT_EQ(test, ntpool_free(page, TEST_TAG), 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(it_comes_at_device_level_on_the_cpu_that_is_named),
	KUNIT_CASE(there_must_be_such_a_cpu),
	KUNIT_CASE(disarmed_it_does_not_come),
	KUNIT_CASE(its_dpc_runs_on_the_same_cpu_at_dispatch),
	KUNIT_CASE(its_routine_may_arm_it_again),
	KUNIT_CASE(what_is_synchronized_with_it_keeps_it_off),
	KUNIT_CASE(a_touch_of_what_is_paged_out_is_bugcheck_d1_and_ends_its_routine),
	KUNIT_CASE(with_forced_irql_checking_its_lock_finds_no_page_in),
	{}
};

struct kunit_suite interrupt_suite = {
	.name = "ntpool_interrupt",
	.init = forget,
	.test_cases = cases,
};
