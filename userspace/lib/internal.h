/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the library share and nobody outside sees. */
#ifndef NTPOOL_INTERNAL_H
#define NTPOOL_INTERNAL_H

#include "ntpool.h"

struct ntpool {
	int fd;
};

/* ioctl() in this library's manner: 0 or a negative errno. */
int ntpool_ioctl(const struct ntpool *session, unsigned long command,
		 void *argument);

/* A pointer as the ABI carries it. */
static inline uint64_t ntpool_pointer(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

#endif /* NTPOOL_INTERNAL_H */
