// SPDX-License-Identifier: GPL-2.0-only
/* Other memory is at the buffer's address when its data comes. */
#include "lab/lab.h"

#define NEW "words of the new page"

/* We are what the device interrupts. */
static char *ask(uint32_t code)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *page = shared_address();
	uint64_t request;

	run_on_cpu(device_cpu());
	volunteer(page);
	set_device(device_cpu(), 20);
	request = start(code, NULL, 0, page, LENGTH);
	mmap(page, size, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	strcpy(page, NEW);
	spin(60);
	finish(request);
	tell("the new page", "\"%s\"", letters(page, strlen(NEW)));
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
	check(found.outcome == NTPOOL_LAB_WRITTEN,
	      "the driver has written to the address");
	check(!memcmp(page, DATA, LENGTH),
	      "what is mapped there now is overwritten");
}

static void right(void)
{
	char *page = ask(NTPOOL_LAB_DIRECT);

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
