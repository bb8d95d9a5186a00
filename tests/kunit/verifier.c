// SPDX-License-Identifier: GPL-2.0-only
/* pool/verifier*.c, pool/tracking.c: Driver Verifier's options on allocations. */
#include <linux/irq_work.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "pool/hooks.h"
#include "pool/release.h"
#include "pool/special.h"
#include "tests.h"

#define NON_PAGED NTPOOL_FLAG_NON_PAGED
#define PAGED	  NTPOOL_FLAG_PAGED

static const struct verifier_settings off = { .probability = 600, .grace = 480 };

/* Only what this module allocates is verified, whatever else goes on. */
static struct verifier_settings mine(u32 flags)
{
	struct verifier_settings s = off;

	s.flags = flags;
	s.grace = 0;
	strscpy(s.driver, THIS_MODULE->name, sizeof(s.driver));
	return s;
}

static void set(struct kunit *test, u32 flags)
{
	struct verifier_settings s = mine(flags);

	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
}

static void switch_off(struct kunit *test)
{
	verifier_set(&off);
}

static struct verifier_stats stats(void)
{
	struct verifier_stats now;

	verifier_get_stats(&now);
	return now;
}

static void settings_that_make_no_sense_are_refused_and_change_nothing(struct kunit *test)
{
	struct verifier_settings s = mine(0x80000000), now;

	KUNIT_EXPECT_EQ(test, verifier_set(&s), -EINVAL);
	s = mine(NTPOOL_VERIFIER_LOW_RESOURCES);
	s.probability = 10001;
	KUNIT_EXPECT_EQ(test, verifier_set(&s), -EINVAL);
	s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);
	s.size_min = 2;
	s.size_max = 1;
	KUNIT_EXPECT_EQ(test, verifier_set(&s), -EINVAL);
	s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);
	s.tags[1] = TEST_TAG;
	KUNIT_EXPECT_EQ(test, verifier_set(&s), -EINVAL);
	s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);
	memset(s.driver, 'x', sizeof(s.driver));
	KUNIT_EXPECT_EQ(test, verifier_set(&s), -EINVAL);
	verifier_get(&now);
	KUNIT_EXPECT_EQ(test, now.flags, 0u);
}

/* Does an allocation come from special pool as things are set? */
static bool is_special(u64 flags, size_t size, u32 tag)
{
	void *p = ntpool_alloc(flags, size, tag);
	bool special = special_contains((unsigned long)p);

	ntpool_free(p, tag);
	return special;
}

static void pending_io_by_force_brings_io_verification_with_it(struct kunit *test)
{
	struct verifier_settings now;

	set(test, NTPOOL_VERIFIER_FORCE_PENDING);
	verifier_get(&now);
	KUNIT_EXPECT_EQ(test, now.flags, NTPOOL_VERIFIER_FORCE_PENDING | NTPOOL_VERIFIER_IO);
	/* Allocations are no business of either. */
	KUNIT_EXPECT_FALSE(test, is_special(PAGED, 100, TEST_TAG));
	KUNIT_EXPECT_EQ(test, stats().attempted, 0ull);
}

static void bit_1_takes_all_blocks_from_special_pool(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_special(PAGED, 100, TEST_TAG));
	set(test, NTPOOL_VERIFIER_SPECIAL_POOL);
	KUNIT_EXPECT_TRUE(test, is_special(PAGED, 100, TEST_TAG));
	KUNIT_EXPECT_TRUE(test, is_special(NON_PAGED, 100, TEST_TAG));
	KUNIT_EXPECT_EQ(test, stats().special, 2ull);
	KUNIT_EXPECT_EQ(test, stats().succeeded, 2ull);
	verifier_set(&off);
	KUNIT_EXPECT_FALSE(test, is_special(PAGED, 100, TEST_TAG));
}

static void special_pool_is_chosen_by_tag_with_wildcards(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);

	s.tags[0] = NTPOOL_TAG('X', 'y', '*', 0);
	s.tags[1] = NTPOOL_TAG('?', 'b', 'c', 0);
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_TRUE(test, is_special(PAGED, 9, NTPOOL_TAG('X', 'y', 0, 0)));
	KUNIT_EXPECT_TRUE(test, is_special(PAGED, 9, NTPOOL_TAG('X', 'y', 'z', 'z')));
	KUNIT_EXPECT_FALSE(test, is_special(PAGED, 9, NTPOOL_TAG('X', 'z', 'y', 0)));
	KUNIT_EXPECT_TRUE(test, is_special(PAGED, 9, NTPOOL_TAG('a', 'b', 'c', 0)));
	KUNIT_EXPECT_FALSE(test, is_special(PAGED, 9, NTPOOL_TAG('a', 'b', 'c', 'd')));
	KUNIT_EXPECT_FALSE(test, is_special(PAGED, 9, TEST_TAG));
}

