// SPDX-License-Identifier: GPL-2.0-only
/* Tables as text and as JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/columns.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/table.h"
#include "base/units.h"

struct cell {
	char *text;
	bool right;
	struct json_object *json;
};

struct table {
	const struct column *columns;
	size_t width;
	struct cell *cells;
	size_t count;
};

struct table *table_new(const struct column *columns)
{
	struct table *table = must_calloc(1, sizeof(*table));

	table->columns = columns;
	while (columns[table->width].title)
		table->width++;
	return table;
}

void table_free(struct table *table)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		free(table->cells[i].text);
		json_object_put(table->cells[i].json);
	}
	free(table->cells);
	free(table);
}

/* Takes over @text and @json. */
static void add(struct table *table, char *text, bool right,
		struct json_object *json)
{
	size_t size = (table->count + 1) * sizeof(*table->cells);

	table->cells = must_realloc(table->cells, size);
	table->cells[table->count++] = (struct cell){ text, right, json };
}

void table_text(struct table *table, const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = printable(must_vprintf(format, list));
	va_end(list);
	add(table, text, false, json_object_new_string(text));
}

void table_number(struct table *table, uint64_t value)
{
	add(table, must_printf("%" PRIu64, value), true,
	    json_object_new_uint64(value));
}

void table_bytes(struct table *table, uint64_t value)
{
	char text[BYTES_TEXT];

	add(table, must_printf("%s", format_bytes(value, text)), true,
	    json_object_new_uint64(value));
}

void table_hex(struct table *table, uint64_t value)
{
	add(table, must_printf("0x%" PRIx64, value), true, json_hex(value));
}

void table_none(struct table *table)
{
	add(table, must_printf("-"), true, NULL);
}

void table_no_text(struct table *table)
{
	add(table, must_printf("-"), false, NULL);
}

/* What each column needs, in memory for free(). */
static int *column_widths(const struct table *table)
{
	int *widths = must_calloc(table->width, sizeof(*widths));
	size_t i;

	for (i = 0; i < table->width; i++)
		widths[i] = columns_of(table->columns[i].title);
	for (i = 0; i < table->count; i++) {
		int *width = &widths[i % table->width];
		int length = columns_of(table->cells[i].text);

		if (length > *width)
			*width = length;
	}
	return widths;
}

/* The last cell of a line is not padded: no blanks at the end. */
static void print_cell(const char *text, bool right, bool last, int width)
{
	int blanks = width - columns_of(text);

	if (right)
		printf("%*s%s", blanks, "", text);
	else
		printf("%s%*s", text, last ? 0 : blanks, "");
	fputs(last ? "\n" : "  ", stdout);
}

/* A title stands over its column as the cells below it stand. */
static void print_titles(const struct table *table, const int *widths, int indent)
{
	size_t i;

	printf("%*s%s", indent, "", paint(BOLD));
	for (i = 0; i < table->width; i++) {
		bool right = i < table->count && table->cells[i].right;

		if (i)
			fputs("  ", stdout);
		if (right || i + 1 < table->width)
			printf(right ? "%*s" : "%-*s", widths[i],
			       table->columns[i].title);
		else
			fputs(table->columns[i].title, stdout);
	}
	printf("%s\n", paint(PLAIN));
}

void table_print(const struct table *table, int indent)
{
	int *widths = column_widths(table);
	size_t i;

	print_titles(table, widths, indent);
	for (i = 0; i < table->count; i++) {
		size_t column = i % table->width;

		if (!column)
			printf("%*s", indent, "");
		print_cell(table->cells[i].text, table->cells[i].right,
			   column + 1 == table->width, widths[column]);
	}
	free(widths);
}

struct json_object *table_json(const struct table *table)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *row = NULL;
	size_t i;

	for (i = 0; i < table->count; i++) {
		size_t column = i % table->width;

		if (!column) {
			row = json_object_new_object();
			json_object_array_add(rows, row);
		}
		json_object_object_add(row, table->columns[column].key,
				       json_object_get(table->cells[i].json));
	}
	return rows;
}

void csv_field(FILE *to, const char *text)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

/* A cell without a value is an empty field. */
void table_csv(const struct table *table)
{
	size_t i;

	for (i = 0; i < table->width; i++) {
		csv_field(stdout, table->columns[i].key);
		putchar(i + 1 < table->width ? ',' : '\n');
	}
	for (i = 0; i < table->count; i++) {
		struct json_object *json = table->cells[i].json;

		if (json)
			csv_field(stdout, json_object_get_string(json));
		putchar((i + 1) % table->width ? ',' : '\n');
	}
}
