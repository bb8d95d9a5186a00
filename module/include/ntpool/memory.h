/* SPDX-License-Identifier: GPL-2.0-only */
/* Where memory is, and calls that older drivers map MDLs by, with NT's names (wdm.h). */
#ifndef _NTPOOL_MEMORY_H
#define _NTPOOL_MEMORY_H

#include <ntpool/mdl.h>

/* physical.c */
PHYSICAL_ADDRESS MmGetPhysicalAddress(PVOID BaseAddress);

/* No room is bug check 0x3F. */
#define MmMapLockedPages(Mdl, AccessMode) \
	MmMapLockedPagesSpecifyCache(Mdl, AccessMode, MmCached, NULL, TRUE, HighPagePriority)

FORCEINLINE PVOID MmGetSystemAddressForMdl(PMDL Mdl)
{
	/* As MmGetSystemAddressForMdlSafe(), which maps where nothing is mapped yet. */
	if (smp_load_acquire(&Mdl->MdlFlags) &
	    (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
		return Mdl->MappedSystemVa;
	return MmMapLockedPages(Mdl, KernelMode);
}

#endif /* _NTPOOL_MEMORY_H */
