// SPDX-License-Identifier: LGPL-2.1-or-later
/* Deferred I/O: volunteers, requests, and the events that the device reports. */
#include <errno.h>
#include <unistd.h>

#include "internal.h"

int ntpool_volunteer(struct ntpool *session, void *start, uint64_t length)
{
	struct ntpool_volunteer range = {
		.start = ntpool_pointer(start),
		.length = length,
	};

	return ntpool_ioctl(session, NTPOOL_IOC_VOLUNTEER, &range);
}

int ntpool_withdraw(struct ntpool *session)
{
	return ntpool_volunteer(session, NULL, 0);
}

int ntpool_start(struct ntpool *session, struct ntpool_request *request)
{
	return ntpool_ioctl(session, NTPOOL_IOC_REQUEST, request);
}

int ntpool_result(struct ntpool *session, uint64_t request,
		  uint64_t timeout_ns, uint32_t flags,
		  struct ntpool_result *answer)
{
	*answer = (struct ntpool_result){
		.request = request,
		.timeout_ns = timeout_ns,
		.flags = flags,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_RESULT, answer);
}

int ntpool_rewind_events(struct ntpool *session)
{
	return lseek(session->fd, 0, SEEK_SET) ? -errno : 0;
}

/* The device hands out whole events only, so any other length is its error. */
int ntpool_read_event(struct ntpool *session, struct ntpool_event *answer)
{
	ssize_t length = read(session->fd, answer, sizeof(*answer));

	if (length < 0)
		return -errno;
	return length == sizeof(*answer) ? 0 : -EIO;
}
