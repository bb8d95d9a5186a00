/* SPDX-License-Identifier: GPL-2.0-only */
/* A bug check record as text and as JSON. */
#ifndef BUGCHECK_H
#define BUGCHECK_H

#include <json-c/json.h>
#include "base/symbols.h"
#include "ntpool.h"

/* "0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL (0x..., 0x2, 0x0, 0x...)" */
#define BUGCHECK_TEXT 192
const char *bugcheck_text(const struct ntpool_event *event,
			  char text[BUGCHECK_TEXT]);

/* The name of the instruction that a parameter gives, or NULL. */
const char *bugcheck_instruction(const struct ntpool_event *event,
				 char text[SYMBOL_TEXT]);
struct json_object *bugcheck_json(const struct ntpool_event *event);

#endif
