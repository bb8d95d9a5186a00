// SPDX-License-Identifier: GPL-2.0-only
/* One line of a script: which command it is, and the helpers of commands. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bugcheck.h"
#include "base/alloc.h"
#include "base/json.h"
#include "base/units.h"
#include "script/script.h"

static int cmd_help(struct script *script, int argc, struct word *argv);
static int cmd_quit(struct script *script, int argc, struct word *argv);

const struct script_command script_commands[] = {
	{ "alloc", 4, -1, cmd_alloc, "NAME paged|nonpaged SIZE TAG [FLAG...]",
	  "a block; flags: quota uninitialized aligned raise special" },
	{ "write", 3, -1, cmd_write, "NAME OFFSET PIECE...",
	  "pieces: \"text\", word, 0xBYTES, each perhaps *TIMES" },
	{ "fill", 2, 2, cmd_fill, "NAME SEED",
	  "every word of the block gets a value of its own" },
	{ "read", 3, 3, cmd_read, "NAME OFFSET LENGTH", "bytes as hex and text" },
	{ "verify", 1, 2, cmd_verify, "NAME [SEED]",
	  "is the block as 'fill' left it, word for word?" },
	{ "query", 1, 1, cmd_query, "NAME", "where its pages are, in numbers" },
	{ "pages", 1, 1, cmd_pages, "NAME", "and one by one" },
	{ "trim", 1, 4, cmd_trim, "NAME|all [OFFSET LENGTH] [out]",
	  "out of the working set; 'out': written to swap too" },
	{ "touch", 4, 5, cmd_touch,
	  "NAME OFFSET passive|apc|dispatch read|write [VALUE]",
	  "one load or store at that IRQL" },
	{ "walk", 1, 2, cmd_walk, "NAME [OFFSET] | ADDRESS",
	  "through the page tables, level by level" },
	{ "split", 0, 2, cmd_split, "[native|x64|x86 [MEGABYTES]]",
	  "the session's layout: asked, or set" },
	{ "list", 0, 0, cmd_list, "", "the blocks that this script holds" },
	{ "stats", 0, 0, cmd_stats, "", "the module's counters" },
	{ "bugchecks", 0, 0, cmd_bugchecks, "", "those since the script began" },
	{ "free", 1, 2, cmd_free, "NAME [TAG]",
	  "with a tag: refused unless it is the block's" },
	{ "help", 0, 1, cmd_help, "[COMMAND]", "this list" },
	{ "quit", 0, 0, cmd_quit, "", "the end; blocks left are freed" },
	{ NULL, 0, 0, NULL, NULL, NULL },
};

void say(struct script *script, const char *format, ...)
{
	va_list list;

	if (script->json)
		return;
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
}

int wrong(struct script *script, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(script->error, sizeof(script->error), format, list);
	va_end(list);
	return -1;
}

int refused(struct script *script, const char *what, int err)
{
	if (err == -EPERM)
		return wrong(script, "to %s is for root alone", what);
	return wrong(script, "cannot %s: %s", what, strerror(-err));
}

/* The device hands out bug checks in order; keep those that pass by. */
static const struct ntpool_event *bugcheck_numbered(struct script *script,
						    uint64_t number)
{
	struct ntpool_event event;
	size_t i;

	while (!ntpool_read_event(script->session, &event)) {
		size_t size = (script->bugcheck_count + 1) * sizeof(event);

		if (event.type != NTPOOL_EVENT_BUGCHECK)
			continue;
		script->bugchecks = must_realloc(script->bugchecks, size);
		script->bugchecks[script->bugcheck_count++] = event;
	}
	for (i = 0; i < script->bugcheck_count; i++)
		if (script->bugchecks[i].seq == number)
			return &script->bugchecks[i];
	return NULL;
}

static void tell_bugcheck(struct script *script, uint64_t number)
{
	const struct ntpool_event *event = bugcheck_numbered(script, number);
	char text[BUGCHECK_TEXT];

	if (!event) {
		say(script, "  bug check %" PRIu64 "\n", number);
		json_add_number(script->answer, "bugcheck", number);
		return;
	}
	say(script, "  bug check %" PRIu64 ": %s\n", number,
	    bugcheck_text(event, text));
	json_object_object_add(script->answer, "bugcheck",
			       bugcheck_json(event));
}

