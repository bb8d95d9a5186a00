/* SPDX-License-Identifier: GPL-2.0-only */
/* ntpool tags: what its files share. */
#ifndef TAGS_H
#define TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"
#include "base/tagfile.h"
#include "base/usage.h"

enum order { BY_NAME,
	     BY_NONPAGED,
	     BY_PAGED };

struct tags_arguments {
	const char *pattern; /* NULL: all tags */
	const char *tagfile;
	enum usage_by by;
	enum order order;
	enum format format;
	bool verbose;
};

struct tags_rows {
	struct ntpool_usage_row *all;
	size_t count;
};

/* text.c: as !poolused prints it */
void tags_print_text(const struct tags_arguments *arguments,
		     const struct tags_rows *rows, const struct tagfile *file);

/* data.c: as JSON or CSV */
void tags_print_data(const struct tags_arguments *arguments,
		     const struct tags_rows *rows, const struct tagfile *file);

#endif
