// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of the ioctl interface share. */
#include "uapi.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pattern.h"
#include "driver/order.h"

struct rig rig;

int open_device(int flags)
{
	int fd = open("/dev/ntpool", O_RDWR | O_CLOEXEC | flags);

	assert_true(fd >= 0);
	return fd;
}

unsigned char *buffer(void)
{
	return (unsigned char *)(uintptr_t)rig.buffer;
}

int call(int fd, unsigned long command, void *arg)
{
	return ioctl(fd, command, arg) ? errno : 0;
}

uint64_t alloc_block(int fd, uint64_t flags, uint64_t size)
{
	struct ntpool_alloc alloc = {
		.pool_flags = flags,
		.size = size,
		.tag = TEST_TAG,
	};

	assert_int_equal(call(fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	assert_int_equal(alloc.status, NTPOOL_STATUS_SUCCESS);
	assert_int_not_equal(alloc.handle, 0);
	return alloc.handle;
}

void free_block(int fd, uint64_t handle)
{
	struct ntpool_free free = { .handle = handle, .tag = TEST_TAG };

	assert_int_equal(call(fd, NTPOOL_IOC_FREE, &free), 0);
	assert_int_equal(free.status, NTPOOL_STATUS_SUCCESS);
}

static void copy(int fd, unsigned long command, uint64_t handle, void *memory,
		 uint64_t size)
{
	struct ntpool_rw rw = {
		.handle = handle,
		.length = size,
		.buffer = (uintptr_t)memory,
	};

	assert_int_equal(call(fd, command, &rw), 0);
	assert_int_equal(rw.status, NTPOOL_STATUS_SUCCESS);
	assert_int_equal(rw.transferred, size);
}

void fill_block(int fd, uint64_t handle, uint64_t size, uint64_t seed)
{
	void *memory = malloc(size);

	pattern_fill(memory, size, seed, 0);
	copy(fd, NTPOOL_IOC_WRITE, handle, memory, size);
	free(memory);
}

void assert_filled(int fd, uint64_t handle, uint64_t size, uint64_t seed)
{
	void *memory = calloc(1, size);

	copy(fd, NTPOOL_IOC_READ, handle, memory, size);
	assert_int_equal(pattern_check(memory, size, seed, 0), size);
	free(memory);
}

struct ntpool_stats stats_of(int fd)
{
	struct ntpool_stats stats;
	struct ntpool_stats_get get = {
		.stats = (uintptr_t)&stats,
		.size = sizeof(stats),
	};

	memset(&stats, POISON, sizeof(stats));
	assert_int_equal(call(fd, NTPOOL_IOC_STATS, &get), 0);
	return stats;
}

struct ntpool_query query_block(int fd, uint64_t handle)
{
	struct ntpool_query query;

	memset(&query, POISON, sizeof(query));
	query.handle = handle;
	query.flags = 0;
	assert_int_equal(call(fd, NTPOOL_IOC_QUERY, &query), 0);
	return query;
}

struct ntpool_trim trim_block(int fd, uint64_t handle, uint32_t flags)
{
	struct ntpool_trim trim = { .handle = handle, .flags = flags };

	assert_int_equal(call(fd, NTPOOL_IOC_TRIM, &trim), 0);
	assert_int_equal(trim.status, NTPOOL_STATUS_SUCCESS);
	return trim;
}

struct ntpool_touch touch_byte(int fd, uint64_t handle, uint64_t offset,
			       uint32_t irql, uint32_t access, uint8_t value)
{
	struct ntpool_touch touch;

	memset(&touch, POISON, sizeof(touch));
	touch.handle = handle;
	touch.offset = offset;
	touch.irql = irql;
	touch.access = access;
	touch.value = value;
	touch.pad = 0;
	assert_int_equal(call(fd, NTPOOL_IOC_TOUCH, &touch), 0);
	return touch;
}

struct ntpool_event next_event(int fd)
{
	struct ntpool_event event;

	memset(&event, POISON, sizeof(event));
	if (read(fd, &event, sizeof(event)) != sizeof(event))
		event.type = 0;
	return event;
}

static void *map_buffer(void)
{
	void *memory = mmap(NULL, BUFFER_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	memset(memory, FILLER, BUFFER_SIZE);
	return memory;
}

/*
 * Handles are counted for each session, so the other one's must be beyond.  They
 * are small blocks: one of their pages has slots to look at.
 */
static uint64_t foreign_handle(int fd)
{
	uint64_t handle = 0;

	while (handle < 8)
		handle = alloc_block(fd, NTPOOL_FLAG_NON_PAGED, 16);
	return handle;
}

static void send_to_device(int fd, uint64_t device, uint32_t code, const void *input,
			   uint32_t length, struct ntpool_device_io *io)
{
	*io = (struct ntpool_device_io){
		.device = device,
		.major = NTPOOL_IO_CONTROL,
		.code = code,
		.input = (uintptr_t)input,
		.input_length = length,
		.eventfd = -1,
	};
	assert_int_equal(call(fd, NTPOOL_IOC_DEVICE_IO, io), 0);
}

static uint64_t open_test_driver(int fd)
{
	struct ntpool_device_open question = { .name = TEST_DEVICE };

	assert_int_equal(call(fd, NTPOOL_IOC_DEVICE_OPEN, &question), 0);
	assert_int_equal(question.status, NTPOOL_STATUS_SUCCESS);
	return question.device;
}

/* A request that is done and waits to be collected. */
static uint64_t done_request(int fd, uint64_t device)
{
	struct test_order order = { .answer = NTPOOL_STATUS_PENDING,
				    .flags = TEST_MARK };
	struct ntpool_device_io io;

	send_to_device(fd, device, TEST_ORDER, &order, sizeof(order), &io);
	send_to_device(fd, device, TEST_DO(0), NULL, 0, &io);
	assert_int_equal(io.status, NTPOOL_STATUS_PENDING);
	/* That it is done is no news any more. */
	assert_int_equal(next_event(fd).seq, io.request);
	return io.request;
}

/* Later requests are done at once. */
static void open_rig_device(void)
{
	struct test_order order = { 0 };
	struct ntpool_device_io io;

	rig.device = open_test_driver(rig.fd);
	rig.done = done_request(rig.fd, rig.device);
	send_to_device(rig.fd, rig.device, TEST_ORDER, &order, sizeof(order), &io);
}

/* Handles are counted for each session. */
static void open_foreign_device(void)
{
	do
		rig.foreign_device = open_test_driver(rig.other);
	while (rig.foreign_device <= rig.device);
	do
		rig.foreign_done = done_request(rig.other, rig.foreign_device);
	while (rig.foreign_done <= rig.done);
}

/* The quota's accounts of processes that have ended go a little after them. */
static void wait_for_the_ended(void)
{
	int tries = 2000;

	while (stats_of(rig.fd).quota_processes > 1 && --tries)
		usleep(1000);
}

int rig_setup(void **state)
{
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_BUFFERED,
		.cpu = NTPOOL_CPU_CURRENT,
		.length = 8,
		.delay_ns = NTPOOL_REQUEST_MAX_DELAY_NS,
	};

	(void)state;
	memset(&rig, 0, sizeof(rig));
	rig.fd = open_device(O_NONBLOCK);
	rig.other = open_device(O_NONBLOCK);
	rig.buffer = (uintptr_t)map_buffer();
	rig.paged = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, BLOCK_SIZE);
	rig.nonpaged = alloc_block(rig.fd, NTPOOL_FLAG_NON_PAGED, BLOCK_SIZE);
	rig.high = rig.paged | 1ull << 32;
	rig.foreign = foreign_handle(rig.other);
	rig.small = query_block(rig.other, rig.foreign).address;
	fill_block(rig.fd, rig.paged, BLOCK_SIZE, SEED);
	fill_block(rig.fd, rig.nonpaged, BLOCK_SIZE, SEED);
	request.buffer = rig.buffer;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_REQUEST, &request), 0);
	rig.request = request.request;
	open_rig_device();
	wait_for_the_ended();
	return 0;
}

