// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests through two drivers, where the verifier makes pending what the lower one has
 * done at once.  What each comes to is in the matrix; here is what the user sees.
 */
#include "devices.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct ntpool_verifier asked(void)
{
	struct ntpool_verifier verifier = { .set = 0 };

	assert_int_equal(call(dev.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
	return verifier;
}

static void choose(const char *driver)
{
	struct ntpool_verifier verifier = {
		.set = 1,
		.flags = NTPOOL_VERIFIER_FORCE_PENDING,
		.probability = NTPOOL_VERIFIER_PROBABILITY,
		.grace = NTPOOL_VERIFIER_GRACE,
	};

	strcpy(verifier.driver, driver);
	assert_int_equal(call(dev.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
}

static int forced_setup(void **state)
{
	device_setup(state);
	force_pending(true);
	return 0;
}

static int forced_teardown(void **state)
{
	force_pending(false);
	return device_teardown(state);
}

/* The lower driver completes it in its dispatch routine. */
static struct ntpool_device_io done_below(uint32_t status)
{
	struct ntpool_device_io io = device_io(0, 200);

	order(&(struct test_order){ .status = status,
				    .answer = status,
				    .information = 100,
				    .when = TEST_AT_ONCE,
				    .flags = TEST_LOW_TOO,
				    .fill = FILL,
				    .length = 100 });
	send_io(&io);
	return io;
}

static void it_is_on_with_io_verification(void **state)
{
	(void)state;
	assert_int_equal(asked().flags,
			 NTPOOL_VERIFIER_FORCE_PENDING | NTPOOL_VERIFIER_IO);
	assert_int_equal(asked().forced_pending, 0);
}

static void what_is_done_at_once_is_pending_and_then_as_ever(void **state)
{
	struct ntpool_device_io io = done_below(OVERFLOW_);

	(void)state;
	assert_int_equal(io.status, PENDING);
	assert_int_equal(wait_io(io.request).status, OVERFLOW_);
	assert_true(all(dev.out, 100, FILL));
	assert_int_equal(asked().forced_pending, 1);
}

static void a_driver_that_is_not_chosen_is_left_alone(void **state)
{
	struct ntpool_device_io io;

	(void)state;
	choose("another");
	io = done_below(SUCCESS);
	assert_int_equal(io.status, SUCCESS);
	assert_int_equal(asked().forced_pending, 0);
	choose("ntpool_test");
	io = done_below(SUCCESS);
	assert_int_equal(io.status, PENDING);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
}

static void a_process_that_ends_has_it_done(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		dev.fd = open_device(O_NONBLOCK);
		dev.device = open_test_device(dev.fd);
		_exit(done_below(SUCCESS).status == PENDING ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_nothing_kept();
}

static void a_session_that_is_closed_forgets_it(void **state)
{
	struct test_seen before = seen();
	struct ntpool_device_io io = done_below(SUCCESS);
	int tries = 10000;

	(void)state;
	assert_int_equal(io.status, PENDING);
	close(dev.fd);
	dev.fd = open_device(O_NONBLOCK);
	dev.device = open_test_device(dev.fd);
	/* Its file is closed behind the request. */
	while (seen().closes == before.closes && --tries)
		usleep(1000);
	assert_int_equal(seen().closes, before.closes + 1);
}

static void what_is_held_is_not_cancelled(void **state)
{
	struct ntpool_device_io io = done_below(SUCCESS);
	struct ntpool_device_cancel cancel = { .request = io.request };

	(void)state;
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel), 0);
	assert_int_equal(cancel.cancelled, 0);
	assert_int_equal(wait_io(io.request).status, SUCCESS);
}

#define FORCED(name) \
	cmocka_unit_test_setup_teardown(name, forced_setup, forced_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FORCED(it_is_on_with_io_verification),
		FORCED(what_is_done_at_once_is_pending_and_then_as_ever),
		FORCED(a_driver_that_is_not_chosen_is_left_alone),
		FORCED(a_process_that_ends_has_it_done),
		FORCED(a_session_that_is_closed_forgets_it),
		FORCED(what_is_held_is_not_cancelled),
	};

	return cmocka_run_group_tests_name("devices, pending by force", tests,
					   NULL, NULL);
}
