/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists with NT's names (wdm.h): doubly linked, singly linked, and sequenced singly
 * linked ones.  They are not Linux's: LIST_ENTRY is a type here, LIST_HEAD is not.
 */
#ifndef _NTPOOL_LIST_H
#define _NTPOOL_LIST_H

#include <linux/ntpool.h>
#include <linux/spinlock.h>

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

/* Bug check 0x139 KERNEL_SECURITY_CHECK_FAILURE [3: a list entry is damaged]. */
#define KERNEL_SECURITY_CHECK_FAILURE 0x139
#define FAST_FAIL_CORRUPT_LIST_ENTRY  3

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

FORCEINLINE VOID InitializeListHead(PLIST_ENTRY ListHead)
{
	ListHead->Flink = ListHead;
	ListHead->Blink = ListHead;
}

FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY *ListHead)
{
	return ListHead->Flink == ListHead;
}

/* The operation is refused if the neighbours do not know each other. */
static inline BOOLEAN ntpool_list_is_sound(PLIST_ENTRY before, PLIST_ENTRY after)
{
	if (likely(before->Flink == after && after->Blink == before))
		return TRUE;
	ntpool_bugcheck(KERNEL_SECURITY_CHECK_FAILURE,
			FAST_FAIL_CORRUPT_LIST_ENTRY, (ULONG_PTR)before,
			(ULONG_PTR)after, 0);
	return FALSE;
}

static inline VOID ntpool_list_insert(PLIST_ENTRY entry, PLIST_ENTRY before,
				      PLIST_ENTRY after)
{
	if (!ntpool_list_is_sound(before, after))
		return;
	entry->Flink = after;
	entry->Blink = before;
	after->Blink = entry;
	before->Flink = entry;
}

FORCEINLINE VOID InsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
	ntpool_list_insert(Entry, ListHead, ListHead->Flink);
}

FORCEINLINE VOID InsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY Entry)
{
	ntpool_list_insert(Entry, ListHead->Blink, ListHead);
}

/* Whether the list is empty now. */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY Entry)
{
	PLIST_ENTRY before = Entry->Blink, after = Entry->Flink;

	if (ntpool_list_is_sound(before, Entry) &&
	    ntpool_list_is_sound(Entry, after)) {
		before->Flink = after;
		after->Blink = before;
	}
	return before == after;
}

/* Of an empty list this is the head itself. */
FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Flink;

	RemoveEntryList(entry);
	return entry;
}

FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY ListHead)
{
	PLIST_ENTRY entry = ListHead->Blink;

	RemoveEntryList(entry);
	return entry;
}

/* Appends a list without a head of its own. */
FORCEINLINE VOID AppendTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListToAppend)
{
	PLIST_ENTRY end = ListHead->Blink;

	end->Flink = ListToAppend;
	ListHead->Blink = ListToAppend->Blink;
	ListToAppend->Blink->Flink = ListHead;
	ListToAppend->Blink = end;
}

/* At any IRQL; what was first or last before, or NULL. */
static inline PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead,
						      PLIST_ENTRY ListEntry,
						      PKSPIN_LOCK Lock)
{
	PLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = IsListEmpty(ListHead) ? NULL : ListHead->Flink;
	InsertHeadList(ListHead, ListEntry);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

static inline PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead,
						      PLIST_ENTRY ListEntry,
						      PKSPIN_LOCK Lock)
{
	PLIST_ENTRY last;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	last = IsListEmpty(ListHead) ? NULL : ListHead->Blink;
	InsertTailList(ListHead, ListEntry);
	spin_unlock_irqrestore(Lock, flags);
	return last;
}

static inline PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead,
						      PKSPIN_LOCK Lock)
{
	PLIST_ENTRY first = NULL;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	if (!IsListEmpty(ListHead))
		first = RemoveHeadList(ListHead);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

FORCEINLINE VOID PushEntryList(PSINGLE_LIST_ENTRY ListHead,
			       PSINGLE_LIST_ENTRY Entry)
{
	Entry->Next = ListHead->Next;
	ListHead->Next = Entry;
}

FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY ListHead)
{
	PSINGLE_LIST_ENTRY first = ListHead->Next;

	if (first)
		ListHead->Next = first->Next;
	return first;
}

