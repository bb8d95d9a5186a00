// SPDX-License-Identifier: GPL-2.0-only
/* The verifier through the device, and special pool for a session. */
#include "uapi.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PAGED	  NTPOOL_FLAG_PAGED
#define NON_PAGED NTPOOL_FLAG_NON_PAGED
#define SPECIAL	  NTPOOL_FLAG_SPECIAL_POOL
#define OWN_NAME  "verified"

static struct ntpool_verifier ask(void)
{
	struct ntpool_verifier verifier = { .set = 0 };

	assert_int_equal(call(rig.fd, NTPOOL_IOC_VERIFIER, &verifier), 0);
	return verifier;
}

/* Only this process is verified, whatever else the machine does. */
static struct ntpool_verifier own(uint32_t flags)
{
	return (struct ntpool_verifier){
		.set = 1,
		.flags = flags,
		.probability = 600,
		.process = OWN_NAME,
	};
}

static struct ntpool_verifier set(struct ntpool_verifier wanted)
{
	assert_int_equal(call(rig.fd, NTPOOL_IOC_VERIFIER, &wanted), 0);
	return wanted;
}

static int setup(void **state)
{
	prctl(PR_SET_NAME, OWN_NAME);
	return rig_setup(state);
}

static int teardown(void **state)
{
	set((struct ntpool_verifier){ .set = 1, .probability = 600, .grace = 480 });
	return rig_teardown(state);
}

static void test_off(void **state)
{
	struct ntpool_verifier now = ask();

	(void)state;
	assert_int_equal(now.flags, 0);
	assert_int_equal(now.tags[0], 0);
	assert_int_equal(now.probability, NTPOOL_VERIFIER_PROBABILITY);
	assert_int_equal(now.grace, NTPOOL_VERIFIER_GRACE);
	assert_int_equal(now.process[0], 0);
	assert_int_equal(now.driver[0], 0);
	assert_int_equal(now.tracked, 0);
}

static void test_set(void **state)
{
	struct ntpool_verifier wanted = {
		.set = 1,
		.flags = NTPOOL_VERIFIER_SPECIAL_POOL | NTPOOL_VERIFIER_POOL_TRACKING,
		.tags = { TAG('X', 'y', '*', 0), TAG('?', 'b', 'c', 'd') },
		.size_min = 10,
		.size_max = 4711,
		.probability = 1234,
		.grace = 77,
		.process = "some process",
		.driver = "some_driver",
	};
	struct ntpool_verifier now, answer = set(wanted);
	size_t settings = offsetof(struct ntpool_verifier, attempted);

	(void)state;
	assert_memory_equal(&answer, &wanted, settings);
	now = ask();
	wanted.set = 0;
	assert_memory_equal(&now, &wanted, settings);
}

static void test_endless_names(void **state)
{
	struct ntpool_verifier wanted = own(NTPOOL_VERIFIER_SPECIAL_POOL);

	(void)state;
	memset(wanted.process, 'x', sizeof(wanted.process));
	assert_int_equal(call(rig.fd, NTPOOL_IOC_VERIFIER, &wanted), EINVAL);
	wanted = own(NTPOOL_VERIFIER_SPECIAL_POOL);
	memset(wanted.driver, 'x', sizeof(wanted.driver));
	assert_int_equal(call(rig.fd, NTPOOL_IOC_VERIFIER, &wanted), EINVAL);
	assert_int_equal(ask().flags, 0);
}

static int play_nobody(int fd)
{
	struct ntpool_verifier verifier = { .set = 1 };

	WANT(call(fd, NTPOOL_IOC_VERIFIER, &verifier) == EPERM);
	verifier.set = 0;
	WANT(call(fd, NTPOOL_IOC_VERIFIER, &verifier) == 0);
	WANT(verifier.flags == NTPOOL_VERIFIER_POOL_TRACKING);
	return 0;
}

static void test_nobody(void **state)
{
	(void)state;
	set(own(NTPOOL_VERIFIER_POOL_TRACKING));
	as_nobody(play_nobody);
	assert_int_equal(ask().flags, NTPOOL_VERIFIER_POOL_TRACKING);
}

