// SPDX-License-Identifier: GPL-2.0-only
/* ke/devqueue.c: what waits while a device is busy. */
#include <ntpool/devqueue.h>

#include "tests.h"

static KDEVICE_QUEUE queue;
static KDEVICE_QUEUE_ENTRY entries[4];

static int make_queue(struct kunit *test)
{
	memset(entries, 0, sizeof(entries));
	KeInitializeDeviceQueue(&queue);
	return 0;
}

static void the_first_entry_makes_it_busy_and_is_not_in(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, KeInsertDeviceQueue(&queue, &entries[0]));
	KUNIT_EXPECT_FALSE(test, entries[0].Inserted);
	KUNIT_EXPECT_TRUE(test, queue.Busy);
	KUNIT_EXPECT_TRUE(test, KeInsertDeviceQueue(&queue, &entries[1]));
	KUNIT_EXPECT_TRUE(test, entries[1].Inserted);
}

static void taking_from_an_empty_one_makes_it_idle(struct kunit *test)
{
	KeInsertDeviceQueue(&queue, &entries[0]);
	KeInsertDeviceQueue(&queue, &entries[1]);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[1]);
	KUNIT_EXPECT_FALSE(test, entries[1].Inserted);
	KUNIT_EXPECT_TRUE(test, queue.Busy);
	KUNIT_EXPECT_NULL(test, KeRemoveDeviceQueue(&queue));
	KUNIT_EXPECT_FALSE(test, queue.Busy);
	KUNIT_EXPECT_FALSE(test, KeInsertDeviceQueue(&queue, &entries[2]));
}

static void entries_come_out_in_order(struct kunit *test)
{
	int i;

	for (i = 0; i < 4; i++)
		KeInsertDeviceQueue(&queue, &entries[i]);
	for (i = 1; i < 4; i++)
		KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[i]);
}

static void a_key_puts_an_entry_behind_those_not_larger(struct kunit *test)
{
	static KDEVICE_QUEUE_ENTRY busy;

	KeInsertDeviceQueue(&queue, &busy);
	KeInsertByKeyDeviceQueue(&queue, &entries[0], 20);
	KeInsertByKeyDeviceQueue(&queue, &entries[1], 10);
	KeInsertByKeyDeviceQueue(&queue, &entries[2], 20);
	KeInsertByKeyDeviceQueue(&queue, &entries[3], 15);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[1]);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[3]);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[0]);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[2]);
}

static void by_key_comes_the_next_one_and_then_the_first(struct kunit *test)
{
	static KDEVICE_QUEUE_ENTRY busy;

	KeInsertDeviceQueue(&queue, &busy);
	KeInsertByKeyDeviceQueue(&queue, &entries[0], 10);
	KeInsertByKeyDeviceQueue(&queue, &entries[1], 20);
	KeInsertByKeyDeviceQueue(&queue, &entries[2], 30);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveByKeyDeviceQueue(&queue, 15), &entries[1]);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveByKeyDeviceQueue(&queue, 30), &entries[2]);
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveByKeyDeviceQueue(&queue, 30), &entries[0]);
	KUNIT_EXPECT_NULL(test, KeRemoveByKeyDeviceQueue(&queue, 30));
	KUNIT_EXPECT_FALSE(test, queue.Busy);
}

static void a_certain_entry_is_taken_out_once(struct kunit *test)
{
	KeInsertDeviceQueue(&queue, &entries[0]);
	KeInsertDeviceQueue(&queue, &entries[1]);
	KeInsertDeviceQueue(&queue, &entries[2]);
	KUNIT_EXPECT_FALSE(test, KeRemoveEntryDeviceQueue(&queue, &entries[0]));
	KUNIT_EXPECT_TRUE(test, KeRemoveEntryDeviceQueue(&queue, &entries[1]));
	KUNIT_EXPECT_FALSE(test, KeRemoveEntryDeviceQueue(&queue, &entries[1]));
	KUNIT_EXPECT_PTR_EQ(test, KeRemoveDeviceQueue(&queue), &entries[2]);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_first_entry_makes_it_busy_and_is_not_in),
	KUNIT_CASE(taking_from_an_empty_one_makes_it_idle),
	KUNIT_CASE(entries_come_out_in_order),
	KUNIT_CASE(a_key_puts_an_entry_behind_those_not_larger),
	KUNIT_CASE(by_key_comes_the_next_one_and_then_the_first),
	KUNIT_CASE(a_certain_entry_is_taken_out_once),
	{}
};

struct kunit_suite devqueue_suite = {
	.name = "ntpool_devqueue",
	.init = make_queue,
	.test_cases = cases,
};
