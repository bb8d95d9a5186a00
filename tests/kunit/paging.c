// SPDX-License-Identifier: GPL-2.0-only
/* paging/fault.c, trim.c and writeout.c: where pages go, and how they come back. */
#include <linux/atomic.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/swap.h>
#include <linux/uaccess.h>
#include <asm/word-at-a-time.h>

#include "tests.h"
#include "kcompat/unaligned.h"
#include "paging/internal.h"

#define PAGES 64

/* Each test gets PAGES pages of its own in test->priv. */
static int paging_test_init(struct kunit *test)
{
	test->priv = paging_alloc(PAGES);
	return test->priv ? 0 : -ENOMEM;
}

static void paging_test_exit(struct kunit *test)
{
	if (test->priv)
		paging_free(test->priv);
}

static u8 *page(struct kunit *test, unsigned int i)
{
	return (u8 *)test->priv + i * PAGE_SIZE;
}

static void fill(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		memset(page(test, i), i + 1, PAGE_SIZE);
}

static unsigned int wrong_bytes(struct kunit *test)
{
	unsigned int i, j, wrong = 0;

	for (i = 0; i < PAGES; i++)
		for (j = 0; j < PAGE_SIZE; j++)
			wrong += READ_ONCE(page(test, i)[j]) != i + 1;
	return wrong;
}

static void the_hook_is_in_place(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, paging_active());
}

static void a_page_never_touched_is_nowhere_and_comes_as_zeroes(struct kunit *test)
{
	struct paging_stats before, after;

	KUNIT_EXPECT_EQ(test, page_state(page(test, 5)),
			(u32)NTPOOL_PAGE_UNTOUCHED);
	paging_get_stats(&before);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*page(test, 5)), 0);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, page_state(page(test, 5)),
			(u32)NTPOOL_PAGE_RESIDENT);
	KUNIT_EXPECT_EQ(test, after.demand_zero_faults,
			before.demand_zero_faults + 1);
	KUNIT_EXPECT_EQ(test, after.resident_pages, before.resident_pages + 1);
}

static void trimmed_pages_are_in_transition_and_come_back_unchanged(struct kunit *test)
{
	struct paging_stats before, after;

	fill(test);
	KUNIT_EXPECT_EQ(test, paging_trim_range((unsigned long)test->priv, PAGES), (unsigned long)PAGES);
	KUNIT_EXPECT_EQ(test, page_state(page(test, 0)),
			(u32)NTPOOL_PAGE_TRANSITION);
	paging_get_stats(&before);
	KUNIT_EXPECT_EQ(test, wrong_bytes(test), 0u);
	paging_get_stats(&after);
	KUNIT_EXPECT_GT(test, after.transition_faults,
			before.transition_faults);
	KUNIT_EXPECT_EQ(test, after.hard_faults, before.hard_faults);
}

static void written_pages_are_in_swap_and_come_back_unchanged(struct kunit *test)
{
	struct paging_stats before, after;
	struct paging_page where;
	unsigned int i;

	fill(test);
	send_to_swap(test->priv, PAGES);
	for (i = 0; i < PAGES; i++) {
		paging_look((unsigned long)page(test, i), &where);
		KUNIT_EXPECT_EQ(test, where.state, (u32)NTPOOL_PAGE_SWAPPED);
		KUNIT_EXPECT_EQ(test, where.frame, 0ul);
		KUNIT_EXPECT_NE(test, where.slot, 0ul);
		KUNIT_EXPECT_EQ(test, where.flags, 0u);
	}
	paging_get_stats(&before);
	KUNIT_EXPECT_EQ(test, wrong_bytes(test), 0u);
	paging_get_stats(&after);
	KUNIT_EXPECT_GT(test, after.hard_faults, before.hard_faults);
}

static void a_page_on_the_active_list_can_be_written_out(struct kunit *test)
{
	struct paging_page where;
	struct folio *folio;

	fill(test);
	paging_look((unsigned long)test->priv, &where);
	folio = pfn_folio(where.frame);
	kcompat_drain_lru(true);
	folio_mark_accessed(folio);
	folio_mark_accessed(folio);
	kcompat_drain_lru(true);
	KUNIT_EXPECT_TRUE(test, folio_test_active(folio));
	send_to_swap(test->priv, 1);
	KUNIT_EXPECT_EQ(test, page_state(test->priv),
			(u32)NTPOOL_PAGE_SWAPPED);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*page(test, 0)), 1);
}

