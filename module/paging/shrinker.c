// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's memory pressure drives trimming: its shrinker interface asks how
 * many pages there are, mapped or stranded, and has some of them tried.
 *
 * Pages are charged to the memory cgroup of who brings them in, so pressure may be that
 * of one cgroup.  Whose each page is, is not kept account of: all are counted and tried,
 * until enough of that cgroup's have gone.
 */
#include <linux/shrinker.h>

#include "paging/internal.h"

static struct shrinker *shrinker;

static unsigned long count_pages(struct shrinker *s,
				 struct shrink_control *sc)
{
	long n = atomic_long_read(&paging_resident) -
		 atomic_long_read(&paging_pinned);

	/* Never SHRINK_EMPTY: the cgroup would be asked no more, but have pages again. */
	return max(n, 0L) + stranded_pages();
}

static unsigned long free_some(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long n = trim_old(sc->nr_to_scan, 2);

	return n + drop_stranded(sc->nr_to_scan) ?: SHRINK_STOP;
}

/**
 * shrinker_note() - a page has been brought in
 * @folio: it; the caller has a reference
 *
 * Where paging is inactive nothing is trimmed, and there is no shrinker.
 *
 * Context: any but NMI.
 */
void shrinker_note(struct folio *folio)
{
	if (shrinker)
		kcompat_shrinker_note(shrinker, folio);
}

void shrinker_exit(void)
{
	kcompat_shrinker_free(shrinker);
	shrinker = NULL;
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
		shrinker_exit();
	return err;
}
