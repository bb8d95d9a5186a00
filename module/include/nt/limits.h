/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limits of C's types as NT's compiler has them, for LONG and not for a plain long,
 * which has 64 bits here.
 */
#ifndef _NTPOOL_NT_LIMITS_H
#define _NTPOOL_NT_LIMITS_H

#include <ntddk.h>

#undef CHAR_BIT
#undef SCHAR_MIN
#undef SCHAR_MAX
#undef UCHAR_MAX
#undef CHAR_MIN
#undef CHAR_MAX
#undef SHRT_MIN
#undef SHRT_MAX
#undef USHRT_MAX
#undef INT_MIN
#undef INT_MAX
#undef UINT_MAX
#undef LONG_MIN
#undef LONG_MAX
#undef ULONG_MAX
#undef LLONG_MIN
#undef LLONG_MAX
#undef ULLONG_MAX

#define CHAR_BIT   8
#define SCHAR_MIN  (-128)
#define SCHAR_MAX  127
#define UCHAR_MAX  0xff
#define CHAR_MIN   SCHAR_MIN
#define CHAR_MAX   SCHAR_MAX
#define SHRT_MIN   (-32768)
#define SHRT_MAX   32767
#define USHRT_MAX  0xffff
#define INT_MIN	   (-2147483647 - 1)
#define INT_MAX	   2147483647
#define UINT_MAX   0xffffffff
#define LONG_MIN   INT_MIN
#define LONG_MAX   INT_MAX
#define ULONG_MAX  UINT_MAX
#define LLONG_MIN  (-9223372036854775807ll - 1)
#define LLONG_MAX  9223372036854775807ll
#define ULLONG_MAX 0xffffffffffffffffull

#endif /* _NTPOOL_NT_LIMITS_H */
