// SPDX-License-Identifier: GPL-2.0-only
/* The map as a picture: a column for each half, and below system space paged pool. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/canvas.h"
#include "base/printable.h"
#include "base/units.h"
#include "map/map.h"

#define MARGIN	24.0
#define TOP	76.0
#define WIDTH	430.0
#define ADDRESS 116.0 /* what an address takes of that */
#define GAP	28.0
#define BOX	23.0
#define SPACE	52.0 /* between system space and paged pool */
#define HOLE	7.0  /* between boxes with free addresses between them */
#define BAR	4.0
#define LABEL	28 /* characters that fit beside an address and figures */

/* Regions side by side that are used for the same. */
struct box {
	const struct region *first;
	uint64_t last; /* address */
	size_t count;
	uint64_t size, resident, transition, swapped;
};

struct boxes {
	struct box *array;
	size_t count;
};

struct picture {
	const struct map *map;
	const struct pages *pages;
	struct boxes user, system;
};

/* --- boxes ----------------------------------------------------------------- */

static bool is_user(const struct map *map, const struct region *region)
{
	return region->start < map->system_start;
}

/* Areas of vmalloc and of devices alternate; nobody could follow that. */
static enum usage usage_of(const struct region *region)
{
	return region->usage == USED_DEVICE ? USED_VMALLOC : region->usage;
}

/* In user space each file has a box of its own. */
static bool belongs(const struct map *map, const struct box *box,
		    const struct region *region)
{
	const char *left = box->first->detail, *right = region->detail;

	if (usage_of(box->first) != usage_of(region))
		return false;
	if (!is_user(map, region) || region->usage == USED_VDSO)
		return true;
	return left == right || (left && right && !strcmp(left, right));
}

static void add_to_boxes(struct boxes *boxes, const struct map *map,
			 const struct region *region)
{
	struct box *box = boxes->count ? &boxes->array[boxes->count - 1] : NULL;

	if (!box || !belongs(map, box, region)) {
		boxes->array = must_realloc(boxes->array, (boxes->count + 1) *
								  sizeof(*boxes->array));
		box = &boxes->array[boxes->count++];
		*box = (struct box){ .first = region };
	}
	box->last = region_last(region);
	box->count++;
	box->size += region->size;
	box->resident += region->resident;
	box->transition += region->transition;
	box->swapped += region->swapped;
}

static double boxes_height(const struct boxes *boxes)
{
	double height = 0;
	size_t i;

	for (i = 0; i < boxes->count; i++) {
		height += BOX;
		if (i && boxes->array[i].first->start != boxes->array[i - 1].last + 1)
			height += HOLE;
	}
	return height;
}

/* --- drawing --------------------------------------------------------------- */

/* What a box is called: of a path the end, which tells more than its beginning. */
static char *label_of(const struct map *map, const struct box *box)
{
	const struct region *region = box->first;
	bool path = is_user(map, region) && region->detail && region->detail[0] == '/';
	char *text;

	if (path)
		text = must_printf("%s", strrchr(region->detail, '/') + 1);
	else if (box->count > 1 && !is_user(map, region))
		text = must_printf("%s: %zu", usage_name(usage_of(region)), box->count);
	else
		text = must_printf("%s", usage_name(usage_of(region)));
	if (strlen(text) > LABEL)
		strcpy(text + LABEL - 2, "..");
	return printable(text);
}

static void draw_share(cairo_t *canvas, double *x, double y, uint64_t part,
		       uint64_t whole, enum colour colour)
{
	double width = (WIDTH - 2) * part / whole;

	canvas_fill(canvas, *x, y, width, BAR, colour);
	*x += width;
}

/* How much of the box is where: a bar along its foot, to scale in itself. */
static void draw_bar(cairo_t *canvas, double x, double y, const struct box *box)
{
	x += 1;
	canvas_fill(canvas, x, y, WIDTH - 2, BAR, PAPER);
	draw_share(canvas, &x, y, box->resident, box->size, RESIDENT);
	draw_share(canvas, &x, y, box->transition, box->size, TRANSITION);
	draw_share(canvas, &x, y, box->swapped, box->size, SWAPPED);
}

