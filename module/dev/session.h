/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the device share: the session, its blocks, and the ioctls'
 * handlers.
 *
 * Lock order: session_block.lock, then the caller's mmap lock (a copy may fault),
 * then what pool and paging take.  session.lock is innermost of dev's; under it
 * only core's ring of bug checks is looked at.
 */
#ifndef NTPOOL_DEV_SESSION_H
#define NTPOOL_DEV_SESSION_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/ntpool.h>
#include <linux/poll.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "io/io.h"
#include "vas/vas.h"

/**
 * struct session_usage - what a session has allocated and freed under one tag
 * @tag: constant
 * @allocs: [0] nonpaged, [1] paged, as all that follow
 * @frees: never ahead of @allocs
 * @bytes: asked for and not freed yet
 */
struct session_usage {
	u32 tag;
	atomic64_t allocs[2];
	atomic64_t frees[2];
	atomic64_t bytes[2];
};

/**
 * struct session - one open device file
 * @blocks: handle to struct session_block, one reference each; its own lock
 * @next_handle: where the search for a free handle goes on; under @blocks' lock.
 *		 Handles go round, so that a stale one is seldom a live one.
 * @lock: guards what follows up to @cursor
 * @layout: the layout in force
 * @paged_used: bytes of paged pool that the blocks were asked with
 * @nonpaged_used: the same of nonpaged pool
 * @cursor: number of the next bug check to look at
 * @ios: deferred I/O; set once
 * @wait: readers and pollers, woken when there may be an event
 * @on_bugcheck: entry in bugcheck_wait that wakes @wait
 * @owner: process that opened the file, by its number in the first namespace
 * @comm: name of the thread that opened it; set once
 * @special: its blocks come from special pool; read and written once at a time
 * @number: counted since the module was loaded; set once
 * @usage: tag, first character highest, to struct session_usage; its own lock.
 *	   A row stays as long as the session.
 * @usage_rows: how many have been asked for, but for that of tags without room
 * @entry: in the list of sessions; under its mutex
 */
struct session {
	struct xarray blocks;
	u32 next_handle;

	spinlock_t lock;
	struct vas_layout layout;
	u64 paged_used;
	u64 nonpaged_used;
	u64 cursor;

	struct io_session *ios;
	wait_queue_head_t wait;
	wait_queue_entry_t on_bugcheck;
	pid_t owner;
	char comm[TASK_COMM_LEN];
	bool special;
	u32 number;
	struct xarray usage;
	atomic_t usage_rows;
	struct list_head entry;
};

/**
 * struct session_block - a block of a session
 * @ref: held by the session's table and by each call that works on the block
 * @lock: read by calls that use @memory, written by the one that frees it
 * @memory: the block, NULL once it has been freed; under @lock
 * @size: bytes asked for; set once
 * @flags: NTPOOL_FLAG_* as asked; set once
 * @tag: set once
 * @usage: the session's row for @tag; set once
 */
struct session_block {
	struct kref ref;
	struct rw_semaphore lock;
	void *memory;
	u64 size;
	u64 flags;
	u32 tag;
	struct session_usage *usage;
};

/* session.c */
struct session *session_create(void);
void session_destroy(struct session *session);
u64 session_count(void);
bool session_charge(struct session *session, u64 flags, u64 size);
void session_uncharge(struct session *session, u64 flags, u64 size);
bool session_sees_addresses(void);
u64 session_bugcheck_since(u64 seq, u32 code);
int session_breathe(void);

/* blocks.c */
struct session_block *block_use(struct session *session, u64 handle);
void block_done(struct session_block *block);
unsigned long blocks_release(struct session *session);

/* usage.c */
void usage_init(struct session *session);
void usage_exit(struct session *session);
struct session_usage *usage_row(struct session *session, u32 tag);
void usage_alloc(struct session_usage *row, u64 flags, u64 size);
void usage_free(struct session_usage *row, u64 flags, u64 size);
u64 usage_left(const struct session_usage *row);

/* events.c */
ssize_t events_read(struct file *file, char __user *buffer, size_t count,
		    loff_t *pos);
loff_t events_seek(struct file *file, loff_t offset, int whence);
__poll_t events_poll(struct file *file, poll_table *table);

/* ioctl.c */
long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* The struct of any command, in kernel memory while its handler runs. */
union ioctl_arg {
	struct ntpool_features features;
	struct ntpool_stats_get stats_get;
	struct ntpool_tags tags;
	struct ntpool_usage usage;
	struct ntpool_blocks blocks;
	struct ntpool_slots slots;
	struct ntpool_quota quota;
	struct ntpool_condition_open condition;
	struct ntpool_verifier verifier;
	struct ntpool_special special;
	struct ntpool_alloc alloc;
	struct ntpool_free free;
	struct ntpool_rw rw;
	struct ntpool_query query;
	struct ntpool_pages pages;
	struct ntpool_trim trim;
	struct ntpool_touch touch;
	struct ntpool_split split;
	struct ntpool_walk walk;
	struct ntpool_regions regions;
	struct ntpool_volunteer volunteer;
	struct ntpool_request request;
	struct ntpool_result result;
	struct ntpool_device_open device_open;
	struct ntpool_device_close device_close;
	struct ntpool_device_io device_io;
	struct ntpool_device_wait device_wait;
	struct ntpool_device_cancel device_cancel;
};

/*
 * Handlers: -errno with nothing done, or 0 with the out fields filled.  They run
 * in the caller's thread at PASSIVE and may sleep.
 */
int handle_features(struct session *session, union ioctl_arg *u);
int handle_stats(struct session *session, union ioctl_arg *u);
int handle_tags(struct session *session, union ioctl_arg *u);
int handle_usage(struct session *session, union ioctl_arg *u);
int handle_blocks(struct session *session, union ioctl_arg *u);
int handle_slots(struct session *session, union ioctl_arg *u);
int handle_quota(struct session *session, union ioctl_arg *u);
int handle_condition(struct session *session, union ioctl_arg *u);
int handle_verifier(struct session *session, union ioctl_arg *u);
int handle_special(struct session *session, union ioctl_arg *u);
int handle_alloc(struct session *session, union ioctl_arg *u);
int handle_free(struct session *session, union ioctl_arg *u);
int handle_read(struct session *session, union ioctl_arg *u);
int handle_write(struct session *session, union ioctl_arg *u);
int handle_query(struct session *session, union ioctl_arg *u);
int handle_pages(struct session *session, union ioctl_arg *u);
int handle_trim(struct session *session, union ioctl_arg *u);
int handle_touch(struct session *session, union ioctl_arg *u);
int handle_split(struct session *session, union ioctl_arg *u);
int handle_walk(struct session *session, union ioctl_arg *u);
int handle_regions(struct session *session, union ioctl_arg *u);
int handle_volunteer(struct session *session, union ioctl_arg *u);
int handle_request(struct session *session, union ioctl_arg *u);
int handle_result(struct session *session, union ioctl_arg *u);
int handle_device_open(struct session *session, union ioctl_arg *u);
int handle_device_close(struct session *session, union ioctl_arg *u);
int handle_device_io(struct session *session, union ioctl_arg *u);
int handle_device_wait(struct session *session, union ioctl_arg *u);
int handle_device_cancel(struct session *session, union ioctl_arg *u);

#endif /* NTPOOL_DEV_SESSION_H */
