/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes let naive writes land in them, and where.
 */
#ifndef NTPOOL_IO_VOLUNTEER_H
#define NTPOOL_IO_VOLUNTEER_H

#include <linux/types.h>

struct io_session;
struct mm_struct;

bool volunteer_covers(const struct mm_struct *mm, unsigned long address);
void volunteer_withdraw(struct io_session *ios);

#endif /* NTPOOL_IO_VOLUNTEER_H */
