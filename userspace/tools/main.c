// SPDX-License-Identifier: GPL-2.0-only
/* ntpool COMMAND: finds the command and runs it. */
#include <argp.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/say.h"
#include "commands.h"
#include "ntpool.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static int help_main(int argc, char **argv);

static const struct command commands[] = {
	{ "status", status_main,
	  "what the module can do here, and what it has done" },
	{ "script", script_main,
	  "work with blocks, from a file, a pipe or a prompt" },
	{ "tags", tags_main, "pool use by tag (!poolused)" },
	{ "find", find_main, "every block of a tag (!poolfind)" },
	{ "block", block_main, "what is at an address of the pools (!pool)" },
	{ "pte", pte_main,
	  "how the processor translates an address (!pte)" },
	{ "map", map_main,
	  "the address space of a process and of the system (!address)" },
	{ "vm", vm_main, "memory, page files, pools, commitment (!vm)" },
	{ "monitor", monitor_main, "pool use by tag as it changes (PoolMon)" },
	{ "verifier", verifier_main,
	  "what is verified of allocations, and what has come of it" },
	{ "bugchecks", bugchecks_main, "bug checks as they are recorded" },
	{ "split", split_main,
	  "where user space ends and system space begins, and on Windows" },
	{ "lab", lab_main,
	  "pitfalls of drivers, wrong and right, shown on this machine" },
	{ "story", story_main,
	  "virtual address spaces, shown on this machine step by step" },
	{ "help", help_main, "this list, or the options of one command" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* argp prints argv[0] in its usage, so that is "ntpool NAME" there. */
static int run(const struct command *command, int argc, char **argv)
{
	argp_err_exit_status = 2;
	argv[0] = must_printf("ntpool %s", command->name);
	return command->run(argc, argv);
}

static int unknown(const char *name)
{
	fail("there is no command '%s'; 'ntpool help' lists those there are",
	     name);
	return 2;
}

static void list(FILE *to)
{
	size_t i;

	fputs("Usage: ntpool COMMAND [OPTION...]\n\n"
	      "Windows NT's paged and nonpaged pool, real on this Linux kernel.\n\n",
	      to);
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-11s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\n'ntpool help COMMAND' tells its options; ntpool(1) tells it all.\n",
	      to);
}

static int help_main(int argc, char **argv)
{
	const struct command *command;
	char *help[] = { NULL, "--help", NULL };

	if (argc < 2 || argv[1][0] == '-') {
		list(stdout);
		return 0;
	}
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	if (command->run == help_main) {
		list(stdout);
		return 0;
	}
	return run(command, 2, help);
}

/* However a command ends, argp's own ends among them: output that is lost is no success. */
static void check_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	fail("cannot write the output");
	_exit(1);
}

int main(int argc, char **argv)
{
	const struct command *command;

	/* What is a character, and how wide it is; all else is the same everywhere. */
	setlocale(LC_CTYPE, "");
	atexit(check_output);
	if (argc < 2) {
		list(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("ntpool %s, interface version %d\n", NTPOOL_VERSION,
		       NTPOOL_ABI_VERSION);
		return 0;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help_main(0, NULL);
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	return run(command, argc - 1, argv + 1);
}
