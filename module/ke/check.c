// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers and DPCs in memory that goes: a pool block or a device that is freed ("Bug check 0xC7:
 * TIMER_OR_DPC_INVALID"), and a driver that is unloaded ("Bug check 0xCE:
 * DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS").
 *
 * Blocks are looked at while the verifier is on, as on NT; devices always.
 */
#include <linux/module.h>

#include <ntpool/timer.h>

#include "ke/internal.h"
#include "pool/pool.h"

/* First parameters of 0xC7; each [address, start of the block, its end]. */
enum bad_object {
	BAD_TIMER = 0,
	BAD_DPC = 1,
};

struct stretch {
	unsigned long start;
	unsigned long end;
};

static bool overlaps(const struct stretch *range, const void *object, size_t size)
{
	unsigned long first = (unsigned long)object;

	return object && first < range->end && first + size > range->start;
}

static bool timer_in_range(PKTIMER timer, const void *range)
{
	return overlaps(range, timer, sizeof(*timer)) ||
	       overlaps(range, timer->Dpc, sizeof(KDPC));
}

static bool dpc_in_range(PKDPC dpc, const void *range)
{
	return overlaps(range, dpc, sizeof(*dpc));
}

/* @param: of bug check 0xC7 */
static bool find_in(const struct stretch *range, bool drop, u64 param[4])
{
	struct found_timer found = { .drop = drop };
	bool of_timer;
	PKDPC dpc;

	param[2] = range->start;
	param[3] = range->end;
	if (timer_find(timer_in_range, range, &found)) {
		of_timer = overlaps(range, found.timer, sizeof(KTIMER));
		param[0] = of_timer ? BAD_TIMER : BAD_DPC;
		param[1] = of_timer ? (unsigned long)found.timer :
				      (unsigned long)found.dpc;
		return true;
	}
	dpc = dpc_find(dpc_in_range, range, drop);
	param[0] = BAD_DPC;
	param[1] = (unsigned long)dpc;
	return dpc;
}

/* The pool asks, before it frees. */
static bool block_is_in_use(unsigned long start, size_t size, u64 param[4])
{
	struct stretch range = { start, start + size };

	return find_in(&range, false, param);
}

/**
 * check_memory_goes() - drop the timers and DPCs in memory that will be freed
 * @start: its address
 * @size: bytes
 *
 * Each is bug check 0xC7 [0 timer or 1 DPC, address, start, end].  Its DPC does not run
 * afterwards; it may while this does, and set the timer again.
 *
 * Context: may sleep.
 */
void check_memory_goes(const void *start, size_t size)
{
	struct stretch range = { (unsigned long)start, (unsigned long)start + size };
	u64 param[4];

	while (find_in(&range, true, param)) {
		ntpool_bugcheck(BUGCHECK_TIMER_OR_DPC_INVALID, param[0], param[1], param[2],
				param[3]);
		KeFlushQueuedDpcs();
	}
}

static bool dpc_of_module(PKDPC dpc, const void *module)
{
	return within_module((unsigned long)dpc, module) ||
	       within_module((unsigned long)dpc->DeferredRoutine, module);
}

static bool timer_of_module(PKTIMER timer, const void *module)
{
	return within_module((unsigned long)timer, module) ||
	       (timer->Dpc && dpc_of_module(timer->Dpc, module));
}

static void tell(const void *object)
{
	ntpool_bugcheck(BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
			(unsigned long)object, 0, 0, 0);
}

/**
 * check_module_goes() - drop the timers and DPCs that a module has left behind
 * @module: it has finished, and is still in memory
 *
 * Each is bug check 0xCE [object, 0, 0, 0].  Afterwards none of its DPCs runs.
 *
 * Context: may sleep.
 */
void check_module_goes(const struct module *module)
{
	struct found_timer found = { .drop = true };
	PKDPC dpc;

	while (timer_find(timer_of_module, module, &found))
		tell(found.timer);
	while ((dpc = dpc_find(dpc_of_module, module, true)))
		tell(dpc);
	KeFlushQueuedDpcs();
}
EXPORT_FOR_TESTS(check_module_goes);

void check_init(void)
{
	pool_observe_frees(block_is_in_use);
}

void check_exit(void)
{
	pool_observe_frees(NULL);
}
