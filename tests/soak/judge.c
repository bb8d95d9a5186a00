// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results as TAP; and proof that the checks of data, of locked and of pinned pages would
 * find what they look for.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "soak/soak.h"

static int tests, failed;

void result(bool good, const char *format, ...)
{
	va_list args;

	printf("%s %d - ", good ? "ok" : "not ok", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	failed += !good;
}

int results_end(void)
{
	printf("1..%d\n", tests);
	return failed;
}

static void release(struct soaker *me)
{
	control(me->fd, me->device, TEST_RELEASE, NULL, 0, NULL, 0);
}

/* The driver keeps a request for two pages: they are there to be found. */
static void prove_pinned(struct soaker *me, uint32_t method)
{
	struct slot *slot = &me->slots[0];
	struct counts before = calm(me->fd), now;
	long locked = locked_kilobytes();

	slot_renew(slot);
	slot_start_like(me, slot, method, TEST_KEEP);
	now = count_all(me->fd);
	result(pinned_since(&before, &now) == 2 && !at_rest(&before, &now),
	       "by method %u: the check for pinned pages finds two that are (%ld)",
	       method, pinned_since(&before, &now));
	result(locked_kilobytes() == locked + 8,
	       "by method %u: the check for locked pages finds two that are (%ld kB)",
	       method, locked_kilobytes() - locked);
	release(me);
	slot_collect(me, slot);
	now = settle(me->fd, &before);
	result(!pinned_since(&before, &now) && locked_kilobytes() == locked,
	       "by method %u: and none when the request is done", method);
}

/* Flips a bit of a byte, and back. */
static bool is_found(const struct slot *slot, uint32_t byte)
{
	uint32_t found;

	slot->map[byte] ^= 1;
	found = slot_wrong_byte(slot, STATUS_SUCCESS);
	slot->map[byte] ^= 1;
	return found == byte;
}

static void prove_data(struct soaker *me, uint32_t method)
{
	struct slot *slot = &me->slots[0];

	slot_renew(slot);
	slot_start_like(me, slot, method, TEST_AT_ONCE);
	result(slot_wrong_byte(slot, STATUS_SUCCESS) == ROOM &&
		       is_found(slot, 0) && is_found(slot, slot->room - 1) &&
		       is_found(slot, slot->room) && is_found(slot, ROOM - 1),
	       "by method %u: the check of data finds one bit that is wrong, wherever it is",
	       method);
}

/* In each way that a request can be waited for. */
static void prove_ways(struct soaker *me)
{
	struct slot *slot = &me->slots[0];
	unsigned int before = atomic_load(&soak->bad);

	for (me->way = 0; me->way < WAYS; me->way++) {
		slot_renew(slot);
		slot_start_like(me, slot, 0, TEST_DPC);
		slot_collect(me, slot);
	}
	me->way = BY_WAIT;
	result(atomic_load(&soak->bad) == before && atomic_load(&soak->read),
	       "a request is collected in each of the three ways");
}

/**
 * prove_checks() - before it all begins
 * @fd: of the supervisor
 */
void prove_checks(int fd)
{
	struct soaker me = { .fd = fd };

	me.event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	me.device = open_test_device(fd);
	/* First, as the first of a kind makes what stays for the next ones. */
	prove_ways(&me);
	for (uint32_t method = 0; method <= 3; method++)
		prove_data(&me, method);
	for (uint32_t method = 1; method <= 3; method++)
		prove_pinned(&me, method);
	close(me.event);
}
