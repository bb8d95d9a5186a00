/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory, messages and assertions with NT's names (wdm.h).  Messages have Linux's
 * conversions: what NT writes %Iu or %I64u is %zu or %llu.
 */
#ifndef _NTPOOL_RTL_H
#define _NTPOOL_RTL_H

#include <linux/printk.h>
#include <linux/string.h>

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

#define DbgPrint(Format, ...) printk(KERN_INFO Format, ##__VA_ARGS__)
#define DbgPrintEx(ComponentId, Level, Format, ...) \
	DbgPrint(Format, ##__VA_ARGS__)

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
#define ASSERT(Expression) NT_ASSERT(Expression)

#endif /* _NTPOOL_RTL_H */
