// SPDX-License-Identifier: GPL-2.0-only
/* Events: read() and poll() on the device. */
#include "uapi.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEAVERS_MEMORY (4ul << 20)

/* A bug check that harms nothing: a touch too high of a page that is out. */
static uint64_t make_bugcheck(void)
{
	struct ntpool_touch touch;

	trim_block(rig.fd, rig.paged, 0);
	touch = touch_byte(rig.fd, rig.paged, 0, NTPOOL_IRQL_DISPATCH,
			   NTPOOL_ACCESS_READ, 0);
	assert_int_not_equal(touch.bugcheck, 0);
	return touch.bugcheck;
}

static uint64_t start_request(int fd, uint64_t delay)
{
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_BUFFERED,
		.cpu = NTPOOL_CPU_CURRENT,
		.buffer = rig.buffer,
		.length = 8,
		.delay_ns = delay,
	};

	assert_int_equal(call(fd, NTPOOL_IOC_REQUEST, &request), 0);
	assert_int_equal(request.status, NTPOOL_STATUS_PENDING);
	return request.request;
}

static short poll_for(int fd, int milliseconds)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	assert_true(poll(&entry, 1, milliseconds) >= 0);
	return entry.revents;
}

static void test_nothing_to_read(void **state)
{
	struct ntpool_event event;

	(void)state;
	assert_int_equal(read(rig.fd, &event, sizeof(event)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(poll_for(rig.fd, 0), 0);
}

static void test_short_buffer(void **state)
{
	char small[sizeof(struct ntpool_event) - 1], poison[sizeof(small)];

	(void)state;
	make_bugcheck();
	memset(small, POISON, sizeof(small));
	memset(poison, POISON, sizeof(poison));
	assert_int_equal(read(rig.fd, small, sizeof(small)), -1);
	assert_int_equal(errno, EINVAL);
	assert_memory_equal(small, poison, sizeof(small));
	assert_int_equal(read(rig.fd, small, 0), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(next_event(rig.fd).type, NTPOOL_EVENT_BUGCHECK);
}

static void test_bad_buffer_keeps_the_event(void **state)
{
	uint64_t number = make_bugcheck();

	(void)state;
	assert_int_equal(read(rig.fd, (void *)PAGE, sizeof(struct ntpool_event)),
			 -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(next_event(rig.fd).seq, number);
}

static void test_bugcheck_is_told(void **state)
{
	uint64_t number = make_bugcheck();
	struct timespec now;
	struct ntpool_event event;

	(void)state;
	assert_true(poll_for(rig.fd, 0) & POLLIN);
	event = next_event(rig.fd);
	assert_int_equal(event.type, NTPOOL_EVENT_BUGCHECK);
	assert_int_equal(event.seq, number);
	assert_int_equal(event.pid, getpid());
	assert_int_equal(event.tid, gettid());
	assert_string_equal(event.comm, "uapi-events");
	clock_gettime(CLOCK_REALTIME, &now);
	assert_true(event.time_ns <= now.tv_sec * SECOND + now.tv_nsec);
	assert_true(event.time_ns > (now.tv_sec - 60) * SECOND);
	assert_int_equal(next_event(rig.fd).type, 0);
	assert_int_equal(poll_for(rig.fd, 0), 0);
}

static void test_numbers_rise_by_one(void **state)
{
	uint64_t first = make_bugcheck();

	(void)state;
	assert_int_equal(make_bugcheck(), first + 1);
	assert_int_equal(make_bugcheck(), first + 2);
	assert_int_equal(stats_of(rig.fd).bugchecks, first + 2);
}

static void test_several_in_one_read(void **state)
{
	struct ntpool_event events[4];
	uint64_t first = make_bugcheck();

	(void)state;
	make_bugcheck();
	make_bugcheck();
	assert_int_equal(read(rig.fd, events, sizeof(events) - 1),
			 3 * sizeof(events[0]));
	assert_int_equal(events[0].seq, first);
	assert_int_equal(events[2].seq, first + 2);
}

/* With CAP_SYS_ADMIN a session sees those of others. */
static void test_admin_sees_all(void **state)
{
	uint64_t number = make_bugcheck();

	(void)state;
	assert_int_equal(next_event(rig.other).seq, number);
	assert_int_equal(next_event(rig.fd).seq, number);
}

static void test_only_since_open(void **state)
{
	int late;

	(void)state;
	make_bugcheck();
	late = open_device(O_NONBLOCK);
	assert_int_equal(next_event(late).type, 0);
	close(late);
}

static void test_completion_is_told(void **state)
{
	uint64_t request = start_request(rig.fd, MILLISECOND);
	struct ntpool_event event;

	(void)state;
	assert_true(poll_for(rig.fd, 5000) & POLLIN);
	event = next_event(rig.fd);
	assert_int_equal(event.type, NTPOOL_EVENT_COMPLETION);
	assert_int_equal(event.seq, request);
	assert_int_equal(event.code, NTPOOL_STATUS_SUCCESS);
	assert_int_equal(event.pid, getpid());
	/* Others do not hear of it. */
	assert_int_equal(next_event(rig.other).type, 0);
}

static void test_read_waits(void **state)
{
	struct ntpool_event event;
	int fd = open_device(0);
	uint64_t request = start_request(fd, 100 * MILLISECOND);

	(void)state;
	assert_int_equal(read(fd, &event, sizeof(event)), sizeof(event));
	assert_int_equal(event.type, NTPOOL_EVENT_COMPLETION);
	assert_int_equal(event.seq, request);
	close(fd);
}

/* Its memory takes a while to be given back, and meanwhile the driver is done. */
static void start_and_exit(uint64_t delay)
{
	pid_t pid = fork();

	if (!pid) {
		if (mmap(NULL, LEAVERS_MEMORY, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
			 0) == MAP_FAILED)
			_exit(1);
		start_request(rig.fd, delay);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_completion_and_result_agree(void **state)
{
	struct ntpool_event event;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		struct ntpool_result result = { .timeout_ns = 5 * SECOND };

		start_and_exit(i * MILLISECOND / 4);
		assert_true(poll_for(rig.fd, 5000) & POLLIN);
		event = next_event(rig.fd);
		assert_int_equal(event.type, NTPOOL_EVENT_COMPLETION);
		result.request = event.seq;
		assert_int_equal(call(rig.fd, NTPOOL_IOC_RESULT, &result), 0);
		assert_int_equal(event.code, result.status);
		assert_int_equal(result.status == NTPOOL_STATUS_SUCCESS,
				 result.outcome == NTPOOL_OUTCOME_DELIVERED);
	}
}

/* The ring is finite; how many are lost is told, and none comes twice. */
static void test_lost_ones_are_counted(void **state)
{
	uint64_t first = make_bugcheck(), last = first, lost = 0, seen = 0;
	struct ntpool_event event;
	int i;

	(void)state;
	for (i = 0; i < 2000; i++)
		last = make_bugcheck();
	while ((event = next_event(rig.fd)).type) {
		if (event.type == NTPOOL_EVENT_LOST) {
			lost += event.seq;
			continue;
		}
		assert_int_equal(event.seq, first + lost + seen);
		seen++;
	}
	assert_true(lost > 0);
	assert_int_equal(lost + seen, last - first + 1);
}

static void test_rewind(void **state)
{
	uint64_t first = make_bugcheck(), last;
	int fd = open_device(O_NONBLOCK);
	struct ntpool_event event;

	(void)state;
	last = make_bugcheck();
	assert_int_equal(next_event(fd).seq, last);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	do {
		event = next_event(fd);
	} while (event.type && event.seq < first);
	assert_int_equal(event.seq, first);
	assert_int_equal(next_event(fd).seq, last);
	close(fd);
}

static void test_rewind_elsewhere(void **state)
{
	(void)state;
	assert_int_equal(lseek(rig.fd, 1, SEEK_SET), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(lseek(rig.fd, 0, SEEK_END), -1);
	assert_int_equal(errno, EINVAL);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("with nothing to report read gives EAGAIN", test_nothing_to_read),
		TEST("a buffer smaller than an event gets EINVAL", test_short_buffer),
		TEST("a bad buffer gets EFAULT and keeps the event", test_bad_buffer_keeps_the_event),
		TEST("a bug check is told in all its fields", test_bugcheck_is_told),
		TEST("the numbers of bug checks rise by one", test_numbers_rise_by_one),
		TEST("one read gives as many whole events as fit", test_several_in_one_read),
		TEST("with CAP_SYS_ADMIN a session sees all bug checks", test_admin_sees_all),
		TEST("a session sees what came since it was opened", test_only_since_open),
		TEST("lseek to 0 goes back to the oldest bug check", test_rewind),
		TEST("lseek to any other place gets EINVAL", test_rewind_elsewhere),
		TEST("a completion is told to its session alone", test_completion_is_told),
		TEST("a completion says what the result says, though the requester exits meanwhile", test_completion_and_result_agree),
		TEST("read waits for an event", test_read_waits),
		TEST("bug checks that were overwritten are counted", test_lost_ones_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
