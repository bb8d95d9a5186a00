// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where a block's pages are, trimming them and touching them. */
#include "internal.h"

int ntpool_query(struct ntpool *session, uint64_t handle,
		 struct ntpool_query *answer)
{
	*answer = (struct ntpool_query){ .handle = handle };
	return ntpool_ioctl(session, NTPOOL_IOC_QUERY, answer);
}

int ntpool_pages(struct ntpool *session, uint64_t handle, uint64_t first,
		 struct ntpool_page *array, uint32_t *count)
{
	struct ntpool_pages get = {
		.handle = handle,
		.first = first,
		.count = *count,
		.array = ntpool_pointer(array),
	};
	int err = ntpool_ioctl(session, NTPOOL_IOC_PAGES, &get);

	if (!err)
		*count = get.count;
	return err;
}

int ntpool_trim(struct ntpool *session, uint64_t handle, uint64_t offset,
		uint64_t length, uint32_t flags, struct ntpool_trim *answer)
{
	*answer = (struct ntpool_trim){
		.handle = handle,
		.offset = offset,
		.length = length,
		.flags = flags,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_TRIM, answer);
}

int ntpool_touch(struct ntpool *session, uint64_t handle, uint64_t offset,
		 uint32_t irql, uint32_t access, uint8_t value,
		 struct ntpool_touch *answer)
{
	*answer = (struct ntpool_touch){
		.handle = handle,
		.offset = offset,
		.irql = irql,
		.access = access,
		.value = value,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_TOUCH, answer);
}
