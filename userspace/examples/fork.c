// SPDX-License-Identifier: GPL-2.0-only
/* The requester forks; its child is running when the data comes. */
#include "lab/lab.h"

#define OURS   "parent's words"
#define THEIRS "child's words"

static char *page;
static char theirs[BYSTANDER_BYTES];

/* Whether the driver did that while the child was running. */
static bool ask_once(uint32_t code, uint32_t outcome, unsigned int delay_ms)
{
	struct ntpool_lab_evidence found;
	struct bystander child;
	uint64_t request;

	strcpy(page, OURS);
	set_device(device_cpu(), delay_ms);
	request = start(code, NULL, 0, page, LENGTH);
	bystander_start(&child, page, device_cpu(), VOLUNTEER, THEIRS);
	finish(request);
	found = evidence();
	bystander_stop(&child, theirs);
	return found.outcome == outcome && found.pid == (uint32_t)child.pid;
}

/* On a busy machine the child may be late, or a kernel thread be running just then. */
static bool ask(uint32_t code, uint32_t outcome)
{
	bool done = false;

	page = shared_address();
	run_on_cpu(0);
	for (unsigned int ms = 150; ms <= 2400 && !done; ms *= 2)
		done = ask_once(code, outcome, ms);
	tell("parent's memory", "\"%s\"", letters(page, strlen(OURS)));
	tell("child's memory", "\"%s\"", letters(theirs, strlen(THEIRS)));
	return done;
}

static void wrong(void)
{
	check(ask(NTPOOL_LAB_NAIVE, NTPOOL_LAB_WRITTEN),
	      "the driver has written in the child");
	check(!memcmp(theirs, DATA, LENGTH), "the child has the data");
	check(!strcmp(page, OURS), "the parent, who asked, has not");
}

static void right(uint32_t code)
{
	check(ask(code, NTPOOL_LAB_NOTHING),
	      "the child was running when the interrupt came");
	check(!memcmp(page, DATA, LENGTH), "the parent, who asked, has the data");
	check(!strcmp(theirs, THEIRS), "the child has not");
}

static void right_buffered(void)
{
	right(NTPOOL_LAB_BUFFERED);
}

static void right_direct(void)
{
	right(NTPOOL_LAB_DIRECT);
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
