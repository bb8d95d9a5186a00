// SPDX-License-Identifier: GPL-2.0-only
/* Blocks as the chapters use them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/pattern.h"
#include "base/units.h"
#include "story/story.h"

#define CHUNK MIB

uint64_t take_block(struct story *story, uint64_t pool, uint64_t size)
{
	struct ntpool_alloc alloc;
	const char *name;
	uint32_t tag = 0;
	int err;

	ntpool_tag_pack("Tale", &tag);
	err = ntpool_alloc(story->session, pool, size, tag, &alloc);
	if (err) {
		cannot(story, "a block is refused: %s", strerror(-err));
		return 0;
	}
	if (!NTPOOL_SUCCESS(alloc.status)) {
		name = ntpool_status_name(alloc.status);
		cannot(story, "there is no memory for a block: %s",
		       name ? name : "an NTSTATUS without a name");
		return 0;
	}
	return alloc.handle;
}

void give_back(struct story *story, uint64_t handle)
{
	struct ntpool_free answer;

	if (handle)
		ntpool_free(story->session, handle, 0, &answer);
}

typedef bool (*chunk_step)(struct story *story, uint64_t handle, uint64_t seed,
			   uint64_t offset, void *chunk, uint64_t length);

static bool each_chunk(struct story *story, uint64_t handle, uint64_t size,
		       uint64_t seed, chunk_step step)
{
	void *chunk = must_calloc(1, CHUNK);
	uint64_t offset, length;
	bool good = true;

	for (offset = 0; good && offset < size; offset += length) {
		length = size - offset < CHUNK ? size - offset : CHUNK;
		good = step(story, handle, seed, offset, chunk, length);
	}
	free(chunk);
	return good;
}

static bool fill_chunk(struct story *story, uint64_t handle, uint64_t seed,
		       uint64_t offset, void *chunk, uint64_t length)
{
	struct ntpool_rw answer;

	pattern_fill(chunk, length, seed, offset);
	return !ntpool_write(story->session, handle, offset, chunk, length,
			     &answer) &&
	       answer.transferred == length;
}

static bool check_chunk(struct story *story, uint64_t handle, uint64_t seed,
			uint64_t offset, void *chunk, uint64_t length)
{
	struct ntpool_rw answer;

	memset(chunk, 0, length);
	return !ntpool_read(story->session, handle, offset, chunk, length,
			    &answer) &&
	       pattern_check(chunk, length, seed, offset) == length;
}

bool fill_block(struct story *story, uint64_t handle, uint64_t size,
		uint64_t seed)
{
	bool good = each_chunk(story, handle, size, seed, fill_chunk);

	if (!good)
		cannot(story, "a block cannot be written");
	return good;
}

bool block_intact(struct story *story, uint64_t handle, uint64_t size,
		  uint64_t seed)
{
	return each_chunk(story, handle, size, seed, check_chunk);
}

bool query_block(struct story *story, uint64_t handle,
		 struct ntpool_query *query)
{
	int err = ntpool_query(story->session, handle, query);

	if (err)
		cannot(story, "a block cannot be queried: %s", strerror(-err));
	return !err;
}

const char *residency_text(const struct ntpool_query *query,
			   char text[RESIDENCY_TEXT])
{
	snprintf(text, RESIDENCY_TEXT,
		 "%" PRIu64 " resident, %" PRIu64 " in transition, %" PRIu64
		 " in swap",
		 (uint64_t)query->resident, (uint64_t)query->transition,
		 (uint64_t)query->swapped);
	return text;
}
