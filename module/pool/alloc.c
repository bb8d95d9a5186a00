// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of an allocation, and ExAllocatePool2 (Windows driver documentation,
 * wdm.h).
 */
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/log2.h>

#include "core/core.h"
#include "pool/hooks.h"
#include "pool/internal.h"
#include "pool/limits.h"
#include "pool/release.h"
#include "pool/small_fast.h"
#include "pool/tags.h"
#include "pool/special.h"

#define KNOWN (POOLS | NTPOOL_FLAG_USE_QUOTA | NTPOOL_FLAG_UNINITIALIZED | \
	       NTPOOL_FLAG_SESSION | NTPOOL_FLAG_CACHE_ALIGNED |           \
	       NTPOOL_FLAG_RAISE_ON_FAILURE)

/**
 * pool_flags_valid() - would ExAllocatePool2 take these flags
 * @flags: POOL_FLAG_*
 *
 * Exactly one pool; an unknown flag in the low 32 bits is wrong, one in the
 * high 32 bits is optional and ignored.
 */
bool pool_flags_valid(u64 flags)
{
	return is_power_of_2(flags & POOLS) && !(lower_32_bits(flags) & ~KNOWN);
}
EXPORT_FOR_TESTS(pool_flags_valid);

/**
 * pool_tag_valid() - is this a tag
 * @tag: four characters, the first in the lowest byte
 *
 * One to four characters from 0x20 to 0x7E; after the last only zeroes.
 */
bool pool_tag_valid(u32 tag)
{
	unsigned int used = round_up(fls(tag), 8);
	/* All four at once: what bit 7 of each sum and difference becomes. */
	u32 mask = used == 32 ? ~0u : (1u << used) - 1;
	u32 filled = tag | (~mask & 0x20202020);

	return tag && !((filled | (filled + 0x01010101) |
			 ~((filled | 0x80808080) - 0x20202020)) &
			0x80808080);
}
EXPORT_FOR_TESTS(pool_tag_valid);

static bool irql_allows(const struct pool_want *want)
{
	return want->irql <= pool_highest_irql(pool_flags_paged(want->flags));
}

/*
 * A page of nonpaged pool is a slot, too; one of paged pool is a page of the arena that
 * nobody has had before, so that it is out until it is touched.  Executable blocks have
 * pages of their own, so that nothing else is executable.
 */
static bool is_small(const struct pool_want *want)
{
	return !(want->flags & NTPOOL_FLAG_NON_PAGED_EXECUTE) &&
	       want->size < PAGE_SIZE + !pool_flags_paged(want->flags);
}

static void *memory_for(const struct pool_want *want, struct tag_row *row)
{
	void *start = NULL;

	if (unlikely(special_wants(want)))
		start = large_alloc_special(want, row);
	if (!start)
		start = is_small(want) ? small_alloc(want, row) :
					 large_alloc(want, row);
	return start;
}

/* The verifier sees a wrong call first, then special pool, where they are asked. */
static void tell_bad_irql(const struct pool_want *want)
{
	if (verifier_objects(want))
		return;
	if (special_wants(want))
		special_bad_irql(want);
	else
		ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_ALLOC_IRQL,
				want->irql, pool_type_of(want->flags),
				want->size);
}

/* Quotas, and priorities that are not everybody's, are for few. */
static bool admit(struct pool_want *want)
{
	if (likely(!(want->flags & NTPOOL_FLAG_USE_QUOTA) &&
		   want->priority == POOL_PRIORITY_NORMAL))
		return true;
	return limits_admit(want) && !quota_charge(want);
}

/**
 * pool_alloc() - allocate a block
 * @want: what, and by whom; its @flags, @size and @tag have been found to be right
 *
 * Context: IRQL <= DISPATCH; paged pool at <= APC, above it is bug check
 * 0xC2/08 [irql, type, size], 0xC1/30 [irql, type, size] where the block would
 * have come from special pool, 0xC4/01 or 02 [irql, type, size] where it is verified.
 * Return: the block, or NULL with @want->status set.
 */
void *pool_alloc(struct pool_want *want)
{
	struct tag_row *row;
	void *start = NULL;

	want->irql = ntpool_irql();
	if (unlikely(!irql_allows(want))) {
		tell_bad_irql(want);
		want->status = NTPOOL_STATUS_INVALID_PARAMETER;
		return NULL;
	}
	want->status = NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	row = verifier_refuses(want) ? NULL :
				       tag_row(want->tag, want->module,
					       pool_gfp(want));
	if (likely(row) && admit(want))
		start = memory_for(want, row);
	if (unlikely(!start)) {
		quota_return(want->owner, pool_flags_paged(want->flags),
			     want->size);
		want->owner = 0;
		pool_count_failure();
		return NULL;
	}
	tag_count_alloc(row, pool_flags_paged(want->flags), want->size);
	tag_fold(pool_flags_paged(want->flags));
	verifier_allocated(start, want);
	return start;
}
EXPORT_FOR_TESTS(pool_alloc);

