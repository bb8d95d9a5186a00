/* SPDX-License-Identifier: GPL-2.0-only */
/* Pictures: the same drawing as SVG or as PNG, by the file's name. */
#ifndef CANVAS_H
#define CANVAS_H

#include <cairo.h>
#include <stdbool.h>

enum colour {
	INK,	  /* text and lines */
	FAINT,	  /* second to them */
	USER,	  /* user space */
	SYSTEM,	  /* system space */
	PAGED,	  /* paged pool */
	NONPAGED, /* nonpaged pool */
	HEAP,	  /* of user space what is no file's */
	NOTHING,  /* addresses that do not exist, frames of others */
	PAPER,
	RESIDENT, /* pages, by where they are */
	TRANSITION,
	SWAPPED,
	UNTOUCHED,
};

enum side { LEFT,
	    MIDDLE,
	    RIGHT };

typedef void (*painter)(cairo_t *canvas, const void *data);

/* Draws into @path, which ends in .svg or .png; false after telling why not. */
bool canvas_save(const char *path, double width, double height, painter picture,
		 const void *data);

void canvas_box(cairo_t *canvas, double x, double y, double width,
		double height, enum colour colour);
/* The same without a line around. */
void canvas_fill(cairo_t *canvas, double x, double y, double width,
		 double height, enum colour colour);
void canvas_line(cairo_t *canvas, double x1, double y1, double x2, double y2,
		 enum colour colour);
/* @x is the text's left end, middle or right end; @y its base line. */
void canvas_text(cairo_t *canvas, double x, double y, double size,
		 enum side side, enum colour colour, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

#endif
