/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool with NT's names (wdm.h).  linux/ntpool.h's calls return a status; the
 * exceptions that some of NT's raise instead are raised here.
 */
#ifndef _NTPOOL_POOL_H
#define _NTPOOL_POOL_H

#include <linux/export.h>
#include <linux/ntpool.h>

#include <ntpool/excpt.h>
#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

typedef ULONG POOL_TYPE;

#define NonPagedPool		 NTPOOL_TYPE_NON_PAGED
#define NonPagedPoolExecute	 NTPOOL_TYPE_NON_PAGED
#define PagedPool		 NTPOOL_TYPE_PAGED
#define NonPagedPoolMustSucceed	 NTPOOL_TYPE_MUST_SUCCEED
#define NonPagedPoolCacheAligned NTPOOL_TYPE_CACHE_ALIGNED
#define PagedPoolCacheAligned \
	(NTPOOL_TYPE_PAGED | NTPOOL_TYPE_CACHE_ALIGNED)
#define NonPagedPoolNx NTPOOL_TYPE_NX
#define NonPagedPoolNxCacheAligned \
	(NTPOOL_TYPE_NX | NTPOOL_TYPE_CACHE_ALIGNED)
#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE NTPOOL_TYPE_QUOTA_FAIL
#define POOL_RAISE_IF_ALLOCATION_FAILURE NTPOOL_TYPE_RAISE
#define POOL_COLD_ALLOCATION		 NTPOOL_TYPE_COLD
#define POOL_NX_ALLOCATION		 NTPOOL_TYPE_NX
#define POOL_ZERO_ALLOCATION		 NTPOOL_TYPE_ZERO

/*
 * NX pool opt-in: a driver that defines POOL_NX_OPTIN and calls ExInitializeDriverRuntime()
 * first of all has NonPagedPoolNx wherever its source says NonPagedPool; one that
 * defines POOL_NX_OPTIN_AUTO has it without the call ("Single binary opt-in:
 * POOL_NX_OPTIN", Windows driver documentation).  The variable is one for each module.
 */
#define DrvRtPoolNxOptIn 0x00000001

#ifdef POOL_NX_OPTIN
extern POOL_TYPE ExDefaultNonPagedPoolType;
DECLSPEC_SELECTANY POOL_TYPE ExDefaultNonPagedPoolType = NTPOOL_TYPE_NON_PAGED;
#endif

/**
 * ExInitializeDriverRuntime() - choose what NonPagedPool means in this driver
 * @RuntimeFlags: DrvRtPoolNxOptIn or 0
 *
 * Without POOL_NX_OPTIN it makes no difference.
 *
 * Context: IRQL PASSIVE, from DriverEntry, before anything is allocated.
 */
FORCEINLINE VOID ExInitializeDriverRuntime(ULONG RuntimeFlags)
{
#ifdef POOL_NX_OPTIN
	if (RuntimeFlags & DrvRtPoolNxOptIn)
		ExDefaultNonPagedPoolType = NonPagedPoolNx;
#endif
}

#if defined(POOL_NX_OPTIN_AUTO)
#undef NonPagedPool
#undef NonPagedPoolCacheAligned
#define NonPagedPool		 NonPagedPoolNx
#define NonPagedPoolCacheAligned NonPagedPoolNxCacheAligned
#elif defined(POOL_NX_OPTIN)
#undef NonPagedPool
#undef NonPagedPoolCacheAligned
#define NonPagedPool ExDefaultNonPagedPoolType
#define NonPagedPoolCacheAligned \
	(ExDefaultNonPagedPoolType | NTPOOL_TYPE_CACHE_ALIGNED)
#endif

typedef ULONG64 POOL_FLAGS;

#define POOL_FLAG_USE_QUOTA	    NTPOOL_FLAG_USE_QUOTA
#define POOL_FLAG_UNINITIALIZED	    NTPOOL_FLAG_UNINITIALIZED
#define POOL_FLAG_SESSION	    NTPOOL_FLAG_SESSION
#define POOL_FLAG_CACHE_ALIGNED	    NTPOOL_FLAG_CACHE_ALIGNED
#define POOL_FLAG_RAISE_ON_FAILURE  NTPOOL_FLAG_RAISE_ON_FAILURE
#define POOL_FLAG_NON_PAGED	    NTPOOL_FLAG_NON_PAGED
#define POOL_FLAG_NON_PAGED_EXECUTE NTPOOL_FLAG_NON_PAGED_EXECUTE
#define POOL_FLAG_PAGED		    NTPOOL_FLAG_PAGED
#define POOL_FLAG_SPECIAL_POOL	    NTPOOL_FLAG_SPECIAL_POOL

