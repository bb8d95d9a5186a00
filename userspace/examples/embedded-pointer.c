// SPDX-License-Identifier: GPL-2.0-only
/* A buffered structure with a pointer in it, which the driver follows in a DPC. */
#include "lab/lab.h"

#define OURS   "requester's words"
#define THEIRS "bystander's words"

static char *page;
static char theirs[BYSTANDER_BYTES];

/* Whether the driver did that while the bystander was running. */
static bool ask_once(uint32_t code, uint32_t outcome)
{
	struct ntpool_lab_buffer buffer = {
		.address = (uintptr_t)page,
		.length = LENGTH,
	};
	struct ntpool_lab_evidence found;
	struct bystander bystander;

	strcpy(page, OURS);
	bystander_start(&bystander, page, device_cpu(), VOLUNTEER, THEIRS);
	set_device(device_cpu(), 30);
	finish(start(code, &buffer, sizeof(buffer), NULL, 0));
	bystander_stop(&bystander, theirs);
	found = evidence();
	return found.outcome == outcome && found.pid == (uint32_t)bystander.pid;
}

/* A kernel thread may be what is running just then; that is no failure. */
static bool ask(uint32_t code, uint32_t outcome)
{
	int tries = 5;

	page = shared_address();
	run_on_cpu(0);
	while (tries-- && !ask_once(code, outcome))
		;
	tell("requester's memory", "\"%s\"", letters(page, strlen(OURS)));
	tell("bystander's memory", "\"%s\"", letters(theirs, strlen(THEIRS)));
	return tries >= 0;
}

static void wrong(void)
{
	check(ask(NTPOOL_LAB_EMBEDDED_WRONG, NTPOOL_LAB_WRITTEN),
	      "the driver has followed the pointer in another process");
	check(!memcmp(theirs, DATA, LENGTH), "which has the data now");
	check(!strcmp(page, OURS), "the requester has not");
}

static void right(void)
{
	check(ask(NTPOOL_LAB_EMBEDDED_RIGHT, NTPOOL_LAB_NOTHING),
	      "another process was running, and the driver has not used the pointer");
	check(!memcmp(page, DATA, LENGTH), "the requester has the data");
	check(!strcmp(theirs, THEIRS), "the other process is as it was");
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
