// SPDX-License-Identifier: GPL-2.0-only
/* What the page tables say: where something is mapped, and what is allowed there. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/say.h"
#include "map/map.h"

#define ENTRY_WRITE	 (1ull << 1)
#define ENTRY_NOT_CACHED (1ull << 4)
#define ENTRY_NO_EXEC	 (1ull << 63)

#define PAGE_SHIFT  12
#define INDEX_SHIFT 9

/* Each level can take away what those above it allow. */
static const char *allowed(const struct ntpool_walk *walk)
{
	bool write = true, execute = true;
	unsigned int i;

	if (!walk->page_shift)
		return "PAGE_NOACCESS";
	for (i = 0; i < walk->depth; i++) {
		write = write && walk->entry[i] & ENTRY_WRITE;
		execute = execute && !(walk->entry[i] & ENTRY_NO_EXEC);
	}
	if (execute)
		return write ? "PAGE_EXECUTE_READWRITE" : "PAGE_EXECUTE_READ";
	return write ? "PAGE_READWRITE" : "PAGE_READONLY";
}

void map_protect(struct map *map, struct ntpool *session)
{
	struct ntpool_walk walk;
	size_t i;

	for (i = 0; i < map->count; i++) {
		struct region *region = &map->regions[i];

		if (region->protect || !region->committed ||
		    region->start < map->system_start)
			continue;
		if (!ntpool_walk_address(session, region->start, &walk))
			region->protect = allowed(&walk);
	}
}

/* Bytes that are all alike: of the page, or of the entry that is empty. */
static uint64_t span_of(const struct ntpool_walk *walk)
{
	unsigned int below = walk->depth < walk->levels ? walk->levels - 1 - walk->depth : 0;

	if (walk->page_shift)
		return 1ull << walk->page_shift;
	return 1ull << (PAGE_SHIFT + below * INDEX_SHIFT);
}

/* Only memory of devices is not cached. */
static enum usage usage_of(const struct ntpool_walk *walk, enum usage usage)
{
	bool device = walk->entry[walk->depth - 1] & ENTRY_NOT_CACHED;

	return device && usage == USED_VMALLOC ? USED_DEVICE : usage;
}

static struct region *new_region(struct map *map, const struct ntpool_walk *walk,
				 uint64_t start, enum usage usage)
{
	struct region *region = map_add(map, start, 0, usage);

	region->protect = allowed(walk);
	if (usage == USED_DEVICE) {
		region->type = MAPPED;
		region->detail = must_printf("physical 0x%" PRIx64,
					     (uint64_t)walk->frame << PAGE_SHIFT);
	} else if (usage != USED_VMALLOC) {
		region->type = IMAGE;
	}
	return region;
}

/* A page more: of the region before it, if that is the same and ends here. */
static void take(struct map *map, const struct ntpool_walk *walk, uint64_t start,
		 uint64_t size, enum usage part)
{
	struct region *region = map->count ? &map->regions[map->count - 1] : NULL;
	enum usage usage = usage_of(walk, part);

	if (!region || region_last(region) + 1 != start || region->usage != usage ||
	    strcmp(region->protect, allowed(walk)))
		region = new_region(map, walk, start, usage);
	region->size += size;
	if (usage != USED_DEVICE)
		region->resident += size;
}

int map_tables(struct map *map, const struct map *taken, struct ntpool *session,
	       uint64_t first, uint64_t last, enum usage usage)
{
	const struct region *region;
	struct ntpool_walk walk;
	uint64_t at, next;
	int err;

	for (at = first; at >= first && at <= last; at = next) {
		region = map_find(taken, at);
		if (region) {
			next = region_last(region) + 1;
			continue;
		}
		err = ntpool_walk_address(session, at, &walk);
		if (err)
			return fail("cannot walk the page tables: %s", strerror(-err));
		next = (at | (span_of(&walk) - 1)) + 1;
		if (walk.page_shift)
			take(map, &walk, at, next - at, usage);
	}
	return 0;
}
