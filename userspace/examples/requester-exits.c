// SPDX-License-Identifier: GPL-2.0-only
/* The requester is gone when its data comes, and somebody else is running. */
#include "lab/lab.h"

#define THEIRS "bystander's words"

static char *page;
static uint64_t *request; /* what the requester has started */

/* A requester that exits at once, as if it had been killed. */
static void request_and_exit(uint32_t code)
{
	pid_t child;

	page = shared_address();
	request = shared_memory(sizeof(*request));
	set_device(device_cpu(), 200);
	child = fork();
	if (child == 0) {
		*request = start(code, NULL, 0, page, LENGTH);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	tell("requester", "%d, gone", child);
}

/* Who runs on the device's CPU when the interrupt comes. */
static void run_another(char theirs[BYSTANDER_BYTES])
{
	struct bystander bystander;

	bystander_start(&bystander, page, device_cpu(), VOLUNTEER, THEIRS);
	rest(400);
	bystander_stop(&bystander, theirs);
	tell("bystander", "%d, \"%s\"", bystander.pid,
	     letters(theirs, strlen(THEIRS)));
}

static void wrong(void)
{
	char theirs[BYSTANDER_BYTES];

	request_and_exit(NTPOOL_LAB_REGISTER);
	run_another(theirs);
	check(evidence().outcome == NTPOOL_LAB_WRITTEN,
	      "the driver has written, though the requester is gone");
	check(!memcmp(theirs, DATA, LENGTH),
	      "a process that has nothing to do with it has the data");
}

static void right(void)
{
	char theirs[BYSTANDER_BYTES];

	request_and_exit(NTPOOL_LAB_BUFFERED);
	check(finish_within(*request, 50).status == STATUS_CANCELLED,
	      "the exit has cancelled the request, long before the interrupt");
	run_another(theirs);
	check(evidence().outcome == NTPOOL_LAB_NOTHING &&
		      !strcmp(theirs, THEIRS),
	      "the interrupt found nothing to do, and nobody's memory has changed");
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
