/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory for a short-lived program: there, or the program ends and says so. */
#ifndef ALLOC_H
#define ALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *must_calloc(size_t count, size_t size);
void *must_realloc(void *memory, size_t size);
char *must_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *must_vprintf(const char *format, va_list list)
	__attribute__((format(printf, 1, 0)));

/* Whole pages of anonymous memory, apart from the heap. */
void *map_pages(size_t length);

#endif
