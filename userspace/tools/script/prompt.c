// SPDX-License-Identifier: GPL-2.0-only
/* The prompt: line editing, history and completion by libedit. */
#include <editline/readline.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "script/script.h"

/* libedit calls back without a context of ours. */
static struct script *completing;

static const char *const arguments[] = {
	"paged",
	"nonpaged",
	"passive",
	"apc",
	"dispatch",
	"read",
	"write",
	"all",
	"out",
	"native",
	"x64",
	"x86",
};

static char *match(const char *candidate, const char *text)
{
	return strncmp(candidate, text, strlen(text)) ? NULL : strdup(candidate);
}

/* The @index-th candidate overall: commands first, or blocks and arguments. */
static const char *candidate(bool first_word, size_t index)
{
	struct block *block;

	if (first_word)
		return script_commands[index].name;
	for (block = completing->blocks; block; block = block->next)
		if (!index--)
			return block->name;
	return index < sizeof(arguments) / sizeof(arguments[0]) ?
		       arguments[index] :
		       NULL;
}

static bool first_word;

static char *generate(const char *text, int state)
{
	static size_t next;
	const char *name;
	char *found;

	if (!state)
		next = 0;
	while ((name = candidate(first_word, next))) {
		next++;
		found = match(name, text);
		if (found)
			return found;
	}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	(void)end;
	first_word = start == 0;
	/* No file names where nothing of ours matches. */
	rl_attempted_completion_over = 1;
	return rl_completion_matches(text, generate);
}

static char *history_path(void)
{
	const char *home = getenv("HOME");

	return home ? must_printf("%s/.ntpool_history", home) : NULL;
}

void prompt_start(struct script *script)
{
	char *path = history_path();

	completing = script;
	rl_readline_name = "ntpool";
	rl_attempted_completion_function = complete;
	using_history();
	if (path)
		read_history(path);
	free(path);
}

void prompt_stop(void)
{
	char *path = history_path();

	if (path)
		write_history(path);
	free(path);
}

char *prompt_line(struct script *script)
{
	char *line = readline("ntpool> ");

	(void)script;
	if (line && *line)
		add_history(line);
	return line;
}
