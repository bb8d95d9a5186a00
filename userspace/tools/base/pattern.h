/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words that can be told from any others: every word of memory gets a value of
 * its own from a seed, so that a page that comes back in the wrong place, or
 * stale, or as zeroes, does not pass for the right one.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* Fills @length bytes that stand @offset bytes into the pattern; any offset. */
void pattern_fill(void *memory, size_t length, uint64_t seed, uint64_t offset);

/* Bytes that are right from the start on: @length where all are. */
size_t pattern_check(const void *memory, size_t length, uint64_t seed,
		     uint64_t offset);

#endif
