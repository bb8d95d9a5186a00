// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics by tag and calling module, and their totals.
 *
 * A row is made when a module first uses a tag, and stays until ntpool goes, as
 * on NT: a tag whose blocks are all free still tells how many there have been.  A
 * module that is loaded again goes on with the rows that it has left.
 * Its counters are per CPU; whoever reads them adds up.
 */
#include <linux/cache.h>
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/swab.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "pool/tags.h"

/*
 * Who comes when all are taken shares the first one, as on NT the entry of its tag
 * table that catches the overflow.
 */
#define MAX_ROWS   16384
#define SHARED_TAG NTPOOL_TAG('O', 'v', 'f', 'l')

/* Programs choose tags as they like, and all in the name of this module. */
#define MAX_OWN_ROWS (MAX_ROWS / 2)
static_assert(MAX_ROWS <= ROW_PROTECTED);

struct hlist_head tag_rows_hash[1 << TAG_HASH_BITS];
struct tag_row **tag_rows_by_id __read_mostly;
unsigned int tag_rows_used __read_mostly;   /* under rows_lock */
static unsigned int own_rows __read_mostly; /* under rows_lock */
static __cacheline_aligned_in_smp DEFINE_SPINLOCK(rows_lock);

/* First row by tag, its first character highest: walks are in order of names. */
static DEFINE_XARRAY_FLAGS(rows_by_name, XA_FLAGS_LOCK_IRQ);

/**
 * struct pool_total - the bytes of a pool that are allocated
 * @bytes: asked for and not freed, but for what CPUs keep to themselves
 * @peak: highest value of @bytes
 */
struct pool_total {
	atomic64_t bytes;
	atomic64_t peak;
} ____cacheline_aligned_in_smp;

DEFINE_PER_CPU(s64[2], tag_unfolded);
static struct pool_total totals[2]; /* [0] nonpaged, [1] paged */
static atomic64_t failures;

static void add_bytes(struct pool_total *total, s64 bytes)
{
	s64 now, peak = atomic64_read(&total->peak);

	if (!bytes)
		return;
	now = atomic64_add_return(bytes, &total->bytes);
	while (now > peak && !atomic64_try_cmpxchg(&total->peak, &peak, now))
		;
}

/**
 * tag_fold() - let the total of a pool hear of what this CPU kept to itself
 * @paged: which pool
 *
 * Whoever takes slots from pages or gives them back, or has a large block, does this:
 * between two such occasions a CPU has allocated no more than a magazine of blocks.
 *
 * Context: any.
 */
void tag_fold(bool paged)
{
	add_bytes(&totals[paged], this_cpu_xchg(tag_unfolded[paged], 0));
}

/**
 * tag_fold_gone() - let the totals hear of what a CPU has kept that has gone
 * @cpu: it
 *
 * Context: any; the CPU cannot come back meanwhile.
 */
void tag_fold_gone(unsigned int cpu)
{
	s64 *mine = per_cpu(tag_unfolded, cpu);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(totals); i++) {
		add_bytes(&totals[i], mine[i]);
		mine[i] = 0;
	}
}

void pool_count_failure(void)
{
	atomic64_inc(&failures);
}

static void free_row(struct tag_row *row)
{
	free_percpu(row->cpu);
	kfree(row);
}

static struct tag_row *make_row(u32 tag, struct module *module, gfp_t gfp)
{
	struct tag_row *row;

	gfp &= ~__GFP_ACCOUNT;
	row = kzalloc(sizeof(*row), gfp);
	if (!row)
		return NULL;
	row->tag = tag;
	row->valid = pool_tag_valid(tag);
	row->key = module;
	if (module != TAG_NOBODY)
		strscpy(row->module, module ? module_name(module) : "kernel",
			sizeof(row->module));
	row->cpu = alloc_percpu_gfp(struct tally, gfp);
	if (row->cpu)
		return row;
	kfree(row);
	return NULL;
}

/* Into the order of names; a second row of a tag goes behind the first. */
static bool enter_name_locked(struct tag_row *row)
{
	struct tag_row *first = xa_load(&rows_by_name, swab32(row->tag));
	unsigned long flags;
	void *old;

	lockdep_assert_held(&rows_lock);
	if (first) {
		row->sibling = first->sibling;
		/* For next_sibling(): the row is whole before it is there. */
		smp_store_release(&first->sibling, row);
		return true;
	}
	xa_lock_irqsave(&rows_by_name, flags);
	old = __xa_store(&rows_by_name, swab32(row->tag), row,
			 GFP_ATOMIC | __GFP_NOWARN);
	xa_unlock_irqrestore(&rows_by_name, flags);
	return !xa_is_err(old);
}

