// SPDX-License-Identifier: GPL-2.0-only
/* A bug check record as text and as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bugcheck.h"
#include "base/json.h"
#include "base/symbols.h"
#include "base/units.h"

const char *bugcheck_text(const struct ntpool_event *event,
			  char text[BUGCHECK_TEXT])
{
	snprintf(text, BUGCHECK_TEXT,
		 "0x%02X %.*s (0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ")",
		 event->code, (int)sizeof(event->name), event->name,
		 (uint64_t)event->param[0], (uint64_t)event->param[1],
		 (uint64_t)event->param[2], (uint64_t)event->param[3]);
	return text;
}

const char *bugcheck_instruction(const struct ntpool_event *event,
				 char text[SYMBOL_TEXT])
{
	switch (event->code) {
	case 0x50: /* PAGE_FAULT_IN_NONPAGED_AREA */
	case 0xCC: /* PAGE_FAULT_IN_FREED_SPECIAL_POOL */
	case 0xCD: /* PAGE_FAULT_BEYOND_END_OF_ALLOCATION */
	case 0xD5: /* the same two, by a driver */
	case 0xD6:
		return symbol_text(event->param[2], text);
	case 0xD1: /* DRIVER_IRQL_NOT_LESS_OR_EQUAL */
		return symbol_text(event->param[3], text);
	}
	return NULL;
}

static struct json_object *hex_array(const __u64 *values, size_t count)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_object_array_add(array, json_hex(values[i]));
	return array;
}

static size_t stack_depth(const struct ntpool_event *event)
{
	size_t depth = 0;

	while (depth < NTPOOL_BUGCHECK_STACK && event->stack[depth])
		depth++;
	return depth;
}

struct json_object *bugcheck_json(const struct ntpool_event *event)
{
	struct json_object *object = json_object_new_object();
	const struct timespec time = {
		.tv_sec = event->time_ns / 1000000000,
		.tv_nsec = event->time_ns % 1000000000,
	};
	char text[64], symbol[SYMBOL_TEXT];

	json_add_number(object, "number", event->seq);
	json_object_object_add(object, "code", json_hex(event->code));
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(event->name),
		 event->name);
	json_add_text(object, "name", text);
	json_object_object_add(object, "parameters", hex_array(event->param, 4));
	json_add_text(object, "time", format_time(&time, text));
	json_add_number(object, "pid", event->pid);
	json_add_number(object, "tid", event->tid);
	snprintf(text, sizeof(text), "%.*s", NTPOOL_COMM_LEN, event->comm);
	json_add_text(object, "comm", text);
	json_add_number(object, "cpu", event->cpu);
	json_object_object_add(object, "irql",
			       json_name(ntpool_irql_name(event->irql),
					 event->irql));
	if (bugcheck_instruction(event, symbol))
		json_add_text(object, "instruction", symbol);
	json_object_object_add(object, "stack",
			       hex_array(event->stack, stack_depth(event)));
	return object;
}
