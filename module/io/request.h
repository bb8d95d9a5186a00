/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share: the session, the request, and the table
 * that a way of completing requests fills in.
 */
#ifndef NTPOOL_IO_REQUEST_H
#define NTPOOL_IO_REQUEST_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm_types.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "io/evidence.h"
#include "io/io.h"
#include "io/notice.h"
#include "io/session.h"

struct io_request;

/*
 * A request goes PENDING - CLAIMED - DONE.  Claiming gives the right, and the
 * duty, to complete it: who delivers claims it, and so does who cancels.
 */
enum io_state {
	IO_PENDING,
	IO_CLAIMED,
	IO_DONE,
};

/**
 * struct io_hit - what the interrupt found on its CPU
 * @mm: the user address space in force, NULL where there is none to speak of
 * @open: @mm is the requester's, or has volunteered the buffer's page
 */
struct io_hit {
	struct mm_struct *mm;
	bool open;
};

/**
 * struct io_variant - a way of completing requests
 * @id: enum ntpool_variant
 * @prepare: in the requester's thread, before the request becomes pending; may
 *	     sleep.  An NTSTATUS
 * @interrupt: in the interrupt
 * @defer: in the interrupt, after the evidence is taken: see to it that the
 *	   request is completed later.  NULL where @interrupt claims the request
 *	   and settles its outcome; it is then completed at once
 * @deliver: in a system thread, for what io_session_defer() put off
 * @release: undo @prepare, also one that failed half way; may sleep
 */
struct io_variant {
	u32 id;
	u32 (*prepare)(struct io_request *req);
	void (*interrupt)(struct io_request *req, const struct io_hit *hit);
	void (*defer)(struct io_request *req);
	void (*deliver)(struct io_request *req);
	void (*release)(struct io_request *req);
};

extern const struct io_variant io_naive;
extern const struct io_variant io_buffered;
extern const struct io_variant io_direct;
extern const struct io_variant io_attach;

/**
 * struct io_mdl - the requester's pages, locked and mapped
 * @pages: them
 * @count: how many
 * @locked: how many of them are pinned
 * @charged: they count against the requester's RLIMIT_MEMLOCK
 * @mapping: where the kernel sees them, NULL if it does not
 */
struct io_mdl {
	struct page **pages;
	unsigned int count;
	unsigned int locked;
	bool charged;
	void *mapping;
};

/**
 * struct io_request - a read that completes later
 * @refs: the handle has one, deferred delivery one, each call at work on it
 *	  one.  The timer needs none: the handle goes only after it has ended.
 *	  The last one is dropped where sleeping is allowed
 * @state: enum io_state
 * @session: owns a reference
 * @variant: how it is completed
 * @handle: its name in @session
 * @buffer: address in @mm
 * @length: bytes
 * @data: what the device delivers
 * @task: the requester, a reference
 * @mm: its address space when it asked, kept from reuse by mmgrab()
 * @timer: the device's interrupt
 * @wait: who waits for IO_DONE
 * @inbox: link in io_session.inbox
 * @apc: runs in the requester's thread
 * @notice: what read() tells of it
 * @system: the device's data in nonpaged pool, NULL for DIRECT
 * @mdl: the requester's pages, for DIRECT
 *
 * The fields below are written by the interrupt, or by who has claimed the
 * request, and read once @state is IO_DONE.
 *
 * @outcome: enum ntpool_outcome
 * @information: bytes delivered
 * @bugcheck: record number, or 0
 * @interrupt_cpu: where the interrupt came
 * @interrupt_irql: IRQL there
 * @interrupt_ns: when, CLOCK_MONOTONIC
 * @delivery_cpu: where the data was written, 0 if it was not
 * @delivery_irql: IRQL there
 * @delivery_ns: when, CLOCK_MONOTONIC
 * @writer: the thread that wrote, NULL where it was the interrupt
 * @interrupted: who was interrupted
 * @requester: who asked
 */
struct io_request {
	refcount_t refs;
	atomic_t state;
	struct io_session *session;
	const struct io_variant *variant;
	u32 handle;
	unsigned long buffer;
	size_t length;
	u64 data;
	struct task_struct *task;
	struct mm_struct *mm;
	struct hrtimer timer;
	wait_queue_head_t wait;
	struct llist_node inbox;
	struct callback_head apc;
	struct io_notice notice;
	void *system;
	struct io_mdl mdl;

	u32 outcome;
	size_t information;
	u64 bugcheck;
	u32 interrupt_cpu;
	u32 interrupt_irql;
	u64 interrupt_ns;
	u32 delivery_cpu;
	u32 delivery_irql;
	u64 delivery_ns;
	struct pid *writer;
	struct io_party interrupted;
	struct io_party requester;
};

static inline void __user *io_buffer(const struct io_request *req)
{
	return (void __user *)req->buffer;
}

/* request.c */
void io_request_get(struct io_request *req);
void io_request_put(struct io_request *req);
bool io_request_claim(struct io_request *req);
void io_request_complete(struct io_request *req, u32 outcome,
			 size_t information);
void io_request_cancel(struct io_request *req);
bool io_request_forget(struct io_request *req);
void io_request_exit(void);

u32 io_status_of(u32 outcome);
void io_note_delivery(struct io_request *req);
void io_copy_back(struct io_request *req);

/* device.c */
void io_device_data(void *to, size_t length, u64 data);
u32 io_system_prepare(struct io_request *req);
void io_system_interrupt(struct io_request *req, const struct io_hit *hit);
void io_system_release(struct io_request *req);

#endif /* NTPOOL_IO_REQUEST_H */
