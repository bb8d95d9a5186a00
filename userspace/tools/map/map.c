// SPDX-License-Identifier: GPL-2.0-only
/* ntpool map: the address space of a process and of the system, as !address shows it. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "commands.h"
#include "map/map.h"

enum { OPTION_SUMMARY = OPTION_FIRST,
       OPTION_SVG,
       OPTION_PNG };

struct arguments {
	uint32_t pid;
	bool summary, json;
	const char *svg, *png;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_PID:
		arguments->pid = process_argument(arg, state);
		return 0;
	case OPTION_SUMMARY:
		arguments->summary = true;
		return 0;
	case OPTION_SVG:
		arguments->svg = arg;
		return 0;
	case OPTION_PNG:
		arguments->png = arg;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* --- regions --------------------------------------------------------------- */

static const struct {
	const char *name;
	enum colour colour;
} usages[USAGES] = {
	[USED_IMAGE] = { "Image", USER },
	[USED_FILE] = { "MappedFile", USER },
	[USED_HEAP] = { "Heap", HEAP },
	[USED_STACK] = { "Stack", HEAP },
	[USED_VDSO] = { "vdso", NOTHING },
	[USED_PRIVATE] = { "Private", HEAP },
	[USED_DIRECT] = { "direct map", NONPAGED },
	[USED_PAGED] = { "paged pool", PAGED },
	[USED_PAGED_FREE] = { "paged pool, free", NOTHING },
	[USED_SPECIAL] = { "special pool", PAGED },
	[USED_MDL] = { "MDLs at DISPATCH", SYSTEM },
	[USED_NONPAGED] = { "nonpaged pool", NONPAGED },
	[USED_EXECUTABLE] = { "executable nonpaged pool", NONPAGED },
	[USED_VMALLOC] = { "vmalloc", SYSTEM },
	[USED_DEVICE] = { "device memory", SYSTEM },
	[USED_VMEMMAP] = { "vmemmap", SYSTEM },
	[USED_KERNEL] = { "kernel image", USER },
	[USED_MODULE] = { "modules", USER },
};

const char *usage_name(enum usage usage)
{
	return usages[usage].name;
}

enum colour usage_colour(enum usage usage)
{
	return usages[usage].colour;
}

const char *type_name(enum type type)
{
	static const char *const names[] = {
		[PRIVATE] = "MEM_PRIVATE",
		[MAPPED] = "MEM_MAPPED",
		[IMAGE] = "MEM_IMAGE",
	};

	return names[type];
}

const char *state_name(const struct region *region)
{
	return region->committed ? "MEM_COMMIT" : "MEM_RESERVE";
}

struct region *map_add(struct map *map, uint64_t start, uint64_t size,
		       enum usage usage)
{
	size_t count = map->count;

	if (!(count & (count - 1)))
		map->regions = must_realloc(map->regions, (count ? 2 * count : 1) *
								  sizeof(*map->regions));
	map->regions[count] = (struct region){
		.start = start,
		.size = size,
		.usage = usage,
		.committed = true,
	};
	map->count++;
	return &map->regions[count];
}

static int by_address(const void *a, const void *b)
{
	const struct region *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static void sort(struct map *map)
{
	if (map->count)
		qsort(map->regions, map->count, sizeof(*map->regions), by_address);
}

struct region *map_find(const struct map *map, uint64_t address)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (region_last(&map->regions[middle]) < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == map->count || map->regions[low].start > address)
		return NULL;
	return &map->regions[low];
}

static void free_map(struct map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++)
		free(map->regions[i].detail);
	free(map->regions);
}

/* --- the command ----------------------------------------------------------- */

static int ask_for_halves(struct map *map, struct ntpool *session)
{
	struct ntpool_features features;
	struct ntpool_split split;
	int err = ntpool_features(session, &features);

	if (!err)
		err = ntpool_split(session, &split);
	if (err)
		return fail("the module does not answer: %s", strerror(-err));
	map->page_size = features.page_size;
	map->user_end = split.user_end;
	map->system_start = split.system_start;
	return 0;
}

/* Paged pool first: the module says whether the caller may know. */
static int collect_regions(struct map *map, struct ntpool *session)
{
	struct map pool = *map;
	int status = map_pool(&pool, session);
	size_t i;

	if (!status && map->pid)
		status = map_user(map);
	if (!status)
		status = map_kernel(map, &pool, session);
	for (i = 0; i < pool.count; i++)
		*map_add(map, 0, 0, USED_PAGED) = pool.regions[i];
	free(pool.regions);
	return status;
}

static int collect(struct map *map, struct ntpool *session)
{
	if (ask_for_halves(map, session) || collect_regions(map, session))
		return 1;
	sort(map);
	map_protect(map, session);
	map_modules(map);
	return map_blocks(map, session);
}

static void print(const struct map *map, const struct arguments *arguments)
{
	if (arguments->json)
		map_print_json(map, arguments->summary);
	else if (arguments->summary)
		map_print_summary(map);
	else
		map_print(map);
}

static int draw(const struct map *map, const struct arguments *arguments,
		struct ntpool *session)
{
	struct pages pages = { 0 };
	int status;

	if (!arguments->svg && !arguments->png)
		return 0;
	status = pages_load(&pages, map, session);
	if (!status && arguments->svg)
		status = !map_picture(map, &pages, arguments->svg);
	if (!status && arguments->png)
		status = !map_picture(map, &pages, arguments->png);
	free(pages.rows);
	return status;
}

static const struct argp_option options[] = {
	{ "pid", OPTION_PID, "PID", 0, "Show the user space of process PID, too", 0 },
	{ "summary", OPTION_SUMMARY, NULL, 0,
	  "Sums by usage, type, state and protection", 0 },
	{ "svg", OPTION_SVG, "FILE", 0, "Draw the map into FILE", 0 },
	{ "png", OPTION_PNG, "FILE", 0, "The same as pixels", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ 0 },
};

int map_main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "The regions of system space, and of a process's user space, as !address shows them.",
	};
	struct arguments arguments = { 0 };
	struct ntpool *session;
	struct map map = { 0 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	map.pid = arguments.pid;
	session = open_session(0);
	if (!session)
		return 1;
	status = collect(&map, session);
	if (!status)
		print(&map, &arguments);
	if (!status)
		status = draw(&map, &arguments, session);
	ntpool_close(session);
	free_map(&map);
	return status;
}