int rig_teardown(void **state)
{
	(void)state;
	close(rig.fd);
	close(rig.other);
	return munmap(buffer(), BUFFER_SIZE);
}

static void valid_block_arg(unsigned long command, union arg *arg)
{
	switch (command) {
	case NTPOOL_IOC_ALLOC:
		arg->alloc.pool_flags = NTPOOL_FLAG_PAGED;
		arg->alloc.size = 100;
		arg->alloc.tag = TEST_TAG;
		arg->alloc.pad = 0;
		break;
	case NTPOOL_IOC_FREE:
		arg->free.handle = rig.paged;
		arg->free.tag = TEST_TAG;
		arg->free.flags = 0;
		break;
	case NTPOOL_IOC_READ:
	case NTPOOL_IOC_WRITE:
		arg->rw.handle = rig.paged;
		arg->rw.offset = 16;
		arg->rw.length = 64;
		arg->rw.buffer = rig.buffer;
		arg->rw.flags = 0;
		break;
	}
}

static void valid_paging_arg(unsigned long command, union arg *arg)
{
	switch (command) {
	case NTPOOL_IOC_QUERY:
		arg->query.handle = rig.paged;
		arg->query.flags = 0;
		break;
	case NTPOOL_IOC_PAGES:
		arg->pages = (struct ntpool_pages){
			.handle = rig.paged,
			.count = 2,
			.array = rig.buffer,
		};
		break;
	case NTPOOL_IOC_TRIM:
		arg->trim.handle = rig.paged;
		arg->trim.offset = 0;
		arg->trim.length = 0;
		arg->trim.flags = 0;
		break;
	case NTPOOL_IOC_TOUCH:
		arg->touch.handle = rig.paged;
		arg->touch.offset = 5;
		arg->touch.irql = NTPOOL_IRQL_PASSIVE;
		arg->touch.access = NTPOOL_ACCESS_READ;
		arg->touch.value = 0;
		arg->touch.pad = 0;
		break;
	}
}

