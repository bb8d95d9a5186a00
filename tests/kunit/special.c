// SPDX-License-Identifier: GPL-2.0-only
/* pool/special*.c: blocks whose misuse is caught by the instruction. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "pool/internal.h"
#include "pool/special.h"
#include "tests.h"

#define SPECIAL	  NTPOOL_FLAG_SPECIAL_POOL
#define NON_PAGED (NTPOOL_FLAG_NON_PAGED | SPECIAL)
#define PAGED	  (NTPOOL_FLAG_PAGED | SPECIAL)

static const u64 pools[] = { NON_PAGED, PAGED };

/* A block, which must be a special one. */
static u8 *take(struct kunit *test, u64 flags, size_t size)
{
	u8 *p = ntpool_alloc(flags, size, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, special_contains((unsigned long)p));
	return p;
}

static struct special_stats stats(void)
{
	struct special_stats now;

	special_get_stats(&now);
	return now;
}

/* The record of a touch by code of this module. */
static void expect_touch(struct kunit *test, u64 seq, u32 code, const void *p,
			 bool write)
{
	struct bugcheck_record rec = record_since(seq);

	KUNIT_EXPECT_EQ(test, rec.code, code);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)(unsigned long)p);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)write);
	KUNIT_EXPECT_TRUE(test, within_module(rec.param[2], THIS_MODULE));
	KUNIT_EXPECT_EQ(test, rec.param[3], 0ull);
}

/* Neither a load nor a store gets through, and each is told. */
static void expect_no_touch(struct kunit *test, u32 code, u8 *p)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_FALSE(test, can_load(p));
	expect_touch(test, seq, code, p, false);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_FALSE(test, can_store(p));
	expect_touch(test, seq, code, p, true);
}

/* The record of a wrong allocation or free, or of what a free has found. */
static void expect_corruption(struct kunit *test, u64 seq, u64 p1, u64 p2,
			      u64 p3, u64 what)
{
	EXPECT_BUGCHECK(test, seq,
			BUGCHECK_SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, p1,
			p2, p3, what);
}

static void a_block_ends_with_its_page_and_is_16_byte_aligned_and_zeroed(struct kunit *test)
{
	static const size_t sizes[] = { 1, 15, 16, 17, 100, 4064, 4095 };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (k = 0; k < ARRAY_SIZE(pools); k++) {
			u8 *p = take(test, pools[k], sizes[i]);

			KUNIT_EXPECT_EQ(test, (unsigned long)p % 16, 0ul);
			KUNIT_EXPECT_LT(test, PAGE_ALIGN((unsigned long)p + 1) - (unsigned long)(p + sizes[i]), 16ul);
			KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, sizes[i]));
			memset(p, 0xA5, sizes[i]);
			KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
		}
	}
}

static void a_block_of_a_page_or_more_is_page_aligned(struct kunit *test)
{
	static const size_t sizes[] = { 4096, 4097, 20000 };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (k = 0; k < ARRAY_SIZE(pools); k++) {
			u8 *p = take(test, pools[k], sizes[i]);

			KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(p));
			KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, sizes[i]));
			memset(p, 0xA5, sizes[i]);
			KUNIT_EXPECT_FALSE(test, can_load((u8 *)PAGE_ALIGN((unsigned long)p + sizes[i])));
			KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
		}
	}
}

static void any_address_of_a_special_block_finds_it(struct kunit *test)
{
	u8 *p = take(test, NON_PAGED, 5000);
	struct pool_block_info info;

	KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)p + 4999, &info));
	KUNIT_EXPECT_EQ(test, info.start, (unsigned long)p);
	KUNIT_EXPECT_EQ(test, info.size, 5000ul);
	KUNIT_EXPECT_FALSE(test, pool_find((unsigned long)p + 5000, &info));
	ntpool_free(p, TEST_TAG);
	KUNIT_EXPECT_FALSE(test, pool_find((unsigned long)p, &info));
}

static void a_touch_past_the_end_is_bugcheck_d6_at_the_instruction(struct kunit *test)
{
	unsigned int k;
	u8 *p;

	for (k = 0; k < ARRAY_SIZE(pools); k++) {
		p = take(test, pools[k], 64);
		KUNIT_EXPECT_TRUE(test, can_store(p + 63));
		expect_no_touch(test,
				BUGCHECK_DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
				p + 64);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
}

static u8 *take_underrun(struct kunit *test, u64 flags, size_t size)
{
	struct pool_want want = {
		.flags = flags,
		.size = size,
		.tag = TEST_TAG,
		.underrun = true,
		.module = THIS_MODULE,
	};
	u8 *p = pool_alloc(&want);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, special_contains((unsigned long)p));
	return p;
}