static void special_pool_is_chosen_by_size(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);

	s.size_min = 100;
	s.size_max = 200;
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_FALSE(test, is_special(NON_PAGED, 99, TEST_TAG));
	KUNIT_EXPECT_TRUE(test, is_special(NON_PAGED, 100, TEST_TAG));
	KUNIT_EXPECT_TRUE(test, is_special(NON_PAGED, 200, TEST_TAG));
	KUNIT_EXPECT_FALSE(test, is_special(NON_PAGED, 201, TEST_TAG));
}

static void allocations_are_chosen_by_driver_and_by_process(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);

	strscpy(s.driver, "another", sizeof(s.driver));
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_FALSE(test, is_special(NON_PAGED, 9, TEST_TAG));
	s = mine(NTPOOL_VERIFIER_SPECIAL_POOL);
	strscpy(s.process, current->group_leader->comm, sizeof(s.process));
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_TRUE(test, is_special(NON_PAGED, 9, TEST_TAG));
	strscpy(s.process, "another", sizeof(s.process));
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_FALSE(test, is_special(NON_PAGED, 9, TEST_TAG));
}

/* Touch a page at DISPATCH that was in, or one that happens to be out: does it succeed? */
static bool touch_at_dispatch(u8 *p, bool out)
{
	u8 old;
	bool done;

	WRITE_ONCE(*p, 1);
	if (out)
		paging_trim_range((unsigned long)p, 1);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	done = can_load(p);
	ntpool_lower_irql(old);
	return done;
}

/* Is it bug check 0xD1, or is nothing noticed? */
static void expect_touch(struct kunit *test, u8 *p, bool out, bool noticed)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, touch_at_dispatch(p, out), !noticed);
	if (noticed)
		EXPECT_BUGCHECK(test, seq,
				BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
				(unsigned long)p, NTPOOL_IRQL_DISPATCH, 0, OURS);
	else
		EXPECT_NO_BUGCHECK(test, seq);
}

static void bit_2_makes_the_intermittent_bugcheck_d1_come_every_time(struct kunit *test)
{
	u8 *p = ntpool_alloc(PAGED, 100, TEST_TAG);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	/* The bug comes and goes with the page. */
	for (i = 0; i < 20; i++)
		expect_touch(test, p, i % 2, i % 2);
	set(test, NTPOOL_VERIFIER_FORCE_IRQL);
	for (i = 0; i < 20; i++)
		expect_touch(test, p, i % 2, true);
	KUNIT_EXPECT_EQ(test, stats().raises, 20ull);
	KUNIT_EXPECT_GE(test, stats().trimmed, 10ull);
	verifier_set(&off);
	expect_touch(test, p, false, false);
	ntpool_free(p, TEST_TAG);
}

static void bit_2_leaves_pinned_pages_alone(struct kunit *test)
{
	u8 *p = ntpool_alloc(PAGED, 100, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, ntpool_pin(p, 100), 0);
	set(test, NTPOOL_VERIFIER_FORCE_IRQL);
	KUNIT_EXPECT_TRUE(test, touch_at_dispatch(p, false));
	ntpool_unpin(p, 100);
	ntpool_free(p, TEST_TAG);
}

#define TRIES 10000

static unsigned int count_failures(void)
{
	unsigned int i, failed = 0;
	void *p;

	for (i = 0; i < TRIES; i++) {
		p = ntpool_alloc(NON_PAGED, 16, TEST_TAG);
		failed += !p;
		ntpool_free(p, TEST_TAG);
	}
	return failed;
}

static void bit_4_fails_six_percent_of_allocations(struct kunit *test)
{
	unsigned int failed;

	set(test, NTPOOL_VERIFIER_LOW_RESOURCES);
	failed = count_failures();
	/* 600 expected; the deviation is 24. */
	KUNIT_EXPECT_GT(test, failed, 450u);
	KUNIT_EXPECT_LT(test, failed, 750u);
	KUNIT_EXPECT_EQ(test, stats().attempted, (u64)TRIES);
	KUNIT_EXPECT_EQ(test, stats().failed_deliberately, (u64)failed);
	KUNIT_EXPECT_EQ(test, stats().succeeded, (u64)TRIES - failed);
}

