// SPDX-License-Identifier: GPL-2.0-only
/* The three figures as pictures. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/canvas.h"
#include "base/units.h"
#include "story/figures.h"

#define MARGIN 30.0
#define ROW    30.0
#define BOX    170.0
#define TOP    90.0

static void heading(cairo_t *canvas, const char *text)
{
	canvas_text(canvas, MARGIN, 36, 18, LEFT, INK, "%s", text);
}

/* --- figure 1 ------------------------------------------------------------ */

#define LEFT_X	 MARGIN
#define MIDDLE_X (MARGIN + BOX + 120)
#define RIGHT_X	 (MIDDLE_X + BOX + 120)

/* Memory has twice the rows, so the processes stand in the middle of it. */
static double page_y(unsigned int page)
{
	return TOP + (page + FIGURE_PAGES / 2.0) * ROW;
}

static void draw_process(cairo_t *canvas, const struct figures *figures,
			 unsigned int process, double x)
{
	unsigned int page;

	canvas_text(canvas, x + BOX / 2, page_y(0) - 12, 13, MIDDLE, INK,
		    "process %d", figures->processes[process].pid);
	for (page = 0; page < FIGURE_PAGES; page++) {
		canvas_box(canvas, x, page_y(page), BOX, ROW,
			   process ? SYSTEM : USER);
		canvas_text(canvas, x + BOX / 2, page_y(page) + 20, 13, MIDDLE,
			    INK, "%" PRIx64,
			    figures->address + page * figures->page_size);
	}
}

static void draw_frame(cairo_t *canvas, const struct figure_frame *frame,
		       unsigned int row)
{
	double y = TOP + row * ROW;
	double from = frame->process ? RIGHT_X : LEFT_X + BOX;
	double to = frame->process ? MIDDLE_X + BOX : MIDDLE_X;

	canvas_box(canvas, MIDDLE_X, y, BOX, ROW,
		   frame->process ? SYSTEM : USER);
	canvas_text(canvas, MIDDLE_X + BOX / 2, y + 20, 13, MIDDLE, INK,
		    "frame %" PRIx64, frame->frame);
	canvas_line(canvas, from, page_y(frame->page) + ROW / 2, to, y + ROW / 2,
		    INK);
}

static void draw_processes(cairo_t *canvas, const void *data)
{
	const struct figures *figures = data;
	unsigned int row;

	heading(canvas, "The pages of two processes on page frames");
	draw_process(canvas, figures, 0, LEFT_X);
	draw_process(canvas, figures, 1, RIGHT_X);
	canvas_text(canvas, MIDDLE_X + BOX / 2, TOP - 12, 13, MIDDLE, INK,
		    "memory, by frame number");
	for (row = 0; row < 2 * FIGURE_PAGES; row++)
		draw_frame(canvas, &figures->frames[row], row);
}

/* --- figures 2 and 3 ----------------------------------------------------- */

#define COLUMN_X     (MARGIN + 180)
#define COLUMN_WIDTH 330.0

static void edge(cairo_t *canvas, double y, uint64_t address)
{
	char text[ADDRESS_TEXT];

	canvas_text(canvas, COLUMN_X - 10, y, 12, RIGHT, FAINT, "%s",
		    format_address(address, text));
}

/* One space with its name, and room for rows in it. */
static void space(cairo_t *canvas, double y, double height, const char *name,
		  enum colour colour, uint64_t start, uint64_t end)
{
	canvas_box(canvas, COLUMN_X, y, COLUMN_WIDTH, height, colour);
	canvas_text(canvas, COLUMN_X + COLUMN_WIDTH / 2, y + 22, 14, MIDDLE,
		    INK, "%s", name);
	edge(canvas, y + 14, end);
	edge(canvas, y + height - 4, start);
}

static void item(cairo_t *canvas, double y, double height, const char *name,
		 enum colour colour, uint64_t address)
{
	canvas_box(canvas, COLUMN_X + 25, y, COLUMN_WIDTH - 50, height, colour);
	canvas_text(canvas, COLUMN_X + COLUMN_WIDTH / 2, y + 18, 13, MIDDLE,
		    INK, "%s", name);
	edge(canvas, y + height / 2 + 5, address);
}

static enum colour pool_colour(const struct figure_pool *pool)
{
	return pool->query.pool_flags & NTPOOL_FLAG_PAGED ? PAGED : NONPAGED;
}

static void draw_spaces(cairo_t *canvas, const void *data)
{
	const struct figures *figures = data;
	const struct ntpool_split *native = &figures->native;
	double y = TOP - 20;
	unsigned int i;

	heading(canvas, "User space and system space (not to scale)");
	space(canvas, y, 170, "system space: one for all processes", SYSTEM,
	      native->system_start, native->system_end);
	for (i = 0; i < 2; i++)
		item(canvas, y + 45 + i * 55, 28, figures->pools[i].name,
		     pool_colour(&figures->pools[i]), figures->pools[i].address);
	space(canvas, y + 170, 60, "no addresses", NOTHING, native->hole_start,
	      native->hole_end);
	space(canvas, y + 230, 210, "user space: one for each process", USER,
	      native->user_start, native->user_end);
	for (i = 0; i < FIGURE_POINTS; i++)
		item(canvas, y + 275 + i * 50, 28, figures->user[i].name, PAPER,
		     figures->user[i].address);
}

static void draw_pool(cairo_t *canvas, double y, const struct figure_pool *pool)
{
	double x = COLUMN_X + COLUMN_WIDTH / 2;
	char bytes[BYTES_TEXT];

	item(canvas, y, 90, pool->name, pool_colour(pool), pool->address);
	canvas_text(canvas, x, y + 42, 12, MIDDLE, INK, "a block of %s",
		    format_bytes(pool->query.size, bytes));
	canvas_text(canvas, x, y + 60, 12, MIDDLE, INK,
		    "%" PRIu64 " pages in memory",
		    (uint64_t)(pool->query.resident + pool->query.transition));
	canvas_text(canvas, x, y + 78, 12, MIDDLE, INK, "%" PRIu64 " in swap",
		    (uint64_t)pool->query.swapped);
}

static void draw_pools(cairo_t *canvas, const void *data)
{
	const struct figures *figures = data;
	double y = TOP - 20;

	heading(canvas, "The two pools in system space (not to scale)");
	space(canvas, y, 300, "system space", SYSTEM,
	      figures->native.system_start, figures->native.system_end);
	draw_pool(canvas, y + 55, &figures->pools[0]);
	draw_pool(canvas, y + 180, &figures->pools[1]);
}

static bool save(const struct figures *figures, const char *folder,
		 const char *name, double width, double height, painter picture)
{
	static const char *const suffixes[] = { "svg", "png" };
	bool good = true;
	int i;

	for (i = 0; i < 2; i++) {
		char *path = must_printf("%s/%s.%s", folder, name, suffixes[i]);

		good = canvas_save(path, width, height, picture, figures) && good;
		free(path);
	}
	return good;
}

bool figures_save(const struct figures *figures, const char *folder)
{
	double column = COLUMN_X + COLUMN_WIDTH + MARGIN;

	return save(figures, folder, "two-processes", RIGHT_X + BOX + MARGIN,
		    TOP + 2 * FIGURE_PAGES * ROW + MARGIN, draw_processes) &&
	       save(figures, folder, "two-spaces", column, TOP + 450,
		    draw_spaces) &&
	       save(figures, folder, "two-pools", column, TOP + 310, draw_pools);
}
