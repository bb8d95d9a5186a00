// SPDX-License-Identifier: GPL-2.0-only
/* The tag table as rows of one kind. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/usage.h"

bool usage_by_name(const char *name, enum usage_by *by)
{
	if (!strcmp(name, "module"))
		*by = USAGE_BY_MODULE;
	else if (!strcmp(name, "session"))
		*by = USAGE_BY_SESSION;
	else
		return false;
	return true;
}

static struct ntpool_usage_row plain(const struct ntpool_tag *tag)
{
	return (struct ntpool_usage_row){
		.tag = tag->tag,
		.paged_allocs = tag->paged_allocs,
		.paged_frees = tag->paged_frees,
		.paged_bytes = tag->paged_bytes,
		.nonpaged_allocs = tag->nonpaged_allocs,
		.nonpaged_frees = tag->nonpaged_frees,
		.nonpaged_bytes = tag->nonpaged_bytes,
	};
}

static int read_tags(struct ntpool *session, struct ntpool_usage_row **rows,
		     size_t *count)
{
	struct ntpool_tag *tags;
	size_t i;
	int err = ntpool_tags(session, &tags, count);

	if (err)
		return err;
	*rows = must_calloc(*count + 1, sizeof(**rows));
	for (i = 0; i < *count; i++)
		(*rows)[i] = plain(&tags[i]);
	free(tags);
	return 0;
}

/* A process may call itself anything. */
static int read_users(struct ntpool *session, enum ntpool_by by,
		      struct ntpool_usage_row **rows, size_t *count)
{
	size_t i;
	int err = ntpool_usage(session, by, rows, count);

	for (i = 0; !err && i < *count; i++)
		printable((*rows)[i].name);
	return err;
}

int usage_read(struct ntpool *session, enum usage_by by,
	       struct ntpool_usage_row **rows, size_t *count)
{
	if (by == USAGE_BY_TAG)
		return read_tags(session, rows, count);
	return read_users(session,
			  by == USAGE_BY_MODULE ? NTPOOL_BY_MODULE :
						  NTPOOL_BY_SESSION,
			  rows, count);
}
