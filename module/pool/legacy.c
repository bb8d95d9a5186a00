// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls from before ExAllocatePool2: ExAllocatePoolWithTag,
 * ExAllocatePoolWithQuotaTag and ExAllocatePoolWithTagPriority ("wdm.h", Windows
 * driver documentation).  They take a pool type, do not zero, and stop at
 * mistakes that the new call answers with NULL.
 *
 * Nothing is raised here: where NT raises an exception, the caller gets its
 * status and ntddk.h raises it.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/module.h>

#include "core/core.h"
#include "pool/hooks.h"
#include "pool/internal.h"
#include "pool/release.h"

#define TAG_BIG	 NTPOOL_TAG('B', 'I', 'G', 0)
#define TAG_NONE NTPOOL_TAG('N', 'o', 'n', 'e')

#define KNOWN_TYPE_BITS                                               \
	(NTPOOL_TYPE_PAGED | NTPOOL_TYPE_MUST_SUCCEED |               \
	 NTPOOL_TYPE_CACHE_ALIGNED | NTPOOL_TYPE_QUOTA_FAIL |         \
	 NTPOOL_TYPE_RAISE | NTPOOL_TYPE_SESSION | NTPOOL_TYPE_COLD | \
	 NTPOOL_TYPE_NX | NTPOOL_TYPE_ZERO)

/* Low bits of a priority; the two do not go together. */
#define VARIANTS (NTPOOL_PRIORITY_OVERRUN | NTPOOL_PRIORITY_UNDERRUN)

/* First parameters of 0xC2 BAD_POOL_CALLER that only these calls give. */
enum bad_legacy {
	BAD_SIZE_0 = 0x00,	 /* [0, type, tag] */
	BAD_MUST_SUCCEED = 0x9A, /* [type, size, tag] */
	BAD_TAG_0 = 0x9B,	 /* [type, size, caller] */
	BAD_TAG_BIG = 0x9C,	 /* [type, size, caller] */
	BAD_TAG_TEXT = 0x9D,	 /* [tag, type, caller] */
};

/**
 * struct legacy - one such call
 * @type: NTPOOL_TYPE_*
 * @tag: as given
 * @size: as given
 * @flags: NTPOOL_FLAG_* that the call itself means
 * @priority: enum pool_priority
 * @underrun: special pool: guard the start
 * @module: who calls
 * @caller: from where
 */
struct legacy {
	u32 type;
	u32 tag;
	size_t size;
	u64 flags;
	u8 priority;
	bool underrun;
	struct module *module;
	unsigned long caller;
};

static bool tag_has_letter_or_digit(u32 tag)
{
	for (tag &= ~PROTECTED_POOL; tag; tag >>= 8)
		if ((tag & 0xff) < 0x80 && isalnum(tag & 0xff))
			return true;
	return false;
}

/* The literal 'GIB', or ' GIB' as a filler makes it. */
static bool tag_is_big(u32 tag)
{
	return (tag & 0xffffff) == TAG_BIG && (!(tag >> 24) || tag >> 24 == ' ');
}

/* Is the tag wrong?  Then it has been a bug check. */
static bool tag_is_wrong(const struct legacy *call)
{
	if (!release->checks_tags)
		return false;
	if (!call->tag)
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_TAG_0,
				       call->type, call->size, call->caller);
	if (tag_is_big(call->tag))
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_TAG_BIG,
				       call->type, call->size, call->caller);
	if (!tag_has_letter_or_digit(call->tag))
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_TAG_TEXT,
				       call->tag, call->type, call->caller);
	return false;
}

/* The verifier sees what is wrong first, if it is on. */
static bool call_is_wrong(const struct legacy *call,
			  const struct pool_want *want)
{
	u8 irql = ntpool_irql();

	if (verifier_objects(want))
		return true;
	if (irql > pool_highest_irql(call->type & NTPOOL_TYPE_PAGED))
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_ALLOC_IRQL,
				       irql, call->type, call->size);
	if (call->type & NTPOOL_TYPE_MUST_SUCCEED)
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER,
				       BAD_MUST_SUCCEED, call->type, call->size,
				       call->tag);
	if (!call->size && release->stops_at_size_0)
		return ntpool_bugcheck(BUGCHECK_BAD_POOL_CALLER, BAD_SIZE_0, 0,
				       call->type, call->tag);
	return tag_is_wrong(call);
}

