/* SPDX-License-Identifier: GPL-2.0-only */
/* Tags with wildcards, as the tools of Windows take them. */
#ifndef WILDCARD_H
#define WILDCARD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether @tag is meant by @pattern: '*' stands for any number of characters,
 * '?' for one.  Case counts.  A tag of less than four characters is the same
 * with blanks behind it and without.
 */
bool wildcard_match(const char *pattern, uint32_t tag);

/* A pattern that can match: one to four characters beside any '*', 0x20 to 0x7E. */
bool wildcard_valid(const char *pattern);

#endif