#define POOL_PRIORITY_VARIANT(priority, where) \
	(NTPOOL_PRIORITY_##priority + NTPOOL_PRIORITY_##where)

typedef enum _EX_POOL_PRIORITY {
	LowPoolPriority = NTPOOL_PRIORITY_LOW,
	LowPoolPrioritySpecialPoolOverrun = POOL_PRIORITY_VARIANT(LOW, OVERRUN),
	LowPoolPrioritySpecialPoolUnderrun =
		POOL_PRIORITY_VARIANT(LOW, UNDERRUN),
	NormalPoolPriority = NTPOOL_PRIORITY_NORMAL,
	NormalPoolPrioritySpecialPoolOverrun =
		POOL_PRIORITY_VARIANT(NORMAL, OVERRUN),
	NormalPoolPrioritySpecialPoolUnderrun =
		POOL_PRIORITY_VARIANT(NORMAL, UNDERRUN),
	HighPoolPriority = NTPOOL_PRIORITY_HIGH,
	HighPoolPrioritySpecialPoolOverrun =
		POOL_PRIORITY_VARIANT(HIGH, OVERRUN),
	HighPoolPrioritySpecialPoolUnderrun =
		POOL_PRIORITY_VARIANT(HIGH, UNDERRUN),
} EX_POOL_PRIORITY;

typedef enum POOL_EXTENDED_PARAMETER_TYPE {
	PoolExtendedParameterPriority = NTPOOL_EXTENDED_PRIORITY,
	PoolExtendedParameterSecurePool = NTPOOL_EXTENDED_SECURE_POOL,
	PoolExtendedParameterNumaNode = NTPOOL_EXTENDED_NUMA_NODE,
} POOL_EXTENDED_PARAMETER_TYPE;

/* The layout is that of struct ntpool_extended. */
typedef struct _POOL_EXTENDED_PARAMETER {
	struct {
		ULONG64 Type : 8;
		ULONG64 Optional : 1;
		ULONG64 Reserved : 55;
	};
	union {
		ULONG64 Reserved2;
		PVOID Reserved3;
		EX_POOL_PRIORITY Priority;
		ULONG PreferredNode;
	};
} POOL_EXTENDED_PARAMETER, *PPOOL_EXTENDED_PARAMETER;
typedef const POOL_EXTENDED_PARAMETER *PCPOOL_EXTENDED_PARAMETER;

static_assert(sizeof(POOL_EXTENDED_PARAMETER) ==
	      sizeof(struct ntpool_extended));

FORCEINLINE PVOID ntpool_or_raise(PVOID block, BOOLEAN raise, ULONG status)
{
	if (unlikely(!block) && raise)
		ExRaiseStatus(status);
	return block;
}

FORCEINLINE PVOID
ExAllocatePool3(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag,
		PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
		ULONG ExtendedParametersCount)
{
	const struct ntpool_extended *parameters = (const void *)
		ExtendedParameters;
	ULONG status;
	PVOID block = ntpool_alloc_extended(Flags, NumberOfBytes, Tag,
					    parameters,
					    ExtendedParametersCount, &status);

	return ntpool_or_raise(block, !!(Flags & POOL_FLAG_RAISE_ON_FAILURE),
			       status);
}

FORCEINLINE PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes,
				  ULONG Tag)
{
	return ExAllocatePool3(Flags, NumberOfBytes, Tag, NULL, 0);
}

FORCEINLINE PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType,
					SIZE_T NumberOfBytes, ULONG Tag)
{
	ULONG status;
	PVOID block = ntpool_alloc_with_tag(PoolType, NumberOfBytes, Tag,
					    &status);

	return ntpool_or_raise(block,
			       !!(PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE),
			       status);
}

/* The tag that NT gives to those who give none. */
#define NTPOOL_NO_TAG NTPOOL_TAG('N', 'o', 'n', 'e')

FORCEINLINE PVOID ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
	return ExAllocatePoolWithTag(PoolType, NumberOfBytes, NTPOOL_NO_TAG);
}

/*
 * Releases before Windows 10, version 2004, ignore POOL_ZERO_ALLOCATION.  Drivers for
 * them define POOL_ZERO_DOWN_LEVEL_SUPPORT, and the block is zeroed here.
 */
