// SPDX-License-Identifier: GPL-2.0-only
/*
 * More paged pool than the machine has memory, written and verified word for
 * word while two threads trim and touch the same range.  PRESSURE is how much more, in
 * percent of memory: a slow kernel is given less, and pages because it is trimmed.
 */
#include "uapi.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pattern.h"
#include "base/proc.h"

#define PIECE (1ul << 20)

static struct {
	uint64_t handle;
	uint64_t size;
	atomic_bool stop;
	atomic_ulong trimmed, touched, wrong;
} load;

/* The library's random() has a lock; this one is good enough and has none. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void *trimmer(void *unused)
{
	uint64_t random = 88172645463325252ull;

	while (!load.stop) {
		struct ntpool_trim trim = {
			.handle = load.handle,
			.offset = next_random(&random) % load.size,
			.flags = next_random(&random) % 4 ? 0 :
							    NTPOOL_TRIM_WRITE_OUT,
		};

		trim.length = load.size - trim.offset;
		if (trim.length > PIECE)
			trim.length = PIECE;
		if (call(rig.fd, NTPOOL_IOC_TRIM, &trim))
			load.wrong++;
		load.trimmed += trim.trimmed;
		/* Else an emulated machine does nothing but trim. */
		usleep(5000);
	}
	return unused;
}

/* Loads compare with the pattern; stores write what is there already. */
static void touch_once(uint64_t *random)
{
	uint64_t offset = next_random(random) % load.size;
	bool write = next_random(random) % 2;
	struct ntpool_touch touch = {
		.handle = load.handle,
		.offset = offset,
		.irql = next_random(random) % 2,
		.access = write ? NTPOOL_ACCESS_WRITE : NTPOOL_ACCESS_READ,
	};
	uint8_t byte;

	pattern_fill(&byte, 1, SEED, offset);
	if (write)
		touch.value = byte;
	if (call(rig.fd, NTPOOL_IOC_TOUCH, &touch) ||
	    touch.status != NTPOOL_STATUS_SUCCESS || touch.value != byte)
		load.wrong++;
	load.touched++;
}

static void *toucher(void *unused)
{
	uint64_t random = 362436069362436069ull;

	while (!load.stop) {
		touch_once(&random);
		usleep(500);
	}
	return unused;
}

static int copy_piece(unsigned long command, uint64_t offset, void *piece)
{
	struct ntpool_rw rw = {
		.handle = load.handle,
		.offset = offset,
		.length = PIECE,
		.buffer = (uintptr_t)piece,
	};

	return call(rig.fd, command, &rw) || rw.transferred != PIECE;
}

static void write_all(void *piece)
{
	uint64_t offset;

	for (offset = 0; offset < load.size; offset += PIECE) {
		pattern_fill(piece, PIECE, SEED, offset);
		assert_int_equal(copy_piece(NTPOOL_IOC_WRITE, offset, piece), 0);
	}
}

static void verify_all(void *piece)
{
	uint64_t offset;

	for (offset = 0; offset < load.size; offset += PIECE) {
		memset(piece, 0, PIECE);
		assert_int_equal(copy_piece(NTPOOL_IOC_READ, offset, piece), 0);
		assert_int_equal(pattern_check(piece, PIECE, SEED, offset),
				 PIECE);
	}
}

static uint64_t pressure_size(void)
{
	const char *percent = getenv("PRESSURE");

	return proc_meminfo("MemTotal") / 100 * (percent ? atoi(percent) : 110) /
	       PIECE * PIECE;
}

static void test_pressure(void **state)
{
	uint64_t out = proc_vmstat("pswpout"), in = proc_vmstat("pswpin");
	void *piece = malloc(PIECE);
	pthread_t threads[2];

	(void)state;
	load.size = pressure_size();
	assert_true(proc_meminfo("SwapFree") > load.size);
	load.handle = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, load.size);
	write_all(piece);
	assert_int_equal(pthread_create(&threads[0], NULL, trimmer, NULL), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, toucher, NULL), 0);
	verify_all(piece);
	load.stop = true;
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	assert_int_equal(load.wrong, 0);
	assert_true(load.trimmed > 0);
	assert_true(load.touched > 0);
	assert_true(proc_vmstat("pswpout") > out);
	assert_true(proc_vmstat("pswpin") > in);
	free_block(rig.fd, load.handle);
	free(piece);
}

/* The nonpaged block of the rig has been there all the time. */
static void test_nonpaged_beside(void **state)
{
	struct ntpool_page before[BLOCK_PAGES], after[BLOCK_PAGES];
	struct ntpool_pages get = {
		.handle = rig.nonpaged,
		.count = BLOCK_PAGES,
		.array = (uintptr_t)before,
	};
	void *piece = malloc(PIECE);
	unsigned int i;

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_PAGES, &get), 0);
	load.size = pressure_size();
	load.handle = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, load.size);
	write_all(piece);
	get.array = (uintptr_t)after;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_PAGES, &get), 0);
	for (i = 0; i < BLOCK_PAGES; i++) {
		assert_int_equal(after[i].state, NTPOOL_PAGE_RESIDENT);
		assert_int_not_equal(after[i].frame, 0);
		assert_int_equal(after[i].frame, before[i].frame);
	}
	assert_filled(rig.fd, rig.nonpaged, BLOCK_SIZE, SEED);
	free_block(rig.fd, load.handle);
	free(piece);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a large block is intact while it is trimmed and touched", test_pressure),
		TEST("nonpaged pool beside it neither moves nor changes", test_nonpaged_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