static void a_sequence_does_not_pay_a_fault_a_page(struct kunit *test)
{
	struct paging_stats before, after;

	paging_get_stats(&before);
	fill(test);
	paging_get_stats(&after);
	KUNIT_EXPECT_LT(test, after.demand_zero_faults,
			before.demand_zero_faults + PAGES / 4);
	send_to_swap(test->priv, PAGES);
	paging_get_stats(&before);
	KUNIT_EXPECT_EQ(test, wrong_bytes(test), 0u);
	paging_get_stats(&after);
	KUNIT_EXPECT_LT(test, after.hard_faults + after.transition_faults,
			before.hard_faults + before.transition_faults +
				PAGES / 4);
}

static void a_scattered_touch_brings_in_nothing_else(struct kunit *test)
{
	struct paging_stats before, after;

	paging_get_stats(&before);
	WRITE_ONCE(*page(test, 40), 1);
	WRITE_ONCE(*page(test, 7), 1);
	WRITE_ONCE(*page(test, 23), 1);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.resident_pages, before.resident_pages + 3);
}

static void freeing_gives_frames_back_at_once(struct kunit *test)
{
	struct paging_stats before, after;

	fill(test);
	send_to_swap(page(test, 0), PAGES / 2);
	paging_get_stats(&before);
	paging_free(test->priv);
	test->priv = NULL;
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.resident_pages,
			before.resident_pages - PAGES / 2);
	KUNIT_EXPECT_EQ(test, after.swapped_pages,
			before.swapped_pages - PAGES / 2);
	KUNIT_EXPECT_EQ(test, after.trimmed, before.trimmed);
	KUNIT_EXPECT_EQ(test, after.trim_batches, before.trim_batches);
}

#define MANY_PAGES	1024
#define KEPT_BY_ONE_CPU 64 /* freed slots that swap keeps for the next pages */

static void freeing_gives_swap_slots_back_at_once(struct kunit *test)
{
	u8 *p = paging_alloc(MANY_PAGES);
	long slots, kept = KEPT_BY_ONE_CPU * num_online_cpus();
	unsigned long i, written;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < MANY_PAGES; i++)
		WRITE_ONCE(p[i * PAGE_SIZE], 1);
	paging_trim_range((unsigned long)p, MANY_PAGES);
	paging_write_out_range((unsigned long)p, MANY_PAGES, &written);
	KUNIT_EXPECT_EQ(test, written, (unsigned long)MANY_PAGES);
	slots = get_nr_swap_pages();
	paging_free(p);
	KUNIT_EXPECT_GE(test, get_nr_swap_pages(), slots + MANY_PAGES - kept);
}

/* A trim flushes the TLBs; without, a touch may set no accessed bit. */
static void flush_tlbs(struct kunit *test)
{
	u8 *other = paging_alloc(1);

	KUNIT_ASSERT_NOT_NULL(test, other);
	WRITE_ONCE(*other, 1);
	paging_trim_range((unsigned long)other, 1);
	paging_free(other);
}

static void the_second_chance_spares_what_was_used_since(struct kunit *test)
{
	unsigned int i, spared = 0, gone = 0;

	fill(test);
	/* The first round of the hand only clears the accessed bits... */
	trim_old(ULONG_MAX, 1);
	for (i = 0; i < PAGES; i++)
		spared += page_state(page(test, i)) == NTPOOL_PAGE_RESIDENT;
	KUNIT_EXPECT_EQ(test, spared, (unsigned int)PAGES);
	flush_tlbs(test);
	/* ...and the second takes the pages that are still without. */
	for (i = 0; i < PAGES; i += 2)
		(void)READ_ONCE(*page(test, i));
	trim_old(ULONG_MAX, 1);
	for (i = 0, spared = 0; i < PAGES; i += 2) {
		spared += page_state(page(test, i)) == NTPOOL_PAGE_RESIDENT;
		gone += page_state(page(test, i + 1)) == NTPOOL_PAGE_TRANSITION;
	}
	KUNIT_EXPECT_EQ(test, spared, (unsigned int)PAGES / 2);
	KUNIT_EXPECT_EQ(test, gone, (unsigned int)PAGES / 2);
	KUNIT_EXPECT_EQ(test, wrong_bytes(test), 0u);
}