/* A touch of the byte behind a block that special pool has. */
static void assert_guarded(int fd, uint64_t handle, uint64_t size)
{
	struct ntpool_touch touch = touch_byte(fd, handle, size,
					       NTPOOL_IRQL_PASSIVE,
					       NTPOOL_ACCESS_WRITE, 1);
	struct ntpool_event event;

	assert_int_equal(touch.status, NTPOOL_STATUS_ACCESS_VIOLATION);
	assert_int_not_equal(touch.bugcheck, 0);
	do {
		event = next_event(fd);
		assert_int_equal(event.type, NTPOOL_EVENT_BUGCHECK);
	} while (event.seq != touch.bugcheck);
	assert_int_equal(event.code, 0xD6);
	assert_string_equal(event.name, "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION");
	assert_int_equal(event.param[0], query_block(fd, handle).address + size);
	assert_int_equal(event.param[1], 1);
	assert_int_not_equal(event.param[2], 0);
}

static void test_overrun(void **state)
{
	static const uint64_t pools[] = { PAGED, NON_PAGED };
	uint64_t handle;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		handle = alloc_block(rig.fd, pools[i] | SPECIAL, 64);
		fill_block(rig.fd, handle, 64, SEED);
		assert_guarded(rig.fd, handle, 64);
		assert_filled(rig.fd, handle, 64, SEED);
		free_block(rig.fd, handle);
	}
}

static void test_touch_goes_no_farther(void **state)
{
	struct ntpool_touch touch = {
		.handle = alloc_block(rig.fd, PAGED | SPECIAL, 64),
		.offset = 64 + PAGE,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_TOUCH, &touch), EINVAL);
	touch.offset = 63 + PAGE;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_TOUCH, &touch), 0);
}

static void test_slack(void **state)
{
	struct ntpool_free free = {
		.handle = alloc_block(rig.fd, NON_PAGED | SPECIAL, 60),
	};
	struct ntpool_event event;
	struct ntpool_touch touch;

	(void)state;
	/* Whatever the byte is, one of the two changes it. */
	touch = touch_byte(rig.fd, free.handle, 61, NTPOOL_IRQL_PASSIVE,
			   NTPOOL_ACCESS_READ, 0);
	assert_int_equal(touch.status, NTPOOL_STATUS_SUCCESS);
	touch_byte(rig.fd, free.handle, 61, NTPOOL_IRQL_PASSIVE,
		   NTPOOL_ACCESS_WRITE, ~touch.value & 0xff);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_FREE, &free), 0);
	assert_int_equal(free.status, NTPOOL_STATUS_INVALID_PARAMETER);
	assert_int_not_equal(free.bugcheck, 0);
	event = next_event(rig.fd);
	assert_int_equal(event.code, 0xC1);
	assert_int_equal(event.param[1] - event.param[0], 61);
	assert_int_equal(event.param[3], 0x24);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_FREE, &free), 0);
	assert_int_equal(free.status, NTPOOL_STATUS_SUCCESS);
}

static void test_damage_and_close(void **state)
{
	int fd = open_device(O_NONBLOCK);
	uint64_t handle = alloc_block(fd, NON_PAGED | SPECIAL, 60), live;
	struct ntpool_touch touch;

	(void)state;
	live = ask().special_live;
	touch = touch_byte(fd, handle, 61, NTPOOL_IRQL_PASSIVE,
			   NTPOOL_ACCESS_READ, 0);
	touch_byte(fd, handle, 61, NTPOOL_IRQL_PASSIVE, NTPOOL_ACCESS_WRITE,
		   ~touch.value & 0xff);
	close(fd);
	assert_int_equal(ask().special_live, live - 1);
}

static void test_session(void **state)
{
	struct ntpool_special special = { .on = 1 };
	struct ntpool_touch touch = { .offset = 64 };

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_SPECIAL, &special), 0);
	assert_guarded(rig.fd, alloc_block(rig.fd, PAGED, 64), 64);
	assert_guarded(rig.fd, alloc_block(rig.fd, NON_PAGED, 64), 64);
	/* Neither another session, nor this one after it is off. */
	touch.handle = alloc_block(rig.other, PAGED, 64);
	assert_int_equal(call(rig.other, NTPOOL_IOC_TOUCH, &touch), EINVAL);
	special.on = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_SPECIAL, &special), 0);
	touch.handle = alloc_block(rig.fd, PAGED, 64);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_TOUCH, &touch), EINVAL);
}

static void test_special_bit(void **state)
{
	struct ntpool_verifier wanted = own(NTPOOL_VERIFIER_SPECIAL_POOL);
	struct ntpool_touch touch = { .offset = 64 };

	(void)state;
	wanted.size_min = 64;
	wanted.size_max = 64;
	set(wanted);
	assert_guarded(rig.fd, alloc_block(rig.fd, NON_PAGED, 64), 64);
	touch.handle = alloc_block(rig.fd, NON_PAGED, 63);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_TOUCH, &touch), EINVAL);
	assert_int_equal(ask().attempted, 1);
	assert_int_equal(ask().succeeded_special, 1);
}

