/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lookaside lists with NT's names (wdm.h).  The head of a list is opaque, as on NT;
 * the old kinds have routines that are not told their list.
 */
#ifndef _NTPOOL_LOOKASIDE_H
#define _NTPOOL_LOOKASIDE_H

#include <linux/container_of.h>
#include <linux/ntpool.h>

#include <ntpool/excpt.h>
#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>
#include <ntpool/pool.h>

typedef PVOID ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
				ULONG Tag);
typedef VOID FREE_FUNCTION(PVOID Buffer);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
typedef FREE_FUNCTION *PFREE_FUNCTION;

typedef struct ntpool_lookaside LOOKASIDE_LIST_EX, *PLOOKASIDE_LIST_EX;
typedef ntpool_lookaside_allocate ALLOCATE_FUNCTION_EX, *PALLOCATE_FUNCTION_EX;
typedef ntpool_lookaside_free_block FREE_FUNCTION_EX, *PFREE_FUNCTION_EX;

#define EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL 1
#define EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE 2

typedef struct _GENERAL_LOOKASIDE {
	struct ntpool_lookaside List;
	PALLOCATE_FUNCTION Allocate;
	PFREE_FUNCTION Free;
} GENERAL_LOOKASIDE, *PGENERAL_LOOKASIDE;

typedef struct _NPAGED_LOOKASIDE_LIST {
	GENERAL_LOOKASIDE L;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

typedef struct _PAGED_LOOKASIDE_LIST {
	GENERAL_LOOKASIDE L;
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

static inline PVOID ntpool_general_allocate(POOL_TYPE type, SIZE_T size,
					    ULONG tag,
					    struct ntpool_lookaside *list)
{
	return container_of(list, GENERAL_LOOKASIDE, List)
		->Allocate(type, size, tag);
}

static inline VOID ntpool_general_free(PVOID block,
				       struct ntpool_lookaside *list)
{
	container_of(list, GENERAL_LOOKASIDE, List)->Free(block);
}

static inline VOID ntpool_general_init(PGENERAL_LOOKASIDE general,
				       PALLOCATE_FUNCTION allocate,
				       PFREE_FUNCTION free, POOL_TYPE type,
				       SIZE_T size, ULONG tag)
{
	ULONG status;

	general->Allocate = allocate;
	general->Free = free;
	status = ntpool_lookaside_init(&general->List,
				       allocate ? ntpool_general_allocate : NULL,
				       free ? ntpool_general_free : NULL, type,
				       size, tag);
	if (status != NTPOOL_STATUS_SUCCESS)
		ExRaiseStatus(status);
}

/* What a list's failure raises, if it raises. */
FORCEINLINE PVOID ntpool_lookaside_take(struct ntpool_lookaside *list)
{
	return ntpool_or_raise(ntpool_lookaside_alloc(list),
			       !!(list->type & POOL_RAISE_IF_ALLOCATION_FAILURE),
			       STATUS_INSUFFICIENT_RESOURCES);
}

/* Depth is not used, by NT neither. */
FORCEINLINE VOID ExInitializeNPagedLookasideList(
	PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
	PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
	ntpool_general_init(&Lookaside->L, Allocate, Free, NonPagedPool | Flags,
			    Size, Tag);
}

FORCEINLINE VOID ExInitializePagedLookasideList(
	PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
	PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
	ntpool_general_init(&Lookaside->L, Allocate, Free, PagedPool | Flags,
			    Size, Tag);
}

FORCEINLINE PVOID
ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
	return ntpool_lookaside_take(&Lookaside->L.List);
}

FORCEINLINE PVOID
ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
	return ntpool_lookaside_take(&Lookaside->L.List);
}

FORCEINLINE VOID ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
					     PVOID Entry)
{
	ntpool_lookaside_free(&Lookaside->L.List, Entry);
}

FORCEINLINE VOID ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
					    PVOID Entry)
{
	ntpool_lookaside_free(&Lookaside->L.List, Entry);
}

FORCEINLINE VOID ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
	ntpool_lookaside_delete(&Lookaside->L.List);
}

FORCEINLINE VOID ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
	ntpool_lookaside_delete(&Lookaside->L.List);
}

FORCEINLINE NTSTATUS
ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
			    PALLOCATE_FUNCTION_EX Allocate,
			    PFREE_FUNCTION_EX Free, POOL_TYPE PoolType,
			    ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
	if (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL)
		PoolType |= POOL_RAISE_IF_ALLOCATION_FAILURE;
	if (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE)
		PoolType |= POOL_QUOTA_FAIL_INSTEAD_OF_RAISE;
	return ntpool_lookaside_init(Lookaside, Allocate, Free, PoolType, Size,
				     Tag);
}

FORCEINLINE PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	return ntpool_lookaside_take(Lookaside);
}

FORCEINLINE VOID ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
					 PVOID Entry)
{
	ntpool_lookaside_free(Lookaside, Entry);
}

FORCEINLINE VOID ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	ntpool_lookaside_flush(Lookaside);
}

FORCEINLINE VOID ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
	ntpool_lookaside_delete(Lookaside);
}

#endif /* _NTPOOL_LOOKASIDE_H */