static void two_rounds_of_the_hand_find_pages_to_trim(struct kunit *test)
{
	fill(test);
	KUNIT_EXPECT_GE(test, trim_old(1, 2), 1ul);
}

static void memcpy_and_string_operations_fault_their_pages_in(struct kunit *test)
{
	u8 *copy = kunit_kmalloc(test, 3 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	fill(test);
	send_to_swap(test->priv, PAGES);
	memcpy(copy, page(test, 1), 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, copy[0], 2);
	KUNIT_EXPECT_EQ(test, copy[3 * PAGE_SIZE - 1], 4);
	KUNIT_EXPECT_EQ(test, memcmp(page(test, 1), copy, 3 * PAGE_SIZE), 0);
	send_to_swap(test->priv, PAGES);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)memchr(page(test, 1), 3, 2 * PAGE_SIZE),
			    page(test, 2));
}

static void atomic_operations_fault_their_pages_in(struct kunit *test)
{
	atomic_t *counter = test->priv;

	atomic_set(counter, 41);
	send_to_swap(counter, 1);
	KUNIT_EXPECT_EQ(test, page_state(counter), (u32)NTPOOL_PAGE_SWAPPED);
	KUNIT_EXPECT_EQ(test, atomic_inc_return(counter), 42);
	send_to_swap(counter, 1);
	KUNIT_EXPECT_EQ(test, atomic_cmpxchg(counter, 42, 43), 42);
	KUNIT_EXPECT_EQ(test, atomic_read(counter), 43);
}

static void an_access_across_two_swapped_pages_works(struct kunit *test)
{
	u64 *across = (u64 *)(page(test, 1) - 3);

	put_unaligned(0x1122334455667788ull, across);
	send_to_swap(test->priv, PAGES);
	KUNIT_EXPECT_EQ(test, get_unaligned(across), 0x1122334455667788ull);
}

static void a_mutex_may_be_held_over_a_fault(struct kunit *test)
{
	DEFINE_MUTEX(mutex);

	fill(test);
	send_to_swap(test->priv, 1);
	mutex_lock(&mutex);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*page(test, 0)), 1);
	mutex_unlock(&mutex);
}

/* A load that an exception-table entry saves, as the device's touch does. */
static int load_byte(const u8 *p, u8 *value)
{
	__get_kernel_nofault(value, p, u8, failed);
	return 0;
failed:
	return -EFAULT;
}

static void a_touch_of_an_absent_page_at_dispatch_is_bugcheck_d1(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	u8 value = 0, old;
	int err;

	fill(test);
	send_to_swap(test->priv, 1);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	err = load_byte(page(test, 0), &value);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, err, -EFAULT);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)page(test, 0), NTPOOL_IRQL_DISPATCH, 0, OURS);
	KUNIT_EXPECT_EQ(test, page_state(page(test, 0)),
			(u32)NTPOOL_PAGE_SWAPPED);
}

static void a_page_in_transition_is_absent_at_dispatch_too(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	u8 value = 0, old;
	int err;

	fill(test);
	paging_trim_range((unsigned long)test->priv, 1);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	err = load_byte(page(test, 0), &value);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, err, -EFAULT);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)page(test, 0), NTPOOL_IRQL_DISPATCH, 0, OURS);
}

static void a_touch_of_a_resident_page_at_dispatch_goes_unnoticed(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	u8 value = 0, old;
	int err;

	fill(test);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	err = load_byte(page(test, 0), &value);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, value, 1);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void in_an_rcu_section_and_with_interrupts_off_it_is_d1_as_well(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	unsigned long flags;
	u8 value = 0;
	int in_rcu, irqs_off;

	fill(test);
	send_to_swap(test->priv, 2);
	rcu_read_lock();
	in_rcu = load_byte(page(test, 0), &value);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, in_rcu, -EFAULT);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)page(test, 0), NTPOOL_IRQL_DISPATCH, 0, OURS);
	seq = bugcheck_last_seq();
	local_irq_save(flags);
	irqs_off = load_byte(page(test, 1), &value);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, irqs_off, -EFAULT);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)page(test, 1), NTPOOL_IRQL_DISPATCH, 0, OURS);
}

