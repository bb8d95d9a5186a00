// SPDX-License-Identifier: GPL-2.0-only
/* The driver has 32 bytes, and the caller room for 16. */
#include "lab/lab.h"

#define BEHIND "next variable ok"

static struct {
	char buffer[16];
	char behind[16];
} memory;

static struct result ask(uint32_t code)
{
	static const char input[32] = "input, as long as the data is...";

	memcpy(memory.behind, BEHIND, sizeof(memory.behind));
	return control(code, input, sizeof(input), memory.buffer,
		       sizeof(memory.buffer));
}

static void show(void)
{
	tell("the buffer", "\"%s\"", letters(memory.buffer, 16));
	tell("behind it", "\"%s\"", letters(memory.behind, 16));
}

static void wrong(void)
{
	struct result result = ask(NTPOOL_LAB_OVERRUN_WRONG);

	show();
	check(result.information == 32, "32 bytes are claimed for a buffer of 16");
	check(memcmp(memory.behind, BEHIND, sizeof(memory.behind)),
	      "what lies behind the caller's buffer is overwritten");
	check(bugcheck_of(0xC9, 0x312),
	      "bug check 0xC9 [0x312]: Information is larger than the buffer");
}

static void right(void)
{
	struct result result = ask(NTPOOL_LAB_OVERRUN_RIGHT);

	show();
	check(result.status == STATUS_BUFFER_OVERFLOW && result.information == 16,
	      "STATUS_BUFFER_OVERFLOW, and 16 bytes");
	check(!memcmp(memory.behind, BEHIND, sizeof(memory.behind)),
	      "what lies behind the buffer is as it was");
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
