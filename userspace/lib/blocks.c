// SPDX-License-Identifier: LGPL-2.1-or-later
/* Blocks: to allocate, free, read and write them. */
#include "internal.h"

int ntpool_alloc(struct ntpool *session, uint64_t pool_flags, uint64_t size,
		 uint32_t tag, struct ntpool_alloc *answer)
{
	*answer = (struct ntpool_alloc){
		.pool_flags = pool_flags,
		.size = size,
		.tag = tag,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_ALLOC, answer);
}

int ntpool_free(struct ntpool *session, uint64_t handle, uint32_t tag,
		struct ntpool_free *answer)
{
	*answer = (struct ntpool_free){
		.handle = handle,
		.tag = tag,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_FREE, answer);
}

static int copy(struct ntpool *session, unsigned long command, uint64_t handle,
		uint64_t offset, const void *buffer, uint64_t length,
		struct ntpool_rw *answer)
{
	*answer = (struct ntpool_rw){
		.handle = handle,
		.offset = offset,
		.length = length,
		.buffer = ntpool_pointer(buffer),
	};
	return ntpool_ioctl(session, command, answer);
}

int ntpool_read(struct ntpool *session, uint64_t handle, uint64_t offset,
		void *buffer, uint64_t length, struct ntpool_rw *answer)
{
	return copy(session, NTPOOL_IOC_READ, handle, offset, buffer, length,
		    answer);
}

int ntpool_write(struct ntpool *session, uint64_t handle, uint64_t offset,
		 const void *buffer, uint64_t length, struct ntpool_rw *answer)
{
	return copy(session, NTPOOL_IOC_WRITE, handle, offset, buffer, length,
		    answer);
}
