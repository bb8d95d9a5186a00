// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request: what is ordered, and what must have come of it.  Its buffer is full of
 * poison before; then it holds the request's own number, as far as the rules say, and
 * poison everywhere else.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "soak/soak.h"

#define PAGE	 4096u
#define PAGES	 4u
#define ROOM	 ((PAGES - 1) * PAGE)
#define POISON	 0xa5
#define SCRIBBLE 0xcc
#define UNTOLD	 0x77777777u

static struct ntpool_status_block *block_of(const struct slot *slot)
{
	return (void *)(slot->map + ROOM);
}

static void poison(struct slot *slot)
{
	memset(slot->map, POISON, ROOM);
	*block_of(slot) = (struct ntpool_status_block){ UNTOLD, 0, UNTOLD };
}

/* A buffer of its own; what is under way in the one before may still come there. */
void slot_renew(struct slot *slot)
{
	void *map = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		bad("no memory: %s", strerror(errno));
	memset(slot, 0, sizeof(*slot));
	slot->map = map;
}

/* In a forked child: the parent must never see it. */
void slot_scribble(struct slot *slot)
{
	if (!slot->gone)
		memset(slot->map, SCRIBBLE, PAGES * PAGE);
}

static bool is_error(uint32_t status)
{
	return status >> 30 == 3;
}

static void choose_buffer(struct soaker *me, struct slot *slot)
{
	uint32_t at = pick(&me->random, PAGE);

	slot->room = pick(&me->random, 8) ? 1 + pick(&me->random, 2 * PAGE) : 0;
	slot->out = slot->map + at;
	slot->sync = !pick(&me->random, 3);
	slot->cancelled = slot->remapped = false;
	switch (pick(&me->random, 8)) {
	case 0:
		slot->major = NTPOOL_IO_READ;
		slot->direct = pick(&me->random, 2);
		break;
	case 1:
		slot->major = NTPOOL_IO_WRITE;
		slot->direct = pick(&me->random, 2);
		break;
	default:
		slot->major = NTPOOL_IO_CONTROL;
		slot->method = pick(&me->random, 4);
		slot->direct = slot->method == 1 || slot->method == 2;
	}
}

/* What is kept is released by the supervisor; what is lost is cancelled. */
static void choose_order(struct soaker *me, struct slot *slot)
{
	static const uint32_t statuses[] = { STATUS_SUCCESS, STATUS_SUCCESS,
					     STATUS_BUFFER_OVERFLOW,
					     STATUS_UNSUCCESSFUL };
	struct test_order *order = &slot->order;
	bool marked;

	*order = (struct test_order){
		.status = statuses[pick(&me->random, 4)],
		.when = pick(&me->random, slot->sync ? TEST_LOSE : TEST_WHENS),
		.flags = TEST_WORDS,
		.delay_us = pick(&me->random, 3000),
		.fill = atomic_fetch_add(&soak->sent, 1),
		.length = slot->room ? pick(&me->random, slot->room + 1) : 0,
	};
	order->information =
		order->length ? pick(&me->random, order->length + 1) : 0;
	marked = order->when != TEST_AT_ONCE || pick(&me->random, 2);
	order->answer = marked ? STATUS_PENDING : order->status;
	if (marked)
		order->flags |= TEST_MARK;
	if (order->when == TEST_LOSE ||
	    (order->when != TEST_AT_ONCE && pick(&me->random, 2)))
		order->flags |= TEST_CANCELABLE;
	if (slot->major == NTPOOL_IO_CONTROL && pick(&me->random, 2))
		order->flags |= TEST_LOW_TOO;
}

static struct ntpool_device_io describe(const struct soaker *me,
					const struct slot *slot)
{
	bool write = slot->major == NTPOOL_IO_WRITE;
	bool control = slot->major == NTPOOL_IO_CONTROL;
	uintptr_t at = (uintptr_t)slot->out;

	return (struct ntpool_device_io){
		.device = control || !slot->direct ? me->device : me->lower,
		.major = slot->major,
		.code = control ? TEST_DO(slot->method) : 0,
		.input = write ? at : 0,
		.input_length = write ? slot->room : 0,
		.output = write ? 0 : at,
		.output_length = write ? 0 : slot->room,
		.status_block = (uintptr_t)block_of(slot),
		.eventfd = me->event,
		.flags = slot->sync ? NTPOOL_IO_WAIT : 0,
	};
}

/* How many of its bytes the user may see. */
static uint32_t expected(const struct slot *slot, uint32_t status)
{
	if (status == STATUS_CANCELLED || slot->major == NTPOOL_IO_WRITE ||
	    (slot->major == NTPOOL_IO_CONTROL && slot->method == 3))
		return 0;
	if (slot->direct)
		return slot->order.length;
	return is_error(status) ? 0 : slot->order.information;
}

static bool is_pattern(const struct slot *slot, uint32_t byte)
{
	return slot->out[byte] ==
	       (unsigned char)(slot->order.fill >> 8 * (byte % 4));
}

/* In a buffer that was remapped the data may have come before, or in the middle. */
static void check_bytes(const struct slot *slot, uint32_t count)
{
	uint32_t start = slot->out - slot->map;

	if (slot->remapped && slot->direct)
		count = 0;
	for (uint32_t i = 0; i < ROOM; i++) {
		bool inside = i >= start && i < start + count;

		if (inside && is_pattern(slot, i - start))
			continue;
		if (slot->map[i] == POISON && (!inside || slot->remapped))
			continue;
		bad("request %#x (major %u, method %u, when %u, direct %d, remapped %d): byte %u is %#x; buffer at %u, %u expected of %u",
		    slot->order.fill, slot->major, slot->method,
		    slot->order.when, slot->direct, slot->remapped, i,
		    slot->map[i], start, count, slot->room);
		return;
	}
}

