// SPDX-License-Identifier: GPL-2.0-only
/* The requester is gone when its data comes, and somebody else is running. */
#include "lab/lab.h"

#define THEIRS "bystander's words"

static char *page;
static uint64_t *request; /* what the requester has started */

/* A requester that exits at once, as if it had been killed. */
static void request_and_exit(uint32_t code, unsigned int delay_ms)
{
	pid_t child;

	page = shared_address();
	request = shared_memory(sizeof(*request));
	set_device(device_cpu(), delay_ms);
	child = fork();
	if (child == 0) {
		*request = start(code, NULL, 0, page, LENGTH);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	tell("requester", "%d, gone", child);
}

/* Who runs on the device's CPU until the interrupt has come. */
static struct ntpool_lab_evidence run_another(char theirs[BYSTANDER_BYTES])
{
	struct ntpool_lab_evidence found;
	struct bystander bystander;
	int patience = 100;

	bystander_start(&bystander, page, device_cpu(), VOLUNTEER, THEIRS);
	while (found = evidence(), !found.comm[0] && patience--)
		rest(50);
	bystander_stop(&bystander, theirs);
	tell("bystander", "%d, \"%s\"", bystander.pid,
	     letters(theirs, strlen(THEIRS)));
	return found;
}

static void wrong(void)
{
	char theirs[BYSTANDER_BYTES];
	bool written = false;

	/* On a busy machine we may be late, or a kernel thread be running just then. */
	for (unsigned int ms = 200; ms <= 1600 && !written; ms *= 2) {
		request_and_exit(NTPOOL_LAB_REGISTER, ms);
		written = run_another(theirs).outcome == NTPOOL_LAB_WRITTEN;
	}
	check(written, "the driver has written, though the requester is gone");
	check(!memcmp(theirs, DATA, LENGTH),
	      "a process that has nothing to do with it has the data");
}

static void right(void)
{
	struct ntpool_lab_evidence found;
	char theirs[BYSTANDER_BYTES];

	request_and_exit(NTPOOL_LAB_BUFFERED, 200);
	check(finish_within(*request, 50).status == STATUS_CANCELLED,
	      "the exit has cancelled the request, long before the interrupt");
	found = run_another(theirs);
	check(found.comm[0] && found.outcome == NTPOOL_LAB_NOTHING &&
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
