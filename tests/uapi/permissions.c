// SPDX-License-Identifier: GPL-2.0-only
/* What a program without CAP_SYS_ADMIN gets, and what it does not. */
#include "uapi.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static int alloc_as_nobody(int fd, struct ntpool_alloc *alloc)
{
	*alloc = (struct ntpool_alloc){
		.pool_flags = NTPOOL_FLAG_PAGED,
		.size = BLOCK_SIZE,
		.tag = TEST_TAG,
		.address = 77,
	};
	return call(fd, NTPOOL_IOC_ALLOC, alloc);
}

static int fill_as_nobody(int fd, uint64_t handle)
{
	static char zeroes[BLOCK_SIZE];
	struct ntpool_rw rw = {
		.handle = handle,
		.length = sizeof(zeroes),
		.buffer = (uintptr_t)zeroes,
	};

	return call(fd, NTPOOL_IOC_WRITE, &rw);
}

static int play_block(int fd)
{
	struct ntpool_alloc alloc;
	struct ntpool_query query;
	struct ntpool_free free;

	WANT(alloc_as_nobody(fd, &alloc) == 0);
	WANT(alloc.status == NTPOOL_STATUS_SUCCESS);
	WANT(alloc.handle != 0);
	WANT(alloc.address == 0);
	WANT(fill_as_nobody(fd, alloc.handle) == 0);
	query = (struct ntpool_query){ .handle = alloc.handle, .address = 77 };
	WANT(call(fd, NTPOOL_IOC_QUERY, &query) == 0);
	WANT(query.address == 0);
	WANT(query.resident == BLOCK_PAGES);
	free = (struct ntpool_free){ .handle = alloc.handle };
	WANT(call(fd, NTPOOL_IOC_FREE, &free) == 0);
	WANT(free.status == NTPOOL_STATUS_SUCCESS);
	return 0;
}

static int play_pages(int fd)
{
	struct ntpool_page pages[BLOCK_PAGES];
	struct ntpool_pages get = {
		.count = BLOCK_PAGES,
		.array = (uintptr_t)pages,
	};
	struct ntpool_trim trim = { .length = PAGE, .flags = NTPOOL_TRIM_WRITE_OUT };
	struct ntpool_alloc alloc;
	unsigned int i;

	WANT(alloc_as_nobody(fd, &alloc) == 0);
	WANT(fill_as_nobody(fd, alloc.handle) == 0);
	trim.handle = alloc.handle;
	WANT(call(fd, NTPOOL_IOC_TRIM, &trim) == 0);
	get.handle = alloc.handle;
	memset(pages, POISON, sizeof(pages));
	WANT(call(fd, NTPOOL_IOC_PAGES, &get) == 0);
	WANT(pages[0].state == NTPOOL_PAGE_SWAPPED);
	WANT(pages[1].state == NTPOOL_PAGE_RESIDENT);
	for (i = 0; i < BLOCK_PAGES; i++) {
		WANT(pages[i].frame == 0);
		WANT(pages[i].slot == 0);
	}
	return 0;
}

static int play_rewind(int fd)
{
	WANT(lseek(fd, 0, SEEK_SET) == -1);
	WANT(errno == EPERM);
	return 0;
}

static int play_executable(int fd)
{
	struct ntpool_alloc alloc, untouched;

	memset(&alloc, POISON, sizeof(alloc));
	alloc.pool_flags = NTPOOL_FLAG_NON_PAGED_EXECUTE;
	alloc.size = BLOCK_SIZE;
	alloc.tag = TEST_TAG;
	alloc.pad = 0;
	untouched = alloc;
	WANT(call(fd, NTPOOL_IOC_ALLOC, &alloc) == EPERM);
	WANT(!memcmp(&alloc, &untouched, sizeof(alloc)));
	return 0;
}

static int play_trim_all(int fd)
{
	struct ntpool_trim trim, untouched;

	memset(&trim, POISON, sizeof(trim));
	trim.handle = 0;
	trim.offset = 0;
	trim.length = 0;
	trim.flags = 0;
	untouched = trim;
	WANT(call(fd, NTPOOL_IOC_TRIM, &trim) == EPERM);
	WANT(!memcmp(&trim, &untouched, sizeof(trim)));
	return 0;
}

