// SPDX-License-Identifier: GPL-2.0-only
/* Where in the machine's memory an address is ("MmGetPhysicalAddress"). */
#include <linux/export.h>
#include <linux/sched.h>

#include <ntpool/memory.h>

#include "vas/vas.h"

/**
 * MmGetPhysicalAddress() - the physical address of what is mapped at an address
 * @BaseAddress: of system space, or of the running process
 *
 * Context: any.  Of pageable memory the answer is good while its pages are locked.
 * Return: the address; 0 where nothing is mapped.
 */
PHYSICAL_ADDRESS MmGetPhysicalAddress(PVOID BaseAddress)
{
	unsigned long address = (unsigned long)BaseAddress;
	struct mm_struct *mm = address < TASK_SIZE_MAX ? current->mm : NULL;
	PHYSICAL_ADDRESS physical = {};
	struct ntpool_walk walk = {};

	if (!mm && address < TASK_SIZE_MAX)
		return physical;
	vas_walk(mm, address, &walk);
	if (walk.page_shift)
		physical.QuadPart = (walk.frame << PAGE_SHIFT) | BYTE_OFFSET(address);
	return physical;
}
EXPORT_SYMBOL_GPL(MmGetPhysicalAddress);
