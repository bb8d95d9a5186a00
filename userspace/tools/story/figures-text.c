// SPDX-License-Identifier: GPL-2.0-only
/* The three figures as text. */
#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"
#include "story/figures.h"

static uint64_t address_of(const struct figures *figures, unsigned int page)
{
	return figures->address + page * figures->page_size;
}

static void print_frame(const struct figures *figures,
			const struct figure_frame *frame)
{
	uint64_t address = address_of(figures, frame->page);

	if (frame->process == 0)
		printf("       %12" PRIx64 "  ------->  | %8" PRIx64 " |\n", address,
		       frame->frame);
	else
		printf("                               | %8" PRIx64
		       " |  <-------  %12" PRIx64 "\n",
		       frame->frame, address);
}

void figure_print_processes(const struct figures *figures)
{
	unsigned int i;

	printf("\n     Figure 1: the pages of two processes on page frames\n\n");
	printf("        process %-6d            memory             process %d\n",
	       figures->processes[0].pid, figures->processes[1].pid);
	printf("                               +----------+\n");
	for (i = 0; i < 2 * FIGURE_PAGES; i++) {
		uint64_t before = i ? figures->frames[i - 1].frame : 0;

		if (i && figures->frames[i].frame != before + 1)
			printf("                               :          :\n");
		print_frame(figures, &figures->frames[i]);
	}
	printf("                               +----------+\n");
}

static void print_edge(uint64_t address, const char *what)
{
	char text[ADDRESS_TEXT];

	printf("       %s  +--------------------------------+%s%s\n",
	       format_address(address, text), *what ? "  " : "", what);
}

static void print_inside(uint64_t address, const char *what)
{
	char text[ADDRESS_TEXT];

	printf("       %s  |   %-28s |\n", format_address(address, text), what);
}

static void print_empty(const char *what)
{
	printf("       %17s  | %-30s |\n", "", what);
}

void figure_print_spaces(const struct figures *figures)
{
	const struct ntpool_split *native = &figures->native;
	unsigned int i;

	printf("\n     Figure 2: user space and system space (not to scale)\n\n");
	print_edge(native->system_end, "the end");
	print_empty("SYSTEM SPACE, one for all");
	for (i = 0; i < 2; i++)
		print_inside(figures->pools[i].address, figures->pools[i].name);
	print_edge(native->system_start, "system space begins");
	print_empty("(no addresses)");
	print_edge(native->user_end, "user space ends");
	print_empty("USER SPACE, one a process");
	for (i = 0; i < FIGURE_POINTS; i++)
		print_inside(figures->user[i].address, figures->user[i].name);
	print_edge(native->user_start, "");
}

static void print_pool(const struct figure_pool *pool)
{
	char bytes[BYTES_TEXT], text[64];

	snprintf(text, sizeof(text), "%s:", pool->name);
	print_inside(pool->address, text);
	snprintf(text, sizeof(text), "  a block of %s",
		 format_bytes(pool->query.size, bytes));
	print_empty(text);
	snprintf(text, sizeof(text), "  %" PRIu64 " pages in memory",
		 (uint64_t)(pool->query.resident + pool->query.transition));
	print_empty(text);
	snprintf(text, sizeof(text), "  %" PRIu64 " pages in swap",
		 (uint64_t)pool->query.swapped);
	print_empty(text);
}

void figure_print_pools(const struct figures *figures)
{
	unsigned int i;

	printf("\n     Figure 3: the two pools in system space (not to scale)\n\n");
	print_edge(figures->native.system_end, "the end");
	for (i = 0; i < 2; i++) {
		print_empty("other system memory");
		print_empty("- - - - - - - - - - - - - - -");
		print_pool(&figures->pools[i]);
		print_empty("- - - - - - - - - - - - - - -");
	}
	print_empty("other system memory");
	print_edge(figures->native.system_start, "system space begins");
	putchar('\n');
}
