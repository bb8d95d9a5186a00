/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User memory with NT's names: the probes (wdm.h), and the accessors of
 * usermode_accessors.h, which work with SMAP on, where a plain access does not.  All
 * raise: see ke/probe.c.
 */
#ifndef _NTPOOL_PROBE_H
#define _NTPOOL_PROBE_H

#include <asm/barrier.h>

#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

extern ULONG_PTR MmUserProbeAddress;
extern PVOID MmHighestUserAddress;
extern PVOID MmSystemRangeStart;

#define MM_USER_PROBE_ADDRESS	MmUserProbeAddress
#define MM_HIGHEST_USER_ADDRESS MmHighestUserAddress
#define MM_SYSTEM_RANGE_START	MmSystemRangeStart

VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment);
VOID ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment);
BOOLEAN MmIsAddressValid(PVOID VirtualAddress);

VOID CopyFromUser(VOID *Destination, const volatile VOID *Source,
		  SIZE_T Length);
VOID CopyToUser(volatile VOID *Destination, const VOID *Source, SIZE_T Length);
VOID FillUserMemory(volatile VOID *Destination, SIZE_T Length, INT Fill);

#define RtlCopyFromUser(Destination, Source, Length) \
	CopyFromUser(Destination, Source, Length)
#define RtlCopyToUser(Destination, Source, Length) \
	CopyToUser(Destination, Source, Length)
#define CopyFromUserNonTemporal(Destination, Source, Length) \
	CopyFromUser(Destination, Source, Length)
#define CopyToUserNonTemporal(Destination, Source, Length) \
	CopyToUser(Destination, Source, Length)
#define ZeroUserMemory(Destination, Length) \
	FillUserMemory(Destination, Length, 0)

#define ReadStructFromUser(Destination, Source)                   \
	({                                                        \
		typeof(Source) source_ = (Source);                \
		typeof(Destination) destination_ = (Destination); \
		CopyFromUser(destination_, source_,               \
			     sizeof(*destination_));              \
	})
#define WriteStructToUser(Destination, Source)                    \
	({                                                        \
		typeof(Source) source_ = (Source);                \
		typeof(Destination) destination_ = (Destination); \
		CopyToUser(destination_, source_,                 \
			   sizeof(*destination_));                \
	})

/* One access each, of 1, 2, 4 or 8 bytes. */
u64 ntpool_read_user(const volatile VOID *source, SIZE_T size);
void ntpool_write_user(volatile VOID *destination, u64 value, SIZE_T size);

#define NTPOOL_USER_ACCESSORS(Name, type)                                      \
	FORCEINLINE type Read##Name##FromUser(const volatile type *Source)     \
	{                                                                      \
		return (type)ntpool_read_user(Source, sizeof(type));           \
	}                                                                      \
	FORCEINLINE type Read##Name##FromMode(const volatile type *Source,     \
					      KPROCESSOR_MODE Mode)            \
	{                                                                      \
		return Mode == KernelMode ? *Source :                          \
					    Read##Name##FromUser(Source);      \
	}                                                                      \
	FORCEINLINE type Read##Name##FromUserAcquire(                          \
		const volatile type *Source)                                   \
	{                                                                      \
		type value = Read##Name##FromUser(Source);                     \
		smp_rmb(); /* what follows is read after the value */          \
		return value;                                                  \
	}                                                                      \
	FORCEINLINE VOID Write##Name##ToUser(volatile type *Destination,       \
					     type Value)                       \
	{                                                                      \
		ntpool_write_user(Destination, (u64)Value, sizeof(type));      \
	}                                                                      \
	FORCEINLINE VOID Write##Name##ToMode(volatile type *Destination,       \
					     type Value, KPROCESSOR_MODE Mode) \
	{                                                                      \
		if (Mode == KernelMode)                                        \
			*Destination = Value;                                  \
		else                                                           \
			Write##Name##ToUser(Destination, Value);               \
	}                                                                      \
	FORCEINLINE VOID Write##Name##ToUserRelease(                           \
		volatile type *Destination, type Value)                        \
	{                                                                      \
		smp_wmb(); /* what precedes is seen before the value */        \
		Write##Name##ToUser(Destination, Value);                       \
	}

NTPOOL_USER_ACCESSORS(Boolean, BOOLEAN)
NTPOOL_USER_ACCESSORS(Char, CHAR)
NTPOOL_USER_ACCESSORS(UChar, UCHAR)
NTPOOL_USER_ACCESSORS(WChar, WCHAR)
NTPOOL_USER_ACCESSORS(Short, SHORT)
NTPOOL_USER_ACCESSORS(UShort, USHORT)
NTPOOL_USER_ACCESSORS(Long, LONG)
NTPOOL_USER_ACCESSORS(ULong, ULONG)
NTPOOL_USER_ACCESSORS(Long64, LONG64)
NTPOOL_USER_ACCESSORS(ULong64, ULONG64)
NTPOOL_USER_ACCESSORS(Longlong, LONGLONG)
NTPOOL_USER_ACCESSORS(Ulonglong, ULONGLONG)
NTPOOL_USER_ACCESSORS(LongPtr, LONG_PTR)
NTPOOL_USER_ACCESSORS(UlongPtr, ULONG_PTR)
NTPOOL_USER_ACCESSORS(Int8, INT8)
NTPOOL_USER_ACCESSORS(UInt8, UINT8)
NTPOOL_USER_ACCESSORS(Int16, INT16)
NTPOOL_USER_ACCESSORS(UInt16, UINT16)
NTPOOL_USER_ACCESSORS(Int32, INT32)
NTPOOL_USER_ACCESSORS(UInt32, UINT32)
NTPOOL_USER_ACCESSORS(Int64, INT64)
NTPOOL_USER_ACCESSORS(UInt64, UINT64)
NTPOOL_USER_ACCESSORS(NtStatus, NTSTATUS)

#undef NTPOOL_USER_ACCESSORS

FORCEINLINE PVOID ReadPointerFromUser(const volatile PVOID *Source)
{
	return (PVOID)(ULONG_PTR)ntpool_read_user(Source, sizeof(PVOID));
}

FORCEINLINE VOID WritePointerToUser(volatile PVOID *Destination, PVOID Value)
{
	ntpool_write_user(Destination, (ULONG_PTR)Value, sizeof(PVOID));
}

#define ReadHandleFromUser(Source) \
	((HANDLE)ReadPointerFromUser((const volatile PVOID *)(Source)))
#define WriteHandleToUser(Destination, Value) \
	WritePointerToUser((volatile PVOID *)(Destination), Value)

#endif /* _NTPOOL_PROBE_H */
