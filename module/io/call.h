/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user's call on a device: the requester's side of an IRP.
 *
 * Lock order, outermost first; none is held while a driver runs or user memory is
 * touched:
 *
 *	io_session.calls.xa_lock	thread context only
 *	io_call.lock			interrupts off
 *	io_session.lock			interrupts off
 *	wait queue locks		by wake_up()
 *
 * A thread's list of calls (rundown.c) has a lock of its own, taken alone.
 */
#ifndef NTPOOL_IO_CALL_H
#define NTPOOL_IO_CALL_H

#include <linux/llist.h>
#include <linux/mm_types.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "core/core.h"
#include "io/notice.h"
#include "io/io.h"
#include "io/irp.h"
#include "io/session.h"

struct eventfd_ctx;

/* Of what a driver is told about a file: IRP_MJ_CREATE, CLEANUP, CLOSE. */
#define IO_FILE_NEWS 3

/**
 * struct io_file - a device that a session has opened
 * @refs: its handle has one, each call on it one
 * @news: the packets that tell its driver.  All are there from the beginning, since
 *	  nobody could be told that there is no memory for the last ones
 * @news_left: how many have not been sent
 * @handle: its name in the session
 * @object: as the drivers see it
 * @top: the device on top of the stack, with a reference
 * @later: in those whose last reference was given up above PASSIVE
 */
struct io_file {
	refcount_t refs;
	PIRP news[IO_FILE_NEWS];
	u32 news_left;
	u32 handle;
	FILE_OBJECT object;
	DEVICE_OBJECT *top;
	struct llist_node later;
};

/*
 * ACTIVE - with its drivers.
 * SILENT - completed, but never marked pending: who sent it down takes it from here.
 * RETURNED - completed, and the requester's thread is being told.
 * FINISHING - somebody is in the final stage.
 * DONE.
 */
enum call_state {
	CALL_ACTIVE,
	CALL_SILENT,
	CALL_RETURNED,
	CALL_FINISHING,
	CALL_DONE,
};

/**
 * struct io_call - one
 * @refs: the handle or the waiting caller has one, the requester's list of calls
 *	  one, a queued APC one
 * @lock: protects @state, @irp, @awaited and @answered
 * @state: enum call_state
 * @irp: the packet, NULL once the final stage has it
 * @irp_users: who keeps its memory: the call until then, who is cancelling it
 * @awaited: the requester's thread itself waits for it; no APC is needed
 * @answered: its dispatch routine's answer was not pending and has been passed on,
 *	      though the packet is not done
 * @session: a reference
 * @file: a reference
 * @handle: its name in the session, 0 as long as nobody needs one
 * @task: the requester, a reference
 * @mm: its address space when it asked, kept from reuse by mmgrab()
 * @output: where Information bytes of @system go, NULL if nowhere
 * @output_length: how many there is room for
 * @system: the system buffer
 * @system_size: its bytes
 * @status_block: where the requester wants the result, or NULL
 * @eventfd: what he wants signalled, or NULL
 * @wait: who waits
 * @apc: runs in the requester's thread
 * @raised: the thread in the final stage.  Not on its stack: with bugcheck=oops it may
 *	    end there, and then its reference keeps the call
 * @orphan: link in the list of calls whose thread has had its last APC
 * @peers: link in the requester's list of calls
 * @rundown: runs in the requester's thread when it exits
 * @requester: who asked
 * @evidence: what was observed of it, where that is a request of request.c's; else NULL
 * @notice: what read() tells of it
 * @status: NTSTATUS, from RETURNED on
 * @information: bytes, likewise
 */
struct io_call {
	refcount_t refs;
	spinlock_t lock; /* protects the next four */
	enum call_state state;
	IRP *irp;
	bool awaited;
	bool answered;
	atomic_t irp_users;
	struct io_session *session;
	struct io_file *file;
	u32 handle;
	struct task_struct *task;
	struct mm_struct *mm;
	void __user *output;
	u32 output_length;
	void *system;
	u32 system_size;
	struct ntpool_status_block __user *status_block;
	struct eventfd_ctx *eventfd;
	wait_queue_head_t wait;
	struct callback_head apc;
	struct irql_apc raised;
	struct llist_node orphan;
	struct hlist_node peers;
	struct callback_head rundown;
	struct io_party requester;
	struct io_evidence *evidence;
	struct io_notice notice;
	u32 status;
	u64 information;
};

/* call.c */
struct io_call *io_call_create(struct io_session *ios, struct io_file *file,
			       struct eventfd_ctx *eventfd);
void io_call_note_start(void);
bool io_call_publish(struct io_call *call);
struct io_call *io_call_find(struct io_session *ios, enum io_kind kind,
			     u64 handle);
u32 io_calls_cancel(struct io_session *ios, const struct io_file *file);
void io_call_get(struct io_call *call);
void io_call_put(struct io_call *call);
bool io_call_cancel(struct io_call *call);
bool io_call_forget(struct io_call *call);
bool io_call_is_back(struct io_call *call);
bool io_call_is_returned(const struct io_call *call);
void io_call_put_irp(struct io_call *call, IRP *irp);
void io_calls_close(struct io_session *ios);
void io_calls_exit(void);

/* send.c */
u32 io_call_prepare(struct io_call *call, const struct ntpool_device_io *arg);
void io_call_dispatch(struct io_call *call, struct ntpool_device_io *arg);

/* collect.c */
struct io_call *io_call_await(struct io_session *ios, enum io_kind kind,
			      u64 handle, u32 flags, u64 *timeout_ns);
int io_call_collected(struct io_call *call);

/* method.c */
u32 method_prepare(struct io_call *call, const struct ntpool_device_io *arg);
void method_copy_back(struct io_call *call, IRP *irp);
void method_release(struct io_call *call, IRP *irp);
bool method_probe_write(void __user *at, size_t length);

/* final.c */
bool io_call_finish(struct io_call *call);
void io_call_queue_apc(struct io_call *call);
void io_orphans_flush(void);

/* rundown.c */
void rundown_add(struct io_call *call);
void rundown_remove(struct io_call *call);
bool rundown_any_of(const struct mm_struct *mm);
int rundown_init(void);
void rundown_exit(void);

/* file.c */
struct io_file *io_file_open_unnamed(DEVICE_OBJECT *device);
NTSTATUS io_file_open_for_driver(PCUNICODE_STRING name, u32 access,
				 struct io_file **opened);
struct io_file *io_file_find(struct io_session *ios, u64 handle);
void io_file_put(struct io_file *file);
void io_file_clean_up(struct io_file *file);
bool io_file_allows(const struct io_file *file, u32 major, u32 code);
void io_files_close(struct io_session *ios);

/* file_object.c */
void io_file_let_go(struct io_file *file);
int io_file_objects_init(void);
void io_file_objects_exit(void);

#endif /* NTPOOL_IO_CALL_H */
