// SPDX-License-Identifier: GPL-2.0-only
/* The words that drivers for NT are written in: that this compiles is the test, mostly. */
#define DBG 1

#include <initguid.h>
#include <ntddk.h>
#include <ntstrsafe.h>
#include <stdarg.h>
#include <stdio.h>

#pragma warning(push)
#pragma warning(disable : 4100 4201)
#pragma prefast(suppress : 28101, "an example")

#ifdef __cplusplus
extern "C" {
#endif

DEFINE_GUID(GUID_WORDS, 0x6bdd1fc6, 0x810f, 0x11d0, 0xbe, 0xc7, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f);

C_ASSERT(sizeof(WCHAR) == 2);
C_ASSERT(sizeof(LONG) == 4);
C_ASSERT(sizeof(L"ab") == 6);
C_ASSERT(sizeof(PVOID) == 8);
C_ASSERT((CHAR)-1 < 0);
C_ASSERT(sizeof(GUID) == 16);
C_ASSERT(RTL_NUMBER_OF("abc") == 4);
#if NTDDI_VERSION < NTDDI_WIN10
#error "what is there is Windows 10's"
#endif

typedef struct _WORDS {
	_Field_size_bytes_(Length) PUCHAR Buffer;
	ULONG Length;
	union {
		struct {
			USHORT Low;
			USHORT High;
		};
		ULONG Both;
	};
	_Guarded_by_(Lock) volatile LONG Count;
	KSPIN_LOCK Lock;
} WORDS, *PWORDS;

/* Data goes on behind the end of this. */
typedef struct _WORDS_RECORD {
	ULONG Length;
	ULONG Kind;
	UCHAR Data[ANYSIZE_ARRAY];
} WORDS_RECORD, *PWORDS_RECORD;

__declspec(align(64)) static WORDS Words;
__declspec(selectany) ULONG WordsSelected = 7;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD WordsUnload;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, WordsUnload)
#endif

_IRQL_requires_max_(DISPATCH_LEVEL)
	_Must_inspect_result_
	_When_(Length == 0, _Post_satisfies_(return == 0)) static __inline ULONG NTAPI WordsSum(_In_reads_bytes_(Length) const UCHAR *Data, _In_ ULONG Length,
												_Out_opt_ PULONG Largest)
{
	ULONG Sum = 0, i, Most = 0;

	for (i = 0; i < Length; i++) {
		Sum += Data[i];
		Most = max(Most, Data[i]);
	}
	if (ARGUMENT_PRESENT(Largest))
		*Largest = Most;
	return Sum;
}

static __forceinline BOOLEAN WordsOld(__in PWORDS W, __inout_opt PULONG Value, OUT PULONG Other OPTIONAL)
{
	UNREFERENCED_PARAMETER(W);
	UNREFERENCED_PARAMETER(Value);
	UNREFERENCED_PARAMETER(Other);
	return TRUE;
}

