// SPDX-License-Identifier: GPL-2.0-only
/* ntpool pte: how the processor translates an address, as !pte shows it. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/units.h"
#include "base/walk.h"
#include "commands.h"

struct arguments {
	uint64_t address;
	uint32_t pid; /* 0: the tool's own, or of system space */
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_PID:
		arguments->pid = process_argument(arg, state);
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	}
	return address_only(key, arg, state, &arguments->address);
}

static int explain(const struct arguments *arguments, int err)
{
	char text[ADDRESS_TEXT];

	switch (-err) {
	case EPERM:
		return arguments->pid ?
			       fail("what other processes have in memory is for root alone: run as root") :
			       fail("addresses of system space are for root alone: run as root");
	case ESRCH:
		return fail("process %u is not there, or has no user space: see 'ps' for those that have",
			    arguments->pid);
	case EINVAL:
		return fail("%s is no address of user space, and all others are the same in each process: leave --pid out",
			    format_address(arguments->address, text));
	}
	return fail("cannot walk the page tables: %s", strerror(-err));
}

static int ask(const struct arguments *arguments, struct ntpool_walk *walk)
{
	struct ntpool *session = open_session(0);
	int err;

	if (!session)
		return 1;
	if (arguments->pid)
		err = ntpool_walk_process(session, arguments->pid, arguments->address, walk);
	else
		err = ntpool_walk_address(session, arguments->address, walk);
	ntpool_close(session);
	return err ? explain(arguments, err) : 0;
}

int pte_main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "pid", OPTION_PID, "PID", 0,
		  "ADDRESS is one of the user space of process PID", 0 },
		{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "ADDRESS",
		.doc = "The entries of the page tables on the way to an address, as !pte shows them.",
	};
	struct arguments arguments = { 0 };
	struct json_object *object;
	struct ntpool_walk walk;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (ask(&arguments, &walk))
		return 1;
	if (!arguments.json) {
		walk_print(&walk);
		return 0;
	}
	object = json_object_new_object();
	walk_json(object, &walk);
	json_print(object);
	return 0;
}
