/* SPDX-License-Identifier: GPL-2.0-only */
/* Text by the columns that it takes on a terminal, which are not its bytes. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stddef.h>

/* The columns of the first @bytes of @text, or of what there is of it. */
int columns_in(const char *text, size_t bytes);
int columns_of(const char *text);

/* How many bytes of @text fit into @columns: whole characters. */
size_t columns_fit(const char *text, int columns);

#endif
