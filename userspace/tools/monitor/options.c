// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options of the monitor.
 *
 * PoolMon's are single letters behind '/' or '-', some with a tag or a number right
 * behind the letter, two with a file behind a blank.  They are argp's short options
 * but for the slash and the blank, which are rewritten before argp looks.
 */
#include <argp.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/units.h"
#include "base/wildcard.h"
#include "monitor/monitor.h"

enum { OPTION_INTERVAL = OPTION_FIRST,
       OPTION_COUNT,
       OPTION_ONCE,
       OPTION_QUIET,
       OPTION_LOG,
       OPTION_THRESHOLD };

#define SNAPSHOT "poolsnap.log"
#define LETTERS	 "gcspe()tafdbmlnh?"

/*
 * "/p", "/iAbcd", "/s3".  Everything else that begins with a slash is a path: one
 * of one letter has to be written "./p" from the root.
 */
static bool is_slash_option(const char *word)
{
	if (word[0] != '/' || !word[1] || strchr(word + 1, '/'))
		return false;
	if (word[1] == 'i' || word[1] == 'x')
		return word[2] && wildcard_valid(word + 2);
	if (word[1] == 's')
		return strspn(word + 2, "0123456789") == strlen(word + 2);
	return !word[2] && strchr(LETTERS, word[1]);
}

/* "-g" and "-n" take a file that stands apart, and may do without. */
static bool takes_file(const char *word)
{
	return word[0] == '-' && (word[1] == 'g' || word[1] == 'n') && !word[2];
}

static bool is_file(const char *word)
{
	return word && word[0] != '-' && !is_slash_option(word);
}

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "As PoolMon has them, with / as well as -:", 1 },
	{ NULL, 'i', "TAG", 0, "Only this tag; may be repeated, * and ? are wildcards", 0 },
	{ NULL, 'x', "TAG", 0, "Not this tag; likewise", 0 },
	{ NULL, 'g', "FILE", OPTION_ARG_OPTIONAL,
	  "Show who uses a tag, from the tag files or from FILE", 0 },
	{ NULL, 's', "SESSION", OPTION_ARG_OPTIONAL,
	  "Show what sessions use, or SESSION alone", 0 },
	{ NULL, 'p', NULL, 0, "Only nonpaged pool; twice: only paged pool", 0 },
	{ NULL, 'e', NULL, 0, "Show the totals", 0 },
	{ NULL, '(', NULL, 0, "Sort by change", 0 },
	{ NULL, ')', NULL, 0, "The same", 0 },
	{ NULL, 't', NULL, 0, "Sort by tag (the default)", 0 },
	{ NULL, 'a', NULL, 0, "Sort by allocations", 0 },
	{ NULL, 'f', NULL, 0, "Sort by frees", 0 },
	{ NULL, 'd', NULL, 0, "Sort by allocations less frees", 0 },
	{ NULL, 'b', NULL, 0, "Sort by bytes", 0 },
	{ NULL, 'm', NULL, 0, "Sort by bytes per allocation", 0 },
	{ NULL, 'l', NULL, 0, "Do not highlight what has changed", 0 },
	{ NULL, 'n', "FILE", OPTION_ARG_OPTIONAL,
	  "Write one sample to FILE (" SNAPSHOT ") and end", 0 },
	{ NULL, 'h', NULL, 0, "Print this", 0 },
	{ NULL, 0, NULL, 0, "More:", 2 },
	{ "modules", 'c', NULL, 0, "Show which kernel modules allocated a tag", 0 },
	{ "interval", OPTION_INTERVAL, "SECONDS", 0, "Between two samples (5)", 0 },
	{ "count", OPTION_COUNT, "N", 0, "End after N samples", 0 },
	{ "once", OPTION_ONCE, NULL, 0, "Print one sample and end", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print each sample as a line of JSON", 0 },
	{ "csv", OPTION_CSV, NULL, 0, "Print each sample as lines of CSV", 0 },
	{ "quiet", OPTION_QUIET, NULL, 0, "Print nothing; for --log and --threshold", 0 },
	{ "log", OPTION_LOG, "FILE", 0, "Append each sample to FILE as CSV", 0 },
	{ "threshold", OPTION_THRESHOLD, "TAG=[+]BYTES", 0,
	  "End with status 3 when TAG has more than BYTES, or has grown by more; may be repeated", 0 },
	{ "tagfile", OPTION_TAGFILE, "FILE", 0,
	  "Take the meaning of tags from FILE alone", 0 },
	{ 0 },
};

/* A long option may be shortened, as getopt_long() has it. */
static bool is_option_with_value(const char *word)
{
	size_t i, length = strlen(word);

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].name && options[i].arg &&
		    !strncmp(options[i].name, word, length))
			return true;
	return false;
}

/* Is the word behind @word its value, whatever it looks like? */
static bool wants_value(const char *word)
{
	if (!strcmp(word, "-i") || !strcmp(word, "-x"))
		return true;
	return !strncmp(word, "--", 2) && word[2] && !strchr(word, '=') &&
	       is_option_with_value(word + 2);
}

