/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tool says: errors, paragraphs, colour on a terminal only. */
#ifndef SAY_H
#define SAY_H

#include <stdio.h>

/* Prints "ntpool: ..." on standard error and returns 1, an exit status. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same of something that is no failure; returns nothing. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum paint { PLAIN,
	     BOLD,
	     GOOD,
	     BAD };

/*
 * An escape sequence; "" where standard output is no terminal, or one that has no
 * colours, or NO_COLOR is set.
 */
const char *paint(enum paint paint);

/* @text wrapped to 78 columns, every line behind @indent spaces. */
void paragraph(int indent, const char *text);
/* The same behind what has filled the first @indent columns already. */
void paragraph_behind(int indent, const char *text);

#endif
