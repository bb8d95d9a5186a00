/* SPDX-License-Identifier: GPL-2.0-only */
/* What the releases of Windows do differently, and which of them is emulated. */
#ifndef NTPOOL_POOL_RELEASE_H
#define NTPOOL_POOL_RELEASE_H

#include "pool/pool.h"

/**
 * struct release - one release of Windows, as far as its pool is concerned
 * @name: the value of target= that chooses it
 * @title: the release, for people
 * @number: NTPOOL_TARGET_* by which programs are told
 * @stops_at_size_0: size 0 is bug check 0xC2/00; else it gives the smallest block
 * @checks_tags: tags of 0, of "BIG", and without letter or digit are bug checks
 *		 0xC2/9B, 9C and 9D; else they are taken
 * @checks_free_tags: a block is freed with its own tag only; else only the tag of
 *		      a protected one is looked at
 * @has_nx: NonPagedPoolNx is known; else it is NonPagedPool
 * @nonpaged_executes: NonPagedPool is executable
 * @zeroes: POOL_ZERO_ALLOCATION zeroes; else it is ignored
 * @has_pool2: ExAllocatePool2 and ExAllocatePool3 exist
 */
struct release {
	const char *name;
	const char *title;
	u32 number;
	bool stops_at_size_0;
	bool checks_tags;
	bool checks_free_tags;
	bool has_nx;
	bool nonpaged_executes;
	bool zeroes;
	bool has_pool2;
};

/* The one emulated; chosen when the module is loaded. */
extern const struct release *release;

int release_init(void);
const struct release *release_select(const char *name);

/**
 * release_tolerates_tag() - may a block be freed with a tag that is not its own
 * @tag: the block's
 *
 * Return: whether this release looks away.
 */
static inline bool release_tolerates_tag(u32 tag)
{
	return !release->checks_free_tags && !(tag & PROTECTED_POOL);
}

#endif /* NTPOOL_POOL_RELEASE_H */
