// SPDX-License-Identifier: GPL-2.0-only
/* Paged pool page by page, or group by group: a cell for each, drawn in rows. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/say.h"
#include "base/units.h"
#include "map/map.h"

#define BATCH	 512
#define MAX_ROWS 80

/* --- what is where --------------------------------------------------------- */

static uint64_t row_size(const struct pages *pages, uint64_t page_size)
{
	return pages->grain * page_size * ROW_CELLS;
}

/* The row of an address, which is the last one, or one behind that. */
static struct row *row_of(struct pages *pages, uint64_t address, uint64_t page_size)
{
	uint64_t start = address & ~(row_size(pages, page_size) - 1);
	size_t count = pages->count;

	if (count && pages->rows[count - 1].start == start)
		return &pages->rows[count - 1];
	if (!(count & (count - 1)))
		pages->rows = must_realloc(pages->rows, (count ? 2 * count : 1) *
								sizeof(*pages->rows));
	memset(&pages->rows[count], 0, sizeof(pages->rows[count]));
	pages->rows[count].start = start;
	pages->count++;
	return &pages->rows[count];
}

/* A region lies in one cell, because its end is cut, but for what is free. */
static void take(struct pages *pages, const struct ntpool_region *region,
		 uint64_t page_size)
{
	struct cell *cell;
	struct row *row;

	if (!region->committed)
		return;
	row = row_of(pages, region->start, page_size);
	cell = &row->cells[(region->start - row->start) / (pages->grain * page_size)];
	cell->committed += region->committed;
	cell->resident += region->resident;
	cell->transition += region->transition;
	cell->swapped += region->swapped;
}

static int load(struct pages *pages, uint64_t page_size, struct ntpool *session)
{
	struct ntpool_region *regions = must_calloc(BATCH, sizeof(*regions));
	uint64_t from = 0;
	uint32_t count, i;
	int err;

	pages->count = 0;
	do {
		count = BATCH;
		err = ntpool_regions(session, &from, pages->grain, regions, &count);
		for (i = 0; !err && i < count && pages->count <= MAX_ROWS; i++)
			take(pages, &regions[i], page_size);
	} while (!err && from && pages->count <= MAX_ROWS);
	free(regions);
	return err ? fail("cannot go through paged pool: %s", strerror(-err)) : 0;
}

static uint64_t pages_of_pool(const struct map *map)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < map->count; i++)
		if (map->regions[i].usage == USED_PAGED)
			bytes += map->regions[i].size;
	return bytes / map->page_size;
}

/* With the smallest grain that needs no more than MAX_ROWS rows. */
int pages_load(struct pages *pages, const struct map *map, struct ntpool *session)
{
	uint64_t count = pages_of_pool(map);

	pages->grain = 1;
	while (count / pages->grain > MAX_ROWS * ROW_CELLS)
		pages->grain *= 2;
	while (!load(pages, map->page_size, session)) {
		if (pages->count <= MAX_ROWS)
			return 0;
		pages->grain *= 2;
	}
	return 1;
}

/* --- the picture ----------------------------------------------------------- */

#define CELL	10.0
#define PITCH	12.0
#define LABEL	126.0
#define HEADING 66.0
#define BREAK	14.0 /* room for rows that are left out */

double pages_width(void)
{
	return LABEL + ROW_CELLS * PITCH;
}

static bool is_behind_break(const struct pages *pages, size_t i, uint64_t page_size)
{
	return i && pages->rows[i].start !=
			    pages->rows[i - 1].start + row_size(pages, page_size);
}

double pages_height(const struct pages *pages, uint64_t page_size)
{
	double height = HEADING + pages->count * PITCH;
	size_t i;

	for (i = 0; i < pages->count; i++)
		if (is_behind_break(pages, i, page_size))
			height += BREAK;
	return height;
}

/* A part of the cell, behind those that are there; returns where it ends. */
static double fill(cairo_t *canvas, double x, double y, double share,
		   enum colour colour)
{
	canvas_fill(canvas, x, y, share * CELL, CELL, colour);
	return x + share * CELL;
}

/* A cell whose pages are in several states is parted; what is left is not allocated. */
static void draw_cell(cairo_t *canvas, double x, double y, const struct cell *cell,
		      uint32_t grain)
{
	double unit = 1.0 / grain;
	uint64_t known = cell->resident + cell->transition + cell->swapped;

	canvas_fill(canvas, x, y, CELL, CELL, NOTHING);
	x = fill(canvas, x, y, cell->resident * unit, RESIDENT);
	x = fill(canvas, x, y, cell->transition * unit, TRANSITION);
	x = fill(canvas, x, y, cell->swapped * unit, SWAPPED);
	if (cell->committed > known)
		fill(canvas, x, y, (cell->committed - known) * unit, UNTOUCHED);
}

static void draw_row(cairo_t *canvas, double x, double y, const struct row *row,
		     uint32_t grain)
{
	char text[ADDRESS_TEXT];
	size_t i;

	canvas_text(canvas, x, y + CELL, 10, LEFT, FAINT, "%s",
		    format_address(row->start, text));
	for (i = 0; i < ROW_CELLS; i++)
		draw_cell(canvas, x + LABEL + i * PITCH, y, &row->cells[i], grain);
}

static void draw_legend(cairo_t *canvas, double x, double y)
{
	static const struct {
		const char *name;
		enum colour colour;
	} entries[] = {
		{ "resident", RESIDENT },
		{ "in transition: in memory, not mapped", TRANSITION },
		{ "in swap", SWAPPED },
		{ "never touched", UNTOUCHED },
		{ "not allocated", NOTHING },
	};
	static const double widths[] = { 80, 236, 76, 104, 0 };
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		canvas_fill(canvas, x, y - CELL, CELL, CELL, entries[i].colour);
		canvas_text(canvas, x + 14, y, 11, LEFT, INK, "%s", entries[i].name);
		x += widths[i] + 14;
	}
}

static void draw_heading(cairo_t *canvas, double x, double y,
			 const struct pages *pages, uint64_t page_size)
{
	char bytes[BYTES_TEXT];

	canvas_text(canvas, x, y, 15, LEFT, INK, "The pages of paged pool");
	canvas_text(canvas, x, y + 20, 11, LEFT, FAINT,
		    "a cell is %s, addresses grow to the right and down; where nothing is allocated rows are left out",
		    format_bytes(pages->grain * page_size, bytes));
	draw_legend(canvas, x, y + 46);
}

void pages_draw(cairo_t *canvas, double x, double y, const struct pages *pages,
		uint64_t page_size)
{
	size_t i;

	draw_heading(canvas, x, y, pages, page_size);
	y += HEADING;
	for (i = 0; i < pages->count; i++) {
		if (is_behind_break(pages, i, page_size)) {
			canvas_text(canvas, x, y + 7, 10, LEFT, FAINT, "...");
			y += BREAK;
		}
		draw_row(canvas, x, y, &pages->rows[i], pages->grain);
		y += PITCH;
	}
}
