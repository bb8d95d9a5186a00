// SPDX-License-Identifier: GPL-2.0-only
/*
 * ExAllocatePool2 and ExAllocatePool3: flags, and extended parameters
 * ("ExAllocatePool3" and "POOL_EXTENDED_PARAMETER", Windows driver documentation).
 */
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/nodemask.h>

#include "core/core.h"
#include "pool/hooks.h"
#include "pool/internal.h"
#include "pool/release.h"

/*
 * The node is a wish where MM_ANY_NODE_OK is set.  Without it other nodes will
 * not do; the pool does not place by node, so it can promise one only where
 * there is no other.
 */
static bool take_node(u32 value)
{
	u32 node = value & ~NTPOOL_ANY_NODE_OK;

	if (node >= MAX_NUMNODES || !node_online(node))
		return false;
	return value & NTPOOL_ANY_NODE_OK || num_online_nodes() == 1;
}

static bool take_parameter(struct pool_want *want,
			   const struct ntpool_extended *parameter)
{
	switch (parameter->type & NTPOOL_EXTENDED_TYPE) {
	case NTPOOL_EXTENDED_PRIORITY:
		return pool_priority_of((u32)parameter->value, &want->priority,
					&want->underrun);
	case NTPOOL_EXTENDED_NUMA_NODE:
		return take_node(parameter->value);
	case NTPOOL_EXTENDED_SECURE_POOL: /* needs a hypervisor below us */
	default:
		return false;
	}
}

static bool take_parameters(struct pool_want *want,
			    const struct ntpool_extended *parameters, u32 count)
{
	u32 i;

	if (count && !parameters)
		return false;
	for (i = 0; i < count; i++)
		if (!take_parameter(want, &parameters[i]) &&
		    !(parameters[i].type & NTPOOL_EXTENDED_OPTIONAL))
			return false;
	return true;
}

/* Which the verifier, if it is on, takes for a bug check. */
static bool size_is_0(const struct pool_want *want)
{
	if (want->size)
		return false;
	verifier_objects(want);
	return true;
}

static bool want_is_valid(const struct pool_want *want)
{
	return pool_flags_valid(want->flags) && pool_tag_valid(want->tag) &&
	       !size_is_0(want);
}

/* What is so large that sums of it overflow is not to be had in any case. */
static void *alloc_valid(struct pool_want *want)
{
	want->status = NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	return want->size <= SSIZE_MAX ? pool_alloc(want) : NULL;
}

/**
 * pool_alloc_status() - ntpool_alloc() that says why there is no block
 * @flags: as there
 * @size: as there
 * @tag: as there
 * @status: set to STATUS_SUCCESS or the reason
 *
 * Context: as there.
 * Return: the block, or NULL.
 */
void *pool_alloc_status(u64 flags, size_t size, u32 tag, u32 *status)
{
	struct pool_want want = {
		.flags = flags,
		.size = size,
		.tag = tag,
		.status = NTPOOL_STATUS_INVALID_PARAMETER,
		.module = THIS_MODULE,
		.caller = _RET_IP_,
	};
	void *start = want_is_valid(&want) ? alloc_valid(&want) : NULL;

	*status = start ? NTPOOL_STATUS_SUCCESS : want.status;
	return start;
}

/**
 * __ntpool_alloc_extended() - allocate a block (ExAllocatePool2, ExAllocatePool3)
 * @flags: NTPOOL_FLAG_*, as for ntpool_alloc()
 * @size: bytes, at least 1
 * @tag: see NTPOOL_TAG()
 * @parameters: extended parameters
 * @count: of them; 0 makes this ExAllocatePool2
 * @status: where to put STATUS_SUCCESS, or why there is no block; may be NULL
 * @module: who asks; ntpool_alloc_extended() fills it in
 *
 * A parameter that is unknown or cannot be satisfied fails the call, or is
 * ignored if it says that it is optional.  Secure pool is never there.  On NT a
 * failure with NTPOOL_FLAG_RAISE_ON_FAILURE raises the status.
 *
 * Context: IRQL <= DISPATCH; paged pool at <= APC, above it is bug check 0xC2/08.
 * Return: the block; NULL with STATUS_PROCEDURE_NOT_FOUND where the release
 * emulated has no such call.
 */
void *__ntpool_alloc_extended(u64 flags, size_t size, u32 tag,
			      const struct ntpool_extended *parameters,
			      u32 count, u32 *status, struct module *module)
{
	struct pool_want want = {
		.flags = flags,
		.size = size,
		.tag = tag,
		.status = NTPOOL_STATUS_INVALID_PARAMETER,
		.module = module,
		.caller = _RET_IP_,
	};
	void *start = NULL;

	if (!release->has_pool2) {
		pr_warn_once("ntpool: %s calls ExAllocatePool2 or 3, which %s has not got\n",
			     module ? module->name : "the kernel",
			     release->title);
		want.status = NTPOOL_STATUS_PROCEDURE_NOT_FOUND;
	} else if (want_is_valid(&want) &&
		   take_parameters(&want, parameters, count)) {
		start = alloc_valid(&want);
	}
	if (status)
		*status = start ? NTPOOL_STATUS_SUCCESS : want.status;
	return start;
}
EXPORT_SYMBOL_GPL(__ntpool_alloc_extended);
