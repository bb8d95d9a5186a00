// SPDX-License-Identifier: GPL-2.0-only
/* Requests to a driver: what it answers and what it does must agree. */
#include "devices.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* --- what does not agree -------------------------------------------------- */

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

/* --- with I/O verification ------------------------------------------------ */

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

/* The DPC comes before the answer, behind it, and while that is looked at. */
static void verified_one_completed_while_the_answer_is_looked_at_is_finished(void **state)
{
	int told = eventfd(0, 0);
	struct pollfd poll_it = { .fd = told, .events = POLLIN };
	uint64_t once;

	(void)state;
	for (uint32_t delay = 0; delay < 1000; delay++) {
		struct ntpool_device_io io = device_io(0, 200);

		order(&(struct test_order){ .answer = SUCCESS,
					    .when = TEST_DPC,
					    .delay_us = delay });
		io.eventfd = told;
		send_io(&io);
		assert_int_equal(io.status, SUCCESS);
		while (poll(&poll_it, 1, 5000) < 0)
			assert_int_equal(errno, EINTR);
		assert_int_equal(poll_it.revents, POLLIN);
		assert_int_equal(read(told, &once, sizeof(once)), sizeof(once));
	}
	close(told);
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

#define VERIFIED(name) \
	cmocka_unit_test_setup_teardown(name, verifying_setup, verifying_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pending_that_is_not_marked_is_waited_for_in_vain),
		TEST(marked_that_is_not_returned_is_told_too_early),
		TEST(a_dispatch_routine_that_leaves_its_irql_raised_is_0xc9),
		TEST(completed_twice_is_0x44),
		TEST(completed_with_its_cancel_routine_set_is_0x48_and_refused),
		TEST(completed_with_status_pending_is_0xc9_and_refused),
		TEST(a_request_passed_down_comes_back_up),
		VERIFIED(verified_pending_not_marked_is_0xc9_and_waited_for_all_the_same),
		VERIFIED(verified_marked_not_returned_is_0xc9),
		VERIFIED(verified_neither_completed_nor_pending_is_0xc9),
		VERIFIED(verified_one_completed_while_the_answer_is_looked_at_is_finished),
		VERIFIED(verified_another_status_than_the_packets_is_0xc9),
		VERIFIED(verified_an_answer_of_minus_one_is_0xc9),
		VERIFIED(verified_completion_in_an_interrupt_is_0xc9),
		VERIFIED(verified_completion_with_a_cancel_routine_is_0xc9_instead_of_0x48),
	};

	return cmocka_run_group_tests_name("devices, answers", tests, NULL, NULL);
}
