// SPDX-License-Identifier: GPL-2.0-only
/* A DPC waits for something that has not happened yet. */
#include "lab/lab.h"

static uint32_t ask(uint32_t code)
{
	struct ntpool_lab_irql irql = { 0 };

	control(code, NULL, 0, &irql, sizeof(irql));
	tell("the wait", "0x%08x", irql.status);
	return irql.status;
}

static void wrong(void)
{
	check(ask(NTPOOL_LAB_WAIT_WRONG) != STATUS_SUCCESS,
	      "the wait has not succeeded");
	check(bugcheck(0xB8), "bug check 0xB8 ATTEMPTED_SWITCH_FROM_DPC");
}

static void right_poll(void)
{
	check(ask(NTPOOL_LAB_WAIT_POLL) == STATUS_TIMEOUT,
	      "with a timeout of zero the DPC only looks");
	check(!bugcheck(0), "no bug check");
}

static void right_work_item(void)
{
	check(ask(NTPOOL_LAB_WAIT_THREAD) == STATUS_TIMEOUT,
	      "a system thread waits until its time is over");
	check(!bugcheck(0), "no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "right-poll", right_poll },
		{ "right-work-item", right_work_item },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
