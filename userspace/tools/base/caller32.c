// SPDX-License-Identifier: GPL-2.0-only
/* A 32-bit program's view of its own address space. */
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/caller32.h"

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

bool caller32_ask(struct caller32 *answer)
{
	char *path = helper_path();
	int fields = 0;
	FILE *pipe;

	if (!access(path, X_OK) && (pipe = popen(path, "re"))) {
		fields = fscanf(pipe, "%" SCNx64 " %" SCNx64 " %" SCNx64,
				&answer->bits, &answer->end, &answer->stack);
		if (pclose(pipe))
			fields = 0;
	}
	free(path);
	return fields == 3;
}
