// SPDX-License-Identifier: GPL-2.0-only
/* Requests to a driver: what is delivered when, and who is told. */
#include "devices.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROOM	 (2 * PAGE)
#define FILL	 0x5a
#define DELAY_US 2000

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

static uint32_t control(uint32_t code, void *in, uint32_t in_length, void *out,
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
static void assert_nothing_kept(void)
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

static bool all(const unsigned char *bytes, size_t length, unsigned char value)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* --- the matrix: status x pending x method -------------------------------- */

static const struct {
	const char *name;
	uint32_t status;
} statuses[] = {
	{ "success", SUCCESS },
	{ "a warning", OVERFLOW_ },
	{ "an error", UNSUCCESSFUL },
};

static const struct {
	const char *name;
	uint32_t when;
	bool marked;
} ways[] = {
	{ "completed in the dispatch routine", TEST_AT_ONCE, false },
	{ "pending, but completed before it returns", TEST_AT_ONCE, true },
	{ "pending, completed in a DPC", TEST_DPC, true },
	{ "pending, completed by a work item", TEST_WORKER, true },
	{ "pending, completed in an interrupt", TEST_INTERRUPT, true },
};

static const char *const methods[] = { "buffered", "in direct", "out direct",
				       "neither" };

struct cell {
	unsigned int status, way, method;
	bool wait;
};

/* METHOD_BUFFERED copies unless it is an error; locked pages just show it. */
static bool delivered(const struct cell *cell)
{
	if (cell->method == 0)
		return cell->status != 2;
	return cell->method != 3;
}

static void check_told(const struct cell *cell, int event,
		       const struct ntpool_status_block *block)
{
	bool told = ways[cell->way].marked || cell->status != 2;
	uint64_t count = 0;

	assert_int_equal(block->status,
			 told ? statuses[cell->status].status : 0x77777777);
	assert_int_equal(block->information, told ? 100 : 0x77777777);
	assert_int_equal(read(event, &count, sizeof(count)),
			 told ? (ssize_t)sizeof(count) : -1);
	assert_int_equal(count, told ? 1 : 0);
}

static void check_data(const struct cell *cell)
{
	size_t length = delivered(cell) ? 100 : 0;

	/* What lies beyond Information is visible only in locked pages. */
	if (length && cell->method)
		length = 200;
	assert_true(all(dev.out, length, FILL));
	assert_true(all(dev.out + length, ROOM - length, POISON));
}

static void check_pending(const struct cell *cell, struct ntpool_device_io *io)
{
	struct ntpool_device_wait wait;
	struct ntpool_event event;

	assert_int_equal(io->status, PENDING);
	assert_int_not_equal(io->request, 0);
	wait = wait_io(io->request);
	assert_int_equal(wait.status, statuses[cell->status].status);
	assert_int_equal(wait.information, 100);
	event = next_event(dev.fd);
	/* Collected before it was read, it is told no more. */
	assert_int_not_equal(event.type, NTPOOL_EVENT_COMPLETION);
}

static void run_cell(void **state)
{
	const struct cell *cell = *state;
	struct ntpool_status_block block = { 0x77777777, 0, 0x77777777 };
	int event = eventfd(0, EFD_NONBLOCK);
	struct ntpool_device_io io = device_io(cell->method, ROOM);

	device_setup(NULL);
	io.device = dev.device;
	io.output = (uintptr_t)dev.out;
	order(&(struct test_order){
		.status = statuses[cell->status].status,
		.answer = ways[cell->way].marked ? PENDING :
						   statuses[cell->status].status,
		.information = 100,
		.when = ways[cell->way].when,
		.flags = ways[cell->way].marked ? TEST_MARK : 0,
		.delay_us = DELAY_US,
		.fill = FILL,
		.length = 200,
	});
	io.status_block = (uintptr_t)&block;
	io.eventfd = event;
	io.flags = cell->wait ? NTPOOL_IO_WAIT : 0;
	send_io(&io);
	if (ways[cell->way].marked && !cell->wait) {
		check_pending(cell, &io);
	} else {
		assert_int_equal(io.status, statuses[cell->status].status);
		assert_int_equal(io.information, 100);
		assert_int_equal(io.request, 0);
	}
	check_told(cell, event, &block);
	check_data(cell);
	close(event);
	device_teardown(NULL);
}

#define CELLS (3 * 5 * 4 * 2)

static int run_matrix(void)
{
	static struct cell cells[CELLS];
	static struct CMUnitTest tests[CELLS];

	for (unsigned int i = 0; i < CELLS; i++) {
		struct cell *cell = &cells[i];
		char *name;

		cell->wait = i % 2;
		cell->method = i / 2 % 4;
		cell->way = i / 8 % 5;
		cell->status = i / 40;
		if (asprintf(&name, "%s, %s, %s, %s: the rules hold",
			     methods[cell->method], statuses[cell->status].name,
			     ways[cell->way].name,
			     cell->wait ? "waited for" : "left under way") < 0)
			return 1;
		tests[i] = (struct CMUnitTest){ .name = name,
						.test_func = run_cell,
						.initial_state = cell };
	}
	return _cmocka_run_group_tests("devices, the matrix", tests, CELLS, NULL,
				       NULL);
}

/* --- buffers -------------------------------------------------------------- */

static void at_once(uint64_t information, uint64_t length)
{
	order(&(struct test_order){ .information = information,
				    .fill = FILL,
				    .length = length });
}

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

static uint64_t newest_bugcheck(uint32_t code, uint64_t first)
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

/* --- what does not agree -------------------------------------------------- */

static void kept(uint32_t flags, uint32_t answer)
{
	order(&(struct test_order){ .information = 100,
				    .answer = answer,
				    .when = TEST_KEEP,
				    .flags = flags,
				    .fill = FILL,
				    .length = 100 });
}

static bool collected(uint64_t request, uint64_t timeout)
{
	struct ntpool_device_wait wait = { .request = request,
					   .timeout_ns = timeout };
	int err = call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, &wait);

	assert_true(err == 0 || err == ETIMEDOUT);
	return !err;
}

