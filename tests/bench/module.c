// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel side of the benchmark: one measurement a load.
 *
 *	insmod ntpool_bench.ko test=NAME mb=N threads=N
 *
 * runs the test while loading; its time is then in the parameter `ns`, its work
 * in `units`.  A word that reads back wrong fails the load.  Here are the tests of
 * paged memory; those of the allocator are in alloc.c.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/ntpool.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bench.h"

static char *test = "";
module_param(test, charp, 0444);
ulong mb = 64;
module_param(mb, ulong, 0444);
uint threads = 2;
module_param(threads, uint, 0444);
uint rounds = 1;
module_param(rounds, uint, 0444);
ulong ns, units;
module_param(ns, ulong, 0444);
module_param(units, ulong, 0444);

#define WORDS (PAGE_SIZE / sizeof(u64))

/* The same words as the user program writes: tests/bench/memfd.c. */
static u64 word_at(u64 page, u64 word, u64 pass)
{
	return (page << 16 | word) * 0x9E3779B97F4A7C15ull + pass;
}

static void write_page(u64 *p, u64 page, u64 pass)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		p[i] = word_at(page, i, pass);
}

static bool page_is_right(const u64 *p, u64 page, u64 pass)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		if (READ_ONCE(p[i]) != word_at(page, i, pass))
			return false;
	return true;
}

/**
 * struct load - what one thread of paging-load works on
 * @base: start of the whole memory
 * @first: its first page
 * @last: the page after its last
 * @wrong: pages that read back wrong
 * @task: the thread
 */
struct load {
	void *base;
	u64 first;
	u64 last;
	u64 wrong;
	struct task_struct *task;
};

static int load_thread(void *arg)
{
	struct load *load = arg;
	u64 pass, page;

	for (pass = 0; pass < 2; pass++) {
		for (page = load->first; page < load->last; page++) {
			write_page(load->base + (page << PAGE_SHIFT), page, pass);
			cond_resched();
		}
		for (page = load->first; page < load->last; page++) {
			load->wrong += !page_is_right(load->base +
							      (page << PAGE_SHIFT),
						      page, pass);
			cond_resched();
		}
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static u64 run_load_threads(void *base, u64 pages)
{
	struct load load[8] = {};
	u64 wrong = 0;
	unsigned int i;

	for (i = 0; i < threads; i++) {
		load[i].base = base;
		load[i].first = pages * i / threads;
		load[i].last = pages * (i + 1) / threads;
		load[i].task = kthread_run(load_thread, &load[i], "bench/%u", i);
	}
	for (i = 0; i < threads; i++) {
		kthread_stop(load[i].task);
		wrong += load[i].wrong;
	}
	return wrong;
}

static void *alloc_paged(void)
{
	return ntpool_alloc(NTPOOL_FLAG_PAGED, mb << 20, TAG);
}

/* Write and verify all of a block twice, by several threads. */
static int paging_load(void)
{
	void *base = alloc_paged();
	u64 wrong;
	ktime_t t;

	if (!base)
		return -ENOMEM;
	t = ktime_get();
	wrong = run_load_threads(base, mb << 20 >> PAGE_SHIFT);
	ns = ktime_to_ns(ktime_sub(ktime_get(), t));
	units = mb << 20 >> PAGE_SHIFT;
	ntpool_free(base, TAG);
	if (wrong)
		pr_err("ntpool_bench: %llu pages read back wrong\n", wrong);
	return wrong ? -EIO : 0;
}

static void touch_all(u8 *base, u64 bytes)
{
	u64 i;

	for (i = 0; i < bytes; i += PAGE_SIZE) {
		WRITE_ONCE(base[i], 1);
		if (!(i & (SZ_1M - 1)))
			cond_resched();
	}
}

/* Touch pages that are in memory but unmapped. */
static int soft_fault(void)
{
	u64 bytes = mb << 20;
	u8 *base = alloc_paged();
	ktime_t t;
	uint i;

	if (!base)
		return -ENOMEM;
	touch_all(base, bytes);
	for (i = 0; i < rounds; i++) {
		ntpool_trim(base, bytes);
		t = ktime_get();
		touch_all(base, bytes);
		ns += ktime_to_ns(ktime_sub(ktime_get(), t));
		units += bytes >> PAGE_SHIFT;
	}
	ntpool_free(base, TAG);
	return 0;
}

/* Take dirty pages out and write them to swap. */
static int trim(void)
{
	u64 bytes = mb << 20;
	u8 *base = alloc_paged();
	unsigned long written;
	ktime_t t;
	uint i;

	if (!base)
		return -ENOMEM;
	for (i = 0; i < rounds; i++) {
		touch_all(base, bytes);
		t = ktime_get();
		ntpool_trim(base, bytes);
		if (ntpool_write_out(base, bytes, &written))
			break;
		units += written;
		ns += ktime_to_ns(ktime_sub(ktime_get(), t));
	}
	ntpool_free(base, TAG);
	/* Reclaim may have been quicker with a few. */
	return units >= rounds * (bytes >> PAGE_SHIFT) * 9 / 10 ? 0 : -EIO;
}

/* Sum and store every word of memory that is mapped: paged or kmalloc'ed. */
static void sweep(u64 *base, u64 bytes)
{
	u64 i, round;
	ktime_t t;

	for (round = 0; round <= rounds; round++) {
		t = ktime_get();
		for (i = 0; i < bytes / sizeof(u64); i++)
			WRITE_ONCE(base[i], READ_ONCE(base[i]) + round);
		if (round) /* the first one brings the pages in */
			ns += ktime_to_ns(ktime_sub(ktime_get(), t));
		cond_resched();
	}
	units += rounds * bytes / sizeof(u64);
}

static int resident_touch(void)
{
	u64 *base = alloc_paged();

	if (!base)
		return -ENOMEM;
	sweep(base, mb << 20);
	ntpool_free(base, TAG);
	return 0;
}

/* Pieces, because a machine that has been paging has no 2 MB side by side. */
static int kmalloc_touch(void)
{
	size_t piece = SZ_32K, done, bytes = mb << 20;
	u64 *base;

	for (done = 0; done < bytes; done += piece) {
		base = kzalloc(piece, GFP_KERNEL);
		if (!base)
			return -ENOMEM;
		sweep(base, piece);
		kfree(base);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} tests[] = {
	{ "paging-load", paging_load },
	{ "soft-fault", soft_fault },
	{ "trim", trim },
	{ "resident-touch", resident_touch },
	{ "kmalloc-touch", kmalloc_touch },
	{ "alloc", bench_alloc },
	{ "live", bench_live },
	{ "scaling", bench_scaling },
	{ "metadata", bench_metadata },
	{ "waste", bench_waste },
};

static int __init bench_init(void)
{
	unsigned int i;

	if (!threads || threads > 8)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		if (!strcmp(tests[i].name, test))
			return tests[i].run();
	pr_err("ntpool_bench: there is no test '%s'\n", test);
	return -EINVAL;
}

static void __exit bench_exit(void)
{
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Measurements of ntpool from inside the kernel");
MODULE_LICENSE("GPL");