static void check_block(const struct slot *slot, bool told, uint32_t status,
			uint64_t information)
{
	const struct ntpool_status_block *block = block_of(slot);

	/* The remapped one may have been prepared over it. */
	if (slot->remapped &&
	    (block->status == UNTOLD || block->information == UNTOLD))
		return;
	if (!told) {
		status = UNTOLD;
		information = UNTOLD;
	}
	if (block->status != status || block->information != information)
		bad("request %#x (when %u): status block %#x, %llu instead of %#x, %llu",
		    slot->order.fill, slot->order.when, block->status,
		    (unsigned long long)block->information, status,
		    (unsigned long long)information);
}

static void check_result(const struct slot *slot, uint32_t status,
			 uint64_t information)
{
	const struct test_order *order = &slot->order;

	if (status == STATUS_CANCELLED && (order->flags & TEST_CANCELABLE))
		return;
	if (slot->remapped && status == 0xc0000005u)
		return;
	if (status != order->status || information != order->information)
		bad("request %#x (when %u, cancelled %d): result %#x, %llu instead of %#x, %llu",
		    order->fill, order->when, slot->cancelled, status,
		    (unsigned long long)information, order->status,
		    (unsigned long long)order->information);
}

/* It is over, and what it did is there to be seen. */
static void check(struct soaker *me, struct slot *slot, uint32_t status,
		  uint64_t information)
{
	bool told = slot->order.flags & TEST_MARK || !is_error(status);

	me->told += told;
	slot->request = 0;
	check_result(slot, status, information);
	if (!slot->gone) {
		check_bytes(slot, expected(slot, status));
		check_block(slot, told, status, information);
		atomic_fetch_add(&soak->verified, 1);
	}
	if (slot->gone || slot->remapped)
		slot_renew(slot);
}

/* Neither sent nor told of: there was no memory. */
static bool was_refused(const struct slot *slot, const struct ntpool_device_io *io)
{
	return io->status == STATUS_INSUFFICIENT_RESOURCES ||
	       (slot->order.when != TEST_AT_ONCE && !slot->sync &&
		io->status != STATUS_PENDING);
}

static void refused(struct slot *slot, const struct ntpool_device_io *io)
{
	if (io->status != STATUS_INSUFFICIENT_RESOURCES)
		bad("request %#x (major %u, method %u) is refused: %#x",
		    slot->order.fill, slot->major, slot->method, io->status);
	check_bytes(slot, 0);
	check_block(slot, false, 0, 0);
}

/**
 * slot_start() - send a request, whatever chance says
 * @me: the thread
 * @slot: free
 */
void slot_start(struct soaker *me, struct slot *slot)
{
	struct ntpool_device_io io;
	uint64_t device;
	int err;

	choose_buffer(me, slot);
	choose_order(me, slot);
	poison(slot);
	io = describe(me, slot);
	device = io.device;
	if (control(me->fd, device, TEST_ORDER, &slot->order,
		    sizeof(slot->order), NULL, 0) != STATUS_SUCCESS)
		return;
	err = call(me->fd, NTPOOL_IOC_DEVICE_IO, &io);
	slot->request = err ? 0 : io.request;
	if (err)
		bad("request %#x: %s", slot->order.fill, strerror(err));
	else if (was_refused(slot, &io))
		refused(slot, &io);
	else if (!io.request)
		check(me, slot, io.status, io.information);
	else if (slot->sync)
		atomic_fetch_add(&soak->interrupted, 1);
}

void slot_cancel(struct soaker *me, struct slot *slot)
{
	struct ntpool_device_cancel cancel = { .request = slot->request };
	int err = call(me->fd, NTPOOL_IOC_DEVICE_CANCEL, &cancel);

	slot->cancelled = true;
	atomic_fetch_add(&soak->cancels, cancel.cancelled);
	if (err)
		bad("request %#x cannot be cancelled: %s", slot->order.fill,
		    strerror(err));
}

/**
 * slot_collect() - wait for what is under way, and look at it
 * @me: the thread that has sent it
 * @slot: with a request
 */
void slot_collect(struct soaker *me, struct slot *slot)
{
	struct ntpool_device_wait wait = { .request = slot->request,
					   .timeout_ns = HANG_NS };
	int err;

	if (slot->order.when == TEST_LOSE)
		slot_cancel(me, slot);
	err = call(me->fd, NTPOOL_IOC_DEVICE_WAIT, &wait);
	if (!err) {
		check(me, slot, wait.status, wait.information);
		return;
	}
	bad("request %#x (when %u, flags %#x) cannot be waited for: %s",
	    slot->order.fill, slot->order.when, slot->order.flags,
	    strerror(err));
	slot_renew(slot);
}

/**
 * slot_remap() - pull the memory away from under a request
 * @me: the thread
 * @slot: with a request under way
 *
 * Other memory comes in its place, or none.
 */
void slot_remap(struct soaker *me, struct slot *slot)
{
	int protection = pick(&me->random, 2) ? PROT_READ | PROT_WRITE :
						PROT_NONE;
	void *moved;

	atomic_fetch_add(&soak->remaps, 1);
	slot->remapped = true;
	if (pick(&me->random, 2)) {
		/* The pages live on elsewhere, and go there. */
		moved = mremap(slot->map, PAGES * PAGE, PAGES * PAGE,
			       MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
		if (moved != MAP_FAILED)
			munmap(moved, PAGES * PAGE);
	}
	/* Nobody else may get the address as long as data may come there. */
	if (mmap(slot->map, PAGES * PAGE, protection,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		bad("the buffer cannot be remapped: %s", strerror(errno));
	if (protection == PROT_NONE)
		slot->gone = true;
	else if (!slot->gone)
		poison(slot);
}
