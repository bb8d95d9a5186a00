/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory, messages and assertions with NT's names (wdm.h).  Messages have NT's
 * conversions, %wZ and %I64u among them; a pointer is shown as Linux's %p shows it.
 */
#ifndef _NTPOOL_RTL_H
#define _NTPOOL_RTL_H

#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/swab.h>

#include <ntpool/excpt.h>
#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

#ifndef DBG
#define DBG 0 /* 1: a checked build */
#endif

#define RtlCopyMemory(Destination, Source, Length) \
	((void)memcpy(Destination, Source, Length))
#define RtlMoveMemory(Destination, Source, Length) \
	((void)memmove(Destination, Source, Length))
#define RtlFillMemory(Destination, Length, Fill) \
	((void)memset(Destination, Fill, Length))
#define RtlZeroMemory(Destination, Length) \
	((void)memset(Destination, 0, Length))
#define RtlSecureZeroMemory(Destination, Length) \
	memzero_explicit(Destination, Length)
#define RtlEqualMemory(Source1, Source2, Length) \
	(!memcmp(Source1, Source2, Length))

/* How many bytes are equal, from the start. */
static inline SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2,
				      SIZE_T Length)
{
	const UCHAR *a = Source1, *b = Source2;
	SIZE_T equal = 0;

	while (equal < Length && a[equal] == b[equal])
		equal++;
	return equal;
}

#define RtlCopyBytes(Destination, Source, Length) \
	RtlCopyMemory(Destination, Source, Length)
#define RtlZeroBytes(Destination, Length) RtlZeroMemory(Destination, Length)
#define RtlFillBytes(Destination, Length, Fill) \
	RtlFillMemory(Destination, Length, Fill)

/* What NT's own debugger filters by. */
#define DPFLTR_SYSTEM_ID     0
#define DPFLTR_IHVDRIVER_ID  77
#define DPFLTR_DEFAULT_ID    101
#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3
#define DPFLTR_MASK	     0x80000000

ULONG DbgPrint(PCSTR Format, ...);
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format,
		  va_list Arguments);
ULONG vDbgPrintExWithPrefix(PCSTR Prefix, ULONG ComponentId, ULONG Level,
			    PCSTR Format, va_list Arguments);

#if DBG
#define KdPrint(Arguments)   DbgPrint Arguments
#define KdPrintEx(Arguments) DbgPrintEx Arguments
/* NT's raises STATUS_ASSERTION_FAILURE as well. */
#define NT_ASSERT(Expression)                                       \
	((Expression) ? (void)0 :                                   \
			(DbgPrint("Assertion failed: %s, %s:%d\n",  \
				  #Expression, __FILE__, __LINE__), \
			 ntpool_raise(STATUS_ASSERTION_FAILURE, 0, NULL)))
#define PAGED_CODE() NT_ASSERT(KeGetCurrentIrql() <= APC_LEVEL)
#else
#define KdPrint(Arguments)    ((void)0)
#define KdPrintEx(Arguments)  ((void)0)
#define NT_ASSERT(Expression) ((void)0)
#define PAGED_CODE()	      ((void)0)
#endif
#define ASSERT(Expression)		  NT_ASSERT(Expression)
#define ASSERTMSG(Message, Expression)	  NT_ASSERT(Expression)
#define NT_ASSERTMSG(Message, Expression) NT_ASSERT(Expression)
#define NT_VERIFY(Expression)		  ((void)(Expression))

#define RtlUshortByteSwap(value)    swab16(value)
#define RtlUlongByteSwap(value)	    swab32(value)
#define RtlUlonglongByteSwap(value) swab64(value)

#endif /* _NTPOOL_RTL_H */
