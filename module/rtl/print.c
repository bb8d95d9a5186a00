// SPDX-License-Identifier: GPL-2.0-only
/* Messages to the log, and strings printed into buffers, with NT's conversions. */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/printk.h>

#include <ntpool/ntstrsafe.h>
#include <ntpool/rtl.h>

#include "rtl/format.h"

/* What DbgPrint() sends at a time ("DbgPrint", Windows driver documentation). */
#define LONGEST_MESSAGE 512

/**
 * vDbgPrintExWithPrefix() - a message to the log
 * @Prefix: comes first
 * @ComponentId: DPFLTR_*_ID; not looked at
 * @Level: DPFLTR_*_LEVEL, or a mask of them
 * @Format: NT's
 * @Arguments: as NT's code passes them
 *
 * Nothing is filtered out here: what is shown is for Linux's log levels to decide.
 *
 * Context: any at which the arguments may be touched.
 * Return: STATUS_SUCCESS.
 */
ULONG vDbgPrintExWithPrefix(PCSTR Prefix, ULONG ComponentId, ULONG Level,
			    PCSTR Format, va_list Arguments)
{
	char text[LONGEST_MESSAGE];
	size_t length = scnprintf(text, sizeof(text), "%s", Prefix);

	rtl_vformat(text + length, sizeof(text) - length, Format, Arguments);
	switch (Level) {
	case DPFLTR_ERROR_LEVEL:
		pr_err("%s", text);
		break;
	case DPFLTR_WARNING_LEVEL:
		pr_warn("%s", text);
		break;
	default:
		pr_info("%s", text);
	}
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(vDbgPrintExWithPrefix);

/**
 * vDbgPrintEx() - a message to the log
 * @ComponentId: as with vDbgPrintExWithPrefix()
 * @Level: likewise
 * @Format: likewise
 * @Arguments: likewise
 *
 * Context: any at which the arguments may be touched.
 * Return: STATUS_SUCCESS.
 */
ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format,
		  va_list Arguments)
{
	return vDbgPrintExWithPrefix("", ComponentId, Level, Format, Arguments);
}
EXPORT_SYMBOL_GPL(vDbgPrintEx);

/**
 * DbgPrintEx() - a message to the log
 * @ComponentId: as with vDbgPrintExWithPrefix()
 * @Level: likewise
 * @Format: likewise
 *
 * Context: any at which the arguments may be touched.
 * Return: STATUS_SUCCESS.
 */
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
	va_list args;

	va_start(args, Format);
	vDbgPrintEx(ComponentId, Level, Format, args);
	va_end(args);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(DbgPrintEx);

/**
 * DbgPrint() - a message to the log
 * @Format: NT's
 *
 * Context: any at which the arguments may be touched.
 * Return: STATUS_SUCCESS.
 */
ULONG DbgPrint(PCSTR Format, ...)
{
	va_list args;

	va_start(args, Format);
	vDbgPrintEx(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, args);
	va_end(args);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(DbgPrint);

/**
 * RtlStringCchVPrintfA() - print into a buffer of bytes
 * @pszDest: gets the text, and a zero in any case
 * @cchDest: characters of it
 * @pszFormat: NT's
 * @argList: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW if the text is cut off;
 * STATUS_INVALID_PARAMETER if the size is 0 or above NTSTRSAFE_MAX_CCH.
 */
NTSTATUS RtlStringCchVPrintfA(PSTR pszDest, SIZE_T cchDest, PCSTR pszFormat,
			      va_list argList)
{
	if (!cchDest || cchDest > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	return rtl_vformat(pszDest, cchDest, pszFormat, argList) < cchDest ?
		       STATUS_SUCCESS :
		       STATUS_BUFFER_OVERFLOW;
}
EXPORT_SYMBOL_GPL(RtlStringCchVPrintfA);

/**
 * RtlStringCchVPrintfW() - print into a buffer of wide characters
 * @pszDest: gets the text, and a zero in any case
 * @cchDest: characters of it
 * @pszFormat: NT's
 * @argList: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: as RtlStringCchVPrintfA().
 */
NTSTATUS RtlStringCchVPrintfW(PWSTR pszDest, SIZE_T cchDest, PCWSTR pszFormat,
			      va_list argList)
{
	if (!cchDest || cchDest > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	return rtl_vformat_wide(pszDest, cchDest, pszFormat, argList) < cchDest ?
		       STATUS_SUCCESS :
		       STATUS_BUFFER_OVERFLOW;
}
EXPORT_SYMBOL_GPL(RtlStringCchVPrintfW);

/**
 * RtlStringCchPrintfA() - RtlStringCchVPrintfA() with the arguments at hand
 * @pszDest: likewise
 * @cchDest: likewise
 * @pszFormat: likewise
 *
 * Context: likewise.
 * Return: likewise.
 */
NTSTATUS RtlStringCchPrintfA(PSTR pszDest, SIZE_T cchDest, PCSTR pszFormat, ...)
{
	NTSTATUS status;
	va_list args;

	va_start(args, pszFormat);
	status = RtlStringCchVPrintfA(pszDest, cchDest, pszFormat, args);
	va_end(args);
	return status;
}
EXPORT_SYMBOL_GPL(RtlStringCchPrintfA);

/**
 * RtlStringCchPrintfW() - RtlStringCchVPrintfW() with the arguments at hand
 * @pszDest: likewise
 * @cchDest: likewise
 * @pszFormat: likewise
 *
 * Context: likewise.
 * Return: likewise.
 */
NTSTATUS RtlStringCchPrintfW(PWSTR pszDest, SIZE_T cchDest, PCWSTR pszFormat,
			     ...)
{
	NTSTATUS status;
	va_list args;

	va_start(args, pszFormat);
	status = RtlStringCchVPrintfW(pszDest, cchDest, pszFormat, args);
	va_end(args);
	return status;
}
EXPORT_SYMBOL_GPL(RtlStringCchPrintfW);

/**
 * RtlUnicodeStringPrintf() - print into a counted string
 * @DestinationString: its buffer gets the text, and a zero if there is room
 * @pszFormat: NT's
 *
 * A counted string needs no zero, so the text may fill all of the buffer
 * ("RtlUnicodeStringPrintf", Windows driver documentation).
 *
 * Context: any at which the arguments may be touched.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW if the text is cut off;
 * STATUS_INVALID_PARAMETER if there is no room at all.
 */
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString,
				PCWSTR pszFormat, ...)
{
	size_t room = DestinationString->MaximumLength / sizeof(WCHAR), count;
	va_list args;

	if (!room)
		return STATUS_INVALID_PARAMETER;
	va_start(args, pszFormat);
	count = rtl_vformat_wide_text(DestinationString->Buffer, room,
				      pszFormat, args);
	va_end(args);
	if (count < room)
		DestinationString->Buffer[count] = 0;
	DestinationString->Length = min(count, room) * sizeof(WCHAR);
	return count <= room ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}
EXPORT_SYMBOL_GPL(RtlUnicodeStringPrintf);
