// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counted strings: set up, copied, appended, compared.  None of this allocates or may
 * fault but for its strings, so it is for any IRQL at which these may be touched.
 */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <ntpool/string.h>

/* What a string that ends in a zero can be long at most, that zero not counted. */
#define LONGEST_UNICODE (UNICODE_STRING_MAX_BYTES - sizeof(WCHAR))
#define LONGEST_ANSI	(MAXUSHORT - sizeof(CHAR))

static size_t units(PCUNICODE_STRING string)
{
	return string->Length / sizeof(WCHAR);
}

/* Where there is room for a zero behind the string, NT's calls put one. */
static void terminate(PUNICODE_STRING string)
{
	if (string->Length + sizeof(WCHAR) <= string->MaximumLength)
		string->Buffer[units(string)] = UNICODE_NULL;
}

/**
 * RtlInitUnicodeStringEx() - have a counted string stand for one that ends in a zero
 * @DestinationString: set; its buffer is the source itself
 * @SourceString: may be NULL, for an empty string without a buffer
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_NAME_TOO_LONG, and the destination is empty.
 */
NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString,
				PCWSTR SourceString)
{
	size_t length = SourceString ? wcslen(SourceString) * sizeof(WCHAR) : 0;

	RtlInitEmptyUnicodeString(DestinationString, NULL, 0);
	if (length > LONGEST_UNICODE)
		return STATUS_NAME_TOO_LONG;
	DestinationString->Buffer = (PWCH)SourceString;
	DestinationString->Length = length;
	if (SourceString)
		DestinationString->MaximumLength = length + sizeof(WCHAR);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(RtlInitUnicodeStringEx);

/**
 * RtlInitUnicodeString() - the same, for strings that are short enough
 * @DestinationString: set; its buffer is the source itself
 * @SourceString: may be NULL; what is beyond 65532 bytes is left out
 *
 * Context: any.
 */
VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString,
			  PCWSTR SourceString)
{
	if (!RtlInitUnicodeStringEx(DestinationString, SourceString))
		return;
	DestinationString->Buffer = (PWCH)SourceString;
	DestinationString->Length = LONGEST_UNICODE;
	DestinationString->MaximumLength = UNICODE_STRING_MAX_BYTES;
}
EXPORT_SYMBOL_GPL(RtlInitUnicodeString);

/**
 * RtlInitAnsiString() - the same for a string of bytes; RtlInitString
 * @DestinationString: set; its buffer is the source itself
 * @SourceString: may be NULL; what is beyond 65534 bytes is left out
 *
 * Context: any.
 */
VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
	size_t length = SourceString ? strlen(SourceString) : 0;

	DestinationString->Buffer = (PCHAR)SourceString;
	DestinationString->Length = min_t(size_t, length, LONGEST_ANSI);
	DestinationString->MaximumLength =
		SourceString ? DestinationString->Length + 1 : 0;
}
EXPORT_SYMBOL_GPL(RtlInitAnsiString);

/**
 * RtlCopyUnicodeString() - copy as much as there is room for
 * @DestinationString: has a buffer
 * @SourceString: NULL for an empty one
 *
 * Context: any.
 */
VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString,
			  PCUNICODE_STRING SourceString)
{
	if (!SourceString) {
		DestinationString->Length = 0;
		return;
	}
	DestinationString->Length = min(SourceString->Length,
					DestinationString->MaximumLength);
	memmove(DestinationString->Buffer, SourceString->Buffer,
		DestinationString->Length);
	terminate(DestinationString);
}
EXPORT_SYMBOL_GPL(RtlCopyUnicodeString);

/**
 * RtlCopyString() - copy as many bytes as there is room for
 * @DestinationString: has a buffer
 * @SourceString: NULL for an empty one
 *
 * Context: any.
 */
VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
	if (!SourceString) {
		DestinationString->Length = 0;
		return;
	}
	DestinationString->Length = min(SourceString->Length,
					DestinationString->MaximumLength);
	memmove(DestinationString->Buffer, SourceString->Buffer,
		DestinationString->Length);
}
EXPORT_SYMBOL_GPL(RtlCopyString);

static NTSTATUS append(PUNICODE_STRING to, const void *from, size_t size)
{
	if (size > (size_t)to->MaximumLength - to->Length)
		return STATUS_BUFFER_TOO_SMALL;
	memmove((char *)to->Buffer + to->Length, from, size);
	to->Length += size;
	terminate(to);
	return STATUS_SUCCESS;
}

