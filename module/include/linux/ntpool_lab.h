/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ntpool.ko does for the driver of the catalogue of pitfalls, and for no other:
 * the wrong things, guarded.
 */
#ifndef _LINUX_NTPOOL_LAB_H
#define _LINUX_NTPOOL_LAB_H

#include <linux/types.h>

#include <uapi/linux/ntpool_lab.h>

u32 ntpool_lab_write_user(unsigned long address, const void *data, size_t length,
			  struct ntpool_lab_evidence *evidence);
bool ntpool_lab_in_special_pool(const void *address);

#endif /* _LINUX_NTPOOL_LAB_H */
