// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module can do, its counters, and the tag table.
 */
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "dev/session.h"
#include "paging/paging.h"
#include "pool/limits.h"
#include "pool/pool.h"
#include "pool/quota.h"
#include "pool/release.h"

static u64 features_now(void)
{
	u64 features = 0;

	/* Every kernel that lets us page lets us write out, too. */
	if (paging_active())
		features |= NTPOOL_FEATURE_PAGING | NTPOOL_FEATURE_WRITE_OUT;
	if (get_nr_swap_pages() > 0)
		features |= NTPOOL_FEATURE_SWAP;
	if (vas_raw_user())
		features |= NTPOOL_FEATURE_RAW_USER;
	return features;
}

/**
 * handle_features() - NTPOOL_IOC_FEATURES
 * @session: the session
 * @u: struct ntpool_features
 *
 * Return: 0 or -EINVAL.
 */
int handle_features(struct session *session, union ioctl_arg *u)
{
	struct ntpool_features *arg = &u->features;

	if (arg->flags)
		return -EINVAL;
	arg->abi_version = NTPOOL_ABI_VERSION;
	arg->features = features_now();
	arg->page_size = PAGE_SIZE;
	arg->cpus = num_online_cpus();
	strscpy_pad(arg->reason, paging_reason(), sizeof(arg->reason));
	return 0;
}

static void add_paging(struct ntpool_stats *all)
{
	struct paging_stats paging;

	paging_get_stats(&paging);
	all->demand_zero_faults = paging.demand_zero_faults;
	all->transition_faults = paging.transition_faults;
	all->hard_faults = paging.hard_faults;
	all->refused_faults = paging.refused_faults;
	all->failed_faults = paging.failed_faults;
	all->mapped_around = paging.mapped_around;
	all->trimmed = paging.trimmed;
	all->trim_batches = paging.trim_batches;
	all->written_out = paging.written_out;
	all->resident_pages = paging.resident_pages;
	all->resident_peak = paging.resident_peak;
	all->pinned_pages = paging.pinned_pages;
	all->swapped_pages = paging.swapped_pages;
	all->arena_pages = paging.arena_pages;
	all->arena_reserved_pages = paging.arena_reserved_pages;
}

static void add_pool(struct ntpool_stats *all)
{
	struct pool_stats pool;

	pool_get_stats(&pool);
	all->paged_allocs = pool.paged_allocs;
	all->paged_frees = pool.paged_frees;
	all->paged_bytes = pool.paged_bytes;
	all->paged_peak_bytes = pool.paged_peak_bytes;
	all->nonpaged_allocs = pool.nonpaged_allocs;
	all->nonpaged_frees = pool.nonpaged_frees;
	all->nonpaged_bytes = pool.nonpaged_bytes;
	all->nonpaged_peak_bytes = pool.nonpaged_peak_bytes;
	all->failed_allocs = pool.failed_allocs;
}

static void add_limits(struct ntpool_stats *all)
{
	struct limits_figures paged, nonpaged;

	limits_get(true, &paged);
	limits_get(false, &nonpaged);
	all->paged_pages = paged.pages;
	all->paged_peak_pages = paged.peak;
	all->paged_limit_pages = paged.limit;
	all->paged_refused = paged.refused;
	all->nonpaged_pages = nonpaged.pages;
	all->nonpaged_peak_pages = nonpaged.peak;
	all->nonpaged_limit_pages = nonpaged.limit;
	all->nonpaged_refused = nonpaged.refused;
	all->conditions = conditions_now();
}

static void add_quotas(struct ntpool_stats *all)
{
	struct quota_stats quotas;

	quota_get_stats(&quotas);
	all->quota_processes = quotas.processes;
	all->quota_paged_bytes = quotas.paged_bytes;
	all->quota_nonpaged_bytes = quotas.nonpaged_bytes;
}

static void add_io(struct ntpool_stats *all)
{
	struct io_stats io;

	io_get_stats(&io);
	all->requests_started = io.started;
	all->requests_completed = io.completed;
}

/* However much a newer program's struct is longer than ours. */
static int clear_rest(char __user *to, size_t size)
{
	size_t piece;
	int err = 0;

	for (; size && !err; size -= piece, to += piece) {
		piece = min_t(size_t, size, SZ_1M);
		err = clear_user(to, piece) ? -EFAULT : session_breathe();
	}
	return err;
}

/**
 * handle_stats() - NTPOOL_IOC_STATS
 * @session: the session
 * @u: struct ntpool_stats_get
 *
 * Return: 0 or -errno.
 */
int handle_stats(struct session *session, union ioctl_arg *u)
{
	struct ntpool_stats_get *arg = &u->stats_get;
	char __user *to = u64_to_user_ptr(arg->stats);
	size_t known = min_t(size_t, arg->size, sizeof(struct ntpool_stats));
	struct ntpool_stats all = {};

	if (arg->flags || !arg->size || arg->size % sizeof(u64))
		return -EINVAL;
	add_paging(&all);
	add_pool(&all);
	add_io(&all);
	add_limits(&all);
	add_quotas(&all);
	all.target = release->number;
	all.bugchecks = bugcheck_last_seq();
	all.sessions = session_count();
	if (copy_to_user(to, &all, known))
		return -EFAULT;
	return clear_rest(to + known, arg->size - known);
}

/* The table may grow or shrink between the two looks at it. */
static int show_tags(struct ntpool_tags *arg, size_t room)
{
	struct ntpool_tag __user *to = u64_to_user_ptr(arg->array);
	struct ntpool_tag *rows = kvcalloc(room, sizeof(*rows),
					   GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!rows)
		return -ENOMEM;
	arg->total = pool_tags(rows, room);
	arg->count = min_t(u64, room, arg->total);
	if (copy_to_user(to, rows, arg->count * sizeof(*rows)))
		err = -EFAULT;
	kvfree(rows);
	return err;
}

/**
 * handle_tags() - NTPOOL_IOC_TAGS
 * @session: the session
 * @u: struct ntpool_tags
 *
 * No more memory is used than the table has rows, whatever the caller says he
 * has room for.
 *
 * Return: 0 or -errno.
 */
int handle_tags(struct session *session, union ioctl_arg *u)
{
	struct ntpool_tags *arg = &u->tags;

	if (arg->flags)
		return -EINVAL;
	arg->total = pool_tags(NULL, 0);
	arg->count = min_t(u64, arg->count, arg->total);
	return arg->count ? show_tags(arg, arg->count) : 0;
}
