// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limit of each pool, in pages.
 *
 * A pool grows by pages, and it is pages that run out: what is counted here is
 * the pages that the pool has taken, for small blocks or for large ones, not the
 * bytes asked for.  An allocation that is served from pages the pool has already
 * costs nothing here.
 *
 * The closer to the limit, the fewer get more: low priority may not touch the
 * reserve at which Low*PoolCondition is set, normal priority has to leave a
 * quarter of it, high priority may take the last page ("ExAllocatePoolWithTag-
 * Priority": the system may refuse low priority when it runs low on resources,
 * and high priority only when it has none left).
 *
 * The defaults are those of 64-bit Windows ("Memory limits for Windows and
 * Windows Server releases"): nonpaged pool up to 75 % of memory, at most 128 GB;
 * paged pool as much as could be promised at all, which is memory and swap
 * together.  What really is there is found out by the allocation itself: the
 * promise of the pager and the page allocator come first in most cases.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "core/core.h"
#include "pool/internal.h"
#include "pool/limits.h"

#define PAGES_OF_MB(mb) ((u64)(mb) << (20 - PAGE_SHIFT))
#define NONPAGED_MOST	PAGES_OF_MB(128 << 10)

/**
 * struct pool_size - how large a pool is
 * @pages: now
 * @peak: highest value of @pages
 * @refused: times it was not allowed to grow, or to serve a low priority
 */
struct pool_size {
	atomic64_t pages;
	atomic64_t peak;
	atomic64_t refused;
} ____cacheline_aligned_in_smp;

static struct pool_size sizes[2]; /* [0] nonpaged, [1] paged */

/* In pages; read everywhere, written by limits_refresh(). */
static u64 limit_now[2] __read_mostly;

/* Swap comes and goes, and those who wait for an event shall hear of it. */
#define REFRESH_EVERY HZ

static void refresh_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(refresh_work, refresh_work_fn);

static unsigned long limit_mb[2];
static unsigned int low_percent = 10, high_percent = 25;

static u64 default_limit(bool paged)
{
	if (paged)
		return totalram_pages() + kcompat_total_swap();
	return min_t(u64, totalram_pages() / 4 * 3, NONPAGED_MOST);
}

static void refresh_pool(bool paged)
{
	u64 mb = READ_ONCE(limit_mb[paged]);

	WRITE_ONCE(limit_now[paged],
		   mb ? PAGES_OF_MB(mb) : default_limit(paged));
}

/* The events follow what has been stored. */
static void marks_changed(void)
{
	smp_mb(); /* before conditions_update() looks at the events' state */
	conditions_update(false);
	conditions_update(true);
}

/* Takes the lock of swap, so not at DISPATCH. */
static void limits_refresh(void)
{
	refresh_pool(false);
	refresh_pool(true);
	marks_changed();
}

static void refresh_work_fn(struct work_struct *work)
{
	limits_refresh();
	schedule_delayed_work(&refresh_work,
			      round_jiffies_relative(REFRESH_EVERY));
}

static int set_ulong(const char *text, const struct kernel_param *param)
{
	int err = param_set_ulong(text, param);

	if (err)
		return err;
	limits_refresh();
	return 0;
}

static int set_percent(const char *text, const struct kernel_param *param)
{
	unsigned int percent;
	int err = kstrtouint(text, 0, &percent);

	if (err)
		return err;
	if (percent > 100)
		return -EINVAL;
	WRITE_ONCE(*(unsigned int *)param->arg, percent);
	marks_changed();
	return 0;
}

static const struct kernel_param_ops limit_ops = {
	.set = set_ulong,
	.get = param_get_ulong,
};

static const struct kernel_param_ops percent_ops = {
	.set = set_percent,
	.get = param_get_uint,
};

module_param_cb(paged_limit_mb, &limit_ops, &limit_mb[true], 0644);
MODULE_PARM_DESC(paged_limit_mb,
		 "paged pool in MB at most; 0 (default): memory and swap together");
module_param_cb(nonpaged_limit_mb, &limit_ops, &limit_mb[false], 0644);
MODULE_PARM_DESC(nonpaged_limit_mb,
		 "nonpaged pool in MB at most; 0 (default): 75 % of memory, at most 128 GB");
module_param_cb(low_pool_percent, &percent_ops, &low_percent, 0644);
MODULE_PARM_DESC(low_pool_percent,
		 "a pool is low when less than so much of its limit is free (default 10)");
module_param_cb(high_pool_percent, &percent_ops, &high_percent, 0644);
MODULE_PARM_DESC(high_pool_percent,
		 "a pool is high when more than so much of its limit is free (default 25)");

/**
 * limits_free_pages() - what is left of a pool's limit
 * @paged: which pool
 * @limit: set to the limit, in pages
 *
 * Context: any.
 * Return: pages.
 */
u64 limits_free_pages(bool paged, u64 *limit)
{
	u64 pages = atomic64_read(&sizes[paged].pages);

	*limit = READ_ONCE(limit_now[paged]);
	return *limit > pages ? *limit - pages : 0;
}

/**
 * limits_low_mark() - how much is left of a pool when it is low
 * @limit: of the pool, in pages
 *
 * Context: any.
 * Return: pages.
 */
u64 limits_low_mark(u64 limit)
{
	return limit * READ_ONCE(low_percent) / 100;
}

/**
 * limits_high_mark() - how much is left of a pool when it has plenty
 * @limit: of the pool, in pages
 *
 * Never less than the low mark: a pool is not low and high at once.
 *
 * Context: any.
 * Return: pages.
 */
u64 limits_high_mark(u64 limit)
{
	return limit *
	       max(READ_ONCE(low_percent), READ_ONCE(high_percent)) / 100;
}

/* What must stay free behind an allocation of a priority. */
static u64 reserve_for(u8 priority, u64 limit)
{
	switch (priority) {
	case POOL_PRIORITY_LOW:
		return limits_low_mark(limit);
	case POOL_PRIORITY_HIGH:
		return 0;
	default:
		return limits_low_mark(limit) / 4;
	}
}

static bool refuse(bool paged)
{
	atomic64_inc(&sizes[paged].refused);
	return false;
}

/**
 * limits_admit() - may an allocation of its priority go on
 * @want: the allocation
 *
 * It is refused near the limit even if the pool has room in pages it has taken
 * already: that room is for those with a higher priority.
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether it may; limits_take() may still refuse it.
 */
bool limits_admit(const struct pool_want *want)
{
	bool paged = pool_flags_paged(want->flags);
	u64 limit, unused = limits_free_pages(paged, &limit);

	if (want->priority == POOL_PRIORITY_NORMAL ||
	    unused >= reserve_for(want->priority, limit) +
			      DIV_ROUND_UP(want->size, PAGE_SIZE))
		return true;
	return refuse(paged);
}

static bool take_pages(struct pool_size *size, u64 pages, u64 most)
{
	s64 now = atomic64_read(&size->pages), peak;

	do {
		if (now > most || pages > most - now)
			return false;
	} while (!atomic64_try_cmpxchg(&size->pages, &now, now + pages));
	now += pages;
	peak = atomic64_read(&size->peak);
	while (now > peak && !atomic64_try_cmpxchg(&size->peak, &peak, now))
		;
	return true;
}

/**
 * limits_take() - a pool wants to grow
 * @paged: which pool
 * @pages: by how much
 * @priority: enum pool_priority of the allocation that needs it
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether it may; what was taken is given back by limits_give().
 */
bool limits_take(bool paged, u64 pages, u8 priority)
{
	u64 limit = READ_ONCE(limit_now[paged]);

	if (!take_pages(&sizes[paged], pages,
			limit - reserve_for(priority, limit)))
		return refuse(paged);
	conditions_update(paged);
	return true;
}
EXPORT_FOR_TESTS(limits_take);

/**
 * limits_give() - a pool has shrunk
 * @paged: which pool
 * @pages: by how much
 *
 * Context: IRQL <= DISPATCH.
 */
void limits_give(bool paged, u64 pages)
{
	atomic64_sub(pages, &sizes[paged].pages);
	conditions_update(paged);
}
EXPORT_FOR_TESTS(limits_give);

/**
 * limits_get() - the size of a pool, and its limit
 * @paged: which pool
 * @figures: filled
 *
 * Context: may sleep.
 */
void limits_get(bool paged, struct limits_figures *figures)
{
	const struct pool_size *size = &sizes[paged];

	limits_refresh();
	*figures = (struct limits_figures){
		.pages = atomic64_read(&size->pages),
		.peak = atomic64_read(&size->peak),
		.limit = READ_ONCE(limit_now[paged]),
		.refused = atomic64_read(&size->refused),
	};
}
EXPORT_FOR_TESTS(limits_get);

/**
 * limits_init() - work out the limits, from now on
 *
 * Return: 0.
 */
int limits_init(void)
{
	refresh_work_fn(NULL);
	return 0;
}

/**
 * limits_exit() - let no work and no wake-up outlive the module
 *
 * Context: may sleep.
 */
void limits_exit(void)
{
	cancel_delayed_work_sync(&refresh_work);
	conditions_exit();
}
