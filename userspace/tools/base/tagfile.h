/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tag files: who uses a tag, and for what.  The format is that of pooltag.txt,
 * which PoolMon and the debuggers of Windows read: lines
 *
 *	Tag - binary - description
 *
 * where the tag may have wildcards, and comments that begin with "rem" or "//".
 */
#ifndef TAGFILE_H
#define TAGFILE_H

#include <stdbool.h>
#include <stdint.h>

struct tagfile;

struct tag_entry {
	char pattern[8];		  /* blanks at the end are cut off */
	const char *binary, *description; /* may be "" */
};

/*
 * Reads @path, or where that is NULL the files in the usual places, all of them:
 * of several lines for a tag the first one counts.  NULL after telling why
 * @path cannot be read; a usual place without a file is none.
 */
struct tagfile *tagfile_read(const char *path);
void tagfile_free(struct tagfile *file);

/* The line for @tag: one that spells it out before any with wildcards; or NULL. */
const struct tag_entry *tagfile_find(const struct tagfile *file, uint32_t tag);

#endif