static void pending_that_is_not_marked_is_waited_for_in_vain(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	uint64_t request;

	(void)state;
	kept(0, PENDING);
	send_io(&io);
	request = io.request;
	assert_int_equal(io.status, PENDING);
	assert_int_equal(release_kept(), SUCCESS);
	assert_false(collected(request, 300 * MILLISECOND));
	assert_true(all(dev.out, ROOM, POISON));
}

static void marked_that_is_not_returned_is_told_too_early(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	kept(TEST_MARK, SUCCESS);
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_equal(io.request, 0);
	assert_true(all(dev.out, ROOM, POISON));
	/* The data comes when nobody expects it any more. */
	assert_int_equal(release_kept(), SUCCESS);
	assert_true(all(dev.out, 100, FILL));
}

static void a_dispatch_routine_that_leaves_its_irql_raised_is_0xc9(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .flags = TEST_RAISED });
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_not_equal(newest_bugcheck(0xc9, 5), 0);
}

static void completed_twice_is_0x44(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .information = 100,
				    .answer = PENDING,
				    .when = TEST_DPC,
				    .flags = TEST_MARK | TEST_TWICE,
				    .delay_us = DELAY_US,
				    .fill = FILL,
				    .length = 100 });
	send_io(&io);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
	assert_int_not_equal(newest_bugcheck(0x44, 0), 0);
	assert_true(all(dev.out, 100, FILL));
}

static void completed_with_its_cancel_routine_set_is_0x48_and_refused(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .answer = SUCCESS, .flags = TEST_ROUTINE_ON });
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_not_equal(newest_bugcheck(0x48, 0), 0);
}

static void completed_with_status_pending_is_0xc9_and_refused(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .answer = SUCCESS, .flags = TEST_AS_PENDING });
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_not_equal(newest_bugcheck(0xc9, 6), 0);
}

