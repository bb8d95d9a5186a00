/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of others, such as the names of processes: made fit for terminals and JSON. */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stddef.h>
#include <wchar.h>

/* In place, '?' for each byte of what is no UTF-8, or a control character; @text. */
char *printable(char *text);

/*
 * The bytes of the character that @text begins with in UTF-8, and the character; 0
 * where it begins with none, or with one that no terminal shows.
 */
size_t utf8_character(const char *text, wchar_t *wide);

#endif
