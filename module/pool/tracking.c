// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool tracking: the live blocks that the verifier has chosen, each with the
 * call stack of its allocation, and telling which were left behind.
 *
 * Stacks are in the kernel's stack depot, which keeps each once and for good.
 * Where the kernel has none, blocks are tracked without stacks.
 */
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/swab.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "pool/hooks.h"
#include "pool/internal.h"

#define STACK_DEPTH 24

/* So many pairs of tag and stack are told apart; of the rest the log has the number. */
#define LEAK_SITES_MOST 1024

/**
 * struct tracked - a live block
 * @size: bytes asked for
 * @tag: its tag
 * @stack: of its allocation, in the depot; 0 if unknown
 * @module: who allocated it; NULL once that has gone; under the table's lock
 * @rcu: readers may still look at it after it was taken out
 */
struct tracked {
	size_t size;
	u32 tag;
	u32 stack;
	struct module *module;
	struct rcu_head rcu;
};

/* By address, in steps of the alignment of blocks. */
static DEFINE_XARRAY_FLAGS(blocks, XA_FLAGS_LOCK_IRQ);

static atomic64_t count, bytes, peak, leaked;

static unsigned long key_of(const void *start)
{
	return (unsigned long)start / POOL_ALIGN;
}

/* --- stacks --------------------------------------------------------------- */

/**
 * tracking_init_stacks() - have the kernel keep stacks
 *
 * Context: may sleep.
 * Return: 0; -EOPNOTSUPP where it cannot; -ENOMEM.
 */
int tracking_init_stacks(void)
{
	return IS_ENABLED(CONFIG_STACKDEPOT) ? stack_depot_init() : -EOPNOTSUPP;
}

/* The stack from the pool's caller outwards; all of it if that is not found. */
static unsigned int from_caller(unsigned long *entries, unsigned int n,
				unsigned long caller)
{
	unsigned int i;

	for (i = 0; i < n && entries[i] != caller; i++)
		;
	if (i == n)
		return n;
	memmove(entries, entries + i, (n - i) * sizeof(*entries));
	return n - i;
}

static unsigned int only_module(unsigned long *entries, unsigned int n,
				struct module *module)
{
	unsigned int i, kept = 0;

	for (i = 0; i < n; i++)
		if (within_module(entries[i], module))
			entries[kept++] = entries[i];
	return kept;
}

/**
 * tracking_stack() - the call stack of an allocation
 * @want: the allocation
 * @of_driver: only the part of it that is in the module that asks
 *
 * Context: that of the allocation.
 * Return: a number that stands for the stack, 0 if it cannot be kept.
 */
u32 tracking_stack(const struct pool_want *want, bool of_driver)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int n;

	if (!IS_ENABLED(CONFIG_STACKDEPOT))
		return 0;
	n = stack_trace_save(entries, STACK_DEPTH, 1);
	n = from_caller(entries, n, want->caller);
	if (of_driver && want->module)
		n = only_module(entries, n, want->module);
	return stack_depot_save(entries, n,
				want->irql < NTPOOL_IRQL_DISPATCH ?
					GFP_KERNEL | __GFP_NOWARN :
					GFP_ATOMIC | __GFP_NOWARN);
}

static void print_stack(u32 stack)
{
	unsigned long *entries;
	unsigned int i, n = 0;

	if (IS_ENABLED(CONFIG_STACKDEPOT) && stack)
		n = stack_depot_fetch(stack, &entries);
	for (i = 0; i < n; i++)
		pr_info("ntpool:   %pS\n", (void *)entries[i]);
}

/* --- live blocks ---------------------------------------------------------- */

static void count_in(const struct tracked *block)
{
	s64 now = atomic64_inc_return(&count), highest = atomic64_read(&peak);

	atomic64_add(block->size, &bytes);
	while (now > highest && !atomic64_try_cmpxchg(&peak, &highest, now))
		;
}

static void count_out(const struct tracked *block)
{
	atomic64_dec(&count);
	atomic64_sub(block->size, &bytes);
}

static void forget_block(struct tracked *block)
{
	if (!block)
		return;
	count_out(block);
	kfree_rcu(block, rcu);
}

static void *exchange(unsigned long key, struct tracked *block)
{
	unsigned long flags;
	void *old;

	xa_lock_irqsave(&blocks, flags);
	old = __xa_store(&blocks, key, block, GFP_ATOMIC | __GFP_NOWARN);
	xa_unlock_irqrestore(&blocks, flags);
	return old;
}