/* --- through a stack of two ---------------------------------------------- */

static void a_request_passed_down_comes_back_up(void **state)
{
	for (uint32_t when = TEST_AT_ONCE; when <= TEST_INTERRUPT; when++) {
		struct ntpool_device_io io = device_io(0, 200);

		(void)state;
		memset(dev.out, POISON, ROOM);
		order(&(struct test_order){
			.information = 100,
			.answer = when ? PENDING : SUCCESS,
			.when = when,
			.flags = TEST_LOW_TOO | (when ? TEST_MARK : 0),
			.delay_us = DELAY_US,
			.fill = FILL,
			.length = 100,
		});
		io.flags = NTPOOL_IO_WAIT;
		send_io(&io);
		assert_int_equal(io.status, SUCCESS);
		assert_true(all(dev.out, 100, FILL));
	}
}

/* --- ends ----------------------------------------------------------------- */

static void a_request_is_cancelled_by_its_handle(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	struct ntpool_device_cancel cancel = { 0 };
	uint32_t before = seen().cancelled;

	(void)state;
	kept(TEST_MARK | TEST_CANCELABLE, PENDING);
	send_io(&io);
	cancel.request = io.request;
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel), 0);
	assert_int_equal(cancel.cancelled, 1);
	assert_int_equal(wait_io(io.request).status, CANCELLED);
	assert_int_equal(seen().cancelled, before + 1);
	assert_true(all(dev.out, ROOM, POISON));
}

static void all_requests_on_a_device_are_cancelled(void **state)
{
	struct ntpool_device_io io[5];
	struct ntpool_device_cancel cancel = { .device = dev.device };

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		io[i] = device_io(i % 3, 200);
		kept(TEST_MARK | TEST_CANCELABLE, PENDING);
		send_io(&io[i]);
	}
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel), 0);
	assert_int_equal(cancel.cancelled, 5);
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(wait_io(io[i].request).status, CANCELLED);
}

static void what_has_no_cancel_routine_goes_on(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	struct ntpool_device_cancel cancel = { 0 };

	(void)state;
	kept(TEST_MARK, PENDING);
	send_io(&io);
	cancel.request = io.request;
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel), 0);
	assert_int_equal(cancel.cancelled, 0);
	assert_int_equal(release_kept(), SUCCESS);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
}

static void closing_the_session_cancels_its_requests(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	uint32_t before = seen().cancelled;
	struct test_seen was;

	(void)state;
	kept(TEST_MARK | TEST_CANCELABLE, PENDING);
	send_io(&io);
	close(dev.fd);
	dev.fd = open_device(O_NONBLOCK);
	dev.device = open_test_device(dev.fd);
	was = seen();
	assert_int_equal(was.cancelled, before + 1);
	assert_nothing_kept();
}

static void closing_a_device_tells_the_driver_and_then_that_all_is_over(void **state)
{
	struct ntpool_device_close close_it = { dev.device };
	struct test_seen before, after;
	uint64_t first = dev.device;
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	kept(TEST_MARK, PENDING);
	send_io(&io);
	dev.device = open_test_device(dev.fd);
	before = seen();
	close_it.device = first;
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CLOSE, &close_it), 0);
	after = seen();
	assert_int_equal(after.cleanups, before.cleanups + 1);
	assert_int_equal(after.closes, before.closes);
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CLOSE, &close_it),
			 ENOENT);
	assert_int_equal(release_kept(), SUCCESS);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
	assert_int_equal(seen().closes, before.closes + 1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* A child starts a request of which it is not told when it ends. */
static pid_t child_with_request(uint32_t flags, uint32_t when, uint32_t delay_us)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	dev.fd = open_device(O_NONBLOCK);
	dev.device = open_test_device(dev.fd);
	order(&(struct test_order){ .answer = PENDING,
				    .when = when,
				    .flags = TEST_MARK | flags,
				    .delay_us = delay_us });
	struct ntpool_device_io io = device_io(0, 200);

	send_io(&io);
	_exit(io.status == PENDING ? 0 : 1);
}

