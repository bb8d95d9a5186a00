// SPDX-License-Identifier: GPL-2.0-only
/* Paging: residency, trimming, and touching at each IRQL. */
#include "uapi.h"

#include <unistd.h>

#include "base/pattern.h"

#define LARGE_PAGES 64
#define LARGE	    (LARGE_PAGES * PAGE)

static struct ntpool_page page_of(uint64_t handle, uint64_t first)
{
	struct ntpool_page page;
	struct ntpool_pages get = {
		.handle = handle,
		.first = first,
		.count = 1,
		.array = (uintptr_t)&page,
	};

	memset(&page, POISON, sizeof(page));
	assert_int_equal(call(rig.fd, NTPOOL_IOC_PAGES, &get), 0);
	assert_int_equal(get.count, 1);
	return page;
}

static void assert_adds_up(const struct ntpool_query *query)
{
	assert_int_equal(query->resident + query->transition + query->swapped +
				 query->untouched,
			 query->pages);
	assert_true(query->pinned <= query->resident);
}

static void test_query_adds_up(void **state)
{
	uint64_t block = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, LARGE - 100);
	struct ntpool_query query = query_block(rig.fd, block);

	(void)state;
	assert_adds_up(&query);
	assert_int_equal(query.pages, LARGE_PAGES);
	assert_int_equal(query.size, LARGE - 100);
	assert_int_equal(query.tag, TEST_TAG);
	assert_int_equal(query.pool_flags, NTPOOL_FLAG_PAGED);
	fill_block(rig.fd, block, LARGE - 100, 1);
	query = query_block(rig.fd, block);
	assert_adds_up(&query);
	assert_int_equal(query.resident, LARGE_PAGES);
	trim_block(rig.fd, block, 0);
	query = query_block(rig.fd, block);
	assert_adds_up(&query);
	assert_int_equal(query.resident, 0);
}

static void test_allocating_touches_nothing(void **state)
{
	uint64_t block = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, LARGE);

	(void)state;
	assert_int_equal(query_block(rig.fd, block).untouched, LARGE_PAGES);
}

static void test_nonpaged_is_resident(void **state)
{
	struct ntpool_query query = query_block(rig.fd, rig.nonpaged);
	struct ntpool_page page = page_of(rig.nonpaged, 0);

	(void)state;
	assert_int_equal(query.resident, query.pages);
	assert_int_equal(page.state, NTPOOL_PAGE_RESIDENT);
	assert_true(page.flags & NTPOOL_PAGE_NONPAGED);
	assert_int_not_equal(page.frame, 0);
	assert_int_equal(page.slot, 0);
}

static void test_trim_to_transition(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd);
	struct ntpool_trim trim = trim_block(rig.fd, rig.paged, 0);
	struct ntpool_page page = page_of(rig.paged, 0);

	(void)state;
	assert_int_equal(trim.trimmed, BLOCK_PAGES);
	assert_int_equal(trim.written, 0);
	assert_int_equal(page.state, NTPOOL_PAGE_TRANSITION);
	assert_int_not_equal(page.frame, 0);
	assert_int_equal(page.slot, 0);
	assert_int_equal(stats_of(rig.fd).trimmed, before.trimmed + BLOCK_PAGES);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
}

static void test_trim_to_swap_and_back(void **state)
{
	struct ntpool_trim trim;
	struct ntpool_stats before = stats_of(rig.fd), after;
	struct ntpool_page page;

	(void)state;
	trim = trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	assert_int_equal(trim.trimmed, BLOCK_PAGES);
	assert_int_equal(trim.written, BLOCK_PAGES);
	assert_int_equal(query_block(rig.fd, rig.paged).swapped, BLOCK_PAGES);
	page = page_of(rig.paged, 0);
	assert_int_equal(page.state, NTPOOL_PAGE_SWAPPED);
	assert_int_equal(page.frame, 0);
	assert_int_not_equal(page.slot, 0);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
	assert_int_equal(query_block(rig.fd, rig.paged).swapped, 0);
	after = stats_of(rig.fd);
	assert_true(after.hard_faults > before.hard_faults);
	assert_int_equal(after.written_out, before.written_out + BLOCK_PAGES);
}

static void test_trim_a_part(void **state)
{
	struct ntpool_trim trim = {
		.handle = rig.paged,
		.offset = PAGE,
		.length = 2 * PAGE,
		.flags = NTPOOL_TRIM_WRITE_OUT,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_TRIM, &trim), 0);
	assert_int_equal(trim.trimmed, 2);
	assert_int_equal(page_of(rig.paged, 0).state, NTPOOL_PAGE_RESIDENT);
	assert_int_equal(page_of(rig.paged, 1).state, NTPOOL_PAGE_SWAPPED);
	assert_int_equal(page_of(rig.paged, 2).state, NTPOOL_PAGE_SWAPPED);
	assert_int_equal(page_of(rig.paged, 3).state, NTPOOL_PAGE_RESIDENT);
}