static int play_walk_of_system(int fd)
{
	struct ntpool_walk walk, untouched;

	memset(&walk, POISON, sizeof(walk));
	walk.handle = 0;
	walk.address = 0xffff888000000000;
	walk.flags = 0;
	walk.pid = 0;
	untouched = walk;
	WANT(call(fd, NTPOOL_IOC_WALK, &walk) == EPERM);
	WANT(!memcmp(&walk, &untouched, sizeof(walk)));
	return 0;
}

/* His own too: the number says that another's is meant. */
static int play_walk_of_process(int fd)
{
	struct ntpool_walk walk, untouched;

	memset(&walk, POISON, sizeof(walk));
	walk.handle = 0;
	walk.address = (uintptr_t)&walk;
	walk.flags = 0;
	walk.pid = getpid();
	untouched = walk;
	WANT(call(fd, NTPOOL_IOC_WALK, &walk) == EPERM);
	WANT(!memcmp(&walk, &untouched, sizeof(walk)));
	walk.pid = getppid();
	WANT(call(fd, NTPOOL_IOC_WALK, &walk) == EPERM);
	return 0;
}

static int play_regions(int fd)
{
	struct ntpool_region region;
	struct ntpool_regions get = { .array = (uintptr_t)&region, .count = 1 };

	WANT(call(fd, NTPOOL_IOC_REGIONS, &get) == EPERM);
	WANT(get.count == 1 && get.next == 0);
	return 0;
}

static int play_walk_of_own(int fd)
{
	struct ntpool_walk walk = { .frame = 77 };
	unsigned int i;

	walk.address = (uintptr_t)&walk;
	WANT(call(fd, NTPOOL_IOC_WALK, &walk) == 0);
	WANT(walk.kind == NTPOOL_CLASS_USER);
	WANT(walk.address == (uintptr_t)&walk);
	WANT(walk.page_shift == 12);
	WANT(walk.frame == 0);
	for (i = 0; i < NTPOOL_WALK_LEVELS; i++)
		WANT(walk.entry[i] == 0);
	WANT(walk.index[walk.levels - 1] == ((uintptr_t)&walk >> 12 & 511));
	return 0;
}

/* The indexes would spell out the address. */
static int play_walk_of_block(int fd)
{
	struct ntpool_alloc alloc;
	struct ntpool_walk walk = { .frame = 77 };
	unsigned int i;

	WANT(alloc_as_nobody(fd, &alloc) == 0);
	WANT(fill_as_nobody(fd, alloc.handle) == 0);
	walk.handle = alloc.handle;
	WANT(call(fd, NTPOOL_IOC_WALK, &walk) == 0);
	WANT(walk.kind == NTPOOL_CLASS_PAGED_POOL);
	WANT(walk.address == 0);
	WANT(walk.frame == 0);
	for (i = 0; i < NTPOOL_WALK_LEVELS; i++) {
		WANT(walk.entry[i] == 0);
		WANT(walk.index[i] == 0);
	}
	return 0;
}

static int play_bugcheck(int fd)
{
	struct ntpool_touch touch = { .irql = NTPOOL_IRQL_DISPATCH };
	struct ntpool_event event;
	struct ntpool_alloc alloc;
	unsigned int i;

	WANT(alloc_as_nobody(fd, &alloc) == 0);
	touch.handle = alloc.handle;
	WANT(call(fd, NTPOOL_IOC_TOUCH, &touch) == 0);
	WANT(touch.bugcheck != 0);
	WANT(read(fd, &event, sizeof(event)) == sizeof(event));
	WANT(event.seq == touch.bugcheck);
	WANT(event.code == 0xd1);
	WANT(event.param[0] == 0);
	WANT(event.param[1] == NTPOOL_IRQL_DISPATCH);
	WANT(event.param[2] == 0);
	WANT(event.param[3] == 0);
	for (i = 0; i < NTPOOL_BUGCHECK_STACK; i++)
		WANT(event.stack[i] == 0);
	return 0;
}

