// SPDX-License-Identifier: GPL-2.0-only
/* A block is freed in a DPC. */
#include "lab/lab.h"

static void ask(uint32_t code, uint32_t place)
{
	struct ntpool_lab_irql irql = { .place = place };

	control(code, &irql, sizeof(irql), &irql, sizeof(irql));
}

static void wrong(void)
{
	ask(NTPOOL_LAB_FREE_DPC, NTPOOL_LAB_PAGED_RESIDENT);
	check(bugcheck_of(0xC2, 9),
	      "bug check 0xC2 BAD_POOL_CALLER [9, IRQL, type, address]");
	/* Of a block that had gone that would have been a bug check, too. */
	check(bugcheck_count() == 1,
	      "the block has stayed: a system thread has freed it after that");
}

static void right_work_item(void)
{
	ask(NTPOOL_LAB_FREE_THREAD, NTPOOL_LAB_PAGED_RESIDENT);
	check(!bugcheck(0), "a system thread has freed it; no bug check");
}

static void right_nonpaged(void)
{
	ask(NTPOOL_LAB_FREE_DPC, NTPOOL_LAB_NONPAGED);
	check(!bugcheck(0), "nonpaged pool may be freed there; no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "right-work-item", right_work_item },
		{ "right-nonpaged", right_nonpaged },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
