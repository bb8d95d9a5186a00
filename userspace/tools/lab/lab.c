// SPDX-License-Identifier: GPL-2.0-only
/* ntpool lab: a catalogue of pitfalls, each with a wrong and a right way. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/say.h"
#include "commands.h"
#include "lab/lab.h"

const struct family *const families[FAMILIES] = {
	&neither_family,
	&buffered_family,
	&direct_family,
	&cancel_family,
	&completion_family,
	&probe_family,
	&irql_family,
};

const struct pitfall *pitfall_named(const char *name,
				    const struct family **family)
{
	size_t i, f;

	for (f = 0; f < FAMILIES; f++) {
		for (i = 0; i < families[f]->count; i++) {
			if (strcmp(families[f]->pitfalls[i].name, name))
				continue;
			*family = families[f];
			return &families[f]->pitfalls[i];
		}
	}
	return NULL;
}

bool pitfall_has(const struct pitfall *pitfall, const char *name)
{
	size_t length = strlen(name);
	int i;

	for (i = 0; i < VARIANTS && pitfall->variants[i].name; i++) {
		const char *variant = pitfall->variants[i].name;

		if (!strncmp(variant, name, length) &&
		    (!variant[length] || variant[length] == '-'))
			return true;
	}
	return false;
}

/* In the build tree beside the tool's folder, in libexec once installed. */
char *pitfall_program(const struct pitfall *pitfall)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *path;

	if (length > 0) {
		self[length] = '\0';
		path = must_printf("%s/../examples/%s", dirname(self),
				   pitfall->name);
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return must_printf("%s/examples/%s", NTPOOL_LIBEXECDIR, pitfall->name);
}

static void usage(FILE *to)
{
	fputs("Usage: ntpool lab list [--json]\n"
	      "  or:  ntpool lab show NAME... [--json]\n"
	      "  or:  ntpool lab run NAME...|--all [--variant=wrong|right] [--json]\n\n"
	      "Pitfalls of drivers: what goes wrong, why, and what is right, on this machine.\n"
	      "'ntpool lab run --help' tells the options; ntpool-lab(1) tells it all.\n",
	      to);
}

int lab_main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "list", lab_list },
		{ "show", lab_show },
		{ "run", lab_run },
	};
	size_t i;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?"))) {
		usage(stdout);
		return 0;
	}
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		argv[1] = must_printf("%s %s", argv[0], argv[1]);
		return commands[i].run(argc - 1, argv + 1);
	}
	usage(stderr);
	return 2;
}
