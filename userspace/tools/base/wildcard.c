// SPDX-License-Identifier: GPL-2.0-only
/* Tags with wildcards. */
#include <string.h>

#include "base/wildcard.h"
#include "ntpool.h"

/* Recursion ends at once: a text has four characters. */
static bool matches(const char *pattern, const char *text)
{
	if (!*pattern)
		return !*text;
	if (*pattern == '*')
		return matches(pattern + 1, text) ||
		       (*text && matches(pattern, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) &&
	       matches(pattern + 1, text + 1);
}

static void cut_blanks(char *text)
{
	size_t length = strlen(text);

	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
}

/* Either way of writing a short tag may be meant by either way of asking. */
bool wildcard_match(const char *pattern, uint32_t tag)
{
	char text[NTPOOL_TAG_TEXT], padded[NTPOOL_TAG_TEXT];

	ntpool_tag_unpack(tag, text);
	memset(padded, ' ', 4);
	memcpy(padded, text, strlen(text));
	padded[4] = '\0';
	cut_blanks(text);
	return matches(pattern, text) || matches(pattern, padded);
}

bool wildcard_valid(const char *pattern)
{
	int characters = 0;
	const char *c;

	for (c = pattern; *c; c++) {
		if (*c < 0x20 || *c > 0x7e)
			return false;
		characters += *c != '*';
	}
	return *pattern && characters <= 4;
}
