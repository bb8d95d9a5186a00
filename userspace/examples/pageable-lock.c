// SPDX-License-Identifier: GPL-2.0-only
/* A DPC acquires a spin lock in paged pool. */
#include "lab/lab.h"

static uint32_t ask(uint32_t place)
{
	struct ntpool_lab_irql irql = { .place = place };

	control(NTPOOL_LAB_LOCK, &irql, sizeof(irql), &irql, sizeof(irql));
	tell("in the DPC", "0x%08x", irql.status);
	return irql.status;
}

static void wrong_resident(void)
{
	check(ask(NTPOOL_LAB_PAGED_RESIDENT) == STATUS_SUCCESS && !bugcheck(0),
	      "the page is in memory: the lock is acquired, and nobody notices");
}

static void wrong_trimmed(void)
{
	check(ask(NTPOOL_LAB_PAGED_TRIMMED) == STATUS_ACCESS_VIOLATION,
	      "the page is out, and the lock cannot be acquired");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
}

static void right(void)
{
	check(ask(NTPOOL_LAB_NONPAGED) == STATUS_SUCCESS && !bugcheck(0),
	      "in nonpaged pool the lock is always there; no bug check");
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