static void test_trim_all(void **state)
{
	(void)state;
	trim_block(rig.fd, 0, 0);
	assert_int_equal(query_block(rig.fd, rig.paged).resident, 0);
	assert_int_equal(query_block(rig.fd, rig.nonpaged).resident,
			 BLOCK_PAGES);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
}

/* Many rounds, so that a page lost once in a while is noticed. */
static void test_many_rounds(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 20; round++) {
		fill_block(rig.fd, rig.paged, BLOCK_SIZE, round);
		trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
		assert_filled(rig.fd, rig.paged, BLOCK_SIZE, round);
	}
}

static void test_pages_stop_at_the_end(void **state)
{
	struct ntpool_page pages[8];
	struct ntpool_pages get = {
		.handle = rig.paged,
		.first = 1,
		.count = 8,
		.array = (uintptr_t)pages,
	};
	unsigned char poison[sizeof(pages[0])];

	(void)state;
	memset(pages, POISON, sizeof(pages));
	memset(poison, POISON, sizeof(poison));
	assert_int_equal(call(rig.fd, NTPOOL_IOC_PAGES, &get), 0);
	assert_int_equal(get.count, BLOCK_PAGES - 1);
	assert_int_equal(pages[2].state, NTPOOL_PAGE_RESIDENT);
	assert_memory_equal(&pages[3], poison, sizeof(poison));
}

static void test_query_and_pages_agree(void **state)
{
	uint64_t block = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, LARGE);
	uint64_t jumps = 0, i, before, frame;

	(void)state;
	fill_block(rig.fd, block, LARGE, 2);
	before = page_of(block, 0).frame;
	for (i = 1; i < LARGE_PAGES; i++) {
		frame = page_of(block, i).frame;
		jumps += frame != before + 1;
		before = frame;
	}
	assert_int_equal(query_block(rig.fd, block).discontinuities, jumps);
}

/* The byte that the pattern has there. */
static uint8_t expected(uint64_t offset)
{
	uint8_t byte;

	pattern_fill(&byte, 1, SEED, offset);
	return byte;
}

static void check_load(uint32_t irql, uint32_t fault)
{
	struct ntpool_touch touch = touch_byte(rig.fd, rig.paged, 100, irql,
					       NTPOOL_ACCESS_READ, 0);

	assert_int_equal(touch.status, NTPOOL_STATUS_SUCCESS);
	assert_int_equal(touch.bugcheck, 0);
	assert_int_equal(touch.value, expected(100));
	assert_int_equal(touch.fault, fault);
}

static void test_faults_by_kind(void **state)
{
	uint64_t fresh = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, PAGE);
	struct ntpool_touch touch;

	(void)state;
	check_load(NTPOOL_IRQL_PASSIVE, NTPOOL_FAULT_NONE);
	trim_block(rig.fd, rig.paged, 0);
	check_load(NTPOOL_IRQL_PASSIVE, NTPOOL_FAULT_TRANSITION);
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	check_load(NTPOOL_IRQL_PASSIVE, NTPOOL_FAULT_HARD);
	touch = touch_byte(rig.fd, fresh, 0, NTPOOL_IRQL_PASSIVE,
			   NTPOOL_ACCESS_READ, 0);
	assert_int_equal(touch.value, 0);
	assert_int_equal(touch.fault, NTPOOL_FAULT_DEMAND_ZERO);
}

static void test_faults_are_counted(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd);

	(void)state;
	trim_block(rig.fd, rig.paged, 0);
	check_load(NTPOOL_IRQL_PASSIVE, NTPOOL_FAULT_TRANSITION);
	assert_int_equal(stats_of(rig.fd).transition_faults,
			 before.transition_faults + 1);
	assert_int_equal(stats_of(rig.fd).hard_faults, before.hard_faults);
}

/* APC_LEVEL is below DISPATCH_LEVEL: page faults are served there. */
static void test_apc_pages_in(void **state)
{
	(void)state;
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	check_load(NTPOOL_IRQL_APC, NTPOOL_FAULT_HARD);
}

/* "If the page happens to be resident nothing happens." */
static void test_dispatch_on_resident(void **state)
{
	(void)state;
	check_load(NTPOOL_IRQL_DISPATCH, NTPOOL_FAULT_NONE);
	assert_int_equal(next_event(rig.fd).type, 0);
}

