// SPDX-License-Identifier: GPL-2.0-only
/* A DPC writes to a block of paged pool. */
#include "lab/lab.h"

static uint32_t ask(uint32_t place)
{
	struct ntpool_lab_irql irql = { .place = place };

	control(NTPOOL_LAB_TOUCH, &irql, sizeof(irql), &irql, sizeof(irql));
	tell("in the DPC", "0x%08x", irql.status);
	return irql.status;
}

static void wrong_resident(void)
{
	check(ask(NTPOOL_LAB_PAGED_RESIDENT) == STATUS_SUCCESS && !bugcheck(0),
	      "the page is in memory, and nobody notices");
}

static void wrong_trimmed(void)
{
	check(ask(NTPOOL_LAB_PAGED_TRIMMED) == STATUS_ACCESS_VIOLATION,
	      "the page is out, and the DPC cannot write");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
}

static void wrong_verifier(void)
{
	verify(NTPOOL_VERIFIER_FORCE_IRQL, NULL);
	check(ask(NTPOOL_LAB_PAGED_RESIDENT) == STATUS_ACCESS_VIOLATION,
	      "the verifier has taken the page out when the IRQL was raised");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
}

static void right(void)
{
	verify(NTPOOL_VERIFIER_FORCE_IRQL, NULL);
	check(ask(NTPOOL_LAB_NONPAGED) == STATUS_SUCCESS,
	      "nonpaged pool is always there, for the verifier too");
	check(!bugcheck(0), "no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong-resident", wrong_resident },
		{ "wrong-trimmed", wrong_trimmed },
		{ "wrong-verifier", wrong_verifier },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
