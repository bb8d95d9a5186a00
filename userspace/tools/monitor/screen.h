/* SPDX-License-Identifier: GPL-2.0-only */
/* The display on a terminal: what its files share. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "monitor/monitor.h"

enum mode { MODE_ROWS,
	    MODE_HELP,
	    MODE_PROMPT };

struct screen {
	struct monitor *monitor;
	enum mode mode;
	size_t top; /* first row shown */
	char typed[11];
	struct timespec next; /* when the next sample is due */
	bool quit;
};

/* draw.c */
void screen_draw(struct screen *screen);
/* Rows that fit. */
size_t screen_room(const struct view *view);

/* keys.c */
void screen_press(struct screen *screen, int key);

#endif
