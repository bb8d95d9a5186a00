/* SPDX-License-Identifier: GPL-2.0-only */
/* The live blocks, one after the other. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "ntpool.h"

typedef void visit_block(void *context, const struct ntpool_block *block);

/* Calls @visit for each in order of addresses.  0 or a negative errno. */
int each_block(struct ntpool *session, visit_block *visit, void *context);

#endif
