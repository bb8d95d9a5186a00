// SPDX-License-Identifier: GPL-2.0-only
/* ntpool story: virtual address spaces, shown on this machine step by step. */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "commands.h"
#include "story/pressure.h"
#include "story/story.h"

struct chapter {
	void (*play)(struct story *story);
	const char *statement;
};

static const struct chapter chapters[] = {
	{ play_translation,
	  "A processor translates virtual addresses to physical ones." },
	{ play_scattering,
	  "A contiguous virtual range may sit on scattered physical pages." },
	{ play_exceeding,
	  "A virtual range may exceed physical memory; pages move to disk and back." },
	{ play_isolation,
	  "Address spaces are isolated: one process cannot alter another's memory." },
	{ play_sizes,
	  "A 32-bit process has 2 GB of user space, a 64-bit process 128 TB." },
	{ play_spaces,
	  "User mode runs in user space; kernel mode shares one system space." },
	{ play_enlarging,
	  "32-bit user space may be enlarged to 3 GB, which leaves 1 GB to the system." },
	{ play_vastness,
	  "In 64 bits only a small part of the 16-exabyte range is used." },
	{ play_reach,
	  "User code cannot touch system space; kernel code can touch both." },
	{ play_trap,
	  "A driver that completes later must not use the user address it was given." },
	{ play_residency,
	  "User pages may be paged out; in system space some may and others not." },
	{ play_paging, "Paged pool may be paged out to disk as needed." },
	{ play_nonpaged, "Nonpaged pool is never paged out." },
	{ play_figures,
	  "Three figures: two processes, two spaces, two pools." },
};

#define CHAPTERS (sizeof(chapters) / sizeof(chapters[0]))

struct arguments {
	bool chosen[CHAPTERS];
	unsigned int count;
	const char *pictures;
	bool json;
};

/* "S7" or "s7": its place in the table, or -1. */
static int chapter_named(const char *name)
{
	char *end;
	long number;

	if (toupper((unsigned char)name[0]) != 'S' ||
	    !isdigit((unsigned char)name[1]))
		return -1;
	number = strtol(name + 1, &end, 10);
	return *end || number < 1 || number > (long)CHAPTERS ? -1 : number - 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	int chapter;

	switch (key) {
	case 'p':
		arguments->pictures = arg;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		chapter = chapter_named(arg);
		if (chapter < 0) {
			argp_error(state, "there is no statement '%s'; they are S1 to S%zu",
				   arg, CHAPTERS);
			return EINVAL;
		}
		arguments->chosen[chapter] = true;
		arguments->count++;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void begin(struct story *story, unsigned int number)
{
	story->facts = json_object_new_object();
	story->checks = json_object_new_array();
	story->passed = 0;
	story->failed = 0;
	line(story, "%sS%-2u  %s%s\n", paint(BOLD), number,
	     chapters[number - 1].statement, paint(PLAIN));
}

static bool shown(const struct story *story)
{
	return story->passed && !story->failed;
}

static void end(struct story *story, unsigned int number,
		struct json_object *all)
{
	struct json_object *object = json_object_new_object();
	char id[8];

	snprintf(id, sizeof(id), "S%u", number);
	line(story, "%s     %s: %s%s\n\n", paint(shown(story) ? GOOD : BAD), id,
	     shown(story) ? "shown" : "not shown", paint(PLAIN));
	json_add_text(object, "id", id);
	json_add_text(object, "statement", chapters[number - 1].statement);
	json_add_text(object, "verdict", shown(story) ? "shown" : "not shown");
	json_object_object_add(object, "checks", story->checks);
	json_object_object_add(object, "facts", story->facts);
	json_object_array_add(all, object);
	fflush(stdout);
}

static void summary(struct story *story, struct json_object *all)
{
	size_t i, count = json_object_array_length(all);

	line(story, "%sThe statements%s\n", paint(BOLD), paint(PLAIN));
	for (i = 0; i < count; i++) {
		struct json_object *one = json_object_array_get_idx(all, i);
		const char *verdict = json_object_get_string(
			json_object_object_get(one, "verdict"));

		line(story, "  %-4s %s%-9s%s  %s\n",
		     json_object_get_string(json_object_object_get(one, "id")),
		     paint(strcmp(verdict, "shown") ? BAD : GOOD), verdict,
		     paint(PLAIN),
		     json_object_get_string(
			     json_object_object_get(one, "statement")));
	}
}

static int play(struct story *story, const struct arguments *arguments)
{
	struct json_object *all = json_object_new_array();
	unsigned int missing = 0;
	size_t i;

	for (i = 0; i < CHAPTERS; i++) {
		if (arguments->count && !arguments->chosen[i])
			continue;
		begin(story, i + 1);
		chapters[i].play(story);
		end(story, i + 1, all);
		missing += !shown(story);
	}
	pressure_free(story);
	if (story->json) {
		json_print(all);
	} else {
		summary(story, all);
		json_object_put(all);
	}
	return missing ? 1 : 0;
}

static int prepare(struct story *story, const struct arguments *arguments)
{
	int err;

	story->json = arguments->json;
	story->pictures = arguments->pictures;
	story->admin = geteuid() == 0;
	if (story->pictures && mkdir(story->pictures, 0777) &&
	    access(story->pictures, W_OK))
		return fail("cannot write pictures into %s", story->pictures);
	story->session = open_session(NTPOOL_OPEN_NONBLOCK);
	if (!story->session)
		return 1;
	err = ntpool_features(story->session, &story->features);
	return err ? fail("the module does not answer: %s", strerror(-err)) : 0;
}

int story_main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "pictures", 'p', "DIR", 0,
		  "Draw the figures of S14 into DIR, as SVG and PNG", 0 },
		{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[S1 ... S14]",
		.doc = "Plays what there is to know of virtual address spaces, statement by statement, each with evidence from this machine.",
	};
	struct arguments arguments = { 0 };
	struct story story = { 0 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (prepare(&story, &arguments))
		return 1;
	status = play(&story, &arguments);
	ntpool_close(story.session);
	return status;
}
