// SPDX-License-Identifier: GPL-2.0-only
/* The lines of the display, laid out as PoolMon's. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "monitor/monitor.h"

static void append(char text[LINE_TEXT], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(char text[LINE_TEXT], const char *format, ...)
{
	size_t used = strlen(text);
	va_list list;

	va_start(list, format);
	vsnprintf(text + used, LINE_TEXT - used, format, list);
	va_end(list);
}

static uint64_t kilobytes(uint64_t bytes)
{
	return (bytes + 1023) / 1024;
}

void line_header(const struct sample *sample, int number, char text[LINE_TEXT])
{
	const struct summary *s = &sample->summary;

	text[0] = '\0';
	if (number == 0)
		append(text,
		       " Memory:%8" PRIu64 "K Avail:%8" PRIu64 "K  PageFlts:%6" PRIu64
		       "   InRam Krnl:%6" PRIu64 "K P:%6" PRIu64 "K",
		       kilobytes(s->memory), kilobytes(s->available), s->faults,
		       kilobytes(s->kernel), kilobytes(s->paged_resident));
	else
		append(text,
		       " Commit:%8" PRIu64 "K Limit:%8" PRIu64 "K Peak:%8" PRIu64
		       "K            Pool N:%6" PRIu64 "K P:%6" PRIu64 "K",
		       kilobytes(s->committed), kilobytes(s->limit),
		       kilobytes(s->peak), kilobytes(s->nonpaged),
		       kilobytes(s->paged));
}

static const char *sort_name(const struct view *view)
{
	switch (view->sort) {
	case SORT_ALLOCS:
		return "allocations";
	case SORT_FREES:
		return "frees";
	case SORT_DIFF:
		return "difference";
	case SORT_BYTES:
		return "bytes";
	case SORT_EACH:
		return "bytes per allocation";
	case SORT_TAG:
		break;
	}
	return "tag";
}

void line_view(const struct view *view, char text[LINE_TEXT])
{
	static const char *const pools[] = {
		[POOLS_BOTH] = "",
		[POOLS_NONPAGED] = ", nonpaged pool",
		[POOLS_PAGED] = ", paged pool",
	};

	text[0] = '\0';
	if (!view->sessions)
		append(text, " System pool information");
	else if (view->session)
		append(text, " Session %u pool information", view->session);
	else
		append(text, " Session pool information, all sessions");
	if (view->sessions && view->own)
		append(text, " (others' are for root)");
	append(text, "%s, sorted by %s%s", pools[view->pools],
	       view->by_change && view->sort != SORT_TAG ? "change of " : "",
	       sort_name(view));
}

void line_titles(const struct view *view, bool still, char text[LINE_TEXT])
{
	text[0] = '\0';
	if (still)
		append(text, " Tag  Type     Allocs      Frees       Diff        Bytes  Per Alloc");
	else
		append(text, " Tag  Type     Allocs            Frees           Diff     Bytes           Per Alloc");
	if (view->names || view->modules)
		append(text, "  Mapped_Driver");
}

/* @value in @width characters: as it is, or so many times @unit, its square... */
#define SHORT 24
static const char *shorten(int64_t value, int width, int unit, char text[SHORT])
{
	static const char suffixes[][2] = { "", "K", "M", "G", "T", "P", "E" };
	int i = 0;

	while (snprintf(text, SHORT, "%" PRId64 "%s", value, suffixes[i]) > width &&
	       i < 6) {
		value /= unit;
		i++;
	}
	return text;
}

/* Fields of a fixed width: where all moves, columns must not. */
static void append_moving(char text[LINE_TEXT], const struct row *row)
{
	const struct {
		const char *format;
		int64_t value;
		int width, unit;
	} fields[] = {
		{ " %9s", row->allocs, 9, 1000 },
		{ " (%4s)", row->allocs_change, 4, 1000 },
		{ " %9s", row->frees, 9, 1000 },
		{ " (%4s)", row->frees_change, 4, 1000 },
		{ " %7s", row->allocs - row->frees, 7, 1000 },
		{ " %9s", row->bytes, 9, 1024 },
		{ " (%6s)", row->bytes_change, 6, 1024 },
		{ " %8s", row_each(row), 8, 1024 },
	};
	char figure[SHORT];
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		append(text, fields[i].format,
		       shorten(fields[i].value, fields[i].width, fields[i].unit,
			       figure));
}

/* Everything of a line but who uses the tag. */
static void append_figures(char text[LINE_TEXT], const struct row *row, bool still)
{
	const char *type = row->paged ? "Paged" : "Nonp";
	uint64_t diff = row->allocs - row->frees;

	if (still) {
		append(text, " %-5s %9" PRIu64 "  %9" PRIu64 "  %9" PRIu64 "  %11" PRIu64 "  %9" PRIu64,
		       type, row->allocs, row->frees, diff, row->bytes, row_each(row));
		return;
	}
	append(text, " %-5s", type);
	append_moving(text, row);
}

/* The modules that have really used the tag, with a comma between. */
static void append_modules(char text[LINE_TEXT], const struct sample *sample,
			   uint32_t tag)
{
	const char *before = "  [";
	size_t i;

	for (i = 0; i < sample->user_count; i++) {
		if (sample->users[i].tag != tag)
			continue;
		append(text, "%s%.*s", before, NTPOOL_NAME_LEN,
		       sample->users[i].name);
		before = ",";
	}
	append(text, before[0] == ',' ? "]" : "  [?]");
}

static void append_name(char text[LINE_TEXT], const struct tagfile *file,
			uint32_t tag)
{
	const struct tag_entry *entry = tagfile_find(file, tag);

	if (!entry)
		append(text, "  [Unknown Driver]");
	else if (*entry->binary)
		append(text, "  [%s] %s", entry->binary, entry->description);
	else
		append(text, "  %s", entry->description);
}

void line_row(const struct monitor *monitor, const struct row *row, bool still,
	      char text[LINE_TEXT])
{
	const struct view *view = &monitor->settings.view;
	char tag[NTPOOL_TAG_TEXT];

	text[0] = '\0';
	append(text, " %-4s", ntpool_tag_unpack(row->tag, tag));
	append_figures(text, row, still);
	if (view->modules)
		append_modules(text, &monitor->now, row->tag);
	if (view->names)
		append_name(text, monitor->file, row->tag);
}

void line_total(const struct row *rows, size_t count, bool paged, bool still,
		char text[LINE_TEXT])
{
	struct row total = { .paged = paged };
	size_t i;

	for (i = 0; i < count; i++) {
		if (rows[i].paged != paged)
			continue;
		total.allocs += rows[i].allocs;
		total.frees += rows[i].frees;
		total.bytes += rows[i].bytes;
		total.allocs_change += rows[i].allocs_change;
		total.frees_change += rows[i].frees_change;
		total.bytes_change += rows[i].bytes_change;
	}
	strcpy(text, "TOTAL");
	append_figures(text, &total, still);
}