static void bit_4_fails_as_often_as_it_is_told(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_LOW_RESOURCES);

	s.probability = 10000;
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_EQ(test, count_failures(), (unsigned int)TRIES);
	s.probability = 0;
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_EQ(test, count_failures(), 0u);
}

static void bit_4_fails_nothing_in_the_grace_period_after_boot(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_LOW_RESOURCES);

	s.probability = 10000;
	s.grace = ktime_get_boottime_seconds() + 1000;
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_EQ(test, count_failures(), 0u);
}

static void bit_4_fails_only_the_tags_named(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_LOW_RESOURCES);
	u32 other = NTPOOL_TAG('O', 't', 'h', 'r');
	void *p;

	s.probability = 10000;
	s.tags[0] = TEST_TAG;
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, 16, TEST_TAG));
	p = ntpool_alloc(PAGED, 16, other);
	KUNIT_EXPECT_NOT_NULL(test, p);
	ntpool_free(p, other);
}

/* Two places to call from: not inlined, and no tail calls. */
static noinline void *alloc_here(void)
{
	void *p = ntpool_alloc(NON_PAGED, 16, TEST_TAG);

	barrier();
	return p;
}

static noinline void *alloc_there(void)
{
	void *p = ntpool_alloc(NON_PAGED, 32, TEST_TAG);

	barrier();
	return p;
}

static void bit_40000_fails_each_call_stack_once(struct kunit *test)
{
	unsigned int round, failed[2] = {};
	void *p;

	set(test, NTPOOL_VERIFIER_SYSTEMATIC);
	for (round = 0; round < 10; round++) {
		p = alloc_here();
		failed[0] += !p;
		KUNIT_EXPECT_TRUE(test, !!p == !!round);
		ntpool_free(p, TEST_TAG);
		p = alloc_there();
		failed[1] += !p;
		ntpool_free(p, TEST_TAG);
	}
	KUNIT_EXPECT_EQ(test, failed[0], 1u);
	KUNIT_EXPECT_EQ(test, failed[1], 1u);
	KUNIT_EXPECT_EQ(test, stats().failed_deliberately, 2ull);
	/* Set again, all fail once again. */
	set(test, NTPOOL_VERIFIER_SYSTEMATIC);
	KUNIT_EXPECT_NULL(test, alloc_here());
}

static noinline void *alloc_legacy(void)
{
	void *p = ntpool_alloc_with_tag(NTPOOL_TYPE_NON_PAGED, 64, TEST_TAG,
					NULL);

	barrier();
	return p;
}

/* Executable memory that is refused on purpose is no reason to give other memory. */
static void bit_40000_fails_legacy_nonpaged_pool_as_well(struct kunit *test)
{
	unsigned int round;
	void *p;

	KUNIT_ASSERT_TRUE(test, release_select("win7"));
	set(test, NTPOOL_VERIFIER_SYSTEMATIC);
	for (round = 0; round < 3; round++) {
		p = alloc_legacy();
		KUNIT_EXPECT_TRUE(test, !!p == !!round);
		ntpool_free(p, TEST_TAG);
	}
	release_select("current");
	KUNIT_EXPECT_EQ(test, stats().failed_deliberately, 1ull);
}

static void bit_8_counts_live_blocks_and_bytes(struct kunit *test)
{
	void *p, *q;

	set(test, NTPOOL_VERIFIER_POOL_TRACKING);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
	p = ntpool_alloc(PAGED, 100, TEST_TAG);
	q = ntpool_alloc(NON_PAGED, 5000, TEST_TAG);
	KUNIT_EXPECT_EQ(test, stats().tracked, 2ull);
	KUNIT_EXPECT_EQ(test, stats().tracked_bytes, 5100ull);
	ntpool_free(p, TEST_TAG);
	KUNIT_EXPECT_EQ(test, stats().tracked, 1ull);
	KUNIT_EXPECT_EQ(test, stats().tracked_peak, 2ull);
	ntpool_free(q, TEST_TAG);
	KUNIT_EXPECT_EQ(test, stats().tracked_bytes, 0ull);
}

