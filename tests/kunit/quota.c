// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool/quota.c: the rules of ExAllocatePoolWithQuotaTag.  The tests run in a kernel
 * thread, which is not charged, so most charge the first process by name.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/pid.h>
#include <linux/sizes.h>

#include "pool/quota.h"
#include "pool/small.h"
#include "tests.h"

struct fixture {
	struct pid *process;
	struct quota_figures before;
};

static int choose_the_first_process(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->process = find_get_pid(1);
	quota_get(f->process, &f->before);
	test->priv = f;
	return 0;
}

static void let_it_go(struct kunit *test)
{
	struct fixture *f = test->priv;

	quota_set(f->process, QUOTA_DEFAULT, QUOTA_DEFAULT);
	put_pid(f->process);
}

static u32 charge(struct kunit *test, bool paged, u64 bytes, u32 *owner)
{
	struct fixture *f = test->priv;

	return quota_charge_process(f->process, paged, bytes, GFP_KERNEL,
				    owner);
}

static u64 used(struct kunit *test, bool paged)
{
	struct fixture *f = test->priv;
	struct quota_figures now;

	quota_get(f->process, &now);
	return now.used[paged] - f->before.used[paged];
}

static void a_charge_is_counted_by_pool_and_returned(struct kunit *test)
{
	u32 a = 0, b = 0;

	KUNIT_EXPECT_EQ(test, charge(test, true, 1000, &a),
			NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, charge(test, false, 50, &b),
			NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_NE(test, a, 0u);
	KUNIT_EXPECT_EQ(test, a, b);
	KUNIT_EXPECT_EQ(test, used(test, true), 1000ull);
	KUNIT_EXPECT_EQ(test, used(test, false), 50ull);
	KUNIT_EXPECT_EQ(test, quota_return(a, true, 1000), 0ull);
	KUNIT_EXPECT_EQ(test, quota_return(b, false, 50), 0ull);
	KUNIT_EXPECT_EQ(test, used(test, true), 0ull);
	KUNIT_EXPECT_EQ(test, used(test, false), 0ull);
}

static void beyond_the_limit_is_status_quota_exceeded_and_charges_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 owner = 0;

	KUNIT_ASSERT_EQ(test, quota_set(f->process, f->before.used[1] + 1000, QUOTA_UNLIMITED),
			0);
	KUNIT_EXPECT_EQ(test, charge(test, true, 1001, &owner),
			NTPOOL_STATUS_QUOTA_EXCEEDED);
	KUNIT_EXPECT_EQ(test, owner, 0u);
	KUNIT_EXPECT_EQ(test, charge(test, true, U64_MAX, &owner),
			NTPOOL_STATUS_QUOTA_EXCEEDED);
	KUNIT_EXPECT_EQ(test, used(test, true), 0ull);
	KUNIT_EXPECT_EQ(test, charge(test, true, 1000, &owner),
			NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, charge(test, true, 1, &owner),
			NTPOOL_STATUS_QUOTA_EXCEEDED);
	KUNIT_EXPECT_EQ(test, quota_return(owner, true, 1000), 0ull);
	KUNIT_EXPECT_EQ(test, charge(test, true, 1, &owner),
			NTPOOL_STATUS_SUCCESS);
	quota_return(owner, true, 1);
}

static void a_limit_below_what_is_charged_takes_nothing_away(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 owner = 0, other = 0;

	KUNIT_ASSERT_EQ(test, charge(test, false, 500, &owner),
			NTPOOL_STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, quota_set(f->process, QUOTA_DEFAULT, 0), 0);
	KUNIT_EXPECT_EQ(test, used(test, false), 500ull);
	KUNIT_EXPECT_EQ(test, charge(test, false, 1, &other),
			NTPOOL_STATUS_QUOTA_EXCEEDED);
	KUNIT_EXPECT_EQ(test, quota_return(owner, false, 500), 0ull);
}

static void the_peak_stays(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct quota_figures now;
	u32 owner = 0;

	charge(test, true, SZ_1G, &owner);
	quota_return(owner, true, SZ_1G);
	quota_get(f->process, &now);
	KUNIT_EXPECT_GE(test, now.peak[1], (u64)SZ_1G);
	KUNIT_EXPECT_EQ(test, now.used[1], f->before.used[1]);
}

static void returning_too_much_is_bugcheck_21(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 seq = bugcheck_last_seq();
	u32 owner = 0;

	KUNIT_ASSERT_EQ(test, f->before.used[1], 0ull);
	KUNIT_ASSERT_EQ(test, charge(test, true, 100, &owner),
			NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_NE(test, quota_return(owner, true, 160), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_QUOTA_UNDERFLOW, 1, true, 160, 60);
	KUNIT_EXPECT_EQ(test, used(test, true), 0ull);
}

/* The owner stands in the header right before a small nonpaged block. */
static void a_damaged_owner_is_bugcheck_c2_0d_and_keeps_the_block(struct kunit *test)
{
	void *p = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 64, TEST_TAG);
	struct pool_header *header = p - sizeof(*header);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, header->record.owner, 0u);
	header->record.owner = 0x40000001;
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_CALLER, 0x0D,
			(unsigned long)p, TEST_TAG, 0x40000001);
	header->record.owner = 0;
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void the_system_process_is_not_charged(struct kunit *test)
{
	struct quota_stats before, after;
	u32 status = 1;
	void *p;

	quota_get_stats(&before);
	p = ntpool_alloc_with_quota_tag(NTPOOL_TYPE_PAGED, 1000, TEST_TAG,
					&status);
	quota_get_stats(&after);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, after.paged_bytes, before.paged_bytes);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static int until_stopped(void *data)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	return 0;
}

