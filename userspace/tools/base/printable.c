// SPDX-License-Identifier: GPL-2.0-only
/* Text of others, made fit for terminals and JSON. */
#include <iconv.h>
#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "base/printable.h"

#define MAX_BYTES 4 /* of a character in UTF-8 */

/* C0, DEL and C1; and what the decoder lets pass although Unicode ends before. */
static bool is_bad(wchar_t wide)
{
	return wide < 0x20 || (wide >= 0x7f && wide < 0xa0) || wide > 0x10ffff;
}

size_t utf8_character(const char *text, wchar_t *wide)
{
	static iconv_t decoder;
	size_t length = strnlen(text, MAX_BYTES);
	size_t room = sizeof(*wide);
	char *from = (char *)text, *to = (char *)wide;

	/* Not mbrtowc(), which asks the locale: that need not be one of UTF-8. */
	if (!decoder)
		decoder = iconv_open("WCHAR_T", "UTF-8");
	*wide = 0;
	iconv(decoder, &from, &length, &to, &room);
	return room || is_bad(*wide) ? 0 : from - text;
}

char *printable(char *text)
{
	char *at = text;

	while (*at) {
		wchar_t wide;
		size_t length = *at >= ' ' && *at <= '~' ? 1 : utf8_character(at, &wide);

		if (length)
			at += length;
		else
			*at++ = '?';
	}
	return text;
}
