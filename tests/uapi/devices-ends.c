// SPDX-License-Identifier: GPL-2.0-only
/* Requests to a driver: cancelled, closed, left behind. */
#include "devices.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* From now on no packet can be had. */
static void refuse_packets(void)
{
	struct ntpool_verifier verifier = {
		.set = 1,
		.flags = NTPOOL_VERIFIER_LOW_RESOURCES,
		.tags = { TAG('I', 'r', 'p', ' ') },
		.probability = NTPOOL_VERIFIER_CERTAIN,
	};

	assert_int_equal(call(dev.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
}

static void a_driver_is_told_of_a_files_end_although_memory_is_short(void **state)
{
	struct ntpool_device_close close_it = { open_test_device(dev.fd) };
	struct ntpool_device_open open_it = { .name = TEST_DEVICE };
	struct test_seen before = seen(), after;

	(void)state;
	refuse_packets();
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CLOSE, &close_it), 0);
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_OPEN, &open_it), 0);
	verify_io(0);
	assert_int_equal(open_it.status, NO_RESOURCES);
	after = seen();
	assert_int_equal(after.cleanups, before.cleanups + 1);
	assert_int_equal(after.closes, before.closes + 1);
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

/* --- disturbed while waiting ----------------------------------------------- */

#define TIMES  40
#define EVERY  (100 * MILLISECOND)
#define WAITED (500 * MILLISECOND)

/* A request that is kept is waited for; how long that takes. */
static uint64_t wait_in_vain(void)
{
	struct ntpool_device_wait wait = { .timeout_ns = WAITED };
	struct ntpool_device_io io = device_io(0, 200);
	uint64_t begun;

	kept(TEST_MARK, PENDING);
	send_io(&io);
	wait.request = io.request;
	begun = now_ns();
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, &wait), ETIMEDOUT);
	assert_int_equal(release_kept(), SUCCESS);
	wait_io(io.request);
	return now_ns() - begun;
}

static struct ntpool_device_io completed_after(uint64_t delay)
{
	struct ntpool_device_io io = device_io(0, 200);

	order(&(struct test_order){ .answer = PENDING,
				    .when = TEST_DPC,
				    .flags = TEST_MARK,
				    .delay_us = delay / 1000 });
	return io;
}

static void a_wait_ends_in_time_although_other_requests_end_meanwhile(void **state)
{
	uint64_t requests[TIMES];

	(void)state;
	for (int i = 0; i < TIMES; i++) {
		struct ntpool_device_io io = completed_after((i + 1) * EVERY);

		send_io(&io);
		requests[i] = io.request;
	}
	assert_in_range(wait_in_vain(), WAITED, TIMES * EVERY / 2);
	for (int i = 0; i < TIMES; i++)
		wait_io(requests[i]);
}

static void a_wait_in_place_goes_on_when_another_request_ends(void **state)
{
	struct ntpool_device_io before = completed_after(EVERY), io;

	(void)state;
	send_io(&before);
	io = completed_after(5 * EVERY);
	io.flags = NTPOOL_IO_WAIT;
	send_io(&io);
	assert_int_equal(io.status, SUCCESS);
	assert_int_equal(io.request, 0);
	wait_io(before.request);
}

static int signals_left;

static void count_signal(int number)
{
	(void)number;
	if (!--signals_left)
		setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
}

static void a_wait_ends_in_time_although_signals_restart_it(void **state)
{
	struct sigaction action = { .sa_handler = count_signal,
				    .sa_flags = SA_RESTART };
	struct timeval every = { .tv_usec = EVERY / 1000 };

	(void)state;
	signals_left = TIMES;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){ every, every }, NULL);
	assert_in_range(wait_in_vain(), WAITED, TIMES * EVERY / 2);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_is_cancelled_by_its_handle),
		TEST(all_requests_on_a_device_are_cancelled),
		TEST(what_has_no_cancel_routine_goes_on),
		TEST(closing_the_session_cancels_its_requests),
		TEST(closing_a_device_tells_the_driver_and_then_that_all_is_over),
		TEST(a_driver_is_told_of_a_files_end_although_memory_is_short),
		TEST(a_process_ends_after_its_requests),
		TEST(a_process_that_ends_has_its_requests_cancelled),
		TEST(a_thread_that_ends_has_its_requests_cancelled),
		TEST(a_killed_process_that_waits_in_place_ends),
		TEST(a_signal_leaves_what_is_waited_for_under_way),
		TEST(a_wait_ends_in_time_although_other_requests_end_meanwhile),
		TEST(a_wait_in_place_goes_on_when_another_request_ends),
		TEST(a_wait_ends_in_time_although_signals_restart_it),
	};

	return cmocka_run_group_tests_name("devices, ends", tests, NULL, NULL);
}
