// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's memory pressure drives trimming: its shrinker interface asks how
 * many pages there are, mapped or stranded, and has some of them tried.
 */
#include <linux/shrinker.h>

#include "paging/internal.h"

static struct shrinker *shrinker;

static unsigned long count_pages(struct shrinker *s,
				 struct shrink_control *sc)
{
	long n = atomic_long_read(&paging_resident) -
		 atomic_long_read(&paging_pinned);

	n = max(n, 0L) + stranded_pages();
	return n ?: SHRINK_EMPTY;
}

static unsigned long free_some(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long n = trim_old(sc->nr_to_scan, 2);

	return n + drop_stranded(sc->nr_to_scan) ?: SHRINK_STOP;
}

int shrinker_init(void)
{
	int err;

	shrinker = kcompat_shrinker_alloc();
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_pages;
	shrinker->scan_objects = free_some;
	shrinker->seeks = DEFAULT_SEEKS;
	err = kcompat_shrinker_register(shrinker, "ntpool");
	if (err)
		kcompat_shrinker_free(shrinker);
	return err;
}

void shrinker_exit(void)
{
	kcompat_shrinker_free(shrinker);
}
