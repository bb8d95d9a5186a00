/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of a script as words.
 *
 * Words are separated by blanks; '#' at the start of a word begins a comment.
 * A word in double quotes may hold blanks; in it \n \t \0 \\ \" and \xHH stand
 * for the byte they name.  A quoted word ends at the quote.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct word {
	char *text; /* NUL behind @length bytes; quoted ones may hold NULs */
	size_t length;
	bool quoted;
	/* What follows the closing quote directly, "*16": NULL if nothing. */
	char *suffix;
};

/*
 * Splits @line in place.  Returns the number of words, or -1 with the reason
 * in @error.  *words is for free().
 */
int words_split(char *line, struct word **words, const char **error);

#endif
