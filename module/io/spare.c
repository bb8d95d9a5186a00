// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's last system buffers serve its next requests of the same sizes, as NT's
 * lookaside lists hand the same blocks out again and again.  They are not cleared: see
 * method.c.
 */
#include <linux/jump_label.h>
#include <linux/ntpool.h>
#include <linux/sizes.h>

#include "io/session.h"
#include "pool/hooks.h"
#include "pool/pool.h"

#define SPARE_MAX SZ_4K

static struct io_spare *spare_find_locked(struct io_session *ios, size_t size)
{
	unsigned int i;

	lockdep_assert_held(&ios->lock);
	for (i = 0; i < IO_SPARES; i++)
		if (ios->spares[i].buffer && ios->spares[i].size == size)
			return &ios->spares[i];
	return NULL;
}

/**
 * io_session_spare() - take a spare buffer
 * @ios: session
 * @size: bytes
 *
 * Context: thread.
 * Return: the buffer, or NULL where there is none of exactly @size bytes.
 */
void *io_session_spare(struct io_session *ios, size_t size)
{
	struct io_spare *spare;
	void *buffer = NULL;

	spin_lock_irq(&ios->lock);
	spare = spare_find_locked(ios, size);
	if (spare)
		swap(buffer, spare->buffer);
	spin_unlock_irq(&ios->lock);
	return buffer;
}

static void spare_free(void *buffer)
{
	pool_let_go(buffer, IO_SYSTEM_TAG);
}

/* Returns the buffer whose place it takes. */
static void *spare_replace(struct io_session *ios, void *buffer, size_t size)
{
	struct io_spare *spare;

	spin_lock_irq(&ios->lock);
	spare = &ios->spares[ios->next_spare];
	ios->next_spare = (ios->next_spare + 1) % IO_SPARES;
	swap(buffer, spare->buffer);
	spare->size = size;
	spin_unlock_irq(&ios->lock);
	return buffer;
}

/**
 * io_session_keep_spare() - a system buffer is done with
 * @ios: session
 * @buffer: a block of pool; the caller's no more
 * @size: bytes
 *
 * Where somebody watches the pool it is freed at once, so that a use after the free is
 * seen.
 *
 * Context: may sleep.
 */
void io_session_keep_spare(struct io_session *ios, void *buffer, size_t size)
{
	if (size <= SPARE_MAX && !verifier_watches())
		buffer = spare_replace(ios, buffer, size);
	spare_free(buffer);
}

/**
 * io_session_drop_spares() - the session ends
 * @ios: session
 *
 * Context: may sleep.
 */
void io_session_drop_spares(struct io_session *ios)
{
	unsigned int i;

	for (i = 0; i < IO_SPARES; i++)
		spare_free(ios->spares[i].buffer);
}
