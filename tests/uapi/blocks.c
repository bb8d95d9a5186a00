// SPDX-License-Identifier: GPL-2.0-only
/* Blocks: what alloc, free, read and write do when they are asked rightly. */
#include "uapi.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pattern.h"

static const uint64_t sizes[] = { 1, 8, 100, 4064, 4095, 4096,
				  4097, 8192, 65536, 300000, 1 << 20 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static const uint64_t pools[] = { NTPOOL_FLAG_PAGED, NTPOOL_FLAG_NON_PAGED };

static struct ntpool_alloc alloc(uint64_t flags, uint64_t size)
{
	struct ntpool_alloc alloc;

	memset(&alloc, POISON, sizeof(alloc));
	alloc.pool_flags = flags;
	alloc.size = size;
	alloc.tag = TEST_TAG;
	alloc.pad = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	return alloc;
}

static void test_all_sizes(void **state)
{
	size_t i, pool;

	(void)state;
	for (pool = 0; pool < 2; pool++) {
		for (i = 0; i < SIZES; i++) {
			uint64_t handle = alloc_block(rig.fd, pools[pool],
						      sizes[i]);

			fill_block(rig.fd, handle, sizes[i], i);
			assert_filled(rig.fd, handle, sizes[i], i);
			free_block(rig.fd, handle);
		}
	}
}

static void test_answers_all_fields(void **state)
{
	struct ntpool_alloc answer = alloc(NTPOOL_FLAG_PAGED, 5000);

	(void)state;
	assert_int_equal(answer.status, NTPOOL_STATUS_SUCCESS);
	assert_int_not_equal(answer.handle, 0);
	assert_true(answer.address > 0xffff800000000000);
	assert_int_equal(answer.pad2, 0);
	assert_int_equal(answer.bugcheck, 0);
	assert_int_equal(answer.pool_flags, NTPOOL_FLAG_PAGED);
	assert_int_equal(answer.size, 5000);
	assert_int_equal(answer.tag, TEST_TAG);
}

/* ExAllocatePool2: a page or more is page-aligned. */
static void test_alignment_of_large(void **state)
{
	size_t pool;

	(void)state;
	for (pool = 0; pool < 2; pool++) {
		assert_int_equal(alloc(pools[pool], 4096).address % PAGE, 0);
		assert_int_equal(alloc(pools[pool], 4097).address % PAGE, 0);
		assert_int_equal(alloc(pools[pool], 100000).address % PAGE, 0);
	}
}

/* ExAllocatePool2: up to a page never crosses a page's end; 16 bytes. */
static void test_alignment_of_small(void **state)
{
	uint64_t size, pool;

	(void)state;
	for (pool = 0; pool < 2; pool++) {
		for (size = 1; size < PAGE; size += 61) {
			uint64_t address = alloc(pools[pool], size).address;

			assert_int_equal(address % 16, 0);
			assert_true(address % PAGE + size <= PAGE);
		}
	}
}

static void assert_zeroed(uint64_t handle, uint64_t size)
{
	unsigned char *memory = malloc(size);
	struct ntpool_rw rw = {
		.handle = handle,
		.length = size,
		.buffer = (uintptr_t)memory,
	};

	memset(memory, POISON, size);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_READ, &rw), 0);
	/* All bytes are equal to their neighbours, and the first one is 0. */
	assert_int_equal(memory[0], 0);
	assert_true(!memcmp(memory, memory + 1, size - 1));
	free(memory);
}

/* Blocks are dirtied and freed first, so that stale bytes would be there. */
static void dirty_some(uint64_t flags, uint64_t size, uint64_t *handles,
		       size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		handles[i] = alloc_block(rig.fd, flags, size);
		fill_block(rig.fd, handles[i], size, i);
	}
	for (i = 0; i < count; i++)
		free_block(rig.fd, handles[i]);
}

static void check_zeroed(uint64_t flags)
{
	uint64_t handles[16];
	size_t i, j, count;

	for (i = 0; i < SIZES; i++) {
		count = sizes[i] > 65536 ? 2 : 16;
		dirty_some(flags, sizes[i], handles, count);
		for (j = 0; j < count; j++) {
			handles[j] = alloc_block(rig.fd, flags, sizes[i]);
			assert_zeroed(handles[j], sizes[i]);
		}
		for (j = 0; j < count; j++)
			free_block(rig.fd, handles[j]);
	}
}

