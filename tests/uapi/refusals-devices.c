// SPDX-License-Identifier: GPL-2.0-only
/* One test for each field of the commands on devices that can be wrong. */
#include "uapi.h"

#define OPEN(sentence, error, ...) \
	REFUSAL("device open refuses " sentence, NTPOOL_IOC_DEVICE_OPEN, error, __VA_ARGS__)
#define CLOSE(sentence, error, ...) \
	REFUSAL("device close refuses " sentence, NTPOOL_IOC_DEVICE_CLOSE, error, __VA_ARGS__)
#define IO(sentence, error, ...) \
	REFUSAL("device io refuses " sentence, NTPOOL_IOC_DEVICE_IO, error, __VA_ARGS__)
#define READ(sentence, error, ...) \
	IO(sentence, error, SET(ntpool_device_io, major, NTPOOL_IO_READ), __VA_ARGS__)
#define WRITE(sentence, error, ...) \
	IO(sentence, error, SET(ntpool_device_io, major, NTPOOL_IO_WRITE), __VA_ARGS__)
#define WAIT(sentence, error, ...) \
	REFUSAL("device wait refuses " sentence, NTPOOL_IOC_DEVICE_WAIT, error, __VA_ARGS__)
#define CANCEL(sentence, error, ...) \
	REFUSAL("device cancel refuses " sentence, NTPOOL_IOC_DEVICE_CANCEL, error, __VA_ARGS__)
#define NO_CODE SET(ntpool_device_io, code, 0)

static const struct refusal refusals[] = {
	OPEN("an empty name", EINVAL, { offsetof(struct ntpool_device_open, name), 1, 0, NULL }),
	OPEN("a name that does not end", EINVAL, SET(ntpool_device_open, name, 'x')),
	OPEN("an access that nobody knows", EINVAL, SET(ntpool_device_open, access, 4)),
	OPEN("flags", EINVAL, SET(ntpool_device_open, flags, 1)),
	OPEN("padding that is not zero", EINVAL, SET(ntpool_device_open, pad, 1)),

	CLOSE("handle 0", ENOENT, SET(ntpool_device_close, device, 0)),
	CLOSE("a handle that was never given", ENOENT, SET(ntpool_device_close, device, 777)),
	CLOSE("a handle with high bits added", ENOENT, SET(ntpool_device_close, device, 1ull << 32 | 1)),
	CLOSE("a handle of another session", ENOENT, LIVE(ntpool_device_close, device, foreign_device)),

	IO("handle 0", ENOENT, SET(ntpool_device_io, device, 0)),
	IO("a handle that was never given", ENOENT, SET(ntpool_device_io, device, 777)),
	IO("a handle with high bits added", ENOENT, SET(ntpool_device_io, device, 1ull << 32 | 1)),
	IO("a handle of another session", ENOENT, LIVE(ntpool_device_io, device, foreign_device)),
	IO("a function that is not the users'", EINVAL, SET(ntpool_device_io, major, 0x0f)),
	IO("function 0", EINVAL, SET(ntpool_device_io, major, 0)),
	IO("flags that nobody knows", EINVAL, SET(ntpool_device_io, flags, 2)),
	IO("padding that is not zero", EINVAL, SET(ntpool_device_io, pad, 1)),
	IO("an offset with a control code", EINVAL, SET(ntpool_device_io, offset, 1)),
	IO("an eventfd that is not open", EBADF, SET(ntpool_device_io, eventfd, 1000)),
	IO("a number below -1 for an eventfd", EBADF, SET(ntpool_device_io, eventfd, 0xfffffffe)),
	IO("a file that is no eventfd", EINVAL, SET(ntpool_device_io, eventfd, 1)),
	READ("a control code for reading", EINVAL, SET(ntpool_device_io, code, 1)),
	READ("input for reading", EINVAL, NO_CODE, SET(ntpool_device_io, input, 1)),
	READ("a length of input for reading", EINVAL, NO_CODE, SET(ntpool_device_io, input_length, 1)),
	WRITE("a control code for writing", EINVAL, SET(ntpool_device_io, code, 1)),
	WRITE("output for writing", EINVAL, NO_CODE, SET(ntpool_device_io, output, 1)),
	WRITE("a length of output for writing", EINVAL, NO_CODE, SET(ntpool_device_io, output_length, 1)),

	WAIT("a flag that nobody knows", EINVAL, SET(ntpool_device_wait, flags, 2)),
	WAIT("a time to wait where there is none", EINVAL, SET(ntpool_device_wait, flags, NTPOOL_RESULT_NOWAIT),
	     SET(ntpool_device_wait, timeout_ns, 1)),
	WAIT("handle 0", ENOENT, SET(ntpool_device_wait, request, 0)),
	WAIT("a handle that was never given", ENOENT, SET(ntpool_device_wait, request, 0x1abcd)),
	WAIT("a handle of another kind", ENOENT, LIVE(ntpool_device_wait, request, request)),
	WAIT("a handle of another session", ENOENT, LIVE(ntpool_device_wait, request, foreign_done)),
	WAIT("a handle with high bits added", ENOENT, SET(ntpool_device_wait, request, 1ull << 32 | 0x10000)),

	CANCEL("padding that is not zero", EINVAL, SET(ntpool_device_cancel, pad, 1)),
	CANCEL("both a device and a request", EINVAL, LIVE(ntpool_device_cancel, device, device)),
	CANCEL("neither a device nor a request", EINVAL, SET(ntpool_device_cancel, request, 0)),
	CANCEL("a request that was never given", ENOENT, SET(ntpool_device_cancel, request, 0x1abcd)),
	CANCEL("a request of another session", ENOENT, LIVE(ntpool_device_cancel, request, foreign_done)),
	CANCEL("a device of another session", ENOENT, SET(ntpool_device_cancel, request, 0),
	       LIVE(ntpool_device_cancel, device, foreign_device)),
	CANCEL("a device that was never given", ENOENT, SET(ntpool_device_cancel, request, 0),
	       SET(ntpool_device_cancel, device, 777)),
};

int main(void)
{
	return run_refusals("refusals-devices", refusals, sizeof(refusals) / sizeof(refusals[0]));
}
