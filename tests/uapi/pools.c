// SPDX-License-Identifier: GPL-2.0-only
/* The pools as a whole: who uses them, their blocks, and the pages of small ones. */
#include "uapi.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PAGED	  NTPOOL_FLAG_PAGED
#define NON_PAGED NTPOOL_FLAG_NON_PAGED
#define OWN_TAG	  TAG('O', 'w', 'n', '1')
#define ROOM	  64

static struct ntpool_alloc alloc(int fd, uint64_t flags, uint64_t size)
{
	struct ntpool_alloc arg = {
		.pool_flags = flags,
		.size = size,
		.tag = OWN_TAG,
	};

	assert_int_equal(call(fd, NTPOOL_IOC_ALLOC, &arg), 0);
	assert_int_equal(arg.status, NTPOOL_STATUS_SUCCESS);
	return arg;
}

static void free_own(int fd, uint64_t handle)
{
	struct ntpool_free arg = { .handle = handle, .tag = OWN_TAG };

	assert_int_equal(call(fd, NTPOOL_IOC_FREE, &arg), 0);
	assert_int_equal(arg.status, NTPOOL_STATUS_SUCCESS);
}

/* --- usage ----------------------------------------------------------------- */

static uint64_t usage(int fd, uint32_t by, struct ntpool_usage_row rows[ROOM])
{
	struct ntpool_usage get = {
		.array = (uintptr_t)rows,
		.count = ROOM,
		.by = by,
	};

	memset(rows, POISON, ROOM * sizeof(*rows));
	assert_int_equal(call(fd, NTPOOL_IOC_USAGE, &get), 0);
	assert_in_range(get.total, 1, ROOM);
	assert_int_equal(get.count, get.total);
	return get.total;
}

/* The row of OWN_TAG of this process' newest session; NULL: there is none. */
static const struct ntpool_usage_row *own_row(const struct ntpool_usage_row *rows,
					      uint64_t count)
{
	const struct ntpool_usage_row *found = NULL;
	uint64_t i;

	for (i = 0; i < count; i++)
		if (rows[i].tag == OWN_TAG && rows[i].pid == (uint32_t)getpid())
			found = &rows[i];
	return found;
}

static void test_usage_by_session(void **state)
{
	struct ntpool_usage_row rows[ROOM] = { 0 };
	const struct ntpool_usage_row *row;
	uint64_t handle;

	(void)state;
	prctl(PR_SET_NAME, "user of pools");
	close(rig.other);
	rig.other = open_device(O_NONBLOCK);
	handle = alloc(rig.other, PAGED, 100).handle;
	alloc(rig.other, PAGED, 1000);
	alloc(rig.other, NON_PAGED, 30);
	free_own(rig.other, handle);
	row = own_row(rows, usage(rig.fd, NTPOOL_BY_SESSION, rows));
	assert_non_null(row);
	assert_string_equal(row->name, "user of pools");
	assert_true(row->session > 0);
	assert_int_equal(row->pad, 0);
	assert_int_equal(row->paged_allocs, 2);
	assert_int_equal(row->paged_frees, 1);
	assert_int_equal(row->paged_bytes, 1000);
	assert_int_equal(row->nonpaged_allocs, 1);
	assert_int_equal(row->nonpaged_frees, 0);
	assert_int_equal(row->nonpaged_bytes, 30);
}

static void test_usage_ends_with_the_session(void **state)
{
	struct ntpool_usage_row rows[ROOM] = { 0 };
	int fd = open_device(O_NONBLOCK);

	(void)state;
	alloc(fd, PAGED, 100);
	assert_non_null(own_row(rows, usage(rig.fd, NTPOOL_BY_SESSION, rows)));
	close(fd);
	assert_null(own_row(rows, usage(rig.fd, NTPOOL_BY_SESSION, rows)));
}

static bool comes_before(const struct ntpool_usage_row *a,
			 const struct ntpool_usage_row *b)
{
	if (a->session != b->session)
		return a->session < b->session;
	return __builtin_bswap32(a->tag) < __builtin_bswap32(b->tag);
}

static void test_usage_is_sorted(void **state)
{
	struct ntpool_usage_row rows[ROOM] = { 0 };
	uint64_t count, i;

	(void)state;
	alloc(rig.other, PAGED, 100);
	alloc(rig.fd, PAGED, 100);
	count = usage(rig.fd, NTPOOL_BY_SESSION, rows);
	assert_true(count >= 4);
	for (i = 1; i < count; i++)
		assert_true(comes_before(&rows[i - 1], &rows[i]));
}