static void a_process_ends_after_its_requests(void **state)
{
	uint32_t before = seen().completed;
	uint64_t start = now_ns();
	pid_t pid = child_with_request(0, TEST_DPC, 500000);
	int status;

	(void)state;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(now_ns() - start >= 450 * MILLISECOND);
	assert_int_equal(seen().completed, before + 1);
	assert_nothing_kept();
}

static void a_process_that_ends_has_its_requests_cancelled(void **state)
{
	uint32_t before = seen().cancelled;
	pid_t pid = child_with_request(TEST_CANCELABLE, TEST_KEEP, 0);
	int status;

	(void)state;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(seen().cancelled, before + 1);
	assert_nothing_kept();
}

static void *thread_with_request(void *arg)
{
	struct ntpool_device_io *io = arg;

	send_io(io);
	return NULL;
}

static void a_thread_that_ends_has_its_requests_cancelled(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	uint32_t before = seen().cancelled;
	pthread_t thread;

	(void)state;
	kept(TEST_MARK | TEST_CANCELABLE, PENDING);
	pthread_create(&thread, NULL, thread_with_request, &io);
	pthread_join(thread, NULL);
	/* The join returns before the kernel is done with the thread. */
	assert_int_equal(wait_io(io.request).status, CANCELLED);
	assert_int_equal(seen().cancelled, before + 1);
}

static void a_killed_process_that_waits_in_place_ends(void **state)
{
	uint32_t before = seen().cancelled;
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		struct ntpool_device_io io = device_io(0, 200);

		kept(TEST_MARK | TEST_CANCELABLE, PENDING);
		io.flags = NTPOOL_IO_WAIT;
		send_io(&io);
		_exit(1);
	}
	while (!seen().kept)
		usleep(1000);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(seen().cancelled, before + 1);
	assert_nothing_kept();
}

static void on_signal(int number)
{
	(void)number;
}

static void *interrupt_later(void *arg)
{
	pthread_t *whom = arg;

	while (!seen().kept)
		usleep(1000);
	usleep(100000);
	pthread_kill(*whom, SIGUSR1);
	return NULL;
}

static void a_signal_leaves_what_is_waited_for_under_way(void **state)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct ntpool_device_io io = device_io(0, 200);
	pthread_t self = pthread_self(), other;

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	kept(TEST_MARK, PENDING);
	io.flags = NTPOOL_IO_WAIT;
	pthread_create(&other, NULL, interrupt_later, &self);
	send_io(&io);
	pthread_join(other, NULL);
	assert_int_equal(io.status, PENDING);
	assert_int_not_equal(io.request, 0);
	assert_int_equal(release_kept(), SUCCESS);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
	assert_true(all(dev.out, 100, FILL));
}

/* --- being told ----------------------------------------------------------- */

static void a_completion_is_told_by_poll_and_read(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	struct pollfd poll_it = { .fd = dev.fd, .events = POLLIN };
	struct ntpool_event event;

	(void)state;
	order(&(struct test_order){ .status = OVERFLOW_,
				    .answer = PENDING,
				    .when = TEST_DPC,
				    .flags = TEST_MARK,
				    .delay_us = 20000 });
	send_io(&io);
	while (poll(&poll_it, 1, 20000) < 0)
		assert_int_equal(errno, EINTR);
	assert_int_equal(poll_it.revents, POLLIN);
	event = next_event(dev.fd);
	assert_int_equal(event.type, NTPOOL_EVENT_COMPLETION);
	assert_int_equal(event.seq, io.request);
	assert_int_equal(event.code, OVERFLOW_);
	assert_int_equal(event.pid, getpid());
	assert_int_equal(event.irql, NTPOOL_IRQL_DISPATCH);
	assert_int_equal(wait_io(io.request).status, OVERFLOW_);
}

static void *wait_for_it(void *arg)
{
	struct ntpool_device_wait *wait = arg;

	return (void *)(uintptr_t)call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, wait);
}

