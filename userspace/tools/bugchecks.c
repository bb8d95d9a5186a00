// SPDX-License-Identifier: GPL-2.0-only
/* ntpool bugchecks: the records, oldest first, and as they come. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bugcheck.h"
#include "base/json.h"
#include "base/options.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/session.h"
#include "commands.h"

struct arguments {
	bool follow;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	(void)arg;
	switch (key) {
	case 'f':
		arguments->follow = true;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void print_text(const struct ntpool_event *event)
{
	char when[32], text[BUGCHECK_TEXT], symbol[SYMBOL_TEXT];
	time_t seconds = event->time_ns / 1000000000;

	strftime(when, sizeof(when), "%F %T", localtime(&seconds));
	printf("%6" PRIu64 "  %s.%03u  cpu %u  irql %u  %.*s[%u]\n        %s\n",
	       (uint64_t)event->seq, when,
	       (unsigned int)(event->time_ns % 1000000000 / 1000000), event->cpu,
	       event->irql, NTPOOL_COMM_LEN, event->comm, event->pid,
	       bugcheck_text(event, text));
	if (bugcheck_instruction(event, symbol))
		printf("        by %s\n", symbol);
}

static void print_event(const struct ntpool_event *event, bool json)
{
	if (event->type == NTPOOL_EVENT_LOST && json)
		printf("{\"lost\":%" PRIu64 "}\n", (uint64_t)event->seq);
	else if (event->type == NTPOOL_EVENT_LOST)
		printf("        %" PRIu64 " were overwritten before they were read\n",
		       (uint64_t)event->seq);
	else if (event->type == NTPOOL_EVENT_BUGCHECK && json)
		json_print_line(bugcheck_json(event));
	else if (event->type == NTPOOL_EVENT_BUGCHECK)
		print_text(event);
	fflush(stdout);
}

static void tell_none(struct ntpool *session)
{
	struct ntpool_stats stats;

	if (!ntpool_stats(session, &stats))
		printf("There is none to read; %" PRIu64 " were recorded since the module was loaded.\n"
		       "--follow waits for those to come.\n",
		       (uint64_t)stats.bugchecks);
}

static int report(struct ntpool *session, const struct arguments *arguments)
{
	struct ntpool_event event;
	size_t count = 0;
	int err = ntpool_rewind_events(session);

	if (err == -EPERM)
		return fail("the bug checks of other programs are for root alone: run as root");
	if (err)
		return fail("cannot read bug checks: %s", strerror(-err));
	while (!ferror(stdout) && !(err = ntpool_read_event(session, &event))) {
		printable(event.comm);
		print_event(&event, arguments->json);
		count++;
	}
	if (!count && !arguments->json)
		tell_none(session);
	if (!err || err == -EAGAIN || err == -EINTR)
		return 0;
	return fail("cannot read bug checks: %s", strerror(-err));
}

int bugchecks_main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "follow", 'f', NULL, 0, "Wait for more, until interrupted", 0 },
		{ "json", OPTION_JSON, NULL, 0, "Print one JSON object a line",
		  0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "The bug checks that the module recorded, oldest first.",
	};
	struct arguments arguments = { 0 };
	struct ntpool *session;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	session = open_session(arguments.follow ? 0 : NTPOOL_OPEN_NONBLOCK);
	if (!session)
		return 1;
	status = report(session, &arguments);
	ntpool_close(session);
	return status;
}
