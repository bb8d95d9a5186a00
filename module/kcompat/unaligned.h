/* SPDX-License-Identifier: GPL-2.0-only */
/* 6.12: asm/unaligned.h is linux/unaligned.h, of which 6.1 has a directory. */
#ifndef NTPOOL_KCOMPAT_UNALIGNED_H
#define NTPOOL_KCOMPAT_UNALIGNED_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

#endif /* NTPOOL_KCOMPAT_UNALIGNED_H */