static u64 pool_of(u32 type)
{
	if (type & NTPOOL_TYPE_PAGED)
		return NTPOOL_FLAG_PAGED;
	if (!release->nonpaged_executes)
		return NTPOOL_FLAG_NON_PAGED;
	if (type & NTPOOL_TYPE_NX && release->has_nx)
		return NTPOOL_FLAG_NON_PAGED;
	return NTPOOL_FLAG_NON_PAGED_EXECUTE;
}

static u64 flags_of(const struct legacy *call)
{
	u64 flags = pool_of(call->type) | call->flags;

	if (call->type & NTPOOL_TYPE_CACHE_ALIGNED)
		flags |= NTPOOL_FLAG_CACHE_ALIGNED;
	if (call->type & NTPOOL_TYPE_SESSION)
		flags |= NTPOOL_FLAG_SESSION;
	if (!(call->type & NTPOOL_TYPE_ZERO) || !release->zeroes)
		flags |= NTPOOL_FLAG_UNINITIALIZED;
	return flags;
}

/*
 * Drivers for the older releases take NonPagedPool for data, at DISPATCH too,
 * and hardly one to execute what is in it.  So where executable memory cannot
 * be had they get memory that is not: what runs code there finds out by 0xFC.
 */
static void *alloc_nonpaged_executable(struct pool_want *want)
{
	want->irql = ntpool_irql();
	if (!executable_possible(pool_gfp(want)))
		want->flags ^= NTPOOL_FLAG_NON_PAGED_EXECUTE |
			       NTPOOL_FLAG_NON_PAGED;
	return pool_alloc(want);
}

static void *alloc_checked(struct pool_want *want)
{
	want->size = want->size ?: 1;
	want->tag = want->tag ?: TAG_NONE;
	want->status = NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	if (want->size > SSIZE_MAX)
		return NULL;
	if (want->flags & NTPOOL_FLAG_NON_PAGED_EXECUTE)
		return alloc_nonpaged_executable(want);
	return pool_alloc(want);
}

static void *alloc_legacy(const struct legacy *call, u32 *status)
{
	struct pool_want want = {
		.flags = flags_of(call),
		.size = call->size,
		.tag = call->tag,
		.status = NTPOOL_STATUS_INVALID_PARAMETER,
		.priority = call->priority,
		.underrun = call->underrun,
		.module = call->module,
		.caller = call->caller,
	};
	void *start = NULL;

	if (!(call->type & ~KNOWN_TYPE_BITS) && !call_is_wrong(call, &want))
		start = alloc_checked(&want);
	if (status)
		*status = start ? NTPOOL_STATUS_SUCCESS : want.status;
	return start;
}

/**
 * __ntpool_alloc_with_tag() - allocate a block (ExAllocatePoolWithTag)
 * @type: NTPOOL_TYPE_*
 * @size: bytes
 * @tag: see NTPOOL_TAG(); its highest bit protects the block (PROTECTED_POOL)
 * @status: where to put STATUS_SUCCESS, or why there is no block; may be NULL
 * @module: who asks; ntpool_alloc_with_tag() fills it in
 *
 * The block is not zeroed, unless NTPOOL_TYPE_ZERO asks for it and the release
 * emulated knows that.  Mistakes are bug check 0xC2 BAD_POOL_CALLER: 08 [irql,
 * type, size], 9A [type, size, tag] for must-succeed pool, 00 [0, type, tag] for
 * size 0, 9B [type, size, caller] for tag 0, 9C for the tag "BIG", 9D [tag, type,
 * caller] for a tag without letter or digit.  release.c says which release stops
 * at which.  On NT a failure with NTPOOL_TYPE_RAISE raises the status.
 *
 * Context: IRQL <= DISPATCH; paged pool at <= APC.
 * Return: the block, or NULL.
 */