/**
 * tracking_add() - track a block
 * @start: the block
 * @want: what it was allocated for
 *
 * Without memory for it a block goes untracked.
 *
 * Context: that of the allocation.
 */
void tracking_add(void *start, const struct pool_want *want)
{
	gfp_t gfp = want->irql < NTPOOL_IRQL_DISPATCH ? GFP_KERNEL : GFP_ATOMIC;
	struct tracked *block = kmalloc(sizeof(*block), gfp | __GFP_NOWARN);
	void *old;

	if (!block)
		return;
	block->size = want->size;
	block->tag = want->tag;
	block->stack = tracking_stack(want, false);
	block->module = want->module;
	count_in(block);
	old = exchange(key_of(start), block);
	forget_block(xa_is_err(old) ? block : old);
}

/**
 * tracking_take() - a block is about to be freed
 * @start: the block, tracked or not
 *
 * Context: that of the free.
 * Return: what is known of it, for tracking_settle(), or NULL.
 */
struct tracked *tracking_take(const void *start)
{
	struct tracked *block;
	unsigned long flags;

	xa_lock_irqsave(&blocks, flags);
	block = __xa_erase(&blocks, key_of(start));
	xa_unlock_irqrestore(&blocks, flags);
	return block;
}
EXPORT_FOR_TESTS(tracking_take);

/* Is a block still allocated that could not be freed, or has another thread freed it. */
static bool is_allocated(const void *start, size_t size)
{
	struct pool_block_info info;

	return pool_find((unsigned long)start, &info) &&
	       info.start == (unsigned long)start && info.size == size;
}

/* Back into the table, unless there is one by now who has got the same place. */
static bool enter_again(const void *start, struct tracked *block)
{
	unsigned long flags;
	void *old;

	xa_lock_irqsave(&blocks, flags);
	old = __xa_cmpxchg(&blocks, key_of(start), NULL, block,
			   GFP_ATOMIC | __GFP_NOWARN);
	xa_unlock_irqrestore(&blocks, flags);
	return !old;
}

/**
 * tracking_settle() - a block has been freed, or was not
 * @start: the block
 * @block: from tracking_take()
 * @freed: it has been
 *
 * Of two who free a block one may have it taken out here, and the other may free it: the
 * one that is told to have failed looks, after he has entered it, whether it is there.
 *
 * Context: that of the free.
 */
void tracking_settle(const void *start, struct tracked *block, bool freed)
{
	size_t size = block->size;

	if (freed || !enter_again(start, block))
		forget_block(block);
	else if (!is_allocated(start, size))
		forget_block(tracking_take(start));
}
EXPORT_FOR_TESTS(tracking_settle);

/**
 * tracking_forget() - track no block any more
 *
 * Context: may sleep.
 */
void tracking_forget(void)
{
	unsigned long key;
	void *block;

	xa_for_each(&blocks, key, block) {
		forget_block(tracking_take((void *)(key * POOL_ALIGN)));
		cond_resched();
	}
	atomic64_set(&peak, atomic64_read(&count));
	atomic64_set(&leaked, 0);
}

/**
 * tracking_get_stats() - how many blocks are tracked
 * @stats: the fields about tracking are filled
 *
 * Context: any.
 */
void tracking_get_stats(struct verifier_stats *stats)
{
	stats->tracked = atomic64_read(&count);
	stats->tracked_bytes = atomic64_read(&bytes);
	stats->tracked_peak = atomic64_read(&peak);
	stats->leaked = atomic64_read(&leaked);
}

/* --- what was left behind ------------------------------------------------- */

/**
 * struct leak_site - blocks that were left, of one tag and allocated by one stack
 * @tag: the tag
 * @stack: the stack, in the depot
 * @blocks: how many
 * @bytes: of all of them
 */
struct leak_site {
	u32 tag;
	u32 stack;
	unsigned long blocks;
	u64 bytes;
};

/**
 * struct leak_sites - blocks that were left
 * @sites: by tag, its first character highest, and stack
 * @used: entries of @sites
 * @others: blocks for which there was no entry left, or no memory
 */
struct leak_sites {
	struct xarray sites;
	unsigned int used;
	unsigned long others;
};

static void sites_init(struct leak_sites *sites)
{
	*sites = (struct leak_sites){};
	xa_init(&sites->sites);
}

