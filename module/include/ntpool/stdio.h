/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing into buffers with NT's names and conversions (stdio.h and wchar.h). */
#ifndef _NTPOOL_STDIO_H
#define _NTPOOL_STDIO_H

#include <linux/stdarg.h>

#include <ntpool/ntdef.h>

/* sprintf.c */
int _vsnprintf(char *buffer, size_t count, const char *format,
	       va_list arguments);
int _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format,
		va_list arguments);
int _snprintf(char *buffer, size_t count, const char *format, ...);
int _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...);
int ntpool_vsprintf(char *buffer, const char *format, va_list arguments);
int ntpool_sprintf(char *buffer, const char *format, ...);
int swprintf(wchar_t *buffer, const wchar_t *format, ...);

#endif /* _NTPOOL_STDIO_H */