FORCEINLINE PVOID ntpool_zeroed(PVOID block, SIZE_T size)
{
#ifdef POOL_ZERO_DOWN_LEVEL_SUPPORT
	if (block && !ntpool_zeroes())
		memset(block, 0, size);
#endif
	return block;
}

FORCEINLINE PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
				     ULONG Tag)
{
	PVOID block = ExAllocatePoolWithTag(PoolType | POOL_ZERO_ALLOCATION,
					    NumberOfBytes, Tag);

	return ntpool_zeroed(block, NumberOfBytes);
}

FORCEINLINE PVOID ExAllocatePoolUninitialized(POOL_TYPE PoolType,
					      SIZE_T NumberOfBytes, ULONG Tag)
{
	return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

/* Raises, unless POOL_QUOTA_FAIL_INSTEAD_OF_RAISE is in the type. */
FORCEINLINE PVOID ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType,
					     SIZE_T NumberOfBytes, ULONG Tag)
{
	ULONG status;
	PVOID block = ntpool_alloc_with_quota_tag(PoolType, NumberOfBytes, Tag,
						  &status);

	return ntpool_or_raise(block,
			       !(PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE),
			       status);
}

/**
 * ExAllocatePoolWithQuota() - ExAllocatePoolWithQuotaTag() without a tag
 * @PoolType: as there
 * @NumberOfBytes: as there
 *
 * Context: as there.
 * Return: as there.
 */
FORCEINLINE PVOID ExAllocatePoolWithQuota(POOL_TYPE PoolType,
					  SIZE_T NumberOfBytes)
{
	return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes,
					  NTPOOL_NO_TAG);
}

/**
 * ExAllocatePoolQuotaUninitialized() - the new name of ExAllocatePoolWithQuotaTag()
 * @PoolType: as there
 * @NumberOfBytes: as there
 * @Tag: as there
 *
 * Context: as there.
 * Return: as there.
 */
FORCEINLINE PVOID ExAllocatePoolQuotaUninitialized(POOL_TYPE PoolType,
						   SIZE_T NumberOfBytes,
						   ULONG Tag)
{
	return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag);
}

FORCEINLINE PVOID ExAllocatePoolQuotaZero(POOL_TYPE PoolType,
					  SIZE_T NumberOfBytes, ULONG Tag)
{
	PVOID block = ExAllocatePoolWithQuotaTag(PoolType | POOL_ZERO_ALLOCATION,
						 NumberOfBytes, Tag);

	return ntpool_zeroed(block, NumberOfBytes);
}

FORCEINLINE PVOID ExAllocatePoolWithTagPriority(POOL_TYPE PoolType,
						SIZE_T NumberOfBytes, ULONG Tag,
						EX_POOL_PRIORITY Priority)
{
	ULONG status;
	PVOID block = ntpool_alloc_with_priority(PoolType, NumberOfBytes, Tag,
						 Priority, &status);

	return ntpool_or_raise(block,
			       !!(PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE),
			       status);
}

/**
 * ExAllocatePoolPriorityUninitialized() - the new name of ExAllocatePoolWithTagPriority()
 * @PoolType: as there
 * @NumberOfBytes: as there
 * @Tag: as there
 * @Priority: as there
 *
 * Context: as there.
 * Return: as there.
 */
FORCEINLINE PVOID ExAllocatePoolPriorityUninitialized(POOL_TYPE PoolType,
						      SIZE_T NumberOfBytes,
						      ULONG Tag,
						      EX_POOL_PRIORITY Priority)
{
	return ExAllocatePoolWithTagPriority(PoolType, NumberOfBytes, Tag,
					     Priority);
}

FORCEINLINE PVOID ExAllocatePoolPriorityZero(POOL_TYPE PoolType,
					     SIZE_T NumberOfBytes, ULONG Tag,
					     EX_POOL_PRIORITY Priority)
{
	PVOID block = ExAllocatePoolWithTagPriority(PoolType | POOL_ZERO_ALLOCATION,
						    NumberOfBytes, Tag,
						    Priority);

	return ntpool_zeroed(block, NumberOfBytes);
}

FORCEINLINE VOID ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	ntpool_free(P, Tag);
}

FORCEINLINE VOID ExFreePool(PVOID P)
{
	ntpool_free(P, 0);
}

/* No extended parameter is defined for freeing. */
FORCEINLINE VOID ExFreePool2(PVOID P, ULONG Tag,
			     PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
			     ULONG ExtendedParametersCount)
{
	ntpool_free(P, Tag);
}

#endif /* _NTPOOL_POOL_H */