static void test_usage_count_0(void **state)
{
	struct ntpool_usage_row rows[ROOM] = { 0 };
	struct ntpool_usage get = { .by = NTPOOL_BY_SESSION };
	uint64_t total = usage(rig.fd, NTPOOL_BY_SESSION, rows);

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_USAGE, &get), 0);
	assert_int_equal(get.count, 0);
	assert_int_equal(get.total, total);
}

static void test_usage_in_little_room(void **state)
{
	struct ntpool_usage get = {
		.array = rig.buffer,
		.count = 1,
		.by = NTPOOL_BY_SESSION,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_USAGE, &get), 0);
	assert_int_equal(get.count, 1);
	assert_true(get.total > 1);
	assert_int_equal(buffer()[sizeof(struct ntpool_usage_row)], FILLER);
}

/* What the device allocates is allocated by the module ntpool. */
static void test_usage_by_module(void **state)
{
	struct ntpool_usage_row rows[ROOM] = { 0 };
	uint64_t count, i, found = 0;

	(void)state;
	alloc(rig.fd, PAGED, 1000);
	alloc(rig.fd, NON_PAGED, 30);
	count = usage(rig.fd, NTPOOL_BY_MODULE, rows);
	for (i = 0; i < count; i++) {
		assert_true(!i || __builtin_bswap32(rows[i - 1].tag) <=
					  __builtin_bswap32(rows[i].tag));
		assert_int_equal(rows[i].session, 0);
		assert_int_equal(rows[i].pid, 0);
		assert_int_equal(rows[i].pad, 0);
		if (rows[i].tag != OWN_TAG)
			continue;
		found++;
		assert_string_equal(rows[i].name, "ntpool");
		assert_int_equal(rows[i].paged_bytes, 1000);
		assert_int_equal(rows[i].nonpaged_bytes, 30);
		assert_true(rows[i].paged_allocs > rows[i].paged_frees);
	}
	assert_int_equal(found, 1);
}

static int play_usage_of_others(int fd)
{
	struct ntpool_alloc arg = {
		.pool_flags = PAGED,
		.size = 10,
		.tag = OWN_TAG,
	};
	struct ntpool_usage_row rows[ROOM] = { 0 };
	struct ntpool_usage get = {
		.array = (uintptr_t)rows,
		.count = ROOM,
		.by = NTPOOL_BY_SESSION,
	};

	WANT(call(fd, NTPOOL_IOC_ALLOC, &arg) == 0);
	WANT(call(fd, NTPOOL_IOC_USAGE, &get) == 0);
	WANT(get.total == 1);
	WANT(rows[0].tag == OWN_TAG);
	WANT(rows[0].pid == (uint32_t)getpid());
	return 0;
}

static void test_usage_of_others(void **state)
{
	(void)state;
	as_nobody(play_usage_of_others);
}

/* --- blocks ---------------------------------------------------------------- */

struct walk {
	struct ntpool_block *blocks;
	uint32_t count, calls;
};

/* All blocks there are, @step at a time. */
static struct walk walk(uint32_t step)
{
	struct walk all = { .blocks = NULL };
	struct ntpool_blocks get = { .from = 0 };

	do {
		all.blocks = realloc(all.blocks, (all.count + step) *
							 sizeof(*all.blocks));
		assert_non_null(all.blocks);
		get.array = (uintptr_t)(all.blocks + all.count);
		get.count = step;
		assert_int_equal(call(rig.fd, NTPOOL_IOC_BLOCKS, &get), 0);
		assert_true(get.count <= step);
		assert_true(!get.next || get.count == step);
		all.count += get.count;
		all.calls++;
		get.from = get.next;
	} while (get.next);
	return all;
}

static const struct ntpool_block *find(const struct walk *all, uint64_t address)
{
	const struct ntpool_block *found = NULL;
	uint32_t i;

	for (i = 0; i < all->count; i++) {
		if (all->blocks[i].address != address)
			continue;
		assert_null(found);
		found = &all->blocks[i];
	}
	return found;
}