static void valid_system_arg(unsigned long command, union arg *arg)
{
	switch (command) {
	case NTPOOL_IOC_FEATURES:
		arg->features.flags = 0;
		break;
	case NTPOOL_IOC_STATS:
		arg->stats = (struct ntpool_stats_get){
			.stats = rig.buffer,
			.size = sizeof(struct ntpool_stats),
		};
		break;
	case NTPOOL_IOC_TAGS:
		arg->tags.array = rig.buffer;
		arg->tags.count = 8;
		arg->tags.flags = 0;
		break;
	case NTPOOL_IOC_USAGE:
		arg->usage.array = rig.buffer;
		arg->usage.count = 8;
		arg->usage.by = NTPOOL_BY_SESSION;
		arg->usage.flags = 0;
		arg->usage.pad = 0;
		break;
	case NTPOOL_IOC_BLOCKS:
		arg->blocks.from = 0;
		arg->blocks.array = rig.buffer;
		arg->blocks.count = 8;
		arg->blocks.flags = 0;
		break;
	case NTPOOL_IOC_SLOTS:
		arg->slots.address = rig.small;
		arg->slots.array = rig.buffer;
		arg->slots.count = 8;
		arg->slots.flags = 0;
		break;
	case NTPOOL_IOC_QUOTA:
		arg->quota.pid = 0;
		arg->quota.flags = 0;
		arg->quota.paged_limit = 0;
		arg->quota.nonpaged_limit = 0;
		break;
	case NTPOOL_IOC_CONDITION:
		arg->condition.condition = NTPOOL_CONDITION_LOW_PAGED;
		arg->condition.flags = 0;
		break;
	case NTPOOL_IOC_VERIFIER:
		/* What follows are answers. */
		memset(arg, 0, offsetof(struct ntpool_verifier, attempted));
		break;
	case NTPOOL_IOC_SPECIAL:
		arg->special.on = 1;
		arg->special.flags = 0;
		break;
	case NTPOOL_IOC_SPLIT:
		arg->split.layout = 0;
		arg->split.user_mb = 0;
		arg->split.set = 0;
		arg->split.pad = 0;
		break;
	case NTPOOL_IOC_WALK:
		arg->walk.handle = rig.paged;
		arg->walk.address = 0;
		arg->walk.flags = 0;
		arg->walk.pid = 0;
		break;
	case NTPOOL_IOC_REGIONS:
		arg->regions = (struct ntpool_regions){
			.array = rig.buffer,
			.count = 8,
		};
		break;
	}
}

