/* SPDX-License-Identifier: GPL-2.0-only */
/* A 32-bit program's view of its own address space. */
#ifndef CALLER32_H
#define CALLER32_H

#include <stdbool.h>
#include <stdint.h>

struct caller32 {
	uint64_t bits;
	uint64_t end;	/* its highest user address */
	uint64_t stack; /* an address of its own */
	/* Why the three are not there, a sentence without its end; "" if they are. */
	char reason[128];
};

/* Runs the 32-bit helper program; false where there is a reason why not. */
bool caller32_ask(struct caller32 *answer);

#endif
