// SPDX-License-Identifier: GPL-2.0-only
/* ntpool lab show: one pitfall in plain words. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "lab/lab.h"

#define INDENT 4

struct arguments {
	const char **names;
	size_t count;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	const struct family *family;

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!pitfall_named(arg, &family))
			argp_error(state, "there is no pitfall '%s'; 'ntpool lab list' lists those there are",
				   arg);
		arguments->names[arguments->count++] = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which pitfall?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void part(const char *heading, const char *text)
{
	printf("\n  %s%s%s\n", paint(BOLD), heading, paint(PLAIN));
	paragraph(INDENT, text);
}

static void show_variants(const struct pitfall *pitfall)
{
	int i;

	printf("\n  %sVariants, and what must come of each%s\n", paint(BOLD),
	       paint(PLAIN));
	for (i = 0; i < VARIANTS && pitfall->variants[i].name; i++) {
		const struct variant *variant = &pitfall->variants[i];
		bool right = !strncmp(variant->name, "right", 5);

		printf("%*s%s%s%s\n", INDENT, "", paint(right ? GOOD : BAD),
		       variant->name, paint(PLAIN));
		paragraph(2 * INDENT, variant->expected);
	}
}

static void show_text(const struct pitfall *pitfall,
		      const struct family *family)
{
	char *text = must_printf("userspace/examples/%s.c is the program, module/lab/%s.c the driver. ntpool-lab(1) explains DPC, IRQL and other words.",
				 pitfall->name, family->name);

	printf("%s%s%s\n", paint(BOLD), pitfall->name, paint(PLAIN));
	paragraph(0, pitfall->title);
	part("What the code does", pitfall->what);
	part("Why it goes wrong", pitfall->why);
	part("What Windows does", pitfall->windows);
	part("The right way", pitfall->right);
	part("The rule", pitfall->source);
	show_variants(pitfall);
	part("The code", text);
	free(text);
}

static struct json_object *variants_json(const struct pitfall *pitfall)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < VARIANTS && pitfall->variants[i].name; i++) {
		struct json_object *object = json_object_new_object();

		json_add_text(object, "variant", pitfall->variants[i].name);
		json_add_text(object, "expected",
			      pitfall->variants[i].expected);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *show_json(const struct pitfall *pitfall,
				     const struct family *family)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "name", pitfall->name);
	json_add_text(object, "family", family->name);
	json_add_text(object, "title", pitfall->title);
	json_add_text(object, "what", pitfall->what);
	json_add_text(object, "why", pitfall->why);
	json_add_text(object, "windows", pitfall->windows);
	json_add_text(object, "right", pitfall->right);
	json_add_text(object, "source", pitfall->source);
	json_object_object_add(object, "variants", variants_json(pitfall));
	return object;
}

static void show(const struct arguments *arguments)
{
	struct json_object *all = json_object_new_array();
	const struct family *family = NULL;
	size_t i;

	for (i = 0; i < arguments->count; i++) {
		const struct pitfall *pitfall =
			pitfall_named(arguments->names[i], &family);

		if (arguments->json) {
			json_object_array_add(all, show_json(pitfall, family));
			continue;
		}
		if (i)
			putchar('\n');
		show_text(pitfall, family);
	}
	if (arguments->json)
		json_print(all);
	else
		json_object_put(all);
}

int lab_show(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "NAME...",
		.doc = "Pitfalls in plain words: what the code does, why it goes wrong, what is right.",
	};
	struct arguments arguments = { 0 };

	arguments.names = must_calloc(argc, sizeof(*arguments.names));
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	show(&arguments);
	free(arguments.names);
	return 0;
}
