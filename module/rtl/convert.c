// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counted strings made of others: in capital letters, from UTF-8 and to it.  Strings
 * that these calls allocate are in paged pool, as on NT: IRQL PASSIVE_LEVEL.
 */
#include <linux/export.h>
#include <linux/ntpool.h>
#include <linux/string.h>

#include <ntpool/pool.h>
#include <ntpool/string.h>

#include "rtl/utf.h"

#define STRING_TAG NTPOOL_TAG('S', 't', 'r', 'g')

/* In every release, so not by ExAllocatePool2(). */
static void *alloc_buffer(size_t size)
{
	return ntpool_alloc(NTPOOL_FLAG_PAGED | NTPOOL_FLAG_UNINITIALIZED, size,
			    STRING_TAG);
}

static PCWCH end_of(PCUNICODE_STRING string)
{
	return string->Buffer + string->Length / sizeof(WCHAR);
}

typedef WCHAR case_map(WCHAR c);

static NTSTATUS map_string(PUNICODE_STRING to, PCUNICODE_STRING from,
			   BOOLEAN allocate, case_map *map)
{
	size_t i;

	if (allocate) {
		/* Pool blocks of no bytes there are not. */
		to->Buffer = alloc_buffer(from->Length ?: sizeof(WCHAR));
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = from->Length;
	} else if (from->Length > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	for (i = 0; i < from->Length / sizeof(WCHAR); i++)
		to->Buffer[i] = map(from->Buffer[i]);
	to->Length = from->Length;
	return STATUS_SUCCESS;
}

/**
 * RtlUpcaseUnicodeString() - a string in capital letters
 * @DestinationString: may be the source itself
 * @SourceString: the string
 * @AllocateDestinationString: make a buffer, for RtlFreeUnicodeString()
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW; STATUS_NO_MEMORY.
 */
NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString,
				PCUNICODE_STRING SourceString,
				BOOLEAN AllocateDestinationString)
{
	return map_string(DestinationString, SourceString,
			  AllocateDestinationString, RtlUpcaseUnicodeChar);
}
EXPORT_SYMBOL_GPL(RtlUpcaseUnicodeString);

/**
 * RtlDowncaseUnicodeString() - a string in small letters
 * @DestinationString: may be the source itself
 * @SourceString: the string
 * @AllocateDestinationString: make a buffer, for RtlFreeUnicodeString()
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW; STATUS_NO_MEMORY.
 */
NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString,
				  PCUNICODE_STRING SourceString,
				  BOOLEAN AllocateDestinationString)
{
	return map_string(DestinationString, SourceString,
			  AllocateDestinationString, RtlDowncaseUnicodeChar);
}
EXPORT_SYMBOL_GPL(RtlDowncaseUnicodeString);

/**
 * RtlUnicodeStringToAnsiSize() - the bytes that a string takes in UTF-8
 * @SourceString: the string
 *
 * Context: any.
 * Return: the bytes, with a terminating zero.
 */
ULONG RtlUnicodeStringToAnsiSize(PCUNICODE_STRING SourceString)
{
	PCWCH from = SourceString->Buffer, end = end_of(SourceString);
	char scratch[UTF8_MOST_BYTES];
	ULONG size = 1;

	while (from < end)
		size += utf8_put(utf16_next(&from, end), scratch);
	return size;
}
EXPORT_SYMBOL_GPL(RtlUnicodeStringToAnsiSize);

/**
 * RtlAnsiStringToUnicodeSize() - the bytes that a string of UTF-8 takes in UTF-16
 * @SourceString: the string
 *
 * Context: any.
 * Return: the bytes, with a terminating zero.
 */
ULONG RtlAnsiStringToUnicodeSize(PCANSI_STRING SourceString)
{
	const char *from = SourceString->Buffer;
	const char *end = from + SourceString->Length;
	wchar_t scratch[UTF16_MOST_UNITS];
	ULONG units = 1;

	while (from < end)
		units += utf16_put(utf8_next(&from, end), scratch);
	return units * sizeof(WCHAR);
}
EXPORT_SYMBOL_GPL(RtlAnsiStringToUnicodeSize);

/* Whole characters only, as many as @room bytes hold. */
static size_t to_utf8(PCUNICODE_STRING string, char *to, size_t room)
{
	PCWCH from = string->Buffer, end = end_of(string);
	char c[UTF8_MOST_BYTES];
	size_t done = 0;

	while (from < end) {
		unsigned int size = utf8_put(utf16_next(&from, end), c);

		if (size > room - done)
			break;
		memcpy(to + done, c, size);
		done += size;
	}
	return done;
}

