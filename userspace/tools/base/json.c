// SPDX-License-Identifier: GPL-2.0-only
/* json-c with the few manners that all commands share. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/printable.h"

struct json_object *json_hex(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_object_new_string(text);
}

struct json_object *json_hex_or_null(uint64_t value)
{
	return value ? json_hex(value) : NULL;
}

struct json_object *json_name(const char *name, uint64_t value)
{
	return name ? json_object_new_string(name) : json_hex(value);
}

void json_add_text(struct json_object *object, const char *key, const char *text)
{
	char *copy = printable(must_printf("%s", text));

	json_object_object_add(object, key, json_object_new_string(copy));
	free(copy);
}

void json_add_number(struct json_object *object, const char *key,
		     uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

static void print(struct json_object *object, int flags)
{
	puts(json_object_to_json_string_ext(object,
					    flags | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

void json_print(struct json_object *object)
{
	print(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
}

void json_print_line(struct json_object *object)
{
	print(object, JSON_C_TO_STRING_PLAIN);
}