static void valid_io_arg(unsigned long command, union arg *arg)
{
	switch (command) {
	case NTPOOL_IOC_VOLUNTEER:
		arg->volunteer = (struct ntpool_volunteer){
			.start = rig.buffer,
			.length = PAGE,
		};
		break;
	case NTPOOL_IOC_REQUEST:
		arg->request.variant = NTPOOL_VARIANT_BUFFERED;
		arg->request.cpu = NTPOOL_CPU_CURRENT;
		arg->request.buffer = rig.buffer;
		arg->request.length = 8;
		arg->request.delay_ns = NTPOOL_REQUEST_MAX_DELAY_NS;
		arg->request.data = 0;
		arg->request.flags = 0;
		break;
	case NTPOOL_IOC_RESULT:
		arg->result.request = rig.request;
		arg->result.timeout_ns = 0;
		arg->result.flags = 0;
		break;
	}
}

static void valid_device_arg(unsigned long command, union arg *arg)
{
	switch (command) {
	case NTPOOL_IOC_DEVICE_OPEN:
		arg->device_open = (struct ntpool_device_open){
			.name = TEST_DEVICE,
			.status = POISON,
			.device = POISON,
		};
		break;
	case NTPOOL_IOC_DEVICE_CLOSE:
		arg->device_close.device = rig.device;
		break;
	case NTPOOL_IOC_DEVICE_IO:
		arg->device_io = (struct ntpool_device_io){
			.device = rig.device,
			.major = NTPOOL_IO_CONTROL,
			.code = TEST_DO(0),
			.eventfd = -1,
			.status = POISON,
			.information = POISON,
			.request = POISON,
		};
		break;
	case NTPOOL_IOC_DEVICE_WAIT:
		arg->device_wait.request = rig.done;
		arg->device_wait.timeout_ns = 0;
		arg->device_wait.flags = 0;
		break;
	case NTPOOL_IOC_DEVICE_CANCEL:
		arg->device_cancel.device = 0;
		arg->device_cancel.request = rig.done;
		arg->device_cancel.pad = 0;
		break;
	}
}

void valid_arg(unsigned long command, union arg *arg)
{
	memset(arg, POISON, sizeof(*arg));
	valid_block_arg(command, arg);
	valid_paging_arg(command, arg);
	valid_system_arg(command, arg);
	valid_io_arg(command, arg);
	valid_device_arg(command, arg);
}

static void apply(const struct change *change, union arg *arg)
{
	uint64_t value = change->live ? *change->live : change->value;

	if (change->width > sizeof(value)) {
		memset((char *)arg + change->offset, value, change->width);
		return;
	}
	/* A number that the field cannot hold would test another one. */
	assert_true(change->width == 8 || value >> (8 * change->width) == 0);
	memcpy((char *)arg + change->offset, &value, change->width);
}

static void assert_untouched(const void *memory, int byte, size_t size)
{
	const unsigned char *at = memory;
	size_t i;

	for (i = 0; i < size; i++)
		assert_int_equal(at[i], byte);
}

static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	struct ntpool_stats before, after;
	union arg arg, copy_of_arg;
	size_t i;

	valid_arg(refusal->command, &arg);
	for (i = 0; i < sizeof(refusal->changes) / sizeof(refusal->changes[0]); i++)
		apply(&refusal->changes[i], &arg);
	copy_of_arg = arg;
	before = stats_of(rig.fd);
	assert_int_equal(call(rig.fd, refusal->command, &arg), refusal->error);
	after = stats_of(rig.fd);
	assert_memory_equal(&arg, &copy_of_arg, sizeof(arg));
	assert_memory_equal(&before, &after, sizeof(before));
	assert_untouched(buffer(), FILLER, BUFFER_SIZE);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
	assert_filled(rig.fd, rig.nonpaged, BLOCK_SIZE, SEED);
}

static int refusal_setup(void **state)
{
	rig_setup(state);
	open_foreign_device();
	return 0;
}

int run_refusals(const char *group, const struct refusal *table, size_t count)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	size_t i;
	int failed;

	for (i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = table[i].sentence,
			.test_func = test_refusal,
			.setup_func = refusal_setup,
			.teardown_func = rig_teardown,
			.initial_state = (void *)&table[i],
		};
	failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	free(tests);
	return failed;
}

void as_nobody(int (*play)(int fd))
{
	int status, fd;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		fd = open("/dev/ntpool", O_RDWR | O_NONBLOCK);
		if (fd < 0 || setresuid(65534, 65534, 65534))
			_exit(255);
		/* A line number does not fit in a status. */
		status = play(fd);
		if (status)
			fprintf(stderr, "# went wrong in line %d\n", status);
		_exit(status ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
