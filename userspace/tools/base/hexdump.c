// SPDX-License-Identifier: GPL-2.0-only
/* Bytes for the eye. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/hexdump.h"

static void dump_line(const unsigned char *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < 16; i++) {
		if (i == 8)
			putchar(' ');
		if (i < count)
			printf(" %02x", bytes[i]);
		else
			fputs("   ", stdout);
	}
	fputs("  ", stdout);
	for (i = 0; i < count; i++)
		putchar(bytes[i] < 0x80 && isprint(bytes[i]) ? bytes[i] : '.');
	putchar('\n');
}

void hexdump(const void *memory, size_t length, uint64_t offset, int indent)
{
	size_t done, count;

	for (done = 0; done < length; done += count) {
		count = length - done < 16 ? length - done : 16;
		printf("%*s%08" PRIx64, indent, "", offset + done);
		dump_line((const unsigned char *)memory + done, count);
	}
}

char *hex_string(const void *memory, size_t length, char *text)
{
	const unsigned char *bytes = memory;
	size_t i;

	text[0] = '\0';
	for (i = 0; i < length; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}
