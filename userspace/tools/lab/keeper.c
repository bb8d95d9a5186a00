// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keeper: a process that puts the verifier back as it was when the last of those that
 * may have set it has ended, however it has.  It knows by a pipe: they all have its
 * other end.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/say.h"
#include "base/verifier.h"
#include "lab/run.h"

static _Noreturn void keep(int from, const struct ntpool_verifier *settings)
{
	char byte;

	/* What ends us all by a key at the terminal is not for it. */
	setsid();
	while (read(from, &byte, 1) < 0 && errno == EINTR)
		;
	verifier_restore(settings);
	_exit(0);
}

bool keeper_start(struct keeper *keeper, const struct ntpool_verifier *settings)
{
	int ends[2];

	if (pipe(ends) || (keeper->pid = fork()) < 0) {
		fail("cannot start a process: %s", strerror(errno));
		return false;
	}
	if (keeper->pid == 0) {
		close(ends[1]);
		keep(ends[0], settings);
	}
	close(ends[0]);
	keeper->pipe = ends[1];
	return true;
}

void keeper_end(struct keeper *keeper)
{
	close(keeper->pipe);
	waitpid(keeper->pid, NULL, 0);
}
