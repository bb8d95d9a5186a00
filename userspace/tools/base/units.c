// SPDX-License-Identifier: GPL-2.0-only
/* Numbers, sizes and times as people write them. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"

/* strtoull() takes signs, blanks and octal; none of them is a number here. */
static bool scan(const char *word, uint64_t *value, char **end)
{
	bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');

	if (!isdigit((unsigned char)word[0]))
		return false;
	if (hex && !isxdigit((unsigned char)word[2]))
		return false;
	errno = 0;
	*value = strtoull(word, end, hex ? 16 : 10);
	return errno == 0;
}

bool parse_number(const char *word, uint64_t *value)
{
	char *end;

	return scan(word, value, &end) && !*end;
}

bool parse_size(const char *word, uint64_t *bytes)
{
	uint64_t number;
	int shift = 0;
	char *end;

	if (!scan(word, &number, &end))
		return false;
	switch (*end) {
	case 'K':
	case 'k':
		shift = 10;
		break;
	case 'M':
	case 'm':
		shift = 20;
		break;
	case 'G':
	case 'g':
		shift = 30;
		break;
	}
	if (shift)
		end++;
	*bytes = number << shift;
	return !*end && *bytes >> shift == number;
}

const char *format_bytes(uint64_t bytes, char text[BYTES_TEXT])
{
	static const char *const units[] = { "bytes", "KiB", "MiB",
					     "GiB", "TiB", "PiB", "EiB" };
	double value = bytes;
	int unit = 0;

	/* What would be shown as 1024.0 is 1.0 of the next unit. */
	while (value >= 1023.95 && unit < 6) {
		value /= 1024;
		unit++;
	}
	if (value == (uint64_t)value)
		snprintf(text, BYTES_TEXT, "%.0f %s", value,
			 bytes == 1 ? "byte" : units[unit]);
	else
		snprintf(text, BYTES_TEXT, "%.1f %s", value, units[unit]);
	return text;
}

const char *format_address(uint64_t address, char text[ADDRESS_TEXT])
{
	snprintf(text, ADDRESS_TEXT, "%08" PRIx64 "'%08" PRIx64, address >> 32,
		 address & 0xffffffff);
	return text;
}

bool parse_address(const char *word, uint64_t *address)
{
	char digits[20], *end;
	size_t count = 0;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		word += 2;
	for (; *word; word++) {
		if ((*word == '\'' || *word == '`') && count)
			continue;
		if (!isxdigit((unsigned char)*word) || count == 16)
			return false;
		digits[count++] = *word;
	}
	digits[count] = '\0';
	*address = strtoull(digits, &end, 16);
	return count;
}

const char *format_time(const struct timespec *time, char text[TIME_TEXT])
{
	char seconds[24];

	strftime(seconds, sizeof(seconds), "%FT%T", gmtime(&time->tv_sec));
	snprintf(text, TIME_TEXT, "%s.%03ldZ", seconds, time->tv_nsec / 1000000);
	return text;
}
