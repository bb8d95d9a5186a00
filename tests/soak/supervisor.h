/* SPDX-License-Identifier: GPL-2.0-only */
/* Who keeps the workers going. */
#ifndef SOAK_SUPERVISOR_H
#define SOAK_SUPERVISOR_H

#include <sys/types.h>

#include "soak/soak.h"

#define WORKERS 4
#define BLOCKS	16

struct supervisor {
	uint64_t seed;
	uint64_t random;
	int fd;
	uint64_t device;
	uint64_t started; /* workers */
	uint64_t killed;
	uint64_t trims;
	pid_t workers[WORKERS];
	bool condemned[WORKERS];
	uint64_t blocks[BLOCKS]; /* of paged pool, to be trimmed and touched */
};

/* disturb.c */
void disturb(struct supervisor *me);
/* Completes what the driver keeps. */
void disturb_release(struct supervisor *me);

#endif /* SOAK_SUPERVISOR_H */
