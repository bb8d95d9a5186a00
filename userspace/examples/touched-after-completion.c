// SPDX-License-Identifier: GPL-2.0-only
/* The driver reads a field of a request that it has completed. */
#include "lab/lab.h"

/* With requests from special pool, whose memory goes away when it is freed. */
static void ask(uint32_t code)
{
	verify(NTPOOL_VERIFIER_SPECIAL_POOL, "Irp ");
	set_device(device_cpu(), 10);
	check(finish(start(code, NULL, 0, NULL, 0)).status == STATUS_SUCCESS,
	      "the requester has collected its request");
	rest(300);
}

static void wrong(void)
{
	ask(NTPOOL_LAB_AFTER_WRONG);
	check(bugcheck(0xD5),
	      "bug check 0xD5: the driver has read from the freed request");
}

static void right(void)
{
	ask(NTPOOL_LAB_AFTER_RIGHT);
	check(!bugcheck(0), "no bug check");
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
