// SPDX-License-Identifier: GPL-2.0-only
/* Requests to a driver: their buffers, and what of them is delivered. */
#include "devices.h"

#include <sys/mman.h>

/* --- buffers -------------------------------------------------------------- */

static void buffered_without_lengths_has_no_system_buffer(void **state)
{
	struct ntpool_device_io io = device_io(0, 0);

	(void)state;
	at_once(0, 0);
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_equal(seen().system_buffer, 0);
}

static void direct_without_output_has_no_mdl(void **state)
{
	for (uint32_t method = 1; method <= 2; method++) {
		struct ntpool_device_io io = device_io(method, 0);

		(void)state;
		at_once(0, 0);
		send_io(&io);
		assert_int_equal(io.status, SUCCESS);
		assert_int_equal(seen().mdl, 0);
	}
}

static void direct_has_its_input_in_a_system_buffer(void **state)
{
	for (uint32_t method = 1; method <= 2; method++) {
		unsigned char input[16] = { 0x42 };
		struct ntpool_device_io io = device_io(method, 100);
		struct test_seen was;

		(void)state;
		io.input = (uintptr_t)input;
		io.input_length = sizeof(input);
		at_once(0, 0);
		send_io(&io);
		was = seen();
		assert_int_equal(was.mdl, 1);
		assert_int_equal(was.system_buffer, 1);
		assert_int_equal(was.first, 0x42);
	}
}

static void neither_has_the_raw_addresses(void **state)
{
	struct ntpool_device_io io = device_io(3, 77);
	struct test_seen was;

	(void)state;
	io.input = 0x123456789a;
	io.input_length = 55;
	io.output = 0x987654321;
	at_once(0, 0);
	send_io(&io);
	was = seen();
	assert_int_equal(was.type3, 0x123456789a);
	assert_int_equal(was.user_buffer, 0x987654321);
	assert_int_equal(was.input_length, 55);
	assert_int_equal(was.output_length, 77);
	assert_int_equal(was.mdl | was.system_buffer, 0);
}

/* By a driver that writes it in the requester's thread, or locks it there. */
static struct ntpool_device_io neither(uint32_t when, unsigned char *at)
{
	struct ntpool_device_io io = device_io(3, ROOM - 100);

	order(&(struct test_order){ .answer = when ? PENDING : SUCCESS,
				    .information = 200,
				    .when = when,
				    .flags = TEST_NEITHER |
					     (when ? TEST_MARK : 0),
				    .delay_us = DELAY_US,
				    .fill = FILL,
				    .length = PAGE + 200 });
	io.output = (uintptr_t)at;
	io.flags = NTPOOL_IO_WAIT;
	send_io(&io);
	return io;
}

static void neither_is_written_by_a_driver_that_takes_care(void **state)
{
	(void)state;
	for (uint32_t when = TEST_AT_ONCE; when <= TEST_INTERRUPT; when++) {
		memset(dev.out, POISON, ROOM);
		assert_int_equal(neither(when, dev.out + 100).status, SUCCESS);
		assert_true(all(dev.out, 100, POISON));
		assert_true(all(dev.out + 100, PAGE + 200, FILL));
		assert_true(all(dev.out + PAGE + 300, ROOM - PAGE - 300, POISON));
	}
}

static void neither_with_a_bad_address_is_found_by_a_driver_that_takes_care(void **state)
{
	(void)state;
	mprotect(dev.out, ROOM, PROT_READ);
	for (uint32_t when = TEST_AT_ONCE; when <= TEST_WORKER; when++) {
		assert_int_equal(neither(when, dev.out + 100).status,
				 NTPOOL_STATUS_ACCESS_VIOLATION);
		assert_int_equal(neither(when, (void *)0x1000).status,
				 NTPOOL_STATUS_ACCESS_VIOLATION);
		assert_int_equal(neither(when, (void *)0xffff888000000000).status,
				 NTPOOL_STATUS_ACCESS_VIOLATION);
	}
	mprotect(dev.out, ROOM, PROT_READ | PROT_WRITE);
	assert_true(all(dev.out, ROOM, POISON));
	assert_nothing_kept();
}

