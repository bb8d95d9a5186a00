// SPDX-License-Identifier: GPL-2.0-only
/* The pool events as file descriptors, and the limits that they follow. */
#include "uapi.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/swap.h>
#include <unistd.h>

static struct ntpool_condition_open open_condition(uint32_t condition,
						   uint32_t flags)
{
	struct ntpool_condition_open open;

	memset(&open, POISON, sizeof(open));
	open.condition = condition;
	open.flags = flags;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_CONDITION, &open), 0);
	return open;
}

static short poll_for(int fd, int milliseconds)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	assert_true(poll(&entry, 1, milliseconds) >= 0);
	return entry.revents;
}

static void write_parameter(const char *name, uint64_t value)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/ntpool/parameters/%s", name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fprintf(file, "%llu", (unsigned long long)value) > 0);
	assert_int_equal(fclose(file), 0);
}

/* A limit of @mb more than the pools have now. */
static int limit_to(uint64_t mb)
{
	struct ntpool_stats now = stats_of(rig.fd);

	write_parameter("nonpaged_limit_mb", now.nonpaged_pages / 256 + mb);
	write_parameter("paged_limit_mb", now.paged_pages / 256 + mb);
	return 0;
}

static int setup(void **state)
{
	int err = rig_setup(state);

	return err ? err : limit_to(40);
}

static int teardown(void **state)
{
	write_parameter("nonpaged_limit_mb", 0);
	write_parameter("paged_limit_mb", 0);
	return rig_teardown(state);
}

static void test_level(uint64_t pool, uint32_t low, uint32_t high)
{
	struct ntpool_condition_open low_event = open_condition(low, 0);
	struct ntpool_condition_open high_event = open_condition(high, 0);
	uint64_t handle;

	assert_int_equal(low_event.set, 0);
	assert_int_equal(high_event.set, 1);
	assert_int_equal(poll_for(low_event.fd, 0), 0);
	assert_int_equal(poll_for(high_event.fd, 0), POLLIN);
	/* Level-triggered: it stays so. */
	assert_int_equal(poll_for(high_event.fd, 0), POLLIN);

	handle = alloc_block(rig.fd, pool, 38 << 20);
	assert_int_equal(poll_for(low_event.fd, 5000), POLLIN);
	assert_int_equal(poll_for(low_event.fd, 0), POLLIN);
	assert_int_equal(poll_for(high_event.fd, 0), 0);
	assert_true(stats_of(rig.fd).conditions >> low & 1);

	free_block(rig.fd, handle);
	assert_int_equal(poll_for(high_event.fd, 5000), POLLIN);
	assert_int_equal(poll_for(low_event.fd, 0), 0);
	assert_false(stats_of(rig.fd).conditions >> low & 1);
	close(low_event.fd);
	close(high_event.fd);
}

static void test_paged_events(void **state)
{
	(void)state;
	test_level(NTPOOL_FLAG_PAGED, NTPOOL_CONDITION_LOW_PAGED,
		   NTPOOL_CONDITION_HIGH_PAGED);
}

static void test_nonpaged_events(void **state)
{
	(void)state;
	test_level(NTPOOL_FLAG_NON_PAGED, NTPOOL_CONDITION_LOW_NONPAGED,
		   NTPOOL_CONDITION_HIGH_NONPAGED);
}

static void *allocate_later(void *handle)
{
	poll(NULL, 0, 300);
	*(uint64_t *)handle = alloc_block(rig.fd, NTPOOL_FLAG_NON_PAGED,
					  38 << 20);
	return NULL;
}

static void test_a_sleeper_is_woken(void **state)
{
	struct ntpool_condition_open low =
		open_condition(NTPOOL_CONDITION_LOW_NONPAGED, 0);
	uint64_t handle = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, allocate_later, &handle),
			 0);
	assert_int_equal(poll_for(low.fd, 60000), POLLIN);
	pthread_join(thread, NULL);
	free_block(rig.fd, handle);
	close(low.fd);
}

static void test_outlives_the_session(void **state)
{
	struct ntpool_condition_open high =
		open_condition(NTPOOL_CONDITION_HIGH_PAGED, 0);

	(void)state;
	close(rig.fd);
	assert_int_equal(poll_for(high.fd, 0), POLLIN);
	rig.fd = open_device(O_NONBLOCK);
	close(high.fd);
}

