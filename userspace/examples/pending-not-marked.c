// SPDX-License-Identifier: GPL-2.0-only
/* STATUS_PENDING for a request that is not marked pending. */
#include "lab/lab.h"

static struct result ask(uint32_t code)
{
	set_device(device_cpu(), 20);
	return finish_within(start(code, NULL, 0, NULL, 0), 300);
}

static void wrong(void)
{
	check(!ask(NTPOOL_LAB_PENDING_WRONG).done,
	      "the driver has completed it, and the requester waits for ever");
}

static void wrong_verifier(void)
{
	verify(NTPOOL_VERIFIER_IO, NULL);
	ask(NTPOOL_LAB_PENDING_WRONG);
	check(bugcheck_of(0xC9, 0x23D),
	      "bug check 0xC9 [0x23D]: STATUS_PENDING, and not marked");
}

static void right(void)
{
	verify(NTPOOL_VERIFIER_IO, NULL);
	check(ask(NTPOOL_LAB_PENDING_RIGHT).status == STATUS_SUCCESS,
	      "the requester is told that it is done");
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