/**
 * RtlUnicodeStringToAnsiString() - a string in UTF-8
 * @DestinationString: set; ends in a zero
 * @SourceString: the string
 * @AllocateDestinationString: make a buffer, for RtlFreeAnsiString()
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW, with as many characters as there
 * was room for; STATUS_INVALID_PARAMETER_2 if the string would be too long;
 * STATUS_NO_MEMORY.
 */
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString,
				      PCUNICODE_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	ULONG size = RtlUnicodeStringToAnsiSize(SourceString);
	PANSI_STRING to = DestinationString;

	if (size > MAXUSHORT)
		return STATUS_INVALID_PARAMETER_2;
	if (AllocateDestinationString) {
		to->Buffer = alloc_buffer(size);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = size;
	} else if (!to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	to->Length = to_utf8(SourceString, to->Buffer, to->MaximumLength - 1);
	to->Buffer[to->Length] = '\0';
	return size <= to->MaximumLength ? STATUS_SUCCESS :
					   STATUS_BUFFER_OVERFLOW;
}
EXPORT_SYMBOL_GPL(RtlUnicodeStringToAnsiString);

/**
 * RtlAnsiStringToUnicodeString() - a string of UTF-8 in UTF-16
 * @DestinationString: set; ends in a zero
 * @SourceString: the string
 * @AllocateDestinationString: make a buffer, for RtlFreeUnicodeString()
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW, with nothing converted;
 * STATUS_INVALID_PARAMETER_2 if the string would be too long; STATUS_NO_MEMORY.
 */
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
				      PCANSI_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	ULONG size = RtlAnsiStringToUnicodeSize(SourceString);
	const char *from = SourceString->Buffer;
	const char *end = from + SourceString->Length;
	PUNICODE_STRING to = DestinationString;
	WCHAR *at;

	if (size > UNICODE_STRING_MAX_BYTES)
		return STATUS_INVALID_PARAMETER_2;
	if (AllocateDestinationString) {
		to->Buffer = alloc_buffer(size);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = size;
	} else if (size > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	for (at = to->Buffer; from < end;)
		at += utf16_put(utf8_next(&from, end), at);
	*at = UNICODE_NULL;
	to->Length = size - sizeof(WCHAR);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(RtlAnsiStringToUnicodeString);

/**
 * RtlCreateUnicodeString() - a copy of a string that ends in a zero
 * @DestinationString: set; for RtlFreeUnicodeString()
 * @SourceString: the string
 *
 * Context: IRQL PASSIVE.
 * Return: whether there was memory, and the string was not too long.
 */
BOOLEAN RtlCreateUnicodeString(PUNICODE_STRING DestinationString,
			       PCWSTR SourceString)
{
	UNICODE_STRING from;

	if (RtlInitUnicodeStringEx(&from, SourceString))
		return FALSE;
	DestinationString->Buffer = alloc_buffer(from.MaximumLength);
	if (!DestinationString->Buffer)
		return FALSE;
	DestinationString->MaximumLength = from.MaximumLength;
	RtlCopyUnicodeString(DestinationString, &from);
	return TRUE;
}
EXPORT_SYMBOL_GPL(RtlCreateUnicodeString);

/**
 * RtlFreeUnicodeString() - free what a call of this file has allocated
 * @UnicodeString: empty afterwards
 *
 * Context: IRQL PASSIVE.
 */
VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
	if (UnicodeString->Buffer)
		ExFreePoolWithTag(UnicodeString->Buffer, STRING_TAG);
	RtlInitEmptyUnicodeString(UnicodeString, NULL, 0);
}
EXPORT_SYMBOL_GPL(RtlFreeUnicodeString);

/**
 * RtlFreeAnsiString() - free what a call of this file has allocated
 * @AnsiString: empty afterwards
 *
 * Context: IRQL PASSIVE.
 */
VOID RtlFreeAnsiString(PANSI_STRING AnsiString)
{
	if (AnsiString->Buffer)
		ExFreePoolWithTag(AnsiString->Buffer, STRING_TAG);
	RtlInitEmptyAnsiString(AnsiString, NULL, 0);
}
EXPORT_SYMBOL_GPL(RtlFreeAnsiString);
