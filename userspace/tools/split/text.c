// SPDX-License-Identifier: GPL-2.0-only
/* The layouts as text: figures, and bars to scale. */
#include <inttypes.h>
#include <stdio.h>

#include "base/say.h"
#include "base/table.h"
#include "base/units.h"
#include "split/split.h"

#define BAR 64

static const struct column columns[] = {
	{ "Part", "part" },
	{ "First address", "first" },
	{ "Last address", "last" },
	{ "Size", "size" },
	{ NULL, NULL },
};

static void add_range(struct table *table, const char *part, uint64_t start,
		      uint64_t end)
{
	char text[ADDRESS_TEXT];

	table_text(table, "%s", part);
	table_text(table, "%s", format_address(start, text));
	table_text(table, "%s", format_address(end, text));
	table_bytes(table, split_size(start, end));
}

static void repeat(char c, int times)
{
	while (times-- > 0)
		putchar(c);
}

void split_print_bar(const struct ntpool_split *split, int indent)
{
	int user = split->system_start / (64 * MIB);
	char left[BYTES_TEXT], right[BYTES_TEXT];

	printf("%*s|", indent, "");
	repeat('u', user);
	putchar('|');
	repeat('s', BAR - user);
	printf("|\n%*s", indent, "");
	printf(" %-*s %*s\n", user, format_bytes(split->system_start, left),
	       BAR - user,
	       format_bytes(split_size(split->system_start, split->system_end),
			    right));
	printf("%*sto scale: a letter is 64 MiB, u is user and s is system space\n",
	       indent, "");
}

/* User and system space are too small a part of 2^64 for any bar. */
static void print_wide_bar(const struct ntpool_split *split)
{
	uint64_t used = split_size(split->user_start, split->user_end) +
			split_size(split->system_start, split->system_end);
	double share = used / 18446744073709551616.0;

	printf("  |");
	repeat('.', BAR + 1);
	printf("|\n   %-*s%*s\n", BAR / 2, "user space: at this end",
	       BAR / 2 + 1, "system space: at this end");
	printf("  to scale: a dot is 252 PiB, and no dot is full; user and system space\n"
	       "  together are %.4f %% of the 16 EiB that 64 bits can number\n",
	       share * 100);
}

static void print_layout(const struct ntpool_split *split)
{
	char title[SPLIT_TITLE], paged[BYTES_TEXT], nonpaged[BYTES_TEXT];
	struct table *table = table_new(columns);

	printf("%s%s%s%s\n", paint(BOLD), split_title(split, title), paint(PLAIN),
	       split->emulated ? "  (emulated: its budgets are bookkeeping)" : "");
	add_range(table, "user space", split->user_start, split->user_end);
	add_range(table, split_is_32bit(split) ? "no access" : "no address",
		  split->hole_start, split->hole_end);
	add_range(table, "system space", split->system_start, split->system_end);
	table_print(table, 2);
	table_free(table);
	printf("  The pools have room for %s of paged and %s of nonpaged memory.\n",
	       format_bytes(split->paged_budget, paged),
	       format_bytes(split->nonpaged_budget, nonpaged));
	if (split_is_32bit(split))
		split_print_bar(split, 2);
	else
		print_wide_bar(split);
	putchar('\n');
}

static void print_caller(uint64_t bits, uint64_t end)
{
	char address[ADDRESS_TEXT], bytes[BYTES_TEXT];

	printf("A %" PRIu64 "-bit program on this machine: its user space ends at %s (%s).\n",
	       bits, format_address(end, address), format_bytes(end + 1, bytes));
}

void split_print(const struct splits *splits)
{
	const struct ntpool_split *own = &splits->layouts[0];
	unsigned int i;

	for (i = 0; i < splits->count; i++)
		print_layout(&splits->layouts[i]);
	print_caller(own->caller_bits, own->caller_end);
	if (splits->has32)
		print_caller(splits->caller32.bits, splits->caller32.end);
	else
		printf("Of a 32-bit program there is nothing to tell: %s.\n",
		       splits->caller32.reason);
}
