/* SPDX-License-Identifier: GPL-2.0-only */
/* Characters in UTF-16 and UTF-8, one by one; over the kernel's own conversions. */
#ifndef NTPOOL_RTL_UTF_H
#define NTPOOL_RTL_UTF_H

#include <linux/nls.h>

#define UTF_REPLACEMENT	 0xFFFDu
#define UTF8_MOST_BYTES	 4
#define UTF16_MOST_UNITS 2

/**
 * utf16_next() - take a character from the front of a string
 * @from: the string; moved behind the character
 * @end: of the string; @from is before it
 *
 * Context: any.
 * Return: the character; UTF_REPLACEMENT for half of a pair.
 */
static inline u32 utf16_next(const wchar_t **from, const wchar_t *end)
{
	u32 c = *(*from)++;

	if ((c & 0xF800) != 0xD800)
		return c;
	if (c >= 0xDC00 || *from == end || (**from & 0xFC00) != 0xDC00)
		return UTF_REPLACEMENT;
	return 0x10000 + ((c & 0x3FF) << 10) + (*(*from)++ & 0x3FF);
}

/**
 * utf8_next() - take a character from the front of a string
 * @from: the string; moved behind the character
 * @end: of the string; @from is before it
 *
 * Context: any.
 * Return: the character; UTF_REPLACEMENT for a byte that begins none.
 */
static inline u32 utf8_next(const char **from, const char *end)
{
	unicode_t c;
	int size = utf8_to_utf32((const u8 *)*from, end - *from, &c);

	if (size <= 0) {
		(*from)++;
		return UTF_REPLACEMENT;
	}
	*from += size;
	return c;
}

/**
 * utf16_put() - write a character
 * @c: the character
 * @to: room for UTF16_MOST_UNITS
 *
 * Context: any.
 * Return: the number of units.
 */
static inline unsigned int utf16_put(u32 c, wchar_t *to)
{
	if (c < 0x10000) {
		to[0] = c;
		return 1;
	}
	to[0] = 0xD800 + ((c - 0x10000) >> 10);
	to[1] = 0xDC00 + (c & 0x3FF);
	return 2;
}

/**
 * utf8_put() - write a character
 * @c: the character
 * @to: room for UTF8_MOST_BYTES
 *
 * Context: any.
 * Return: the number of bytes.
 */
static inline unsigned int utf8_put(u32 c, char *to)
{
	return utf32_to_utf8(c, (u8 *)to, UTF8_MOST_BYTES);
}

#endif /* NTPOOL_RTL_UTF_H */
