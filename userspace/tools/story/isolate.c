// SPDX-License-Identifier: GPL-2.0-only
/* S4: one address, two processes, two frames, two contents. */
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/session.h"
#include "base/units.h"
#include "story/request.h"
#include "story/story.h"

#define WORDS 32

/* What the second process reports of the address; in memory shared with it. */
struct other {
	atomic_bool ready, written;
	uint64_t frame;
	char found[WORDS];
};

static void live_as_other(char *page, struct other *other)
{
	struct ntpool *session = open_session(0);
	struct ntpool_walk walk = { 0 };

	/* Not to wait for ever should who started it be killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	strcpy(page, "written by the second");
	if (session && !ntpool_walk_address(session, (uintptr_t)page, &walk))
		other->frame = walk.frame;
	other->ready = true;
	while (!other->written)
		usleep(1000);
	memcpy(other->found, page, WORDS);
	_exit(0);
}

static const struct column columns[] = {
	{ "Process", "process" },
	{ "Address", "address" },
	{ "Page frame", "frame" },
	{ "What it reads there", "content" },
	{ NULL, NULL },
};

static void add_process(struct table *table, const char *name,
			const char *page, uint64_t frame, const char *content)
{
	char text[ADDRESS_TEXT];

	table_text(table, "%s", name);
	table_text(table, "%s", format_address((uintptr_t)page, text));
	table_hex(table, frame);
	table_text(table, "%s", content);
}

/*
 * The first writes while the second looks on, and then the second reads; false
 * if there is no second.
 */
static bool write_beside(char *page, struct other *other)
{
	pid_t child = fork();

	if (child == 0)
		live_as_other(page, other);
	while (!other->ready && !has_ended(child))
		usleep(1000);
	strcpy(page, "written by the first");
	other->written = true;
	return child > 0 && waitpid(child, NULL, 0) == child && other->ready;
}

static void judge(struct story *story, const char *page, const struct other *other)
{
	struct table *table = table_new(columns);
	struct ntpool_walk own = { 0 };

	ntpool_walk_address(story->session, (uintptr_t)page, &own);
	add_process(table, "first", page, own.frame, page);
	add_process(table, "second", page, other->frame, other->found);
	show_table(story, "processes", table);
	check(story, own.frame && other->frame && own.frame != other->frame,
	      "one address, two frames");
	check(story, !strcmp(page, "written by the first") && !strcmp(other->found, "written by the second"),
	      "each process reads what it wrote itself, and not the other's words");
}

static void compare(struct story *story, char *page)
{
	struct other *other = shared_memory(sizeof(*other));

	if (write_beside(page, other))
		judge(story, page, other);
	else
		cannot(story, "the second process did not start");
	munmap(other, sizeof(*other));
}

/* The processor isolates programs; a driver can still go wrong. */
static void write_in_the_wrong_process(struct story *story, char *page)
{
	struct attempt naive;

	tell(story, "That protects programs from each other. A driver runs in kernel mode, in whatever process happens to be there. Here one uses the first process's address while the second is running (which has volunteered for it; S10 tells this step by step):");
	if (!attempt(story, page, NTPOOL_VARIANT_NAIVE, VOLUNTEER, &naive))
		return;
	show_parties(story, "wrong_process", &naive.result);
	check(story, !memcmp(naive.theirs, DEVICE_DATA, 8),
	      "the second process finds the driver's bytes in its memory");
	check(story, !strcmp(naive.ours, OURS_BEFORE),
	      "the first process, whose address it was, finds nothing changed");
}

void play_isolation(struct story *story)
{
	char *page;

	if (!need_admin(story))
		return;
	page = shared_address();
	tell(story, "Two processes have a page at the same address. Both write to it, then both read.");
	compare(story, page);
	write_in_the_wrong_process(story, page);
	munmap(page, sysconf(_SC_PAGESIZE));
}
