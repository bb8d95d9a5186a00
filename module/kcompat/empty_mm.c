// SPDX-License-Identifier: GPL-2.0-only
/* An address space with nothing in it. */
#include <linux/sched/mm.h>
#include <linux/static_call.h>

#include "kcompat/empty_mm.h"

DEFINE_STATIC_CALL_NULL(kcompat_mm_alloc, mm_alloc);

/**
 * kcompat_empty_mm() - make one
 *
 * It is nobody's: its owner would be who loads the module, and the kernel would still
 * charge that task's memory cgroup when the task is gone.
 *
 * Context: may sleep.
 * Return: the address space, for mmput(); NULL where it cannot be had.
 */
struct mm_struct *kcompat_empty_mm(void)
{
	struct mm_struct *mm;

	if (!kcompat_find(kcompat_mm_alloc, "mm_alloc"))
		return NULL;
	mm = static_call(kcompat_mm_alloc)();
#ifdef CONFIG_MEMCG
	if (mm)
		WRITE_ONCE(mm->owner, NULL);
#endif
	return mm;
}
