// SPDX-License-Identifier: GPL-2.0-only
/* dev/usage.c: what a session has allocated, by tag. */
#include <linux/swab.h>

#include "dev/session.h"
#include "tests.h"

#define MOST 16383

static unsigned long rows_of(struct session *session)
{
	struct session_usage *row;
	unsigned long key, count = 0;

	xa_for_each(&session->usage, key, row)
		count++;
	return count;
}

/* Neighbours in the table, which so is small. */
static u32 tag_number(u32 number)
{
	return swab32(number);
}

static void beyond_16383_tags_share_a_row(struct kunit *test)
{
	struct session *session = kunit_kzalloc(test, sizeof(*session), GFP_KERNEL);
	struct session_usage *row = NULL;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, session);
	usage_init(session);
	for (i = 1; i <= MOST; i++)
		row = usage_row(session, tag_number(i));
	KUNIT_ASSERT_NOT_NULL(test, row);
	KUNIT_EXPECT_EQ(test, row->tag, tag_number(MOST));
	KUNIT_EXPECT_EQ(test, rows_of(session), (unsigned long)MOST);
	row = usage_row(session, tag_number(MOST + 1));
	KUNIT_ASSERT_NOT_NULL(test, row);
	KUNIT_EXPECT_EQ(test, row->tag, (u32)NTPOOL_TAG('O', 'v', 'f', 'l'));
	KUNIT_EXPECT_PTR_EQ(test, usage_row(session, tag_number(MOST + 2)), row);
	KUNIT_EXPECT_EQ(test, usage_row(session, tag_number(5))->tag, tag_number(5));
	KUNIT_EXPECT_EQ(test, rows_of(session), (unsigned long)MOST + 1);
	usage_exit(session);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(beyond_16383_tags_share_a_row),
	{}
};

struct kunit_suite usage_suite = {
	.name = "ntpool_usage",
	.test_cases = cases,
};
