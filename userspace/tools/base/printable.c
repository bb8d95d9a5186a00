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

/* The bytes of the character that @text begins with, or 0 where it has none. */
static size_t character(char *text)
{
	static iconv_t decoder;
	size_t length = strnlen(text, MAX_BYTES);
	wchar_t wide = 0;
	size_t room = sizeof(wide);
	char *from = text, *to = (char *)&wide;

	/* Not mbrtowc(), which asks the locale: that is C here. */
	if (!decoder)
		decoder = iconv_open("WCHAR_T", "UTF-8");
	iconv(decoder, &from, &length, &to, &room);
	return room || is_bad(wide) ? 0 : from - text;
}

char *printable(char *text)
{
	char *at = text;

	while (*at) {
		size_t length = *at >= ' ' && *at <= '~' ? 1 : character(at);

		if (length)
			at += length;
		else
			*at++ = '?';
	}
	return text;
}
