// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to a driver: each status, way of completion and method; the same where the
 * dispatch routine's answer and the mark do not agree; and through two drivers, where
 * the verifier makes pending what the lower one has done at once.
 */
#include "devices.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint32_t status;
} statuses[] = {
	{ "success", SUCCESS },
	{ "information", NAME_EXISTS },
	{ "a warning", OVERFLOW_ },
	{ "an error", UNSUCCESSFUL },
};

#define AN_ERROR 3

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

/* What is pending is marked, and STATUS_PENDING is returned; or only one of both. */
enum word { AGREE,
	    MARKED,
	    RETURNED };

static const char *const words[] = { "", ", marked, but not returned",
				     ", returned, but not marked" };

struct cell {
	unsigned int status, way, method;
	enum word word;
	bool wait;
	bool forced;
};

static bool is_pending(const struct cell *cell)
{
	return ways[cell->way].marked || cell->forced;
}

static bool is_marked(const struct cell *cell)
{
	return ways[cell->way].marked && cell->word != RETURNED;
}

static bool is_returned(const struct cell *cell)
{
	return ways[cell->way].marked && cell->word != MARKED;
}

/*
 * METHOD_BUFFERED copies unless it is an error, and when the requester is told; locked
 * pages just show it, and so does an address that the driver writes to.
 */
static bool delivered(const struct cell *cell)
{
	return cell->method || (cell->status != AN_ERROR && cell->word != RETURNED);
}

static bool is_told(const struct cell *cell)
{
	return cell->word != RETURNED &&
	       (is_pending(cell) || cell->status != AN_ERROR);
}

static void check_told(const struct cell *cell, int event,
		       const struct ntpool_status_block *block)
{
	bool told = is_told(cell);
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

/* He is told at once, by the answer; and again when it is done. */
static void check_early(const struct cell *cell,
			const struct ntpool_device_io *io, int event)
{
	struct pollfd told = { .fd = event, .events = POLLIN };

	assert_int_equal(io->status, statuses[cell->status].status);
	assert_int_equal(io->request, 0);
	while (poll(&told, 1, 20000) < 0)
		assert_int_equal(errno, EINTR);
	assert_int_equal(told.revents, POLLIN);
}

/* Nobody tells him, though it is done. */
static void check_in_vain(const struct ntpool_device_io *io)
{
	struct ntpool_device_wait wait = { .request = io->request,
					   .flags = NTPOOL_RESULT_NOWAIT };

	assert_int_equal(io->status, PENDING);
	assert_int_not_equal(io->request, 0);
	assert_nothing_kept();
	assert_int_equal(call(dev.fd, NTPOOL_IOC_DEVICE_WAIT, &wait), EAGAIN);
}

static void nothing(int signal)
{
	(void)signal;
}

/* A wait in place that nothing ends is ended by a signal, sooner or later. */
static void send_with_signals(struct ntpool_device_io *io)
{
	const struct itimerval often = { { 0, 20000 }, { 0, 20000 } };
	const struct itimerval never = { 0 };
	const struct sigaction action = { .sa_handler = nothing };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	send_io(io);
	setitimer(ITIMER_REAL, &never, NULL);
}

static void give_order(const struct cell *cell)
{
	order(&(struct test_order){
		.status = statuses[cell->status].status,
		.answer = is_returned(cell) ? PENDING :
					      statuses[cell->status].status,
		.information = 100,
		.when = ways[cell->way].when,
		.flags = TEST_NEITHER | (is_marked(cell) ? TEST_MARK : 0) |
			 (cell->forced ? TEST_LOW_TOO : 0),
		.delay_us = DELAY_US,
		.fill = FILL,
		.length = 200,
	});
}

static void check_answer(const struct cell *cell, struct ntpool_device_io *io,
			 int event)
{
	if (cell->word == MARKED) {
		check_early(cell, io, event);
	} else if (cell->word == RETURNED) {
		check_in_vain(io);
	} else if (is_pending(cell) && !cell->wait) {
		check_pending(cell, io);
	} else {
		assert_int_equal(io->status, statuses[cell->status].status);
		assert_int_equal(io->information, 100);
		assert_int_equal(io->request, 0);
	}
}

static void run_cell(void **state)
{
	const struct cell *cell = *state;
	struct ntpool_status_block block = { 0x77777777, 0, 0x77777777 };
	int event = eventfd(0, EFD_NONBLOCK);
	struct ntpool_device_io io;

	device_setup(NULL);
	if (cell->forced)
		force_pending(true);
	give_order(cell);
	io = device_io(cell->method, ROOM);
	io.status_block = (uintptr_t)&block;
	io.eventfd = event;
	io.flags = cell->wait ? NTPOOL_IO_WAIT : 0;
	if (cell->wait && cell->word == RETURNED)
		send_with_signals(&io);
	else
		send_io(&io);
	check_answer(cell, &io, event);
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
#define CELLS	(4 * 5 * 4 * 2)
#define FORCED	(4 * 4 * 4 * 2)
/* Of what is pending. */
#define AT_ODDS (2 * 4 * 4 * 4 * 2)

static struct cell cell_at(unsigned int i, unsigned int first_way,
			   unsigned int ways_of)
{
	return (struct cell){ .wait = i % 2,
			      .method = i / 2 % 4,
			      .way = first_way + i / 8 % ways_of,
			      .status = i / 8 / ways_of % 4 };
}

static struct cell cell_of(unsigned int i)
{
	struct cell cell;

	if (i < CELLS)
		return cell_at(i, 0, 5);
	i -= CELLS;
	if (i < FORCED) {
		cell = cell_at(i, 0, 4);
		cell.forced = true;
		return cell;
	}
	i -= FORCED;
	cell = cell_at(i, 1, 4);
	cell.word = i < AT_ODDS / 2 ? MARKED : RETURNED;
	return cell;
}

static int run_matrix(void)
{
	static struct cell cells[CELLS + FORCED + AT_ODDS];
	static struct CMUnitTest tests[CELLS + FORCED + AT_ODDS];

	for (unsigned int i = 0; i < CELLS + FORCED + AT_ODDS; i++) {
		struct cell *cell = &cells[i];
		char *name;

		*cell = cell_of(i);
		if (asprintf(&name, "%s, %s, %s%s%s, %s: the rules hold",
			     methods[cell->method], statuses[cell->status].name,
			     ways[cell->way].name, words[cell->word],
			     cell->forced ? ", pending by force" : "",
			     cell->wait ? "waited for" : "left under way") < 0)
			return 1;
		tests[i] = (struct CMUnitTest){ .name = name,
						.test_func = run_cell,
						.initial_state = cell };
	}
	return _cmocka_run_group_tests("devices, the matrix", tests,
				       CELLS + FORCED + AT_ODDS, NULL, NULL);
}

int main(void)
{
	return run_matrix();
}
