/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to drivers, those that a timer interrupt on a chosen CPU completes among
 * them.  One struct io_session for each open device file; io_session_destroy() cancels
 * all that it started.
 */
#ifndef NTPOOL_IO_H
#define NTPOOL_IO_H

#include <linux/ntpool.h>
#include <linux/types.h>

struct io_session;

/**
 * struct io_stats - sums over all sessions since the module was loaded
 * @started: requests that became pending
 * @completed: of these, those completed, cancelled ones included
 */
struct io_stats {
	u64 started;
	u64 completed;
};

int io_init(void);
void io_exit(void);

/*
 * @notify(@arg) is called from any context when a completion can be read, and
 * never again once io_session_destroy() has returned.
 */
struct io_session *io_session_create(void (*notify)(void *arg), void *arg);
void io_session_destroy(struct io_session *ios);

/*
 * The handlers of the three ioctls: the struct has been copied in and its
 * flags and padding are still unchecked.  0, or -errno with nothing done; the
 * out fields may have been written in either case (the caller copies them out
 * on 0 only).  All may sleep; result waits as its struct says.
 */
int io_volunteer(struct io_session *ios, const struct ntpool_volunteer *arg);
int io_request_start(struct io_session *ios, struct ntpool_request *arg);
int io_request_result(struct io_session *ios, struct ntpool_result *arg,
		      bool show_frames);

/* Devices of drivers, and calls on them; likewise. */
int io_device_open(struct io_session *ios, struct ntpool_device_open *arg);
int io_device_close(struct io_session *ios,
		    const struct ntpool_device_close *arg);
int io_device_io(struct io_session *ios, struct ntpool_device_io *arg);
int io_device_wait(struct io_session *ios, struct ntpool_device_wait *arg);
int io_device_cancel(struct io_session *ios, struct ntpool_device_cancel *arg);

/* Completions not yet told by read(): is there one, and take one. */
bool io_event_pending(struct io_session *ios);
bool io_event_take(struct io_session *ios, struct ntpool_event *event);

void io_get_stats(struct io_stats *stats);

/* The addresses at which MDLs are mapped at DISPATCH, if there are any yet. */
bool io_window_range(unsigned long *first, unsigned long *last);

#endif /* NTPOOL_IO_H */
