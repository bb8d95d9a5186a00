// SPDX-License-Identifier: GPL-2.0-only
/* ntpool monitor: pool use by tag as it changes, after PoolMon. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/say.h"
#include "base/session.h"
#include "commands.h"
#include "monitor/monitor.h"

volatile bool monitor_stopped;

static void stop(int number)
{
	(void)number;
	monitor_stopped = true;
}

/* Without SA_RESTART: what waits is to return. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Growth counts from the first sample of what is looked at. */
static bool starts_anew(const struct monitor *monitor)
{
	return !monitor->first.rows ||
	       monitor->first.sessions != monitor->now.sessions ||
	       monitor->first.session != monitor->now.session;
}

int monitor_sample(struct monitor *monitor)
{
	struct sample next;
	int err = sample_take(monitor->session, &monitor->settings.view,
			      &monitor->now, &next);

	if (err)
		return err;
	sample_free(&monitor->now);
	monitor->now = next;
	monitor->taken++;
	if (starts_anew(monitor))
		sample_copy(&monitor->first, &monitor->now);
	if (!monitor->log)
		return 0;
	export_csv(monitor, monitor->log);
	return fflush(monitor->log) ? -errno : 0;
}

static void show(const struct monitor *monitor)
{
	switch (monitor->settings.display) {
	case DISPLAY_TEXT:
		if (monitor->taken > 1)
			putchar('\n');
		print_still(monitor, stdout);
		break;
	case DISPLAY_JSON:
		export_json(monitor);
		break;
	case DISPLAY_CSV:
		if (monitor->taken == 1)
			export_csv_titles(stdout);
		export_csv(monitor, stdout);
		break;
	default:
		break;
	}
	fflush(stdout);
}

static void wait_for_next(const struct monitor *monitor)
{
	double seconds = monitor->settings.interval;
	struct timespec time = {
		.tv_sec = seconds,
		.tv_nsec = (seconds - (time_t)seconds) * 1e9,
	};

	nanosleep(&time, NULL);
}

static bool finished(const struct monitor *monitor)
{
	return monitor_stopped || monitor->crossed || ferror(stdout) ||
	       (monitor->settings.count &&
		monitor->taken >= monitor->settings.count);
}

/* Without a screen: it ends when a threshold is passed. */
static int run_plain(struct monitor *monitor)
{
	int err;

	for (;;) {
		err = monitor_sample(monitor);
		if (err)
			return fail("cannot take a sample: %s", strerror(-err));
		show(monitor);
		monitor->crossed = thresholds_check(monitor, stderr);
		if (finished(monitor))
			break;
		wait_for_next(monitor);
		if (monitor_stopped)
			break;
	}
	return 0;
}

static int run_snapshot(struct monitor *monitor)
{
	const char *path = monitor->settings.snapshot;
	int err = monitor_sample(monitor);
	FILE *to;

	if (err)
		return fail("cannot take a sample: %s", strerror(-err));
	to = fopen(path, "we");
	if (!to)
		return fail("cannot write %s: %s", path, strerror(errno));
	print_still(monitor, to);
	if (fclose(to))
		return fail("cannot write %s: %s", path, strerror(errno));
	monitor->crossed = thresholds_check(monitor, stderr);
	return 0;
}

static int run(struct monitor *monitor)
{
	switch (monitor->settings.display) {
	case DISPLAY_SCREEN:
		return screen_run(monitor);
	case DISPLAY_SNAPSHOT:
		return run_snapshot(monitor);
	default:
		return run_plain(monitor);
	}
}

/* A log is continued, so its titles stand at its beginning only. */
static int open_log(struct monitor *monitor)
{
	const char *path = monitor->settings.log;

	if (!path)
		return 0;
	monitor->log = fopen(path, "ae");
	if (!monitor->log)
		return fail("cannot write %s: %s", path, strerror(errno));
	if (!ftello(monitor->log))
		export_csv_titles(monitor->log);
	return 0;
}

static int set_up(struct monitor *monitor)
{
	if (monitor->settings.display == DISPLAY_SCREEN &&
	    !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return fail("the display needs a terminal; --once, --json, --csv, --quiet and -n need none");
	monitor->file = tagfile_read(monitor->settings.tagfile);
	if (!monitor->file)
		return 1;
	monitor->session = open_session(0);
	return monitor->session ? open_log(monitor) : 1;
}

static void clean_up(struct monitor *monitor)
{
	sample_free(&monitor->first);
	sample_free(&monitor->now);
	tagfile_free(monitor->file);
	ntpool_close(monitor->session);
	if (monitor->log)
		fclose(monitor->log);
}

int monitor_main(int argc, char **argv)
{
	struct monitor monitor = { 0 };
	int status;

	options_parse(argc, argv, &monitor.settings);
	catch_signals();
	status = set_up(&monitor);
	if (!status)
		status = run(&monitor);
	if (!status && monitor.crossed)
		status = EXIT_THRESHOLD;
	clean_up(&monitor);
	return status;
}
