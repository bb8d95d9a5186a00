/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a block: fetched, printed, and counted. */
#ifndef RESIDENCY_H
#define RESIDENCY_H

#include <json-c/json.h>
#include "ntpool.h"

/* All pages of a block, in memory for free(); 0 or a negative errno. */
int residency_pages(struct ntpool *session, uint64_t handle,
		    struct ntpool_page **pages, size_t *count);

/* Pages in the same state, with frames or slots that follow, share a line. */
void residency_print_runs(const struct ntpool_page *pages, size_t count,
			  int indent);

/* One letter a page, 64 a line: R resident, T in transition, S swapped, . untouched. */
void residency_print_map(const struct ntpool_page *pages, size_t count,
			 int indent);

void residency_json(struct json_object *object,
		    const struct ntpool_query *query);
struct json_object *residency_pages_json(const struct ntpool_page *pages,
					 size_t count);

#endif