static void assert_block(const struct walk *all, const struct ntpool_alloc *arg)
{
	const struct ntpool_block *block = find(all, arg->address);

	assert_non_null(block);
	assert_int_equal(block->size, arg->size);
	assert_true(block->slot >= arg->size);
	assert_int_equal(block->tag, OWN_TAG);
	assert_true(block->pool_flags & arg->pool_flags & (PAGED | NON_PAGED));
	assert_string_equal(block->module, "ntpool");
}

static const uint64_t sizes[] = { 1, 16, 100, 4064, 4096, 5000, 100000 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void test_blocks_are_all_found(void **state)
{
	static const uint32_t steps[] = { 1, 2, 63, 64, 65, 1000 };
	struct ntpool_alloc allocs[2 * SIZES];
	size_t i, j;

	(void)state;
	for (i = 0; i < 2 * SIZES; i++)
		allocs[i] = alloc(i & 1 ? rig.other : rig.fd,
				  i & 1 ? PAGED : NON_PAGED, sizes[i / 2]);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct walk all = walk(steps[i]);

		for (j = 0; j < 2 * SIZES; j++)
			assert_block(&all, &allocs[j]);
		free(all.blocks);
	}
}

static void test_blocks_are_sorted(void **state)
{
	struct walk all;
	uint32_t i;

	(void)state;
	for (i = 0; i < 300; i++)
		alloc(rig.fd, i & 1 ? PAGED : NON_PAGED, 1 + i * 37);
	all = walk(7);
	assert_true(all.count >= 300);
	for (i = 1; i < all.count; i++)
		assert_true(all.blocks[i - 1].address +
				    all.blocks[i - 1].size <=
			    all.blocks[i].address);
	free(all.blocks);
}

static void test_freed_blocks_are_gone(void **state)
{
	struct ntpool_alloc paged = alloc(rig.fd, PAGED, 100);
	struct ntpool_alloc nonpaged = alloc(rig.fd, NON_PAGED, 100);
	struct walk all;

	(void)state;
	free_own(rig.fd, paged.handle);
	free_own(rig.fd, nonpaged.handle);
	all = walk(100);
	assert_null(find(&all, paged.address));
	assert_null(find(&all, nonpaged.address));
	free(all.blocks);
}

/* From an address in the middle of a block the next one is the first. */
static void test_blocks_from_an_address(void **state)
{
	struct ntpool_alloc arg = alloc(rig.fd, PAGED, 100000);
	struct ntpool_block block;
	struct ntpool_blocks get = {
		.from = arg.address,
		.array = (uintptr_t)&block,
		.count = 1,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_BLOCKS, &get), 0);
	assert_int_equal(get.count, 1);
	assert_int_equal(block.address, arg.address);
	get.from = arg.address + 1;
	get.count = 1;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_BLOCKS, &get), 0);
	assert_true(!get.count || block.address > arg.address);
	get.from = UINT64_MAX;
	get.count = 1;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_BLOCKS, &get), 0);
	assert_int_equal(get.count, 0);
	assert_int_equal(get.next, 0);
}

static int play_blocks(int fd)
{
	struct ntpool_block block;
	struct ntpool_blocks get = { .array = (uintptr_t)&block, .count = 1 };

	WANT(call(fd, NTPOOL_IOC_BLOCKS, &get) == EPERM);
	WANT(get.next == 0 && get.count == 1);
	return 0;
}

static void test_blocks_as_nobody(void **state)
{
	(void)state;
	as_nobody(play_blocks);
}

/* --- slots ----------------------------------------------------------------- */

static struct ntpool_slots slots(uint64_t address, struct ntpool_slot rows[256])
{
	struct ntpool_slots get;

	memset(&get, POISON, sizeof(get));
	memset(rows, POISON, 256 * sizeof(*rows));
	get.address = address;
	get.array = (uintptr_t)rows;
	get.count = 256;
	get.flags = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_SLOTS, &get), 0);
	assert_in_range(get.total, 0, 256);
	assert_int_equal(get.count, get.total);
	return get;
}

/* The slots follow each other, and each tells the size of the one before. */
static void assert_slots(const struct ntpool_slot *rows, uint32_t count)
{
	uint32_t i;

	assert_int_equal(rows[0].previous, 0);
	for (i = 1; i < count; i++) {
		assert_int_equal(rows[i].previous, rows[i - 1].size);
		assert_int_equal(rows[i].address,
				 rows[i - 1].address + rows[i - 1].size);
		assert_int_equal(rows[i].address / PAGE, rows[0].address / PAGE);
		assert_true(rows[i].allocated <= 1);
	}
}

