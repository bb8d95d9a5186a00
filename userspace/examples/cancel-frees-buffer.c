// SPDX-License-Identifier: GPL-2.0-only
/* A request is cancelled, and then its interrupt comes. */
#include "lab/lab.h"

static struct result ask_and_cancel(uint32_t code)
{
	struct result result;
	uint64_t request;

	set_device(device_cpu(), 100);
	request = start(code, NULL, 0, NULL, 0);
	cancel(request);
	result = finish(request);
	rest(200);
	return result;
}

static void wrong(void)
{
	check(ask_and_cancel(NTPOOL_LAB_CANCEL_WRONG).status == STATUS_CANCELLED,
	      "the request is cancelled");
	check(bugcheck(0xD5),
	      "bug check 0xD5: the DPC has written to the freed buffer");
}

static void right(void)
{
	check(ask_and_cancel(NTPOOL_LAB_CANCEL_RIGHT).status == STATUS_CANCELLED,
	      "the request is cancelled");
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