static void code_that_expects_a_fault_gets_it_without_a_bugcheck(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	u8 value = 0;

	fill(test);
	send_to_swap(test->priv, 1);
	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(&value, page(test, 0), 1), -EFAULT);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_EQ(test, load_byte(page(test, 0), &value), 0);
	KUNIT_EXPECT_EQ(test, value, 1);
}

/* As string functions read, by words: what lies behind may be there or not. */
static void a_word_that_reaches_into_no_page_is_padded_without_a_bugcheck(struct kunit *test)
{
	unsigned long start = paging_reserve(2);
	u8 *last = (u8 *)start + PAGE_SIZE - 3;
	u64 seq = bugcheck_last_seq();
	unsigned long at_dispatch;
	u8 old;

	KUNIT_ASSERT_NE(test, start, 0ul);
	KUNIT_ASSERT_TRUE(test, paging_fill(start, 1));
	memset(last, 0x77, 3);
	KUNIT_EXPECT_EQ(test, load_unaligned_zeropad(last), 0x777777ul);
	EXPECT_NO_BUGCHECK(test, seq);
	fill(test);
	send_to_swap(page(test, 1), 1);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	at_dispatch = load_unaligned_zeropad(page(test, 1) - 3);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, at_dispatch, 0x010101ul);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_EQ(test, load_unaligned_zeropad(page(test, 1) - 3),
			0x0202020202010101ul);
	paging_empty(start);
	paging_unreserve(start, 2);
}

static void a_touch_after_free_is_bugcheck_50(struct kunit *test)
{
	u8 *freed = page(test, 3), value = 0;
	struct bugcheck_record rec;
	u64 seq;

	fill(test);
	paging_free(test->priv);
	test->priv = NULL;
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_EQ(test, load_byte(freed, &value), -EFAULT);
	seq = bugcheck_by_thread_since(seq, current->pid);
	KUNIT_ASSERT_TRUE(test, bugcheck_get(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.code, BUGCHECK_PAGE_FAULT_IN_NONPAGED_AREA);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)freed);
	KUNIT_EXPECT_EQ(test, rec.param[1], 0ull);
	KUNIT_EXPECT_TRUE(test, within_module(rec.param[2], THIS_MODULE));
}

static void a_touch_that_comes_too_late_leaves_no_page_behind(struct kunit *test)
{
	struct paging_stats before, after;
	struct arena_range range;
	struct xarray *pages;

	KUNIT_ASSERT_TRUE(test, arena_find((unsigned long)test->priv, &range));
	pages = &segment_mapping(range.seg)->i_pages;
	paging_free(test->priv);
	paging_get_stats(&before);
	/* As the fault of one who found the range before it was freed. */
	KUNIT_EXPECT_EQ(test, page_in(&range, range.first), -EAGAIN);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, after.resident_pages, before.resident_pages);
	KUNIT_EXPECT_NULL(test, xa_load(pages, range.first));
	KUNIT_EXPECT_FALSE(test, pte_present(*segment_pte(range.seg, range.first)));
	test->priv = paging_alloc(PAGES);
	KUNIT_EXPECT_NOT_NULL(test, test->priv);
}

/*
 * Two threads change and check the same words while a third keeps throwing the
 * pages out, every second time down to the disk.
 */
struct stress {
	atomic_long_t *word;
	unsigned long done;
};

static int count_up(void *arg)
{
	struct stress *stress = arg;
	unsigned long i;

	while (!kthread_should_stop()) {
		for (i = 0; i < PAGES; i++)
			atomic_long_inc(stress->word + i * PAGE_SIZE / 8);
		stress->done++;
		cond_resched();
	}
	return 0;
}

static void words_changed_while_trims_go_on_lose_no_update(struct kunit *test)
{
	struct stress stress[2] = { { .word = test->priv },
				    { .word = test->priv } };
	struct task_struct *task[2];
	unsigned int i, wrong = 0;

	for (i = 0; i < 2; i++)
		task[i] = kthread_run(count_up, &stress[i], "count/%u", i);
	for (i = 0; i < 200; i++) {
		paging_trim_range((unsigned long)test->priv, PAGES);
		if (i % 2)
			paging_write_out_range((unsigned long)test->priv,
					       PAGES, NULL);
		cond_resched();
	}
	for (i = 0; i < 2; i++)
		kthread_stop(task[i]);
	for (i = 0; i < PAGES; i++)
		wrong += atomic_long_read(stress[0].word + i * PAGE_SIZE / 8) !=
			 stress[0].done + stress[1].done;
	KUNIT_EXPECT_EQ(test, wrong, 0u);
	KUNIT_EXPECT_GT(test, stress[0].done + stress[1].done, 0ul);
}

