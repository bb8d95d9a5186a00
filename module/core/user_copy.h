/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies of any length from and to user memory.  Linux's own refuse what is longer than
 * INT_MAX, with a warning; a program's or a driver's length may be.
 */
#ifndef NTPOOL_CORE_USER_COPY_H
#define NTPOOL_CORE_USER_COPY_H

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/uaccess.h>

#define USER_COPY_PIECE ((size_t)INT_MAX & PAGE_MASK)

/* Both return how many bytes have not been copied. */
static inline size_t user_copy_in(void *to, const void __user *from, size_t length)
{
	size_t done, piece, left;

	for (done = 0; done < length; done += piece) {
		piece = min(length - done, USER_COPY_PIECE);
		left = copy_from_user(to + done, from + done, piece);
		if (unlikely(left))
			return length - done - piece + left;
	}
	return 0;
}

static inline size_t user_copy_out(void __user *to, const void *from, size_t length)
{
	size_t done, piece, left;

	for (done = 0; done < length; done += piece) {
		piece = min(length - done, USER_COPY_PIECE);
		left = copy_to_user(to + done, from + done, piece);
		if (unlikely(left))
			return length - done - piece + left;
	}
	return 0;
}

#endif /* NTPOOL_CORE_USER_COPY_H */