static bool is_gone(struct pid *process)
{
	bool gone;

	rcu_read_lock();
	gone = !pid_task(process, PIDTYPE_TGID);
	rcu_read_unlock();
	return gone;
}

/* A process that is charged and ends; the caller has a reference to it. */
static struct pid *charge_and_end(struct kunit *test, u64 bytes, u32 *owner)
{
	struct task_struct *task = kthread_run(until_stopped, NULL, "charged");
	struct pid *process;
	int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	process = get_pid(task_tgid(task));
	KUNIT_EXPECT_EQ(test, quota_charge_process(process, true, bytes, GFP_KERNEL, owner),
			NTPOOL_STATUS_SUCCESS);
	kthread_stop(task);
	for (i = 0; i < 250 && !is_gone(process); i++)
		msleep(20);
	KUNIT_EXPECT_TRUE(test, is_gone(process));
	return process;
}

static void an_account_outlives_its_process_until_the_last_charge_is_back(struct kunit *test)
{
	struct quota_figures figures;
	struct quota_stats stats;
	struct pid *process;
	u32 owner = 0;
	u64 accounts;

	quota_reap();
	quota_get_stats(&stats);
	accounts = stats.processes;
	process = charge_and_end(test, 4711, &owner);
	quota_reap();
	quota_get_stats(&stats);
	KUNIT_EXPECT_EQ(test, stats.processes, accounts + 1);
	quota_get(process, &figures);
	KUNIT_EXPECT_EQ(test, figures.used[1], 4711ull);
	KUNIT_EXPECT_EQ(test, quota_return(owner, true, 4711), 0ull);
	quota_reap();
	quota_get_stats(&stats);
	KUNIT_EXPECT_EQ(test, stats.processes, accounts);
	put_pid(process);
}

#define ROUNDS 3000

static atomic_t threads_done;

static int charge_and_return(void *data)
{
	struct pid *process = data;
	u32 owner;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (quota_charge_process(process, true, 1 + i % 100, GFP_KERNEL,
					 &owner) == NTPOOL_STATUS_SUCCESS)
			quota_return(owner, true, 1 + i % 100);
		cond_resched();
	}
	atomic_inc(&threads_done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 50);
	return 0;
}

static void threads_of_a_process_charge_it_at_once_and_nothing_is_lost(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct task_struct *thread[4];
	u64 seq = bugcheck_last_seq();
	int i;

	KUNIT_ASSERT_EQ(test, quota_set(f->process, f->before.used[1] + 150, QUOTA_DEFAULT),
			0);
	atomic_set(&threads_done, 0);
	for (i = 0; i < 4; i++) {
		thread[i] = kthread_run(charge_and_return, f->process, "charge");
		KUNIT_ASSERT_FALSE(test, IS_ERR(thread[i]));
	}
	while (atomic_read(&threads_done) < 4)
		schedule_timeout_uninterruptible(HZ / 50);
	for (i = 0; i < 4; i++)
		kthread_stop(thread[i]);
	KUNIT_EXPECT_EQ(test, used(test, true), 0ull);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq);
}

static void a_charge_is_possible_at_dispatch(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 owner = 0, status;
	u8 old;

	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	status = quota_charge_process(f->process, false, 64, GFP_ATOMIC, &owner);
	quota_return(owner, false, 64);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, status, NTPOOL_STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, used(test, false), 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_charge_is_counted_by_pool_and_returned),
	KUNIT_CASE(beyond_the_limit_is_status_quota_exceeded_and_charges_nothing),
	KUNIT_CASE(a_limit_below_what_is_charged_takes_nothing_away),
	KUNIT_CASE(the_peak_stays),
	KUNIT_CASE(returning_too_much_is_bugcheck_21),
	KUNIT_CASE(a_damaged_owner_is_bugcheck_c2_0d_and_keeps_the_block),
	KUNIT_CASE(the_system_process_is_not_charged),
	KUNIT_CASE(an_account_outlives_its_process_until_the_last_charge_is_back),
	KUNIT_CASE(threads_of_a_process_charge_it_at_once_and_nothing_is_lost),
	KUNIT_CASE(a_charge_is_possible_at_dispatch),
	{}
};

struct kunit_suite quota_suite = {
	.name = "ntpool_quota",
	.init = choose_the_first_process,
	.exit = let_it_go,
	.test_cases = cases,
};
