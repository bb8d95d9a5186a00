// SPDX-License-Identifier: GPL-2.0-only
/* The buffer's memory is given back before its data comes. */
#include "lab/lab.h"

/* We are what the device interrupts. */
static struct result ask(uint32_t code, unsigned int delay_ms)
{
	char *page = shared_address();
	uint64_t request;

	run_on_cpu(device_cpu());
	volunteer(page);
	set_device(device_cpu(), delay_ms);
	request = start(code, NULL, 0, page, LENGTH);
	munmap(page, sysconf(_SC_PAGESIZE));
	spin(3 * delay_ms);
	return finish(request);
}

static void wrong(void)
{
	bool nothing = false;

	/* On a busy machine we may be late, or a kernel thread be running just then. */
	for (unsigned int ms = 20; ms <= 320 && !nothing; ms *= 2) {
		ask(NTPOOL_LAB_NAIVE, ms);
		nothing = evidence().outcome == NTPOOL_LAB_NOT_RESIDENT;
	}
	check(nothing, "the driver found nothing at the address");
	check(bugcheck(0xD1), "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL");
}

static void right_buffered(void)
{
	check(ask(NTPOOL_LAB_BUFFERED, 100).status == STATUS_ACCESS_VIOLATION,
	      "the requester is told that its buffer is gone");
	check(!bugcheck(0), "no bug check");
}

static void right_direct(void)
{
	check(ask(NTPOOL_LAB_DIRECT, 20).status == STATUS_SUCCESS,
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