static void a_module_that_goes_and_leaves_blocks_is_bugcheck_c4_62(struct kunit *test)
{
	u64 seq, record;
	void *p, *q;

	set(test, NTPOOL_VERIFIER_POOL_TRACKING);
	KUNIT_EXPECT_EQ(test, tracking_module_leaks(THIS_MODULE), 0ull);
	p = alloc_here();
	q = alloc_there();
	seq = bugcheck_last_seq();
	record = tracking_module_leaks(THIS_MODULE);
	KUNIT_EXPECT_NE(test, record, 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0x62, (unsigned long)THIS_MODULE->name, 0, 2);
	KUNIT_EXPECT_EQ(test, stats().leaked, 2ull);
	/* They are no longer this module's, but still there. */
	KUNIT_EXPECT_EQ(test, tracking_module_leaks(THIS_MODULE), 0ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(q, TEST_TAG), 0ull);
}

static void wrong_allocation_arguments_are_bugcheck_c4_00_and_01(struct kunit *test)
{
	u64 seq;
	void *p;
	u8 old;

	set(test, NTPOOL_VERIFIER_POOL_TRACKING);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NULL(test, ntpool_alloc(PAGED, 0, TEST_TAG));
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0x00, NTPOOL_IRQL_PASSIVE, NTPOOL_TYPE_PAGED, 0);
	seq = bugcheck_last_seq();
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	p = ntpool_alloc(PAGED, 77, TEST_TAG);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NULL(test, p);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0x01, NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED, 77);
}

static void *got_in_interrupt;
static u64 freed_in_interrupt;

static void alloc_in_interrupt(struct irq_work *work)
{
	got_in_interrupt = ntpool_alloc(NON_PAGED, 77, TEST_TAG);
}

static void *free_this;

static void free_in_interrupt(struct irq_work *work)
{
	freed_in_interrupt = ntpool_free(free_this, TEST_TAG);
}

static void nonpaged_pool_above_dispatch_is_bugcheck_c4_02_and_12(struct kunit *test)
{
	struct irq_work alloc = IRQ_WORK_INIT_HARD(alloc_in_interrupt);
	struct irq_work free = IRQ_WORK_INIT_HARD(free_in_interrupt);
	struct bugcheck_record rec = {};
	struct verifier_settings s = mine(NTPOOL_VERIFIER_POOL_TRACKING);

	free_this = ntpool_alloc(NON_PAGED, 77, TEST_TAG);
	KUNIT_ASSERT_NOT_NULL(test, free_this);
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	irq_work_queue(&alloc);
	irq_work_sync(&alloc);
	KUNIT_EXPECT_NULL(test, got_in_interrupt);
	KUNIT_EXPECT_TRUE(test, bugcheck_get(bugcheck_last_seq(), &rec));
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION);
	KUNIT_EXPECT_EQ(test, rec.param[0], 0x02ull);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)NTPOOL_IRQL_DEVICE);
	KUNIT_EXPECT_EQ(test, rec.param[2], (u64)NTPOOL_TYPE_NX);
	KUNIT_EXPECT_EQ(test, rec.param[3], 77ull);
	irq_work_queue(&free);
	irq_work_sync(&free);
	KUNIT_EXPECT_NE(test, freed_in_interrupt, 0ull);
	KUNIT_EXPECT_TRUE(test, bugcheck_get(freed_in_interrupt, &rec));
	KUNIT_EXPECT_EQ(test, rec.param[0], 0x12ull);
	KUNIT_EXPECT_EQ(test, rec.param[2], (u64)NTPOOL_TYPE_NX);
	KUNIT_EXPECT_EQ(test, rec.param[3], (u64)(unsigned long)free_this);
	KUNIT_EXPECT_EQ(test, ntpool_free(free_this, TEST_TAG), 0ull);
}

static void wrong_frees_are_bugcheck_c4_10_11_and_13(struct kunit *test)
{
	u8 *p, *large, old;
	u64 seq, record;

	set(test, NTPOOL_VERIFIER_POOL_TRACKING);
	p = ntpool_alloc(PAGED, 100, TEST_TAG);
	large = ntpool_alloc(NON_PAGED, 9000, TEST_TAG);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NE(test, ntpool_free(large + 16, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0x10, (unsigned long)large + 16, 0, 0);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	record = ntpool_free(p, TEST_TAG);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NE(test, record, 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0x11, NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED,
			(unsigned long)p);
	/* Refused frees leave the blocks tracked. */
	KUNIT_EXPECT_EQ(test, stats().tracked, 2ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(large, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
	p = ntpool_alloc(NON_PAGED, 100, TEST_TAG);
	large = ntpool_alloc(NON_PAGED, 100, TEST_TAG);
	ntpool_free(p, TEST_TAG);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			0x13, 0, ((u64 *)p)[-2], (unsigned long)p);
	ntpool_free(large, TEST_TAG);
}

/* The codes of three wrong frees: inside a block, at a wrong IRQL, and of no block. */
static void expect_frees(struct kunit *test, u32 tag, u32 code, u64 inside,
			 u64 irql, u64 stray)
{
	u8 *p = ntpool_alloc(PAGED, 100, tag), old;
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NE(test, ntpool_free(p + 16, tag), 0ull);
	EXPECT_BUGCHECK(test, seq, code, inside, (unsigned long)p + 16, ANY, ANY);
	seq = bugcheck_last_seq();
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	ntpool_free(p, tag);
	ntpool_lower_irql(old);
	EXPECT_BUGCHECK(test, seq, code, irql, NTPOOL_IRQL_DISPATCH,
			NTPOOL_TYPE_PAGED, (unsigned long)p);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NE(test, ntpool_free((void *)0x400000, tag), 0ull);
	EXPECT_BUGCHECK(test, seq, code, stray, 0x400000, ANY, 0);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, tag), 0ull);
}

