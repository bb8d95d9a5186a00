// SPDX-License-Identifier: GPL-2.0-only
/* core/irql.c: the level is that of the real context. */
#include <linux/irqflags.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>

#include "tests.h"

static void a_thread_is_at_passive(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
}

static void raising_to_dispatch_turns_preemption_and_softirqs_off(struct kunit *test)
{
	bool atomic, softirqs_off;
	u8 old, level;

	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	level = ntpool_irql();
	atomic = in_atomic();
	softirqs_off = in_softirq();
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, old, NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, level, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_TRUE(test, atomic);
	KUNIT_EXPECT_TRUE(test, softirqs_off);
	KUNIT_EXPECT_FALSE(test, in_atomic());
}

static void raising_to_apc_is_seen_by_its_thread_and_undone(struct kunit *test)
{
	u8 old = ntpool_raise_irql(NTPOOL_IRQL_APC);

	KUNIT_EXPECT_EQ(test, old, NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_APC);
	KUNIT_EXPECT_FALSE(test, in_atomic());
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
}

static void levels_nest(struct kunit *test)
{
	u8 first = ntpool_raise_irql(NTPOOL_IRQL_APC);
	u8 second = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	u8 third = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);

	ntpool_lower_irql(third);
	ntpool_lower_irql(second);
	KUNIT_EXPECT_EQ(test, third, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, second, NTPOOL_IRQL_APC);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_APC);
	ntpool_lower_irql(first);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
}

static void several_levels_are_undone_at_once(struct kunit *test)
{
	int raised = atomic_read(&irql_apc_count);

	ntpool_raise_irql(NTPOOL_IRQL_APC);
	ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	ntpool_lower_irql(NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, atomic_read(&irql_apc_count), raised);
}

static void lowering_under_a_lock_is_bugcheck_0a_and_changes_nothing(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	static DEFINE_SPINLOCK(lock);
	int before, after;

	spin_lock(&lock);
	before = preempt_count();
	ntpool_lower_irql(NTPOOL_IRQL_PASSIVE);
	after = preempt_count();
	spin_unlock(&lock);
	KUNIT_EXPECT_EQ(test, after, before);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, 0,
			NTPOOL_IRQL_DISPATCH, 0, NTPOOL_IRQL_PASSIVE);
}

static void a_spinlock_interrupts_off_and_rcu_are_dispatch(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);
	unsigned long flags;
	u8 locked, irqs_off, rcu;

	spin_lock(&lock);
	locked = ntpool_irql();
	spin_unlock(&lock);
	local_irq_save(flags);
	irqs_off = ntpool_irql();
	local_irq_restore(flags);
	rcu_read_lock();
	rcu = ntpool_irql();
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, locked, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, irqs_off, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, rcu, NTPOOL_IRQL_DISPATCH);
}

static u8 seen_in_interrupt;

static void note_irql(struct irq_work *work)
{
	seen_in_interrupt = ntpool_irql();
}

static void a_hard_interrupt_is_at_device_level(struct kunit *test)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(note_irql);

	seen_in_interrupt = 0;
	irq_work_queue(&work);
	irq_work_sync(&work);
	KUNIT_EXPECT_EQ(test, seen_in_interrupt, NTPOOL_IRQL_DEVICE);
}

static void raising_downwards_is_bugcheck_9_and_changes_nothing(struct kunit *test)
{
	u8 old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH), answer, level;
	u64 seq = bugcheck_last_seq();

	answer = ntpool_raise_irql(NTPOOL_IRQL_PASSIVE);
	level = ntpool_irql();
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, answer, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, level, NTPOOL_IRQL_DISPATCH);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_GREATER_OR_EQUAL,
			NTPOOL_IRQL_DISPATCH, NTPOOL_IRQL_PASSIVE, 0, 0);
}

static void lowering_upwards_is_bugcheck_0a_and_changes_nothing(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	ntpool_lower_irql(NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, 0,
			NTPOOL_IRQL_PASSIVE, 0, NTPOOL_IRQL_DISPATCH);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_thread_is_at_passive),
	KUNIT_CASE(raising_to_dispatch_turns_preemption_and_softirqs_off),
	KUNIT_CASE(raising_to_apc_is_seen_by_its_thread_and_undone),
	KUNIT_CASE(levels_nest),
	KUNIT_CASE(several_levels_are_undone_at_once),
	KUNIT_CASE(a_spinlock_interrupts_off_and_rcu_are_dispatch),
	KUNIT_CASE(a_hard_interrupt_is_at_device_level),
	KUNIT_CASE(raising_downwards_is_bugcheck_9_and_changes_nothing),
	KUNIT_CASE(lowering_upwards_is_bugcheck_0a_and_changes_nothing),
	KUNIT_CASE(lowering_under_a_lock_is_bugcheck_0a_and_changes_nothing),
	{}
};

struct kunit_suite irql_suite = { .name = "ntpool_irql", .test_cases = cases };