/**
 * RtlAppendUnicodeStringToString() - append all of a string or nothing
 * @Destination: has a buffer
 * @Source: what comes behind
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL.
 */
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination,
					PCUNICODE_STRING Source)
{
	return append(Destination, Source->Buffer, Source->Length);
}
EXPORT_SYMBOL_GPL(RtlAppendUnicodeStringToString);

/**
 * RtlAppendUnicodeToString() - the same with a string that ends in a zero
 * @Destination: has a buffer
 * @Source: what comes behind; may be NULL
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL.
 */
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
	if (!Source)
		return STATUS_SUCCESS;
	return append(Destination, Source, wcslen(Source) * sizeof(WCHAR));
}
EXPORT_SYMBOL_GPL(RtlAppendUnicodeToString);

/* How the first @count characters of two strings differ. */
static LONG compare_units(PCWCH a, PCWCH b, size_t count, BOOLEAN any_case)
{
	LONG apart = 0;
	size_t i;

	for (i = 0; i < count && !apart; i++)
		if (a[i] != b[i])
			apart = any_case ? RtlUpcaseUnicodeChar(a[i]) -
						   RtlUpcaseUnicodeChar(b[i]) :
					   a[i] - b[i];
	return apart;
}

/**
 * RtlCompareUnicodeString() - which of two strings comes first
 * @String1: one
 * @String2: the other
 * @CaseInSensitive: compare capital letters
 *
 * Context: any.
 * Return: < 0 if @String1 comes first, 0 if they are equal, else > 0.
 */
LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			     BOOLEAN CaseInSensitive)
{
	LONG apart = compare_units(String1->Buffer, String2->Buffer,
				   min(units(String1), units(String2)),
				   CaseInSensitive);

	return apart ? apart : String1->Length - String2->Length;
}
EXPORT_SYMBOL_GPL(RtlCompareUnicodeString);

/**
 * RtlEqualUnicodeString() - are two strings equal
 * @String1: one
 * @String2: the other
 * @CaseInSensitive: capital and small letters count as one
 *
 * Context: any.
 */
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1,
			      PCUNICODE_STRING String2,
			      BOOLEAN CaseInSensitive)
{
	return String1->Length == String2->Length &&
	       !RtlCompareUnicodeString(String1, String2, CaseInSensitive);
}
EXPORT_SYMBOL_GPL(RtlEqualUnicodeString);

/**
 * RtlPrefixUnicodeString() - does a string begin with another
 * @String1: the beginning
 * @String2: the string
 * @CaseInSensitive: capital and small letters count as one
 *
 * Context: any.
 */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1,
			       PCUNICODE_STRING String2,
			       BOOLEAN CaseInSensitive)
{
	return String1->Length <= String2->Length &&
	       !compare_units(String1->Buffer, String2->Buffer, units(String1),
			      CaseInSensitive);
}
EXPORT_SYMBOL_GPL(RtlPrefixUnicodeString);

/**
 * RtlCompareString() - which of two strings of bytes comes first
 * @String1: one
 * @String2: the other
 * @CaseInSensitive: small letters of ASCII count as one with the capital ones
 *
 * Context: any.
 * Return: < 0 if @String1 comes first, 0 if they are equal, else > 0.
 */
LONG RtlCompareString(const STRING *String1, const STRING *String2,
		      BOOLEAN CaseInSensitive)
{
	size_t common = min(String1->Length, String2->Length), i;
	LONG apart = 0;

	for (i = 0; i < common && !apart; i++) {
		UCHAR a = String1->Buffer[i], b = String2->Buffer[i];

		if (CaseInSensitive && a < 0x80 && b < 0x80)
			apart = RtlUpcaseUnicodeChar(a) - RtlUpcaseUnicodeChar(b);
		else
			apart = a - b;
	}
	return apart ? apart : String1->Length - String2->Length;
}
EXPORT_SYMBOL_GPL(RtlCompareString);

/**
 * RtlEqualString() - are two strings of bytes equal
 * @String1: one
 * @String2: the other
 * @CaseInSensitive: as with RtlCompareString()
 *
 * Context: any.
 */
BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2,
		       BOOLEAN CaseInSensitive)
{
	return String1->Length == String2->Length &&
	       !RtlCompareString(String1, String2, CaseInSensitive);
}
EXPORT_SYMBOL_GPL(RtlEqualString);
