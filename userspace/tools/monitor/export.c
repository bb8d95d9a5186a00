// SPDX-License-Identifier: GPL-2.0-only
/* A sample as a still picture, as JSON and as CSV. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/table.h"
#include "base/units.h"
#include "monitor/monitor.h"

static const char *type_of(const struct row *row)
{
	return row->paged ? "Paged" : "Nonp";
}

void print_still(const struct monitor *monitor, FILE *to)
{
	const struct view *view = &monitor->settings.view;
	char text[LINE_TEXT];
	struct row *rows;
	size_t count, i;
	int line;

	for (line = 0; line < 2; line++) {
		line_header(&monitor->now, line, text);
		fprintf(to, "%s\n", text);
	}
	line_view(view, text);
	fprintf(to, "%s\n", text);
	line_titles(view, true, text);
	fprintf(to, "%s\n\n", text);
	rows = view_rows(view, &monitor->now, &count);
	for (i = 0; i < count; i++) {
		line_row(monitor, &rows[i], true, text);
		fprintf(to, "%s\n", text);
	}
	for (line = 0; view->totals && line < 2; line++) {
		if (!shows_pool(view, line))
			continue;
		line_total(rows, count, line, true, text);
		fprintf(to, "%s\n", text);
	}
	free(rows);
}

static void add_signed(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

static struct json_object *modules_json(const struct sample *sample, uint32_t tag)
{
	struct json_object *names = json_object_new_array();
	size_t i;

	for (i = 0; i < sample->user_count; i++)
		if (sample->users[i].tag == tag)
			json_object_array_add(names,
					      json_object_new_string(sample->users[i].name));
	return names;
}

static struct json_object *row_json(const struct monitor *monitor,
				    const struct row *row)
{
	const struct tag_entry *entry = tagfile_find(monitor->file, row->tag);
	struct json_object *object = json_object_new_object();
	char tag[NTPOOL_TAG_TEXT];

	json_add_text(object, "tag", ntpool_tag_unpack(row->tag, tag));
	json_add_text(object, "type", type_of(row));
	json_add_number(object, "allocs", row->allocs);
	json_add_number(object, "frees", row->frees);
	json_add_number(object, "diff", row->allocs - row->frees);
	json_add_number(object, "bytes", row->bytes);
	json_add_number(object, "per_alloc", row_each(row));
	add_signed(object, "allocs_change", row->allocs_change);
	add_signed(object, "frees_change", row->frees_change);
	add_signed(object, "bytes_change", row->bytes_change);
	if (row->session)
		json_add_number(object, "session", row->session);
	if (entry)
		json_add_text(object, "binary", entry->binary);
	if (entry)
		json_add_text(object, "description", entry->description);
	if (monitor->settings.view.modules)
		json_object_object_add(object, "modules",
				       modules_json(&monitor->now, row->tag));
	return object;
}

static struct json_object *summary_json(const struct summary *summary)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "memory", summary->memory);
	json_add_number(object, "available", summary->available);
	json_add_number(object, "page_faults", summary->faults);
	json_add_number(object, "kernel_in_ram", summary->kernel);
	json_add_number(object, "paged_in_ram", summary->paged_resident);
	json_add_number(object, "committed", summary->committed);
	json_add_number(object, "commit_limit", summary->limit);
	json_add_number(object, "commit_peak", summary->peak);
	json_add_number(object, "nonpaged", summary->nonpaged);
	json_add_number(object, "paged", summary->paged);
	return object;
}

/* One sample is one line, so that a reader may take them as they come. */
void export_json(const struct monitor *monitor)
{
	struct json_object *object = json_object_new_object();
	struct json_object *tags = json_object_new_array();
	char time[TIME_TEXT];
	struct row *rows;
	size_t count, i;

	rows = view_rows_apart(&monitor->settings.view, &monitor->now, &count);
	json_add_text(object, "time", format_time(&monitor->now.time, time));
	json_object_object_add(object, "summary",
			       summary_json(&monitor->now.summary));
	for (i = 0; i < count; i++)
		json_object_array_add(tags, row_json(monitor, &rows[i]));
	json_object_object_add(object, "tags", tags);
	json_print_line(object);
	free(rows);
}

/* What the options ask for besides stands behind what is always there. */
char *export_csv_titles(const struct view *view)
{
	return must_printf("time,tag,type,allocs,frees,diff,bytes,per_alloc,allocs_change,frees_change,bytes_change,bytes_grown%s%s%s",
			   view->sessions ? ",session" : "",
			   view->modules ? ",modules" : "",
			   view->names ? ",binary,description" : "");
}

/* With a blank between: no module's name has one. */
static void csv_modules(const struct sample *sample, uint32_t tag, FILE *to)
{
	char before = ',';
	size_t i;

	for (i = 0; i < sample->user_count; i++) {
		if (sample->users[i].tag != tag)
			continue;
		fprintf(to, "%c%s", before, sample->users[i].name);
		before = ' ';
	}
	if (before == ',')
		fputc(',', to);
}

static void csv_more(const struct monitor *monitor, const struct row *row, FILE *to)
{
	const struct tag_entry *entry = tagfile_find(monitor->file, row->tag);
	const struct view *view = &monitor->settings.view;

	if (view->sessions)
		fprintf(to, ",%u", row->session);
	if (view->modules)
		csv_modules(&monitor->now, row->tag, to);
	if (view->names) {
		fputc(',', to);
		csv_field(to, entry ? entry->binary : "");
		fputc(',', to);
		csv_field(to, entry ? entry->description : "");
	}
	fputc('\n', to);
}

/* Growth is since the first sample. */
static void csv_row(const struct monitor *monitor, const struct row *row,
		    const char *time, FILE *to)
{
	const struct row *first = sample_find(&monitor->first, row);
	int64_t grown = row->bytes - (first ? first->bytes : 0);
	char tag[NTPOOL_TAG_TEXT];

	fprintf(to, "%s,", time);
	csv_field(to, ntpool_tag_unpack(row->tag, tag));
	fprintf(to,
		",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
		",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64,
		type_of(row), row->allocs, row->frees, row->allocs - row->frees,
		row->bytes, row_each(row), row->allocs_change,
		row->frees_change, row->bytes_change, grown);
	csv_more(monitor, row, to);
}

void export_csv(const struct monitor *monitor, FILE *to)
{
	char time[TIME_TEXT];
	struct row *rows;
	size_t count, i;

	format_time(&monitor->now.time, time);
	rows = view_rows_apart(&monitor->settings.view, &monitor->now, &count);
	for (i = 0; i < count; i++)
		csv_row(monitor, &rows[i], time, to);
	free(rows);
}
