/* SPDX-License-Identifier: GPL-2.0-only */
/* More of the C library that NT's kernel has: wide strings with a count, and numbers. */
#ifndef _NTPOOL_WCS_H
#define _NTPOOL_WCS_H

#include <ntpool/string.h>

/* Fills up with zeroes; without room for one there is none at the end. */
static inline wchar_t *wcsncpy(wchar_t *to, const wchar_t *from, size_t count)
{
	size_t i = 0;

	for (; i < count && from[i]; i++)
		to[i] = from[i];
	for (; i < count; i++)
		to[i] = 0;
	return to;
}

static inline wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t count)
{
	wchar_t *end = to + wcslen(to);
	size_t i;

	for (i = 0; i < count && from[i]; i++)
		end[i] = from[i];
	end[i] = 0;
	return to;
}

static inline wchar_t *wcsstr(const wchar_t *string, const wchar_t *part)
{
	size_t length = wcslen(part);

	for (;; string++) {
		if (!wcsncmp(string, part, length))
			return (wchar_t *)string;
		if (!*string)
			return NULL;
	}
}

#define towupper(c) RtlUpcaseUnicodeChar(c)
#define towlower(c) RtlDowncaseUnicodeChar(c)

/* Blanks, a sign, digits; what follows is left out. */
static inline int atoi(const char *string)
{
	unsigned int value = 0;
	bool negative;

	while (*string == ' ' || (*string >= '\t' && *string <= '\r'))
		string++;
	negative = *string == '-';
	if (*string == '-' || *string == '+')
		string++;
	for (; *string >= '0' && *string <= '9'; string++)
		value = value * 10 + (*string - '0');
	return negative ? -value : value;
}

#define atol(string) ((LONG)atoi(string))

#endif /* _NTPOOL_WCS_H */
