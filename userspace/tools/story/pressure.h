/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory pressure: a process takes memory until the kernel's own reclaim has
 * paged out a block of paged pool, with a block of nonpaged pool beside it.
 */
#ifndef PRESSURE_H
#define PRESSURE_H

#include "story/story.h"

struct pressure {
	bool made; /* everything below is there */
	uint64_t size;
	uint64_t paged, nonpaged; /* handles */
	struct ntpool_query paged_before, paged_after;
	struct ntpool_page *nonpaged_before, *nonpaged_after;
	struct ntpool_page *paged_pages_before, *paged_pages_after;
	size_t pages;
	uint64_t hogged;      /* bytes that the hog held at the end */
	uint64_t swapped_out; /* pages, by Linux's own count */
	bool nonpaged_intact, paged_intact;
};

/* Makes it, once a story; NULL after cannot(). */
const struct pressure *pressure_get(struct story *story);
void pressure_free(struct story *story);

#endif