int verdict(struct script *script, uint32_t status, uint64_t bugcheck)
{
	const char *name = ntpool_status_name(status);

	json_object_object_add(script->answer, "status",
			       json_name(name, status));
	if (!NTPOOL_SUCCESS(status))
		say(script, "  refused: %s (0x%08x)\n", name ? name : "NTSTATUS",
		    status);
	if (bugcheck)
		tell_bugcheck(script, bugcheck);
	if (NTPOOL_SUCCESS(status) || !script->strict)
		return 0;
	return wrong(script, "%s (0x%08x)", name ? name : "NTSTATUS", status);
}

int cmd_bugchecks(struct script *script, int argc, struct word *argv)
{
	struct json_object *array = json_object_new_array();
	char text[BUGCHECK_TEXT];
	size_t i;

	(void)argc;
	(void)argv;
	bugcheck_numbered(script, 0);
	for (i = 0; i < script->bugcheck_count; i++) {
		const struct ntpool_event *event = &script->bugchecks[i];

		say(script, "%6" PRIu64 "  %s\n", (uint64_t)event->seq,
		    bugcheck_text(event, text));
		json_object_array_add(array, bugcheck_json(event));
	}
	if (!script->bugcheck_count)
		say(script, "none\n");
	json_object_object_add(script->answer, "bugchecks", array);
	return 0;
}

int take_number(struct script *script, const struct word *word,
		const char *what, uint64_t *value)
{
	if (!word->quoted && parse_number(word->text, value))
		return 0;
	return wrong(script, "'%s' is no %s: a number, or 0x and hex digits",
		     word->text, what);
}

int take_size(struct script *script, const struct word *word, const char *what,
	      uint64_t *value)
{
	if (!word->quoted && parse_size(word->text, value))
		return 0;
	return wrong(script,
		     "'%s' is no %s: a number, perhaps with K, M or G behind it",
		     word->text, what);
}

int take_choice(struct script *script, const struct word *word,
		const char *const *choices, uint32_t *value)
{
	char list[128] = "";
	uint32_t i;

	for (i = 0; choices[i]; i++) {
		if (!strcmp(choices[i], word->text)) {
			*value = i;
			return 0;
		}
		if (i)
			strcat(list, choices[i + 1] ? ", " : " or ");
		strcat(list, choices[i]);
	}
	return wrong(script, "'%s' is none of %s", word->text, list);
}

static const struct script_command *find(const char *name)
{
	const struct script_command *command;

	for (command = script_commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

static void describe(struct script *script, const struct script_command *command,
		     struct json_object *list)
{
	struct json_object *object = json_object_new_object();

	say(script, "  %s %s\n      %s\n", command->name, command->arguments,
	    command->summary);
	json_add_text(object, "name", command->name);
	json_add_text(object, "arguments", command->arguments);
	json_add_text(object, "summary", command->summary);
	json_object_array_add(list, object);
}

static int cmd_help(struct script *script, int argc, struct word *argv)
{
	const struct script_command *one = argc ? find(argv[0].text) : NULL;
	const struct script_command *command;
	struct json_object *list;

	if (argc && !one)
		return wrong(script, "there is no command '%s'", argv[0].text);
	list = json_object_new_array();
	for (command = script_commands; command->name; command++)
		if (!one || command == one)
			describe(script, command, list);
	json_object_object_add(script->answer, "commands", list);
	return 0;
}

static int cmd_quit(struct script *script, int argc, struct word *argv)
{
	(void)argc;
	(void)argv;
	script->quit = true;
	return 0;
}

static int dispatch(struct script *script, int count, struct word *words)
{
	const struct script_command *command = find(words[0].text);
	int argc = count - 1;

	if (!command)
		return wrong(script, "there is no command '%s'; see 'help'",
			     words[0].text);
	if (argc < command->least || (command->most >= 0 && argc > command->most))
		return wrong(script, "usage: %s %s", command->name,
			     command->arguments);
	json_add_text(script->answer, "command", command->name);
	return command->run(script, argc, words + 1);
}

/* What a line answered is printed even if it then failed: it tells why. */
static void print_answer(struct script *script, int err)
{
	if (!script->json) {
		json_object_put(script->answer);
		return;
	}
	if (err)
		json_add_text(script->answer, "error", script->error);
	json_print_line(script->answer);
}

int script_run(struct script *script, char *line)
{
	const char *error = NULL;
	struct word *words;
	int count = words_split(line, &words, &error);
	int err = 0;

	if (count) {
		script->answer = json_object_new_object();
		if (count < 0)
			err = wrong(script, "%s", error);
		else
			err = dispatch(script, count, words);
		print_answer(script, err);
		fflush(stdout);
	}
	free(words);
	return err;
}
