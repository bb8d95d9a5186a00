// SPDX-License-Identifier: GPL-2.0-only
/* The frame of an example: its variants, each in a process of its own. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/verifier.h"
#include "lab/inside.h"

#define PATIENCE 60 /* seconds for a variant */

struct ntpool *session;
uint64_t device;
static unsigned int held, failed;

/* "right" stands for right-direct, too. */
static bool is_wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		size_t length = strlen(argv[i]);

		if (!strncmp(name, argv[i], length) &&
		    (!name[length] || name[length] == '-'))
			return true;
	}
	return argc < 2;
}

void count(bool holds)
{
	if (holds)
		held++;
	else
		failed++;
}

/* In the child: the variant, with a session and a file of its own. */
static int play(const struct variant *variant)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(PATIENCE);
	open_lab();
	variant->play();
	tell_bugchecks();
	return held && !failed ? 0 : 1;
}

static bool play_apart(const struct variant *variant)
{
	int status = 0;
	pid_t child;

	puts(variant->name);
	fflush(stdout);
	child = fork();
	if (child == 0)
		exit(play(variant));
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child < 0 || WIFSIGNALED(status))
		check(false, "the variant was ended by signal %d",
		      WTERMSIG(status));
	return child > 0 && status == 0;
}

int lab_main(int argc, char **argv, const struct variant *variants)
{
	struct ntpool_verifier before;
	bool good = true;

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!verifier_remember(&before))
		return 1;
	for (; variants->name; variants++) {
		if (!is_wanted(variants->name, argc, argv))
			continue;
		good = play_apart(variants) && good;
		/* Even where the process that set others was killed. */
		verifier_restore(&before);
	}
	return good ? 0 : 1;
}
