/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tool says: errors, paragraphs, colour on a terminal only. */
#ifndef SAY_H
#define SAY_H

#include <stdio.h>

/* Prints "ntpool: ..." on standard error and returns 1, an exit status. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum paint { PLAIN,
	     BOLD,
	     DIM,
	     GOOD,
	     BAD };

/* An escape sequence; "" where standard output is no terminal or NO_COLOR. */
const char *paint(enum paint paint);

/* @text wrapped to 78 columns, every line behind @indent spaces. */
void paragraph(int indent, const char *text);
/* The same behind what has filled the first @indent columns already. */
void paragraph_behind(int indent, const char *text);

#endif
