// SPDX-License-Identifier: GPL-2.0-only
/* An odd address, where the driver wants a multiple of eight. */
#include "lab/lab.h"

static struct result ask(uint32_t code)
{
	char *page = shared_address();

	set_device(NTPOOL_CPU_CURRENT, 0);
	return control(code, NULL, 0, page + 1, LENGTH);
}

static void wrong(void)
{
	ask(NTPOOL_LAB_FILTER_WRONG);
	check(bugcheck_of(0x1E, STATUS_DATATYPE_MISALIGNMENT),
	      "bug check 0x1E: nobody handles STATUS_DATATYPE_MISALIGNMENT");
}

static void right(void)
{
	check(ask(NTPOOL_LAB_FILTER_RIGHT).status == STATUS_DATATYPE_MISALIGNMENT,
	      "the program is told STATUS_DATATYPE_MISALIGNMENT");
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
