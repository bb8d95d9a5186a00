// SPDX-License-Identifier: GPL-2.0-only
/*
 * An example of kernel code in NT's manner: a small store of records, and checks of
 * what ntddk.h has.  Loading it runs the checks and tells their results in the log.
 */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/moduleparam.h>

#define DBG 1
#include <ntpool/ntddk.h>

#define STORE_TAG 'rotS'

typedef struct _RECORD {
	LIST_ENTRY Links;
	SLIST_ENTRY Free;
	ULONG Key;
	UCHAR Data[100];
} RECORD, *PRECORD;

typedef struct _STORE {
	LIST_ENTRY Records;
	KSPIN_LOCK Lock;
	NPAGED_LOOKASIDE_LIST Blocks;
	LONG Count;
} STORE, *PSTORE;

static PSTORE StoreCreate(VOID)
{
	PSTORE Store = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(STORE),
				       STORE_TAG);

	PAGED_CODE();
	if (Store == NULL)
		return NULL;
	InitializeListHead(&Store->Records);
	KeInitializeSpinLock(&Store->Lock);
	ExInitializeNPagedLookasideList(&Store->Blocks, NULL, NULL,
					POOL_NX_ALLOCATION, sizeof(RECORD),
					'dceR', 0);
	return Store;
}

static NTSTATUS StoreInsert(PSTORE Store, _In_ ULONG Key,
			    _In_reads_bytes_(Length) const UCHAR *Data,
			    _In_ SIZE_T Length)
{
	PRECORD Record;

	if (Length > sizeof(Record->Data))
		return STATUS_BUFFER_OVERFLOW;
	Record = ExAllocateFromNPagedLookasideList(&Store->Blocks);
	if (Record == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(Record, sizeof(*Record));
	RtlCopyMemory(Record->Data, Data, Length);
	Record->Key = Key;
	ExInterlockedInsertTailList(&Store->Records, &Record->Links,
				    &Store->Lock);
	InterlockedIncrement(&Store->Count);
	return STATUS_SUCCESS;
}

static BOOLEAN StoreContains(PSTORE Store, ULONG Key)
{
	BOOLEAN Found = FALSE;
	PLIST_ENTRY Entry;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Store->Lock, &OldIrql);
	NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
	for (Entry = Store->Records.Flink; Entry != &Store->Records;
	     Entry = Entry->Flink)
		Found |= CONTAINING_RECORD(Entry, RECORD, Links)->Key == Key;
	KeReleaseSpinLock(&Store->Lock, OldIrql);
	return Found;
}

static VOID StoreDelete(PSTORE Store)
{
	PLIST_ENTRY Entry;

	while ((Entry = ExInterlockedRemoveHeadList(&Store->Records,
						    &Store->Lock)) != NULL) {
		ExFreeToNPagedLookasideList(&Store->Blocks,
					    CONTAINING_RECORD(Entry, RECORD,
							      Links));
		InterlockedDecrement(&Store->Count);
	}
	NT_ASSERT(Store->Count == 0);
	ExDeleteNPagedLookasideList(&Store->Blocks);
	ExFreePoolWithTag(Store, STORE_TAG);
}

static BOOLEAN StoreKeepsRecords(VOID)
{
	static const UCHAR Data[4] = { 1, 2, 3, 4 };
	PSTORE Store = StoreCreate();
	BOOLEAN Good = Store != NULL;
	ULONG Key;

	for (Key = 0; Good && Key < 100; Key++)
		Good = NT_SUCCESS(StoreInsert(Store, Key, Data, sizeof(Data)));
	if (!Good)
		return FALSE;
	Good = StoreContains(Store, 99) && !StoreContains(Store, 100) &&
	       Store->Count == 100 &&
	       StoreInsert(Store, 0, Data, 101) == STATUS_BUFFER_OVERFLOW;
	StoreDelete(Store);
	return Good;
}

static BOOLEAN TagsPrintAsNtWritesThem(VOID)
{
	return STORE_TAG == NTPOOL_TAG('S', 't', 'o', 'r');
}