/* Both return what was first before. */
static inline PSINGLE_LIST_ENTRY
ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
			   PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
	PSINGLE_LIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = ListHead->Next;
	PushEntryList(ListHead, ListEntry);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

static inline PSINGLE_LIST_ENTRY
ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
	PSINGLE_LIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	first = PopEntryList(ListHead);
	spin_unlock_irqrestore(Lock, flags);
	return first;
}

typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
	struct _SLIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

/*
 * NT changes head, depth and sequence number in one instruction, and lives with
 * page faults of a pop that looked at an entry which is gone; a lock needs neither.
 */
typedef struct DECLSPEC_ALIGN(16) _SLIST_HEADER {
	spinlock_t Lock;
	USHORT Depth;
	ULONG Sequence;
	PSLIST_ENTRY First;
} SLIST_HEADER, *PSLIST_HEADER;

static inline VOID ntpool_slist_empty(PSLIST_HEADER head)
{
	head->Depth = 0;
	head->Sequence = 0;
	head->First = NULL;
}

/* A macro for the reason that KeInitializeSpinLock() is one. */
#define InitializeSListHead(ListHead)              \
	do {                                       \
		ntpool_slist_empty(ListHead);      \
		spin_lock_init(&(ListHead)->Lock); \
	} while (0)
#define ExInitializeSListHead(ListHead) InitializeSListHead(ListHead)

/* At any IRQL; these return what was first before. */
static inline PSLIST_ENTRY InterlockedPushEntrySList(PSLIST_HEADER ListHead,
						     PSLIST_ENTRY ListEntry)
{
	PSLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(&ListHead->Lock, flags);
	first = ListHead->First;
	ListEntry->Next = first;
	ListHead->First = ListEntry;
	ListHead->Depth++;
	ListHead->Sequence++;
	spin_unlock_irqrestore(&ListHead->Lock, flags);
	return first;
}

static inline PSLIST_ENTRY InterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
	PSLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(&ListHead->Lock, flags);
	first = ListHead->First;
	if (first) {
		ListHead->First = first->Next;
		ListHead->Depth--;
		ListHead->Sequence++;
	}
	spin_unlock_irqrestore(&ListHead->Lock, flags);
	return first;
}

static inline PSLIST_ENTRY InterlockedFlushSList(PSLIST_HEADER ListHead)
{
	PSLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(&ListHead->Lock, flags);
	first = ListHead->First;
	ListHead->First = NULL;
	ListHead->Depth = 0;
	ListHead->Sequence++;
	spin_unlock_irqrestore(&ListHead->Lock, flags);
	return first;
}

/* The lock of the caller, which older NT needed, is not used by NT either. */
#define ExInterlockedPushEntrySList(ListHead, ListEntry, Lock) \
	((void)(Lock), InterlockedPushEntrySList(ListHead, ListEntry))
#define ExInterlockedPopEntrySList(ListHead, Lock) \
	((void)(Lock), InterlockedPopEntrySList(ListHead))
#define ExInterlockedFlushSList(ListHead) InterlockedFlushSList(ListHead)

FORCEINLINE USHORT ExQueryDepthSList(PSLIST_HEADER ListHead)
{
	return READ_ONCE(ListHead->Depth);
}

#define QueryDepthSList(ListHead) ExQueryDepthSList(ListHead)

/**
 * FirstEntrySList() - the entry that a pop would take
 * @ListHead: the list
 *
 * Context: any; another may take the entry at any time.
 * Return: the entry, or NULL.
 */
FORCEINLINE PSLIST_ENTRY FirstEntrySList(const SLIST_HEADER *ListHead)
{
	return READ_ONCE(ListHead->First);
}

/**
 * ExInterlockedAddUlong() - add under a spin lock
 * @Addend: what to add to
 * @Increment: how much
 * @Lock: the lock, which only ExInterlocked*() calls take
 *
 * Context: any IRQL.
 * Return: the value before.
 */
static inline ULONG ExInterlockedAddUlong(PULONG Addend, ULONG Increment,
					  PKSPIN_LOCK Lock)
{
	unsigned long flags;
	ULONG before;

	spin_lock_irqsave(Lock, flags);
	before = *Addend;
	*Addend += Increment;
	spin_unlock_irqrestore(Lock, flags);
	return before;
}

#endif /* _NTPOOL_LIST_H */