/* A page that was in, or one that happens to be out. */
static uint32_t touch_at_dispatch(uint64_t handle, bool out)
{
	touch_byte(rig.fd, handle, 0, NTPOOL_IRQL_PASSIVE, NTPOOL_ACCESS_WRITE, 1);
	if (out)
		trim_block(rig.fd, handle, 0);
	return touch_byte(rig.fd, handle, 0, NTPOOL_IRQL_DISPATCH,
			  NTPOOL_ACCESS_READ, 0)
		.status;
}

static void test_force_irql(void **state)
{
	int i;

	(void)state;
	/* The bug comes and goes with the page. */
	for (i = 0; i < 10; i++)
		assert_int_equal(touch_at_dispatch(rig.paged, i % 2),
				 i % 2 ? NTPOOL_STATUS_ACCESS_VIOLATION :
					 NTPOOL_STATUS_SUCCESS);
	set(own(NTPOOL_VERIFIER_FORCE_IRQL));
	for (i = 0; i < 10; i++)
		assert_int_equal(touch_at_dispatch(rig.paged, i % 2),
				 NTPOOL_STATUS_ACCESS_VIOLATION);
	assert_true(ask().raises >= 10);
	assert_true(ask().trimmed >= 5);
}

static uint32_t try_alloc(uint32_t tag)
{
	struct ntpool_alloc alloc = { .pool_flags = PAGED, .size = 10, .tag = tag };

	assert_int_equal(call(rig.fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	assert_int_equal(!alloc.handle, alloc.status != NTPOOL_STATUS_SUCCESS);
	return alloc.status;
}

static void test_low_resources(void **state)
{
	struct ntpool_verifier wanted = own(NTPOOL_VERIFIER_LOW_RESOURCES);

	(void)state;
	wanted.probability = NTPOOL_VERIFIER_CERTAIN;
	wanted.tags[0] = TAG('F', 'a', '*', 0);
	set(wanted);
	assert_int_equal(try_alloc(TAG('F', 'a', 'i', 'l')),
			 NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(try_alloc(TEST_TAG), NTPOOL_STATUS_SUCCESS);
	assert_int_equal(ask().attempted, 1);
	assert_int_equal(ask().failed_deliberately, 1);
	wanted.grace = 0xffffffff;
	set(wanted);
	assert_int_equal(try_alloc(TAG('F', 'a', 'i', 'l')), NTPOOL_STATUS_SUCCESS);
}

static void test_leaks(void **state)
{
	int fd;

	(void)state;
	set(own(NTPOOL_VERIFIER_POOL_TRACKING));
	fd = open_device(O_NONBLOCK);
	alloc_block(fd, PAGED, 100);
	alloc_block(fd, NON_PAGED, 5000);
	free_block(fd, alloc_block(fd, PAGED, 77));
	assert_int_equal(ask().tracked, 2);
	assert_int_equal(ask().tracked_bytes, 5100);
	assert_int_equal(ask().tracked_peak, 3);
	assert_int_equal(ask().leaked, 0);
	close(fd);
	assert_int_equal(ask().leaked, 2);
	assert_int_equal(ask().tracked, 0);
}

/* clang-format off */
#define TEST(sentence, function) \
	{ sentence, function, setup, teardown, NULL }
/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the verifier is off to begin with", test_off),
		TEST("what is set is in force", test_set),
		TEST("names that do not end are refused", test_endless_names),
		TEST("setting the verifier needs root, asking does not", test_nobody),
		TEST("a touch behind a special block is bug check 0xD6", test_overrun),
		TEST("a touch can go no farther than the guard page", test_touch_goes_no_farther),
		TEST("a write beside a special block is found when it is freed", test_slack),
		TEST("a damaged special block is freed with its session", test_damage_and_close),
		TEST("a session can have all its blocks from special pool", test_session),
		TEST("bit 1 takes what it chooses from special pool", test_special_bit),
		TEST("bit 2 makes an intermittent bug show every time", test_force_irql),
		TEST("bit 4 fails what it chooses, after the grace period", test_low_resources),
		TEST("bit 8 counts what a session leaves behind", test_leaks),
	};

	return cmocka_run_group_tests_name("verifier", tests, NULL, NULL);
}
