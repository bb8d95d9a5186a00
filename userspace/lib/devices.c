// SPDX-License-Identifier: LGPL-2.1-or-later
/* Drivers' devices: opened by name, sent requests. */
#include <errno.h>
#include <string.h>

#include "internal.h"

int ntpool_device_open(struct ntpool *session, const char *name,
		       uint32_t access, uint32_t *status, uint64_t *device)
{
	struct ntpool_device_open question = { .access = access };
	int err;

	if (strlen(name) >= sizeof(question.name))
		return -ENAMETOOLONG;
	strcpy(question.name, name);
	err = ntpool_ioctl(session, NTPOOL_IOC_DEVICE_OPEN, &question);
	if (err)
		return err;
	*status = question.status;
	*device = question.device;
	return 0;
}

int ntpool_device_close(struct ntpool *session, uint64_t device)
{
	struct ntpool_device_close question = { .device = device };

	return ntpool_ioctl(session, NTPOOL_IOC_DEVICE_CLOSE, &question);
}

int ntpool_device_start(struct ntpool *session, struct ntpool_device_io *io)
{
	return ntpool_ioctl(session, NTPOOL_IOC_DEVICE_IO, io);
}

int ntpool_device_wait(struct ntpool *session, uint64_t request,
		       uint64_t timeout_ns, uint32_t flags, uint32_t *status,
		       uint64_t *information)
{
	struct ntpool_device_wait question = {
		.request = request,
		.timeout_ns = timeout_ns,
		.flags = flags,
	};
	int err = ntpool_ioctl(session, NTPOOL_IOC_DEVICE_WAIT, &question);

	if (err)
		return err;
	*status = question.status;
	*information = question.information;
	return 0;
}

int ntpool_device_cancel(struct ntpool *session, uint64_t device,
			 uint64_t request, uint32_t *cancelled)
{
	struct ntpool_device_cancel cancel = {
		.device = request ? 0 : device,
		.request = request,
	};
	int err = ntpool_ioctl(session, NTPOOL_IOC_DEVICE_CANCEL, &cancel);

	if (!err && cancelled)
		*cancelled = cancel.cancelled;
	return err;
}

/* A signal leaves the request under way: go on waiting for it. */
static int run(struct ntpool *session, struct ntpool_device_io *io,
	       uint32_t *status, uint64_t *information)
{
	int err;

	io->eventfd = -1;
	io->flags = NTPOOL_IO_WAIT;
	err = ntpool_ioctl(session, NTPOOL_IOC_DEVICE_IO, io);
	if (err)
		return err;
	*status = io->status;
	*information = io->information;
	if (!io->request)
		return 0;
	do
		err = ntpool_device_wait(session, io->request, 0, 0, status,
					 information);
	while (err == -EINTR);
	return err;
}

int ntpool_device_io_control(struct ntpool *session, uint64_t device,
			     uint32_t code, const void *input,
			     uint32_t input_length, void *output,
			     uint32_t output_length, uint32_t *status,
			     uint64_t *information)
{
	struct ntpool_device_io io = {
		.device = device,
		.major = NTPOOL_IO_CONTROL,
		.code = code,
		.input = ntpool_pointer(input),
		.output = ntpool_pointer(output),
		.input_length = input_length,
		.output_length = output_length,
	};

	return run(session, &io, status, information);
}

int ntpool_device_read(struct ntpool *session, uint64_t device, void *buffer,
		       uint32_t length, uint64_t offset, uint32_t *status,
		       uint64_t *information)
{
	struct ntpool_device_io io = {
		.device = device,
		.major = NTPOOL_IO_READ,
		.output = ntpool_pointer(buffer),
		.output_length = length,
		.offset = offset,
	};

	return run(session, &io, status, information);
}

int ntpool_device_write(struct ntpool *session, uint64_t device,
			const void *buffer, uint32_t length, uint64_t offset,
			uint32_t *status, uint64_t *information)
{
	struct ntpool_device_io io = {
		.device = device,
		.major = NTPOOL_IO_WRITE,
		.input = ntpool_pointer(buffer),
		.input_length = length,
		.offset = offset,
	};

	return run(session, &io, status, information);
}