static const struct ntpool_slot *slot_at(const struct ntpool_slot *rows,
					 uint32_t count, uint64_t address)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (rows[i].address == address)
			return &rows[i];
	return NULL;
}

static void check_page(uint64_t pool)
{
	struct ntpool_alloc arg = alloc(rig.fd, pool, 100);
	struct ntpool_slot rows[256];
	struct ntpool_slots get = slots(arg.address + 50, rows);
	const struct ntpool_slot *slot;

	assert_true(get.total > 1);
	assert_slots(rows, get.total);
	slot = slot_at(rows, get.total, arg.address);
	assert_non_null(slot);
	assert_int_equal(slot->allocated, 1);
	assert_int_equal(slot->tag, OWN_TAG);
	assert_int_equal(slot->requested, 100);
	assert_true(slot->size >= 100);
	assert_int_equal(get.found, 1);
	assert_int_equal(get.block.address, arg.address);
	assert_int_equal(get.block.size, 100);
	assert_int_equal(get.block.tag, OWN_TAG);
	assert_string_equal(get.block.module, "ntpool");
	free_own(rig.fd, arg.handle);
	get = slots(arg.address, rows);
	slot = slot_at(rows, get.total, arg.address);
	assert_true(!slot || !slot->allocated);
	assert_int_equal(get.found, 0);
}

static void test_slots_of_both_pools(void **state)
{
	(void)state;
	check_page(NON_PAGED);
	check_page(PAGED);
}

static void test_slots_of_a_large_block(void **state)
{
	struct ntpool_alloc arg = alloc(rig.fd, PAGED, 100000);
	struct ntpool_slot rows[256];
	struct ntpool_slots get = slots(arg.address + 99999, rows);

	(void)state;
	assert_int_equal(get.total, 0);
	assert_int_equal(get.found, 1);
	assert_int_equal(get.block.address, arg.address);
	assert_int_equal(get.block.size, 100000);
	assert_true(get.block.slot >= 100000);
}

static void assert_nothing_at(uint64_t address)
{
	static const struct ntpool_block none;
	struct ntpool_slot rows[256];
	struct ntpool_slots get = slots(address, rows);

	assert_int_equal(get.total, 0);
	assert_int_equal(get.found, 0);
	assert_memory_equal(&get.block, &none, sizeof(none));
}

static void test_slots_of_no_block(void **state)
{
	(void)state;
	assert_nothing_at(0);
	assert_nothing_at(rig.buffer);
	assert_nothing_at(0x8000000000000000);
	assert_nothing_at(UINT64_MAX);
}

static void test_slots_in_little_room(void **state)
{
	struct ntpool_slots get = {
		.address = alloc(rig.fd, NON_PAGED, 100).address,
		.array = rig.buffer,
		.count = 1,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_SLOTS, &get), 0);
	assert_int_equal(get.count, 1);
	assert_true(get.total > 1);
	assert_int_equal(buffer()[sizeof(struct ntpool_slot)], FILLER);
}

static int play_slots(int fd)
{
	struct ntpool_slot rows[4];
	struct ntpool_slots get = { .array = (uintptr_t)rows, .count = 4 };

	WANT(call(fd, NTPOOL_IOC_SLOTS, &get) == EPERM);
	WANT(get.count == 4 && get.total == 0);
	return 0;
}

static void test_slots_as_nobody(void **state)
{
	(void)state;
	as_nobody(play_slots);
}

/* Looking does not bring a page in. */
static void test_looking_takes_no_fault(void **state)
{
	struct ntpool_alloc arg = alloc(rig.fd, PAGED, 100);
	struct ntpool_stats before, after;
	struct ntpool_slot rows[256];
	struct walk all;

	(void)state;
	fill_block(rig.fd, arg.handle, 100, SEED);
	trim_block(rig.fd, arg.handle, 0);
	before = stats_of(rig.fd);
	slots(arg.address, rows);
	all = walk(100);
	after = stats_of(rig.fd);
	assert_non_null(find(&all, arg.address));
	assert_int_equal(after.transition_faults, before.transition_faults);
	assert_int_equal(after.hard_faults, before.hard_faults);
	assert_int_equal(after.resident_pages, before.resident_pages);
	free(all.blocks);
}

