// SPDX-License-Identifier: GPL-2.0-only
/* Errors, paragraphs and colour. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/say.h"

#define COLUMNS 78

int fail(const char *format, ...)
{
	va_list list;

	fflush(stdout);
	fputs("ntpool: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	return 1;
}

static bool colourful(void)
{
	static int known = -1;

	if (known < 0) {
		const char *no = getenv("NO_COLOR");

		known = isatty(STDOUT_FILENO) && !(no && *no);
	}
	return known;
}

const char *paint(enum paint paint)
{
	static const char *const sequences[] = {
		[PLAIN] = "\033[0m",
		[BOLD] = "\033[1m",
		[DIM] = "\033[2m",
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

		if (column > indent && column + 1 + length > COLUMNS)
			column = printf("\n%*s", indent, "") - 1;
		else if (column > indent)
			column += printf(" ");
		column += printf("%.*s", length, text);
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