static void underruns_have_their_guard_page_before_the_block(struct kunit *test)
{
	unsigned int k;
	u64 seq;
	u8 *p;

	for (k = 0; k < ARRAY_SIZE(pools); k++) {
		p = take_underrun(test, pools[k], 60);
		KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(p));
		KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 60));
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_FALSE(test, can_store(p - 1));
		expect_touch(test, seq,
			     BUGCHECK_DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
			     p - 1, true);
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_TRUE(test, can_store(p + 3000));
		KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
		KUNIT_EXPECT_EQ(test, record_since(seq).param[3], 0x24ull);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
}

static void wrong_irql_is_bugcheck_c1_30_and_31(struct kunit *test)
{
	u8 *p = take(test, PAGED, 64), *q, old;
	u64 seq = bugcheck_last_seq(), record;

	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	q = ntpool_alloc(PAGED, 64, TEST_TAG);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NULL(test, q);
	expect_corruption(test, seq, NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED, 64, 0x30);
	seq = bugcheck_last_seq();
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	record = ntpool_free(p, TEST_TAG);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NE(test, record, 0ull);
	expect_corruption(test, seq, NTPOOL_IRQL_DISPATCH, NTPOOL_TYPE_PAGED,
			  (unsigned long)p, 0x31);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void a_touch_of_a_freed_block_is_bugcheck_d5_at_the_instruction(struct kunit *test)
{
	unsigned int k;
	u8 *p;

	for (k = 0; k < ARRAY_SIZE(pools); k++) {
		p = take(test, pools[k], 64);
		ntpool_free(p, TEST_TAG);
		expect_no_touch(test,
				BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL,
				p + 3);
	}
}

/* copy_to_user() reads the block first, and is the kernel's own code. */
static u64 kernel_reads(const u8 *p, size_t n)
{
	u64 seq = bugcheck_last_seq();

	return __copy_to_user((void __user *)PAGE_SIZE, p, n) ? seq : U64_MAX;
}

static void what_the_kernel_itself_touches_is_bugcheck_cd_or_cc(struct kunit *test)
{
	u8 *p = take(test, NON_PAGED, 64);
	u64 seq = kernel_reads(p + 64, 8);

	KUNIT_ASSERT_NE(test, seq, U64_MAX);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_PAGE_FAULT_BEYOND_END_OF_ALLOCATION);
	ntpool_free(p, TEST_TAG);
	seq = kernel_reads(p, 8);
	KUNIT_ASSERT_NE(test, seq, U64_MAX);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_PAGE_FAULT_IN_FREED_SPECIAL_POOL);
}

static void code_that_expects_touches_to_fail_gets_no_bugcheck(struct kunit *test)
{
	u8 *p = take(test, PAGED, 64), byte;
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(&byte, p + 64, 1),
			(long)-EFAULT);
	EXPECT_NO_BUGCHECK(test, seq);
	ntpool_free(p, TEST_TAG);
}