static LONG WordsFinally(volatile LONG *Steps)
{
	__try {
		try {
			(*Steps)++;
			leave;
		} finally {
			(*Steps) += 10;
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		(*Steps) += 100;
	}
	return *Steps;
}

/* What NT's compiler lets pass: a pointer to another pointer, a number for a pointer. */
static VOID WordsTake(PVOID *Pointer, ULONG_PTR Number)
{
	*Pointer = Number;
}

/* Both fields at once, and bytes where the structure has one. */
static ULONG WordsRecord(PVOID Memory, ULONG Length, PULONG From)
{
	PWORDS_RECORD Record = Memory;
	ULONG Sum = 0, i;

	RtlCopyMemory(&Record->Length, From, 2 * Length);
	for (i = 0; i < Length; i++)
		Record->Data[i] = (UCHAR)i;
	RtlZeroMemory(Record->Data + 2, 2);
	for (i = 0; i < Length; i++)
		Sum += Record->Data[i];
	return Sum + Record->Length + Record->Kind;
}

/* How many entries a list has: the variable's name is a macro of Linux's. */
static ULONG WordsCount(PLIST_ENTRY Head)
{
	PLIST_ENTRY current;
	ULONG Count = 0;

	for (current = Head->Flink; current != Head; current = current->Flink)
		Count++;
	return Count;
}

static VOID WordsSay(PCSTR Format, ...)
{
	va_list Arguments;

	va_start(Arguments, Format);
	vDbgPrintExWithPrefix("words: ", DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, Format, Arguments);
	va_end(Arguments);
}

static VOID WordsPrint(VOID)
{
	WCHAR Wide[8], Room[] = L"xxxxx!";
	UNICODE_STRING Counted = { 0, 10, Room };
	CHAR Text[32], Short[] = "xxx!";
	int Length;

	sprintf(Text, "%ld,%lu,%I64d", (LONG)-1, 2UL, (LONGLONG)-3);
	WordsSay("sprintf %s\n", Text);
	Length = _snprintf(Short, 3, "%d", 1234);
	WordsSay("_snprintf %d %s\n", Length, Short);
	Length = swprintf(Wide, L"%ws-%ld", L"w", (LONG)-5);
	WordsSay("swprintf %d %ws\n", Length, Wide);
	Length = _snwprintf(Wide, RTL_NUMBER_OF(Wide), L"%hs", "narrow");
	WordsSay("_snwprintf %d %ws\n", Length, Wide);
	WordsSay("counted %08lX %wZ\n", RtlUnicodeStringPrintf(&Counted, L"%d", 12345), &Counted);
	WordsSay("counted %08lX %ws\n", RtlUnicodeStringPrintf(&Counted, L"%d", 543210), Room);
}

static VOID WordsPages(VOID)
{
	PCHAR Va = (PCHAR)Words.Buffer;

	WordsSay("pages %d %d\n", PAGE_ALIGN(Va + 5 * PAGE_SIZE + 7) == Va + 5 * PAGE_SIZE,
		 (int)ROUND_TO_PAGES(PAGE_SIZE + 1) / (int)PAGE_SIZE);
}

VOID WordsUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	PAGED_CODE();
	KdPrint(("words: %s\n", "unloaded"));
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	static const UCHAR Data[] = { 1, 2, 3 };
	WCHAR Text[16];
	ULONG Largest;
	volatile LONG Steps = 0;
	__int64 Big = -5000000000;
	ULONG Numbers[] = { 100, 1000 };
	UCHAR Memory[32];
	PWORDS Taken = NULL;
	LIST_ENTRY Head, Entry;

	NT_ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL);
	DriverObject->DriverUnload = WordsUnload;
	Words.Both = 0x00020001;
	WordsSay("%wZ\n", RegistryPath);
	WordsSay("%u of 0x%08lX, %I64d, %hu\n", WordsSum(Data, sizeof(Data), &Largest), STATUS_PENDING,
		 Big, Words.High);
	if (NT_SUCCESS(RtlStringCbPrintfW(Text, sizeof(Text), L"%ws-%d", L"wide", 16)))
		WordsSay("%ws %S\n", Text, Text);
	WordsSay("%d steps, %d, %d\n", WordsFinally(&Steps), WordsOld(&Words, NULL, NULL),
		 IsEqualGUID(&GUID_WORDS, &GUID_WORDS));
	WordsSay("%lu %d\n", WordsSelected, (int)min(Largest, 100UL));
	WordsTake(&Taken, (ULONG_PTR)&Words);
	WordsSay("taken %d\n", Taken == &Words);
	WordsSay("record %lu\n", WordsRecord(Memory, 4, Numbers));
	InitializeListHead(&Head);
	InsertTailList(&Head, &Entry);
	WordsSay("entries %lu\n", WordsCount(&Head));
	WordsPrint();
	WordsPages();
	return STATUS_SUCCESS;
}

#ifdef __cplusplus
}
#endif
#pragma warning(pop)
