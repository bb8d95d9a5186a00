// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an address is.
 */
#include "core/core.h"
#include "paging/paging.h"
#include "pool/pool.h"
#include "vas/internal.h"
#include "vas/vas.h"

/* Where paging is not active, paged blocks lie in ordinary memory. */
static enum ntpool_class classify_system(unsigned long address)
{
	struct pool_block_info info;

	if (paging_contains(address))
		return NTPOOL_CLASS_PAGED_POOL;
	if (!pool_find(address, &info))
		return NTPOOL_CLASS_SYSTEM;
	if (info.flags & NTPOOL_FLAG_PAGED)
		return NTPOOL_CLASS_PAGED_POOL;
	return NTPOOL_CLASS_NONPAGED_POOL;
}

/**
 * vas_classify() - what an address is on this machine, as of now
 * @address: any number
 *
 * An address in the arena of paged pool is paged pool whether or not a block
 * lives there; one of nonpaged pool is so only inside a live block, for that
 * memory is the kernel's between times.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the class.
 */
enum ntpool_class vas_classify(u64 address)
{
	if (address < USER_HALF_END)
		return NTPOOL_CLASS_USER;
	if (address < SYSTEM_HALF_START)
		return NTPOOL_CLASS_NONCANONICAL;
	return classify_system(address);
}
EXPORT_FOR_TESTS(vas_classify);
