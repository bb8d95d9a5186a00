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
	if (!fflush(monitor->log))
		return 0;
	monitor->log_failed = true;
	return -errno;
}

int monitor_fail(const struct monitor *monitor, int err)
{
	if (monitor->log_failed)
		return fail("cannot write %s: %s", monitor->settings.log,
			    strerror(-err));
	return fail("cannot take a sample: %s", strerror(-err));
}

static void print_titles(const struct view *view, FILE *to)
{
	char *titles = export_csv_titles(view);

	fprintf(to, "%s\n", titles);
	free(titles);
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
			print_titles(&monitor->settings.view, stdout);
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
			return monitor_fail(monitor, err);
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
		return monitor_fail(monitor, err);
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

/* Lines with other columns under the same titles would be misread. */
static bool has_titles(const char *path, const struct view *view)
{
	char *titles = export_csv_titles(view);
	FILE *log = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool same = !log; /* Who may only write to it has to know himself. */

	if (log && getline(&line, &room, log) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		same = !strcmp(line, titles);
	}
	if (log)
		fclose(log);
	free(line);
	free(titles);
	return same;
}

/* A log is continued, so its titles stand at its beginning only. */
static int open_log(struct monitor *monitor)
{
	const struct view *view = &monitor->settings.view;
	const char *path = monitor->settings.log;
	off_t size;

	if (!path)
		return 0;
	monitor->log = fopen(path, "ae");
	if (!monitor->log)
		return fail("cannot write %s: %s", path, strerror(errno));
	size = ftello(monitor->log);
	if (!size)
		print_titles(view, monitor->log);
	else if (size > 0 && !has_titles(path, view))
		return fail("%s has been begun with other columns: name another file, or give the same of -s, -c and -g",
			    path);
	return 0;
}

static int set_up(struct monitor *monitor)
{
	struct view *view = &monitor->settings.view;

	if (monitor->settings.display == DISPLAY_SCREEN &&
	    !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return fail("the display needs a terminal; --once, --json, --csv, --quiet and -n need none");
	monitor->file = tagfile_read(monitor->settings.tagfile);
	if (!monitor->file)
		return 1;
	monitor->session = open_session(0);
	if (!monitor->session)
		return 1;
	view->own = !sees_others(monitor->session);
	if (view->sessions && view->own &&
	    monitor->settings.display != DISPLAY_SCREEN)
		note("what other sessions use is for root alone: run as root");
	return open_log(monitor);
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
