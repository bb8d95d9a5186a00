/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of 'ntpool story' share.
 *
 * A chapter plays one statement.  It tells what it does, and every claim that
 * counts is a check() on something measured.  A statement is shown when its
 * chapter has made at least one check and none has failed.
 */
#ifndef STORY_H
#define STORY_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/process.h"
#include "base/table.h"
#include "ntpool.h"

struct pressure;

struct story {
	struct ntpool *session;
	struct ntpool_features features;
	bool json;
	bool gap;	      /* the line above is empty */
	bool admin;	      /* the device shows us addresses and frames */
	const char *pictures; /* folder, or NULL */
	/* of the chapter at hand */
	struct json_object *facts;
	struct json_object *checks;
	unsigned int passed, failed;
	/* S12 and S13 look at the same pressure; it is made once. */
	struct pressure *pressure;
};

/* --- telling ------------------------------------------------------------- */

/* A paragraph of text. */
void tell(struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A line as it stands, for figures. */
void line(struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Prints the table, keeps it under @key in JSON, and frees it. */
void show_table(struct story *story, const char *key, struct table *table);
/* A number that JSON keeps; text tells it in its own words. */
void fact(struct story *story, const char *key, uint64_t value);
/* One claim and whether the measurement bears it out. */
bool check(struct story *story, bool holds, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The chapter cannot be played here, for the reason given. */
void cannot(struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* How far a long step is, in percent; text only. */
void progress(struct story *story, const char *what, unsigned int percent);

/* --- asking -------------------------------------------------------------- */

/* These tell with cannot() why they return false. */
bool need_admin(struct story *story);
bool need_paging(struct story *story);
bool need_swap(struct story *story, uint64_t bytes);

/* --- blocks -------------------------------------------------------------- */

/* A handle, or 0 after cannot(). */
uint64_t take_block(struct story *story, uint64_t pool, uint64_t size);
void give_back(struct story *story, uint64_t handle);
bool fill_block(struct story *story, uint64_t handle, uint64_t size,
		uint64_t seed);
/* Is every word as fill_block() left it? */
bool block_intact(struct story *story, uint64_t handle, uint64_t size,
		  uint64_t seed);
bool query_block(struct story *story, uint64_t handle,
		 struct ntpool_query *query);
/* Words for where the pages are: "12 resident, 4 swapped". */
#define RESIDENCY_TEXT 96
const char *residency_text(const struct ntpool_query *query,
			   char text[RESIDENCY_TEXT]);

/* --- the chapters -------------------------------------------------------- */

void play_translation(struct story *story); /* S1 */
void play_scattering(struct story *story);  /* S2 */
void play_exceeding(struct story *story);   /* S3 */
void play_isolation(struct story *story);   /* S4 */
void play_sizes(struct story *story);	    /* S5 */
void play_spaces(struct story *story);	    /* S6 */
void play_enlarging(struct story *story);   /* S7 */
void play_vastness(struct story *story);    /* S8 */
void play_reach(struct story *story);	    /* S9 */
void play_trap(struct story *story);	    /* S10 */
void play_residency(struct story *story);   /* S11 */
void play_paging(struct story *story);	    /* S12 */
void play_nonpaged(struct story *story);    /* S13 */
void play_figures(struct story *story);	    /* S14 */

#endif
