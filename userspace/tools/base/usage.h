/* SPDX-License-Identifier: GPL-2.0-only */
/* The tag table, in all or split up by module or session, as one kind of rows. */
#ifndef USAGE_H
#define USAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "ntpool.h"

enum usage_by { USAGE_BY_TAG,
		USAGE_BY_MODULE,
		USAGE_BY_SESSION };

/* "module" or "session" to its number; false for another word. */
bool usage_by_name(const char *name, enum usage_by *by);

/*
 * The rows, in memory that free() releases; by tag alone, session, pid and name
 * are empty.  0 or a negative errno.
 */
int usage_read(struct ntpool *session, enum usage_by by,
	       struct ntpool_usage_row **rows, size_t *count);

#endif