static bool is_full_for(const struct module *module)
{
	return READ_ONCE(tag_rows_used) == MAX_ROWS ||
	       (module == THIS_MODULE && READ_ONCE(own_rows) == MAX_OWN_ROWS);
}

/* Enters @row, unless there is such a row by now, or there is no room. */
static struct tag_row *enter_row_locked(struct tag_row *row)
{
	struct tag_row *old = tag_find(row->tag, row->key);

	lockdep_assert_held(&rows_lock);
	if (old)
		return old;
	if (is_full_for(row->key))
		return tag_rows_by_id[0];
	if (!enter_name_locked(row))
		return NULL;
	row->id = tag_rows_used;
	tag_rows_by_id[row->id] = row;
	/* For all who read the count: it counts rows that are there. */
	smp_store_release(&tag_rows_used, tag_rows_used + 1);
	own_rows += row->key == THIS_MODULE;
	hlist_add_head_rcu(&row->hash, tag_bucket(row->tag));
	return row;
}

/* A row that the module has left when it was loaded before. */
static struct tag_row *adopt_row(u32 tag, struct module *module)
{
	const char *name = module_name(module);
	struct tag_row *row;

	hlist_for_each_entry_rcu(row, tag_bucket(tag), hash, true /* rows stay */)
		if (row->tag == tag && !strcmp(row->module, name) &&
		    cmpxchg(&row->key, TAG_NOBODY, module) == TAG_NOBODY)
			return row;
	return NULL;
}

static struct tag_row *new_row(u32 tag, struct module *module, gfp_t gfp)
{
	struct tag_row *row = make_row(tag, module, gfp), *entered;
	unsigned long flags;

	if (!row)
		return NULL;
	spin_lock_irqsave(&rows_lock, flags);
	entered = enter_row_locked(row);
	spin_unlock_irqrestore(&rows_lock, flags);
	if (entered != row)
		free_row(row);
	return entered;
}

static noinline struct tag_row *add_row(u32 tag, struct module *module,
					gfp_t gfp)
{
	struct tag_row *row = adopt_row(tag, module);

	if (row)
		return row;
	return is_full_for(module) ? tag_rows_by_id[0] :
				     new_row(tag, module, gfp);
}

/**
 * tag_row() - the row of a tag and a module, made if there is none
 * @tag: the tag; whether its blocks are protected makes no difference
 * @module: who uses it; NULL for the kernel itself
 * @gfp: for making it
 *
 * Context: as @gfp says.
 * Return: the row, or NULL without memory.
 */
struct tag_row *tag_row(u32 tag, struct module *module, gfp_t gfp)
{
	tag = pool_tag_name(tag);
	return tag_find(tag, module) ?: add_row(tag, module, gfp);
}

/*
 * A block may be allocated on a CPU that has been looked at and freed on one that has not.
 * So the frees come first: there are never more of them than allocations.
 */
static void add_figures(struct ntpool_tag *out, const struct tag_row *row)
{
	s64 bytes[2] = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct tally *tally = per_cpu_ptr(row->cpu, cpu);

		out->nonpaged_frees += READ_ONCE(tally->frees[0]);
		out->paged_frees += READ_ONCE(tally->frees[1]);
	}
	smp_rmb(); /* a block's allocation was counted before it could be freed */
	for_each_possible_cpu(cpu) {
		const struct tally *tally = per_cpu_ptr(row->cpu, cpu);

		out->nonpaged_allocs += READ_ONCE(tally->allocs[0]);
		out->paged_allocs += READ_ONCE(tally->allocs[1]);
		bytes[0] += READ_ONCE(tally->bytes[0]);
		bytes[1] += READ_ONCE(tally->bytes[1]);
	}
	out->nonpaged_bytes += max(bytes[0], 0ll);
	out->paged_bytes += max(bytes[1], 0ll);
}

static struct tag_row *next_sibling(const struct tag_row *row)
{
	/* Pairs with enter_name_locked(). */
	return smp_load_acquire(&row->sibling);
}

/* The shared row is there from the start; until it is used none need see it. */
static bool is_idle(const struct tag_row *row)
{
	struct ntpool_tag sum = {};

	if (!tag_is_shared(row))
		return false;
	add_figures(&sum, row);
	return !sum.paged_allocs && !sum.nonpaged_allocs;
}

