/* SPDX-License-Identifier: GPL-2.0-only */
/* The naive write: to a user's address, in whatever address space is in force. */
#ifndef NTPOOL_IO_NAIVE_H
#define NTPOOL_IO_NAIVE_H

#include <linux/types.h>

#include <uapi/linux/ntpool_lab.h>

#include "io/evidence.h"

/**
 * struct io_hit - what a driver's routine has come upon, where it runs
 * @party: the process; filled in
 * @address: a user's, that the routine has in mind
 * @mm: the user address space in force, NULL where there is none to speak of
 * @open: its owner has agreed that @address is looked at, and written
 */
struct io_hit {
	struct io_party *party;
	unsigned long address;
	struct mm_struct *mm;
	bool open;
};

void io_hit_begin(struct io_hit *hit, const struct mm_struct *requester);
enum ntpool_lab_outcome io_hit_write(struct io_hit *hit, const void *data,
				     size_t length);
void io_hit_end(struct io_hit *hit);

#endif /* NTPOOL_IO_NAIVE_H */
