/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `#include <ntddk.h>` finds in a driver written for NT, whose source is not to be
 * changed.  Besides ntpool/ntddk.h these are the words that Linux's headers use in
 * another sense; so nothing of Linux may be included behind this.
 */
#ifndef _NTPOOL_NT_NTDDK_H
#define _NTPOOL_NT_NTDDK_H

#include <ntpool/ntddk.h>
#include <ntpool/intsafe.h>
#include <ntpool/ntstrsafe.h>
#include <ntpool/sal_words.h>

/* NT's compare what they are given; Linux's want one type. */
#undef min
#undef max
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))

/*
 * In NT's sources it is static only where that is said, and one function for all files
 * that include it: nt-driver.mk has the linker keep one copy.  __inline is the
 * compiler's own word, to which Linux has added nothing.
 */
#undef FORCEINLINE
#undef __forceinline
#define FORCEINLINE __inline __attribute__((__gnu_inline__, __always_inline__, __unused__))
#define __forceinline FORCEINLINE

/* A name for a variable like any other. */
#undef current

/* NT's leads to where the page begins; Linux's rounds up. */
#undef PAGE_ALIGN
#define PAGE_ALIGN(Va) ((PVOID)((ULONG_PTR)(Va) & ~(ULONG_PTR)(PAGE_SIZE - 1)))

/* Linux's read formats in their own way: %ld is of 64 bits there. */
#undef sprintf
#undef vsprintf
#define sprintf	 ntpool_sprintf
#define vsprintf ntpool_vsprintf

#endif /* _NTPOOL_NT_NTDDK_H */
