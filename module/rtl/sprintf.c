// SPDX-License-Identifier: GPL-2.0-only
/*
 * What NT's kernel has of the C library's printing into buffers ("sprintf", "_snprintf",
 * "_vsnprintf", Microsoft C runtime library reference).  nt/stdio.h gives those whose
 * names are Linux's to NT's sources.
 */
#include <linux/export.h>
#include <linux/minmax.h>

#include <ntpool/stdio.h>

#include "rtl/format.h"

/*
 * The names with an underscore write a zero only where there is room for it, and tell by
 * -1 that the text is cut off.
 */
static int cut_off(size_t count, size_t room)
{
	return count <= room ? (int)count : -1;
}

/**
 * _vsnprintf() - print into a buffer of bytes
 * @buffer: gets the text, and a zero if there is room
 * @count: bytes of it
 * @format: NT's
 * @arguments: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the bytes of the text; -1 if it is cut off.
 */
int _vsnprintf(char *buffer, size_t count, const char *format,
	       va_list arguments)
{
	size_t length = rtl_vformat_text(buffer, count, format, arguments);

	if (length < count)
		buffer[length] = '\0';
	return cut_off(length, count);
}
EXPORT_SYMBOL_GPL(_vsnprintf);

/**
 * _vsnwprintf() - print into a buffer of wide characters
 * @buffer: gets the text, and a zero if there is room
 * @count: characters of it
 * @format: NT's
 * @arguments: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the characters of the text; -1 if it is cut off.
 */
int _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format,
		va_list arguments)
{
	size_t length = rtl_vformat_wide_text(buffer, count, format, arguments);

	if (length < count)
		buffer[length] = 0;
	return cut_off(length, count);
}
EXPORT_SYMBOL_GPL(_vsnwprintf);

/**
 * _snprintf() - _vsnprintf() with the arguments at hand
 * @buffer: likewise
 * @count: likewise
 * @format: likewise
 *
 * Context: likewise.
 * Return: likewise.
 */
int _snprintf(char *buffer, size_t count, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = _vsnprintf(buffer, count, format, args);
	va_end(args);
	return length;
}
EXPORT_SYMBOL_GPL(_snprintf);

/**
 * _snwprintf() - _vsnwprintf() with the arguments at hand
 * @buffer: likewise
 * @count: likewise
 * @format: likewise
 *
 * Context: likewise.
 * Return: likewise.
 */
int _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = _vsnwprintf(buffer, count, format, args);
	va_end(args);
	return length;
}
EXPORT_SYMBOL_GPL(_snwprintf);

/**
 * ntpool_vsprintf() - what NT's sources call vsprintf()
 * @buffer: gets the text and a zero, however long they are
 * @format: NT's
 * @arguments: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the bytes of the text.
 */
int ntpool_vsprintf(char *buffer, const char *format, va_list arguments)
{
	return rtl_vformat(buffer, INT_MAX, format, arguments);
}
EXPORT_SYMBOL_GPL(ntpool_vsprintf);

/**
 * ntpool_sprintf() - what NT's sources call sprintf()
 * @buffer: as with ntpool_vsprintf()
 * @format: likewise
 *
 * Context: likewise.
 * Return: likewise.
 */
int ntpool_sprintf(char *buffer, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = ntpool_vsprintf(buffer, format, args);
	va_end(args);
	return length;
}
EXPORT_SYMBOL_GPL(ntpool_sprintf);

/**
 * swprintf() - sprintf() with wide characters, and without a count, as NT's kernel has it
 * @buffer: gets the text and a zero, however long they are
 * @format: NT's
 *
 * Context: any at which the arguments may be touched.
 * Return: the characters of the text.
 */
int swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = rtl_vformat_wide(buffer, INT_MAX, format, args);
	va_end(args);
	return length;
}
EXPORT_SYMBOL_GPL(swprintf);
