// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to a driver: each status, way of completion and method; and the same through
 * two drivers, where the verifier makes pending what the lower one has done at once.
 */
#include "devices.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint32_t status;
} statuses[] = {
	{ "success", SUCCESS },
	{ "a warning", OVERFLOW_ },
	{ "an error", UNSUCCESSFUL },
};

static const struct {
	const char *name;
	uint32_t when;
	bool marked;
} ways[] = {
	{ "completed in the dispatch routine", TEST_AT_ONCE, false },
	{ "pending, but completed before it returns", TEST_AT_ONCE, true },
	{ "pending, completed in a DPC", TEST_DPC, true },
	{ "pending, completed by a work item", TEST_WORKER, true },
	{ "pending, completed in an interrupt", TEST_INTERRUPT, true },
};

static const char *const methods[] = { "buffered", "in direct", "out direct",
				       "neither" };

struct cell {
	unsigned int status, way, method;
	bool wait;
	bool forced;
};

static bool is_pending(const struct cell *cell)
{
	return ways[cell->way].marked || cell->forced;
}

/* METHOD_BUFFERED copies unless it is an error; locked pages just show it. */
static bool delivered(const struct cell *cell)
{
	if (cell->method == 0)
		return cell->status != 2;
	return cell->method != 3;
}

static void check_told(const struct cell *cell, int event,
		       const struct ntpool_status_block *block)
{
	bool told = is_pending(cell) || cell->status != 2;
	uint64_t count = 0;

	assert_int_equal(block->status,
			 told ? statuses[cell->status].status : 0x77777777);
	assert_int_equal(block->information, told ? 100 : 0x77777777);
	assert_int_equal(read(event, &count, sizeof(count)),
			 told ? (ssize_t)sizeof(count) : -1);
	assert_int_equal(count, told ? 1 : 0);
}

static void check_data(const struct cell *cell)
{
	size_t length = delivered(cell) ? 100 : 0;

	/* What lies beyond Information is visible only in locked pages. */
	if (length && cell->method)
		length = 200;
	assert_true(all(dev.out, length, FILL));
	assert_true(all(dev.out + length, ROOM - length, POISON));
}

static void check_pending(const struct cell *cell, struct ntpool_device_io *io)
{
	struct ntpool_device_wait wait;
	struct ntpool_event event;

	assert_int_equal(io->status, PENDING);
	assert_int_not_equal(io->request, 0);
	wait = wait_io(io->request);
	assert_int_equal(wait.status, statuses[cell->status].status);
	assert_int_equal(wait.information, 100);
	event = next_event(dev.fd);
	/* Collected before it was read, it is told no more. */
	assert_int_not_equal(event.type, NTPOOL_EVENT_COMPLETION);
}

static void run_cell(void **state)
{
	const struct cell *cell = *state;
	struct ntpool_status_block block = { 0x77777777, 0, 0x77777777 };
	int event = eventfd(0, EFD_NONBLOCK);
	struct ntpool_device_io io = device_io(cell->method, ROOM);

	device_setup(NULL);
	if (cell->forced)
		force_pending(true);
	io.device = dev.device;
	io.output = (uintptr_t)dev.out;
	order(&(struct test_order){
		.status = statuses[cell->status].status,
		.answer = ways[cell->way].marked ? PENDING :
						   statuses[cell->status].status,
		.information = 100,
		.when = ways[cell->way].when,
		.flags = (ways[cell->way].marked ? TEST_MARK : 0) |
			 (cell->forced ? TEST_LOW_TOO : 0),
		.delay_us = DELAY_US,
		.fill = FILL,
		.length = 200,
	});
	io.status_block = (uintptr_t)&block;
	io.eventfd = event;
	io.flags = cell->wait ? NTPOOL_IO_WAIT : 0;
	send_io(&io);
	if (is_pending(cell) && !cell->wait) {
		check_pending(cell, &io);
	} else {
		assert_int_equal(io.status, statuses[cell->status].status);
		assert_int_equal(io.information, 100);
		assert_int_equal(io.request, 0);
	}
	check_told(cell, event, &block);
	check_data(cell);
	if (cell->forced) {
		assert_int_equal(newest_bugcheck(0xc9, 0), 0);
		force_pending(false);
	}
	close(event);
	device_teardown(NULL);
}

/* Completion in an interrupt is a mistake where I/O is verified: forced, it is left out. */
#define CELLS  (3 * 5 * 4 * 2)
#define FORCED (3 * 4 * 4 * 2)

static struct cell cell_of(unsigned int i)
{
	bool forced = i >= CELLS;
	unsigned int ways_of = forced ? 4 : 5;

	i -= forced ? CELLS : 0;
	return (struct cell){ .wait = i % 2,
			      .method = i / 2 % 4,
			      .way = i / 8 % ways_of,
			      .status = i / 8 / ways_of,
			      .forced = forced };
}

static int run_matrix(void)
{
	static struct cell cells[CELLS + FORCED];
	static struct CMUnitTest tests[CELLS + FORCED];

	for (unsigned int i = 0; i < CELLS + FORCED; i++) {
		struct cell *cell = &cells[i];
		char *name;

		*cell = cell_of(i);
		if (asprintf(&name, "%s, %s, %s%s, %s: the rules hold",
			     methods[cell->method], statuses[cell->status].name,
			     ways[cell->way].name,
			     cell->forced ? ", pending by force" : "",
			     cell->wait ? "waited for" : "left under way") < 0)
			return 1;
		tests[i] = (struct CMUnitTest){ .name = name,
						.test_func = run_cell,
						.initial_state = cell };
	}
	return _cmocka_run_group_tests("devices, the matrix", tests,
				       CELLS + FORCED, NULL, NULL);
}

int main(void)
{
	return run_matrix();
}
