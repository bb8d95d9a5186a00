/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the verifier takes part in the pool's work.  While it is off, all of it
 * costs a few instructions that do nothing.
 */
#ifndef NTPOOL_POOL_HOOKS_H
#define NTPOOL_POOL_HOOKS_H

#include <linux/jump_label.h>

#include "pool/internal.h"
#include "pool/verifier.h"

struct tracked;

/* Any bit is set; NTPOOL_VERIFIER_SPECIAL_POOL is. */
DECLARE_STATIC_KEY_FALSE(verifier_on);
DECLARE_STATIC_KEY_FALSE(special_on);

/* verifier_settings.c */
u32 verifier_bits(const struct pool_want *want, struct verifier_settings *copy);
bool verifier_chooses(const struct pool_block_info *info);
int verifier_init(void);
void verifier_exit(void);

/* verifier.c */
void verifier_forget(void);
void verifier_trim(void);
bool verifier_wants_special(const struct pool_want *want);
bool verifier_fails(const struct pool_want *want);
void verifier_note_alloc(void *start, const struct pool_want *want);
u64 verifier_judge_alloc(const struct pool_want *want);
void verifier_judge_free(struct flaw *flaw, unsigned long address, u32 tag,
			 unsigned long caller);

/* tracking.c */
int tracking_init_stacks(void);
void tracking_forget(void);
void tracking_add(void *start, const struct pool_want *want);
struct tracked *tracking_take(const void *start);
void tracking_settle(const void *start, struct tracked *block, bool freed);
u32 tracking_stack(const struct pool_want *want, bool of_driver);
void tracking_get_stats(struct verifier_stats *stats);
u64 tracking_module_leaks(struct module *module);

/* The hooks of the pool. */

/* Is there anything that allocations must be shown to? */
static inline bool verifier_watches(void)
{
	return static_branch_unlikely(&verifier_on) ||
	       static_branch_unlikely(&special_on);
}

static inline bool verifier_is_on(void)
{
	return static_branch_unlikely(&verifier_on);
}

/* Should this allocation come from special pool? */
static inline bool special_wants(const struct pool_want *want)
{
	return (want->flags & NTPOOL_FLAG_SPECIAL_POOL) ||
	       (static_branch_unlikely(&special_on) &&
		verifier_wants_special(want));
}

/* Does simulation want this allocation to fail? */
static inline bool verifier_refuses(const struct pool_want *want)
{
	return static_branch_unlikely(&verifier_on) && verifier_fails(want);
}

/* Is an allocation whose size or IRQL is wrong a matter of the verifier? */
static inline bool verifier_objects(const struct pool_want *want)
{
	return static_branch_unlikely(&verifier_on) &&
	       verifier_judge_alloc(want);
}

static inline void verifier_allocated(void *start, const struct pool_want *want)
{
	if (static_branch_unlikely(&verifier_on))
		verifier_note_alloc(start, want);
}

/* A free that is found wrong may be the verifier's to tell. */
static inline void verifier_judges(struct flaw *flaw, unsigned long address,
				   u32 tag, unsigned long caller)
{
	if (static_branch_unlikely(&verifier_on))
		verifier_judge_free(flaw, address, tag, caller);
}

/*
 * Before a free, and after: once it is freed the address may be another's, who
 * is tracked himself.
 */
static inline struct tracked *verifier_freeing(const void *start)
{
	return static_branch_unlikely(&verifier_on) ? tracking_take(start) : NULL;
}

static inline void verifier_freed(const void *start, struct tracked *tracked,
				  bool done)
{
	if (unlikely(tracked))
		tracking_settle(start, tracked, done);
}

/**
 * tag_name() - a tag as text
 * @tag: the tag
 * @name: room for it
 *
 * Return: @name, with blanks for what is not there.
 */
static inline const char *tag_name(u32 tag, char name[5])
{
	unsigned int i;

	tag = pool_tag_name(tag);
	for (i = 0; i < 4; i++)
		name[i] = (tag >> 8 * i & 0xff) ?: ' ';
	name[4] = '\0';
	return name;
}

#endif /* NTPOOL_POOL_HOOKS_H */
