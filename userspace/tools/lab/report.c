// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs in userspace/examples print, for each variant, its name in a line of its
 * own, and then
 *
 *	  key                   what was found
 *	  [yes] a claim that holds
 *	  [NO]  a claim that does not
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/say.h"
#include "lab/run.h"

#define INDENT	  4
#define KEY_WIDTH 22

static const char *expected(const struct pitfall *pitfall, const char *name)
{
	int i;

	for (i = 0; i < VARIANTS && pitfall->variants[i].name; i++)
		if (!strcmp(pitfall->variants[i].name, name))
			return pitfall->variants[i].expected;
	return NULL;
}

static void end_variant(struct report *report)
{
	bool good = report->held && !report->failed;
	const char *verdict = good ? "as expected" : "not as expected";

	if (!report->current)
		return;
	json_add_text(report->current, "verdict", verdict);
	report->current = NULL;
	if (good)
		report->good++;
	else
		report->bad++;
	if (report->loudness == EVIDENCE)
		printf("%*s%s%s%s\n", INDENT, "", paint(good ? GOOD : BAD),
		       verdict, paint(PLAIN));
	else if (report->loudness == VERDICTS)
		printf("%s%s%s\n", paint(good ? GOOD : BAD), verdict,
		       paint(PLAIN));
	fflush(stdout);
}

static void begin_variant(struct report *report, const char *name)
{
	const char *text = expected(report->pitfall, name);

	end_variant(report);
	report->current = json_object_new_object();
	report->evidence = json_object_new_array();
	report->checks = json_object_new_array();
	report->held = 0;
	report->failed = 0;
	json_add_text(report->current, "variant", name);
	json_object_object_add(report->current, "evidence", report->evidence);
	json_object_object_add(report->current, "checks", report->checks);
	json_object_array_add(report->variants, report->current);
	if (report->loudness == EVIDENCE) {
		printf("\n  %s%s%s\n", paint(BOLD), name, paint(PLAIN));
		if (text)
			paragraph(INDENT, text);
		putchar('\n');
	} else if (report->loudness == VERDICTS) {
		printf("  %-26s %-22s ", report->pitfall->name, name);
	}
	fflush(stdout);
}

static void claim(struct report *report, bool holds, const char *text)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "claim", text);
	json_object_object_add(object, "holds", json_object_new_boolean(holds));
	json_object_array_add(report->checks, object);
	if (holds)
		report->held++;
	else
		report->failed++;
	if (report->loudness == SILENT)
		return;
	if (holds && report->loudness == VERDICTS)
		return;
	if (report->loudness == VERDICTS && report->failed == 1)
		putchar('\n');
	printf("%*s%s%s%s ", INDENT, "", paint(holds ? GOOD : BAD),
	       holds ? "[yes]" : "[NO] ", paint(PLAIN));
	paragraph_behind(INDENT + 6, text);
}

/* A key ends where two blanks follow it; there may be several of the same. */
static void evidence(struct report *report, const char *line)
{
	const char *end = strstr(line, "  ");
	size_t length = end ? (size_t)(end - line) : strlen(line);
	char *key = must_printf("%.*s", (int)length, line);
	const char *value = line + length + strspn(line + length, " ");
	struct json_object *object = json_object_new_object();

	json_add_text(object, "key", key);
	json_add_text(object, "value", value);
	json_object_array_add(report->evidence, object);
	if (report->loudness == EVIDENCE) {
		printf("%*s%-*s ", INDENT, "", KEY_WIDTH, key);
		paragraph_behind(INDENT + KEY_WIDTH + 1, value);
	}
	free(key);
}

void report_begin(struct report *report)
{
	report->variants = json_object_new_array();
	report->current = NULL;
	if (report->loudness == EVIDENCE)
		printf("%s%s%s: %s\n", paint(BOLD), report->pitfall->name,
		       paint(PLAIN), report->pitfall->title);
	fflush(stdout);
}

void report_line(struct report *report, const char *line)
{
	const char *text = line + strspn(line, " ");

	if (!*text)
		return;
	if (text == line)
		begin_variant(report, line);
	else if (!report->current)
		report_failure(report, "it says '%s' before it names a variant",
			       text);
	else if (!strncmp(text, "[yes] ", 6))
		claim(report, true, text + 6);
	else if (!strncmp(text, "[NO]  ", 6))
		claim(report, false, text + 6);
	else
		evidence(report, text);
}

void report_failure(struct report *report, const char *format, ...)
{
	va_list list;
	char *text;

	if (!report->current)
		begin_variant(report, "program");
	va_start(list, format);
	text = must_vprintf(format, list);
	va_end(list);
	claim(report, false, text);
	free(text);
}

void report_end(struct report *report)
{
	end_variant(report);
}
