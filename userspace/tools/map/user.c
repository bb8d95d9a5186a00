// SPDX-License-Identifier: GPL-2.0-only
/* The user space of a process, from /proc/PID/smaps, in NT's terms. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/say.h"
#include "map/map.h"

/* A file that is mapped privately is copied when it is written. */
static const char *protect_of(const char *permissions, bool file)
{
	bool copy = file && permissions[3] == 'p';

	if (permissions[2] == 'x') {
		if (permissions[1] == 'w')
			return copy ? "PAGE_EXECUTE_WRITECOPY" : "PAGE_EXECUTE_READWRITE";
		return permissions[0] == 'r' ? "PAGE_EXECUTE_READ" : "PAGE_EXECUTE";
	}
	if (permissions[1] == 'w')
		return copy ? "PAGE_WRITECOPY" : "PAGE_READWRITE";
	return permissions[0] == 'r' ? "PAGE_READONLY" : "PAGE_NOACCESS";
}

static enum usage usage_of(const char *name, bool file)
{
	if (file)
		return USED_FILE;
	if (!strcmp(name, "[heap]"))
		return USED_HEAP;
	if (!strcmp(name, "[stack]"))
		return USED_STACK;
	if (!strncmp(name, "[v", 2)) /* vdso, vvar, vsyscall */
		return USED_VDSO;
	return USED_PRIVATE;
}

/* "7f0c1e000000-7f0c1e021000 rw-p 00000000 08:01 1234    /usr/lib/x.so" */
static bool begin(struct map *map, char *line)
{
	uint64_t start, end, inode;
	struct region *region;
	char permissions[8];
	const char *name;
	bool file;
	int used;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*x %*x:%*x %" SCNu64 " %n",
		   &start, &end, permissions, &inode, &used) < 4)
		return false;
	line[strcspn(line, "\n")] = '\0';
	name = line + used;
	file = inode != 0;
	region = map_add(map, start, end - start, usage_of(name, file));
	region->type = file ? MAPPED : PRIVATE;
	region->protect = protect_of(permissions, file);
	if (*name)
		region->detail = must_printf("%s", name);
	return true;
}

/* A line behind the first: "Rss:      4 kB". */
static void take(struct region *region, const char *line)
{
	uint64_t kib;

	if (sscanf(line, "Rss: %" SCNu64, &kib) == 1)
		region->resident = kib * 1024;
	else if (sscanf(line, "Swap: %" SCNu64, &kib) == 1)
		region->swapped = kib * 1024;
}

/* Addresses that nobody may touch, and nothing is behind them. */
static bool is_reserve(const struct region *region)
{
	return region->type == PRIVATE && !region->resident && !region->swapped &&
	       !strcmp(region->protect, "PAGE_NOACCESS");
}

static bool is_executable(const struct region *region)
{
	return region->protect && strstr(region->protect, "EXECUTE");
}

/* All that is mapped of a file of which a part can be executed is an image. */
static void make_image(struct map *map, size_t first, const char *path)
{
	size_t i;

	for (i = first; i < map->count; i++) {
		struct region *region = &map->regions[i];

		if (region->type != MAPPED || strcmp(region->detail, path))
			continue;
		region->type = IMAGE;
		region->usage = USED_IMAGE;
	}
}

static void judge(struct map *map, size_t first)
{
	size_t i;

	for (i = first; i < map->count; i++) {
		struct region *region = &map->regions[i];

		if (is_reserve(region)) {
			region->committed = false;
			region->protect = NULL;
		} else if (region->type == MAPPED && is_executable(region)) {
			make_image(map, first, region->detail);
		}
	}
}

static void read_name(struct map *map)
{
	char *path = must_printf("/proc/%d/comm", map->pid);
	FILE *file = fopen(path, "re");

	if (file && fgets(map->comm, sizeof(map->comm), file))
		map->comm[strcspn(map->comm, "\n")] = '\0';
	if (file)
		fclose(file);
	free(path);
}

static void read_areas(struct map *map, FILE *file)
{
	size_t first = map->count, room = 0;
	char *line = NULL;

	while (getline(&line, &room, file) > 0)
		if (!begin(map, line) && map->count > first)
			take(&map->regions[map->count - 1], line);
	free(line);
	judge(map, first);
}

int map_user(struct map *map)
{
	char *path = must_printf("/proc/%d/smaps", map->pid);
	FILE *file = fopen(path, "re");
	size_t before = map->count;

	free(path);
	if (!file)
		return fail("the map of process %d cannot be read: %s", map->pid,
			    errno == ENOENT ? "there is no such process, see 'ps' for those there are" :
					      strerror(errno));
	read_areas(map, file);
	fclose(file);
	if (map->count == before)
		return fail("process %d has no user space: see 'ps' for those that have",
			    map->pid);
	read_name(map);
	return 0;
}
