// SPDX-License-Identifier: GPL-2.0-only
/* ntpool pte: how the processor translates an address, as !pte shows it. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/walk.h"
#include "commands.h"

struct arguments {
	uint64_t address;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	}
	return address_only(key, arg, state, &arguments->address);
}

static int ask(const struct arguments *arguments, struct ntpool_walk *walk)
{
	struct ntpool *session = open_session(0);
	int err;

	if (!session)
		return 1;
	err = ntpool_walk_address(session, arguments->address, walk);
	ntpool_close(session);
	if (err == -EPERM)
		return fail("addresses of system space are for root alone: run as root");
	return err ? fail("cannot walk the page tables: %s", strerror(-err)) : 0;
}

int pte_main(int argc, char **argv)
{
	static const struct argp_option options[] = {
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
