/* SPDX-License-Identifier: GPL-2.0-only */
/* A page-table walk as text, as JSON and as a table. */
#ifndef WALK_H
#define WALK_H

#include "base/table.h"
#include "ntpool.h"

/* One row a level; the address and what it is stand elsewhere. */
struct table *walk_table(const struct ntpool_walk *walk);

/* The address, what it is, and the table. */
void walk_print(const struct ntpool_walk *walk);
void walk_json(struct json_object *object, const struct ntpool_walk *walk);

#endif
