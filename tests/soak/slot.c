// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request: what is ordered, and what is done to it while it is under way.  Its buffer
 * is full of poison before.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "soak/soak.h"

#define SCRIBBLE 0xcc

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

static void choose_buffer(struct soaker *me, struct slot *slot)
{
	uint32_t at = pick(&me->random, PAGE);

	slot->room = pick(&me->random, 8) ? 1 + pick(&me->random, 2 * PAGE) : 0;
	slot->out = slot->map + at;
	slot->sync = !pick(&me->random, 3);
	slot->cancelled = slot->remapped = slot->read = false;
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
		slot->direct = slot->method != 0;
	}
}

/* Completion in an interrupt is a mistake where I/O is verified. */
static uint32_t choose_when(struct soaker *me, const struct slot *slot)
{
	uint32_t when = pick(&me->random, slot->sync ? TEST_LOSE : TEST_WHENS);

	if (when == TEST_INTERRUPT && (soak->verifier & IO_BITS))
		return TEST_DPC;
	return when;
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
		.when = choose_when(me, slot),
		.flags = TEST_WORDS | TEST_NEITHER,
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

static void send_chosen(struct soaker *me, struct slot *slot)
{
	struct ntpool_device_io io = describe(me, slot);
	int err;

	if (control(me->fd, io.device, TEST_ORDER, &slot->order,
		    sizeof(slot->order), NULL, 0) != STATUS_SUCCESS)
		return;
	err = call(me->fd, NTPOOL_IOC_DEVICE_IO, &io);
	slot->request = err ? 0 : io.request;
	if (err)
		bad("request %#x: %s", slot->order.fill, strerror(err));
	else if (slot_was_refused(slot, &io))
		slot_check_refused(slot, &io);
	else if (!io.request)
		slot_check(me, slot, io.status, io.information);
	else if (slot->sync)
		atomic_fetch_add(&soak->interrupted, 1);
}

/**
 * slot_start() - send a request, whatever chance says
 * @me: the thread
 * @slot: free
 */
void slot_start(struct soaker *me, struct slot *slot)
{
	choose_buffer(me, slot);
	choose_order(me, slot);
	poison(slot);
	send_chosen(me, slot);
}

/**
 * slot_start_like() - send the request that is wanted
 * @me: the thread
 * @slot: free
 * @method: of a control code
 * @when: enum test_when
 *
 * It fills all of the buffer, which is two pages.
 */
void slot_start_like(struct soaker *me, struct slot *slot, uint32_t method,
		     uint32_t when)
{
	bool later = when != TEST_AT_ONCE;

	slot->out = slot->map;
	slot->room = 2 * PAGE;
	slot->major = NTPOOL_IO_CONTROL;
	slot->method = method;
	slot->direct = method != 0;
	slot->order = (struct test_order){
		.answer = later ? STATUS_PENDING : STATUS_SUCCESS,
		.information = slot->room,
		.when = when,
		.flags = TEST_WORDS | TEST_NEITHER | (later ? TEST_MARK : 0),
		.fill = 0x31415926,
		.length = slot->room,
	};
	poison(slot);
	send_chosen(me, slot);
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
