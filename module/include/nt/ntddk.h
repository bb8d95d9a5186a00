/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `#include <ntddk.h>` finds in a driver written for NT, whose source is not to be
 * changed.  Besides ntpool/ntddk.h these are the words that Linux's headers use in
 * another sense; so nothing of Linux may be included behind this.
 */
#ifndef _NTPOOL_NT_NTDDK_H
#define _NTPOOL_NT_NTDDK_H

#include <ntpool/ntddk.h>
#include <ntpool/ntstrsafe.h>
#include <ntpool/sal_words.h>

/* NT's compare what they are given; Linux's want one type. */
#undef min
#undef max
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))

#endif /* _NTPOOL_NT_NTDDK_H */