static void test_close_on_exec(void **state)
{
	struct ntpool_condition_open event =
		open_condition(NTPOOL_CONDITION_LOW_PAGED, 0);

	(void)state;
	assert_int_equal(fcntl(event.fd, F_GETFD), FD_CLOEXEC);
	close(event.fd);
	event = open_condition(NTPOOL_CONDITION_LOW_PAGED,
			       NTPOOL_CONDITION_INHERIT);
	assert_int_equal(fcntl(event.fd, F_GETFD), 0);
	close(event.fd);
}

static void test_cannot_be_read(void **state)
{
	struct ntpool_condition_open event =
		open_condition(NTPOOL_CONDITION_HIGH_PAGED, 0);
	char byte;

	(void)state;
	assert_int_equal(read(event.fd, &byte, 1), -1);
	assert_int_equal(errno, EINVAL);
	close(event.fd);
}

static void check_limit(uint64_t pool)
{
	struct ntpool_alloc alloc = {
		.pool_flags = pool,
		.size = 41 << 20,
		.tag = TEST_TAG,
	};
	struct ntpool_stats before = stats_of(rig.fd), after;

	assert_int_equal(call(rig.fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	assert_int_equal(alloc.status, NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	after = stats_of(rig.fd);
	assert_int_equal(after.paged_refused + after.nonpaged_refused,
			 before.paged_refused + before.nonpaged_refused + 1);
	assert_int_equal(after.paged_pages, before.paged_pages);
	assert_int_equal(after.nonpaged_pages, before.nonpaged_pages);
	free_block(rig.fd, alloc_block(rig.fd, pool, 30 << 20));
}

static void test_beyond_the_limit_of_a_pool(void **state)
{
	(void)state;
	check_limit(NTPOOL_FLAG_PAGED);
	check_limit(NTPOOL_FLAG_NON_PAGED);
}

/* The device of the machine's page file. */
static void swap_device(char path[100])
{
	FILE *file = fopen("/proc/swaps", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*[^\n] %99s", path), 1);
	fclose(file);
}

static bool comes_about(int fd, bool set)
{
	unsigned int tries;

	for (tries = 0; tries < 300; tries++) {
		if (!!poll_for(fd, 0) == set)
			return true;
		poll(NULL, 0, 100);
	}
	return false;
}

/* Nobody allocates or asks meanwhile. */
static void test_swap_comes_and_goes(void **state)
{
	struct ntpool_condition_open low =
		open_condition(NTPOOL_CONDITION_LOW_PAGED, 0);
	uint64_t memory = sysconf(_SC_PHYS_PAGES) * PAGE, handle;
	bool followed, back;
	char device[100];

	(void)state;
	swap_device(device);
	write_parameter("paged_limit_mb", 0);
	handle = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, memory / 100 * 95);
	assert_int_equal(poll_for(low.fd, 0), 0);
	assert_int_equal(swapoff(device), 0);
	followed = poll_for(low.fd, 30000) == POLLIN;
	assert_int_equal(swapon(device, 0), 0);
	back = comes_about(low.fd, false);
	free_block(rig.fd, handle);
	close(low.fd);
	assert_true(followed);
	assert_true(back);
}

static void test_pages_and_their_peak_are_told(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd), now;
	uint64_t handle = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, 30 << 20);

	(void)state;
	now = stats_of(rig.fd);
	assert_int_equal(now.paged_pages, before.paged_pages + 30 * 256);
	free_block(rig.fd, handle);
	now = stats_of(rig.fd);
	assert_int_equal(now.paged_pages, before.paged_pages);
	assert_true(now.paged_peak_pages >= before.paged_pages + 30 * 256);
	assert_int_equal(now.paged_limit_pages % 256, 0);
}

#define TEST(sentence, test)                          \
	{                                             \
		sentence, test, setup, teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the events of paged pool follow what is free, as levels", test_paged_events),
		TEST("the events of nonpaged pool follow what is free, as levels", test_nonpaged_events),
		TEST("they follow swap that comes and goes", test_swap_comes_and_goes),
		TEST("who sleeps in poll is woken", test_a_sleeper_is_woken),
		TEST("an event outlives the session", test_outlives_the_session),
		TEST("an event is closed on exec unless it is to be inherited", test_close_on_exec),
		TEST("an event cannot be read", test_cannot_be_read),
		TEST("beyond the limit of a pool it is STATUS_INSUFFICIENT_RESOURCES", test_beyond_the_limit_of_a_pool),
		TEST("the pages of a pool, their peak and limit are told", test_pages_and_their_peak_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
