// SPDX-License-Identifier: GPL-2.0-only
/* Requests to a driver: who is told, and what may be opened. */
#include "devices.h"

#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

/* --- being told ----------------------------------------------------------- */

/* The next event is that of a request completed so. */
static struct ntpool_event told_of(uint32_t when)
{
	struct ntpool_device_io io = device_io(0, 200);
	struct pollfd poll_it = { .fd = dev.fd, .events = POLLIN };
	struct ntpool_event event;

	order(&(struct test_order){ .status = OVERFLOW_,
				    .answer = PENDING,
				    .when = when,
				    .flags = TEST_MARK,
				    .delay_us = 20000 });
	send_io(&io);
	while (poll(&poll_it, 1, 20000) < 0)
		assert_int_equal(errno, EINTR);
	assert_int_equal(poll_it.revents, POLLIN);
	event = next_event(dev.fd);
	assert_int_equal(event.type, NTPOOL_EVENT_COMPLETION);
	assert_int_equal(event.seq, io.request);
	assert_int_equal(wait_io(io.request).status, OVERFLOW_);
	return event;
}

static void a_completion_is_told_by_poll_and_read(void **state)
{
	struct ntpool_event event = told_of(TEST_DPC);

	(void)state;
	assert_int_equal(event.code, OVERFLOW_);
	assert_int_equal(event.pid, getpid());
	assert_int_equal(event.irql, NTPOOL_IRQL_DISPATCH);
}

static void a_completion_in_a_thread_is_told_to_be_at_passive(void **state)
{
	(void)state;
	assert_int_equal(told_of(TEST_WORKER).irql, NTPOOL_IRQL_PASSIVE);
}

static bool sending;

/* How many completions read() tells of meanwhile. */
static void *count_completions(void *unused)
{
	uintptr_t told = 0;

	(void)unused;
	while (__atomic_load_n(&sending, __ATOMIC_ACQUIRE))
		told += next_event(dev.fd).type == NTPOOL_EVENT_COMPLETION;
	return (void *)told;
}

static long seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec;
}

static void what_is_completed_at_once_is_never_read(void **state)
{
	struct timespec start;
	pthread_t reader;
	void *told;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &start);
	at_once(0, 0);
	sending = true;
	pthread_create(&reader, NULL, count_completions, NULL);
	/* The stock kernel does all of them in this time, the debug kernel would take minutes. */
	for (int i = 0; i < 20000 && seconds_since(&start) < 3; i++) {
		struct ntpool_device_io io = device_io(0, 0);

		send_io(&io);
		assert_int_equal(io.status, SUCCESS);
		assert_int_equal(io.request, 0);
	}
	__atomic_store_n(&sending, false, __ATOMIC_RELEASE);
	pthread_join(reader, &told);
	assert_null(told);
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

/* Its final stage is a special kernel APC to NT, not one of a program's. */
static void the_end_of_a_request_ends_no_alertable_wait(void **state)
{
	struct ntpool_device_io first = device_io(0, 200), second = device_io(0, 0);

	(void)state;
	order(&(struct test_order){ .answer = PENDING,
				    .when = TEST_DPC,
				    .flags = TEST_MARK,
				    .delay_us = 20000 });
	send_io(&first);
	order(&(struct test_order){ .when = TEST_AT_ONCE,
				    .flags = TEST_ALERTABLE,
				    .delay_us = 500000 });
	send_io(&second);
	assert_int_equal(second.status, SUCCESS);
	assert_int_equal(wait_io(first.request).status, SUCCESS);
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

static void a_driver_is_told_who_opens_its_device(void **state)
{
	struct test_seen what;

	(void)state;
	what = seen();
	assert_int_equal(what.create_mode, 1);
	assert_int_equal(what.create_process, getpid());
}

static void what_follows_a_devices_name_is_the_files(void **state)
{
	struct ntpool_device_open open = { .name = TEST_DEVICE "\\a\\b" };
	struct test_seen what;

	(void)state;
	assert_int_equal(seen().name_length, 0);
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_OPEN, &open), 0);
	assert_int_equal(open.status, SUCCESS);
	dev.device = open.device;
	what = seen();
	assert_int_equal(what.name_length, 8);
	assert_int_equal(what.name[0], '\\');
	assert_int_equal(what.name[1], 'a');
	assert_int_equal(what.name[2], '\\');
	assert_int_equal(what.name[3], 'b');
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_completion_is_told_by_poll_and_read),
		TEST(a_completion_in_a_thread_is_told_to_be_at_passive),
		TEST(what_is_completed_at_once_is_never_read),
		TEST(of_two_that_wait_one_gets_the_result),
		TEST(not_waiting_for_what_is_not_done_is_told),
		TEST(the_end_of_a_request_ends_no_alertable_wait),
		TEST(a_name_that_is_not_there_is_not_found),
		TEST(a_driver_is_told_who_opens_its_device),
		TEST(what_follows_a_devices_name_is_the_files),
		TEST(control_codes_want_the_access_they_say),
	};

	return cmocka_run_group_tests_name("devices, news", tests, NULL, NULL);
}