/* "28 KiB of 132 KiB, 4 KiB in swap" */
static void draw_figures(cairo_t *canvas, double x, double y, const struct box *box)
{
	char size[BYTES_TEXT], resident[BYTES_TEXT], swapped[BYTES_TEXT];

	format_bytes(box->size, size);
	format_bytes(box->resident, resident);
	if (box->swapped)
		canvas_text(canvas, x, y, 11, RIGHT, INK, "%s of %s, %s in swap", resident,
			    size, format_bytes(box->swapped, swapped));
	else if (box->resident && box->resident != box->size)
		canvas_text(canvas, x, y, 11, RIGHT, INK, "%s of %s", resident, size);
	else
		canvas_text(canvas, x, y, 11, RIGHT, INK, "%s", size);
}

static void draw_box(cairo_t *canvas, double x, double y, const struct map *map,
		     const struct box *box)
{
	char *label = label_of(map, box);
	char address[ADDRESS_TEXT];

	canvas_box(canvas, x, y, WIDTH, BOX, usage_colour(box->first->usage));
	canvas_text(canvas, x + 6, y + 14, 10, LEFT, FAINT, "%s",
		    format_address(box->first->start, address));
	canvas_text(canvas, x + ADDRESS, y + 14, 11, LEFT, INK, "%s", label);
	draw_figures(canvas, x + WIDTH - 6, y + 14, box);
	draw_bar(canvas, x, y + BOX - BAR - 0.5, box);
	free(label);
}

/* The highest address is on top, as in the picture of 'ntpool split'. */
static void draw_boxes(cairo_t *canvas, double x, const struct map *map,
		       const struct boxes *boxes)
{
	double y = TOP;
	size_t i = boxes->count;

	while (i--) {
		const struct box *box = &boxes->array[i];

		draw_box(canvas, x, y, map, box);
		y += BOX;
		if (i && boxes->array[i - 1].last + 1 != box->first->start)
			y += HOLE;
	}
}

static void draw_title(cairo_t *canvas, double x, const char *text)
{
	char *copy = printable(must_printf("%s", text));

	canvas_text(canvas, x, TOP - 34, 15, LEFT, INK, "%s", copy);
	canvas_text(canvas, x, TOP - 14, 11, LEFT, FAINT,
		    "not to scale, the highest address is on top; a bar is how much of the region is where");
	free(copy);
}

static void draw_user(cairo_t *canvas, double x, const struct picture *picture)
{
	char *title = must_printf("User space of process %d (%s)", picture->map->pid,
				  picture->map->comm);

	draw_title(canvas, x, title);
	draw_boxes(canvas, x, picture->map, &picture->user);
	free(title);
}

static void draw(cairo_t *canvas, const void *data)
{
	const struct picture *picture = data;
	double x = MARGIN;

	if (picture->map->pid) {
		draw_user(canvas, x, picture);
		x += WIDTH + GAP;
	}
	draw_title(canvas, x, "System space");
	draw_boxes(canvas, x, picture->map, &picture->system);
	pages_draw(canvas, x, TOP + boxes_height(&picture->system) + SPACE, picture->pages,
		   picture->map->page_size);
}

static double width_of(const struct map *map)
{
	return 2 * MARGIN + (map->pid ? WIDTH + GAP : 0) + pages_width();
}

static double height_of(const struct picture *picture)
{
	double user = boxes_height(&picture->user);
	double system = boxes_height(&picture->system) + SPACE +
			pages_height(picture->pages, picture->map->page_size);

	return TOP + (user > system ? user : system) + MARGIN;
}

bool map_picture(const struct map *map, const struct pages *pages, const char *path)
{
	struct picture picture = { .map = map, .pages = pages };
	bool good;
	size_t i;

	for (i = 0; i < map->count; i++)
		add_to_boxes(is_user(map, &map->regions[i]) ? &picture.user : &picture.system,
			     map, &map->regions[i]);
	good = canvas_save(path, width_of(map), height_of(&picture), draw, &picture);
	free(picture.user.array);
	free(picture.system.array);
	return good;
}
