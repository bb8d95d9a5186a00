// SPDX-License-Identifier: LGPL-2.1-or-later
/* The pools as a whole, block by block. */
#include "internal.h"

int ntpool_blocks(struct ntpool *session, uint64_t *from,
		  struct ntpool_block *array, uint32_t *count)
{
	struct ntpool_blocks get = {
		.from = *from,
		.array = ntpool_pointer(array),
		.count = *count,
	};
	int err = ntpool_ioctl(session, NTPOOL_IOC_BLOCKS, &get);

	if (!err) {
		*from = get.next;
		*count = get.count;
	}
	return err;
}

int ntpool_slots(struct ntpool *session, uint64_t address,
		 struct ntpool_slot *array, uint32_t count,
		 struct ntpool_slots *answer)
{
	*answer = (struct ntpool_slots){
		.address = address,
		.array = ntpool_pointer(array),
		.count = count,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_SLOTS, answer);
}
