// SPDX-License-Identifier: GPL-2.0-only
/* A line of a script as words. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "script/words.h"

static bool blank(char c)
{
	return c && isspace((unsigned char)c);
}

static int hex_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' :
					   tolower((unsigned char)c) - 'a' + 10;
}

/* Decodes what stands behind a backslash; NULL if that means nothing. */
static const char *unescape(const char *from, char *to)
{
	static const char names[] = "nt0\\\"";
	static const char bytes[] = "\n\t\0\\\"";
	const char *at;

	if (*from == 'x') {
		int high = hex_digit(from[1]);
		int low = high < 0 ? -1 : hex_digit(from[2]);

		*to = high << 4 | low;
		return low < 0 ? NULL : from + 3;
	}
	at = *from ? strchr(names, *from) : NULL;
	if (!at)
		return NULL;
	*to = bytes[at - names];
	return from + 1;
}

/* Cuts the word off at @end and returns where the next one may begin. */
static char *cut(char *end)
{
	if (*end)
		*end++ = '\0';
	return end;
}

/* @at stands behind the opening quote; decoding only ever makes it shorter. */
static char *take_quoted(char *at, struct word *word, const char **error)
{
	char *to = at;

	*word = (struct word){ .text = at, .quoted = true };
	while (*at != '"') {
		const char *next = at + 1;
		char byte = *at;

		if (!byte) {
			*error = "a quoted word is not closed";
			return NULL;
		}
		if (byte == '\\')
			next = unescape(next, &byte);
		if (!next) {
			*error = "a backslash is followed by none of n t 0 \\ \" xHH";
			return NULL;
		}
		*to++ = byte;
		at = (char *)next;
	}
	word->length = to - word->text;
	*at++ = '\0';
	*to = '\0';
	if (*at && !blank(*at))
		word->suffix = at;
	while (*at && !blank(*at))
		at++;
	return cut(at);
}

static char *take_plain(char *at, struct word *word)
{
	*word = (struct word){ .text = at };
	while (*at && !blank(*at))
		at++;
	word->length = at - word->text;
	return cut(at);
}

int words_split(char *line, struct word **words, const char **error)
{
	/* No line has more words than every second character begins one. */
	struct word *array = must_calloc(strlen(line) / 2 + 1, sizeof(*array));
	int count = 0;
	char *at = line;

	*words = array;
	for (;;) {
		while (blank(*at))
			at++;
		if (!*at || *at == '#')
			return count;
		if (*at == '"')
			at = take_quoted(at + 1, &array[count], error);
		else
			at = take_plain(at, &array[count]);
		if (!at)
			return -1;
		count++;
	}
}
