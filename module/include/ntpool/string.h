/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counted strings with NT's names (wdm.h, "Safe string functions" and "Unicode string
 * functions", Windows driver documentation).  The ANSI code page is UTF-8.
 */
#ifndef _NTPOOL_STRING_H
#define _NTPOOL_STRING_H

#include <linux/string.h>

#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

#define UNICODE_STRING_MAX_BYTES 65534
#define UNICODE_STRING_MAX_CHARS (UNICODE_STRING_MAX_BYTES / 2)

/* An initialiser for a UNICODE_STRING from L"...", for an ANSI_STRING from "...". */
/* clang-format off */
#define RTL_CONSTANT_STRING(string) \
	{ sizeof(string) - sizeof((string)[0]), sizeof(string), (void *)(string) }

#define DECLARE_CONST_UNICODE_STRING(name, string)		\
	static const WCHAR name##_buffer[] = string;		\
	static const UNICODE_STRING name = {			\
		sizeof(string) - sizeof(WCHAR), sizeof(string),	\
		(PWCH)name##_buffer				\
	}

#define DECLARE_UNICODE_STRING_SIZE(name, size)			\
	WCHAR name##_buffer[size];				\
	UNICODE_STRING name = { 0, (size) * sizeof(WCHAR), name##_buffer }
/* clang-format on */

#define DECLARE_GLOBAL_CONST_UNICODE_STRING(name, string) \
	DECLARE_CONST_UNICODE_STRING(name, string)

#define RtlInitEmptyUnicodeString(String, Storage, Size) \
	((void)((String)->Buffer = (Storage),            \
		(String)->MaximumLength = (Size), (String)->Length = 0))
#define RtlInitEmptyAnsiString(String, Storage, Size) \
	RtlInitEmptyUnicodeString(String, Storage, Size)

/* string.c */
VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString,
			  PCWSTR SourceString);
NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString,
				PCWSTR SourceString);
VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString,
			  PCUNICODE_STRING SourceString);
VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString);
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination,
					PCUNICODE_STRING Source);
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			     BOOLEAN CaseInSensitive);
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1,
			      PCUNICODE_STRING String2,
			      BOOLEAN CaseInSensitive);
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1,
			       PCUNICODE_STRING String2,
			       BOOLEAN CaseInSensitive);
LONG RtlCompareString(const STRING *String1, const STRING *String2,
		      BOOLEAN CaseInSensitive);
BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2,
		       BOOLEAN CaseInSensitive);

#define RtlInitString(Destination, Source) \
	RtlInitAnsiString(Destination, Source)

/* upcase.c */
WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter);
WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter);

/* convert.c */
NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString,
				PCUNICODE_STRING SourceString,
				BOOLEAN AllocateDestinationString);
NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString,
				  PCUNICODE_STRING SourceString,
				  BOOLEAN AllocateDestinationString);
ULONG RtlUnicodeStringToAnsiSize(PCUNICODE_STRING SourceString);
ULONG RtlAnsiStringToUnicodeSize(PCANSI_STRING SourceString);
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString,
				      PCUNICODE_STRING SourceString,
				      BOOLEAN AllocateDestinationString);
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
				      PCANSI_STRING SourceString,
				      BOOLEAN AllocateDestinationString);
BOOLEAN RtlCreateUnicodeString(PUNICODE_STRING DestinationString,
			       PCWSTR SourceString);
VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);
VOID RtlFreeAnsiString(PANSI_STRING AnsiString);

#define RtlxUnicodeStringToAnsiSize(String) RtlUnicodeStringToAnsiSize(String)
#define RtlxAnsiStringToUnicodeSize(String) RtlAnsiStringToUnicodeSize(String)

/* number.c */
NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base,
				   PUNICODE_STRING String);
NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base,
				 PUNICODE_STRING String);
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base,
				   PULONG Value);

/* Of the C library NT's kernel has these for strings that end in a zero. */
static inline size_t wcslen(const wchar_t *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length;
}

static inline int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	for (; count; a++, b++, count--)
		if (*a != *b || !*a)
			return *a - *b;
	return 0;
}

static inline int wcscmp(const wchar_t *a, const wchar_t *b)
{
	return wcsncmp(a, b, SIZE_MAX);
}

static inline int _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	for (; count; a++, b++, count--) {
		int apart = RtlDowncaseUnicodeChar(*a) -
			    RtlDowncaseUnicodeChar(*b);

		if (apart || !*a)
			return apart;
	}
	return 0;
}

static inline int _wcsicmp(const wchar_t *a, const wchar_t *b)
{
	return _wcsnicmp(a, b, SIZE_MAX);
}

static inline wchar_t *wcschr(const wchar_t *string, wchar_t c)
{
	for (; *string != c; string++)
		if (!*string)
			return NULL;
	return (wchar_t *)string;
}

static inline wchar_t *wcsrchr(const wchar_t *string, wchar_t c)
{
	const wchar_t *found = NULL;

	for (; *string; string++)
		if (*string == c)
			found = string;
	return (wchar_t *)(c ? found : string);
}

static inline wchar_t *wcscpy(wchar_t *to, const wchar_t *from)
{
	return memcpy(to, from, (wcslen(from) + 1) * sizeof(*from));
}

static inline wchar_t *wcscat(wchar_t *to, const wchar_t *from)
{
	wcscpy(to + wcslen(to), from);
	return to;
}

#define _stricmp(a, b)	       strcasecmp(a, b)
#define _strnicmp(a, b, count) strncasecmp(a, b, count)

#endif /* _NTPOOL_STRING_H */
