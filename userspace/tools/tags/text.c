// SPDX-License-Identifier: GPL-2.0-only
/* The tag table for people. */
#include <inttypes.h>
#include <stdio.h>

#include "base/say.h"
#include "tags/tags.h"

/* Columns that one pool takes, and where "Allocs" of the first begins. */
#define POOL	     24
#define VERBOSE_POOL 46
#define FIRST	     11

static void print_titles(const struct tags_arguments *arguments)
{
	static const char *const orders[] = {
		[BY_NAME] = "Tag",
		[BY_NONPAGED] = "NonPaged Pool Consumed",
		[BY_PAGED] = "Paged Pool Consumed",
	};
	int pool;

	printf("   Sorting by %s\n\n  Pool Used:\n", orders[arguments->order]);
	/* Each pool's name stands over the first letters of its first title. */
	printf("%*s%-*sPaged\n%s Tag  ", FIRST, "",
	       arguments->verbose ? VERBOSE_POOL : POOL, "NonPaged", paint(BOLD));
	for (pool = 0; pool < 2; pool++) {
		printf(" %10s", "Allocs");
		if (arguments->verbose)
			printf(" %10s %10s", "Frees", "Diff");
		printf(" %12s", "Used");
	}
	printf("%s\n", paint(PLAIN));
}

static void print_pool(bool verbose, uint64_t allocs, uint64_t frees,
		       uint64_t bytes)
{
	if (verbose)
		printf(" %10" PRIu64 " %10" PRIu64, allocs, frees);
	printf(" %10" PRIu64 " %12" PRIu64, allocs - frees, bytes);
}

static void print_user(const struct tags_arguments *arguments,
		       const struct ntpool_usage_row *row)
{
	if (arguments->by == USAGE_BY_MODULE)
		printf("  %.*s", NTPOOL_NAME_LEN, row->name);
	if (arguments->by == USAGE_BY_SESSION)
		printf("  session %u: %.*s[%u]", row->session, NTPOOL_NAME_LEN,
		       row->name, row->pid);
}

static void print_meaning(const struct tag_entry *entry)
{
	if (!entry)
		return;
	printf("  %s", entry->description);
	if (*entry->binary)
		printf(" , Binary: %s", entry->binary);
}

static void print_row(const struct tags_arguments *arguments,
		      const struct ntpool_usage_row *row)
{
	print_pool(arguments->verbose, row->nonpaged_allocs, row->nonpaged_frees,
		   row->nonpaged_bytes);
	print_pool(arguments->verbose, row->paged_allocs, row->paged_frees,
		   row->paged_bytes);
	print_user(arguments, row);
}

static void add(struct ntpool_usage_row *total,
		const struct ntpool_usage_row *row)
{
	total->paged_allocs += row->paged_allocs;
	total->paged_frees += row->paged_frees;
	total->paged_bytes += row->paged_bytes;
	total->nonpaged_allocs += row->nonpaged_allocs;
	total->nonpaged_frees += row->nonpaged_frees;
	total->nonpaged_bytes += row->nonpaged_bytes;
}

void tags_print_text(const struct tags_arguments *arguments,
		     const struct tags_rows *rows, const struct tagfile *file)
{
	struct tags_arguments plain = *arguments;
	struct ntpool_usage_row total = { 0 };
	char text[NTPOOL_TAG_TEXT];
	size_t i;

	print_titles(arguments);
	for (i = 0; i < rows->count; i++) {
		const struct ntpool_usage_row *row = &rows->all[i];

		printf(" %-5s", ntpool_tag_unpack(row->tag, text));
		print_row(arguments, row);
		print_meaning(tagfile_find(file, row->tag));
		putchar('\n');
		add(&total, row);
	}
	plain.by = USAGE_BY_TAG;
	printf(" TOTAL");
	print_row(&plain, &total);
	putchar('\n');
}
