// SPDX-License-Identifier: GPL-2.0-only
/* Errors, paragraphs and colour. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/columns.h"
#include "base/say.h"

#define COLUMNS 78

static void complain(const char *format, va_list list)
{
	fflush(stdout);
	fputs("ntpool: ", stderr);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
}

int fail(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain(format, list);
	va_end(list);
	return 1;
}

void note(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain(format, list);
	va_end(list);
}

static bool colourful(void)
{
	static int known = -1;

	if (known < 0) {
		const char *no = getenv("NO_COLOR");
		const char *terminal = getenv("TERM");

		known = isatty(STDOUT_FILENO) && !(no && *no) &&
			terminal && strcmp(terminal, "dumb");
	}
	return known;
}

const char *paint(enum paint paint)
{
	static const char *const sequences[] = {
		[PLAIN] = "\033[0m",
		[BOLD] = "\033[1m",
		[GOOD] = "\033[32m",
		[BAD] = "\033[31m",
	};

	return colourful() ? sequences[paint] : "";
}

void paragraph_behind(int indent, const char *text)
{
	int column = indent;

	while (*text) {
		int length = strcspn(text, " ");
		int columns = columns_in(text, length);

		if (column > indent && column + 1 + columns > COLUMNS)
			column = printf("\n%*s", indent, "") - 1;
		else if (column > indent)
			column += printf(" ");
		printf("%.*s", length, text);
		column += columns;
		text += length;
		text += strspn(text, " ");
	}
	putchar('\n');
}

void paragraph(int indent, const char *text)
{
	printf("%*s", indent, "");
	paragraph_behind(indent, text);
}
