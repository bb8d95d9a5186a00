// SPDX-License-Identifier: GPL-2.0-only
/* ntpool vm: memory, page files, pools and commitment, as !vm shows them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/proc.h"
#include "base/say.h"
#include "base/session.h"
#include "commands.h"

#define MAX_SWAPS 16

struct vm {
	struct ntpool_stats stats;
	uint64_t page_size;
	struct proc_swap swaps[MAX_SWAPS];
	size_t swap_count;
};

/* A line of the list: so many bytes of something. */
struct line {
	const char *label;
	const char *key;
	uint64_t bytes;
};

#define LINES 14

static void fill(const struct vm *vm, struct line lines[LINES])
{
	const struct ntpool_stats *stats = &vm->stats;
	const uint64_t page = vm->page_size;
	const struct line all[LINES] = {
		{ "Physical Memory", "physical", proc_meminfo("MemTotal") },
		{ "Available Pages", "available", proc_meminfo("MemAvailable") },
		{ "Modified Pages", "modified", proc_meminfo("Dirty") },
		{ "NonPagedPool Usage", "nonpaged_usage", stats->nonpaged_pages * page },
		{ "NonPagedPool Max", "nonpaged_max", stats->nonpaged_limit_pages * page },
		{ "NonPagedPool Peak", "nonpaged_peak", stats->nonpaged_peak_pages * page },
		{ "PagedPool Usage", "paged_usage", stats->paged_pages * page },
		{ "PagedPool Maximum", "paged_max", stats->paged_limit_pages * page },
		{ "PagedPool Peak", "paged_peak", stats->paged_peak_pages * page },
		{ "PagedPool Resident", "paged_resident", stats->resident_pages * page },
		{ "PagedPool Swapped", "paged_swapped", stats->swapped_pages * page },
		{ "PagedPool Commit", "paged_commit", stats->arena_pages * page },
		{ "Committed pages", "committed", proc_meminfo("Committed_AS") },
		{ "Commit limit", "commit_limit", proc_meminfo("CommitLimit") },
	};

	memcpy(lines, all, sizeof(all));
}

static void print_line(const struct vm *vm, const struct line *line)
{
	uint64_t pages = (line->bytes + vm->page_size - 1) / vm->page_size;

	printf("  %19s: %10" PRIu64 " ( %10" PRIu64 " Kb)\n", line->label, pages,
	       line->bytes / 1024);
}

/* A page file of Linux neither grows nor shrinks. */
static void print_swap(const struct proc_swap *swap)
{
	uint64_t size = swap->size / 1024;

	printf("            Page File: %s\n", swap->path);
	printf("              Current: %10" PRIu64 " Kb  Free Space: %10" PRIu64 " Kb\n",
	       size, size - swap->used / 1024);
	printf("              Minimum: %10" PRIu64 " Kb  Maximum:    %10" PRIu64 " Kb\n",
	       size, size);
}

static void print_text(const struct vm *vm)
{
	struct line lines[LINES];
	size_t i;

	fill(vm, lines);
	printf("%s*** Virtual Memory Usage ***%s\n", paint(BOLD), paint(PLAIN));
	print_line(vm, &lines[0]);
	if (!vm->swap_count)
		printf("            Page File: none\n");
	for (i = 0; i < vm->swap_count; i++)
		print_swap(&vm->swaps[i]);
	for (i = 1; i < LINES; i++)
		print_line(vm, &lines[i]);
	if (vm->stats.failed_allocs)
		printf("\n  %" PRIu64 " pool allocations have failed; at its limit nonpaged pool was %" PRIu64 " times, paged pool %" PRIu64 " times\n",
		       (uint64_t)vm->stats.failed_allocs,
		       (uint64_t)vm->stats.nonpaged_refused,
		       (uint64_t)vm->stats.paged_refused);
}

static struct json_object *swap_json(const struct proc_swap *swap)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "path", swap->path);
	json_add_number(object, "current", swap->size);
	json_add_number(object, "free", swap->size - swap->used);
	json_add_number(object, "minimum", swap->size);
	json_add_number(object, "maximum", swap->size);
	return object;
}

static struct json_object *to_json(const struct vm *vm)
{
	struct json_object *object = json_object_new_object();
	struct json_object *files = json_object_new_array();
	struct line lines[LINES];
	size_t i;

	fill(vm, lines);
	for (i = 0; i < LINES; i++)
		json_add_number(object, lines[i].key, lines[i].bytes);
	for (i = 0; i < vm->swap_count; i++)
		json_object_array_add(files, swap_json(&vm->swaps[i]));
	json_object_object_add(object, "page_files", files);
	json_add_number(object, "nonpaged_requested", vm->stats.nonpaged_bytes);
	json_add_number(object, "paged_requested", vm->stats.paged_bytes);
	json_add_number(object, "failed_allocs", vm->stats.failed_allocs);
	json_add_number(object, "nonpaged_refused", vm->stats.nonpaged_refused);
	json_add_number(object, "paged_refused", vm->stats.paged_refused);
	json_add_number(object, "page_size", vm->page_size);
	return object;
}

static int ask(struct vm *vm)
{
	struct ntpool *session = open_session(0);
	struct ntpool_features features;
	int err;

	if (!session)
		return 1;
	err = ntpool_features(session, &features);
	if (!err)
		err = ntpool_stats(session, &vm->stats);
	ntpool_close(session);
	if (err)
		return fail("the module does not answer: %s", strerror(-err));
	vm->page_size = features.page_size;
	vm->swap_count = proc_swaps(vm->swaps, MAX_SWAPS);
	return 0;
}

int vm_main(int argc, char **argv)
{
	bool json = json_only(argc, argv,
			      "Memory, page files, pools and commitment, as !vm shows them.");
	struct vm vm;

	if (ask(&vm))
		return 1;
	if (json)
		json_print(to_json(&vm));
	else
		print_text(&vm);
	return 0;
}