static void test_paged_is_zeroed(void **state)
{
	(void)state;
	check_zeroed(NTPOOL_FLAG_PAGED);
}

static void test_nonpaged_is_zeroed(void **state)
{
	(void)state;
	check_zeroed(NTPOOL_FLAG_NON_PAGED);
}

/* Bytes that a user program can read are zeroed in either case. */
static void test_uninitialized_shows_nothing(void **state)
{
	(void)state;
	check_zeroed(NTPOOL_FLAG_PAGED | NTPOOL_FLAG_UNINITIALIZED);
	check_zeroed(NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_UNINITIALIZED);
}

static void test_neighbours_are_left_alone(void **state)
{
	uint64_t handles[64];
	size_t i;

	(void)state;
	for (i = 0; i < 64; i++) {
		handles[i] = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, 100);
		fill_block(rig.fd, handles[i], 100, i);
	}
	for (i = 0; i < 64; i += 2)
		free_block(rig.fd, handles[i]);
	for (i = 1; i < 64; i += 2)
		assert_filled(rig.fd, handles[i], 100, i);
}

static void test_read_in_the_middle(void **state)
{
	unsigned char memory[100];
	struct ntpool_rw rw = {
		.handle = rig.paged,
		.offset = PAGE - 50,
		.length = sizeof(memory),
		.buffer = (uintptr_t)memory,
		.transferred = 77,
		.bugcheck = 77,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_READ, &rw), 0);
	assert_int_equal(rw.transferred, sizeof(memory));
	assert_int_equal(rw.bugcheck, 0);
	assert_int_equal(pattern_check(memory, sizeof(memory), SEED, PAGE - 50),
			 sizeof(memory));
}

static void test_last_byte(void **state)
{
	struct ntpool_rw rw = {
		.handle = rig.paged,
		.offset = BLOCK_SIZE - 1,
		.length = 1,
		.buffer = rig.buffer,
	};
	unsigned char last;

	(void)state;
	pattern_fill(&last, 1, SEED, BLOCK_SIZE - 1);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_READ, &rw), 0);
	assert_int_equal(buffer()[0], last);
	assert_int_equal(buffer()[1], FILLER);
}

static void test_wrong_tag_keeps_the_block(void **state)
{
	struct ntpool_free free = {
		.handle = rig.paged,
		.tag = TAG('N', 'o', 'p', 'e'),
	};
	struct ntpool_event event;

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_FREE, &free), 0);
	assert_int_equal(free.status, NTPOOL_STATUS_INVALID_PARAMETER);
	assert_int_not_equal(free.bugcheck, 0);
	event = next_event(rig.fd);
	assert_int_equal(event.type, NTPOOL_EVENT_BUGCHECK);
	assert_int_equal(event.seq, free.bugcheck);
	assert_int_equal(event.code, 0xc2);
	assert_string_equal(event.name, "BAD_POOL_CALLER");
	assert_int_equal(event.param[0], 0x0a);
	assert_int_equal(event.param[1], query_block(rig.fd, rig.paged).address);
	assert_int_equal(event.param[2], TEST_TAG);
	assert_int_equal(event.param[3], free.tag);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
	free_block(rig.fd, rig.paged);
}

static void test_tag_0_frees_any(void **state)
{
	struct ntpool_free free = { .handle = rig.paged };

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_FREE, &free), 0);
	assert_int_equal(free.status, NTPOOL_STATUS_SUCCESS);
	assert_int_equal(free.bugcheck, 0);
}

/* Every command that takes a handle must know that this one is gone. */
static void test_freed_handle_is_gone(void **state)
{
	static const unsigned long with_handle[] = {
		NTPOOL_IOC_FREE,
		NTPOOL_IOC_READ,
		NTPOOL_IOC_WRITE,
		NTPOOL_IOC_QUERY,
		NTPOOL_IOC_PAGES,
		NTPOOL_IOC_TRIM,
		NTPOOL_IOC_TOUCH,
		NTPOOL_IOC_WALK,
	};
	union arg arg, untouched;
	size_t i;

	(void)state;
	free_block(rig.fd, rig.paged);
	for (i = 0; i < sizeof(with_handle) / sizeof(with_handle[0]); i++) {
		valid_arg(with_handle[i], &arg);
		untouched = arg;
		assert_int_equal(call(rig.fd, with_handle[i], &arg), ENOENT);
		assert_memory_equal(&arg, &untouched, sizeof(arg));
	}
}