static BOOLEAN EveryAllocationCallGivesABlock(VOID)
{
	POOL_EXTENDED_PARAMETER Parameter = { 0 };
	PVOID Blocks[14];
	BOOLEAN Good = TRUE;
	ULONG i;

	Parameter.Type = PoolExtendedParameterPriority;
	Parameter.Priority = HighPoolPriority;
	Blocks[0] = ExAllocatePool2(POOL_FLAG_PAGED, 100, 'elpE');
	Blocks[1] = ExAllocatePool3(POOL_FLAG_NON_PAGED, 100, 'elpE',
				    &Parameter, 1);
	Blocks[2] = ExAllocatePoolWithTag(NonPagedPoolNx, 100, 'elpE');
	Blocks[3] = ExAllocatePoolZero(PagedPool, 100, 'elpE');
	Blocks[4] = ExAllocatePoolWithQuotaTag(PagedPool, 100, 'elpE');
	Blocks[5] = ExAllocatePoolWithTagPriority(PagedPool, 100, 'elpE',
						  NormalPoolPriority);
	Blocks[6] = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_USE_QUOTA,
				    PAGE_SIZE, 'elpE');
	Blocks[7] = ExAllocatePoolUninitialized(NonPagedPoolNxCacheAligned, 100,
						'elpE');
	Blocks[8] = ExAllocatePoolQuotaUninitialized(PagedPool, 100, 'elpE');
	Blocks[9] = ExAllocatePoolQuotaZero(NonPagedPoolNx, 100, 'elpE');
	Blocks[10] = ExAllocatePoolPriorityUninitialized(
		PagedPool, 100, 'elpE', LowPoolPriority);
	Blocks[11] = ExAllocatePoolPriorityZero(NonPagedPoolNx, 100, 'elpE',
						HighPoolPriority);
	Blocks[12] = ExAllocatePool(PagedPool, 100);
	Blocks[13] = ExAllocatePoolWithQuota(NonPagedPoolNx, 100);
	for (i = 0; i < RTL_NUMBER_OF(Blocks); i++) {
		Good &= Blocks[i] != NULL;
		if (Blocks[i] != NULL)
			RtlFillMemory(Blocks[i], 100, 0xAA);
	}
	for (i = 0; i < RTL_NUMBER_OF(Blocks); i++) {
		if (i >= 12)
			ExFreePool(Blocks[i]);
		else if (i % 2)
			ExFreePool2(Blocks[i], 'elpE', NULL, 0);
		else
			ExFreePoolWithTag(Blocks[i], 'elpE');
	}
	return Good;
}

static BOOLEAN NothingIsRaisedWithoutTheFlag(VOID)
{
	return ExAllocatePool2(POOL_FLAG_PAGED, 0, 'elpE') == NULL &&
	       ExAllocatePool2(POOL_FLAG_NON_PAGED, 1ull << 50, 'elpE') == NULL;
}

