/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bystander: a process that has nothing to do with a request, and that is
 * running when the device's interrupt comes.
 */
#ifndef BYSTANDER_H
#define BYSTANDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "ntpool.h"

#define BYSTANDER_BYTES 48

enum consent {
	VOLUNTEER,		/* naive writes may land in its page */
	STRANGER,		/* it has opened no session */
	VOLUNTEER_NOT_RESIDENT, /* it has volunteered, but its page is gone */
};

struct bystander {
	pid_t pid;
	unsigned int cpu;
	struct bystander_report *report; /* shared with it */
	/* Of a volunteer with its page: what it found there, and in which frame. */
	char before[BYSTANDER_BYTES];
	uint64_t frame; /* 0 without CAP_SYS_ADMIN */
};

/*
 * Starts one that spins on @cpu and keeps @content at @page; false if it could
 * not do what it was to do.
 */
bool bystander_start(struct bystander *bystander, void *page, unsigned int cpu,
		     enum consent consent, const char *content);

/* Ends it.  @content: what it found at its page at the end. */
void bystander_stop(struct bystander *bystander, char content[BYSTANDER_BYTES]);

#endif
