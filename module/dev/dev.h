/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The character device /dev/ntpool: copy in, validate, dispatch, copy out.
 */
#ifndef NTPOOL_DEV_H
#define NTPOOL_DEV_H

#include <linux/ntpool.h>
#include <linux/types.h>

int dev_init(void);
void dev_exit(void);

/* space.c */
enum ntpool_class space_classify(u64 address);

#endif /* NTPOOL_DEV_H */
