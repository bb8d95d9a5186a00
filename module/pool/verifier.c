// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the verifier does to the allocations that its settings choose.  ("Driver
 * Verifier options", Windows driver documentation, and the pages of each.)
 */
#include <linux/random.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/hooks.h"
#include "pool/internal.h"
#include "pool/special.h"

/* Call stacks that have failed once: handles of the stack depot. */
static DEFINE_XARRAY_FLAGS(failed_stacks, XA_FLAGS_LOCK_IRQ);

static atomic64_t attempted, succeeded, in_special, deliberate, raises, trimmed,
	forced;

/**
 * verifier_wants_special() - is this allocation to come from special pool
 * @want: the allocation
 *
 * Context: that of the allocation.
 */
bool verifier_wants_special(const struct pool_want *want)
{
	return verifier_bits(want, NULL) & NTPOOL_VERIFIER_SPECIAL_POOL;
}

static bool fails_by_chance(const struct verifier_settings *s)
{
	return ktime_get_boottime_seconds() >= s->grace &&
	       get_random_u32_below(VERIFIER_CERTAIN) < s->probability;
}

/* "Systematic low resources simulation": each of the driver's stacks, once. */
static bool fails_first_time(const struct pool_want *want)
{
	u32 stack = tracking_stack(want, true);
	unsigned long flags;
	int err;

	if (!stack)
		return false;
	xa_lock_irqsave(&failed_stacks, flags);
	err = __xa_insert(&failed_stacks, stack, xa_mk_value(1),
			  GFP_ATOMIC | __GFP_NOWARN);
	xa_unlock_irqrestore(&failed_stacks, flags);
	return !err;
}

/**
 * verifier_fails() - does simulation of low resources refuse an allocation
 * @want: the allocation
 *
 * Context: that of the allocation.
 */
bool verifier_fails(const struct pool_want *want)
{
	struct verifier_settings s;
	u32 bits = verifier_bits(want, &s);
	bool fails;

	if (!bits)
		return false;
	atomic64_inc(&attempted);
	fails = ((bits & NTPOOL_VERIFIER_LOW_RESOURCES) && fails_by_chance(&s)) ||
		((bits & NTPOOL_VERIFIER_SYSTEMATIC) && fails_first_time(want));
	if (fails)
		atomic64_inc(&deliberate);
	return fails;
}

/**
 * verifier_note_alloc() - an allocation has been done
 * @start: the block
 * @want: what it was done for
 *
 * Context: that of the allocation.
 */
void verifier_note_alloc(void *start, const struct pool_want *want)
{
	u32 bits = verifier_bits(want, NULL);

	if (!bits)
		return;
	atomic64_inc(&succeeded);
	if (special_contains((unsigned long)start))
		atomic64_inc(&in_special);
	if (bits & NTPOOL_VERIFIER_POOL_TRACKING)
		tracking_add(start, want);
}

/* First parameters of 0xC4 DRIVER_VERIFIER_DETECTED_VIOLATION. */
enum verifier_violation {
	VERIFIER_ALLOC_EMPTY = 0x00,	/* [irql, type, 0] */
	VERIFIER_ALLOC_PAGED = 0x01,	/* [irql, type, size] */
	VERIFIER_ALLOC_NONPAGED = 0x02, /* [irql, type, size] */
	VERIFIER_FREE_ADDRESS = 0x10,	/* [address, 0, 0] */
	VERIFIER_FREE_PAGED = 0x11,	/* [irql, type, address] */
	VERIFIER_FREE_NONPAGED = 0x12,	/* [irql, type, address] */
	VERIFIER_FREED_TWICE = 0x13,	/* [0, header, address] */
};

/**
 * verifier_judge_alloc() - what the verifier says of wrong arguments
 * @want: the allocation, not necessarily valid
 *
 * Context: any but NMI.
 * Return: the number of bug check 0xC4/00, 01 or 02 [irql, type, size], or 0.
 */
u64 verifier_judge_alloc(const struct pool_want *want)
{
	bool paged = pool_flags_paged(want->flags);
	enum verifier_violation what;
	u8 irql = ntpool_irql();

	if (!verifier_bits(want, NULL))
		return 0;
	if (!want->size)
		what = VERIFIER_ALLOC_EMPTY;
	else if (irql > pool_highest_irql(paged))
		what = paged ? VERIFIER_ALLOC_PAGED : VERIFIER_ALLOC_NONPAGED;
	else
		return 0;
	return ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			       what, irql, pool_type_of(want->flags),
			       want->size);
}

