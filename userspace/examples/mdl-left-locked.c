// SPDX-License-Identifier: GPL-2.0-only
/* A process exits, and a driver has forgotten to unlock its pages. */
#include "lab/lab.h"

static void lock_and_exit(uint32_t code)
{
	char *page = shared_address();
	struct ntpool_lab_buffer buffer = {
		.address = (uintptr_t)page,
		.length = LENGTH,
	};
	pid_t child = fork();

	if (child == 0) {
		control(code, &buffer, sizeof(buffer), NULL, 0);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	tell("requester", "%d, gone", child);
	rest(100);
}

static void wrong(void)
{
	lock_and_exit(NTPOOL_LAB_LOCK_WRONG);
	check(bugcheck_of(0x76, 0),
	      "bug check 0x76 [0] PROCESS_HAS_LOCKED_PAGES");
}

/* Driver Verifier tracks who has locked what. */
static void wrong_verifier(void)
{
	verify(NTPOOL_VERIFIER_POOL_TRACKING, NULL);
	lock_and_exit(NTPOOL_LAB_LOCK_WRONG);
	check(bugcheck(0xCB),
	      "bug check 0xCB DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS");
}

static void right(void)
{
	lock_and_exit(NTPOOL_LAB_LOCK_RIGHT);
	check(!bugcheck(0), "no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "wrong-verifier", wrong_verifier },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
