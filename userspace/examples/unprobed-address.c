// SPDX-License-Identifier: GPL-2.0-only
/* A program gives an address in system space for its buffer. */
#include "lab/lab.h"

static struct ntpool_lab_decoy ask(uint32_t code, uint64_t address,
				   struct result *result)
{
	set_device(NTPOOL_CPU_CURRENT, 0);
	*result = control(code, NULL, 0, (void *)(uintptr_t)address, LENGTH);
	return decoy();
}

static void wrong(void)
{
	struct result result;
	struct ntpool_lab_decoy after =
		ask(NTPOOL_LAB_UNPROBED_WRONG, decoy().address, &result);

	check(evidence().outcome == NTPOOL_LAB_WRITTEN,
	      "the driver has written there for the program");
	check(!memcmp(after.content, DATA, LENGTH),
	      "a block in system space has the program's data");
}

static void wrong_elsewhere(void)
{
	struct ntpool_lab_decoy before = decoy();
	struct result result;

	/* The page behind the decoy: whose it is nobody knows. */
	ask(NTPOOL_LAB_UNPROBED_WRONG, before.address + sysconf(_SC_PAGESIZE),
	    &result);
	check(evidence().outcome == NTPOOL_LAB_SYSTEM,
	      "any other system address is refused, and told in the log");
}

static void right(void)
{
	struct ntpool_lab_decoy before = decoy();
	struct result result;
	struct ntpool_lab_decoy after =
		ask(NTPOOL_LAB_UNPROBED_RIGHT, before.address, &result);

	check(result.status == STATUS_ACCESS_VIOLATION,
	      "the probe has raised STATUS_ACCESS_VIOLATION");
	check(!memcmp(&before, &after, sizeof(after)),
	      "the block in system space is as it was");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "wrong-elsewhere", wrong_elsewhere },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
