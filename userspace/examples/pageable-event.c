// SPDX-License-Identifier: GPL-2.0-only
/* A thread waits for an event in paged pool, and a DPC sets it. */
#include "lab/lab.h"

/* Whether the thread that waited was woken by the event. */
static bool is_woken(uint32_t place)
{
	struct ntpool_lab_irql irql = { .place = place };

	control(NTPOOL_LAB_EVENT, &irql, sizeof(irql), &irql, sizeof(irql));
	tell("the wait", "0x%08x", irql.status);
	return irql.status == STATUS_SUCCESS;
}

static void wrong_resident(void)
{
	check(is_woken(NTPOOL_LAB_PAGED_RESIDENT) && !bugcheck(0),
	      "the page is in memory: the thread is woken, and nobody notices");
}

static void wrong_trimmed(void)
{
	check(!is_woken(NTPOOL_LAB_PAGED_TRIMMED),
	      "the page is out: the event cannot be set, and nobody is woken");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
}

static void right(void)
{
	check(is_woken(NTPOOL_LAB_NONPAGED),
	      "in nonpaged pool the event is always there: the thread is woken");
	check(!bugcheck(0), "no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong-resident", wrong_resident },
		{ "wrong-trimmed", wrong_trimmed },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