static void test_too_large_gets_status(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd);
	struct ntpool_alloc answer = alloc(NTPOOL_FLAG_NON_PAGED, 1ull << 50);

	(void)state;
	assert_int_equal(answer.status, NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(answer.handle, 0);
	assert_int_equal(answer.address, 0);
	answer = alloc(NTPOOL_FLAG_PAGED, ~0ull);
	assert_int_equal(answer.status, NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(answer.handle, 0);
	assert_int_equal(stats_of(rig.fd).nonpaged_bytes, before.nonpaged_bytes);
	assert_int_equal(stats_of(rig.fd).paged_bytes, before.paged_bytes);
}

static void test_statistics_count(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd), after;
	uint64_t paged = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, 1000);
	uint64_t nonpaged = alloc_block(rig.fd, NTPOOL_FLAG_NON_PAGED, 300);

	(void)state;
	after = stats_of(rig.fd);
	assert_int_equal(after.paged_allocs, before.paged_allocs + 1);
	assert_int_equal(after.paged_bytes, before.paged_bytes + 1000);
	assert_int_equal(after.nonpaged_allocs, before.nonpaged_allocs + 1);
	assert_int_equal(after.nonpaged_bytes, before.nonpaged_bytes + 300);
	assert_true(after.paged_peak_bytes >= after.paged_bytes);
	free_block(rig.fd, paged);
	free_block(rig.fd, nonpaged);
	after = stats_of(rig.fd);
	assert_int_equal(after.paged_frees, before.paged_frees + 1);
	assert_int_equal(after.paged_bytes, before.paged_bytes);
	assert_int_equal(after.nonpaged_frees, before.nonpaged_frees + 1);
	assert_int_equal(after.nonpaged_bytes, before.nonpaged_bytes);
}

static void alloc_tagged(uint32_t tag)
{
	struct ntpool_alloc alloc = {
		.pool_flags = NTPOOL_FLAG_NON_PAGED,
		.size = 10,
		.tag = tag,
	};

	assert_int_equal(call(rig.fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	assert_int_equal(alloc.status, NTPOOL_STATUS_SUCCESS);
}

static void assert_test_row(const struct ntpool_tag *row)
{
	assert_true(row->paged_bytes >= BLOCK_SIZE);
	assert_true(row->paged_allocs > row->paged_frees);
	assert_true(row->nonpaged_bytes >= BLOCK_SIZE);
	assert_true(row->nonpaged_allocs > row->nonpaged_frees);
}

/* Sorted as text is, that is with the lowest byte first. */
static bool comes_before(uint32_t tag, uint32_t next)
{
	return __builtin_bswap32(tag) < __builtin_bswap32(next);
}

/* count 0 asks for the number alone. */
static uint64_t count_tags(void)
{
	struct ntpool_tags get = { 0 };

	assert_int_equal(call(rig.fd, NTPOOL_IOC_TAGS, &get), 0);
	assert_int_equal(get.count, 0);
	return get.total;
}

static void test_tag_table(void **state)
{
	struct ntpool_tag rows[64];
	struct ntpool_tags get = { .array = (uintptr_t)rows, .count = 64 };
	bool found = false;
	uint64_t i;

	(void)state;
	alloc_tagged(TAG('Z', 'a', 'a', 'a'));
	alloc_tagged(TAG('A', 'z', 'z', 'z'));
	alloc_tagged(TAG('T', 0, 0, 0));
	memset(rows, POISON, sizeof(rows));
	assert_int_equal(call(rig.fd, NTPOOL_IOC_TAGS, &get), 0);
	assert_in_range(get.total, 4, 64);
	assert_int_equal(get.count, get.total);
	assert_int_equal(count_tags(), get.total);
	for (i = 0; i < get.total; i++) {
		assert_true(!i || comes_before(rows[i - 1].tag, rows[i].tag));
		assert_int_equal(rows[i].pad, 0);
		if (rows[i].tag != TEST_TAG)
			continue;
		found = true;
		assert_test_row(&rows[i]);
	}
	assert_true(found);
}

/* A newer module fills what an older program knows, and no byte more. */
static void test_stats_of_an_older_program(void **state)
{
	struct ntpool_stats_get get = { .stats = rig.buffer, .size = 16 };

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_STATS, &get), 0);
	assert_int_equal(buffer()[16], FILLER);
}

