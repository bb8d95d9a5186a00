// SPDX-License-Identifier: GPL-2.0-only
/* The display on a terminal: keys are taken until it is time for a sample. */
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/say.h"
#include "monitor/screen.h"

static int64_t milliseconds_left(const struct screen *screen)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (screen->next.tv_sec - now.tv_sec) * 1000ll +
	       (screen->next.tv_nsec - now.tv_nsec) / 1000000;
}

static void set_next(struct screen *screen)
{
	double seconds = screen->monitor->settings.interval;

	clock_gettime(CLOCK_MONOTONIC, &screen->next);
	screen->next.tv_sec += (time_t)seconds;
	screen->next.tv_nsec += (seconds - (time_t)seconds) * 1e9;
	if (screen->next.tv_nsec >= 1000000000) {
		screen->next.tv_nsec -= 1000000000;
		screen->next.tv_sec++;
	}
}

/* Keys are taken until it is time for a sample. */
static void take_keys(struct screen *screen)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t left;
	int key;

	while (!screen->quit && !monitor_stopped) {
		key = getch();
		if (key != ERR) {
			screen_press(screen, key);
			screen_draw(screen);
			continue;
		}
		left = milliseconds_left(screen);
		if (left <= 0)
			return;
		poll(&input, 1, left);
		/* Nobody is there any more. */
		if (input.revents & (POLLHUP | POLLERR | POLLNVAL))
			screen->quit = true;
	}
}

static bool start(void)
{
	if (!newterm(NULL, stdout, stdin))
		return false;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return true;
}

static int play(struct screen *screen)
{
	struct monitor *monitor = screen->monitor;
	int err;

	while (!screen->quit && !monitor_stopped) {
		err = monitor_sample(monitor);
		if (err)
			return err;
		monitor->crossed |= thresholds_check(monitor, NULL);
		set_next(screen);
		screen_draw(screen);
		if (monitor->settings.count &&
		    monitor->taken >= monitor->settings.count)
			return 0;
		take_keys(screen);
	}
	return 0;
}

int screen_run(struct monitor *monitor)
{
	struct screen screen = { .monitor = monitor };
	int err;

	if (!start())
		return fail("the terminal '%s' is not known here",
			    getenv("TERM") ? getenv("TERM") : "");
	err = play(&screen);
	endwin();
	thresholds_check(monitor, stderr);
	return err ? monitor_fail(monitor, err) : 0;
}
