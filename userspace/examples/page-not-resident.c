// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt comes in the right process, but the buffer's page is not there. */
#include "lab/lab.h"

/* We are what the device interrupts. */
static char *ask(uint32_t code)
{
	char *page = shared_address();
	uint64_t request;

	run_on_cpu(device_cpu());
	volunteer(page);
	madvise(page, sysconf(_SC_PAGESIZE), MADV_DONTNEED);
	set_device(device_cpu(), 20);
	request = start(code, NULL, 0, page, LENGTH);
	spin(60);
	finish(request);
	return page;
}

static void wrong(void)
{
	struct ntpool_lab_evidence found;
	int tries = 5;
	char *page;

	/* A kernel thread may be what is running just then; that is no failure. */
	do {
		page = ask(NTPOOL_LAB_NAIVE);
		found = evidence();
	} while (found.pid != (uint32_t)getpid() && --tries);
	check(found.outcome == NTPOOL_LAB_NOT_RESIDENT &&
		      found.pid == (uint32_t)getpid(),
	      "the right process was running, but there was no page");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
	check(memcmp(page, DATA, LENGTH), "no data has come");
}

static void right(void)
{
	char *page = ask(NTPOOL_LAB_DIRECT);

	check(!bugcheck(0), "no bug check");
	check(!memcmp(page, DATA, LENGTH),
	      "the page was brought in when it was locked, and has the data");
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
