// SPDX-License-Identifier: GPL-2.0-only
/* Quotas: who allocates with USE_QUOTA is charged, until the block is freed. */
#include "uapi.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUOTA_PAGED    (NTPOOL_FLAG_PAGED | NTPOOL_FLAG_USE_QUOTA)
#define QUOTA_NONPAGED (NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_USE_QUOTA)

static struct ntpool_quota quota_of(uint32_t pid)
{
	struct ntpool_quota quota;

	memset(&quota, POISON, sizeof(quota));
	quota.pid = pid;
	quota.flags = 0;
	quota.paged_limit = 0;
	quota.nonpaged_limit = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_QUOTA, &quota), 0);
	return quota;
}

static struct ntpool_quota set_quota(uint32_t pid, uint64_t paged,
				     uint64_t nonpaged)
{
	struct ntpool_quota quota = {
		.pid = pid,
		.flags = NTPOOL_QUOTA_SET,
		.paged_limit = paged,
		.nonpaged_limit = nonpaged,
	};

	assert_int_equal(call(rig.fd, NTPOOL_IOC_QUOTA, &quota), 0);
	return quota;
}

static int teardown(void **state)
{
	set_quota(0, NTPOOL_QUOTA_DEFAULT, NTPOOL_QUOTA_DEFAULT);
	return rig_teardown(state);
}

static struct ntpool_alloc try_alloc(int fd, uint64_t flags, uint64_t size)
{
	struct ntpool_alloc alloc;

