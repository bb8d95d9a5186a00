// SPDX-License-Identifier: GPL-2.0-only
/* A driver unlocks the same pages twice. */
#include "lab/lab.h"

static void ask(uint32_t code)
{
	struct ntpool_lab_buffer buffer = {
		.address = (uintptr_t)shared_address(),
		.length = LENGTH,
	};

	control(code, &buffer, sizeof(buffer), NULL, 0);
}

static void wrong(void)
{
	ask(NTPOOL_LAB_UNLOCK_WRONG);
	check(bugcheck_of(0x76, 1),
	      "bug check 0x76 [1] PROCESS_HAS_LOCKED_PAGES");
}

static void wrong_verifier(void)
{
	verify(NTPOOL_VERIFIER_POOL_TRACKING, NULL);
	ask(NTPOOL_LAB_UNLOCK_WRONG);
	check(bugcheck_of(0xC4, 0x7C),
	      "bug check 0xC4 [0x7C]: the pages were not locked");
}

static void right(void)
{
	ask(NTPOOL_LAB_UNLOCK_RIGHT);
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