static void assert_d1(const struct ntpool_touch *touch, uint64_t write)
{
	struct ntpool_event event = next_event(rig.fd);
	uint64_t address = query_block(rig.fd, rig.paged).address;

	assert_int_equal(touch->status, NTPOOL_STATUS_ACCESS_VIOLATION);
	assert_int_not_equal(touch->bugcheck, 0);
	assert_int_equal(event.type, NTPOOL_EVENT_BUGCHECK);
	assert_int_equal(event.seq, touch->bugcheck);
	assert_int_equal(event.code, 0xd1);
	assert_string_equal(event.name, "DRIVER_IRQL_NOT_LESS_OR_EQUAL");
	assert_int_equal(event.param[0], address + touch->offset);
	assert_int_equal(event.param[1], NTPOOL_IRQL_DISPATCH);
	assert_int_equal(event.param[2], write);
	assert_true(event.param[3] > 0xffff800000000000);
	assert_int_equal(event.irql, NTPOOL_IRQL_DISPATCH);
	assert_int_equal(event.pid, getpid());
	assert_int_not_equal(event.stack[0], 0);
}

static void test_dispatch_load_is_d1(void **state)
{
	struct ntpool_stats before = stats_of(rig.fd);
	struct ntpool_touch touch;

	(void)state;
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	touch = touch_byte(rig.fd, rig.paged, 100, NTPOOL_IRQL_DISPATCH,
			   NTPOOL_ACCESS_READ, 0);
	assert_d1(&touch, 0);
	assert_int_equal(stats_of(rig.fd).refused_faults,
			 before.refused_faults + 1);
	assert_int_equal(query_block(rig.fd, rig.paged).swapped, BLOCK_PAGES);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
}

static void test_dispatch_store_is_d1(void **state)
{
	struct ntpool_touch touch;

	(void)state;
	trim_block(rig.fd, rig.paged, 0);
	touch = touch_byte(rig.fd, rig.paged, PAGE + 1, NTPOOL_IRQL_DISPATCH,
			   NTPOOL_ACCESS_WRITE, 0x77);
	assert_d1(&touch, 1);
	assert_filled(rig.fd, rig.paged, BLOCK_SIZE, SEED);
}

static void test_dispatch_on_nonpaged(void **state)
{
	struct ntpool_touch touch = touch_byte(rig.fd, rig.nonpaged, 100,
					       NTPOOL_IRQL_DISPATCH,
					       NTPOOL_ACCESS_READ, 0);

	(void)state;
	assert_int_equal(touch.status, NTPOOL_STATUS_SUCCESS);
	assert_int_equal(touch.value, expected(100));
}

static void test_store_is_kept(void **state)
{
	struct ntpool_touch touch;
	unsigned char byte = 0;
	struct ntpool_rw rw = {
		.handle = rig.paged,
		.offset = 100,
		.length = 1,
		.buffer = (uintptr_t)&byte,
	};

	(void)state;
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	touch = touch_byte(rig.fd, rig.paged, 100, NTPOOL_IRQL_PASSIVE,
			   NTPOOL_ACCESS_WRITE, 0x77);
	assert_int_equal(touch.status, NTPOOL_STATUS_SUCCESS);
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_READ, &rw), 0);
	assert_int_equal(byte, 0x77);
}

static void test_free_while_out(void **state)
{
	struct ntpool_stats before;

	(void)state;
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	before = stats_of(rig.fd);
	free_block(rig.fd, rig.paged);
	/* Freeing a block must not read the disk for nothing. */
	assert_int_equal(stats_of(rig.fd).hard_faults, before.hard_faults);
	assert_true(stats_of(rig.fd).swapped_pages < before.swapped_pages);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the numbers of query add up", test_query_adds_up),
		TEST("allocating paged pool touches none of its pages", test_allocating_touches_nothing),
		TEST("nonpaged pool is resident", test_nonpaged_is_resident),
		TEST("a trimmed page is in transition", test_trim_to_transition),
		TEST("a page written out is in swap, and comes back", test_trim_to_swap_and_back),
		TEST("a part of a block can be trimmed", test_trim_a_part),
		TEST("all paged memory can be trimmed at once", test_trim_all),
		TEST("twenty rounds of paging out and in lose nothing", test_many_rounds),
		TEST("pages stops at the block's end", test_pages_stop_at_the_end),
		TEST("query counts the discontinuities that pages shows", test_query_and_pages_agree),
		TEST("each kind of fault is told", test_faults_by_kind),
		TEST("each kind of fault is counted", test_faults_are_counted),
		TEST("a touch at APC_LEVEL brings the page in", test_apc_pages_in),
		TEST("a touch at DISPATCH_LEVEL of a resident page is fine", test_dispatch_on_resident),
		TEST("a load at DISPATCH_LEVEL of a page that is out is 0xD1", test_dispatch_load_is_d1),
		TEST("a store at DISPATCH_LEVEL of a page that is out is 0xD1", test_dispatch_store_is_d1),
		TEST("a touch at DISPATCH_LEVEL of nonpaged pool is fine", test_dispatch_on_nonpaged),
		TEST("a byte stored in a page that was out is kept", test_store_is_kept),
		TEST("freeing a block that is out reads nothing back", test_free_while_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
