/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table that is filled once and rendered in one of several ways: as text in
 * columns that line up, as a JSON array of objects, or as CSV (RFC 4180).
 */
#ifndef TABLE_H
#define TABLE_H

#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

struct table;

/* Columns: { title, key }, ended by a NULL title.  Numbers stand right. */
struct column {
	const char *title;
	const char *key;
};

struct table *table_new(const struct column *columns);
void table_free(struct table *table);

/* Cells go from left to right; a row begins when the one before is full. */
void table_text(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_number(struct table *table, uint64_t value);
/* "64 KiB" as text, plain bytes in JSON. */
void table_bytes(struct table *table, uint64_t value);
/* "0x1f" in both: JSON readers lose digits of large numbers. */
void table_hex(struct table *table, uint64_t value);
/* "-" as text, null in JSON; among numbers, or among text. */
void table_none(struct table *table);
void table_no_text(struct table *table);

void table_print(const struct table *table, int indent);
struct json_object *table_json(const struct table *table);
/* The keys as the first line, then a line for each row, as in JSON. */
void table_csv(const struct table *table);

/* One field, quoted where it must be. */
void csv_field(FILE *to, const char *text);

#endif
