// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the allocator.  All blocks are zeroed, on either side but by vmalloc(): paged
 * pool zeroes a large block's page when it is touched.
 *
 *	test=alloc side=SIDE size=N		sixteen blocks allocated, then freed
 *	test=live side=SIDE size=N live=N	one of many live blocks replaced
 *	test=scaling side=SIDE size=N threads=N	test=alloc on each CPU; side=pools is both
 *						pools by turns, side=own memory of the
 *						CPU's own, which nobody allocates
 *	test=metadata side=SIDE size=N		`ns` is bytes of metadata
 *	test=waste side=SIDE			`ns` is bytes of slots, `units` bytes asked
 *						for, of blocks of 1 to 1,000 bytes
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ntpool.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bench.h"

static char *side = "nonpaged";
module_param(side, charp, 0444);
static ulong size = 64;
module_param(size, ulong, 0444);
static ulong live = 1000;
module_param(live, ulong, 0444);

#define BATCH 16

static void *get_nonpaged(void)
{
	return ntpool_alloc(NTPOOL_FLAG_NON_PAGED, size, TAG);
}

static void *get_paged(void)
{
	return ntpool_alloc(NTPOOL_FLAG_PAGED, size, TAG);
}

static void put_pool(void *p)
{
	ntpool_free(p, TAG);
}

static void *get_kmalloc(void)
{
	return kzalloc(size, GFP_KERNEL);
}

static void put_kmalloc(void *p)
{
	kfree(p);
}

static void *get_vmalloc(void)
{
	return vmalloc(size);
}

static void put_vmalloc(void *p)
{
	vfree(p);
}

/* What CPUs do that share nothing: the machine's own limit. */
static DEFINE_PER_CPU_ALIGNED(u8[PAGE_SIZE], own);

static void *get_own(void)
{
	return memset(raw_cpu_ptr(own), 0, size);
}

static void put_own(void *p)
{
	WRITE_ONCE(*(u8 *)p, 1);
}

/**
 * struct side - one side of a comparison
 * @name: as in the parameter side=
 * @get: a block of @size bytes, or NULL
 * @put: frees it
 */
struct side {
	const char *name;
	void *(*get)(void);
	void (*put)(void *p);
};

static const struct side sides[] = {
	{ "nonpaged", get_nonpaged, put_pool },
	{ "paged", get_paged, put_pool },
	{ "kmalloc", get_kmalloc, put_kmalloc },
	{ "vmalloc", get_vmalloc, put_vmalloc },
	{ "own", get_own, put_own },
};

static const struct side *find_side(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sides); i++)
		if (!strcmp(sides[i].name, side))
			return &sides[i];
	pr_err("ntpool_bench: there is no side '%s'\n", side);
	return NULL;
}

static int one_batch(const struct side *by)
{
	void *p[BATCH];
	unsigned int i, got = 0;

	while (got < BATCH && (p[got] = by->get()))
		got++;
	for (i = 0; i < got; i++)
		by->put(p[i]);
	return got == BATCH ? 0 : -ENOMEM;
}

static int batches(const struct side *by, unsigned long count)
{
	int err = 0;

	while (count-- && !err) {
		err = one_batch(by);
		cond_resched();
	}
	return err;
}

/**
 * bench_alloc() - allocate and free
 *
 * Return: 0 or -errno.
 */
int bench_alloc(void)
{
	const struct side *by = find_side();
	ktime_t t;
	int err;

	if (!by)
		return -EINVAL;
	err = batches(by, 8); /* the pages are there and resident */
	t = ktime_get();
	err = err ?: batches(by, rounds);
	ns = ktime_to_ns(ktime_sub(ktime_get(), t));
	units = (ulong)rounds * BATCH;
	return err;
}

static void *get_any_size(const struct side *by, struct rnd_state *rnd)
{
	size = 1 + prandom_u32_state(rnd) % 1000;
	return by->get();
}

static void free_live(const struct side *by, void **p)
{
	unsigned long i;

	for (i = 0; i < live && p[i]; i++) {
		by->put(p[i]);
		if (!(i % 1024))
			cond_resched();
	}
	kvfree(p);
}

static void **make_live(const struct side *by)
{
	void **p = kvcalloc(live, sizeof(*p), GFP_KERNEL);
	unsigned long i;

	for (i = 0; p && i < live; i++) {
		p[i] = by->get();
		if (!p[i]) {
			free_live(by, p);
			return NULL;
		}
		WRITE_ONCE(*(u8 *)p[i], 1); /* resident from here on */
		if (!(i % 1024))
			cond_resched();
	}
	return p;
}

