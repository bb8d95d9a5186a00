// SPDX-License-Identifier: GPL-2.0-only
/* What an example prints. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "lab/inside.h"

void tell(const char *key, const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = printable(must_vprintf(format, list));
	va_end(list);
	printf("  %-20s  %s\n", key, text);
	free(text);
}

bool check(bool holds, const char *format, ...)
{
	va_list list;

	fputs(holds ? "  [yes] " : "  [NO]  ", stdout);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	count(holds);
	return holds;
}

void must(int err, const char *what)
{
	if (!err)
		return;
	check(false, "cannot %s: %s", what, strerror(-err));
	exit(1);
}

/* Four at a time, as a line may have several. */
const char *letters(const void *bytes, size_t length)
{
	static char texts[4][80];
	static unsigned int next;
	char *text = texts[next++ % 4];
	size_t i;

	for (i = 0; i < length && i < sizeof(texts[0]) - 1; i++) {
		unsigned char byte = ((const unsigned char *)bytes)[i];

		text[i] = byte < 0x80 && isprint(byte) ? byte : '.';
	}
	text[i] = '\0';
	return text;
}
