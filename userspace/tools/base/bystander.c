// SPDX-License-Identifier: GPL-2.0-only
/* The process that the interrupt hits. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bystander.h"
#include "base/process.h"
#include "base/session.h"

enum { STARTING,
       READY,
       FAILED };

struct bystander_report {
	atomic_int state;
	atomic_bool stop;
	char before[BYSTANDER_BYTES], content[BYSTANDER_BYTES];
	uint64_t frame;
};

static void look(struct bystander_report *report, struct ntpool *session,
		 const void *page)
{
	struct ntpool_walk walk;

	memcpy(report->before, page, BYSTANDER_BYTES);
	if (!ntpool_walk_address(session, (uintptr_t)page, &walk))
		report->frame = walk.frame;
}

static bool give_consent(struct bystander_report *report, void *page,
			 enum consent consent)
{
	size_t size = sysconf(_SC_PAGESIZE);
	struct ntpool *session;

	if (consent == STRANGER)
		return true;
	if (consent == VOLUNTEER_NOT_RESIDENT)
		madvise(page, size, MADV_DONTNEED);
	/* Kept open: the consent ends with the session, that is with us. */
	session = open_session(0);
	if (!session || ntpool_volunteer(session, page, size))
		return false;
	if (consent == VOLUNTEER)
		look(report, session, page);
	return true;
}

static void live(struct bystander_report *report, void *page, unsigned int cpu,
		 enum consent consent, const char *content)
{
	/* Not to outlive who started it, should that be killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "bystander");
	strncpy(page, content, BYSTANDER_BYTES);
	if (!run_on_cpu(cpu) || !give_consent(report, page, consent)) {
		report->state = FAILED;
		_exit(1);
	}
	report->state = READY;
	while (!report->stop)
		;
	memcpy(report->content, page, BYSTANDER_BYTES);
	_exit(0);
}

bool bystander_start(struct bystander *bystander, void *page, unsigned int cpu,
		     enum consent consent, const char *content)
{
	struct bystander_report *report = shared_memory(sizeof(*report));

	*bystander = (struct bystander){ .cpu = cpu, .report = report };
	bystander->pid = fork();
	if (bystander->pid == 0)
		live(report, page, cpu, consent, content);
	while (report->state == STARTING && !has_ended(bystander->pid))
		usleep(1000);
	/* Long enough on its CPU to be the one that is hit. */
	usleep(20000);
	memcpy(bystander->before, report->before, BYSTANDER_BYTES);
	bystander->frame = report->frame;
	return report->state == READY;
}

void bystander_stop(struct bystander *bystander, char content[BYSTANDER_BYTES])
{
	bystander->report->stop = true;
	if (bystander->pid > 0)
		waitpid(bystander->pid, NULL, 0);
	memcpy(content, bystander->report->content, BYSTANDER_BYTES);
	munmap(bystander->report, sizeof(*bystander->report));
}
