/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of 'ntpool map' share. */
#ifndef MAP_H
#define MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/canvas.h"
#include "ntpool.h"

/* NT's types of memory. */
enum type { PRIVATE,
	    MAPPED,
	    IMAGE };

/* What addresses are used for: of user space, then of system space. */
enum usage {
	USED_IMAGE,
	USED_FILE,
	USED_HEAP,
	USED_STACK,
	USED_VDSO,
	USED_PRIVATE,
	USED_DIRECT,
	USED_PAGED,
	USED_PAGED_FREE,
	USED_SPECIAL,
	USED_MDL,
	USED_NONPAGED,
	USED_EXECUTABLE,
	USED_VMALLOC,
	USED_DEVICE,
	USED_VMEMMAP,
	USED_KERNEL,
	USED_MODULE,
	USAGES
};

struct region {
	uint64_t start, size;
	enum type type;
	bool committed;
	const char *protect; /* PAGE_*; NULL: has no memory */
	enum usage usage;
	char *detail;				/* path, module, tag; NULL: none */
	uint64_t resident, transition, swapped; /* bytes */
};

struct map {
	pid_t pid; /* whose user space it is; 0: system space alone */
	char comm[32];
	uint64_t page_size;
	uint64_t user_end, system_start; /* the last address, and the first */
	uint64_t nonpaged;		 /* bytes of its blocks in the direct map */
	struct region *regions;
	size_t count;
};

/* A region more at the end, for its other fields to be set. */
struct region *map_add(struct map *map, uint64_t start, uint64_t size,
		       enum usage usage);
/* The region of a sorted map that has the address, or NULL. */
struct region *map_find(const struct map *map, uint64_t address);

const char *type_name(enum type type);
const char *state_name(const struct region *region);
const char *usage_name(enum usage usage);
enum colour usage_colour(enum usage usage);

static inline uint64_t region_last(const struct region *region)
{
	return region->start + region->size - 1;
}

/*
 * user.c, pool.c, kernel.c: each adds the regions that it knows; an exit status.  What
 * is @taken, which is paged pool's, is not Linux's.
 */
int map_user(struct map *map);
int map_pool(struct map *map, struct ntpool *session);
int map_kernel(struct map *map, const struct map *taken, struct ntpool *session);

/* tables.c: what is mapped from @first to @last. */
int map_tables(struct map *map, const struct map *taken, struct ntpool *session,
	       uint64_t first, uint64_t last, enum usage usage);

/*
 * In the sorted map: whose blocks and modules lie where; and the protection of a region
 * that has none yet, which is that of its first page.
 */
int map_blocks(struct map *map, struct ntpool *session);
void map_modules(struct map *map);
void map_protect(struct map *map, struct ntpool *session);

/* text.c */
void map_print(const struct map *map);
void map_print_summary(const struct map *map);
void map_print_json(const struct map *map, bool summary);

/* The pages of paged pool as cells of so many pages, in rows; rows of nothing are left out. */
#define ROW_CELLS 64

struct cell { /* pages */
	uint64_t committed, resident, transition, swapped;
};

struct row {
	uint64_t start;
	struct cell cells[ROW_CELLS];
};

struct pages {
	uint32_t grain; /* pages of a cell */
	struct row *rows;
	size_t count;
};

/* pages.c; an exit status. */
int pages_load(struct pages *pages, const struct map *map, struct ntpool *session);
void pages_draw(cairo_t *canvas, double x, double y, const struct pages *pages,
		uint64_t page_size);
double pages_width(void);
double pages_height(const struct pages *pages, uint64_t page_size);

/* picture.c */
bool map_picture(const struct map *map, const struct pages *pages, const char *path);

#endif