static void bad_input_is_refused_before_the_driver_sees_it(void **state)
{
	uint32_t before = seen().completed;

	(void)state;
	for (uint32_t method = 0; method <= 2; method++) {
		struct ntpool_device_io io = device_io(method, 100);

		at_once(0, 0);
		io.input = 0x1000;
		io.input_length = 8;
		send_io(&io);
		assert_int_equal(io.status, NTPOOL_STATUS_ACCESS_VIOLATION);
		assert_int_equal(io.request, 0);
	}
	assert_int_equal(seen().completed, before);
}

static void a_buffer_that_is_not_there_has_no_length(void **state)
{
	struct test_seen what;

	(void)state;
	for (uint32_t method = 0; method <= 2; method++) {
		struct ntpool_device_io io = device_io(method, 100);

		at_once(0, 0);
		io.input = 0;
		io.input_length = 8;
		if (method == 0)
			io.output = 0;
		send_io(&io);
		assert_int_equal(io.status, SUCCESS);
		what = seen();
		assert_int_equal(what.system_buffer, 0);
		assert_int_equal(what.input_length, 0);
		assert_int_equal(what.output_length, method ? 100 : 0);
	}
}

static void output_that_is_not_there_cannot_be_locked(void **state)
{
	struct ntpool_device_io io = device_io(2, 100);

	(void)state;
	at_once(0, 0);
	io.output = 0;
	send_io(&io);
	assert_int_equal(io.status, NTPOOL_STATUS_ACCESS_VIOLATION);
}

static void output_that_cannot_be_written_is_refused_at_the_start(void **state)
{
	static const uint32_t writing[] = { 0, 2 };
	uint32_t before = seen().completed;

	(void)state;
	mprotect(dev.out, ROOM, PROT_READ);
	for (unsigned int i = 0; i < 2; i++) {
		struct ntpool_device_io io = device_io(writing[i], 100);

		send_io(&io);
		assert_int_equal(io.status, NTPOOL_STATUS_ACCESS_VIOLATION);
	}
	mprotect(dev.out, ROOM, PROT_READ | PROT_WRITE);
	assert_int_equal(seen().completed, before);
}

static void in_direct_takes_output_that_can_only_be_read(void **state)
{
	struct ntpool_device_io io = device_io(1, 100);

	(void)state;
	at_once(0, 0);
	mprotect(dev.out, ROOM, PROT_READ);
	send_io(&io);
	mprotect(dev.out, ROOM, PROT_READ | PROT_WRITE);
	assert_int_equal(io.status, SUCCESS);
	assert_int_equal(seen().mdl, 1);
}

static void information_beyond_what_was_written_leaks_this_sessions_bytes(void **state)
{
	struct ntpool_device_io io = device_io(0, 256);

	(void)state;
	at_once(256, 256);
	send_io(&io);
	memset(dev.out, POISON, ROOM);
	order(&(struct test_order){ .information = 256, .fill = 1, .length = 16 });
	send_io(&io);
	assert_true(all(dev.out, 16, 1));
	assert_true(all(dev.out + 16, 240, FILL));
}

static void information_beyond_what_was_written_leaks_nobody_elses(void **state)
{
	struct ntpool_device_io io = device_io(0, 3000);

	(void)state;
	order(&(struct test_order){ .information = 3000, .fill = 1, .length = 16 });
	send_io(&io);
	assert_true(all(dev.out, 16, 1));
	assert_true(all(dev.out + 16, 3000 - 16, 0));
}

static void information_beyond_the_room_overruns_it_and_reads_no_further(void **state)
{
	unsigned char input[512];
	struct ntpool_device_io io = device_io(0, 100);

	(void)state;
	memset(input, 0x33, sizeof(input));
	io.input = (uintptr_t)input;
	io.input_length = sizeof(input);
	at_once(100000, 100);
	send_io(&io);
	assert_int_equal(io.information, 100000);
	assert_true(all(dev.out, 100, FILL));
	/* The user's memory behind it is gone; the system buffer has 512 bytes. */
	assert_true(all(dev.out + 100, 412, 0x33));
	assert_true(all(dev.out + 512, ROOM - 512, POISON));
	assert_int_not_equal(newest_bugcheck(0xc9, 0x312), 0);
}