static struct flaw violation(enum verifier_violation what, u64 p2, u64 p3,
			     u64 p4)
{
	return (struct flaw){
		.code = BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
		.param = { what, p2, p3, p4 },
	};
}

static struct flaw bad_irql(u64 irql, u64 type, u64 address)
{
	return violation(type & NTPOOL_TYPE_PAGED ? VERIFIER_FREE_PAGED :
						    VERIFIER_FREE_NONPAGED,
			 irql, type, address);
}

static void judge_bad_caller(struct flaw *flaw)
{
	const u64 *p = flaw->param;

	switch ((enum bad_caller)p[0]) {
	case BAD_FREE_IRQL:
		*flaw = bad_irql(p[1], p[2], p[3]);
		break;
	case BAD_DOUBLE_FREE:
		*flaw = violation(VERIFIER_FREED_TWICE, p[1], p[2], p[3]);
		break;
	case BAD_FREE_USER:
	case BAD_FREE_NONPAGED:
	case BAD_FREE_ADDRESS:
	case BAD_FREE_PAGED:
	case BAD_FREE_INSIDE:
		*flaw = violation(VERIFIER_FREE_ADDRESS, p[1], 0, 0);
		break;
	default:
		break;
	}
}

/*
 * Whose matter is it?  That of who has allocated the block; if there is none, of who
 * frees what he takes for one, of no size and with the tag that he gives.
 */
static bool free_is_chosen(unsigned long address, u32 tag, unsigned long caller)
{
	struct pool_block_info info;

	if (!pool_find(address, &info)) {
		info = (struct pool_block_info){ .tag = tag };
		kcompat_module_name(caller, info.module,
				    sizeof(info.module));
	}
	return verifier_chooses(&info);
}

/**
 * verifier_judge_free() - what the verifier says of a free that was found wrong
 * @flaw: 0xC2, or 0xC1/31, as the pool would raise it; becomes 0xC4 where that has
 *	  a number and the settings choose the block
 * @address: what was to be freed
 * @tag: the tag given
 * @caller: by whom
 *
 * Context: any.
 */
void verifier_judge_free(struct flaw *flaw, unsigned long address, u32 tag,
			 unsigned long caller)
{
	if (!free_is_chosen(address, tag, caller))
		return;
	if (flaw->code == BUGCHECK_BAD_POOL_CALLER)
		judge_bad_caller(flaw);
	else if (flaw->code == BUGCHECK_SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION &&
		 flaw->param[3] == SPECIAL_FREE_IRQL)
		*flaw = bad_irql(flaw->param[0], flaw->param[1],
				 flaw->param[2]);
}

/**
 * verifier_trim() - take out what is pageable before the IRQL rises to DISPATCH
 *
 * "Force IRQL Checking": a touch at DISPATCH then always finds nothing.
 *
 * Context: may sleep.
 */
void verifier_trim(void)
{
	atomic64_inc(&raises);
	atomic64_add(paging_trim_all(), &trimmed);
}

/**
 * verifier_note_forced() - a call of a driver has become pending by force
 *
 * Context: any.
 */
void verifier_note_forced(void)
{
	atomic64_inc(&forced);
}

/**
 * verifier_forget() - begin the statistics anew, and let all stacks fail again
 *
 * Context: any.
 */
void verifier_forget(void)
{
	atomic64_set(&attempted, 0);
	atomic64_set(&succeeded, 0);
	atomic64_set(&in_special, 0);
	atomic64_set(&deliberate, 0);
	atomic64_set(&forced, 0);
	atomic64_set(&raises, 0);
	atomic64_set(&trimmed, 0);
	xa_destroy(&failed_stacks);
}

/**
 * verifier_get_stats() - what has happened since they were set
 * @stats: filled
 *
 * Context: any.
 */
void verifier_get_stats(struct verifier_stats *stats)
{
	*stats = (struct verifier_stats){
		.attempted = atomic64_read(&attempted),
		.succeeded = atomic64_read(&succeeded),
		.special = atomic64_read(&in_special),
		.failed_deliberately = atomic64_read(&deliberate),
		.forced = atomic64_read(&forced),
		.raises = atomic64_read(&raises),
		.trimmed = atomic64_read(&trimmed),
	};
	tracking_get_stats(stats);
}
EXPORT_FOR_TESTS(verifier_get_stats);