static void test_stats_of_a_newer_program(void **state)
{
	size_t known = sizeof(struct ntpool_stats), i;
	struct ntpool_stats_get get = { .stats = rig.buffer, .size = known + 64 };

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_STATS, &get), 0);
	for (i = known; i < known + 64; i++)
		assert_int_equal(buffer()[i], 0);
	assert_int_equal(buffer()[known + 64], FILLER);
}

/* Leaks are reported as Driver Verifier does: 0xC4/62 with their number. */
static void test_close_frees_all(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd), after;
	struct ntpool_event event;
	int fd = open_device(0);

	(void)state;
	assert_int_equal(stats_of(rig.fd).sessions, before.sessions + 1);
	alloc_block(fd, NTPOOL_FLAG_PAGED, 100000);
	alloc_block(fd, NTPOOL_FLAG_PAGED, 100);
	alloc_block(fd, NTPOOL_FLAG_NON_PAGED, 100000);
	close(fd);
	after = stats_of(rig.fd);
	assert_int_equal(after.sessions, before.sessions);
	assert_int_equal(after.paged_bytes, before.paged_bytes);
	assert_int_equal(after.nonpaged_bytes, before.nonpaged_bytes);
	assert_int_equal(after.paged_frees, before.paged_frees + 2);
	event = next_event(rig.fd);
	assert_int_equal(event.type, NTPOOL_EVENT_BUGCHECK);
	assert_int_equal(event.code, 0xc4);
	assert_int_equal(event.param[0], 0x62);
	assert_int_equal(event.param[3], 3);
}

static void test_close_without_leaks_is_silent(void **state)
{
	int fd = open_device(0);

	(void)state;
	free_block(fd, alloc_block(fd, NTPOOL_FLAG_PAGED, 100));
	close(fd);
	assert_int_equal(next_event(rig.fd).type, 0);
}

static void test_features(void **state)
{
	struct ntpool_features features;

	(void)state;
	memset(&features, POISON, sizeof(features));
	features.flags = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_FEATURES, &features), 0);
	assert_int_equal(features.abi_version, NTPOOL_ABI_VERSION);
	assert_int_equal(features.page_size, sysconf(_SC_PAGESIZE));
	assert_int_equal(features.cpus, sysconf(_SC_NPROCESSORS_ONLN));
	assert_true(features.features & NTPOOL_FEATURE_PAGING);
	assert_true(features.features & NTPOOL_FEATURE_SWAP);
	assert_string_equal(features.reason, "");
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("blocks of all sizes hold what is written", test_all_sizes),
		TEST("alloc answers in all its fields", test_answers_all_fields),
		TEST("a block of a page or more is page-aligned", test_alignment_of_large),
		TEST("a smaller block crosses no page's end", test_alignment_of_small),
		TEST("paged pool is zeroed", test_paged_is_zeroed),
		TEST("nonpaged pool is zeroed", test_nonpaged_is_zeroed),
		TEST("uninitialized blocks show nobody's bytes", test_uninitialized_shows_nothing),
		TEST("freeing a block leaves its neighbours alone", test_neighbours_are_left_alone),
		TEST("read finds the bytes at an offset, across pages", test_read_in_the_middle),
		TEST("the last byte of a block can be read alone", test_last_byte),
		TEST("a wrong tag is 0xC2/0A and keeps the block", test_wrong_tag_keeps_the_block),
		TEST("tag 0 frees whatever the tag is", test_tag_0_frees_any),
		TEST("a freed handle is gone for every command", test_freed_handle_is_gone),
		TEST("what cannot be had is an NTSTATUS, not an errno", test_too_large_gets_status),
		TEST("the statistics count allocations and frees", test_statistics_count),
		TEST("the tag table is complete and sorted", test_tag_table),
		TEST("stats fill no more than an older program knows", test_stats_of_an_older_program),
		TEST("stats fill with 0 what only a newer program knows", test_stats_of_a_newer_program),
		TEST("closing a session frees its blocks and reports them", test_close_frees_all),
		TEST("closing a session without blocks reports nothing", test_close_without_leaks_is_silent),
		TEST("features tell what is there", test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