/* --- reading and writing -------------------------------------------------- */

static void a_buffered_device_reads_through_a_system_buffer(void **state)
{
	struct ntpool_device_io io = {
		.device = dev.device,
		.major = NTPOOL_IO_READ,
		.output = (uintptr_t)dev.out,
		.output_length = 300,
		.offset = 12345,
		.eventfd = -1,
	};

	(void)state;
	at_once(100, 200);
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_equal(seen().system_buffer, 1);
	assert_true(all(dev.out, 100, FILL));
	assert_true(all(dev.out + 100, 200, POISON));
}

static void a_buffered_device_writes_through_a_system_buffer(void **state)
{
	struct ntpool_device_io io = {
		.device = dev.device,
		.major = NTPOOL_IO_WRITE,
		.input = (uintptr_t)dev.out,
		.input_length = 300,
		.eventfd = -1,
	};

	(void)state;
	at_once(300, 0);
	send_io(&io);
	assert_int_equal(io.information, 300);
	assert_int_equal(seen().first, POISON);
	assert_int_equal(seen().input_length, 300);
}

static void direct_device(struct ntpool_device_open *low)
{
	*low = (struct ntpool_device_open){
		.name = "\\Device\\NtpoolTestLow",
		.access = NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE,
	};
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_OPEN, low), 0);
	assert_int_equal(low->status, SUCCESS);
	dev.device = low->device;
}

static void a_direct_device_reads_into_locked_pages(void **state)
{
	struct ntpool_device_open low;
	struct ntpool_device_io io = { .major = NTPOOL_IO_READ,
				       .output = (uintptr_t)dev.out,
				       .output_length = 300,
				       .eventfd = -1 };

	(void)state;
	direct_device(&low);
	io.device = low.device;
	at_once(100, 200);
	send_io(&io);
	assert_int_equal(seen().mdl, 1);
	assert_true(all(dev.out, 200, FILL));
	assert_true(all(dev.out + 200, 100, POISON));
}

static void a_direct_device_writes_from_locked_pages(void **state)
{
	struct ntpool_device_open low;
	struct ntpool_device_io io = { .major = NTPOOL_IO_WRITE,
				       .input = (uintptr_t)dev.out,
				       .input_length = 300,
				       .eventfd = -1 };

	(void)state;
	direct_device(&low);
	io.device = low.device;
	at_once(300, 0);
	send_io(&io);
	assert_int_equal(seen().mdl, 1);
	assert_int_equal(seen().first, POISON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(buffered_without_lengths_has_no_system_buffer),
		TEST(direct_without_output_has_no_mdl),
		TEST(direct_has_its_input_in_a_system_buffer),
		TEST(neither_has_the_raw_addresses),
		TEST(neither_is_written_by_a_driver_that_takes_care),
		TEST(neither_with_a_bad_address_is_found_by_a_driver_that_takes_care),
		TEST(bad_input_is_refused_before_the_driver_sees_it),
		TEST(a_buffer_that_is_not_there_has_no_length),
		TEST(output_that_is_not_there_cannot_be_locked),
		TEST(output_that_cannot_be_written_is_refused_at_the_start),
		TEST(in_direct_takes_output_that_can_only_be_read),
		TEST(information_beyond_what_was_written_leaks_this_sessions_bytes),
		TEST(information_beyond_what_was_written_leaks_nobody_elses),
		TEST(information_beyond_the_room_overruns_it_and_reads_no_further),
		TEST(a_buffered_device_reads_through_a_system_buffer),
		TEST(a_buffered_device_writes_through_a_system_buffer),
		TEST(a_direct_device_reads_into_locked_pages),
		TEST(a_direct_device_writes_from_locked_pages),
	};

	return cmocka_run_group_tests_name("devices, buffers", tests, NULL, NULL);
}
