// SPDX-License-Identifier: GPL-2.0-only
/* The buffer's memory is given back before its data comes. */
#include "lab/lab.h"

/* We are what the device interrupts. */
static struct result ask(uint32_t code)
{
	char *page = shared_address();
	uint64_t request;

	run_on_cpu(device_cpu());
	volunteer(page);
	set_device(device_cpu(), 20);
	request = start(code, NULL, 0, page, LENGTH);
	munmap(page, sysconf(_SC_PAGESIZE));
	spin(60);
	return finish(request);
}

static void wrong(void)
{
	struct ntpool_lab_evidence found;
	int tries = 5;

	/* A kernel thread may be what is running just then; that is no failure. */
	do {
		ask(NTPOOL_LAB_NAIVE);
		found = evidence();
	} while (found.pid != (uint32_t)getpid() && --tries);
	check(found.outcome == NTPOOL_LAB_NOT_RESIDENT,
	      "the driver found nothing at the address");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
}

static void right_buffered(void)
{
	check(ask(NTPOOL_LAB_BUFFERED).status == STATUS_ACCESS_VIOLATION,
	      "the requester is told that its buffer is gone");
	check(!bugcheck(0), "no bug check");
}

static void right_direct(void)
{
	check(ask(NTPOOL_LAB_DIRECT).status == STATUS_SUCCESS,
	      "the data went to the locked pages");
	check(!bugcheck(0), "no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "right-buffered", right_buffered },
		{ "right-direct", right_direct },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