static void expect_frees_verified(struct kunit *test, u32 tag)
{
	expect_frees(test, tag, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
		     0x10, 0x11, 0x10);
}

static void expect_frees_unverified(struct kunit *test, u32 tag)
{
	expect_frees(test, tag, BUGCHECK_BAD_POOL_CALLER, 0x50, 0x09, 0x40);
}

static void wrong_frees_of_blocks_that_are_not_chosen_stay_bugcheck_c2(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_POOL_TRACKING);

	s.tags[0] = NTPOOL_TAG('V', 'r', 'f', '*');
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	expect_frees_verified(test, NTPOOL_TAG('V', 'r', 'f', 'd'));
	expect_frees_unverified(test, TEST_TAG);
}

static void wrong_frees_of_a_driver_that_is_not_chosen_stay_bugcheck_c2(struct kunit *test)
{
	struct verifier_settings s = mine(NTPOOL_VERIFIER_POOL_TRACKING);

	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	expect_frees_verified(test, TEST_TAG);
	strscpy(s.driver, "another", sizeof(s.driver));
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	expect_frees_unverified(test, TEST_TAG);
}

static void blocks_of_before_are_not_tracked_and_come_to_no_harm(struct kunit *test)
{
	void *p = ntpool_alloc(PAGED, 100, TEST_TAG);

	set(test, NTPOOL_VERIFIER_POOL_TRACKING);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	KUNIT_EXPECT_EQ(test, stats().tracked, 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(settings_that_make_no_sense_are_refused_and_change_nothing),
	KUNIT_CASE(pending_io_by_force_brings_io_verification_with_it),
	KUNIT_CASE(bit_1_takes_all_blocks_from_special_pool),
	KUNIT_CASE(special_pool_is_chosen_by_tag_with_wildcards),
	KUNIT_CASE(special_pool_is_chosen_by_size),
	KUNIT_CASE(allocations_are_chosen_by_driver_and_by_process),
	KUNIT_CASE(bit_2_makes_the_intermittent_bugcheck_d1_come_every_time),
	KUNIT_CASE(bit_2_leaves_pinned_pages_alone),
	KUNIT_CASE(bit_4_fails_six_percent_of_allocations),
	KUNIT_CASE(bit_4_fails_as_often_as_it_is_told),
	KUNIT_CASE(bit_4_fails_nothing_in_the_grace_period_after_boot),
	KUNIT_CASE(bit_4_fails_only_the_tags_named),
	KUNIT_CASE(bit_40000_fails_each_call_stack_once),
	KUNIT_CASE(bit_40000_fails_legacy_nonpaged_pool_as_well),
	KUNIT_CASE(bit_8_counts_live_blocks_and_bytes),
	KUNIT_CASE(a_module_that_goes_and_leaves_blocks_is_bugcheck_c4_62),
	KUNIT_CASE(wrong_allocation_arguments_are_bugcheck_c4_00_and_01),
	KUNIT_CASE(nonpaged_pool_above_dispatch_is_bugcheck_c4_02_and_12),
	KUNIT_CASE(wrong_frees_are_bugcheck_c4_10_11_and_13),
	KUNIT_CASE(wrong_frees_of_blocks_that_are_not_chosen_stay_bugcheck_c2),
	KUNIT_CASE(wrong_frees_of_a_driver_that_is_not_chosen_stay_bugcheck_c2),
	KUNIT_CASE(blocks_of_before_are_not_tracked_and_come_to_no_harm),
	{}
};

struct kunit_suite verifier_suite = {
	.name = "ntpool_verifier",
	.exit = switch_off,
	.test_cases = cases,
};