/* Who frees looks no further than the count goes, so it must not fall behind. */
static int touch_again(void *arg)
{
	while (!kthread_should_stop()) {
		READ_ONCE(*(u8 *)arg);
		cond_resched();
	}
	return 0;
}

static int trim_again(void *arg)
{
	while (!kthread_should_stop()) {
		paging_trim_range((unsigned long)arg, 1);
		cond_resched();
	}
	return 0;
}

static void a_table_never_counts_fewer_pages_than_it_maps(struct kunit *test)
{
	struct task_struct *touches, *trims;
	unsigned long until, least, least_before;
	struct arena_range range;
	struct table *table;
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, arena_find((unsigned long)page(test, 0), &range));
	table = segment_table(range.seg, range.first);
	KUNIT_ASSERT_EQ(test, paging_pin((unsigned long)page(test, 0), 1), 0);
	least = least_before = atomic_read(&table->resident);
	/* So that the touches are interrupted by the looks, and not by the trims. */
	touches = kthread_run_on_cpu(touch_again, page(test, 1), 0, "touch");
	trims = kthread_run_on_cpu(trim_again, page(test, 1), 1, "trim");
	set_cpus_allowed_ptr(current, cpumask_of(0));
	until = jiffies + 2 * HZ;
	while (time_before(jiffies, until)) {
		for (i = 0; i < 1000; i++)
			least = min_t(unsigned long, least,
				      atomic_read(&table->resident));
		cond_resched();
	}
	kthread_stop(touches);
	kthread_stop(trims);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	paging_unpin((unsigned long)page(test, 0), 1);
	KUNIT_EXPECT_EQ(test, least, least_before);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_hook_is_in_place),
	KUNIT_CASE(a_page_never_touched_is_nowhere_and_comes_as_zeroes),
	KUNIT_CASE(trimmed_pages_are_in_transition_and_come_back_unchanged),
	KUNIT_CASE(written_pages_are_in_swap_and_come_back_unchanged),
	KUNIT_CASE(a_page_on_the_active_list_can_be_written_out),
	KUNIT_CASE(a_sequence_does_not_pay_a_fault_a_page),
	KUNIT_CASE(a_scattered_touch_brings_in_nothing_else),
	KUNIT_CASE(freeing_gives_frames_back_at_once),
	KUNIT_CASE(freeing_gives_swap_slots_back_at_once),
	KUNIT_CASE(the_second_chance_spares_what_was_used_since),
	KUNIT_CASE(two_rounds_of_the_hand_find_pages_to_trim),
	KUNIT_CASE(memcpy_and_string_operations_fault_their_pages_in),
	KUNIT_CASE(atomic_operations_fault_their_pages_in),
	KUNIT_CASE(an_access_across_two_swapped_pages_works),
	KUNIT_CASE(a_mutex_may_be_held_over_a_fault),
	KUNIT_CASE(a_touch_of_an_absent_page_at_dispatch_is_bugcheck_d1),
	KUNIT_CASE(a_page_in_transition_is_absent_at_dispatch_too),
	KUNIT_CASE(a_touch_of_a_resident_page_at_dispatch_goes_unnoticed),
	KUNIT_CASE(in_an_rcu_section_and_with_interrupts_off_it_is_d1_as_well),
	KUNIT_CASE(code_that_expects_a_fault_gets_it_without_a_bugcheck),
	KUNIT_CASE(a_word_that_reaches_into_no_page_is_padded_without_a_bugcheck),
	KUNIT_CASE(a_touch_after_free_is_bugcheck_50),
	KUNIT_CASE(a_touch_that_comes_too_late_leaves_no_page_behind),
	KUNIT_CASE(words_changed_while_trims_go_on_lose_no_update),
	KUNIT_CASE(a_table_never_counts_fewer_pages_than_it_maps),
	{}
};

struct kunit_suite paging_suite = {
	.name = "ntpool_paging",
	.init = paging_test_init,
	.exit = paging_test_exit,
	.test_cases = cases,
};
