// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to a driver beside what Linux has of the kind.
 *
 *	bench-io echo|answer|timer|fill|read ROUNDS [OUTSTANDING]
 *
 * prints nanoseconds and rounds.
 *
 * echo: a buffered request that a DPC completes, with OUTSTANDING others under way;
 * answer: one that the driver completes at once;
 * timer: a timer is set and waited for by timerfd, and the news passed through an
 * eventfd; fill: 1 MB from the driver's memory by a direct request; read: the same from a
 * memfd.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <linux/ntpool.h>

#include "device.h"

#define ECHO_BYTES 64
#define MEGABYTE   0x100000

static int session;
static uint64_t device;
static char *buffer;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void open_device(void)
{
	struct ntpool_device_open question = { .name = BENCH_DEVICE };

	session = open("/dev/ntpool", O_RDWR | O_CLOEXEC);
	if (session < 0 || ioctl(session, NTPOOL_IOC_DEVICE_OPEN, &question))
		err(1, "the device");
	if (question.status)
		errx(1, "the device: status %#x", question.status);
	device = question.device;
}

static void request(uint32_t code, uint32_t input, uint32_t output, uint32_t flags,
		    uint32_t wanted)
{
	struct ntpool_device_io io = {
		.device = device,
		.major = NTPOOL_IO_CONTROL,
		.code = code,
		.input = (uintptr_t)buffer,
		.output = (uintptr_t)buffer,
		.input_length = input,
		.output_length = output,
		.eventfd = -1,
		.flags = flags,
	};

	if (ioctl(session, NTPOOL_IOC_DEVICE_IO, &io))
		err(1, "a request");
	if (io.status != wanted)
		errx(1, "a request: status %#x", io.status);
}

static void prepare_echo(unsigned long outstanding)
{
	open_device();
	while (outstanding--)
		request(BENCH_HOLD, ECHO_BYTES, ECHO_BYTES, 0, NTPOOL_STATUS_PENDING);
}

static void echo(void)
{
	request(BENCH_ECHO, ECHO_BYTES, ECHO_BYTES, NTPOOL_IO_WAIT, NTPOOL_STATUS_SUCCESS);
}

static void answer(void)
{
	request(BENCH_ANSWER, ECHO_BYTES, ECHO_BYTES, NTPOOL_IO_WAIT, NTPOOL_STATUS_SUCCESS);
}

static void prepare_fill(unsigned long unused)
{
	(void)unused;
	open_device();
}

static void fill(void)
{
	request(BENCH_FILL, 0, MEGABYTE, NTPOOL_IO_WAIT, NTPOOL_STATUS_SUCCESS);
}

static int timer, event, memfd;

static void prepare_timer(unsigned long unused)
{
	(void)unused;
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	event = eventfd(0, EFD_CLOEXEC);
	if (timer < 0 || event < 0)
		err(1, "a timer and an event");
}

static void wait_for_timer(void)
{
	struct itimerspec soon = { .it_value = { 0, 1 } };
	uint64_t count;

	if (timerfd_settime(timer, 0, &soon, NULL) ||
	    read(timer, &count, sizeof(count)) != sizeof(count) ||
	    write(event, &count, sizeof(count)) != sizeof(count) ||
	    read(event, &count, sizeof(count)) != sizeof(count))
		err(1, "a timer and an event");
}

static void prepare_read(unsigned long unused)
{
	(void)unused;
	memfd = memfd_create("bench", MFD_CLOEXEC);
	if (memfd < 0 || write(memfd, buffer, MEGABYTE) != MEGABYTE)
		err(1, "a memfd");
}

static void read_memfd(void)
{
	if (pread(memfd, buffer, MEGABYTE, 0) != MEGABYTE)
		err(1, "a memfd");
}

static const struct kind {
	const char *name;
	void (*prepare)(unsigned long outstanding);
	void (*round)(void);
} kinds[] = {
	{ "echo", prepare_echo, echo },
	{ "answer", prepare_echo, answer },
	{ "timer", prepare_timer, wait_for_timer },
	{ "fill", prepare_fill, fill },
	{ "read", prepare_read, read_memfd },
};

static const struct kind *find_kind(const char *name)
{
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	errx(2, "%s is none of echo, answer, timer, fill, read", name);
}

int main(int argc, char **argv)
{
	const struct kind *kind;
	unsigned long rounds, i;
	uint64_t start;

	if (argc < 3)
		errx(2, "bench-io echo|answer|timer|fill|read ROUNDS [OUTSTANDING]");
	kind = find_kind(argv[1]);
	rounds = strtoul(argv[2], NULL, 0);
	buffer = mmap(NULL, MEGABYTE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (buffer == MAP_FAILED)
		err(1, "memory");
	kind->prepare(argc > 3 ? strtoul(argv[3], NULL, 0) : 0);
	for (i = 0; i < rounds / 10 + 1; i++)
		kind->round();
	start = now();
	for (i = 0; i < rounds; i++)
		kind->round();
	printf("%llu %lu\n", (unsigned long long)(now() - start), rounds);
	return 0;
}
