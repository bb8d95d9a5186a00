// SPDX-License-Identifier: GPL-2.0-only
/* A 32-bit program's view of its own address space. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/caller32.h"
#include "base/session.h"

/* Statuses of the helper: its own, and an errno of execl() above these. */
#define NO_DEVICE  2
#define RUN_FAILED 64

/* Beside this program in the build tree, in libexec once installed. */
static char *helper_path(void)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *path;

	if (length > 0) {
		self[length] = '\0';
		path = must_printf("%s/ntpool-split32", dirname(self));
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return must_printf("%s/ntpool-split32", NTPOOL_LIBEXECDIR);
}

/* In the child: what cannot be run is told by the errno as its status. */
static void become(const char *path, int output)
{
	dup2(output, STDOUT_FILENO);
	execl(path, path, device_path(), NULL);
	_exit(RUN_FAILED + errno);
}

static void give_reason(struct caller32 *answer, const char *path, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	if (code == RUN_FAILED + ENOEXEC)
		snprintf(answer->reason, sizeof(answer->reason),
			 "a 32-bit program cannot be run on this machine");
	else if (code >= RUN_FAILED)
		snprintf(answer->reason, sizeof(answer->reason),
			 "%s cannot be run: %s", path, strerror(code - RUN_FAILED));
	else if (code == NO_DEVICE)
		snprintf(answer->reason, sizeof(answer->reason),
			 "a 32-bit program cannot open %s", device_path());
	else
		snprintf(answer->reason, sizeof(answer->reason),
			 "a 32-bit program gets no answer of %s", device_path());
}

/* Reads what the child prints; false where that is no answer. */
static bool read_answer(struct caller32 *answer, int input)
{
	FILE *from = fdopen(input, "r");
	int fields = 0;

	if (!from) {
		close(input);
		return false;
	}
	fields = fscanf(from, "%" SCNx64 " %" SCNx64 " %" SCNx64, &answer->bits,
			&answer->end, &answer->stack);
	fclose(from);
	return fields == 3;
}

static bool run(struct caller32 *answer, const char *path)
{
	int ends[2], status = 0;
	bool heard;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	child = fork();
	if (child == 0)
		become(path, ends[1]);
	close(ends[1]);
	heard = read_answer(answer, ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	if (heard && status == 0)
		return true;
	give_reason(answer, path, status);
	return false;
}

bool caller32_ask(struct caller32 *answer)
{
	char *path = helper_path();
	bool good;

	*answer = (struct caller32){ 0 };
	good = run(answer, path);
	if (!good && !*answer->reason)
		snprintf(answer->reason, sizeof(answer->reason),
			 "no other program can be started");
	free(path);
	return good;
}
