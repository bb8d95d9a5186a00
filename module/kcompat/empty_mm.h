/* SPDX-License-Identifier: GPL-2.0-only */
/* An address space with nothing in it: mm_alloc(), which is not exported. */
#ifndef NTPOOL_KCOMPAT_EMPTY_MM_H
#define NTPOOL_KCOMPAT_EMPTY_MM_H

struct mm_struct *kcompat_empty_mm(void);

#endif /* NTPOOL_KCOMPAT_EMPTY_MM_H */