/* The status that is raised; a block, if there is one, is freed. */
static noinline NTSTATUS Pool2Raises(POOL_FLAGS Flags, SIZE_T Size, ULONG Tag)
{
	PVOID Block;

	__try {
		Block = ExAllocatePool2(Flags | POOL_FLAG_RAISE_ON_FAILURE, Size,
					Tag);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	ExFreePoolWithTag(Block, Tag);
	return STATUS_SUCCESS;
}

static BOOLEAN RaiseOnFailureRaisesWhyItFails(VOID)
{
	return Pool2Raises(POOL_FLAG_PAGED, 100, 'elpE') == STATUS_SUCCESS &&
	       Pool2Raises(POOL_FLAG_NON_PAGED, 1ull << 50, 'elpE') ==
		       STATUS_INSUFFICIENT_RESOURCES &&
	       Pool2Raises(POOL_FLAG_PAGED, 0, 'elpE') ==
		       STATUS_INVALID_PARAMETER &&
	       Pool2Raises(POOL_FLAG_PAGED, 100, 0) ==
		       STATUS_INVALID_PARAMETER &&
	       Pool2Raises(POOL_FLAG_PAGED | POOL_FLAG_NON_PAGED, 100, 'elpE') ==
		       STATUS_INVALID_PARAMETER &&
	       Pool2Raises(POOL_FLAG_PAGED | 0x10, 100, 'elpE') ==
		       STATUS_INVALID_PARAMETER;
}

static noinline NTSTATUS WithTagRaises(POOL_TYPE PoolType, SIZE_T Size)
{
	__try {
		if (ExAllocatePoolWithTag(PoolType, Size, 'elpE') == NULL)
			return STATUS_SUCCESS;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_UNSUCCESSFUL;
}

static BOOLEAN TheOlderCallRaisesIfItIsToldTo(VOID)
{
	return WithTagRaises(NonPagedPoolNx | POOL_RAISE_IF_ALLOCATION_FAILURE,
			     1ull << 50) == STATUS_INSUFFICIENT_RESOURCES &&
	       WithTagRaises(NonPagedPoolNx, 1ull << 50) == STATUS_SUCCESS;
}

static noinline NTSTATUS QuotaTagRaises(POOL_TYPE PoolType, SIZE_T Size,
					PVOID *Block)
{
	__try {
		*Block = ExAllocatePoolWithQuotaTag(PoolType, Size, 'elpE');
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

static BOOLEAN QuotaFailuresRaiseUnlessToldOtherwise(VOID)
{
	PVOID Loud = NULL, Quiet = &Loud;

	return QuotaTagRaises(PagedPool, 1ull << 50, &Loud) ==
		       STATUS_INSUFFICIENT_RESOURCES &&
	       QuotaTagRaises(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE,
			      1ull << 50, &Quiet) == STATUS_SUCCESS &&
	       Loud == NULL && Quiet == NULL;
}

/* Two blocks of this size are more than the quota that quota=1 speaks of. */
#define MOST_OF_THE_QUOTA (600 * 1024)

static BOOLEAN ItsProcessIsChargedUntilABlockIsFreed(VOID)
{
	PVOID First = NULL, Second = NULL, Quiet = &First;
	BOOLEAN Good;

	Good = QuotaTagRaises(NonPagedPoolNx, MOST_OF_THE_QUOTA, &First) ==
		       STATUS_SUCCESS &&
	       QuotaTagRaises(NonPagedPoolNx, MOST_OF_THE_QUOTA, &Second) ==
		       STATUS_QUOTA_EXCEEDED &&
	       QuotaTagRaises(NonPagedPoolNx | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE,
			      MOST_OF_THE_QUOTA, &Quiet) == STATUS_SUCCESS &&
	       Quiet == NULL &&
	       Pool2Raises(POOL_FLAG_NON_PAGED | POOL_FLAG_USE_QUOTA,
			   MOST_OF_THE_QUOTA, 'elpE') == STATUS_QUOTA_EXCEEDED;
	ExFreePool(First);
	Good &= QuotaTagRaises(NonPagedPoolNx, MOST_OF_THE_QUOTA, &Second) ==
		STATUS_SUCCESS;
	ExFreePool(Second);
	return Good;
}

static LONG OwnBlocks;

static PVOID AllocateOwn(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
			 PLOOKASIDE_LIST_EX Lookaside)
{
	UNREFERENCED_PARAMETER(Lookaside);
	InterlockedIncrement(&OwnBlocks);
	return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

static VOID FreeOwn(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside)
{
	UNREFERENCED_PARAMETER(Lookaside);
	InterlockedDecrement(&OwnBlocks);
	ExFreePool(Buffer);
}

static BOOLEAN LookasideListsUseTheirOwnRoutines(VOID)
{
	static LOOKASIDE_LIST_EX List;
	BOOLEAN Good;
	PVOID Block;

	if (!NT_SUCCESS(ExInitializeLookasideListEx(&List, AllocateOwn, FreeOwn,
						    PagedPool, 0, 200, 'kooL',
						    0)))
		return FALSE;
	Block = ExAllocateFromLookasideListEx(&List);
	Good = Block != NULL && OwnBlocks == 1;
	ExFreeToLookasideListEx(&List, Block);
	Good &= ExAllocateFromLookasideListEx(&List) == Block && OwnBlocks == 1;
	ExFreeToLookasideListEx(&List, Block);
	ExDeleteLookasideListEx(&List);
	return Good && OwnBlocks == 0;
}

static BOOLEAN IrqlIsRaisedAndLowered(VOID)
{
	KIRQL Old, Level;

	KeRaiseIrql(DISPATCH_LEVEL, &Old);
	Level = KeGetCurrentIrql();
	KeLowerIrql(Old);
	return Old == PASSIVE_LEVEL && Level == DISPATCH_LEVEL &&
	       KeGetCurrentIrql() == PASSIVE_LEVEL;
}

static BOOLEAN DoublyLinkedListsKeepTheirOrder(VOID)
{
	LIST_ENTRY Head, Other, Entries[4];

	InitializeListHead(&Head);
	InitializeListHead(&Other);
	InsertTailList(&Head, &Entries[1]);
	InsertHeadList(&Head, &Entries[0]);
	InsertTailList(&Other, &Entries[2]);
	InsertTailList(&Other, &Entries[3]);
	RemoveEntryList(&Other);
	AppendTailList(&Head, &Entries[2]);
	return RemoveHeadList(&Head) == &Entries[0] &&
	       RemoveTailList(&Head) == &Entries[3] &&
	       !RemoveEntryList(&Entries[1]) && RemoveEntryList(&Entries[2]) &&
	       IsListEmpty(&Head);
}

static BOOLEAN ADamagedListIsNotChanged(VOID)
{
	LIST_ENTRY Head, Entry;

	InitializeListHead(&Head);
	InsertTailList(&Head, &Entry);
	Head.Flink = &Head;
	RemoveEntryList(&Entry); /* bug check 0x139, which is recorded */
	return Head.Blink == &Entry && Entry.Flink == &Head;
}

static BOOLEAN SequencedListsAreStacks(VOID)
{
	static SLIST_HEADER Head;
	SLIST_ENTRY Entries[3];
	BOOLEAN Good;

	InitializeSListHead(&Head);
	Good = InterlockedPushEntrySList(&Head, &Entries[0]) == NULL &&
	       InterlockedPushEntrySList(&Head, &Entries[1]) == &Entries[0] &&
	       ExInterlockedPushEntrySList(&Head, &Entries[2], NULL) ==
		       &Entries[1] &&
	       ExQueryDepthSList(&Head) == 3 &&
	       FirstEntrySList(&Head) == &Entries[2] &&
	       InterlockedPopEntrySList(&Head) == &Entries[2] &&
	       InterlockedFlushSList(&Head) == &Entries[1] &&
	       InterlockedPopEntrySList(&Head) == NULL;
	return Good && Entries[1].Next == &Entries[0] && !Entries[0].Next &&
	       Head.Sequence == 5;
}

static BOOLEAN SinglyLinkedListsAreStacks(VOID)
{
	SINGLE_LIST_ENTRY Head = { NULL }, Entries[2];
	KSPIN_LOCK Lock;

	KeInitializeSpinLock(&Lock);
	PushEntryList(&Head, &Entries[0]);
	return ExInterlockedPushEntryList(&Head, &Entries[1], &Lock) ==
		       &Entries[0] &&
	       ExInterlockedPopEntryList(&Head, &Lock) == &Entries[1] &&
	       PopEntryList(&Head) == &Entries[0] && PopEntryList(&Head) == NULL;
}

static BOOLEAN InterlockedOperationsReturnWhatNtReturns(VOID)
{
	LONG volatile Value = 5;
	LONG64 volatile Value64 = 5;
	ULONG Locked = 5;
	KSPIN_LOCK Lock;
	PVOID volatile Pointer = NULL;
	LONG Word;

	KeInitializeSpinLock(&Lock);
	return InterlockedIncrement(&Value) == 6 &&
	       InterlockedDecrement(&Value) == 5 &&
	       InterlockedExchangeAdd(&Value, 3) == 5 &&
	       InterlockedAdd(&Value, 2) == 10 &&
	       InterlockedExchange(&Value, 6) == 10 &&
	       InterlockedCompareExchange(&Value, 1, 7) == 6 && Value == 6 &&
	       InterlockedCompareExchange(&Value, 7, 6) == 6 && Value == 7 &&
	       InterlockedAnd(&Value, 3) == 7 && InterlockedOr(&Value, 8) == 3 &&
	       InterlockedXor(&Value, 1) == 11 && Value == 10 &&
	       InterlockedBitTestAndSet(&Value, 1) == 1 &&
	       InterlockedBitTestAndReset(&Value, 3) == 1 && Value == 2 &&
	       InterlockedIncrement64(&Value64) == 6 &&
	       InterlockedExchangeAdd64(&Value64, 1) == 6 &&
	       InterlockedCompareExchange64(&Value64, 1, 7) == 7 &&
	       ExInterlockedAddUlong(&Locked, 3, &Lock) == 5 && Locked == 8 &&
	       InterlockedExchangePointer(&Pointer, &Word) == NULL &&
	       InterlockedCompareExchangePointer(&Pointer, NULL, &Word) ==
		       &Word;
}

static BOOLEAN MemoryIsComparedFromTheStart(VOID)
{
	UCHAR A[8], B[8];

	RtlFillMemory(A, sizeof(A), 7);
	RtlMoveMemory(B, A, sizeof(A));
	B[5] = 0;
	return RtlCompareMemory(A, B, sizeof(A)) == 5 &&
	       RtlCompareMemory(A, A, sizeof(A)) == 8 &&
	       RtlEqualMemory(A, B, 5) && !RtlEqualMemory(A, B, 6);
}

/* What METHOD_NEITHER drivers do: touch what they were given, under protection. */
static noinline NTSTATUS ReadCaller(const volatile ULONG *Address)
{
	ULONG Value;

	try {
		Value = *Address;
	}
	except(GetExceptionCode() == STATUS_ACCESS_VIOLATION ?
		       EXCEPTION_EXECUTE_HANDLER :
		       EXCEPTION_CONTINUE_SEARCH)
	{
		return GetExceptionCode();
	}
	UNREFERENCED_PARAMETER(Value);
	return STATUS_SUCCESS;
}

static BOOLEAN BadAddressesAreCaught(VOID)
{
	ULONG Good = 1;

	return ReadCaller(&Good) == STATUS_SUCCESS &&
	       ReadCaller((PULONG)0x1000) == STATUS_ACCESS_VIOLATION;
}

static BOOLEAN PagedPoolPagesUnderTry(VOID)
{
	PULONG Block = ExAllocatePool2(POOL_FLAG_PAGED, 16 * PAGE_SIZE, 'egaP');
	NTSTATUS Status;
	ULONG Value;

	if (Block == NULL)
		return FALSE;
	*Block = 4711;
	ntpool_trim(Block, 16 * PAGE_SIZE);
	ntpool_write_out(Block, 16 * PAGE_SIZE, NULL);
	Status = ReadCaller(Block);
	Value = *Block;
	ExFreePoolWithTag(Block, 'egaP');
	return Status == STATUS_SUCCESS && Value == 4711;
}

static BOOLEAN FinallyFreesWhatAnExceptionLeaves(VOID)
{
	volatile PVOID Block = NULL;
	volatile BOOLEAN Freed = FALSE, Handled = FALSE;

	__try {
		__try {
			Block = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'niF');
			ExRaiseDatatypeMisalignment();
		} __finally {
			ExFreePool(Block);
			Freed = AbnormalTermination();
		}
	} __except (GetExceptionCode() == STATUS_DATATYPE_MISALIGNMENT) {
		Handled = TRUE;
	}
	return Freed && Handled;
}

static noinline VOID AssertSomethingFalse(VOID)
{
	NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
}

static BOOLEAN AFailedAssertionRaises(VOID)
{
	volatile NTSTATUS Status = STATUS_SUCCESS;

	__try {
		AssertSomethingFalse();
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
	}
	return Status == STATUS_ASSERTION_FAILURE;
}

typedef BOOLEAN CHECK_FUNCTION(VOID);

#define CHECK(function)             \
	{                           \
		function, #function \
	}

static const struct {
	CHECK_FUNCTION *Function;
	PCSTR Name;
} Checks[] = {
	CHECK(StoreKeepsRecords),
	CHECK(TagsPrintAsNtWritesThem),
	CHECK(EveryAllocationCallGivesABlock),
	CHECK(NothingIsRaisedWithoutTheFlag),
	CHECK(RaiseOnFailureRaisesWhyItFails),
	CHECK(TheOlderCallRaisesIfItIsToldTo),
	CHECK(QuotaFailuresRaiseUnlessToldOtherwise),
	CHECK(LookasideListsUseTheirOwnRoutines),
	CHECK(IrqlIsRaisedAndLowered),
	CHECK(DoublyLinkedListsKeepTheirOrder),
	CHECK(ADamagedListIsNotChanged),
	CHECK(SequencedListsAreStacks),
	CHECK(SinglyLinkedListsAreStacks),
	CHECK(InterlockedOperationsReturnWhatNtReturns),
	CHECK(MemoryIsComparedFromTheStart),
	CHECK(BadAddressesAreCaught),
	CHECK(PagedPoolPagesUnderTry),
	CHECK(FinallyFreesWhatAnExceptionLeaves),
	CHECK(AFailedAssertionRaises),
};

static bool quota;
module_param(quota, bool, 0444);
MODULE_PARM_DESC(quota, "a process may have 1 MB of nonpaged pool (nonpaged_quota_mb=1): see to that");

static VOID Check(CHECK_FUNCTION *Function, PCSTR Name)
{
	DbgPrint("ntddk: %s - %s\n", Function() ? "ok" : "not ok", Name);
}

static int __init ExampleLoad(void)
{
	ULONG i;

	for (i = 0; i < RTL_NUMBER_OF(Checks); i++)
		Check(Checks[i].Function, Checks[i].Name);
	if (quota)
		Check(ItsProcessIsChargedUntilABlockIsFreed,
		      "ItsProcessIsChargedUntilABlockIsFreed");
	KdPrint(("ntddk: %u checks\n", i + quota));
	return 0;
}

static void __exit ExampleUnload(void)
{
}

module_init(ExampleLoad);
module_exit(ExampleUnload);
MODULE_DESCRIPTION("An example of kernel code in NT's manner");
MODULE_LICENSE("GPL");
