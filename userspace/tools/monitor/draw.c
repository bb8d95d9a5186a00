// SPDX-License-Identifier: GPL-2.0-only
/* What stands on the terminal. */
#include <curses.h>
#include <stdlib.h>

#include "base/columns.h"
#include "monitor/screen.h"

/* Rows begin below two lines of summary, the view, the titles and a blank. */
#define FIRST_LINE 5

static const char *const help[] = {
	"ntpool monitor: pool use by tag, every few seconds",
	"",
	"  t    sort by tag                 a    by allocations",
	"  f    by frees                    d    by allocations less frees",
	"  b    by bytes                    m    by bytes per allocation",
	"  ( )  by value, or by change      p    nonpaged, paged, both pools",
	"  e    totals on and off           l    highlighting of changes on and off",
	"  s    system or sessions          1-9  that session, 0 all of them",
	"  i    ask for a session: its number, or nothing for all",
	"  up, down, page up, page down, home, end    scroll",
	"  h ?  this help                   q, Esc    end",
	"",
	"Tag        the tag of the allocations      Type     Nonp or Paged",
	"Allocs     how many there have been        Frees    how many are freed",
	"Diff       how many are left               Bytes    what they take",
	"Per Alloc  bytes of one, on the average",
	"In parentheses: the change since the sample before.",
	"Marked lines have changed; bold ones have passed a threshold.",
	"",
	"Esc closes this help.",
};

static void put(int line, attr_t attributes, const char *text)
{
	attrset(attributes);
	mvaddnstr(line, 0, text, columns_fit(text, COLS));
	attrset(A_NORMAL);
}

static void draw_head(const struct screen *screen)
{
	const struct monitor *monitor = screen->monitor;
	char text[LINE_TEXT];

	line_header(&monitor->now, 0, text);
	put(0, A_NORMAL, text);
	line_header(&monitor->now, 1, text);
	put(1, A_NORMAL, text);
	if (screen->mode == MODE_PROMPT)
		snprintf(text, sizeof(text), " Session, or nothing for all: %s_",
			 screen->typed);
	else
		line_view(&monitor->settings.view, text);
	put(2, A_NORMAL, text);
	line_titles(&monitor->settings.view, false, text);
	put(3, A_BOLD, text);
}

static attr_t look_of(const struct monitor *monitor, const struct row *row)
{
	attr_t attributes = A_NORMAL;

	if (monitor->settings.view.highlight && row_changed(row) &&
	    monitor->taken > 1)
		attributes |= A_REVERSE;
	if (threshold_passed(monitor, row->tag))
		attributes |= A_BOLD;
	return attributes;
}

static size_t total_lines(const struct view *view)
{
	if (!view->totals)
		return 0;
	return view->pools == POOLS_BOTH ? 2 : 1;
}

size_t screen_room(const struct view *view)
{
	size_t others = FIRST_LINE + total_lines(view);

	return (size_t)LINES > others ? LINES - others : 0;
}

static void draw_totals(const struct view *view, const struct row *rows,
			size_t count, int line)
{
	char text[LINE_TEXT];
	int paged;

	for (paged = 0; total_lines(view) && paged < 2; paged++) {
		if (!shows_pool(view, paged))
			continue;
		line_total(rows, count, paged, false, text);
		put(line++, A_BOLD, text);
	}
}

/* The last rows fill the screen, too. */
static size_t last_top(size_t count, size_t room)
{
	return count > room ? count - room : 0;
}

static void draw_rows(struct screen *screen)
{
	const struct monitor *monitor = screen->monitor;
	const struct view *view = &monitor->settings.view;
	size_t room = screen_room(view), count, i;
	struct row *rows = view_rows(view, &monitor->now, &count);
	char text[LINE_TEXT];

	if (screen->top > last_top(count, room))
		screen->top = last_top(count, room);
	for (i = 0; i < room && screen->top + i < count; i++) {
		const struct row *row = &rows[screen->top + i];

		line_row(monitor, row, false, text);
		put(FIRST_LINE + i, look_of(monitor, row), text);
	}
	draw_totals(view, rows, count, FIRST_LINE + i);
	free(rows);
}

static void draw_help(void)
{
	size_t i;

	for (i = 0; i < sizeof(help) / sizeof(help[0]); i++)
		put(i, i ? A_NORMAL : A_BOLD, help[i]);
}

void screen_draw(struct screen *screen)
{
	erase();
	if (screen->mode == MODE_HELP) {
		draw_help();
	} else {
		draw_head(screen);
		draw_rows(screen);
	}
	refresh();
}
