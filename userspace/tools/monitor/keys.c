// SPDX-License-Identifier: GPL-2.0-only
/* What the keys do. */
#include <curses.h>
#include <stdint.h>
#include <string.h>

#include "base/units.h"
#include "monitor/screen.h"

#define KEY_ESCAPE 27

/* Another session is another table: it is asked for at once. */
static void choose_session(struct screen *screen, bool sessions, uint32_t number)
{
	struct view *view = &screen->monitor->settings.view;

	view->sessions = sessions;
	view->session = number;
	screen->top = 0;
	clock_gettime(CLOCK_MONOTONIC, &screen->next);
}

static void key_in_prompt(struct screen *screen, int key)
{
	size_t length = strlen(screen->typed);
	uint64_t number = 0;

	if (key >= '0' && key <= '9' && length + 1 < sizeof(screen->typed)) {
		screen->typed[length] = key;
		screen->typed[length + 1] = '\0';
	} else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && length) {
		screen->typed[length - 1] = '\0';
	} else if (key == KEY_ESCAPE) {
		screen->mode = MODE_ROWS;
	} else if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		screen->mode = MODE_ROWS;
		if (!length ||
		    (parse_number(screen->typed, &number) && number <= UINT32_MAX))
			choose_session(screen, true, number);
	}
}

static void key_in_help(struct screen *screen, int key)
{
	if (key == KEY_ESCAPE || key == 'q' || key == 'h' || key == '?')
		screen->mode = MODE_ROWS;
}

static void scroll_rows(struct screen *screen, int key)
{
	size_t page = screen_room(&screen->monitor->settings.view);

	switch (key) {
	case KEY_UP:
		screen->top -= screen->top > 0;
		break;
	case KEY_DOWN:
		screen->top++;
		break;
	case KEY_PPAGE:
		screen->top -= screen->top < page ? screen->top : page;
		break;
	case KEY_NPAGE:
		screen->top += page;
		break;
	case KEY_HOME:
		screen->top = 0;
		break;
	case KEY_END:
		screen->top = SIZE_MAX;
		break;
	}
}

static bool key_of_order(struct view *view, int key)
{
	switch (key) {
	case 't':
	case 'a':
	case 'f':
	case 'd':
	case 'b':
	case 'm':
		view->sort = key;
		return true;
	case '(':
	case ')':
		view->by_change = !view->by_change;
		return true;
	case 'p':
		view->pools = (view->pools + 1) % POOLS;
		return true;
	case 'e':
		view->totals = !view->totals;
		return true;
	case 'l':
		view->highlight = !view->highlight;
		return true;
	}
	return false;
}

static void key_in_rows(struct screen *screen, int key)
{
	struct view *view = &screen->monitor->settings.view;

	if (key_of_order(view, key)) {
		screen->top = 0;
		return;
	}
	if (key == 'q' || key == KEY_ESCAPE) {
		screen->quit = true;
	} else if (key == 'h' || key == '?') {
		screen->mode = MODE_HELP;
	} else if (key == 's') {
		choose_session(screen, !view->sessions, 0);
	} else if (key == 'i') {
		screen->mode = MODE_PROMPT;
		screen->typed[0] = '\0';
	} else if (key >= '0' && key <= '9' && view->sessions) {
		choose_session(screen, true, key - '0');
	} else {
		scroll_rows(screen, key);
	}
}

void screen_press(struct screen *screen, int key)
{
	static void (*const keys[])(struct screen * screen, int key) = {
		[MODE_ROWS] = key_in_rows,
		[MODE_HELP] = key_in_help,
		[MODE_PROMPT] = key_in_prompt,
	};

	keys[screen->mode](screen, key);
}