static void a_write_into_the_slack_behind_is_bugcheck_c1_24_at_the_free(struct kunit *test)
{
	unsigned int k;
	u64 seq;
	u8 *p;

	for (k = 0; k < ARRAY_SIZE(pools); k++) {
		p = take(test, pools[k], 60);
		p[62] ^= 0xFF;
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
		expect_corruption(test, seq, (unsigned long)p, (unsigned long)p + 62, 0, 0x24);
		/* Told and put right: the block can be freed now. */
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
}

static void a_write_before_the_block_is_bugcheck_c1_23_at_the_free(struct kunit *test)
{
	unsigned int k;
	u64 seq;
	u8 *p;

	for (k = 0; k < ARRAY_SIZE(pools); k++) {
		p = take(test, pools[k], 64);
		p[-5] ^= 0xFF;
		seq = bugcheck_last_seq();
		KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
		expect_corruption(test, seq, (unsigned long)p, (unsigned long)p - 5, 0, 0x23);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
}

static void slack_survives_a_stay_in_swap(struct kunit *test)
{
	u8 *p = take(test, PAGED, 60);
	u64 seq = bugcheck_last_seq();

	send_to_swap((void *)((unsigned long)p & PAGE_MASK), 1);
	KUNIT_EXPECT_NE(test, page_state(p), (u32)NTPOOL_PAGE_RESIDENT);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void a_paged_special_block_pages(struct kunit *test)
{
	u8 *p = take(test, PAGED, 3 * PAGE_SIZE);

	memset(p, 0x77, 3 * PAGE_SIZE);
	send_to_swap(p, 3);
	KUNIT_EXPECT_EQ(test, page_state(p), (u32)NTPOOL_PAGE_SWAPPED);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0x77, 3 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void a_nonpaged_special_block_stays_while_all_is_trimmed(struct kunit *test)
{
	u8 *p = take(test, NON_PAGED, 100);
	u8 old;

	memset(p, 0x77, 100);
	paging_trim_all();
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_TRUE(test, can_load(p));
	ntpool_lower_irql(old);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0x77, 100));
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void nonpaged_special_blocks_come_and_go_at_dispatch(struct kunit *test)
{
	u8 *first = take(test, NON_PAGED, 10), *p;
	u64 seq;
	u8 old;

	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	p = ntpool_alloc(NON_PAGED, 5000, TEST_TAG);
	ntpool_free(first, TEST_TAG);
	ntpool_free(p, TEST_TAG);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_FALSE(test, can_load(first));
	ntpool_lower_irql(old);
	KUNIT_EXPECT_TRUE(test, special_contains((unsigned long)p));
	expect_touch(test, seq,
		     BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL, first,
		     false);
}

static void freeing_twice_and_freeing_inside_are_bugcheck_c1_20_and_21(struct kunit *test)
{
	u8 *p = take(test, NON_PAGED, 64);
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_NE(test, ntpool_free(p + 16, TEST_TAG), 0ull);
	expect_corruption(test, seq, (unsigned long)p + 16, 64, PAGE_SIZE, 0x21);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NE(test, ntpool_free(p, TEST_TAG), 0ull);
	expect_corruption(test, seq, (unsigned long)p, 0, 0, 0x20);
}

static void freed_addresses_come_back_only_when_the_budget_is_used_up(struct kunit *test)
{
	u8 *first = take(test, NON_PAGED, 16), *p = NULL;
	unsigned long slots = stats().pages / 2, i;
	u64 seq;

	ntpool_free(first, TEST_TAG);
	for (i = 0; i < slots / 2; i++) {
		p = take(test, NON_PAGED, 16);
		KUNIT_EXPECT_PTR_NE(test, p, first);
		ntpool_free(p, TEST_TAG);
	}
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_FALSE(test, can_load(first));
	expect_touch(test, seq,
		     BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL, first,
		     false);
	for (i = 0; i < slots; i++)
		ntpool_free(take(test, NON_PAGED, 16), TEST_TAG);
	/* p, freed later than first, has been forgotten as well: one round is full. */
	KUNIT_EXPECT_LE(test, stats().live_pages, 0ull);
	KUNIT_EXPECT_LE(test, stats().retired_pages * 2, stats().pages);
	seq = bugcheck_last_seq();
	p = take(test, NON_PAGED, 16);
	ntpool_free(p, TEST_TAG);
	KUNIT_EXPECT_FALSE(test, can_load(p));
	expect_touch(test, seq,
		     BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL, p, false);
}

static void without_room_ordinary_pool_takes_the_allocation(struct kunit *test)
{
	unsigned long slots = stats().pages / 2 + 1, n, left = 0;
	void **blocks = kvcalloc(slots, sizeof(*blocks), GFP_KERNEL);
	u64 before = stats().fallbacks;

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	for (n = 0; n < slots; n++) {
		blocks[n] = ntpool_alloc(NON_PAGED, 16, TEST_TAG);
		if (!blocks[n] || !special_contains((unsigned long)blocks[n]))
			break;
	}
	KUNIT_EXPECT_LT(test, n, slots);
	KUNIT_EXPECT_GT(test, n, slots - 8);
	KUNIT_EXPECT_NOT_NULL(test, blocks[n]);
	KUNIT_EXPECT_GT(test, stats().fallbacks, before);
	for (n = 0; n < slots; n++)
		left += blocks[n] && ntpool_free(blocks[n], TEST_TAG);
	KUNIT_EXPECT_EQ(test, left, 0ul);
	KUNIT_EXPECT_EQ(test, stats().live_pages, 0ull);
	kvfree(blocks);
}

#define MODEL_BLOCKS 64
#define MODEL_STEPS  2500

/* A block of the random test: what it must be. */
struct model_block {
	u8 *start;
	size_t size;
	u8 content;
};

static bool model_holds(const struct model_block *b)
{
	return !memchr_inv(b->start, b->content, b->size);
}

static void model_alloc(struct kunit *test, struct model_block *b,
			struct rnd_state *rnd)
{
	u64 flags = prandom_u32_state(rnd) & 1 ? PAGED : NON_PAGED;

	b->size = 1 + prandom_u32_state(rnd) %
			      (prandom_u32_state(rnd) % 8 ? 4096 : 300000);
	b->content = prandom_u32_state(rnd);
	b->start = ntpool_alloc(flags, b->size, TEST_TAG);
	if (!b->start)
		return;
	KUNIT_EXPECT_EQ(test, (unsigned long)b->start % 16, 0ul);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(b->start, 0, b->size));
	memset(b->start, b->content, b->size);
}

static void model_free(struct kunit *test, struct model_block *b)
{
	KUNIT_EXPECT_TRUE(test, model_holds(b));
	KUNIT_EXPECT_EQ(test, ntpool_free(b->start, TEST_TAG), 0ull);
	b->start = NULL;
}

static void model_step(struct kunit *test, struct model_block *blocks,
		       struct rnd_state *rnd)
{
	struct model_block *b = &blocks[prandom_u32_state(rnd) % MODEL_BLOCKS];

	switch (prandom_u32_state(rnd) % 16) {
	case 0:
		paging_trim_all();
		break;
	case 1:
		if (b->start)
			ntpool_write_out(b->start, b->size, NULL);
		break;
	case 2:
		if (b->start)
			KUNIT_EXPECT_TRUE(test, model_holds(b));
		break;
	default:
		if (b->start)
			model_free(test, b);
		else
			model_alloc(test, b, rnd);
	}
}

static void random_work_keeps_every_block_and_leaves_nothing(struct kunit *test)
{
	struct model_block *blocks = kunit_kcalloc(test, MODEL_BLOCKS, sizeof(*blocks), GFP_KERNEL);
	struct pool_stats before, after;
	u64 seq = bugcheck_last_seq();
	struct rnd_state rnd;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	prandom_seed_state(&rnd, 20031);
	pool_get_stats(&before);
	for (i = 0; i < MODEL_STEPS; i++) {
		model_step(test, blocks, &rnd);
		KUNIT_ASSERT_LE(test, stats().live_pages + stats().retired_pages,
				stats().pages);
	}
	for (i = 0; i < MODEL_BLOCKS; i++)
		if (blocks[i].start)
			model_free(test, &blocks[i]);
	pool_get_stats(&after);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_EQ(test, stats().live_pages, 0ull);
	KUNIT_EXPECT_EQ(test, after.paged_bytes, before.paged_bytes);
	KUNIT_EXPECT_EQ(test, after.nonpaged_bytes, before.nonpaged_bytes);
}

/* Promise nearly all there is, so that hardly a paged block can be had. */
static void *promise_all_but(unsigned long left)
{
	unsigned long pages = si_mem_available() + get_nr_swap_pages();
	void *held = NULL;

	for (; !held && pages > left; pages -= left)
		held = paging_alloc(pages);
	return held;
}

static void random_work_short_of_memory_harms_no_block_and_leaves_nothing(struct kunit *test)
{
	struct model_block *blocks = kunit_kcalloc(test, MODEL_BLOCKS, sizeof(*blocks), GFP_KERNEL);
	void *held = promise_all_but(64);
	u64 seq = bugcheck_last_seq(), fallbacks = stats().fallbacks;
	struct rnd_state rnd;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	KUNIT_ASSERT_NOT_NULL(test, held);
	prandom_seed_state(&rnd, 4711);
	for (i = 0; i < MODEL_STEPS / 2; i++)
		model_step(test, blocks, &rnd);
	for (i = 0; i < MODEL_BLOCKS; i++)
		if (blocks[i].start)
			model_free(test, &blocks[i]);
	paging_free(held);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_GT(test, stats().fallbacks, fallbacks);
	KUNIT_EXPECT_EQ(test, stats().live_pages, 0ull);
}

#ifdef CONFIG_FAULT_INJECTION
/* Of what an allocation at DISPATCH asks the kernel for, the n-th is refused. */
static void an_allocation_refused_halfway_leaves_nothing(struct kunit *test)
{
	u64 before = stats().live_pages, seq = bugcheck_last_seq();
	unsigned int n, failed = 0;
	void *p;
	u8 old;

	for (n = 1; n <= 12; n++) {
		old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
		WRITE_ONCE(current->fail_nth, n);
		p = ntpool_alloc(NON_PAGED, 3 * PAGE_SIZE + 1, TEST_TAG);
		WRITE_ONCE(current->fail_nth, 0);
		failed += !special_contains((unsigned long)p);
		ntpool_free(p, TEST_TAG);
		ntpool_lower_irql(old);
	}
	KUNIT_EXPECT_GT(test, failed, 2u);
	KUNIT_EXPECT_LT(test, failed, 12u);
	/* Freed at DISPATCH: a worker buries them. */
	while (stats().live_pages > before)
		msleep(20);
	EXPECT_NO_BUGCHECK(test, seq);
}
#endif

struct double_free {
	void *block;
	u64 record;
};

static int free_too(void *arg)
{
	struct double_free *it = arg;
	void *block;

	while (!kthread_should_stop()) {
		block = smp_load_acquire(&it->block); /* handed over */
		if (block) {
			it->record = ntpool_free(block, TEST_TAG);
			smp_store_release(&it->block, NULL); /* back */
		}
		cond_resched();
	}
	return 0;
}

static void of_two_that_free_a_block_at_once_one_does(struct kunit *test)
{
	u64 flags = NON_PAGED;
	struct double_free it = {};
	struct task_struct *task;
	unsigned int round;
	u64 record;
	void *p;

	task = kthread_run_on_cpu(free_too, &it, 1, "free/%u");
	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (round = 0; round < 200; round++) {
		p = ntpool_alloc(flags, 64, TEST_TAG);
		if (!p)
			continue;
		smp_store_release(&it.block, p); /* handed over */
		ndelay(round * 10);
		record = ntpool_free(p, TEST_TAG);
		while (smp_load_acquire(&it.block)) /* back */
			cond_resched();
		KUNIT_EXPECT_EQ(test, !record + !it.record, 1);
	}
	kthread_stop(task);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(of_two_that_free_a_block_at_once_one_does),
	KUNIT_CASE(a_block_ends_with_its_page_and_is_16_byte_aligned_and_zeroed),
	KUNIT_CASE(a_block_of_a_page_or_more_is_page_aligned),
	KUNIT_CASE(any_address_of_a_special_block_finds_it),
	KUNIT_CASE(a_touch_past_the_end_is_bugcheck_d6_at_the_instruction),
	KUNIT_CASE(underruns_have_their_guard_page_before_the_block),
	KUNIT_CASE(wrong_irql_is_bugcheck_c1_30_and_31),
	KUNIT_CASE(a_touch_of_a_freed_block_is_bugcheck_d5_at_the_instruction),
	KUNIT_CASE(what_the_kernel_itself_touches_is_bugcheck_cd_or_cc),
	KUNIT_CASE(code_that_expects_touches_to_fail_gets_no_bugcheck),
	KUNIT_CASE(a_write_into_the_slack_behind_is_bugcheck_c1_24_at_the_free),
	KUNIT_CASE(a_write_before_the_block_is_bugcheck_c1_23_at_the_free),
	KUNIT_CASE(slack_survives_a_stay_in_swap),
	KUNIT_CASE(a_paged_special_block_pages),
	KUNIT_CASE(a_nonpaged_special_block_stays_while_all_is_trimmed),
	KUNIT_CASE(nonpaged_special_blocks_come_and_go_at_dispatch),
	KUNIT_CASE(freeing_twice_and_freeing_inside_are_bugcheck_c1_20_and_21),
	KUNIT_CASE(freed_addresses_come_back_only_when_the_budget_is_used_up),
	KUNIT_CASE(without_room_ordinary_pool_takes_the_allocation),
	KUNIT_CASE(random_work_keeps_every_block_and_leaves_nothing),
	KUNIT_CASE(random_work_short_of_memory_harms_no_block_and_leaves_nothing),
#ifdef CONFIG_FAULT_INJECTION
	KUNIT_CASE(an_allocation_refused_halfway_leaves_nothing),
#endif
	{}
};

struct kunit_suite special_suite = {
	.name = "ntpool_special",
	.test_cases = cases,
};
