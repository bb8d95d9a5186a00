// SPDX-License-Identifier: GPL-2.0-only
/* What of a sample is shown, and in which order. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/wildcard.h"
#include "monitor/monitor.h"

uint64_t row_each(const struct row *row)
{
	return row->allocs > row->frees ? row->bytes / (row->allocs - row->frees) : 0;
}

bool row_changed(const struct row *row)
{
	return row->allocs_change || row->frees_change || row->bytes_change;
}

bool shows_pool(const struct view *view, bool paged)
{
	return view->pools == POOLS_BOTH ||
	       view->pools == (paged ? POOLS_PAGED : POOLS_NONPAGED);
}

static bool any_matches(const struct patterns *patterns, uint32_t tag)
{
	size_t i;

	for (i = 0; i < patterns->count; i++)
		if (wildcard_match(patterns->all[i], tag))
			return true;
	return false;
}

static bool shows(const struct view *view, const struct row *row)
{
	if (!shows_pool(view, row->paged))
		return false;
	if (view->include.count && !any_matches(&view->include, row->tag))
		return false;
	return !any_matches(&view->exclude, row->tag);
}

/* What a row is sorted by; the highest comes first. */
static int64_t key(const struct view *view, const struct row *row)
{
	bool change = view->by_change;

	switch (view->sort) {
	case SORT_ALLOCS:
		return change ? row->allocs_change : (int64_t)row->allocs;
	case SORT_FREES:
		return change ? row->frees_change : (int64_t)row->frees;
	case SORT_DIFF:
		return change ? row->allocs_change - row->frees_change :
				(int64_t)(row->allocs - row->frees);
	case SORT_BYTES:
		return change ? row->bytes_change : (int64_t)row->bytes;
	case SORT_EACH:
		return change ? row->each_change : (int64_t)row_each(row);
	case SORT_TAG:
		break;
	}
	return 0;
}

static int compare(const void *a, const void *b, void *view)
{
	const struct row *x = a, *y = b;
	int64_t key_x = key(view, x), key_y = key(view, y);
	uint32_t tag_x = __builtin_bswap32(x->tag);
	uint32_t tag_y = __builtin_bswap32(y->tag);

	if (key_x != key_y)
		return key_x > key_y ? -1 : 1;
	if (tag_x != tag_y)
		return tag_x < tag_y ? -1 : 1;
	if (x->paged != y->paged)
		return x->paged ? 1 : -1;
	return x->session < y->session ? -1 : x->session > y->session;
}

static struct row *choose(const struct view *view, const struct row *all,
			  size_t all_count, size_t *count)
{
	struct row *rows = must_calloc(all_count + 1, sizeof(*rows));
	size_t i, kept = 0;

	for (i = 0; i < all_count; i++)
		if (shows(view, &all[i]))
			rows[kept++] = all[i];
	qsort_r(rows, kept, sizeof(*rows), compare, (void *)view);
	*count = kept;
	return rows;
}

struct row *view_rows(const struct view *view, const struct sample *sample,
		      size_t *count)
{
	return choose(view, sample->rows, sample->count, count);
}

struct row *view_rows_apart(const struct view *view, const struct sample *sample,
			    size_t *count)
{
	if (!sample->sessions)
		return view_rows(view, sample, count);
	return choose(view, sample->apart, sample->apart_count, count);
}
