// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: what it delivers, and the system buffer in nonpaged pool that
 * all variants but DIRECT have it deliver into.
 */
#include <linux/string.h>

#include "io/request.h"

#define IO_TAG NTPOOL_TAG('I', 'o', 'S', 'B')

/* Writes only: @to may be memory that a user changes under our hands. */
void io_device_data(void *to, size_t length, u64 data)
{
	__le64 bytes = cpu_to_le64(data);
	size_t done = 0;

	for (; length - done >= sizeof(bytes); done += sizeof(bytes))
		memcpy(to + done, &bytes, sizeof(bytes));
	memcpy(to + done, &bytes, length - done);
}

/* Uninitialised: io_device_data() fills it before anyone can see it. */
u32 io_system_prepare(struct io_request *req)
{
	req->system = ntpool_alloc(NTPOOL_FLAG_NON_PAGED |
					   NTPOOL_FLAG_UNINITIALIZED,
				   req->length, IO_TAG);
	return req->system ? NTPOOL_STATUS_SUCCESS :
			     NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
}

void io_system_interrupt(struct io_request *req, const struct io_hit *hit)
{
	io_device_data(req->system, req->length, req->data);
}

void io_system_release(struct io_request *req)
{
	if (req->system)
		WARN_ON_ONCE(ntpool_free(req->system, IO_TAG));
}
