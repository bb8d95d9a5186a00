// SPDX-License-Identifier: GPL-2.0-only
/* The data comes while no program is running: an idle processor, or a system thread. */
#include "lab/lab.h"

static char *page;

/* We sleep on CPU 0 meanwhile, so the device's CPU has nothing to do. */
static struct ntpool_lab_evidence ask(uint32_t code, uint32_t outcome)
{
	struct ntpool_lab_evidence found = { 0 };
	int tries = 5;

	page = shared_address();
	run_on_cpu(0);
	while (tries--) {
		memset(page, 0, LENGTH);
		set_device(device_cpu(), 30);
		finish(start(code, NULL, 0, page, LENGTH));
		found = evidence();
		if (found.outcome == outcome && found.flags)
			break;
	}
	return found;
}

static void wrong(void)
{
	struct ntpool_lab_evidence found =
		ask(NTPOOL_LAB_NAIVE, NTPOOL_LAB_NO_USER_SPACE);

	check(found.outcome == NTPOOL_LAB_NO_USER_SPACE && found.flags,
	      "the idle thread or another of the system's was interrupted");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
	check(memcmp(page, DATA, LENGTH), "no data has come");
}

static void wrong_system_thread(void)
{
	struct ntpool_lab_evidence found =
		ask(NTPOOL_LAB_NAIVE_THREAD, NTPOOL_LAB_NO_USER_SPACE);

	check(found.outcome == NTPOOL_LAB_NO_USER_SPACE &&
		      found.flags & NTPOOL_PARTY_KTHREAD,
	      "a system thread made the write");
	check(found.status == STATUS_ACCESS_VIOLATION,
	      "it was an access violation");
	check(memcmp(page, DATA, LENGTH), "no data has come");
}

static void right(uint32_t code)
{
	check(ask(code, NTPOOL_LAB_NOTHING).flags,
	      "no program was running when the interrupt came");
	check(!memcmp(page, DATA, LENGTH), "the requester has the data");
	check(!bugcheck(0), "no bug check");
}

static void right_direct(void)
{
	right(NTPOOL_LAB_DIRECT);
}

static void right_attach(void)
{
	right(NTPOOL_LAB_ATTACH);
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "wrong-system-thread", wrong_system_thread },
		{ "right-direct", right_direct },
		{ "right-attach", right_attach },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
