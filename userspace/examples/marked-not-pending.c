// SPDX-License-Identifier: GPL-2.0-only
/* A request is marked pending, and another status returned. */
#include <stdlib.h>
#include <sys/eventfd.h>

#include "lab/lab.h"

/* How often the requester has been told, and what. */
static uint64_t ask(uint32_t code, struct ntpool_device_io *io)
{
	uint64_t told = 0;

	*io = (struct ntpool_device_io){
		.code = code,
		.eventfd = eventfd(0, EFD_NONBLOCK),
	};
	start_io(io);
	rest(100);
	if (read(io->eventfd, &told, sizeof(told)) < 0)
		told = 0;
	tell("answered", "0x%08x", io->status);
	tell("event signalled", "%u times", (unsigned int)told);
	return told;
}

static void wrong(void)
{
	struct ntpool_device_io io;

	check(ask(NTPOOL_LAB_MARKED_WRONG, &io) == 1 &&
		      io.status == STATUS_DEVICE_NOT_READY,
	      "the requester is told twice: by the answer, and by its event");
}

static void wrong_verifier(void)
{
	struct ntpool_device_io io;

	verify(NTPOOL_VERIFIER_IO, NULL);
	ask(NTPOOL_LAB_MARKED_WRONG, &io);
	check(bugcheck_of(0xC9, 0x23E),
	      "bug check 0xC9 [0x23E]: marked, and not STATUS_PENDING");
}

static void right(void)
{
	struct ntpool_device_io io;

	verify(NTPOOL_VERIFIER_IO, NULL);
	check(ask(NTPOOL_LAB_MARKED_RIGHT, &io) == 1 &&
		      io.status == STATUS_PENDING,
	      "the requester is told once: by its event");
	check(finish(io.request).status == STATUS_DEVICE_NOT_READY,
	      "and collects the status");
	check(!bugcheck(0), "no bug check");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "wrong-verifier", wrong_verifier },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
