/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The character device /dev/ntpool: copy in, validate, dispatch, copy out.
 */
#ifndef NTPOOL_DEV_H
#define NTPOOL_DEV_H

int dev_init(void);
void dev_exit(void);

#endif /* NTPOOL_DEV_H */
