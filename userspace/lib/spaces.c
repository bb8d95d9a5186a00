// SPDX-License-Identifier: LGPL-2.1-or-later
/* Address spaces: the session's layout, page-table walks, and the map of paged pool. */
#include <errno.h>

#include "internal.h"

int ntpool_split(struct ntpool *session, struct ntpool_split *answer)
{
	*answer = (struct ntpool_split){ 0 };
	return ntpool_ioctl(session, NTPOOL_IOC_SPLIT, answer);
}

int ntpool_set_split(struct ntpool *session, enum ntpool_layout layout,
		     uint32_t user_mb, struct ntpool_split *answer)
{
	*answer = (struct ntpool_split){
		.layout = layout,
		.user_mb = user_mb,
		.set = 1,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_SPLIT, answer);
}

static int walk(struct ntpool *session, uint64_t handle, uint64_t address,
		struct ntpool_walk *answer)
{
	*answer = (struct ntpool_walk){
		.handle = handle,
		.address = address,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_WALK, answer);
}

int ntpool_walk_address(struct ntpool *session, uint64_t address,
			struct ntpool_walk *answer)
{
	return walk(session, 0, address, answer);
}

/* To the module 0 means the caller; no process has that number. */
int ntpool_walk_process(struct ntpool *session, uint32_t pid, uint64_t address,
			struct ntpool_walk *answer)
{
	*answer = (struct ntpool_walk){
		.address = address,
		.pid = pid,
	};
	return pid ? ntpool_ioctl(session, NTPOOL_IOC_WALK, answer) : -ESRCH;
}

/* To the module 0 means an address; to who has no block it is no block. */
int ntpool_walk_block(struct ntpool *session, uint64_t handle, uint64_t offset,
		      struct ntpool_walk *answer)
{
	return handle ? walk(session, handle, offset, answer) : -ENOENT;
}

int ntpool_regions(struct ntpool *session, uint64_t *from, uint32_t grain,
		   struct ntpool_region *array, uint32_t *count)
{
	struct ntpool_regions get = {
		.from = *from,
		.array = ntpool_pointer(array),
		.count = *count,
		.grain = grain,
	};
	int err = ntpool_ioctl(session, NTPOOL_IOC_REGIONS, &get);

	if (!err) {
		*from = get.next;
		*count = get.count;
	}
	return err;
}