static int play_request(int fd)
{
	uint64_t words[8] = { 0 };
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_BUFFERED,
		.cpu = NTPOOL_CPU_CURRENT,
		.buffer = (uintptr_t)words,
		.length = 8,
		.data = 0x1234,
	};
	struct ntpool_result result = { .timeout_ns = 5 * SECOND };

	WANT(call(fd, NTPOOL_IOC_REQUEST, &request) == 0);
	result.request = request.request;
	WANT(call(fd, NTPOOL_IOC_RESULT, &result) == 0);
	WANT(result.outcome == NTPOOL_OUTCOME_DELIVERED);
	WANT(words[0] == 0x1234);
	WANT(result.requester.frame == 0);
	WANT(result.interrupted.frame == 0);
	return 0;
}

static int play_limit(int fd)
{
	const struct rlimit none = { 0, 0 };
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_DIRECT,
		.cpu = NTPOOL_CPU_CURRENT,
		.buffer = rig.buffer,
		.length = 8,
		.request = 77,
	};

	WANT(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
	WANT(call(fd, NTPOOL_IOC_REQUEST, &request) == 0);
	WANT(request.status == NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	WANT(request.request == 0);
	return 0;
}

/* Only the last of all: bug checks of others stay theirs. */
static int play_bugcheck_of_others(int fd)
{
	struct ntpool_event event;

	usleep(100000);
	WANT(read(fd, &event, sizeof(event)) == -1 && errno == EAGAIN);
	return 0;
}

static void test_block(void **state)
{
	(void)state;
	as_nobody(play_block);
}

static void test_pages(void **state)
{
	(void)state;
	as_nobody(play_pages);
}

static void test_executable(void **state)
{
	struct ntpool_alloc alloc = {
		.pool_flags = NTPOOL_FLAG_NON_PAGED_EXECUTE,
		.size = BLOCK_SIZE,
		.tag = TEST_TAG,
	};

	(void)state;
	as_nobody(play_executable);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	assert_int_equal(alloc.status, NTPOOL_STATUS_SUCCESS);
}

static void test_trim_all(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd);

	(void)state;
	as_nobody(play_trim_all);
	assert_int_equal(stats_of(rig.fd).trimmed, before.trimmed);
}

static void test_rewind(void **state)
{
	(void)state;
	as_nobody(play_rewind);
}

static void test_walk_of_system(void **state)
{
	(void)state;
	as_nobody(play_walk_of_system);
}

static void test_walk_of_process(void **state)
{
	(void)state;
	as_nobody(play_walk_of_process);
}

static void test_regions(void **state)
{
	(void)state;
	as_nobody(play_regions);
}

static void test_walk_of_own(void **state)
{
	(void)state;
	as_nobody(play_walk_of_own);
}

static void test_walk_of_block(void **state)
{
	(void)state;
	as_nobody(play_walk_of_block);
}

static void test_bugcheck(void **state)
{
	(void)state;
	as_nobody(play_bugcheck);
}

static void test_limit(void **state)
{
	(void)state;
	as_nobody(play_limit);
}

static void test_request(void **state)
{
	(void)state;
	as_nobody(play_request);
}

/* One child makes a bug check while the other, opened before, looks. */
static void test_bugcheck_of_others(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct ntpool_touch touch = { .irql = NTPOOL_IRQL_DISPATCH };

		usleep(50000);
		touch.handle = rig.paged;
		trim_block(rig.fd, rig.paged, 0);
		call(rig.fd, NTPOOL_IOC_TOUCH, &touch);
		_exit(0);
	}
	as_nobody(play_bugcheck_of_others);
	assert_int_not_equal(next_event(rig.other).type, 0);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("anybody may use blocks, without their addresses", test_block),
		TEST("anybody sees the states of pages, not frames and slots", test_pages),
		TEST("executable pool is EPERM for all but the administrator", test_executable),
		TEST("trimming all paged memory is EPERM", test_trim_all),
		TEST("walking a system address is EPERM", test_walk_of_system),
		TEST("walking an address of a process by its number is EPERM", test_walk_of_process),
		TEST("the map of paged pool is EPERM", test_regions),
		TEST("going back to old bug checks is EPERM", test_rewind),
		TEST("anybody may walk his own address, without entries", test_walk_of_own),
		TEST("the walk of a block hides its address", test_walk_of_block),
		TEST("a bug check's kernel addresses are hidden", test_bugcheck),
		TEST("anybody may make requests, without frames", test_request),
		TEST("a direct request's pages count against the limit of who asks", test_limit),
		TEST("bug checks of others are not seen", test_bugcheck_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
