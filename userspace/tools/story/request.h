/* SPDX-License-Identifier: GPL-2.0-only */
/* A request from start to end, as the chapters on the trap make it. */
#ifndef REQUEST_H
#define REQUEST_H

#include "base/bystander.h"
#include "story/story.h"

/* What the device delivers: eight letters that are seen at once in memory. */
#define DEVICE_DATA "DEVICE!!"

struct attempt {
	struct ntpool_result result;
	uint64_t start_ns;  /* when the driver was called, CLOCK_MONOTONIC */
	uint64_t return_ns; /* when it came back */
	uint32_t start_status;
	bool hit;		      /* the interrupt hit the bystander, on its CPU */
	char theirs[BYSTANDER_BYTES]; /* the bystander's memory at the end */
	char ours[BYSTANDER_BYTES];   /* the requester's */
};

/*
 * Starts a request of eight bytes to @page that the last CPU's interrupt is to
 * complete while @consent's bystander spins there, and waits for it.  Tells
 * with cannot() if it could not be made; whether the interrupt came while it was
 * the bystander's turn is in @attempt->hit.
 */
bool attempt(struct story *story, void *page, enum ntpool_variant variant,
	     enum consent consent, struct attempt *attempt);

/* The same with nobody on that CPU: @attempt->hit where it was idle. */
bool attempt_idle(struct story *story, void *page, struct attempt *attempt);

/* The bystander beside the requester: who, on which CPU, where, before and after. */
void show_parties(struct story *story, const char *key,
		  const struct ntpool_result *result);

/* Both processes hold their own words again. */
#define OURS_BEFORE   "requester's own words"
#define THEIRS_BEFORE "bystander's own words"

#endif