size_t pool_tags(struct ntpool_tag *out, size_t count)
{
	struct tag_row *row;
	unsigned long key;
	size_t n = 0;

	might_sleep();
	xa_for_each(&rows_by_name, key, row) {
		if (is_idle(row) && !next_sibling(row))
			continue;
		if (n++ >= count)
			continue;
		out[n - 1] = (struct ntpool_tag){ .tag = row->tag };
		for (; row; row = next_sibling(row))
			add_figures(&out[n - 1], row);
	}
	return n;
}
EXPORT_FOR_TESTS(pool_tags);

static void fill_row(struct pool_tag_row *out, const struct tag_row *row)
{
	memset(out, 0, sizeof(*out));
	out->counts.tag = row->tag;
	strscpy(out->module, row->module, sizeof(out->module));
	add_figures(&out->counts, row);
}

/**
 * pool_tag_rows() - the tag table, each module's use of a tag apart
 * @out: filled from the start, sorted by tag
 * @count: elements of @out
 *
 * Context: may sleep.
 * Return: how many rows there are.
 */
size_t pool_tag_rows(struct pool_tag_row *out, size_t count)
{
	struct tag_row *row;
	unsigned long key;
	size_t n = 0;

	might_sleep();
	xa_for_each(&rows_by_name, key, row)
		for (; row; row = next_sibling(row))
			if (!is_idle(row) && n++ < count)
				fill_row(&out[n - 1], row);
	return n;
}
EXPORT_FOR_TESTS(pool_tag_rows);

/* Never less than what is told to be there now. */
static u64 peak_of(bool paged, u64 now)
{
	return max_t(u64, atomic64_read(&totals[paged].peak), now);
}

/**
 * pool_get_stats() - totals of both pools
 * @stats: filled
 *
 * A peak may miss what a CPU had beyond it in its magazines, and gave back.  It is not
 * taken from sums over all CPUs, which may be of what never was there at once.
 *
 * Context: any.
 */
void pool_get_stats(struct pool_stats *stats)
{
	/* Pairs with enter_row_locked(). */
	unsigned int i, used = smp_load_acquire(&tag_rows_used);
	struct ntpool_tag sum = {};

	for (i = 0; i < used; i++)
		add_figures(&sum, tag_rows_by_id[i]);
	tag_fold(false);
	tag_fold(true);
	*stats = (struct pool_stats){
		.paged_allocs = sum.paged_allocs,
		.paged_frees = sum.paged_frees,
		.paged_bytes = sum.paged_bytes,
		.paged_peak_bytes = peak_of(true, sum.paged_bytes),
		.nonpaged_allocs = sum.nonpaged_allocs,
		.nonpaged_frees = sum.nonpaged_frees,
		.nonpaged_bytes = sum.nonpaged_bytes,
		.nonpaged_peak_bytes = peak_of(false, sum.nonpaged_bytes),
		.failed_allocs = atomic64_read(&failures),
	};
}
EXPORT_FOR_TESTS(pool_get_stats);

/* The next module at that address is another one. */
static int forget_module(struct notifier_block *nb, unsigned long event,
			 void *module)
{
	/* Pairs with enter_row_locked(). */
	unsigned int i, used = smp_load_acquire(&tag_rows_used);

	if (event != MODULE_STATE_GOING)
		return NOTIFY_OK;
	for (i = 0; i < used; i++)
		if (tag_rows_by_id[i]->key == module)
			WRITE_ONCE(tag_rows_by_id[i]->key, TAG_NOBODY);
	return NOTIFY_OK;
}

static struct notifier_block on_module = { .notifier_call = forget_module };

static void free_rows(void)
{
	while (tag_rows_used)
		free_row(tag_rows_by_id[--tag_rows_used]);
	xa_destroy(&rows_by_name);
	kvfree(tag_rows_by_id);
}

/**
 * tags_init() - an empty tag table
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int tags_init(void)
{
	int err = -ENOMEM;

	tag_rows_by_id = kvcalloc(MAX_ROWS, sizeof(*tag_rows_by_id), GFP_KERNEL);
	if (!tag_rows_by_id)
		return -ENOMEM;
	if (new_row(SHARED_TAG, TAG_NOBODY, GFP_KERNEL))
		err = register_module_notifier(&on_module);
	if (err)
		free_rows();
	return err;
}

void tags_exit(void)
{
	unregister_module_notifier(&on_module);
	free_rows();
}
