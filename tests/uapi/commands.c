// SPDX-License-Identifier: GPL-2.0-only
/* What holds for every command: its number, and the pointer to its struct. */
#include "uapi.h"

#include <stdlib.h>
#include <sys/mman.h>

struct command {
	const char *name;
	unsigned long number;
	size_t status; /* offset of an NTSTATUS in its struct, 0: has none */
};

#define STATUS(type) offsetof(struct type, status)

static const struct command commands[] = {
	{ "features", NTPOOL_IOC_FEATURES, 0 },
	{ "stats", NTPOOL_IOC_STATS, 0 },
	{ "tags", NTPOOL_IOC_TAGS, 0 },
	{ "usage", NTPOOL_IOC_USAGE, 0 },
	{ "blocks", NTPOOL_IOC_BLOCKS, 0 },
	{ "slots", NTPOOL_IOC_SLOTS, 0 },
	{ "quota", NTPOOL_IOC_QUOTA, 0 },
	{ "condition", NTPOOL_IOC_CONDITION, 0 },
	{ "verifier", NTPOOL_IOC_VERIFIER, 0 },
	{ "special", NTPOOL_IOC_SPECIAL, 0 },
	{ "alloc", NTPOOL_IOC_ALLOC, STATUS(ntpool_alloc) },
	{ "free", NTPOOL_IOC_FREE, STATUS(ntpool_free) },
	{ "read", NTPOOL_IOC_READ, STATUS(ntpool_rw) },
	{ "write", NTPOOL_IOC_WRITE, STATUS(ntpool_rw) },
	{ "query", NTPOOL_IOC_QUERY, 0 },
	{ "pages", NTPOOL_IOC_PAGES, 0 },
	{ "trim", NTPOOL_IOC_TRIM, STATUS(ntpool_trim) },
	{ "touch", NTPOOL_IOC_TOUCH, STATUS(ntpool_touch) },
	{ "split", NTPOOL_IOC_SPLIT, 0 },
	{ "walk", NTPOOL_IOC_WALK, 0 },
	{ "regions", NTPOOL_IOC_REGIONS, 0 },
	{ "volunteer", NTPOOL_IOC_VOLUNTEER, 0 },
	{ "request", NTPOOL_IOC_REQUEST, STATUS(ntpool_request) },
	{ "result", NTPOOL_IOC_RESULT, STATUS(ntpool_result) },
	{ "device open", NTPOOL_IOC_DEVICE_OPEN, STATUS(ntpool_device_open) },
	{ "device close", NTPOOL_IOC_DEVICE_CLOSE, 0 },
	{ "device io", NTPOOL_IOC_DEVICE_IO, STATUS(ntpool_device_io) },
	{ "device wait", NTPOOL_IOC_DEVICE_WAIT, STATUS(ntpool_device_wait) },
	{ "device cancel", NTPOOL_IOC_DEVICE_CANCEL, 0 },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* The result of a request that is completed at once, or result would wait. */
static void make_result_ready(union arg *arg)
{
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_BUFFERED,
		.cpu = NTPOOL_CPU_CURRENT,
		.buffer = rig.buffer,
		.length = 8,
	};

	assert_int_equal(call(rig.fd, NTPOOL_IOC_REQUEST, &request), 0);
	arg->result.request = request.request;
}

/* Without this the refusals would prove nothing: the base might be wrong. */
static void test_accepts_base(void **state)
{
	const struct command *command = *state;
	uint32_t status = 0;
	union arg arg;

	valid_arg(command->number, &arg);
	if (command->number == NTPOOL_IOC_RESULT)
		make_result_ready(&arg);
	assert_int_equal(call(rig.fd, command->number, &arg), 0);
	if (command->status)
		memcpy(&status, (char *)&arg + command->status, sizeof(status));
	assert_true(status == NTPOOL_STATUS_SUCCESS ||
		    (status == NTPOOL_STATUS_PENDING &&
		     command->number == NTPOOL_IOC_REQUEST));
}

static void assert_faults(const struct command *command, void *pointer)
{
	struct ntpool_stats before = stats_of(rig.fd);
	struct ntpool_stats after;

	assert_int_equal(call(rig.fd, command->number, pointer), EFAULT);
	after = stats_of(rig.fd);
	assert_memory_equal(&before, &after, sizeof(before));
}

static void test_refuses_null(void **state)
{
	assert_faults(*state, NULL);
}

static void test_refuses_system_address(void **state)
{
	assert_faults(*state, (void *)0xffff888000000000ul);
}

