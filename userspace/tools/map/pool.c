// SPDX-License-Identifier: GPL-2.0-only
/* System space as the module tells of it: paged pool, and the blocks of nonpaged pool. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/blocks.h"
#include "base/say.h"
#include "map/map.h"

/* Asked for at a time. */
#define BATCH 512

static int explain(int err)
{
	if (err == -EPERM)
		return fail("the map of system space is for root alone: run as root");
	return err ? fail("cannot go through the pools: %s", strerror(-err)) : 0;
}

/* --- paged pool ------------------------------------------------------------ */

static enum usage usage_of(uint32_t kind)
{
	switch (kind) {
	case NTPOOL_REGION_PAGED:
		return USED_PAGED;
	case NTPOOL_REGION_SPECIAL:
		return USED_SPECIAL;
	case NTPOOL_REGION_MDL:
		return USED_MDL;
	}
	return USED_PAGED_FREE;
}

static void take_region(struct map *map, const struct ntpool_region *from)
{
	struct region *region = map_add(map, from->start, from->size,
					usage_of(from->kind));

	region->committed = from->committed;
	region->resident = from->resident * map->page_size;
	region->transition = from->transition * map->page_size;
	region->swapped = from->swapped * map->page_size;
	if (region->committed)
		region->protect = "PAGE_READWRITE";
}

int map_pool(struct map *map, struct ntpool *session)
{
	struct ntpool_region *regions = must_calloc(BATCH, sizeof(*regions));
	uint64_t from = 0;
	uint32_t count, i;
	int err;

	do {
		count = BATCH;
		err = ntpool_regions(session, &from, 0, regions, &count);
		for (i = 0; !err && i < count; i++)
			take_region(map, &regions[i]);
	} while (!err && from);
	free(regions);
	return explain(err);
}

/* --- nonpaged pool --------------------------------------------------------- */

/* A large block is an area of vmalloc; small ones lie in pages of the direct map. */
static void take_block(void *context, const struct ntpool_block *block)
{
	struct map *map = context;
	struct region *region = map_find(map, block->address);
	char tag[NTPOOL_TAG_TEXT];

	if (block->pool_flags & NTPOOL_FLAG_PAGED || !region)
		return;
	if (region->usage == USED_DIRECT)
		map->nonpaged += block->slot;
	if (region->usage != USED_VMALLOC)
		return;
	region->usage = block->pool_flags & NTPOOL_FLAG_NON_PAGED_EXECUTE ?
				USED_EXECUTABLE :
				USED_NONPAGED;
	free(region->detail);
	region->detail = must_printf("tag %s, by %.*s", ntpool_tag_unpack(block->tag, tag),
				     NTPOOL_NAME_LEN, block->module);
}

int map_blocks(struct map *map, struct ntpool *session)
{
	return explain(each_block(session, take_block, map));
}
