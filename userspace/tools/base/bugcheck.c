// SPDX-License-Identifier: GPL-2.0-only
/* A bug check record as text and as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bugcheck.h"
#include "base/json.h"

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
	char text[64];

	json_add_number(object, "number", event->seq);
	json_object_object_add(object, "code", json_hex(event->code));
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(event->name),
		 event->name);
	json_add_text(object, "name", text);
	json_object_object_add(object, "parameters", hex_array(event->param, 4));
	json_add_number(object, "time_ns", event->time_ns);
	json_add_number(object, "pid", event->pid);
	json_add_number(object, "tid", event->tid);
	snprintf(text, sizeof(text), "%.*s", NTPOOL_COMM_LEN, event->comm);
	json_add_text(object, "comm", text);
	json_add_number(object, "cpu", event->cpu);
	json_add_number(object, "irql", event->irql);
	json_object_object_add(object, "stack",
			       hex_array(event->stack, stack_depth(event)));
	return object;
}
