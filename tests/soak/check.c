// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must have come of a request: its number in its buffer, as far as the rules say,
 * and poison everywhere else; its result, and its status block.
 */
#include "soak/soak.h"

static bool is_error(uint32_t status)
{
	return status >> 30 == 3;
}

/* Waited for in place one does not see whether it was pending. */
static bool may_be_forced(const struct slot *slot)
{
	return (soak->verifier & NTPOOL_VERIFIER_FORCE_PENDING) &&
	       (slot->order.flags & TEST_LOW_TOO) &&
	       !(slot->order.flags & TEST_MARK);
}

/* How many of its bytes the user may see. */
static uint32_t expected(const struct slot *slot, uint32_t status)
{
	if (status == STATUS_CANCELLED || slot->major == NTPOOL_IO_WRITE)
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

uint32_t slot_wrong_byte(const struct slot *slot, uint32_t status)
{
	uint32_t start = slot->out - slot->map;
	uint32_t count = expected(slot, status);

	/* What was remapped may have come before, or in the middle. */
	if (slot->remapped && slot->direct)
		count = 0;
	for (uint32_t i = 0; i < ROOM; i++) {
		bool inside = i >= start && i < start + count;

		if (inside && is_pattern(slot, i - start))
			continue;
		if (slot->map[i] == POISON && (!inside || slot->remapped))
			continue;
		return i;
	}
	return ROOM;
}

static void check_bytes(const struct slot *slot, uint32_t status)
{
	uint32_t at = slot_wrong_byte(slot, status);

	if (at == ROOM)
		return;
	bad("request %#x (major %u, method %u, when %u, direct %d, remapped %d): byte %u is %#x; buffer at %u, %u expected of %u",
	    slot->order.fill, slot->major, slot->method, slot->order.when,
	    slot->direct, slot->remapped, at, slot->map[at],
	    (unsigned int)(slot->out - slot->map), expected(slot, status),
	    slot->room);
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
	if (slot->remapped && status == STATUS_ACCESS_VIOLATION)
		return;
	if (status != order->status || information != order->information)
		bad("request %#x (when %u, cancelled %d): result %#x, %llu instead of %#x, %llu",
		    order->fill, order->when, slot->cancelled, status,
		    (unsigned long long)information, order->status,
		    (unsigned long long)order->information);
}

/* Of an error he is told only if it was pending: by the driver, or by force. */
static bool was_told(const struct slot *slot, uint32_t status)
{
	if ((slot->order.flags & TEST_MARK) || !is_error(status) ||
	    slot->request)
		return true;
	return may_be_forced(slot) && block_of(slot)->status != UNTOLD;
}

void slot_check(struct soaker *me, struct slot *slot, uint32_t status,
		uint64_t information)
{
	bool told = was_told(slot, status);

	me->told += told;
	slot->request = 0;
	check_result(slot, status, information);
	if (!slot->gone) {
		check_bytes(slot, status);
		check_block(slot, told, status, information);
		atomic_fetch_add(&soak->verified, 1);
	}
	if (slot->gone || slot->remapped)
		slot_renew(slot);
}

bool slot_was_refused(const struct slot *slot, const struct ntpool_device_io *io)
{
	return io->status == STATUS_INSUFFICIENT_RESOURCES ||
	       (slot->order.when != TEST_AT_ONCE && !slot->sync &&
		io->status != STATUS_PENDING);
}

void slot_check_refused(const struct slot *slot,
			const struct ntpool_device_io *io)
{
	if (io->status != STATUS_INSUFFICIENT_RESOURCES)
		bad("request %#x (major %u, method %u) is refused: %#x",
		    slot->order.fill, slot->major, slot->method, io->status);
	check_bytes(slot, STATUS_CANCELLED);
	check_block(slot, false, 0, 0);
}
