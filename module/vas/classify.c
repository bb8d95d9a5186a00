// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an address is.
 */
#include "core/core.h"
#include "paging/paging.h"
#include "vas/internal.h"
#include "vas/vas.h"

/**
 * vas_classify() - what an address is on this machine, as of now
 * @address: any number
 *
 * An address in the arena of paged pool is paged pool whether or not a block
 * lives there.  What the pool has made of other system memory it is asked above.
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
	return paging_contains(address) ? NTPOOL_CLASS_PAGED_POOL :
					  NTPOOL_CLASS_SYSTEM;
}
EXPORT_FOR_TESTS(vas_classify);