/* What the common path takes beside one of these two pools. */
#define QUICK_FLAGS (NTPOOL_FLAG_UNINITIALIZED | NTPOOL_FLAG_SESSION | \
		     NTPOOL_FLAG_CACHE_ALIGNED | NTPOOL_FLAG_RAISE_ON_FAILURE)

/*
 * Most allocations: a small block under a tag that the module has used before, at a
 * low enough IRQL, with a free slot at hand, and nobody watching.
 */
static __always_inline void *alloc_quickly(u64 flags, size_t size, u32 tag,
					   struct module *module, bool paged)
{
	unsigned int count = preempt_count();
	struct tag_row *row;
	void *start;

	if (unlikely(size - 1 >= PAGE_SIZE - paged) ||
	    !pool_irql_allows(paged, count) || verifier_watches())
		return NULL;
	row = tag_find(tag, module);
	if (unlikely(!row || !row->valid))
		return NULL;
	start = small_alloc_quickly(flags, size, row, tag, paged);
	if (likely(start))
		tag_count_alloc(row, paged, size);
	return start;
}

/* All others, and all that is wrong: decides everything again. */
static noinline void *alloc_slowly(u64 flags, size_t size, u32 tag,
				   struct module *module, unsigned long caller)
{
	struct pool_want want = {
		.flags = flags,
		.size = size,
		.tag = tag,
		.module = module,
		.caller = caller,
	};

	if (!pool_flags_valid(flags) || !pool_tag_valid(tag) ||
	    size > SSIZE_MAX)
		return NULL;
	if (unlikely(!size)) {
		verifier_objects(&want);
		return NULL;
	}
	return pool_alloc(&want);
}

/**
 * __ntpool_alloc() - allocate a block (ExAllocatePool2)
 * @flags: NTPOOL_FLAG_*, exactly one of PAGED, NON_PAGED, NON_PAGED_EXECUTE
 * @size: bytes
 * @tag: see NTPOOL_TAG()
 * @module: who asks; ntpool_alloc() fills it in
 *
 * The block is zeroed unless UNINITIALIZED.  It is 16-byte aligned, page-aligned
 * from PAGE_SIZE on, and does not cross a page up to PAGE_SIZE.  SPECIAL_POOL falls
 * back to ordinary pool where there is none, as on NT.
 *
 * Context: IRQL <= DISPATCH; paged pool at <= APC, above it is bug check
 * 0xC2/08 [irql, type, size].
 * Return: the block, or NULL: no memory, wrong flags, size 0, not a tag, wrong
 * IRQL.
 */
void *__ntpool_alloc(u64 flags, size_t size, u32 tag, struct module *module)
{
	u64 pool = flags & ~QUICK_FLAGS;
	void *start = NULL;

	if (pool == NTPOOL_FLAG_NON_PAGED)
		start = alloc_quickly(flags, size, tag, module, false);
	else if (pool == NTPOOL_FLAG_PAGED)
		start = alloc_quickly(flags, size, tag, module, true);
	if (likely(start))
		return start;
	return alloc_slowly(flags, size, tag, module, _RET_IP_);
}
EXPORT_SYMBOL_GPL(__ntpool_alloc);

static int special_start(void)
{
	special_init();
	return 0;
}

/*
 * What modules have left that are gone: nobody can use it any more.  Blocks of our
 * own that are left are a mistake of ours, and told as such further down.
 */
static void free_orphans(void)
{
	struct pool_block_info info;
	unsigned long from = 0, n = 0;

	for (; pool_next(from, &info); from = info.start + 1) {
		void *start = (void *)info.start;

		if (!strcmp(info.module, KBUILD_MODNAME))
			continue;
		/* Special pool tells damage at the first try, and frees at the next. */
		if (!ntpool_free(start, info.tag) || !ntpool_free(start, info.tag))
			n++;
	}
	if (n)
		pr_warn("ntpool: %lu blocks that modules have left are freed\n",
			n);
}

static const struct part {
	int (*init)(void);
	void (*exit)(void);
} parts[] = {
	{ release_init, NULL },
	{ limits_init, limits_exit },
	{ NULL, quota_exit },
	{ tags_init, tags_exit },
	{ small_init, small_exit },
	{ NULL, blocks_exit },
	{ special_start, special_exit },
	{ NULL, large_exit },
	{ NULL, free_orphans },
	{ verifier_init, verifier_exit },
	{ lookaside_init, lookaside_exit },
};

static void stop_parts(unsigned int started)
{
	while (started--)
		if (parts[started].exit)
			parts[started].exit();
}

/**
 * pool_init() - an empty pool
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int pool_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].init ? parts[i].init() : 0;
		if (err) {
			stop_parts(i);
			return err;
		}
	}
	return 0;
}

/**
 * pool_exit() - undo pool_init() and all that followed
 *
 * Context: may sleep; nobody allocates or frees any more.
 */
void pool_exit(void)
{
	stop_parts(ARRAY_SIZE(parts));
}
