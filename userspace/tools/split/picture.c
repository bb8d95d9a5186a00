// SPDX-License-Identifier: GPL-2.0-only
/* The layouts as a picture: one column each. */
#include "base/canvas.h"
#include "base/units.h"
#include "split/split.h"

#define WIDTH  300.0
#define TOP    70.0
#define HEIGHT 420.0
#define MARGIN 20.0

/* Where a part stands in its column: fractions of the column's height. */
struct part {
	const char *name;
	uint64_t start, end;
	double from, to; /* 0 is address 0, at the bottom */
	enum colour colour;
};

static void draw_part(cairo_t *canvas, double x, const struct part *part)
{
	double y = TOP + HEIGHT * (1 - part->to);
	double height = HEIGHT * (part->to - part->from);
	char start[ADDRESS_TEXT], end[ADDRESS_TEXT], bytes[BYTES_TEXT];

	canvas_box(canvas, x, y, WIDTH - MARGIN, height, part->colour);
	canvas_text(canvas, x + 8, y + 16, 11, LEFT, FAINT, "%s",
		    format_address(part->end, end));
	canvas_text(canvas, x + 8, y + height - 7, 11, LEFT, FAINT, "%s",
		    format_address(part->start, start));
	canvas_text(canvas, x + (WIDTH - MARGIN) / 2, y + height / 2 + 5, 14,
		    MIDDLE, INK, "%s: %s", part->name,
		    format_bytes(split_size(part->start, part->end), bytes));
}

/*
 * 4 GiB fit in a column to scale.  Of 16 EiB, user and system space would be
 * thinner than any line, so those columns say that they are not to scale.
 */
static void draw_layout(cairo_t *canvas, double x,
			const struct ntpool_split *split)
{
	bool scale = split_is_32bit(split);
	double line = scale ? split->system_start / 4294967296.0 : 0.35;
	double above = scale ? line : 0.65;
	char title[SPLIT_TITLE], paged[BYTES_TEXT], nonpaged[BYTES_TEXT];
	const struct part user = { "user space", split->user_start,
				   split->user_end, 0, line, USER };
	const struct part hole = { "no address", split->hole_start,
				   split->hole_end, line, above, NOTHING };
	const struct part system = { "system space", split->system_start,
				     split->system_end, above, 1, SYSTEM };

	canvas_text(canvas, x, TOP - 34, 15, LEFT, INK, "%s",
		    split_title(split, title));
	canvas_text(canvas, x, TOP - 14, 11, LEFT, FAINT, "%s%s",
		    scale ? "to scale" : "not to scale",
		    split->emulated ? ", emulated" : "");
	draw_part(canvas, x, &user);
	draw_part(canvas, x, &system);
	if (!scale)
		draw_part(canvas, x, &hole);
	canvas_text(canvas, x, TOP + HEIGHT + 22, 11, LEFT, INK,
		    "paged pool: %s", format_bytes(split->paged_budget, paged));
	canvas_text(canvas, x, TOP + HEIGHT + 38, 11, LEFT, INK,
		    "nonpaged pool: %s",
		    format_bytes(split->nonpaged_budget, nonpaged));
}

static void draw(cairo_t *canvas, const void *data)
{
	const struct splits *splits = data;
	unsigned int i;

	for (i = 0; i < splits->count; i++)
		draw_layout(canvas, MARGIN + i * WIDTH, &splits->layouts[i]);
}

bool split_picture(const struct splits *splits, const char *path)
{
	return canvas_save(path, MARGIN + WIDTH * splits->count,
			   TOP + HEIGHT + 60, draw, splits);
}
