// SPDX-License-Identifier: GPL-2.0-only
/* Options that commands share. */
#include "base/options.h"
#include "base/units.h"
#include "base/wildcard.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	(void)arg;
	if (key != OPTION_JSON)
		return ARGP_ERR_UNKNOWN;
	*json = true;
	return 0;
}

bool json_only(int argc, char **argv, const char *doc)
{
	static const struct argp_option options[] = {
		{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
		{ 0 },
	};
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = doc,
	};
	bool json = false;

	argp_parse(&argp, argc, argv, 0, NULL, &json);
	return json;
}

void check_pattern(const char *word, struct argp_state *state)
{
	if (!wildcard_valid(word))
		argp_error(state, "'%s' is no tag: one to four characters, or * and ?",
			   word);
}

uint32_t process_argument(const char *word, struct argp_state *state)
{
	uint64_t pid = 0;

	if (!parse_number(word, &pid) || !pid || pid > INT32_MAX)
		argp_error(state, "'%s' is no number of a process", word);
	return pid;
}

error_t address_only(int key, const char *arg, struct argp_state *state, uint64_t *address)
{
	if (key == ARGP_KEY_NO_ARGS)
		argp_error(state, "which address?");
	if (key != ARGP_KEY_ARG || state->arg_num > 0)
		return ARGP_ERR_UNKNOWN;
	if (!parse_address(arg, address))
		argp_error(state, "'%s' is no address: up to 16 hexadecimal digits", arg);
	return 0;
}
