// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request of eight bytes, whose data comes while another process is running that has
 * a page at the same address.
 */
#include "lab/lab.h"

#define OURS   "requester's words"
#define THEIRS "bystander's words"

static char *page;
static char theirs[BYSTANDER_BYTES];
static struct result told;

/* The bystander spins on the device's CPU until the request is done. */
static struct ntpool_lab_evidence ask_once(uint32_t code, enum consent consent,
					   pid_t *running)
{
	struct ntpool_lab_evidence found;
	struct bystander bystander;

	strcpy(page, OURS);
	bystander_start(&bystander, page, device_cpu(), consent, THEIRS);
	set_device(device_cpu(), 30);
	told = finish(start(code, NULL, 0, page, LENGTH));
	found = evidence();
	bystander_stop(&bystander, theirs);
	*running = bystander.pid;
	return found;
}

/* A kernel thread may be what is running just then; that is no failure. */
static bool ask(uint32_t code, enum consent consent, uint32_t outcome)
{
	int tries = 5;

	page = shared_address();
	run_on_cpu(0);
	while (tries--) {
		pid_t running;
		struct ntpool_lab_evidence found =
			ask_once(code, consent, &running);

		if (found.outcome == outcome && found.pid == (uint32_t)running)
			break;
	}
	tell("requester's memory", "\"%s\"", letters(page, strlen(OURS)));
	tell("bystander's memory", "\"%s\"", letters(theirs, strlen(THEIRS)));
	return tries >= 0;
}

static void wrong(void)
{
	check(ask(NTPOOL_LAB_NAIVE, VOLUNTEER, NTPOOL_LAB_WRITTEN),
	      "the driver has written in the process that was interrupted");
	check(!memcmp(theirs, DATA, LENGTH), "its memory has the data");
	check(!strcmp(page, OURS), "the requester has nothing");
	check(told.status == STATUS_SUCCESS && told.information == LENGTH,
	      "though it was told that all is well");
}

static void wrong_stranger(void)
{
	check(ask(NTPOOL_LAB_NAIVE, STRANGER, NTPOOL_LAB_STRANGER),
	      "the write in a process that has not volunteered is refused");
	check(!strcmp(theirs, THEIRS) && !strcmp(page, OURS),
	      "nobody's memory has changed");
}

static void right(uint32_t code)
{
	check(ask(code, VOLUNTEER, NTPOOL_LAB_NOTHING),
	      "another process was running when the interrupt came");
	check(!memcmp(page, DATA, LENGTH), "the requester has the data");
	check(!strcmp(theirs, THEIRS), "the other process is as it was");
}

static void right_buffered(void)
{
	right(NTPOOL_LAB_BUFFERED);
}

static void right_direct(void)
{
	right(NTPOOL_LAB_DIRECT);
}

static void right_attach(void)
{
	right(NTPOOL_LAB_ATTACH);
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "wrong-stranger", wrong_stranger },
		{ "right-buffered", right_buffered },
		{ "right-direct", right_direct },
		{ "right-attach", right_attach },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
