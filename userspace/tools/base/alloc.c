// SPDX-License-Identifier: GPL-2.0-only
/* Memory, or the end of the program. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/say.h"

static void *must(void *memory)
{
	if (!memory)
		exit(fail("out of memory"));
	return memory;
}

void *must_calloc(size_t count, size_t size)
{
	return must(calloc(count, size));
}

void *must_realloc(void *memory, size_t size)
{
	return must(realloc(memory, size));
}

char *must_vprintf(const char *format, va_list list)
{
	char *text;

	return must(vasprintf(&text, format, list) < 0 ? NULL : text);
}

char *must_printf(const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	text = must_vprintf(format, list);
	va_end(list);
	return text;
}

void *map_pages(size_t length)
{
	void *pages = mmap(NULL, length, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return must(pages == MAP_FAILED ? NULL : pages);
}