static void sites_exit(struct leak_sites *sites)
{
	struct leak_site *site;
	unsigned long key;

	xa_for_each(&sites->sites, key, site)
		kfree(site);
	xa_destroy(&sites->sites);
}

static unsigned long site_key(const struct tracked *block)
{
	return (unsigned long)swab32(block->tag) << 32 | block->stack;
}

static struct leak_site *add_site(struct leak_sites *sites,
				  const struct tracked *block)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	struct leak_site *site;

	if (sites->used == LEAK_SITES_MOST)
		return NULL;
	site = kzalloc(sizeof(*site), gfp);
	if (!site)
		return NULL;
	site->tag = block->tag;
	site->stack = block->stack;
	if (xa_is_err(xa_store(&sites->sites, site_key(block), site, gfp))) {
		kfree(site);
		return NULL;
	}
	sites->used++;
	return site;
}

static void add_block(struct leak_sites *sites, const struct tracked *block)
{
	struct leak_site *site = xa_load(&sites->sites, site_key(block)) ?:
									   add_site(sites, block);

	atomic64_inc(&leaked);
	if (!site) {
		sites->others++;
		return;
	}
	site->blocks++;
	site->bytes += block->size;
}

/**
 * leak_sites_begin() - begin to count blocks that were left behind
 *
 * Context: may sleep.
 * Return: what to count in, or NULL if no blocks are tracked; the other calls let
 * that through.
 */
struct leak_sites *leak_sites_begin(void)
{
	struct leak_sites *sites = NULL;

	if (atomic64_read(&count))
		sites = kmalloc(sizeof(*sites), GFP_KERNEL);
	if (sites)
		sites_init(sites);
	return sites;
}

/**
 * leak_sites_add() - count a block
 * @sites: from leak_sites_begin()
 * @start: a live block, tracked or not
 *
 * Context: any.
 */
void leak_sites_add(struct leak_sites *sites, const void *start)
{
	const struct tracked *block;

	if (!sites)
		return;
	rcu_read_lock();
	block = xa_load(&blocks, key_of(start));
	if (block)
		add_block(sites, block);
	rcu_read_unlock();
}

static void print_sites(struct leak_sites *sites, const char *who)
{
	struct leak_site *site;
	unsigned long key;
	char name[5];

	xa_for_each(&sites->sites, key, site) {
		pr_info("ntpool: left by %s: %lu blocks, %llu bytes, tag '%s', allocated at\n",
			who, site->blocks, site->bytes,
			tag_name(site->tag, name));
		print_stack(site->stack);
		cond_resched();
	}
	if (sites->others)
		pr_info("ntpool: left by %s: %lu further blocks\n", who,
			sites->others);
}

/**
 * leak_sites_end() - tell the log, by tag and allocation stack
 * @sites: from leak_sites_begin(); freed
 * @who: left the blocks
 *
 * Programs may be many: of more than a hundred in five seconds the log has the number.
 *
 * Context: may sleep.
 */
void leak_sites_end(struct leak_sites *sites, const char *who)
{
	static DEFINE_RATELIMIT_STATE(rate, 5 * HZ, 100);

	if (!sites)
		return;
	if (sites->used + sites->others && __ratelimit(&rate))
		print_sites(sites, who);
	sites_exit(sites);
	kfree(sites);
}

/* Count a module's blocks, and let none of them point to it any more. */
static unsigned long disown(struct leak_sites *sites, const struct module *module)
{
	unsigned long key, flags, n = 0;
	struct tracked *block;

	xa_lock_irqsave(&blocks, flags);
	xa_for_each(&blocks, key, block) {
		if (block->module != module)
			continue;
		block->module = NULL;
		add_block(sites, block);
		n++;
	}
	xa_unlock_irqrestore(&blocks, flags);
	return n;
}

/**
 * tracking_module_leaks() - a module goes: what has it left behind
 * @module: it; its exit function has run
 *
 * The blocks stay allocated, as nobody knows who may still use them.
 *
 * Context: may sleep.
 * Return: 0, or the number of bug check 0xC4/62 [name, 0, blocks].
 */
u64 tracking_module_leaks(struct module *module)
{
	struct leak_sites sites;
	unsigned long n;

	sites_init(&sites);
	n = disown(&sites, module);
	print_sites(&sites, module->name);
	sites_exit(&sites);
	if (!n)
		return 0;
	return ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			       0x62, (unsigned long)module->name, 0, n);
}
EXPORT_FOR_TESTS(tracking_module_leaks);