/* --- all at once ----------------------------------------------------------- */

static bool at_rest;

/* A session comes, allocates under tags of its own, and goes with its blocks. */
static bool come_and_go(void)
{
	struct ntpool_alloc arg = { .size = 100 };
	int fd = open("/dev/ntpool", O_RDWR | O_NONBLOCK);
	bool good = fd >= 0;
	unsigned int i;

	for (i = 0; good && i < 16; i++) {
		arg.pool_flags = i & 1 ? PAGED : NON_PAGED;
		arg.size = i & 8 ? 5000 : 100;
		arg.tag = TAG('r', 'u', 'n', 'a' + i);
		good = !ioctl(fd, NTPOOL_IOC_ALLOC, &arg) &&
		       arg.status == NTPOOL_STATUS_SUCCESS;
	}
	close(fd);
	return good;
}

static void *come_and_go_often(void *unused)
{
	void *complaint = unused;
	unsigned int round;

	for (round = 0; round < 50; round++)
		if (!come_and_go())
			complaint = "a session got no block";
	__atomic_store_n(&at_rest, true, __ATOMIC_RELEASE);
	return complaint;
}

/* Whatever is seen makes sense: rows add up, blocks have an end. */
static void look_around(void)
{
	struct ntpool_usage_row rows[ROOM] = { 0 };
	struct ntpool_slot page[256];
	struct walk all = walk(16);
	struct ntpool_usage get = {
		.array = (uintptr_t)rows,
		.count = ROOM,
		.by = NTPOOL_BY_SESSION,
	};
	uint32_t i;

	assert_int_equal(call(rig.fd, NTPOOL_IOC_USAGE, &get), 0);
	for (i = 0; i < get.count; i++) {
		assert_true(rows[i].paged_frees <= rows[i].paged_allocs);
		assert_true(rows[i].nonpaged_frees <= rows[i].nonpaged_allocs);
	}
	for (i = 0; i < all.count; i++) {
		assert_true(all.blocks[i].size > 0);
		assert_true(all.blocks[i].slot >= all.blocks[i].size);
		slots(all.blocks[i].address, page);
	}
	free(all.blocks);
}

static void test_looking_while_sessions_come_and_go(void **state)
{
	uint32_t before;
	pthread_t thread;
	struct walk all;
	void *complaint;

	(void)state;
	all = walk(100);
	before = all.count;
	free(all.blocks);
	at_rest = false;
	assert_int_equal(pthread_create(&thread, NULL, come_and_go_often, NULL), 0);
	do {
		look_around();
	} while (!__atomic_load_n(&at_rest, __ATOMIC_ACQUIRE));
	assert_int_equal(pthread_join(thread, &complaint), 0);
	assert_null(complaint);
	all = walk(100);
	assert_int_equal(all.count, before);
	free(all.blocks);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("usage by session counts what each has", test_usage_by_session),
		TEST("usage of a session ends with it", test_usage_ends_with_the_session),
		TEST("usage is sorted by session and tag", test_usage_is_sorted),
		TEST("usage with count 0 tells how many rows there are", test_usage_count_0),
		TEST("usage fills no more than there is room", test_usage_in_little_room),
		TEST("usage by module names the module that called", test_usage_by_module),
		TEST("usage shows others' sessions to root alone", test_usage_of_others),
		TEST("blocks finds every block once, however many at a time", test_blocks_are_all_found),
		TEST("blocks goes through them by address", test_blocks_are_sorted),
		TEST("blocks does not find what was freed", test_freed_blocks_are_gone),
		TEST("blocks begins at the address given", test_blocks_from_an_address),
		TEST("blocks is EPERM for anybody else", test_blocks_as_nobody),
		TEST("slots shows the page of a small block", test_slots_of_both_pools),
		TEST("slots shows a large block alone", test_slots_of_a_large_block),
		TEST("slots shows nothing where no block is", test_slots_of_no_block),
		TEST("slots fills no more than there is room", test_slots_in_little_room),
		TEST("slots is EPERM for anybody else", test_slots_as_nobody),
		TEST("looking at the pools takes no fault", test_looking_takes_no_fault),
		TEST("looking goes on while sessions come and go", test_looking_while_sessions_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
