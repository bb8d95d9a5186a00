// SPDX-License-Identifier: GPL-2.0-only
/* S9: who may touch what. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"
#include "story/story.h"

#define SIZE (64 * KIB)

/* A process of its own touches @address; the signal it dies of, or 0. */
static int touch_as_user(uint64_t address, bool write)
{
	volatile unsigned char *byte = (volatile unsigned char *)(uintptr_t)address;
	const struct rlimit no_core = { 0, 0 };
	int status;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		if (write)
			*byte = 0;
		else
			(void)*byte;
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void touch_pool(struct story *story, uint64_t pool, const char *name)
{
	uint64_t block = take_block(story, pool, SIZE);
	struct ntpool_walk walk;
	char text[ADDRESS_TEXT];

	if (!block)
		return;
	if (fill_block(story, block, SIZE, 9) &&
	    !ntpool_walk_block(story->session, block, 0, &walk)) {
		format_address(walk.address, text);
		check(story, touch_as_user(walk.address, false) == SIGSEGV,
		      "a user program that reads %s pool at %s dies of SIGSEGV",
		      name, text);
		check(story, touch_as_user(walk.address, true) == SIGSEGV,
		      "and so does one that writes there");
		check(story, block_intact(story, block, SIZE, 9),
		      "the block is unharmed, word for word");
	}
	give_back(story, block);
}

/* The copy is done by kernel code with both pointers in its hands. */
static void reach_both(struct story *story)
{
	uint64_t block = take_block(story, NTPOOL_FLAG_PAGED, SIZE);
	const char message[] = "from user space, through the kernel, and back";
	char back[sizeof(message)] = "";
	struct ntpool_rw answer;
	bool good;

	if (!block)
		return;
	good = !ntpool_write(story->session, block, 0, message, sizeof(message),
			     &answer) &&
	       !ntpool_read(story->session, block, 0, back, sizeof(back),
			    &answer);
	check(story, good && !memcmp(message, back, sizeof(back)),
	      "kernel code copies between this program's buffer and a block, both ways");
	give_back(story, block);
}

void play_reach(struct story *story)
{
	if (!need_admin(story))
		return;
	tell(story, "A child process is given the true addresses of two blocks and touches them; the kernel does the same in its own way.");
	touch_pool(story, NTPOOL_FLAG_PAGED, "paged");
	touch_pool(story, NTPOOL_FLAG_NON_PAGED, "nonpaged");
	reach_both(story);
}
