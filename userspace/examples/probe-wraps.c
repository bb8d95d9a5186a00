// SPDX-License-Identifier: GPL-2.0-only
/* An address in system space, and a length that takes their sum around to 0x1000. */
#include "lab/lab.h"

static struct result ask(uint32_t code, struct ntpool_lab_decoy *before,
			 struct ntpool_lab_decoy *after)
{
	struct ntpool_lab_buffer buffer;
	struct result result;

	*before = decoy();
	buffer.address = before->address;
	buffer.length = 0x1000 - before->address;
	set_device(NTPOOL_CPU_CURRENT, 0);
	result = control(code, &buffer, sizeof(buffer), NULL, 0);
	*after = decoy();
	return result;
}

static void wrong(void)
{
	struct ntpool_lab_decoy before, after;

	check(ask(NTPOOL_LAB_WRAP_WRONG, &before, &after).status ==
		      STATUS_SUCCESS,
	      "the driver takes the sum for an address in user space");
	check(!memcmp(after.content, DATA, LENGTH),
	      "a block in system space has the program's data");
}

static void right(void)
{
	struct ntpool_lab_decoy before, after;

	check(ask(NTPOOL_LAB_WRAP_RIGHT, &before, &after).status ==
		      STATUS_ACCESS_VIOLATION,
	      "the probe has raised STATUS_ACCESS_VIOLATION");
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
