// SPDX-License-Identifier: GPL-2.0-only
/* Pictures by cairo. */
#include <cairo-svg.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/canvas.h"
#include "base/say.h"

/* PNGs get two pixels a unit: they are looked at on fine screens. */
#define PNG_SCALE 2

static const double colours[][3] = {
	[INK] = { 0.13, 0.15, 0.20 },
	[FAINT] = { 0.45, 0.48, 0.53 },
	[USER] = { 0.72, 0.84, 0.96 },
	[SYSTEM] = { 0.98, 0.86, 0.70 },
	[PAGED] = { 0.74, 0.90, 0.76 },
	[NONPAGED] = { 0.94, 0.70, 0.68 },
	[HEAP] = { 0.88, 0.82, 0.95 },
	[NOTHING] = { 0.92, 0.92, 0.92 },
	[PAPER] = { 1, 1, 1 },
	[RESIDENT] = { 0.18, 0.60, 0.34 },
	[TRANSITION] = { 0.95, 0.74, 0.20 },
	[SWAPPED] = { 0.36, 0.33, 0.72 },
	[UNTOUCHED] = { 0.74, 0.78, 0.82 },
};

static void use(cairo_t *canvas, enum colour colour)
{
	const double *rgb = colours[colour];

	cairo_set_source_rgb(canvas, rgb[0], rgb[1], rgb[2]);
}

void canvas_fill(cairo_t *canvas, double x, double y, double width,
		 double height, enum colour colour)
{
	use(canvas, colour);
	cairo_rectangle(canvas, x, y, width, height);
	cairo_fill(canvas);
}

void canvas_box(cairo_t *canvas, double x, double y, double width,
		double height, enum colour colour)
{
	use(canvas, colour);
	cairo_rectangle(canvas, x, y, width, height);
	cairo_fill_preserve(canvas);
	use(canvas, INK);
	cairo_set_line_width(canvas, 0.8);
	cairo_stroke(canvas);
}

void canvas_line(cairo_t *canvas, double x1, double y1, double x2, double y2,
		 enum colour colour)
{
	use(canvas, colour);
	cairo_set_line_width(canvas, 1);
	cairo_move_to(canvas, x1, y1);
	cairo_line_to(canvas, x2, y2);
	cairo_stroke(canvas);
}

void canvas_text(cairo_t *canvas, double x, double y, double size,
		 enum side side, enum colour colour, const char *format, ...)
{
	cairo_text_extents_t extents;
	va_list list;
	char *text;

	va_start(list, format);
	text = must_vprintf(format, list);
	va_end(list);
	cairo_set_font_size(canvas, size);
	cairo_text_extents(canvas, text, &extents);
	use(canvas, colour);
	cairo_move_to(canvas, x - extents.x_advance * side / 2, y);
	cairo_show_text(canvas, text);
	free(text);
}

static cairo_status_t draw(cairo_surface_t *surface, double scale,
			   painter picture, const void *data)
{
	cairo_t *canvas = cairo_create(surface);
	cairo_status_t status;

	cairo_scale(canvas, scale, scale);
	use(canvas, PAPER);
	cairo_paint(canvas);
	/* cairo's own letters: a small machine has no fonts. */
	cairo_select_font_face(canvas, "@cairo:sans", CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_NORMAL);
	picture(canvas, data);
	status = cairo_status(canvas);
	cairo_destroy(canvas);
	return status;
}

static cairo_status_t save_svg(const char *path, double width, double height,
			       painter picture, const void *data)
{
	cairo_surface_t *surface =
		cairo_svg_surface_create(path, width, height);
	cairo_status_t status = draw(surface, 1, picture, data);

	cairo_surface_finish(surface);
	if (!status)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	return status;
}

static cairo_status_t save_png(const char *path, double width, double height,
			       painter picture, const void *data)
{
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, width * PNG_SCALE, height * PNG_SCALE);
	cairo_status_t status = draw(surface, PNG_SCALE, picture, data);

	if (!status)
		status = cairo_surface_write_to_png(surface, path);
	cairo_surface_destroy(surface);
	return status;
}

bool canvas_save(const char *path, double width, double height, painter picture,
		 const void *data)
{
	const char *suffix = strrchr(path, '.');
	cairo_status_t status;

	if (suffix && !strcmp(suffix, ".svg")) {
		status = save_svg(path, width, height, picture, data);
	} else if (suffix && !strcmp(suffix, ".png")) {
		status = save_png(path, width, height, picture, data);
	} else {
		fail("%s: a picture's name ends in .svg or .png", path);
		return false;
	}
	if (status)
		fail("cannot write %s: %s", path,
		     cairo_status_to_string(status));
	return !status;
}
