// SPDX-License-Identifier: GPL-2.0-only
/* The buffer's memory is given back before its data comes. */
#include <stdlib.h>

#include "lab/lab.h"

/* We are what the device interrupts. */
static struct result ask_at(char *page, uint32_t code, unsigned int delay_ms)
{
	uint64_t request;

	run_on_cpu(device_cpu());
	volunteer(page);
	set_device(device_cpu(), delay_ms);
	request = start(code, NULL, 0, page, LENGTH);
	munmap(page, sysconf(_SC_PAGESIZE));
	spin(3 * delay_ms);
	return finish(request);
}

static struct result ask(uint32_t code, unsigned int delay_ms)
{
	return ask_at(shared_address(), code, delay_ms);
}

/* A page that can be seen at two addresses. */
static void map_twice(char **one, char **other)
{
	size_t size = sysconf(_SC_PAGESIZE);
	int file = memfd_create("buffer", 0);

	if (ftruncate(file, size))
		exit(1);
	*one = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	*other = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
	if (*one == MAP_FAILED || *other == MAP_FAILED)
		exit(1);
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
	char *page, *same_page;

	map_twice(&page, &same_page);
	check(ask_at(page, NTPOOL_LAB_DIRECT, 20).status == STATUS_SUCCESS,
	      "the requester is told that its data has come");
	tell("by another address", "\"%s\"", letters(same_page, LENGTH));
	check(!memcmp(same_page, DATA, LENGTH),
	      "the locked page has it, as can be seen by another address");
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