void *__ntpool_alloc_with_tag(u32 type, size_t size, u32 tag, u32 *status,
			      struct module *module)
{
	const struct legacy call = {
		.type = type,
		.size = size,
		.tag = tag,
		.module = module,
		.caller = _RET_IP_,
	};

	return alloc_legacy(&call, status);
}
EXPORT_SYMBOL_GPL(__ntpool_alloc_with_tag);

/**
 * __ntpool_alloc_with_quota_tag() - allocate and charge (ExAllocatePoolWithQuotaTag)
 * @type: NTPOOL_TYPE_*
 * @size: bytes
 * @tag: as for __ntpool_alloc_with_tag()
 * @status: as there; STATUS_QUOTA_EXCEEDED where the process has no room left
 * @module: who asks; ntpool_alloc_with_quota_tag() fills it in
 *
 * The running process is charged until the block is freed, whoever frees it.
 * On NT a failure raises the status, unless NTPOOL_TYPE_QUOTA_FAIL is given.
 *
 * Context: as __ntpool_alloc_with_tag().
 * Return: the block, or NULL.
 */
void *__ntpool_alloc_with_quota_tag(u32 type, size_t size, u32 tag, u32 *status,
				    struct module *module)
{
	const struct legacy call = {
		.type = type,
		.size = size,
		.tag = tag,
		.flags = NTPOOL_FLAG_USE_QUOTA,
		.module = module,
		.caller = _RET_IP_,
	};

	return alloc_legacy(&call, status);
}
EXPORT_SYMBOL_GPL(__ntpool_alloc_with_quota_tag);

/**
 * pool_priority_of() - what a value of EX_POOL_PRIORITY means
 * @value: NTPOOL_PRIORITY_*
 * @priority: set to enum pool_priority
 * @underrun: set to whether special pool is to guard the start
 *
 * Return: whether it is such a value.
 */
bool pool_priority_of(u32 value, u8 *priority, bool *underrun)
{
	u32 variant = value & VARIANTS;

	if (variant && variant != NTPOOL_PRIORITY_OVERRUN &&
	    variant != NTPOOL_PRIORITY_UNDERRUN)
		return false;
	switch (value & ~VARIANTS) {
	case NTPOOL_PRIORITY_LOW:
		*priority = POOL_PRIORITY_LOW;
		break;
	case NTPOOL_PRIORITY_NORMAL:
		*priority = POOL_PRIORITY_NORMAL;
		break;
	case NTPOOL_PRIORITY_HIGH:
		*priority = POOL_PRIORITY_HIGH;
		break;
	default:
		return false;
	}
	*underrun = variant == NTPOOL_PRIORITY_UNDERRUN;
	return true;
}
EXPORT_FOR_TESTS(pool_priority_of);

/**
 * __ntpool_alloc_with_priority() - allocate (ExAllocatePoolWithTagPriority)
 * @type: NTPOOL_TYPE_*
 * @size: bytes
 * @tag: as for __ntpool_alloc_with_tag()
 * @priority: NTPOOL_PRIORITY_*: who is refused first when the pool nears its
 *	      limit, and where special pool puts its guard
 * @status: as there
 * @module: who asks; ntpool_alloc_with_priority() fills it in
 *
 * Context: as __ntpool_alloc_with_tag().
 * Return: the block, or NULL, also for a @priority that is none.
 */
void *__ntpool_alloc_with_priority(u32 type, size_t size, u32 tag, u32 priority,
				   u32 *status, struct module *module)
{
	struct legacy call = {
		.type = type,
		.size = size,
		.tag = tag,
		.module = module,
		.caller = _RET_IP_,
	};

	if (!pool_priority_of(priority, &call.priority, &call.underrun)) {
		if (status)
			*status = NTPOOL_STATUS_INVALID_PARAMETER;
		return NULL;
	}
	return alloc_legacy(&call, status);
}
EXPORT_SYMBOL_GPL(__ntpool_alloc_with_priority);
