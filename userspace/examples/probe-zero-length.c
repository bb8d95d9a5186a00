// SPDX-License-Identifier: GPL-2.0-only
/* A buffer of no bytes in system space. */
#include "lab/lab.h"

static struct result ask(uint32_t code, struct ntpool_lab_decoy *before,
			 struct ntpool_lab_decoy *after)
{
	struct result result;

	*before = decoy();
	set_device(NTPOOL_CPU_CURRENT, 0);
	result = control(code, NULL, 0, (void *)(uintptr_t)before->address, 0);
	*after = decoy();
	return result;
}

static void wrong(void)
{
	struct ntpool_lab_decoy before, after;

	check(ask(NTPOOL_LAB_ZERO_WRONG, &before, &after).status ==
		      STATUS_SUCCESS,
	      "the probe of no bytes has nothing against the address");
	check(!memcmp(after.content, DATA, LENGTH),
	      "a block in system space has the program's data");
}

static void right(void)
{
	struct ntpool_lab_decoy before, after;

	check(ask(NTPOOL_LAB_ZERO_RIGHT, &before, &after).status ==
		      STATUS_BUFFER_TOO_SMALL,
	      "the program is told STATUS_BUFFER_TOO_SMALL");
	check(!memcmp(&before, &after, sizeof(after)),
	      "the block in system space is as it was");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
