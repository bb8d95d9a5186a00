/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic that tells of an overflow (ntintsafe.h): the result is then all ones, and
 * the status STATUS_INTEGER_OVERFLOW.
 */
#ifndef _NTPOOL_INTSAFE_H
#define _NTPOOL_INTSAFE_H

#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

/* clang-format off */
#define NTPOOL_SAFE_CALL(Name, Type, Parameters, Overflows)			\
FORCEINLINE NTSTATUS Name Parameters						\
{										\
	Type result;								\
										\
	if (Overflows) {							\
		*pResult = (Type)-1;						\
		return STATUS_INTEGER_OVERFLOW;					\
	}									\
	*pResult = result;							\
	return STATUS_SUCCESS;							\
}

#define NTPOOL_SAFE_TYPE(Name, Type)						\
NTPOOL_SAFE_CALL(Rtl##Name##Add, Type, (Type a, Type b, Type *pResult),	\
		 __builtin_add_overflow(a, b, &result))				\
NTPOOL_SAFE_CALL(Rtl##Name##Sub, Type, (Type a, Type b, Type *pResult),	\
		 __builtin_sub_overflow(a, b, &result))				\
NTPOOL_SAFE_CALL(Rtl##Name##Mult, Type, (Type a, Type b, Type *pResult),	\
		 __builtin_mul_overflow(a, b, &result))

#define NTPOOL_SAFE_CONVERSION(Name, From, Type)				\
NTPOOL_SAFE_CALL(Rtl##Name, Type, (From a, Type *pResult),			\
		 __builtin_add_overflow(a, 0, &result))
/* clang-format on */

NTPOOL_SAFE_TYPE(UChar, UCHAR)
NTPOOL_SAFE_TYPE(Short, SHORT)
NTPOOL_SAFE_TYPE(UShort, USHORT)
NTPOOL_SAFE_TYPE(Int, INT)
NTPOOL_SAFE_TYPE(UInt, UINT)
NTPOOL_SAFE_TYPE(Long, LONG)
NTPOOL_SAFE_TYPE(ULong, ULONG)
NTPOOL_SAFE_TYPE(DWord, DWORD)
NTPOOL_SAFE_TYPE(LongLong, LONGLONG)
NTPOOL_SAFE_TYPE(ULongLong, ULONGLONG)
NTPOOL_SAFE_TYPE(LongPtr, LONG_PTR)
NTPOOL_SAFE_TYPE(ULongPtr, ULONG_PTR)
NTPOOL_SAFE_TYPE(UIntPtr, UINT_PTR)
NTPOOL_SAFE_TYPE(SizeT, SIZE_T)

NTPOOL_SAFE_CONVERSION(UShortToUChar, USHORT, UCHAR)
NTPOOL_SAFE_CONVERSION(IntToUInt, INT, UINT)
NTPOOL_SAFE_CONVERSION(IntToULong, INT, ULONG)
NTPOOL_SAFE_CONVERSION(IntToUShort, INT, USHORT)
NTPOOL_SAFE_CONVERSION(IntToSizeT, INT, SIZE_T)
NTPOOL_SAFE_CONVERSION(UIntToInt, UINT, INT)
NTPOOL_SAFE_CONVERSION(LongToULong, LONG, ULONG)
NTPOOL_SAFE_CONVERSION(LongToSizeT, LONG, SIZE_T)
NTPOOL_SAFE_CONVERSION(ULongToUChar, ULONG, UCHAR)
NTPOOL_SAFE_CONVERSION(ULongToUShort, ULONG, USHORT)
NTPOOL_SAFE_CONVERSION(ULongToLong, ULONG, LONG)
NTPOOL_SAFE_CONVERSION(ULongToInt, ULONG, INT)
NTPOOL_SAFE_CONVERSION(LongLongToLong, LONGLONG, LONG)
NTPOOL_SAFE_CONVERSION(LongLongToULong, LONGLONG, ULONG)
NTPOOL_SAFE_CONVERSION(LongLongToULongLong, LONGLONG, ULONGLONG)
NTPOOL_SAFE_CONVERSION(ULongLongToLongLong, ULONGLONG, LONGLONG)
NTPOOL_SAFE_CONVERSION(ULongLongToULong, ULONGLONG, ULONG)
NTPOOL_SAFE_CONVERSION(ULongLongToUShort, ULONGLONG, USHORT)
NTPOOL_SAFE_CONVERSION(ULongLongToSizeT, ULONGLONG, SIZE_T)
NTPOOL_SAFE_CONVERSION(ULongPtrToULong, ULONG_PTR, ULONG)
NTPOOL_SAFE_CONVERSION(ULongPtrToUShort, ULONG_PTR, USHORT)
NTPOOL_SAFE_CONVERSION(SizeTToULong, SIZE_T, ULONG)
NTPOOL_SAFE_CONVERSION(SizeTToUShort, SIZE_T, USHORT)
NTPOOL_SAFE_CONVERSION(SizeTToLong, SIZE_T, LONG)
NTPOOL_SAFE_CONVERSION(SizeTToInt, SIZE_T, INT)

#undef NTPOOL_SAFE_CONVERSION
#undef NTPOOL_SAFE_TYPE
#undef NTPOOL_SAFE_CALL

#endif /* _NTPOOL_INTSAFE_H */