/* The struct's end lies in a page that is not there. */
static void test_refuses_half_a_struct(void **state)
{
	const struct command *command = *state;
	size_t size = _IOC_SIZE(command->number);
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	union arg arg;

	assert_true(pages != MAP_FAILED);
	assert_int_equal(munmap(pages + PAGE, PAGE), 0);
	valid_arg(command->number, &arg);
	memcpy(pages + PAGE - size + 8, &arg, size - 8);
	assert_faults(command, pages + PAGE - size + 8);
	munmap(pages, PAGE);
}

/* It can be read but not answered in: nothing may have happened then. */
static void test_refuses_read_only(void **state)
{
	const struct command *command = *state;
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(page != MAP_FAILED);
	valid_arg(command->number, page);
	assert_int_equal(mprotect(page, PAGE, PROT_READ), 0);
	assert_faults(command, page);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
	munmap(page, PAGE);
}

static void assert_unknown(unsigned long number)
{
	union arg arg, untouched;

	memset(&arg, 0, sizeof(arg));
	untouched = arg;
	assert_int_equal(call(rig.fd, number, &arg), ENOTTY);
	assert_memory_equal(&arg, &untouched, sizeof(arg));
}

static void test_unknown_numbers(void **state)
{
	(void)state;
	assert_unknown(_IOWR('N', 0x00, struct ntpool_features));
	assert_unknown(_IOWR('N', 0x83, struct ntpool_features));
	assert_unknown(_IOWR('N', 0xff, struct ntpool_features));
	assert_unknown(0);
	assert_unknown(0xffffffff);
}

static void test_other_magic(void **state)
{
	(void)state;
	assert_unknown(_IOWR('n', 0x80, struct ntpool_features));
}

/* The size is part of the number: another struct is another command. */
static void test_other_size(void **state)
{
	(void)state;
	assert_unknown(_IOWR('N', 0x90, struct ntpool_free));
	assert_unknown(_IOWR('N', 0x80, char));
}

static void test_other_direction(void **state)
{
	(void)state;
	assert_unknown(_IOR('N', 0x80, struct ntpool_features));
	assert_unknown(_IOW('N', 0x90, struct ntpool_alloc));
	assert_unknown(_IO('N', 0x80));
}

static const struct {
	const char *sentence; /* behind the command's name */
	CMUnitTestFunction test;
} everywhere[] = {
	{ "accepts the struct that the refusals begin with", test_accepts_base },
	{ "refuses a null pointer", test_refuses_null },
	{ "refuses an address of system space", test_refuses_system_address },
	{ "refuses a struct that ends in nowhere", test_refuses_half_a_struct },
	{ "does nothing where it cannot answer", test_refuses_read_only },
};

#define EVERYWHERE (sizeof(everywhere) / sizeof(everywhere[0]))

/* What is not answered may stand in read-only memory. */
static bool applies(const struct command *command, CMUnitTestFunction test)
{
	return test != test_refuses_read_only ||
	       (_IOC_DIR(command->number) & _IOC_READ);
}

static size_t add_tests(struct CMUnitTest *tests)
{
	size_t count = 0, i, j;
	char *name;

	for (i = 0; i < COMMANDS; i++) {
		for (j = 0; j < EVERYWHERE; j++) {
			if (!applies(&commands[i], everywhere[j].test))
				continue;
			if (asprintf(&name, "%s %s", commands[i].name,
				     everywhere[j].sentence) < 0)
				exit(1);
			tests[count++] = (struct CMUnitTest){
				.name = name,
				.test_func = everywhere[j].test,
				.setup_func = rig_setup,
				.teardown_func = rig_teardown,
				.initial_state = (void *)&commands[i],
			};
		}
	}
	return count;
}

int main(void)
{
	const struct CMUnitTest numbers[] = {
		{ "a number that is no command is refused", test_unknown_numbers,
		  rig_setup, rig_teardown, NULL },
		{ "a command with another magic is refused", test_other_magic,
		  rig_setup, rig_teardown, NULL },
		{ "a command with another size is refused", test_other_size,
		  rig_setup, rig_teardown, NULL },
		{ "a command with another direction is refused",
		  test_other_direction, rig_setup, rig_teardown, NULL },
	};
	const size_t own = sizeof(numbers) / sizeof(numbers[0]);
	struct CMUnitTest tests[COMMANDS * EVERYWHERE + own];
	size_t count = add_tests(tests);

	memcpy(tests + count, numbers, sizeof(numbers));
	return _cmocka_run_group_tests("commands", tests, count + own, NULL,
				       NULL);
}
