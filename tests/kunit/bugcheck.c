// SPDX-License-Identifier: GPL-2.0-only
/* core/bugcheck.c: records are complete, in order, and the ring forgets the oldest. */
#include "tests.h"

#define CODE 0x1234567

static void a_record_has_code_parameters_process_and_stack(struct kunit *test)
{
	struct bugcheck_record rec;
	u64 seq = ntpool_bugcheck(CODE, 1, 2, 3, 4);

	KUNIT_ASSERT_TRUE(test, bugcheck_get(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.seq, seq);
	KUNIT_EXPECT_EQ(test, rec.code, CODE);
	KUNIT_EXPECT_EQ(test, rec.param[0], 1ull);
	KUNIT_EXPECT_EQ(test, rec.param[3], 4ull);
	KUNIT_EXPECT_EQ(test, rec.tid, current->pid);
	KUNIT_EXPECT_EQ(test, rec.owner, current->tgid);
	KUNIT_EXPECT_EQ(test, rec.irql, NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_STREQ(test, rec.comm, current->comm);
	KUNIT_EXPECT_GT(test, rec.stack_len, 0u);
}

static void numbers_go_up_by_one(struct kunit *test)
{
	u64 first = ntpool_bugcheck(CODE, 0, 0, 0, 0);
	u64 second = ntpool_bugcheck(CODE, 0, 0, 0, 0);

	KUNIT_EXPECT_EQ(test, second, first + 1);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), second);
}

static void a_record_of_another_requester_names_him(struct kunit *test)
{
	struct bugcheck_record rec;
	u64 seq = bugcheck_for(4711, CODE, 0, 0, 0, 0);

	KUNIT_ASSERT_TRUE(test, bugcheck_get(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.owner, 4711);
	KUNIT_EXPECT_EQ(test, rec.tgid, current->tgid);
}

static void the_newest_record_of_a_thread_is_found(struct kunit *test)
{
	u64 before = bugcheck_last_seq(), mine;

	KUNIT_EXPECT_EQ(test, bugcheck_by_thread_since(before, current->pid),
			0ull);
	ntpool_bugcheck(CODE, 0, 0, 0, 0);
	mine = ntpool_bugcheck(CODE, 0, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, bugcheck_by_thread_since(before, current->pid),
			mine);
	KUNIT_EXPECT_EQ(test, bugcheck_by_thread_since(mine, current->pid),
			0ull);
	KUNIT_EXPECT_EQ(test, bugcheck_by_thread_since(before, -1), 0ull);
}

static void the_ring_forgets_the_oldest_and_nothing_else(struct kunit *test)
{
	struct bugcheck_record rec;
	u64 seq = ntpool_bugcheck(CODE, 42, 0, 0, 0), oldest;
	int i;

	for (i = 0; i < 300; i++)
		ntpool_bugcheck(CODE, i, 0, 0, 0);
	oldest = bugcheck_oldest_seq();
	KUNIT_EXPECT_GT(test, oldest, seq);
	KUNIT_EXPECT_FALSE(test, bugcheck_get(seq, &rec));
	KUNIT_EXPECT_FALSE(test, bugcheck_get(oldest - 1, &rec));
	KUNIT_EXPECT_TRUE(test, bugcheck_get(oldest, &rec));
	KUNIT_EXPECT_EQ(test, rec.seq, oldest);
	KUNIT_EXPECT_FALSE(test, bugcheck_get(bugcheck_last_seq() + 1, &rec));
}

static void names_are_those_of_the_documents(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, bugcheck_name(0xD1),
			   "DRIVER_IRQL_NOT_LESS_OR_EQUAL");
	KUNIT_EXPECT_STREQ(test, bugcheck_name(0xC2), "BAD_POOL_CALLER");
	KUNIT_EXPECT_STREQ(test, bugcheck_name(0x7A),
			   "KERNEL_DATA_INPAGE_ERROR");
	KUNIT_EXPECT_STREQ(test, bugcheck_name(CODE), "UNKNOWN");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_record_has_code_parameters_process_and_stack),
	KUNIT_CASE(numbers_go_up_by_one),
	KUNIT_CASE(a_record_of_another_requester_names_him),
	KUNIT_CASE(the_newest_record_of_a_thread_is_found),
	KUNIT_CASE(the_ring_forgets_the_oldest_and_nothing_else),
	KUNIT_CASE(names_are_those_of_the_documents),
	{}
};

struct kunit_suite bugcheck_suite = {
	.name = "ntpool_bugcheck",
	.test_cases = cases,
};
