/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the two halves of this machine's address space end and begin.
 */
#ifndef NTPOOL_VAS_INTERNAL_H
#define NTPOOL_VAS_INTERNAL_H

#include <asm/page.h>
#include <asm/processor.h>

#ifdef CONFIG_X86_64
/* 2^47, or 2^56 with five levels: found out at boot. */
#define USER_HALF_END	  (1UL << __VIRTUAL_MASK_SHIFT)
#define SYSTEM_HALF_START (-USER_HALF_END)
#else
#define USER_HALF_END	  ((unsigned long)TASK_SIZE_MAX)
#define SYSTEM_HALF_START ((unsigned long)PAGE_OFFSET)
#endif

#endif /* NTPOOL_VAS_INTERNAL_H */
