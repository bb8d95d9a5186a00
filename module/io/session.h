/* SPDX-License-Identifier: GPL-2.0-only */
/* The I/O half of an open device file. */
#ifndef NTPOOL_IO_SESSION_H
#define NTPOOL_IO_SESSION_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

struct io_file;
struct volunteer;

/* Requests that a session may have started and not collected. */
#define IO_MAX_REQUESTS 1024
/* Devices that it may have open. */
#define IO_MAX_FILES	1024

/* Two kinds of calls, whose handles are told by their numbers: see io_call_range. */
enum io_kind {
	IO_DEVICE_IO, /* what a program sends to a device that it has opened */
	IO_REQUEST,   /* what request.c sends to the timed one */
	IO_KINDS
};

/* System buffers that it keeps. */
#define IO_SPARES     4
#define IO_SYSTEM_TAG NTPOOL_TAG('I', 'o', 'S', 'B')

/**
 * struct io_spare - a system buffer that nobody uses
 * @buffer: block of pool, or NULL
 * @size: its bytes
 */
struct io_spare {
	void *buffer;
	size_t size;
};

/**
 * struct io_session - one
 * @refs: the open file has one, each call one
 * @calls: handle to call; each entry owns a reference.  Its xa_lock makes a look-up and
 *	   the reference taken on it one step
 * @next_call: where the search for a free handle goes on, by enum io_kind; xa_lock
 * @files: handle to open device, likewise
 * @next_file: where its search goes on
 * @timed: the timed device, opened by the first request to it; NULL before
 * @lock: taken with interrupts off
 * @notices: completions not yet read; @lock
 * @closed: no one is left to be told; @lock
 * @spares: the last system buffers, kept for the next of their sizes; @lock
 * @next_spare: which is replaced; @lock
 * @notify: told of each completion under @lock, so never once @closed
 * @notify_arg: its argument
 * @volunteer: the range that its process has opened to naive writes, or NULL;
 *	       volunteer_lock
 */
struct io_session {
	refcount_t refs;
	struct xarray calls;
	u32 next_call[IO_KINDS];
	struct xarray files;
	u32 next_file;
	struct io_file *timed;
	spinlock_t lock; /* protects the four below */
	struct list_head notices;
	bool closed;
	struct io_spare spares[IO_SPARES];
	unsigned int next_spare;
	void (*notify)(void *arg);
	void *notify_arg;
	struct volunteer *volunteer;
};

void io_session_get(struct io_session *ios);
void io_session_put(struct io_session *ios);

/* spare.c */
void *io_session_spare(struct io_session *ios, size_t size);
void io_session_keep_spare(struct io_session *ios, void *buffer, size_t size);
void io_session_drop_spares(struct io_session *ios);

#endif /* NTPOOL_IO_SESSION_H */
