// SPDX-License-Identifier: GPL-2.0-only
/* The device file and the test driver behind it, by raw ioctls; chance; faults. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "soak/soak.h"

void bad(const char *format, ...)
{
	char text[512];
	int length = snprintf(text, sizeof(text), "# fault in %d: ", getpid());
	va_list args;

	va_start(args, format);
	length += vsnprintf(text + length, sizeof(text) - length - 1, format,
			    args);
	va_end(args);
	if (length > (int)sizeof(text) - 2)
		length = sizeof(text) - 2;
	text[length++] = '\n';
	/* The first ones are enough; a whole line at once, as others write too. */
	if (atomic_fetch_add(&soak->bad, 1) < 20 &&
	    write(STDOUT_FILENO, text, length) < 0)
		abort();
}

/* Marsaglia's xorshift64*. */
uint32_t pick(uint64_t *state, uint32_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1dull >> 32) % below;
}

/* Far apart for neighbours, and never zero. */
uint64_t seed_of(uint64_t seed, uint64_t index)
{
	uint64_t value = seed + (index + 1) * 0x9e3779b97f4a7c15ull;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return (value ^ value >> 31) | 1;
}

void pause_ms(unsigned int milliseconds)
{
	struct timespec pause = { .tv_nsec = milliseconds * 1000000l };

	nanosleep(&pause, NULL);
}

int call(int fd, unsigned long command, void *arg)
{
	int result;

	do
		result = ioctl(fd, command, arg);
	while (result < 0 && errno == EINTR);
	return result < 0 ? errno : 0;
}

int open_session(void)
{
	int fd = open("/dev/ntpool", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		bad("the device file cannot be opened: %s", strerror(errno));
	return fd;
}

static uint64_t open_named(int fd, const char *name)
{
	struct ntpool_device_open open = {
		.access = NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE,
	};
	int err;

	strcpy(open.name, name);
	err = call(fd, NTPOOL_IOC_DEVICE_OPEN, &open);
	if (err || (open.status != STATUS_SUCCESS &&
		    open.status != STATUS_INSUFFICIENT_RESOURCES))
		bad("%s cannot be opened: %s, status %#x", name, strerror(err),
		    open.status);
	return open.device;
}

uint64_t open_test_device(int fd)
{
	return open_named(fd, TEST_DEVICE);
}

uint64_t open_lower_device(int fd)
{
	return open_named(fd, "\\Device\\NtpoolTestLow");
}

/* The status; a call that the kernel refuses is a fault. */
uint32_t control(int fd, uint64_t device, uint32_t code, void *in,
		 uint32_t in_length, void *out, uint32_t out_length)
{
	struct ntpool_device_io io = {
		.device = device,
		.major = NTPOOL_IO_CONTROL,
		.code = code,
		.input = (uintptr_t)in,
		.input_length = in_length,
		.output = (uintptr_t)out,
		.output_length = out_length,
		.eventfd = -1,
		.flags = NTPOOL_IO_WAIT,
	};
	int err = call(fd, NTPOOL_IOC_DEVICE_IO, &io);

	if (err)
		bad("control %#x: %s", code, strerror(err));
	return err ? STATUS_UNSUCCESSFUL : io.status;
}
