// SPDX-License-Identifier: GPL-2.0-only
/* ntpool lab run: runs the programs of pitfalls, and judges what they print. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/lab_device.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/verifier.h"
#include "lab/lab.h"
#include "lab/run.h"

#define MAX_CHOSEN 64

struct arguments {
	const struct pitfall *chosen[MAX_CHOSEN];
	size_t count;
	const char *variants[VARIANTS + 1]; /* NULL: all of them */
	size_t variant_count;
	bool all, json, verbose;
};

static void choose(struct arguments *arguments, const char *name,
		   struct argp_state *state)
{
	const struct family *family;
	const struct pitfall *pitfall = pitfall_named(name, &family);

	if (!pitfall)
		argp_error(state, "there is no pitfall '%s'; 'ntpool lab list' lists those there are",
			   name);
	else if (arguments->count == MAX_CHOSEN)
		argp_error(state, "too many names");
	else
		arguments->chosen[arguments->count++] = pitfall;
}

static void choose_all(struct arguments *arguments)
{
	size_t f, i;

	arguments->count = 0;
	for (f = 0; f < FAMILIES; f++)
		for (i = 0; i < families[f]->count; i++)
			arguments->chosen[arguments->count++] =
				&families[f]->pitfalls[i];
}

/* With --all a variant is played where there is one of that name. */
static void check_variants(const struct arguments *arguments,
			   struct argp_state *state)
{
	size_t i, v;

	for (v = 0; v < arguments->variant_count; v++) {
		bool known = false;

		for (i = 0; i < arguments->count; i++) {
			bool has = pitfall_has(arguments->chosen[i],
					       arguments->variants[v]);

			if (!has && !arguments->all)
				argp_error(state, "%s has no variant '%s'",
					   arguments->chosen[i]->name,
					   arguments->variants[v]);
			known |= has;
		}
		if (!known)
			argp_error(state, "no pitfall has a variant '%s'",
				   arguments->variants[v]);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'a':
		arguments->all = true;
		return 0;
	case 'v':
		arguments->verbose = true;
		return 0;
	case 'V':
		if (arguments->variant_count == VARIANTS)
			argp_error(state, "too many variants");
		arguments->variants[arguments->variant_count++] = arg;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		choose(arguments, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (arguments->all == !!arguments->count)
			argp_error(state, "name pitfalls, or give --all");
		if (arguments->all)
			choose_all(arguments);
		check_variants(arguments, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* In the child: becomes the program, which prints into @pipe. */
static void become(const struct pitfall *pitfall,
		   const struct arguments *arguments, int pipe)
{
	char *program = pitfall_program(pitfall);
	const char *argv[VARIANTS + 2] = { program };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memcpy(argv + 1, arguments->variants, sizeof(arguments->variants));
	dup2(pipe, STDOUT_FILENO);
	execv(program, (char **)argv);
	printf("program\n  [NO]  cannot run %s: %s\n", program,
	       strerror(errno));
	fflush(stdout);
	_exit(1);
}

static void read_report(struct report *report, int from)
{
	FILE *pipe = fdopen(from, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, pipe)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		report_line(report, line);
	}
	free(line);
	fclose(pipe);
}

static bool was_played(const struct report *report, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(report->variants); i++) {
		struct json_object *variant =
			json_object_array_get_idx(report->variants, i);

		variant = json_object_object_get(variant, "variant");
		if (!strcmp(json_object_get_string(variant), name))
			return true;
	}
	return false;
}

/* What it printed may be all right, and yet not be all of it. */
static void judge_end(struct report *report, const struct arguments *arguments,
		      int status, bool failed)
{
	const struct variant *variants = report->pitfall->variants;
	int i;

	if (WIFSIGNALED(status))
		report_failure(report, "the program was ended by signal %d",
			       WTERMSIG(status));
	else if (WEXITSTATUS(status) && !report->failed && !failed)
		report_failure(report, "the program ended with status %d",
			       WEXITSTATUS(status));
	for (i = 0; !arguments->variant_count && i < VARIANTS; i++)
		if (variants[i].name && !was_played(report, variants[i].name))
			report_failure(report, "%s was not played",
				       variants[i].name);
}

/* All that it starts has ended when nobody has the pipe any more. */
static int play(struct report *report, const struct arguments *arguments)
{
	int ends[2], status = 0;
	pid_t child;

	if (pipe(ends) || (child = fork()) < 0) {
		report_failure(report, "cannot start a program: %s",
			       strerror(errno));
		return 0;
	}
	if (child == 0) {
		close(ends[0]);
		become(report->pitfall, arguments, ends[1]);
	}
	close(ends[1]);
	read_report(report, ends[0]);
	waitpid(child, &status, 0);
	return status;
}

/* The program puts the verifier back, if it is not killed. */
static void run_one(struct report *report, const struct arguments *arguments,
		    const struct ntpool_verifier *before)
{
	unsigned int bad = report->bad;
	int status;

	report_begin(report);
	status = play(report, arguments);
	judge_end(report, arguments, status, report->bad > bad);
	report_end(report);
	verifier_restore(before);
}

static struct json_object *report_json(const struct report *report)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "name", report->pitfall->name);
	json_add_text(object, "title", report->pitfall->title);
	json_object_object_add(object, "variants", report->variants);
	return object;
}

static bool has_any(const struct pitfall *pitfall,
		    const struct arguments *arguments)
{
	size_t v;

	for (v = 0; v < arguments->variant_count; v++)
		if (pitfall_has(pitfall, arguments->variants[v]))
			return true;
	return !arguments->variant_count;
}

static int run(const struct arguments *arguments,
	       const struct ntpool_verifier *before)
{
	struct json_object *all = json_object_new_array();
	struct report report = { 0 };
	size_t i;

	report.loudness = arguments->json			? SILENT :
			  arguments->all && !arguments->verbose ? VERDICTS :
								  EVIDENCE;
	for (i = 0; i < arguments->count; i++) {
		report.pitfall = arguments->chosen[i];
		if (!has_any(report.pitfall, arguments))
			continue;
		if (i && report.loudness == EVIDENCE)
			putchar('\n');
		run_one(&report, arguments, before);
		json_object_array_add(all, report_json(&report));
	}
	if (arguments->json)
		json_print(all);
	else
		json_object_put(all);
	if (arguments->all && !arguments->json)
		printf("%u as expected, %u not\n", report.good, report.bad);
	return report.bad ? 1 : 0;
}

/* One clear sentence where something is missing, not one a variant. */
static bool is_ready(void)
{
	struct ntpool *session = open_session(0);
	uint64_t device;
	char *refusal;

	if (!session)
		return false;
	refusal = open_lab_device(session, &device);
	ntpool_close(session);
	if (refusal)
		fail("%s", refusal);
	free(refusal);
	return !refusal;
}

int lab_run(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "all", 'a', NULL, 0, "Every pitfall, a line a variant", 0 },
		{ "variant", 'V', "NAME", 0,
		  "Only variants of that name, or whose name begins with it and a dash: wrong, right; may be given again",
		  0 },
		{ "verbose", 'v', NULL, 0, "The evidence with --all, too", 0 },
		{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "NAME...\n--all",
		.doc = "Runs pitfalls, wrong and right, and shows what came of each.  For a test machine, as root.",
	};
	struct arguments arguments = { 0 };
	struct ntpool_verifier before;
	struct keeper keeper;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (!is_ready() || !verifier_remember(&before) ||
	    !keeper_start(&keeper, &before))
		return 1;
	status = run(&arguments, &before);
	keeper_end(&keeper);
	return status;
}
