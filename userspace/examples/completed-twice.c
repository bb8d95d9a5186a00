// SPDX-License-Identifier: GPL-2.0-only
/* An error path completes a request, and so does the code behind it. */
#include "lab/lab.h"

static void wrong(void)
{
	check(control(NTPOOL_LAB_TWICE_WRONG, NULL, 0, NULL, 0).status ==
		      STATUS_INVALID_PARAMETER,
	      "the requester sees the first completion");
	check(bugcheck(0x44), "bug check 0x44 MULTIPLE_IRP_COMPLETE_REQUESTS");
}

static void right(void)
{
	check(control(NTPOOL_LAB_TWICE_RIGHT, NULL, 0, NULL, 0).status ==
		      STATUS_INVALID_PARAMETER,
	      "the requester sees the completion");
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
