// SPDX-License-Identifier: GPL-2.0-only
/* ntpool split: the machine's own split of address space beside those of NT. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/units.h"
#include "commands.h"
#include "split/split.h"

enum { OPTION_LAYOUT = OPTION_FIRST,
       OPTION_USERVA,
       OPTION_SVG,
       OPTION_PNG };

struct arguments {
	int layout; /* -1: all */
	uint64_t user_mb;
	const char *svg, *png;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	int i;

	switch (key) {
	case OPTION_LAYOUT:
		for (i = 0; i < SPLIT_LAYOUTS; i++)
			if (!strcmp(arg, ntpool_layout_name(i)))
				arguments->layout = i;
		if (arguments->layout < 0)
			argp_error(state, "'%s' is none of native, x64 or x86",
				   arg);
		return 0;
	case OPTION_USERVA:
		if (!parse_number(arg, &arguments->user_mb) ||
		    arguments->user_mb < 2048 || arguments->user_mb > 3072)
			argp_error(state, "'%s' is no number from 2048 to 3072",
				   arg);
		return 0;
	case OPTION_SVG:
		arguments->svg = arg;
		return 0;
	case OPTION_PNG:
		arguments->png = arg;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const char *split_title(const struct ntpool_split *split,
			char title[SPLIT_TITLE])
{
	switch (split->layout) {
	case NTPOOL_LAYOUT_NATIVE:
		return "This machine";
	case NTPOOL_LAYOUT_NT_X64:
		return "Windows on x64";
	}
	snprintf(title, SPLIT_TITLE, "Windows on x86, increaseuserva %u",
		 split->user_mb);
	return title;
}

/* The session is the tool's own, so setting its layout disturbs nobody. */
static int collect(struct splits *splits, const struct arguments *arguments)
{
	struct ntpool *session = open_session(0);
	int err = 0;
	int i;

	if (!session)
		return 1;
	for (i = 0; !err && i < SPLIT_LAYOUTS; i++) {
		uint32_t user_mb = i == NTPOOL_LAYOUT_NT_X86 ?
					   arguments->user_mb :
					   0;

		if (arguments->layout >= 0 && arguments->layout != i)
			continue;
		err = ntpool_set_split(session, i, user_mb,
				       &splits->layouts[splits->count++]);
	}
	ntpool_close(session);
	splits->has32 = caller32_ask(&splits->caller32);
	return err ? fail("cannot ask for the layouts: %s", strerror(-err)) : 0;
}

static struct json_object *layout_json(const struct ntpool_split *split)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "layout", ntpool_layout_name(split->layout));
	json_add_number(object, "user_mb", split->user_mb);
	json_object_object_add(object, "emulated",
			       json_object_new_boolean(split->emulated));
#define ADDRESS(field) \
	json_object_object_add(object, #field, json_hex(split->field))
	ADDRESS(user_start);
	ADDRESS(user_end);
	ADDRESS(hole_start);
	ADDRESS(hole_end);
	ADDRESS(system_start);
	ADDRESS(system_end);
	ADDRESS(probe_address);
#undef ADDRESS
	json_add_number(object, "paged_budget", split->paged_budget);
	json_add_number(object, "nonpaged_budget", split->nonpaged_budget);
	return object;
}

static struct json_object *caller_json(uint64_t bits, uint64_t end)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "bits", bits);
	json_object_object_add(object, "user_end", json_hex(end));
	return object;
}

static struct json_object *to_json(const struct splits *splits)
{
	const struct ntpool_split *own = &splits->layouts[0];
	struct json_object *object = json_object_new_object();
	struct json_object *layouts = json_object_new_array();
	struct json_object *callers = json_object_new_array();
	unsigned int i;

	for (i = 0; i < splits->count; i++)
		json_object_array_add(layouts, layout_json(&splits->layouts[i]));
	json_object_array_add(callers,
			      caller_json(own->caller_bits, own->caller_end));
	if (splits->has32)
		json_object_array_add(callers,
				      caller_json(splits->caller32.bits,
						  splits->caller32.end));
	json_object_object_add(object, "layouts", layouts);
	json_object_object_add(object, "callers", callers);
	return object;
}

static const struct argp_option options[] = {
	{ "layout", OPTION_LAYOUT, "NAME", 0,
	  "Only this one: native, x64 or x86", 0 },
	{ "increaseuserva", OPTION_USERVA, "MB", 0,
	  "User space on x86: 2048 (the default) to 3072", 0 },
	{ "svg", OPTION_SVG, "FILE", 0, "Draw the layouts into FILE", 0 },
	{ "png", OPTION_PNG, "FILE", 0, "The same as pixels", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ 0 },
};

int split_main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Where user space ends and system space begins: on this machine, and on Windows.",
	};
	struct arguments arguments = { .layout = -1 };
	struct splits splits = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (collect(&splits, &arguments))
		return 1;
	if (arguments.json)
		json_print(to_json(&splits));
	else
		split_print(&splits);
	if (arguments.svg && !split_picture(&splits, arguments.svg))
		return 1;
	if (arguments.png && !split_picture(&splits, arguments.png))
		return 1;
	return 0;
}
