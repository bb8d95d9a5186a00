/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, sizes and times as people write them. */
#ifndef UNITS_H
#define UNITS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define KIB (1ull << 10)
#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define TIB (1ull << 40)

/* Decimal, or hexadecimal behind 0x; the whole word and nothing else. */
bool parse_number(const char *word, uint64_t *value);

/* A number that may end in K, M or G: 1024 and its powers. */
bool parse_size(const char *word, uint64_t *bytes);

/* "512 bytes", "64 KiB", "1.5 MiB", "128 TiB". */
#define BYTES_TEXT 32
const char *format_bytes(uint64_t bytes, char text[BYTES_TEXT]);

/* An address in groups of four: "ffff8000'00000000". */
#define ADDRESS_TEXT 24
/*
 * Hexadecimal with or without 0x, in one piece or in groups as above; the
 * debuggers of NT part them with a backtick.
 */
bool parse_address(const char *word, uint64_t *address);
const char *format_address(uint64_t address, char text[ADDRESS_TEXT]);

/* In UTC, with milliseconds, as in ISO 8601: "2026-11-22T09:30:00.125Z". */
#define TIME_TEXT 48
const char *format_time(const struct timespec *time, char text[TIME_TEXT]);

#endif