static void of_two_that_wait_one_gets_the_result(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	struct ntpool_device_wait waits[2];
	pthread_t threads[2];
	void *errs[2];

	(void)state;
	kept(TEST_MARK, PENDING);
	send_io(&io);
	for (int i = 0; i < 2; i++) {
		waits[i] = (struct ntpool_device_wait){ .request = io.request };
		pthread_create(&threads[i], NULL, wait_for_it, &waits[i]);
	}
	assert_int_equal(release_kept(), SUCCESS);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], &errs[i]);
	assert_true((!errs[0] && errs[1] == (void *)ENOENT) ||
		    (!errs[1] && errs[0] == (void *)ENOENT));
}

static void not_waiting_for_what_is_not_done_is_told(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);
	struct ntpool_device_wait wait = { .flags = NTPOOL_RESULT_NOWAIT };

	(void)state;
	kept(TEST_MARK, PENDING);
	send_io(&io);
	wait.request = io.request;
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, &wait), EAGAIN);
	assert_int_equal(release_kept(), SUCCESS);
	wait_io(io.request);
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, &wait), ENOENT);
}

/* --- opening -------------------------------------------------------------- */

static void a_name_that_is_not_there_is_not_found(void **state)
{
	struct ntpool_device_open open = { .name = "\\\\.\\NoSuchDevice" };

	(void)state;
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_OPEN, &open), 0);
	assert_int_equal(open.status, 0xc0000034u);
	assert_int_equal(open.device, 0);
}

static void control_codes_want_the_access_they_say(void **state)
{
	static const uint32_t codes[] = { TEST_READER, TEST_WRITER };

	(void)state;
	for (uint32_t access = 0; access < 4; access++) {
		struct ntpool_device_open open = { .name = TEST_DEVICE,
						   .access = access };

		assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_OPEN, &open), 0);
		assert_int_equal(open.status, SUCCESS);
		dev.device = open.device;
		for (uint32_t bit = 0; bit < 2; bit++)
			assert_int_equal(control(codes[bit], NULL, 0, NULL, 0,
						 NULL),
					 access & 1u << bit ?
						 SUCCESS :
						 DENIED);
	}
}

/* --- with I/O verification ------------------------------------------------ */

static void verify_io(uint32_t flags)
{
	struct ntpool_verifier verifier = { .set = 1, .flags = flags };

	assert_int_equal(call(dev.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
}

static int verifying_setup(void **state)
{
	device_setup(state);
	verify_io(NTPOOL_VERIFIER_IO);
	return 0;
}

static int verifying_teardown(void **state)
{
	verify_io(0);
	return device_teardown(state);
}

static void verified_pending_not_marked_is_0xc9_and_waited_for_all_the_same(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	kept(0, PENDING);
	send_io(&io);
	assert_int_not_equal(newest_bugcheck(0xc9, 0x23d), 0);
	assert_int_equal(release_kept(), SUCCESS);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
}

static void verified_marked_not_returned_is_0xc9(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	kept(TEST_MARK, SUCCESS);
	send_io(&io);
	assert_int_not_equal(newest_bugcheck(0xc9, 0x23e), 0);
	assert_int_equal(release_kept(), SUCCESS);
}

static void verified_neither_completed_nor_pending_is_0xc9(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	kept(0, SUCCESS);
	send_io(&io);
	assert_int_not_equal(newest_bugcheck(0xc9, 0x226), 0);
	assert_int_equal(release_kept(), SUCCESS);
}

static void verified_another_status_than_the_packets_is_0xc9(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .status = SUCCESS, .answer = OVERFLOW_ });
	send_io(&io);
	assert_int_not_equal(newest_bugcheck(0xc9, 0x224), 0);
}

static void verified_an_answer_of_minus_one_is_0xc9(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .status = SUCCESS, .answer = 0xffffffff });
	send_io(&io);
	assert_int_not_equal(newest_bugcheck(0xc9, 0x225), 0);
}

