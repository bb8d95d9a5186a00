// SPDX-License-Identifier: GPL-2.0-only
/* What the module and Linux say at one time, and what changed since before. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/proc.h"
#include "base/usage.h"
#include "monitor/monitor.h"

/* In the order of names: the first character is the lowest byte. */
static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	uint32_t tag_x = __builtin_bswap32(x->tag);
	uint32_t tag_y = __builtin_bswap32(y->tag);

	if (tag_x != tag_y)
		return tag_x < tag_y ? -1 : 1;
	return (int)x->paged - (int)y->paged;
}

static int compare_apart(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = compare(a, b);

	if (order)
		return order;
	return x->session < y->session ? -1 : x->session > y->session;
}

static void add(struct sample *sample, const struct row *row)
{
	if (row->allocs)
		sample->rows[sample->count++] = *row;
}

static struct row *copy_rows(const struct row *rows, size_t count)
{
	struct row *copy = must_calloc(count + 1, sizeof(*copy));

	if (count)
		memcpy(copy, rows, count * sizeof(*copy));
	return copy;
}

/* Rows of several sessions for one tag become one, beside those that they were. */
static void merge(struct sample *sample)
{
	size_t i, kept = 0;

	if (sample->sessions) {
		sample->apart = copy_rows(sample->rows, sample->count);
		sample->apart_count = sample->count;
	}
	for (i = 0; i < sample->count; i++) {
		struct row *row = &sample->rows[i];
		struct row *last = kept ? &sample->rows[kept - 1] : NULL;

		row->session = 0;
		if (!last || compare(last, row)) {
			sample->rows[kept++] = *row;
			continue;
		}
		last->allocs += row->allocs;
		last->frees += row->frees;
		last->bytes += row->bytes;
	}
	sample->count = kept;
}

static void split_by_pool(struct sample *sample,
			  const struct ntpool_usage_row *uses, size_t count,
			  uint32_t session)
{
	size_t i;

	sample->rows = must_calloc(2 * count + 1, sizeof(*sample->rows));
	for (i = 0; i < count; i++) {
		const struct ntpool_usage_row *use = &uses[i];

		if (session && use->session != session)
			continue;
		add(sample, &(struct row){ .tag = use->tag,
					   .session = use->session,
					   .allocs = use->nonpaged_allocs,
					   .frees = use->nonpaged_frees,
					   .bytes = use->nonpaged_bytes });
		add(sample, &(struct row){ .tag = use->tag,
					   .paged = true,
					   .session = use->session,
					   .allocs = use->paged_allocs,
					   .frees = use->paged_frees,
					   .bytes = use->paged_bytes });
	}
	qsort(sample->rows, sample->count, sizeof(*sample->rows), compare_apart);
	merge(sample);
}

static int read_rows(struct ntpool *session, const struct view *view,
		     struct sample *sample)
{
	struct ntpool_usage_row *uses;
	size_t count;
	int err;

	err = usage_read(session,
			 view->sessions ? USAGE_BY_SESSION : USAGE_BY_TAG,
			 &uses, &count);
	if (err)
		return err;
	split_by_pool(sample, uses, count, view->sessions ? view->session : 0);
	free(uses);
	if (!view->modules)
		return 0;
	return usage_read(session, USAGE_BY_MODULE, &sample->users,
			  &sample->user_count);
}

/*
 * Linux has no peak of what was committed, so it is that of the samples.  Faults
 * are those of programs, and ours, which Linux does not count.
 */
static int read_summary(struct ntpool *session, struct sample *sample)
{
	struct summary *summary = &sample->summary;
	struct ntpool_stats stats;
	int err = ntpool_stats(session, &stats);

	if (err)
		return err;
	summary->memory = proc_meminfo("MemTotal");
	summary->available = proc_meminfo("MemAvailable");
	summary->kernel = proc_meminfo("SUnreclaim") +
			  proc_meminfo("KernelStack") + proc_meminfo("PageTables");
	summary->paged_resident = stats.resident_pages * sysconf(_SC_PAGESIZE);
	summary->committed = proc_meminfo("Committed_AS");
	summary->limit = proc_meminfo("CommitLimit");
	summary->peak = summary->committed;
	summary->nonpaged = stats.nonpaged_bytes;
	summary->paged = stats.paged_bytes;
	sample->all_faults = proc_vmstat("pgfault") + stats.demand_zero_faults +
			     stats.transition_faults + stats.hard_faults;
	return 0;
}

const struct row *sample_find(const struct sample *sample, const struct row *row)
{
	const struct row *rows = row->session ? sample->apart : sample->rows;
	size_t count = row->session ? sample->apart_count : sample->count;

	return count ? bsearch(row, rows, count, sizeof(*row), compare_apart) :
		       NULL;
}

/* What was not there before has come to what it is from 0. */
static void compare_with(struct row *rows, size_t count,
			 const struct sample *previous)
{
	static const struct row none;
	size_t i;

	for (i = 0; i < count; i++) {
		struct row *row = &rows[i];
		const struct row *old = sample_find(previous, row);

		if (!old)
			old = &none;
		row->allocs_change = row->allocs - old->allocs;
		row->frees_change = row->frees - old->frees;
		row->bytes_change = row->bytes - old->bytes;
		row->each_change = row_each(row) - row_each(old);
	}
}

static void compare_summary(struct sample *sample,
			    const struct sample *previous)
{
	sample->summary.faults = sample->all_faults - previous->all_faults;
	if (previous->summary.peak > sample->summary.peak)
		sample->summary.peak = previous->summary.peak;
}

int sample_take(struct ntpool *session, const struct view *view,
		const struct sample *previous, struct sample *sample)
{
	int err;

	*sample = (struct sample){ .sessions = view->sessions,
				   .session = view->session };
	clock_gettime(CLOCK_REALTIME, &sample->time);
	err = read_summary(session, sample);
	if (!err)
		err = read_rows(session, view, sample);
	if (err) {
		sample_free(sample);
		return err;
	}
	if (!previous->rows)
		return 0;
	compare_summary(sample, previous);
	if (previous->sessions != sample->sessions ||
	    previous->session != sample->session)
		return 0;
	compare_with(sample->rows, sample->count, previous);
	compare_with(sample->apart, sample->apart_count, previous);
	return 0;
}

void sample_free(struct sample *sample)
{
	free(sample->rows);
	free(sample->apart);
	free(sample->users);
	*sample = (struct sample){ 0 };
}

void sample_copy(struct sample *to, const struct sample *from)
{
	sample_free(to);
	*to = *from;
	to->users = NULL;
	to->user_count = 0;
	to->rows = copy_rows(from->rows, from->count);
	to->apart = copy_rows(from->apart, from->apart_count);
}

uint64_t sample_bytes(const struct sample *sample, uint32_t tag)
{
	const struct row wanted[] = { { .tag = tag }, { .tag = tag, .paged = true } };
	const struct row *nonpaged = sample_find(sample, &wanted[0]);
	const struct row *paged = sample_find(sample, &wanted[1]);

	return (nonpaged ? nonpaged->bytes : 0) + (paged ? paged->bytes : 0);
}