/**
 * bench_live() - free any of many live blocks and allocate one in its place
 *
 * Return: 0 or -errno.
 */
int bench_live(void)
{
	const struct side *by = find_side();
	void **p = by ? make_live(by) : NULL;
	struct rnd_state rnd;
	unsigned int i;
	ktime_t t;

	if (!p)
		return by ? -ENOMEM : -EINVAL;
	prandom_seed_state(&rnd, 4711);
	t = ktime_get();
	for (i = 0; i < rounds; i++) {
		unsigned long at = prandom_u32_state(&rnd) % live;

		by->put(p[at]);
		p[at] = by->get();
		if (!p[at])
			break;
	}
	ns = ktime_to_ns(ktime_sub(ktime_get(), t));
	units = i;
	free_live(by, p);
	return i == rounds ? 0 : -ENOMEM;
}

/**
 * struct worker - a thread of bench_scaling(), bound to its CPU
 * @go: when all may start
 * @done: it has ended, and @ended says when
 * @by: what it works with, NULL for both pools by turns
 * @task: the thread
 * @ended: when it was ready
 * @err: what came of it
 */
struct worker {
	struct completion *go;
	struct completion done;
	const struct side *by;
	struct task_struct *task;
	ktime_t ended;
	int err;
};

static int work(void *arg)
{
	struct worker *worker = arg;
	unsigned int i;

	wait_for_completion(worker->go);
	for (i = 0; i < rounds && !worker->err; i++)
		worker->err = one_batch(worker->by ?: &sides[i % 2]);
	worker->ended = ktime_get();
	kthread_complete_and_exit(&worker->done, 0);
}

/**
 * bench_scaling() - allocate and free, on one or several CPUs at once
 *
 * Return: 0 or -errno.
 */
int bench_scaling(void)
{
	bool pools = !strcmp(side, "pools");
	const struct side *by = pools ? NULL : find_side();
	DECLARE_COMPLETION_ONSTACK(go);
	struct worker worker[8] = {};
	ktime_t started;
	unsigned int i;
	int err = 0;

	if (!by && !pools)
		return -EINVAL;
	for (i = 0; i < threads; i++) {
		worker[i].go = &go;
		worker[i].by = by;
		init_completion(&worker[i].done);
		worker[i].task = kthread_create(work, &worker[i], "bench/%u", i);
		if (IS_ERR(worker[i].task))
			return PTR_ERR(worker[i].task);
		kthread_bind(worker[i].task, i);
		wake_up_process(worker[i].task);
	}
	started = ktime_get();
	complete_all(&go);
	for (i = 0; i < threads; i++) {
		wait_for_completion(&worker[i].done);
		err = err ?: worker[i].err;
		ns = max_t(ulong, ns, worker[i].ended - started);
	}
	units = (ulong)threads * rounds * BATCH;
	return err;
}

/**
 * bench_metadata() - what a block costs beside its slot
 *
 * Return: 0 or -errno.
 */
int bench_metadata(void)
{
	const struct side *by = find_side();
	struct ntpool_packing before, after;
	bool paged = by == &sides[1];
	void **p;

	if (!by)
		return -EINVAL;
	ntpool_packing(paged, &before);
	p = make_live(by);
	if (!p)
		return -ENOMEM;
	ntpool_packing(paged, &after);
	ns = after.metadata - before.metadata;
	units = after.blocks - before.blocks;
	free_live(by, p);
	return 0;
}

/**
 * bench_waste() - how much larger slots are than the blocks in them
 *
 * Return: 0 or -errno.
 */
int bench_waste(void)
{
	const struct side *by = find_side();
	struct ntpool_packing before, after;
	bool paged = by == &sides[1];
	struct rnd_state rnd;
	void **p = kvcalloc(live, sizeof(*p), GFP_KERNEL);
	unsigned long i;
	int err = 0;

	if (!by || !p) {
		kvfree(p);
		return by ? -ENOMEM : -EINVAL;
	}
	prandom_seed_state(&rnd, 4711);
	ntpool_packing(paged, &before);
	for (i = 0; i < live && !err; i++) {
		p[i] = get_any_size(by, &rnd);
		err = p[i] ? 0 : -ENOMEM;
	}
	ntpool_packing(paged, &after);
	ns = after.room - before.room;
	units = after.requested - before.requested;
	free_live(by, p);
	return err;
}
