// SPDX-License-Identifier: GPL-2.0-only
/* The driver says that it has filled more of the buffer than it has. */
#include "lab/lab.h"

#define SIZE   64
#define SECRET "old pool content, that was somebody's secret until now, as it is"

static char buffer[SIZE];

/*
 * A request whose system buffer holds the secret; and then one whose system buffer is
 * the same piece of pool.  The module gives a session what that session itself left.
 */
static void ask(uint32_t code)
{
	char secret[SIZE], answer[LENGTH];

	memcpy(secret, SECRET, SIZE);
	control(NTPOOL_LAB_LEAK_RIGHT, secret, SIZE, answer, LENGTH);
	memset(buffer, '.', SIZE);
	control(code, NULL, 0, buffer, SIZE);
	tell("the buffer", "\"%s\"", letters(buffer, SIZE));
}

static void wrong(void)
{
	ask(NTPOOL_LAB_LEAK_WRONG);
	check(!memcmp(buffer + LENGTH, &SECRET[LENGTH], SIZE - LENGTH),
	      "behind the data the caller reads what was in the pool before");
}

static void right(void)
{
	static const char dots[] =
		"........................................................";

	ask(NTPOOL_LAB_LEAK_RIGHT);
	check(!memcmp(buffer + LENGTH, dots, SIZE - LENGTH),
	      "behind the data the buffer is as it was");
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
