// SPDX-License-Identifier: GPL-2.0-only
/* Other memory is at the buffer's address when its data comes. */
#include "lab/lab.h"

#define NEW "words of the new page"

/* We are what the device interrupts. */
static char *ask(uint32_t code, unsigned int delay_ms)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *page = shared_address();
	uint64_t request;

	run_on_cpu(device_cpu());
	volunteer(page);
	set_device(device_cpu(), delay_ms);
	request = start(code, NULL, 0, page, LENGTH);
	mmap(page, size, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	strcpy(page, NEW);
	spin(3 * delay_ms);
	finish(request);
	tell("the new page", "\"%s\"", letters(page, strlen(NEW)));
	return page;
}

static void wrong(void)
{
	bool written = false, overwritten = false;

	/* On a busy machine we may be late, or a kernel thread be running just then. */
	for (unsigned int ms = 20; ms <= 320 && !overwritten; ms *= 2) {
		char *page = ask(NTPOOL_LAB_NAIVE, ms);

		written = evidence().outcome == NTPOOL_LAB_WRITTEN;
		overwritten = !memcmp(page, DATA, LENGTH);
	}
	check(written, "the driver has written to the address");
	check(overwritten, "what is mapped there now is overwritten");
}

static void right(void)
{
	char *page = ask(NTPOOL_LAB_DIRECT, 20);

	check(!strcmp(page, NEW), "what is mapped there now is as it was");
	check(!bugcheck(0), "no bug check");
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