/* The command line as argp takes it. */
static char **rewrite(int *argc, char **argv)
{
	char **words = must_calloc(*argc + 1, sizeof(*words));
	int from, to = 0;

	for (from = 0; from < *argc; from++) {
		char *word = argv[from];

		if (from && is_slash_option(word))
			word = must_printf("-%s", word + 1);
		if (from && takes_file(word) && is_file(argv[from + 1]))
			word = must_printf("%s%s", word, argv[++from]);
		words[to++] = word;
		if (from && wants_value(word) && argv[from + 1])
			words[to++] = argv[++from];
	}
	*argc = to;
	return words;
}

static void add_pattern(struct patterns *patterns, const char *word,
			struct argp_state *state)
{
	check_pattern(word, state);
	patterns->all = must_realloc(patterns->all, (patterns->count + 1) *
							    sizeof(*patterns->all));
	patterns->all[patterns->count++] = word;
}

static void add_threshold(struct settings *settings, const char *word,
			  struct argp_state *state)
{
	struct threshold threshold;

	if (!threshold_parse(word, &threshold))
		argp_error(state, "'%s' is no threshold: TAG=BYTES, or TAG=+BYTES for growth",
			   word);
	settings->thresholds = must_realloc(settings->thresholds,
					    (settings->threshold_count + 1) *
						    sizeof(threshold));
	settings->thresholds[settings->threshold_count++] = threshold;
}

static void set_session(struct view *view, const char *word,
			struct argp_state *state)
{
	uint64_t number = 0;

	view->sessions = true;
	if (word && (!parse_number(word, &number) || number > UINT32_MAX))
		argp_error(state, "'%s' is no number of a session", word);
	view->session = number;
}

static double parse_interval(const char *word, struct argp_state *state)
{
	char *end;
	double seconds = strtod(word, &end);

	if (!isdigit((unsigned char)word[0]) || *end || seconds < 0.01 ||
	    seconds > 1e6)
		argp_error(state, "'%s' is no number of seconds from 0.01 to 1000000",
			   word);
	return seconds;
}

static uint64_t parse_count(const char *word, struct argp_state *state)
{
	uint64_t count;

	if (!parse_number(word, &count) || !count)
		argp_error(state, "'%s' is no number of samples", word);
	return count;
}

/* What PoolMon has. */
static error_t parse_poolmon(int key, char *arg, struct argp_state *state)
{
	struct settings *settings = state->input;
	struct view *view = &settings->view;

	switch (key) {
	case 'i':
		add_pattern(&view->include, arg, state);
		return 0;
	case 'x':
		add_pattern(&view->exclude, arg, state);
		return 0;
	case 'g':
		view->names = true;
		if (arg)
			settings->tagfile = arg;
		return 0;
	case 's':
		set_session(view, arg, state);
		return 0;
	case 'p':
		view->pools = view->pools == POOLS_BOTH ? POOLS_NONPAGED :
							  POOLS_PAGED;
		return 0;
	case 'e':
		view->totals = true;
		return 0;
	case '(':
	case ')':
		view->by_change = true;
		return 0;
	case 't':
	case 'a':
	case 'f':
	case 'd':
	case 'b':
	case 'm':
		view->sort = key;
		return 0;
	case 'l':
		view->highlight = false;
		return 0;
	case 'n':
		settings->display = DISPLAY_SNAPSHOT;
		settings->snapshot = arg ? arg : SNAPSHOT;
		return 0;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* Growth is between two samples, and with one there is none. */
static void check(const struct settings *settings, struct argp_state *state)
{
	size_t i;

	for (i = 0; i < settings->threshold_count; i++)
		if (settings->thresholds[i].growth &&
		    (settings->count == 1 || settings->display == DISPLAY_SNAPSHOT))
			argp_error(state, "growth shows in two samples or more, not in one");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct settings *settings = state->input;

	switch (key) {
	case 'c':
		settings->view.modules = true;
		return 0;
	case OPTION_INTERVAL:
		settings->interval = parse_interval(arg, state);
		return 0;
	case OPTION_COUNT:
		settings->count = parse_count(arg, state);
		return 0;
	case OPTION_ONCE:
		settings->count = 1;
		if (settings->display == DISPLAY_SCREEN)
			settings->display = DISPLAY_TEXT;
		return 0;
	case OPTION_JSON:
		settings->display = DISPLAY_JSON;
		return 0;
	case OPTION_CSV:
		settings->display = DISPLAY_CSV;
		return 0;
	case OPTION_QUIET:
		settings->display = DISPLAY_NONE;
		return 0;
	case OPTION_LOG:
		settings->log = arg;
		return 0;
	case OPTION_THRESHOLD:
		add_threshold(settings, arg, state);
		return 0;
	case OPTION_TAGFILE:
		settings->tagfile = arg;
		return 0;
	case ARGP_KEY_END:
		check(settings, state);
		return 0;
	}
	return parse_poolmon(key, arg, state);
}

/* PoolMon's help is behind /?, which argp has as -?. */
void options_parse(int argc, char **argv, struct settings *settings)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Pool use by tag as it changes, after PoolMon; h shows the keys.",
	};
	char **words = rewrite(&argc, argv);

	*settings = (struct settings){
		.view = { .sort = SORT_TAG, .highlight = true },
		.interval = 5,
	};
	argp_parse(&argp, argc, words, 0, NULL, settings);
	free(words);
}
