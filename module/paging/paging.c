// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting and stopping paging, and the calls of paging.h that name a range.
 */
#include <linux/export.h>
#include <linux/moduleparam.h>
#include <linux/rculist.h>

#include "core/core.h"
#include "paging/internal.h"

static bool paging = true;
module_param(paging, bool, 0444);
MODULE_PARM_DESC(paging, "0: keep paged memory resident (default 1)");

static bool active;
static const char *reason = "";

bool paging_active(void)
{
	return active;
}
EXPORT_FOR_TESTS(paging_active);

const char *paging_reason(void)
{
	return reason;
}

static int start_paging(void)
{
	int err;

	if (!paging) {
		reason = "switched off by the module parameter paging=0";
		return -EOPNOTSUPP;
	}
	err = fault_attach_pager(&paging_pager, &reason);
	if (err)
		return err;
	err = shrinker_init();
	if (err) {
		reason = "no memory for the shrinker";
		fault_detach_pager();
	}
	return err;
}

/**
 * paging_start() - start paging
 *
 * Without the hook the module is of use all the same: paged memory then stays
 * resident, and everybody who asks is told so.
 *
 * Context: may sleep.
 * Return: 0.
 */
int paging_start(void)
{
	active = !start_paging();
	if (!active)
		pr_warn("ntpool: paged pool stays resident: %s\n", reason);
	return 0;
}

/**
 * paging_stop() - stop paging and give everything back
 *
 * Context: may sleep; nothing is allocated any more.
 */
void paging_stop(void)
{
	if (active) {
		shrinker_exit();
		fault_detach_pager();
	}
	trim_reset();
	arena_exit();
}

static bool clamp_range(unsigned long address, unsigned long pages,
			struct arena_range *range)
{
	unsigned long index;

	if (!active || !pages || !arena_find(address, range))
		return false;
	index = segment_index(range->seg, address);
	range->pages = min(pages, range->first + range->pages - index);
	range->first = index;
	return true;
}

/**
 * paging_trim_range() - take pages out of the system working set
 * @address: in an allocation
 * @pages: how many from there, cut off at the allocation's end
 *
 * Context: may sleep.
 * Return: pages taken out; pinned ones stay.
 */
unsigned long paging_trim_range(unsigned long address, unsigned long pages)
{
	struct arena_range range;

	might_sleep();
	if (!clamp_range(address, pages, &range))
		return 0;
	return trim_range(range.seg, range.first, range.pages);
}
EXPORT_FOR_TESTS(paging_trim_range);

/**
 * paging_write_out_range() - write trimmed pages to swap and wait for the disk
 * @address: in an allocation
 * @pages: how many from there, cut off at the allocation's end
 * @written: filled: pages that the disk has now; or NULL
 *
 * Context: may sleep.
 * Return: 0, or -errno as write_out() tells.
 */
int paging_write_out_range(unsigned long address, unsigned long pages,
			   unsigned long *written)
{
	struct arena_range range;
	unsigned long n = 0;
	int err = 0;

	might_sleep();
	if (clamp_range(address, pages, &range))
		err = write_out(range.seg, range.first, range.pages, &n);
	if (written)
		*written = n;
	return err;
}
EXPORT_FOR_TESTS(paging_write_out_range);

/**
 * paging_trim_all() - take all pages but the pinned ones out
 *
 * Context: may sleep.
 * Return: pages taken out.
 */
unsigned long paging_trim_all(void)
{
	struct segment *seg;
	unsigned long n = 0;

	might_sleep();
	if (active)
		list_for_each_entry(seg, &paging_segments, node)
			n += trim_range(seg, 0, seg->pages);
	return n;
}
EXPORT_FOR_TESTS(paging_trim_all);

/**
 * paging_write_out_all() - write all trimmed pages to swap
 * @written: filled: pages that the disk has now
 *
 * Context: may sleep.
 * Return: 0, or -errno as write_out() tells.
 */
int paging_write_out_all(unsigned long *written)
{
	struct segment *seg;
	int err = 0;

	might_sleep();
	*written = 0;
	if (!active)
		return 0;
	list_for_each_entry(seg, &paging_segments, node) {
		int failed = write_out(seg, 0, seg->pages, written);

		err = err ?: failed;
	}
	return err;
}
