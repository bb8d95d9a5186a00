// SPDX-License-Identifier: GPL-2.0-only
/* Names of the kernel's code, from /proc/kallsyms. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/symbols.h"

/* Kernel and modules lie in the uppermost 2 GB. */
#define LOWEST_CODE  0xffffffff80000000ull
#define LONGEST_CODE (1ull << 20)

struct symbol {
	uint64_t address;
	char *name; /* with its module in brackets, if it has one */
};

static struct symbol *symbols;
static size_t count;

static int by_address(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	return (left->address > right->address) -
	       (left->address < right->address);
}

/* "ffffffffc0256620 t handle_touch\t[ntpool]" */
static void take_line(char *line)
{
	uint64_t address;
	char type;
	int used;

	if (sscanf(line, "%" SCNx64 " %c %n", &address, &type, &used) < 2 ||
	    !strchr("tTwW", type) || address < LOWEST_CODE)
		return;
	if (!(count & (count - 1)))
		symbols = must_realloc(symbols, (count ? 2 * count : 1) * sizeof(*symbols));
	line[strcspn(line, "\n")] = '\0';
	symbols[count].address = address;
	symbols[count++].name = must_printf("%s", line + used);
}

static void load(void)
{
	static int loaded;
	char *line = NULL;
	size_t room = 0;
	FILE *file;

	if (loaded++)
		return;
	file = fopen("/proc/kallsyms", "re");
	if (!file)
		return;
	while (getline(&line, &room, file) > 0)
		take_line(line);
	free(line);
	fclose(file);
	if (count)
		qsort(symbols, count, sizeof(*symbols), by_address);
}

/* The last symbol that begins at or below the address. */
static const struct symbol *find(uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &symbols[low - 1] : NULL;
}

const char *symbol_text(uint64_t address, char text[SYMBOL_TEXT])
{
	const struct symbol *symbol;
	int name;

	if (address < LOWEST_CODE)
		return NULL;
	load();
	symbol = find(address);
	if (!symbol || address - symbol->address >= LONGEST_CODE)
		return NULL;
	name = strcspn(symbol->name, "\t");
	snprintf(text, SYMBOL_TEXT, "%.*s+0x%" PRIx64 "%s%s", name, symbol->name,
		 address - symbol->address, symbol->name[name] ? " " : "",
		 symbol->name + name + !!symbol->name[name]);
	return text;
}
