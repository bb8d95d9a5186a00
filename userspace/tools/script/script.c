// SPDX-License-Identifier: GPL-2.0-only
/* ntpool script: blocks live as long as their session, so work in one. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "commands.h"
#include "script/script.h"

struct arguments {
	const char *file;
	bool json;
	bool strict;
	bool keep_going;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'k':
		arguments->keep_going = true;
		return 0;
	case 's':
		arguments->strict = true;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->file)
			argp_error(state, "one file is enough");
		arguments->file = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* Runs the lines of @file; errors are told as FILE:LINE: what. */
static int run_file(struct script *script, FILE *file, const char *name,
		    bool keep_going)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t room = 0;
	int status = 0;

	while (!script->quit && getline(&line, &room, file) >= 0) {
		number++;
		if (!script_run(script, line))
			continue;
		fflush(stdout);
		fprintf(stderr, "%s:%u: %s\n", name, number, script->error);
		status = 1;
		if (!keep_going)
			break;
	}
	free(line);
	if (ferror(file))
		return fail("cannot read %s: %s", name, strerror(errno));
	return status;
}

/* At a prompt a mistake is told and the next line awaited. */
static int run_prompt(struct script *script)
{
	char *line;

	prompt_start(script);
	while (!script->quit && (line = prompt_line(script))) {
		if (script_run(script, line))
			fprintf(stderr, "%s\n", script->error);
		free(line);
	}
	if (!script->quit)
		putchar('\n');
	prompt_stop();
	return 0;
}

static int run(struct script *script, const struct arguments *arguments)
{
	FILE *file;
	int status;

	if (!arguments->file && isatty(STDIN_FILENO))
		return run_prompt(script);
	if (!arguments->file || !strcmp(arguments->file, "-"))
		return run_file(script, stdin, "stdin", arguments->keep_going);
	file = fopen(arguments->file, "r");
	if (!file)
		return fail("cannot open %s: %s", arguments->file,
			    strerror(errno));
	status = run_file(script, file, arguments->file, arguments->keep_going);
	fclose(file);
	return status;
}

int script_main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "keep-going", 'k', NULL, 0, "Go on after a line that failed",
		  0 },
		{ "strict", 's', NULL, 0,
		  "A line fails too where its NTSTATUS is an error", 0 },
		{ "json", OPTION_JSON, NULL, 0, "Print one JSON object a line",
		  0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[FILE]",
		.doc = "Works with blocks, line by line: from FILE, from a pipe, or at a prompt.  'help' there lists the lines it knows.",
	};
	struct arguments arguments = { 0 };
	struct script script = { 0 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	script.json = arguments.json;
	script.strict = arguments.strict;
	/* Bug checks are picked up where there are any, never waited for. */
	script.session = open_session(NTPOOL_OPEN_NONBLOCK);
	if (!script.session)
		return 1;
	status = run(&script, &arguments);
	script_forget_all(&script);
	ntpool_close(script.session);
	return status;
}