static void verified_completion_in_an_interrupt_is_0xc9(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .answer = PENDING,
				    .when = TEST_INTERRUPT,
				    .flags = TEST_MARK,
				    .delay_us = DELAY_US });
	io.flags = NTPOOL_IO_WAIT;
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_not_equal(newest_bugcheck(0xc9, 0xe), 0);
}

static void verified_completion_with_a_cancel_routine_is_0xc9_instead_of_0x48(void **state)
{
	struct ntpool_device_io io = device_io(0, 200);

	(void)state;
	order(&(struct test_order){ .answer = SUCCESS, .flags = TEST_ROUTINE_ON });
	send_io(&io);
	assert_int_not_equal(newest_bugcheck(0xc9, 7), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, device_setup, device_teardown)
#define VERIFIED(name) \
	cmocka_unit_test_setup_teardown(name, verifying_setup, verifying_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(buffered_without_lengths_has_no_system_buffer),
		TEST(direct_without_output_has_no_mdl),
		TEST(direct_has_its_input_in_a_system_buffer),
		TEST(neither_has_the_raw_addresses),
		TEST(bad_input_is_refused_before_the_driver_sees_it),
		TEST(output_that_cannot_be_written_is_refused_at_the_start),
		TEST(in_direct_takes_output_that_can_only_be_read),
		TEST(information_beyond_what_was_written_leaks_this_sessions_bytes),
		TEST(information_beyond_what_was_written_leaks_nobody_elses),
		TEST(information_beyond_the_room_overruns_it_and_reads_no_further),
		TEST(a_buffered_device_reads_through_a_system_buffer),
		TEST(a_buffered_device_writes_through_a_system_buffer),
		TEST(a_direct_device_reads_into_locked_pages),
		TEST(a_direct_device_writes_from_locked_pages),
		TEST(pending_that_is_not_marked_is_waited_for_in_vain),
		TEST(marked_that_is_not_returned_is_told_too_early),
		TEST(a_dispatch_routine_that_leaves_its_irql_raised_is_0xc9),
		TEST(completed_twice_is_0x44),
		TEST(completed_with_its_cancel_routine_set_is_0x48_and_refused),
		TEST(completed_with_status_pending_is_0xc9_and_refused),
		TEST(a_request_passed_down_comes_back_up),
		TEST(a_request_is_cancelled_by_its_handle),
		TEST(all_requests_on_a_device_are_cancelled),
		TEST(what_has_no_cancel_routine_goes_on),
		TEST(closing_the_session_cancels_its_requests),
		TEST(closing_a_device_tells_the_driver_and_then_that_all_is_over),
		TEST(a_process_ends_after_its_requests),
		TEST(a_process_that_ends_has_its_requests_cancelled),
		TEST(a_thread_that_ends_has_its_requests_cancelled),
		TEST(a_killed_process_that_waits_in_place_ends),
		TEST(a_signal_leaves_what_is_waited_for_under_way),
		TEST(a_completion_is_told_by_poll_and_read),
		TEST(of_two_that_wait_one_gets_the_result),
		TEST(not_waiting_for_what_is_not_done_is_told),
		TEST(a_name_that_is_not_there_is_not_found),
		TEST(control_codes_want_the_access_they_say),
		VERIFIED(verified_pending_not_marked_is_0xc9_and_waited_for_all_the_same),
		VERIFIED(verified_marked_not_returned_is_0xc9),
		VERIFIED(verified_neither_completed_nor_pending_is_0xc9),
		VERIFIED(verified_another_status_than_the_packets_is_0xc9),
		VERIFIED(verified_an_answer_of_minus_one_is_0xc9),
		VERIFIED(verified_completion_in_an_interrupt_is_0xc9),
		VERIFIED(verified_completion_with_a_cancel_routine_is_0xc9_instead_of_0x48),
	};
	int failed = cmocka_run_group_tests_name("devices", tests, NULL, NULL);

	return run_matrix() || failed;
}
