/* SPDX-License-Identifier: GPL-2.0-only */
/* json-c with the few manners that all commands share. */
#ifndef NTPOOL_JSON_H
#define NTPOOL_JSON_H

#include <json-c/json.h>
#include <stdint.h>

/* "0x1f": a number of 64 bits that every reader keeps whole. */
struct json_object *json_hex(uint64_t value);
/* The same, or null where 0 means that there is none. */
struct json_object *json_hex_or_null(uint64_t value);
/* The name, or "0x..." for a number that has none. */
struct json_object *json_name(const char *name, uint64_t value);

void json_add_text(struct json_object *object, const char *key,
		   const char *text);
void json_add_number(struct json_object *object, const char *key,
		     uint64_t value);

/* Prints and frees; indented, or on one line. */
void json_print(struct json_object *object);
void json_print_line(struct json_object *object);

#endif