	memset(&alloc, POISON, sizeof(alloc));
	alloc.pool_flags = flags;
	alloc.size = size;
	alloc.tag = TEST_TAG;
	alloc.pad = 0;
	assert_int_equal(call(fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	return alloc;
}

static void test_charged_and_returned(void **state)
{
	struct ntpool_quota before = quota_of(0), now;
	uint64_t paged = alloc_block(rig.fd, QUOTA_PAGED, 100000);
	uint64_t nonpaged = alloc_block(rig.fd, QUOTA_NONPAGED, 300);

	(void)state;
	now = quota_of(0);
	assert_int_equal(now.paged_used, before.paged_used + 100000);
	assert_int_equal(now.nonpaged_used, before.nonpaged_used + 300);
	assert_true(now.paged_peak >= now.paged_used);
	free_block(rig.fd, paged);
	free_block(rig.fd, nonpaged);
	now = quota_of(0);
	assert_int_equal(now.paged_used, before.paged_used);
	assert_int_equal(now.nonpaged_used, before.nonpaged_used);
	assert_true(now.paged_peak >= before.paged_used + 100000);
}

static void test_small_paged_blocks_too(void **state)
{
	struct ntpool_quota before = quota_of(0);
	uint64_t handle = alloc_block(rig.fd, QUOTA_PAGED, 40);

	(void)state;
	assert_int_equal(quota_of(0).paged_used, before.paged_used + 40);
	free_block(rig.fd, handle);
	assert_int_equal(quota_of(0).paged_used, before.paged_used);
}

static void test_without_the_flag_nothing_is_charged(void **state)
{
	struct ntpool_quota before = quota_of(0), now;

	(void)state;
	alloc_block(rig.fd, NTPOOL_FLAG_PAGED, 100000);
	now = quota_of(0);
	assert_memory_equal(&before, &now, sizeof(now));
}

static void test_exceeded(void **state)
{
	struct ntpool_stats stats = stats_of(rig.fd);
	struct ntpool_quota now = quota_of(0);
	struct ntpool_alloc alloc;
	uint64_t handle;

	(void)state;
	set_quota(0, now.paged_used + 1000, NTPOOL_QUOTA_UNLIMITED);
	alloc = try_alloc(rig.fd, QUOTA_PAGED, 1001);
	assert_int_equal(alloc.status, NTPOOL_STATUS_QUOTA_EXCEEDED);
	assert_int_equal(alloc.handle, 0);
	assert_int_equal(alloc.address, 0);
	assert_int_equal(alloc.bugcheck, 0);
	assert_int_equal(quota_of(0).paged_used, now.paged_used);
	assert_int_equal(stats_of(rig.fd).paged_bytes, stats.paged_bytes);
	handle = alloc_block(rig.fd, QUOTA_PAGED, 1000);
	alloc = try_alloc(rig.fd, QUOTA_PAGED, 1);
	assert_int_equal(alloc.status, NTPOOL_STATUS_QUOTA_EXCEEDED);
	/* The other pool has a limit of its own, and without quota there is none. */
	free_block(rig.fd, alloc_block(rig.fd, QUOTA_NONPAGED, 5000));
	free_block(rig.fd, alloc_block(rig.fd, NTPOOL_FLAG_PAGED, 5000));
	free_block(rig.fd, handle);
	free_block(rig.fd, alloc_block(rig.fd, QUOTA_PAGED, 1000));
}

static void test_limits_in_force_are_told(void **state)
{
	struct ntpool_quota quota = set_quota(0, 123456789, 5000);

	(void)state;
	assert_int_equal(quota.paged_limit, 123456789);
	assert_int_equal(quota.nonpaged_limit, 5000);
	quota = quota_of(0);
	assert_int_equal(quota.paged_limit, 123456789);
	assert_int_equal(quota.nonpaged_limit, 5000);
	quota = set_quota(0, NTPOOL_QUOTA_DEFAULT, NTPOOL_QUOTA_DEFAULT);
	assert_int_equal(quota.paged_limit, NTPOOL_QUOTA_UNLIMITED);
	assert_int_equal(quota.nonpaged_limit, NTPOOL_QUOTA_UNLIMITED);
}

static void write_parameter(const char *name, const char *value)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/ntpool/parameters/%s", name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(value, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_default_is_the_parameter(void **state)
{
	uint64_t used = quota_of(0).paged_used;
	struct ntpool_alloc alloc;

	(void)state;
	write_parameter("paged_quota_mb", "1");
	alloc = try_alloc(rig.fd, QUOTA_PAGED, (1 << 20) - used + 1);
	write_parameter("paged_quota_mb", "0");
	assert_int_equal(alloc.status, NTPOOL_STATUS_QUOTA_EXCEEDED);
	assert_int_equal(quota_of(0).paged_limit, NTPOOL_QUOTA_UNLIMITED);
}

/* A child that allocates in a session of ours, tells, and waits for its end. */
static pid_t charge_in_child(uint64_t size, int *until)
{
	struct ntpool_alloc alloc = {
		.pool_flags = QUOTA_PAGED,
		.size = size,
		.tag = TEST_TAG,
	};
	int told[2], end[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(told) | pipe(end), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(end[1]);
		byte = call(rig.fd, NTPOOL_IOC_ALLOC, &alloc) || alloc.status;
		if (write(told[1], &byte, 1) != 1)
			_exit(1);
		_exit(read(end[0], &byte, 1) != 0);
	}
	close(end[0]);
	close(told[1]);
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(byte, 0);
	close(told[0]);
	*until = end[1];
	return child;
}

static void end_child(pid_t child, int until)
{
	int status;

	close(until);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_each_process_is_charged_for_itself(void **state)
{
	struct ntpool_quota before = quota_of(0), now;
	int until;
	pid_t child = charge_in_child(7000, &until);

	(void)state;
	now = quota_of(child);
	assert_int_equal(now.paged_used, 7000);
	assert_int_equal(now.paged_peak, 7000);
	now = quota_of(0);
	assert_int_equal(now.paged_used, before.paged_used);
	end_child(child, until);
}

/* The account of a process that has ended stays until the last charge is back. */
static void test_account_outlives_its_process(void **state)
{
	uint64_t charged = stats_of(rig.fd).quota_paged_bytes, accounts;
	int until, i;
	pid_t child = charge_in_child(7000, &until);

	(void)state;
	end_child(child, until);
	sleep(3); /* longer than accounts without charges are kept */
	assert_int_equal(stats_of(rig.fd).quota_paged_bytes, charged + 7000);
	accounts = stats_of(rig.fd).quota_processes;
	/* Closing the session frees the block: somebody else's doing. */
	close(rig.fd);
	rig.fd = open_device(O_NONBLOCK);
	assert_int_equal(stats_of(rig.fd).quota_paged_bytes, charged);
	for (i = 0; i < 100; i++) {
		if (stats_of(rig.fd).quota_processes < accounts)
			break;
		poll(NULL, 0, 100);
	}
	assert_int_equal(stats_of(rig.fd).quota_processes, accounts - 1);
}

static void test_a_block_freed_by_another_process(void **state)
{
	struct ntpool_quota before = quota_of(0);
	uint64_t handle = alloc_block(rig.fd, QUOTA_NONPAGED, 9000);
	struct ntpool_free free = { .handle = handle, .tag = TEST_TAG };
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(call(rig.fd, NTPOOL_IOC_FREE, &free) || free.status);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(quota_of(0).nonpaged_used, before.nonpaged_used);
}

static int ask_as_nobody(int fd)
{
	struct ntpool_quota quota = { .pid = 0 };
	uint32_t own = getpid();

	WANT(call(fd, NTPOOL_IOC_QUOTA, &quota) == 0);
	quota = (struct ntpool_quota){ .pid = own };
	WANT(call(fd, NTPOOL_IOC_QUOTA, &quota) == 0);
	quota = (struct ntpool_quota){ .pid = 1, .paged_used = 77 };
	WANT(call(fd, NTPOOL_IOC_QUOTA, &quota) == EPERM);
	WANT(quota.paged_used == 77);
	quota = (struct ntpool_quota){ .flags = NTPOOL_QUOTA_SET };
	WANT(call(fd, NTPOOL_IOC_QUOTA, &quota) == EPERM);
	return 0;
}

static void test_nobody_asks_for_himself_only(void **state)
{
	(void)state;
	as_nobody(ask_as_nobody);
}

#define TEST(sentence, test)                              \
	{                                                 \
		sentence, test, rig_setup, teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("quota is charged and returned by pool", test_charged_and_returned),
		TEST("small paged blocks are charged too", test_small_paged_blocks_too),
		TEST("without USE_QUOTA nothing is charged", test_without_the_flag_nothing_is_charged),
		TEST("beyond the limit it is STATUS_QUOTA_EXCEEDED and nothing is charged", test_exceeded),
		TEST("the limits in force are told", test_limits_in_force_are_told),
		TEST("the default limit is the module's parameter", test_default_is_the_parameter),
		TEST("each process is charged for itself, whosever the session", test_each_process_is_charged_for_itself),
		TEST("an account outlives its process until the last charge is back", test_account_outlives_its_process),
		TEST("the charge goes back to the process charged, whoever frees", test_a_block_freed_by_another_process),
		TEST("without CAP_SYS_ADMIN one asks for oneself only", test_nobody_asks_for_himself_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
