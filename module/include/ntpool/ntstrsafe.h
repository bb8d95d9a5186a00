/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings that cannot run out of their buffers (ntstrsafe.h; "Using safe string
 * functions", Windows driver documentation).  A text that does not fit is cut off, ends
 * in a zero, and the call returns STATUS_BUFFER_OVERFLOW.
 */
#ifndef _NTPOOL_NTSTRSAFE_H
#define _NTPOOL_NTSTRSAFE_H

#include <linux/stdarg.h>

#include <ntpool/string.h>

#define NTSTRSAFE_MAX_CCH 2147483647

/* print.c */
NTSTATUS RtlStringCchVPrintfA(PSTR pszDest, SIZE_T cchDest, PCSTR pszFormat,
			      va_list argList);
NTSTATUS RtlStringCchVPrintfW(PWSTR pszDest, SIZE_T cchDest, PCWSTR pszFormat,
			      va_list argList);
NTSTATUS RtlStringCchPrintfA(PSTR pszDest, SIZE_T cchDest, PCSTR pszFormat,
			     ...);
NTSTATUS RtlStringCchPrintfW(PWSTR pszDest, SIZE_T cchDest, PCWSTR pszFormat,
			     ...);
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString,
				PCWSTR pszFormat, ...);

/* Sizes in bytes are as good: half a wide character is no room. */
#define RtlStringCbPrintfA(pszDest, cbDest, ...) \
	RtlStringCchPrintfA(pszDest, cbDest, __VA_ARGS__)
#define RtlStringCbPrintfW(pszDest, cbDest, ...) \
	RtlStringCchPrintfW(pszDest, (cbDest) / sizeof(WCHAR), __VA_ARGS__)
#define RtlStringCbVPrintfA(pszDest, cbDest, pszFormat, argList) \
	RtlStringCchVPrintfA(pszDest, cbDest, pszFormat, argList)
#define RtlStringCbVPrintfW(pszDest, cbDest, pszFormat, argList) \
	RtlStringCchVPrintfW(pszDest, (cbDest) / sizeof(WCHAR), pszFormat, argList)

/* clang-format off */
/* The same for bytes (A) and for wide characters (W). */
#define NTPOOL_SAFE_STRINGS(Width, Text, ConstText)				\
FORCEINLINE NTSTATUS RtlStringCchLength##Width(ConstText psz, SIZE_T cchMax,	\
					       SIZE_T *pcchLength)		\
{										\
	SIZE_T length = 0;							\
										\
	if (pcchLength)								\
		*pcchLength = 0;						\
	if (!psz || cchMax > NTSTRSAFE_MAX_CCH)					\
		return STATUS_INVALID_PARAMETER;				\
	while (length < cchMax && psz[length])					\
		length++;							\
	if (length == cchMax)							\
		return STATUS_INVALID_PARAMETER;				\
	if (pcchLength)								\
		*pcchLength = length;						\
	return STATUS_SUCCESS;							\
}										\
										\
FORCEINLINE NTSTATUS RtlStringCchCopyN##Width(Text pszDest, SIZE_T cchDest,	\
					      ConstText pszSrc,			\
					      SIZE_T cchToCopy)			\
{										\
	SIZE_T i;								\
										\
	if (!cchDest || cchDest > NTSTRSAFE_MAX_CCH)				\
		return STATUS_INVALID_PARAMETER;				\
	for (i = 0; i < cchDest - 1 && i < cchToCopy && pszSrc[i]; i++)		\
		pszDest[i] = pszSrc[i];						\
	pszDest[i] = 0;								\
	return i < cchToCopy && pszSrc[i] ? STATUS_BUFFER_OVERFLOW :		\
					    STATUS_SUCCESS;			\
}										\
										\
FORCEINLINE NTSTATUS RtlStringCchCopy##Width(Text pszDest, SIZE_T cchDest,	\
					     ConstText pszSrc)			\
{										\
	return RtlStringCchCopyN##Width(pszDest, cchDest, pszSrc, MAXSIZE_T);	\
}										\
										\
FORCEINLINE NTSTATUS RtlStringCchCat##Width(Text pszDest, SIZE_T cchDest,	\
					    ConstText pszSrc)			\
{										\
	SIZE_T length;								\
	NTSTATUS status = RtlStringCchLength##Width(pszDest, cchDest, &length);	\
										\
	if (!NT_SUCCESS(status))						\
		return status;							\
	return RtlStringCchCopy##Width(pszDest + length, cchDest - length, pszSrc);	\
}
/* clang-format on */

NTPOOL_SAFE_STRINGS(A, PSTR, PCSTR)
NTPOOL_SAFE_STRINGS(W, PWSTR, PCWSTR)

#undef NTPOOL_SAFE_STRINGS

#define RtlStringCbCopyA(pszDest, cbDest, pszSrc) \
	RtlStringCchCopyA(pszDest, cbDest, pszSrc)
#define RtlStringCbCopyNA(pszDest, cbDest, pszSrc, cbToCopy) \
	RtlStringCchCopyNA(pszDest, cbDest, pszSrc, cbToCopy)
#define RtlStringCbCatA(pszDest, cbDest, pszSrc) \
	RtlStringCchCatA(pszDest, cbDest, pszSrc)
#define RtlStringCbCopyW(pszDest, cbDest, pszSrc) \
	RtlStringCchCopyW(pszDest, (cbDest) / sizeof(WCHAR), pszSrc)
#define RtlStringCbCopyNW(pszDest, cbDest, pszSrc, cbToCopy) \
	RtlStringCchCopyNW(pszDest, (cbDest) / sizeof(WCHAR), pszSrc, (cbToCopy) / sizeof(WCHAR))
#define RtlStringCbCatW(pszDest, cbDest, pszSrc) \
	RtlStringCchCatW(pszDest, (cbDest) / sizeof(WCHAR), pszSrc)
#define RtlStringCbLengthA(psz, cbMax, pcbLength) \
	RtlStringCchLengthA(psz, cbMax, pcbLength)

FORCEINLINE NTSTATUS RtlStringCbLengthW(PCWSTR psz, SIZE_T cbMax,
					SIZE_T *pcbLength)
{
	NTSTATUS status = RtlStringCchLengthW(psz, cbMax / sizeof(WCHAR),
					      pcbLength);

	if (pcbLength)
		*pcbLength *= sizeof(WCHAR);
	return status;
}

/* Source files are compiled without UNICODE: the plain names are those for bytes. */
#define RtlStringCbPrintf  RtlStringCbPrintfA
#define RtlStringCchPrintf RtlStringCchPrintfA
#define RtlStringCbCopy	   RtlStringCbCopyA
#define RtlStringCchCopy   RtlStringCchCopyA
#define RtlStringCbCat	   RtlStringCbCatA
#define RtlStringCchCat	   RtlStringCchCatA
#define RtlStringCbLength  RtlStringCbLengthA
#define RtlStringCchLength RtlStringCchLengthA

#endif /* _NTPOOL_NTSTRSAFE_H */
