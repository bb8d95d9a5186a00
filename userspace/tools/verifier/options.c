// SPDX-License-Identifier: GPL-2.0-only
/* The command line of 'ntpool verifier'. */
#include <argp.h>
#include <string.h>

#include "base/options.h"
#include "base/units.h"
#include "verifier/verifier.h"

enum { OPTION_PROBABILITY = OPTION_FIRST,
       OPTION_GRACE,
       OPTION_RESET };

static const struct argp_option options[] = {
	{ "flags", 'f', "BITS", 0,
	  "Verify: a number as of Driver Verifier, or words by commas: special (0x1), irql (0x2), faults (0x4), tracking (0x8), io (0x10), pending (0x200), systematic (0x40000)", 1 },
	{ "reset", OPTION_RESET, NULL, 0, "Verify nothing any more", 1 },
	{ "tag", 't', "PATTERN", 0,
	  "Only allocations with such a tag; * and ? are wildcards; up to eight times", 2 },
	{ "size", 's', "N[-M]", 0, "Only of N bytes, or of N to M", 2 },
	{ "driver", 'd', "MODULE", 0, "Only what this kernel module allocates", 2 },
	{ "process", 'p', "NAME", 0, "Only what processes of this name allocate", 2 },
	{ "probability", OPTION_PROBABILITY, "N", 0,
	  "faults: of 10000 allocations let N fail (600)", 3 },
	{ "grace", OPTION_GRACE, "SECONDS", 0,
	  "faults: none in so many seconds after the machine's start (480)", 3 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 4 },
	{ 0 },
};

static uint32_t bit_of(const char *word, size_t length)
{
	const struct verifier_bit *bit = verifier_bits;

	for (; bit->bit; bit++)
		if (strlen(bit->word) == length &&
		    !strncmp(bit->word, word, length))
			return bit->bit;
	return 0;
}

static void take_flags(struct ntpool_verifier *wanted, const char *arg,
		       struct argp_state *state)
{
	const char *word = arg;
	uint64_t number;

	if (parse_number(arg, &number) && number && number <= UINT32_MAX) {
		wanted->flags = number;
		return;
	}
	while (*word) {
		size_t length = strcspn(word, ",");
		uint32_t bit = bit_of(word, length);

		if (!bit)
			argp_error(state, "'%.*s' is nothing that can be verified",
				   (int)length, word);
		wanted->flags |= bit;
		word += length;
		word += *word == ',';
	}
	if (!wanted->flags)
		argp_error(state, "'%s' verifies nothing; --reset ends it", arg);
}

static void take_tag(struct ntpool_verifier *wanted, const char *arg,
		     struct argp_state *state)
{
	unsigned int used = 0;

	while (used < NTPOOL_VERIFIER_TAGS && wanted->tags[used])
		used++;
	if (used == NTPOOL_VERIFIER_TAGS)
		argp_error(state, "more than %d tags", NTPOOL_VERIFIER_TAGS);
	else if (ntpool_tag_pack(arg, &wanted->tags[used]))
		argp_error(state, "'%s' is no tag: one to four characters, of which * and ? are wildcards", arg);
}

static void take_sizes(struct ntpool_verifier *wanted, char *arg,
		       struct argp_state *state)
{
	char *second = strchr(arg, '-');
	uint64_t from = 0, to = 0;
	bool good;

	if (second)
		*second++ = '\0';
	good = parse_size(arg, &from) && from;
	if (good && second)
		good = parse_size(second, &to) && to >= from;
	if (!good)
		argp_error(state, "a size is N or N-M, at least 1");
	wanted->size_min = from;
	wanted->size_max = second ? to : from;
}

static void take_name(char *name, size_t room, const char *arg, const char *what,
		      struct argp_state *state)
{
	if (!*arg || strlen(arg) >= room)
		argp_error(state, "'%s' is no name of a %s", arg, what);
	else
		strcpy(name, arg);
}

static uint32_t take_number(const char *arg, uint64_t highest,
			    const char *what, struct argp_state *state)
{
	uint64_t number;

	if (!parse_number(arg, &number) || number > highest)
		argp_error(state, "'%s' is no %s", arg, what);
	return number;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct verifier_arguments *arguments = state->input;
	struct ntpool_verifier *wanted = &arguments->wanted;

	switch (key) {
	case 'f':
		take_flags(wanted, arg, state);
		break;
	case 't':
		take_tag(wanted, arg, state);
		break;
	case 's':
		take_sizes(wanted, arg, state);
		break;
	case 'd':
		take_name(wanted->driver, sizeof(wanted->driver), arg, "module", state);
		break;
	case 'p':
		take_name(wanted->process, sizeof(wanted->process), arg, "process", state);
		break;
	case OPTION_PROBABILITY:
		wanted->probability = take_number(arg, NTPOOL_VERIFIER_CERTAIN,
						  "number of failures in 10000", state);
		break;
	case OPTION_GRACE:
		wanted->grace = take_number(arg, UINT32_MAX, "number of seconds", state);
		break;
	case OPTION_RESET:
		arguments->reset = true;
		break;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_END:
		if (arguments->set && !arguments->reset && !wanted->flags)
			argp_error(state, "what is to be verified? --flags says it");
		if (arguments->reset && wanted->flags)
			argp_error(state, "--flags and --reset do not go together");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	arguments->set = true;
	return 0;
}

void verifier_parse(int argc, char **argv, struct verifier_arguments *arguments)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "What is verified of allocations, and what has come of it; with "
		       "--flags that is changed.  NT's Driver Verifier, for kernel modules "
		       "and sessions that use the pools.",
	};

	*arguments = (struct verifier_arguments){
		.wanted.probability = NTPOOL_VERIFIER_PROBABILITY,
		.wanted.grace = NTPOOL_VERIFIER_GRACE,
	};
	argp_parse(&argp, argc, argv, 0, NULL, arguments);
}
