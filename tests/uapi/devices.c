// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of requests to drivers share. */
#include "devices.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct device_rig dev;

uint64_t open_test_device(int fd)
{
	struct ntpool_device_open open = {
		.name = TEST_DEVICE,
		.access = NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE,
	};

	assert_int_equal(call(fd, NTPOOL_IOC_DEVICE_OPEN, &open), 0);
	assert_int_equal(open.status, SUCCESS);
	assert_int_not_equal(open.device, 0);
	return open.device;
}

int device_setup(void **state)
{
	(void)state;
	dev.fd = open_device(O_NONBLOCK);
	dev.device = open_test_device(dev.fd);
	dev.out = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(dev.out, POISON, ROOM);
	return 0;
}

int device_teardown(void **state)
{
	(void)state;
	close(dev.fd);
	munmap(dev.out, ROOM);
	return 0;
}

uint32_t control(uint32_t code, void *in, uint32_t in_length, void *out,
		 uint32_t out_length, uint64_t *information)
{
	struct ntpool_device_io io = {
		.device = dev.device,
		.major = NTPOOL_IO_CONTROL,
		.code = code,
		.input = (uintptr_t)in,
		.input_length = in_length,
		.output = (uintptr_t)out,
		.output_length = out_length,
		.eventfd = -1,
		.flags = NTPOOL_IO_WAIT,
	};

	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_IO, &io), 0);
	assert_int_equal(io.request, 0);
	if (information)
		*information = io.information;
	return io.status;
}

void order(const struct test_order *what)
{
	struct test_order copy = *what;

	assert_int_equal(control(TEST_ORDER, &copy, sizeof(copy), NULL, 0, NULL),
			 SUCCESS);
}

struct test_seen seen(void)
{
	struct test_seen answer;

	assert_int_equal(control(TEST_SEEN, NULL, 0, &answer, sizeof(answer),
				 NULL),
			 SUCCESS);
	return answer;
}

/* What a request has needed goes a little after it: a work item takes it down. */
void assert_nothing_kept(void)
{
	int tries = 10000;

	while (seen().kept && --tries)
		usleep(1000);
	assert_int_equal(seen().kept, 0);
}

uint32_t release_kept(void)
{
	return control(TEST_RELEASE, NULL, 0, NULL, 0, NULL);
}

struct ntpool_device_io device_io(uint32_t method, uint64_t length)
{
	return (struct ntpool_device_io){
		.device = dev.device,
		.major = NTPOOL_IO_CONTROL,
		.code = TEST_DO(method),
		.output = (uintptr_t)dev.out,
		.output_length = length,
		.eventfd = -1,
	};
}

void send_io(struct ntpool_device_io *io)
{
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_IO, io), 0);
}

struct ntpool_device_wait wait_io(uint64_t request)
{
	struct ntpool_device_wait wait = { .request = request,
					   .timeout_ns = 20 * SECOND };

	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, &wait), 0);
	return wait;
}

bool all(const unsigned char *bytes, size_t length, unsigned char value)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

void at_once(uint64_t information, uint64_t length)
{
	order(&(struct test_order){ .information = information,
				    .fill = FILL,
				    .length = length });
}

void kept(uint32_t flags, uint32_t answer)
{
	order(&(struct test_order){ .information = 100,
				    .answer = answer,
				    .when = TEST_KEEP,
				    .flags = flags,
				    .fill = FILL,
				    .length = 100 });
}

void verify_io(uint32_t flags)
{
	struct ntpool_verifier verifier = {
		.set = 1,
		.flags = flags,
		.probability = NTPOOL_VERIFIER_PROBABILITY,
		.grace = NTPOOL_VERIFIER_GRACE,
	};

	assert_int_equal(call(dev.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
}

/* So many of 10000 calls that it looks at. */
static void set_share(const char *share)
{
	int fd = open("/sys/module/ntpool/parameters/verifier_pending", O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, share, strlen(share)), strlen(share));
	close(fd);
}

void force_pending(bool on)
{
	set_share(on ? "10000" : "5000");
	verify_io(on ? NTPOOL_VERIFIER_FORCE_PENDING : 0);
}

uint64_t newest_bugcheck(uint32_t code, uint64_t first)
{
	struct ntpool_event event;

	for (;;) {
		event = next_event(dev.fd);
		if (!event.type)
			return 0;
		if (event.type == NTPOOL_EVENT_BUGCHECK && event.code == code &&
		    (!first || event.param[0] == first))
			return event.seq;
	}
}
