// SPDX-License-Identifier: GPL-2.0-only
/* How a chapter tells its story, in text and in JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/proc.h"
#include "base/say.h"
#include "base/units.h"
#include "story/story.h"

#define INDENT 5

void tell(struct story *story, const char *format, ...)
{
	va_list list;
	char *text;

	if (story->json)
		return;
	va_start(list, format);
	text = must_vprintf(format, list);
	va_end(list);
	if (!story->gap)
		putchar('\n');
	paragraph(INDENT, text);
	putchar('\n');
	story->gap = true;
	fflush(stdout);
	free(text);
}

void line(struct story *story, const char *format, ...)
{
	size_t length = strlen(format);
	va_list list;

	if (story->json)
		return;
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	story->gap = length < 2 || !strcmp(format + length - 2, "\n\n");
}

void show_table(struct story *story, const char *key, struct table *table)
{
	if (!story->json) {
		table_print(table, INDENT + 2);
		putchar('\n');
		story->gap = true;
	}
	json_object_object_add(story->facts, key, table_json(table));
	table_free(table);
}

void fact(struct story *story, const char *key, uint64_t value)
{
	json_add_number(story->facts, key, value);
}

static void record(struct story *story, bool holds, const char *text)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "claim", text);
	json_object_object_add(object, "holds", json_object_new_boolean(holds));
	json_object_array_add(story->checks, object);
	if (holds)
		story->passed++;
	else
		story->failed++;
}

bool check(struct story *story, bool holds, const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = must_vprintf(format, list);
	va_end(list);
	record(story, holds, text);
	if (!story->json) {
		printf("%*s%s%s%s ", INDENT, "", paint(holds ? GOOD : BAD),
		       holds ? "[yes]" : "[NO] ", paint(PLAIN));
		paragraph_behind(INDENT + 6, text);
	}
	story->gap = false;
	free(text);
	return holds;
}

void cannot(struct story *story, const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = must_vprintf(format, list);
	va_end(list);
	record(story, false, text);
	if (!story->json) {
		printf("%*s%s[NO]%s  ", INDENT, "", paint(BAD), paint(PLAIN));
		paragraph_behind(INDENT + 6, text);
	}
	story->gap = false;
	free(text);
}

/* A terminal sees one line that counts up; a file gets a line a quarter. */
void progress(struct story *story, const char *what, unsigned int percent)
{
	static unsigned int told;

	if (story->json)
		return;
	if (percent == 0)
		told = 0;
	if (isatty(STDOUT_FILENO))
		printf("\r       %-28s %3u %%%s", what, percent,
		       percent == 100 ? "\n" : "");
	else if (percent / 25 > told)
		printf("       %-28s %3u %%\n", what, percent);
	told = percent / 25;
	fflush(stdout);
}

bool need_admin(struct story *story)
{
	if (!story->admin)
		cannot(story,
		       "frames and system addresses are for CAP_SYS_ADMIN only, so run this as root");
	return story->admin;
}

bool need_paging(struct story *story)
{
	bool there = story->features.features & NTPOOL_FEATURE_PAGING;

	if (!there)
		cannot(story, "paged pool does not page here: %s",
		       *story->features.reason ? story->features.reason :
						 "the module gives no reason");
	return there;
}

bool need_swap(struct story *story, uint64_t bytes)
{
	uint64_t unused = proc_meminfo("SwapFree");
	char want[BYTES_TEXT], have[BYTES_TEXT];

	if (unused < bytes)
		cannot(story, "it takes %s of free swap space, and there are %s (see swapon(8))",
		       format_bytes(bytes, want), format_bytes(unused, have));
	return unused >= bytes;
}
