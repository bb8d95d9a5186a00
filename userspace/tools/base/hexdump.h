/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes for the eye: sixteen a line, with their offset and their letters. */
#ifndef HEXDUMP_H
#define HEXDUMP_H

#include <stddef.h>
#include <stdint.h>

/* @offset: of the first byte, as shown at the left. */
void hexdump(const void *memory, size_t length, uint64_t offset, int indent);

/* "00ff..." in @text, which has room for 2 * @length + 1. */
char *hex_string(const void *memory, size_t length, char *text);

#endif
