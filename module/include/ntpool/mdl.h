/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory descriptor lists with NT's names (wdm.h; "Using MDLs", Windows driver
 * documentation).  An MDL is this struct and behind it a page frame number for
 * each page of the buffer, as NT's is; what we keep of it besides is not in it.
 */
#ifndef _NTPOOL_MDL_H
#define _NTPOOL_MDL_H

#include <linux/compiler.h>
#include <asm/barrier.h>
#include <asm/page.h>

#include <ntpool/irp.h>
#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;

struct _MDL {
	PMDL Next;
	CSHORT Size; /* bytes with the frame numbers; MAXSHORT if more */
	CSHORT MdlFlags;
	PEPROCESS Process; /* whose pages are locked; NULL for system space's */
	PVOID MappedSystemVa;
	PVOID StartVa;
	ULONG ByteCount;
	ULONG ByteOffset;
};

/* clang-format off */
#define MDL_MAPPED_TO_SYSTEM_VA		0x0001
#define MDL_PAGES_LOCKED		0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL	0x0004
#define MDL_ALLOCATED_FIXED_SIZE	0x0008
#define MDL_PARTIAL			0x0010
#define MDL_PARTIAL_HAS_BEEN_MAPPED	0x0020
#define MDL_IO_PAGE_READ		0x0040
#define MDL_WRITE_OPERATION		0x0080
#define MDL_PARENT_MAPPED_SYSTEM_VA	0x0100
#define MDL_FREE_EXTRA_PTES		0x0200
#define MDL_DESCRIBES_AWE		0x0400
#define MDL_IO_SPACE			0x0800
#define MDL_NETWORK_HEADER		0x1000
#define MDL_MAPPING_CAN_FAIL		0x2000
#define MDL_PAGE_CONTENTS_INVARIANT	0x4000

/* MM_PAGE_PRIORITY may have these added. */
#define MdlMappingNoWrite		0x80000000u
#define MdlMappingNoExecute		0x40000000u

#define MM_DONT_ZERO_ALLOCATION			0x00000001
#define MM_ALLOCATE_FROM_LOCAL_NODE_ONLY	0x00000002
#define MM_ALLOCATE_FULLY_REQUIRED		0x00000004
#define MM_ALLOCATE_NO_WAIT			0x00000008
#define MM_ALLOCATE_PREFER_CONTIGUOUS		0x00000010
#define MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS	0x00000020
/* clang-format on */

typedef enum _LOCK_OPERATION {
	IoReadAccess,
	IoWriteAccess,
	IoModifyAccess,
} LOCK_OPERATION;

typedef enum _MEMORY_CACHING_TYPE {
	MmNonCached,
	MmCached,
	MmWriteCombined,
	MmHardwareCoherentCached,
	MmNonCachedUnordered,
	MmUSWCCached,
	MmMaximumCacheType,
	MmNotMapped = -1,
} MEMORY_CACHING_TYPE;

typedef enum _MM_PAGE_PRIORITY {
	LowPagePriority = 0,
	NormalPagePriority = 16,
	HighPagePriority = 32,
} MM_PAGE_PRIORITY;

/* NT's PAGE_ALIGN() is in nt/ntddk.h: Linux's of that name rounds up. */
#define BYTE_OFFSET(Va) ((ULONG)((ULONG_PTR)(Va) & (PAGE_SIZE - 1)))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size) \
	((ULONG)(((ULONG_PTR)BYTE_OFFSET(Va) + (SIZE_T)(Size) + PAGE_SIZE - 1) >> PAGE_SHIFT))
#define ROUND_TO_PAGES(Size) \
	(((ULONG_PTR)(Size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))
#define BYTES_TO_PAGES(Size) ADDRESS_AND_SIZE_TO_SPAN_PAGES(0, Size)

#define MmGetMdlByteCount(Mdl)	((Mdl)->ByteCount)
#define MmGetMdlByteOffset(Mdl) ((Mdl)->ByteOffset)
#define MmGetMdlBaseVa(Mdl)	((Mdl)->StartVa)
#define MmGetMdlPfnArray(Mdl)	((PPFN_NUMBER)((Mdl) + 1))
#define MmGetMdlVirtualAddress(Mdl) \
	((PVOID)((PCHAR)(Mdl)->StartVa + (Mdl)->ByteOffset))

/* mdl.c */
SIZE_T MmSizeOfMdl(PVOID Base, SIZE_T Length);
PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
		   BOOLEAN ChargeQuota, PIRP Irp);
VOID IoFreeMdl(PMDL Mdl);

/* mdl_lock.c */
VOID MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
			 LOCK_OPERATION Operation);
VOID MmUnlockPages(PMDL MemoryDescriptorList);

/* mdl_map.c */
PVOID MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList,
				   KPROCESSOR_MODE AccessMode,
				   MEMORY_CACHING_TYPE CacheType,
				   PVOID RequestedAddress,
				   ULONG BugCheckOnFailure, ULONG Priority);
VOID MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList);
PVOID ntpool_mdl_system_address(PMDL Mdl, ULONG Priority);

/* mdl_build.c */
VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList);
VOID IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress,
		       ULONG Length);

/* mdl_pages.c */
PMDL MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
			     PHYSICAL_ADDRESS HighAddress,
			     PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
			     MEMORY_CACHING_TYPE CacheType, ULONG Flags);
PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress,
			   PHYSICAL_ADDRESS HighAddress,
			   PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes);
VOID MmFreePagesFromMdl(PMDL MemoryDescriptorList);

/* For an MDL in memory of the driver's own, of MmSizeOfMdl() bytes. */
FORCEINLINE VOID MmInitializeMdl(PMDL MemoryDescriptorList, PVOID BaseVa,
				 SIZE_T Length)
{
	SIZE_T size = MmSizeOfMdl(BaseVa, Length);

	MemoryDescriptorList->Next = NULL;
	MemoryDescriptorList->Size = (CSHORT)(size > 0x7FFF ? 0x7FFF : size);
	MemoryDescriptorList->MdlFlags = 0;
	MemoryDescriptorList->Process = NULL;
	MemoryDescriptorList->MappedSystemVa = NULL;
	MemoryDescriptorList->StartVa =
		(PVOID)((ULONG_PTR)BaseVa & ~(ULONG_PTR)(PAGE_SIZE - 1));
	MemoryDescriptorList->ByteOffset = BYTE_OFFSET(BaseVa);
	MemoryDescriptorList->ByteCount = (ULONG)Length;
}

/* The same address each time; NULL where there is no room for it. */
FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG Priority)
{
	/* Pairs with the release in mdl_map.c: the flag is set last. */
	if (smp_load_acquire(&Mdl->MdlFlags) &
	    (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
		return Mdl->MappedSystemVa;
	return ntpool_mdl_system_address(Mdl, Priority);
}

/* Only for partial ones; they can then be built again. */
FORCEINLINE VOID MmPrepareMdlForReuse(PMDL Mdl)
{
	if (Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED)
		MmUnmapLockedPages(Mdl->MappedSystemVa, Mdl);
}

#endif /* _NTPOOL_MDL_H */
