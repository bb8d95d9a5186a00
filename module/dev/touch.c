// SPDX-License-Identifier: GPL-2.0-only
/*
 * One load or store at a given IRQL.
 *
 * The instruction has an entry in the exception table and page faults stay
 * enabled, so that to the fault hook it is driver code like any other: at
 * PASSIVE the page comes in and the instruction goes on; at DISPATCH the hook
 * raises the bug check, declines the fault, and the table takes over where other
 * code would oops.
 */
#include <linux/err.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "dev/session.h"
#include "paging/paging.h"
#include "pool/verifier.h"

static bool load(const u8 *from, u8 *value)
{
	__get_kernel_nofault(value, from, u8, faulted);
	return true;
faulted:
	return false;
}

static bool store(u8 *to, u8 value)
{
	__put_kernel_nofault(to, &value, u8, faulted);
	return true;
faulted:
	return false;
}

static bool access(u8 *byte, struct ntpool_touch *arg)
{
	u8 value = arg->value;
	bool done = arg->access == NTPOOL_ACCESS_WRITE ? store(byte, value) :
							 load(byte, &value);

	if (done)
		arg->value = value;
	return done;
}

static bool access_at_irql(u8 *byte, struct ntpool_touch *arg)
{
	u8 before = ntpool_raise_irql(arg->irql);
	bool done = access(byte, arg);

	ntpool_lower_irql(before);
	return done;
}

/* As of now: the page may come or go before the touch gets to it. */
static u32 fault_ahead(unsigned long address)
{
	struct paging_page page;

	if (!paging_contains(address) || paging_look(address, &page))
		return NTPOOL_FAULT_NONE;
	switch (page.state) {
	case NTPOOL_PAGE_UNTOUCHED:
		return NTPOOL_FAULT_DEMAND_ZERO;
	case NTPOOL_PAGE_TRANSITION:
		return NTPOOL_FAULT_TRANSITION;
	case NTPOOL_PAGE_SWAPPED:
		return NTPOOL_FAULT_HARD;
	default:
		return NTPOOL_FAULT_NONE;
	}
}

static void tell_refused(struct ntpool_touch *arg, u64 seq)
{
	arg->status = NTPOOL_STATUS_IN_PAGE_ERROR;
	arg->bugcheck = session_bugcheck_since(seq,
					       BUGCHECK_KERNEL_DATA_INPAGE_ERROR);
	if (arg->bugcheck)
		return;
	arg->status = NTPOOL_STATUS_ACCESS_VIOLATION;
	arg->bugcheck = session_bugcheck_since(seq,
					       BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL);
	if (!arg->bugcheck)
		arg->bugcheck = session_bugcheck_since(seq,
						       BUGCHECK_DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION);
}

static void touch(u8 *byte, struct ntpool_touch *arg)
{
	u64 seq = bugcheck_last_seq();

	arg->fault = fault_ahead((unsigned long)byte);
	arg->status = NTPOOL_STATUS_SUCCESS;
	arg->bugcheck = 0;
	if (!access_at_irql(byte, arg))
		tell_refused(arg, seq);
}

static bool touch_valid(const struct ntpool_touch *arg)
{
	u32 highest = arg->access == NTPOOL_ACCESS_WRITE ? U8_MAX : 0;

	return arg->irql <= NTPOOL_IRQL_DISPATCH &&
	       arg->access <= NTPOOL_ACCESS_WRITE && arg->value <= highest &&
	       !arg->pad;
}

/*
 * Behind a block in special pool there is what was made to catch such touches, and
 * nothing of anybody else's.
 */
static bool reaches_guard(const struct session_block *block, u64 offset)
{
	return offset < special_reach((unsigned long)block->memory);
}

/**
 * handle_touch() - NTPOOL_IOC_TOUCH
 * @session: the session
 * @u: struct ntpool_touch
 *
 * Return: 0 or -errno.
 */
int handle_touch(struct session *session, union ioctl_arg *u)
{
	struct ntpool_touch *arg = &u->touch;
	struct session_block *block;
	int err = -EINVAL;

	if (!touch_valid(arg))
		return -EINVAL;
	block = block_use(session, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	if (arg->offset < block->size || reaches_guard(block, arg->offset)) {
		touch(block->memory + arg->offset, arg);
		err = 0;
	}
	block_done(block);
	return err;
}
