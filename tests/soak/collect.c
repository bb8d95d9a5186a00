// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three ways of learning that a request is done, as programs have them: waiting for it,
 * reading of it from the session's file, and an eventfd.  A thread has one of them.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "soak/soak.h"

static void fail(struct slot *slot, const char *what, int err)
{
	bad("request %#x (when %u, flags %#x) %s: %s", slot->order.fill,
	    slot->order.when, slot->order.flags, what, strerror(err));
	slot_renew(slot);
}

/* 0, or EAGAIN where it is not done yet. */
static int result_of(struct slot *slot, const struct soaker *me, uint64_t timeout,
		     struct ntpool_device_wait *wait)
{
	*wait = (struct ntpool_device_wait){
		.request = slot->request,
		.timeout_ns = timeout,
		.flags = timeout ? 0 : NTPOOL_RESULT_NOWAIT,
	};
	return call(me->fd, NTPOOL_IOC_DEVICE_WAIT, wait);
}

static bool readable(int fd)
{
	struct pollfd poll_it = { .fd = fd, .events = POLLIN };
	int found;

	do
		found = poll(&poll_it, 1, HANG_NS / 1000000);
	while (found < 0 && errno == EINTR);
	return found == 1 && poll_it.revents == POLLIN;
}

static struct slot *slot_of(struct soaker *me, uint64_t request)
{
	for (int i = 0; i < SLOTS; i++)
		if (me->slots[i].request == request)
			return &me->slots[i];
	return NULL;
}

/* One record of any request of this session; bug checks are counted elsewhere. */
static void take_record(struct soaker *me, const struct ntpool_event *event)
{
	struct slot *slot = slot_of(me, event->seq);

	if (event->type != NTPOOL_EVENT_COMPLETION)
		return;
	if (!slot || slot->read) {
		bad("a completion is told of request %llu, %s",
		    (unsigned long long)event->seq,
		    slot ? "again" : "which is not under way");
		return;
	}
	slot->read = true;
	slot->read_status = event->code;
	atomic_fetch_add(&soak->read, 1);
}

/* Until this one has been read of; others may be before it. */
static bool read_of(struct soaker *me, struct slot *slot)
{
	struct ntpool_event events[4];
	ssize_t got;

	while (!slot->read) {
		if (!readable(me->fd))
			return false;
		got = read(me->fd, events, sizeof(events));
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		for (ssize_t i = 0; i < got / (ssize_t)sizeof(events[0]); i++)
			take_record(me, &events[i]);
	}
	return true;
}

static int collect_by_read(struct soaker *me, struct slot *slot,
			   struct ntpool_device_wait *wait)
{
	int err;

	if (!read_of(me, slot))
		return ETIMEDOUT;
	err = result_of(slot, me, 0, wait);
	if (!err && wait->status != slot->read_status)
		bad("request %#x: %#x is read and %#x collected",
		    slot->order.fill, slot->read_status, wait->status);
	return err;
}

/* What is signalled is done: so who finds it undone is signalled afterwards. */
static int collect_by_eventfd(struct soaker *me, struct slot *slot,
			      struct ntpool_device_wait *wait)
{
	uint64_t count;
	int err;

	while ((err = result_of(slot, me, 0, wait)) == EAGAIN) {
		if (!readable(me->event))
			return ETIMEDOUT;
		if (read(me->event, &count, sizeof(count)) < 0)
			continue;
		me->signalled += count;
		atomic_fetch_add(&soak->signalled, count);
	}
	return err;
}

/**
 * slot_collect() - be told of the end of what is under way, and look at it
 * @me: the thread that has sent it
 * @slot: with a request
 */
void slot_collect(struct soaker *me, struct slot *slot)
{
	struct ntpool_device_wait wait;
	int err;

	if (slot->order.when == TEST_LOSE)
		slot_cancel(me, slot);
	switch (me->way) {
	case BY_READ:
		err = collect_by_read(me, slot, &wait);
		break;
	case BY_EVENTFD:
		err = collect_by_eventfd(me, slot, &wait);
		break;
	default:
		err = result_of(slot, me, HANG_NS, &wait);
	}
	if (err)
		fail(slot, "cannot be collected", err);
	else
		slot_check(me, slot, wait.status, wait.information);
}
