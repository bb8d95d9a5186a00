// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: who is told of completions.
 *
 * Closing one does not wait for calls that are under way: that can take as long as
 * drivers, or users' memory, like (userfaultfd), even until the very thread that closes
 * goes on.  They keep the session's memory, and find it closed.
 */
#include <linux/slab.h>

#include "io/call.h"
#include "io/volunteer.h"

void io_session_get(struct io_session *ios)
{
	refcount_inc(&ios->refs);
}

void io_session_put(struct io_session *ios)
{
	if (!refcount_dec_and_test(&ios->refs))
		return;
	xa_destroy(&ios->calls);
	xa_destroy(&ios->files);
	io_session_drop_spares(ios);
	kfree(ios);
}

/**
 * io_session_create() - the I/O half of a device file being opened
 * @notify: called as @notify(@arg) with interrupts off when a completion can
 *	    be read; never again once io_session_destroy() has returned
 * @arg: its argument
 *
 * Return: the session, NULL without memory.
 */
struct io_session *io_session_create(void (*notify)(void *arg), void *arg)
{
	struct io_session *ios = kzalloc(sizeof(*ios), GFP_KERNEL_ACCOUNT);

	if (!ios)
		return NULL;
	refcount_set(&ios->refs, 1);
	spin_lock_init(&ios->lock);
	xa_init_flags(&ios->calls, XA_FLAGS_ALLOC);
	xa_init_flags(&ios->files, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&ios->notices);
	ios->notify = notify;
	ios->notify_arg = arg;
	return ios;
}

/**
 * io_session_destroy() - the device file is closed
 * @ios: no call on it is under way or will be made
 *
 * Cancels every call whose driver lets it be cancelled.
 *
 * Context: may sleep, as long as drivers do that are told of a handle's end; does not
 * wait for the user memory of anybody.
 */
void io_session_destroy(struct io_session *ios)
{
	might_sleep();
	spin_lock_irq(&ios->lock);
	ios->closed = true;
	spin_unlock_irq(&ios->lock);

	io_calls_close(ios);
	io_files_close(ios);
	volunteer_withdraw(ios);
	io_session_put(ios);
}
