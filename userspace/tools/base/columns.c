// SPDX-License-Identifier: GPL-2.0-only
/* Text by the columns that it takes on a terminal. */
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "base/columns.h"
#include "base/printable.h"

/* The first character's bytes and columns; a byte that is none takes one. */
static size_t next(const char *text, int *columns)
{
	wchar_t wide;
	size_t length = utf8_character(text, &wide);

	*columns = length ? wcwidth(wide) : 1;
	/* A locale that does not know the character does not know its width. */
	if (*columns < 0)
		*columns = 1;
	return length ? length : 1;
}

int columns_in(const char *text, size_t bytes)
{
	const char *at = text;
	int sum = 0;

	while ((size_t)(at - text) < bytes && *at) {
		int columns;

		at += next(at, &columns);
		sum += columns;
	}
	return sum;
}

int columns_of(const char *text)
{
	return columns_in(text, SIZE_MAX);
}

size_t columns_fit(const char *text, int columns)
{
	const char *at = text;

	while (*at) {
		int taken;
		size_t length = next(at, &taken);

		columns -= taken;
		if (columns < 0)
			break;
		at += length;
	}
	return at - text;
}
