/* SPDX-License-Identifier: GPL-2.0-only */
/* Formatting with NT's conversions. */
#ifndef NTPOOL_RTL_FORMAT_H
#define NTPOOL_RTL_FORMAT_H

#include <linux/stdarg.h>
#include <linux/types.h>

size_t rtl_vformat_text(char *to, size_t room, const char *format,
			va_list args);
size_t rtl_vformat_wide_text(wchar_t *to, size_t room, const wchar_t *format,
			     va_list args);
size_t rtl_vformat(char *to, size_t size, const char *format, va_list args);
size_t rtl_vformat_wide(wchar_t *to, size_t size, const wchar_t *format,
			va_list args);

#endif /* NTPOOL_RTL_FORMAT_H */
