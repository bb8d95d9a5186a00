// SPDX-License-Identifier: GPL-2.0-only
/* The live blocks, one after the other. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/blocks.h"

/* Blocks asked for at a time. */
#define BATCH 512

int each_block(struct ntpool *session, visit_block *visit, void *context)
{
	struct ntpool_block *blocks = must_calloc(BATCH, sizeof(*blocks));
	uint64_t from = 0;
	uint32_t count, i;
	int err;

	do {
		count = BATCH;
		err = ntpool_blocks(session, &from, blocks, &count);
		for (i = 0; !err && i < count; i++)
			visit(context, &blocks[i]);
	} while (!err && from);
	free(blocks);
	return err;
}
