/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ntpool monitor: pool use by tag as it changes, after PoolMon.
 *
 * A sample is what the module says at one time.  A view is what of it is shown
 * and in which order: options set it, keys change it.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/tagfile.h"
#include "ntpool.h"

/* Exit status where a tag was found beyond its threshold. */
#define EXIT_THRESHOLD 3

/* The letters are PoolMon's. */
enum sort { SORT_TAG = 't',
	    SORT_ALLOCS = 'a',
	    SORT_FREES = 'f',
	    SORT_DIFF = 'd',
	    SORT_BYTES = 'b',
	    SORT_EACH = 'm' };

/* In the order in which the key p goes through them. */
enum pools { POOLS_BOTH,
	     POOLS_NONPAGED,
	     POOLS_PAGED,
	     POOLS };

struct patterns {
	const char **all;
	size_t count;
};

struct view {
	enum sort sort;
	bool by_change;
	enum pools pools;
	bool totals;
	bool highlight;
	bool names;	  /* the column from the tag file */
	bool modules;	  /* the column of calling modules */
	bool sessions;	  /* of sessions instead of the whole system */
	bool own;	  /* ... of which others' are not for us to see */
	uint32_t session; /* the one meant, 0: all */
	struct patterns include, exclude;
};

/* One tag in one pool. */
struct row {
	uint32_t tag;
	bool paged;
	uint32_t session; /* 0 where it is the sum of all */
	uint64_t allocs, frees, bytes;
	/* Since the sample before. */
	int64_t allocs_change, frees_change, bytes_change, each_change;
};

/* In bytes, but for @faults, which counts since the sample before. */
struct summary {
	uint64_t memory, available, kernel, paged_resident;
	uint64_t committed, limit, peak;
	uint64_t nonpaged, paged;
	uint64_t faults;
};

struct sample {
	struct timespec time;
	struct summary summary;
	struct row *rows; /* sorted by tag, nonpaged before paged */
	size_t count;
	/* The same by session, where the view is of sessions. */
	struct row *apart;
	size_t apart_count;
	/* By module, where the view asks for it. */
	struct ntpool_usage_row *users;
	size_t user_count;
	/* What the next sample is compared with. */
	uint64_t all_faults;
	bool sessions;
	uint32_t session;
};

enum display { DISPLAY_SCREEN,
	       DISPLAY_TEXT,
	       DISPLAY_SNAPSHOT,
	       DISPLAY_JSON,
	       DISPLAY_CSV,
	       DISPLAY_NONE };

/* "Abcd=1M", or "Abcd=+1M" for growth since the first sample. */
struct threshold {
	char *pattern;
	uint64_t bytes;
	bool growth;
};

struct settings {
	struct view view;
	enum display display;
	const char *tagfile, *snapshot, *log;
	double interval; /* seconds */
	uint64_t count;	 /* samples, 0: without end */
	struct threshold *thresholds;
	size_t threshold_count;
};

/* What runs. */
struct monitor {
	struct settings settings;
	struct ntpool *session;
	struct tagfile *file;
	FILE *log;
	struct sample first, now;
	uint64_t taken;
	bool crossed;
	bool log_failed;
};

/* options.c: PoolMon's spelling of the options is taken as well as argp's. */
void options_parse(int argc, char **argv, struct settings *settings);

/* sample.c: 0 or a negative errno. */
int sample_take(struct ntpool *session, const struct view *view,
		const struct sample *previous, struct sample *sample);
void sample_free(struct sample *sample);
/* A copy of the rows alone. */
void sample_copy(struct sample *to, const struct sample *from);
/* The row of the same tag, pool and session, or NULL. */
const struct row *sample_find(const struct sample *sample, const struct row *row);
/* Bytes of a tag in both pools. */
uint64_t sample_bytes(const struct sample *sample, uint32_t tag);

/* view.c: what is shown of the sample, in order, in memory that free() releases. */
struct row *view_rows(const struct view *view, const struct sample *sample,
		      size_t *count);
/* The same, with a row for each session where the view is of sessions. */
struct row *view_rows_apart(const struct view *view, const struct sample *sample,
			    size_t *count);
uint64_t row_each(const struct row *row);
bool row_changed(const struct row *row);

/* lines.c: a line as text; without what changed for something that stands still. */
#define LINE_TEXT 512
void line_header(const struct sample *sample, int number, char text[LINE_TEXT]);
void line_view(const struct view *view, char text[LINE_TEXT]);
void line_titles(const struct view *view, bool still, char text[LINE_TEXT]);
void line_row(const struct monitor *monitor, const struct row *row, bool still,
	      char text[LINE_TEXT]);
void line_total(const struct row *rows, size_t count, bool paged, bool still,
		char text[LINE_TEXT]);
bool shows_pool(const struct view *view, bool paged);

/* export.c */
void print_still(const struct monitor *monitor, FILE *to);
void export_json(const struct monitor *monitor);
/* The titles without the end of the line, in memory that free() releases. */
char *export_csv_titles(const struct view *view);
void export_csv(const struct monitor *monitor, FILE *to);

/* threshold.c */
bool threshold_parse(const char *word, struct threshold *threshold);
/* A threshold that @tag has passed, or NULL. */
const struct threshold *threshold_passed(const struct monitor *monitor,
					 uint32_t tag);
/* Tells what has passed which; whether anything has. */
bool thresholds_check(const struct monitor *monitor, FILE *to);

/* monitor.c: 0 or a negative errno, and what then tells it and is an exit status. */
int monitor_sample(struct monitor *monitor);
int monitor_fail(const struct monitor *monitor, int err);
extern volatile bool monitor_stopped; /* by a signal */

/* screen.c: an exit status. */
int screen_run(struct monitor *monitor);

#endif
