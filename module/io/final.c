// SPDX-License-Identifier: GPL-2.0-only
/*
 * The final stage of a user's call: Information bytes go back, pages are unlocked,
 * the requester is told.  It belongs to the requester's own thread, whose address
 * space the buffers are in: NT sends a special kernel APC there, and here it is task
 * work, sent as a signal is, so that it also reaches a thread that computes in user
 * space or waits in a system call.  That call is restarted, unless it is one of the
 * few, epoll_wait() for one, that end with EINTR whoever disturbs them.
 */
#include <linux/eventfd.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "io/call.h"
#include "kcompat/eventfd.h"
#include "kcompat/task_work.h"

/* The packet, for whoever is first; from here on he has it. */
static IRP *call_claim(struct io_call *call)
{
	IRP *irp = NULL;

	spin_lock_irq(&call->lock);
	if (call->state == CALL_RETURNED || call->state == CALL_SILENT) {
		call->state = CALL_FINISHING;
		swap(irp, call->irp);
	}
	spin_unlock_irq(&call->lock);
	return irp;
}

/* "The caller is notified iff it was pending or the status is no error." */
static bool is_told(const struct io_call *call, const IRP *irp)
{
	return irp->PendingReturned || call->answered ||
	       !NT_ERROR(irp->IoStatus.Status);
}

static void write_status_block(struct io_call *call)
{
	struct ntpool_status_block block = {
		.status = call->status,
		.information = call->information,
	};

	/* NT, too, goes on where the block is gone. */
	if (call->status_block &&
	    copy_to_user(call->status_block, &block, sizeof(block)))
		pr_debug("ntpool: a status block is gone\n");
}

/* The driver may have been done before the requester exited without his data. */
static u32 final_status(const struct io_call *call, const IRP *irp)
{
	if (call->evidence && call->evidence->outcome == NTPOOL_OUTCOME_CANCELLED)
		return STATUS_CANCELLED;
	return irp->IoStatus.Status;
}

/* The buffers, for a thread that still has them. */
static void finish_buffers(struct io_call *call, IRP *irp)
{
	bool here = current->mm && current->mm == call->mm;

	if (here)
		method_copy_back(call, irp);
	call->status = final_status(call, irp);
	call->information = irp->IoStatus.Information;
	method_release(call, irp);
	if (here && is_told(call, irp))
		write_status_block(call);
}

static void call_done(struct io_call *call)
{
	spin_lock_irq(&call->lock);
	/* Pairs with call_is_done(): the result is there. */
	smp_store_release(&call->state, CALL_DONE);
	if (wq_has_sleeper(&call->wait))
		wake_up_all(&call->wait);
	spin_unlock_irq(&call->lock);
}

static void tell(struct io_call *call)
{
	if (call->eventfd)
		kcompat_eventfd_signal(call->eventfd);
	/* Who waits in place has no handle, and is told by that. */
	if (!call->handle)
		return;
	if (call->evidence) {
		call->notice.cpu = call->evidence->interrupt_cpu;
		call->notice.irql = call->evidence->interrupt_irql;
	}
	call->notice.status = call->status;
	call->notice.time_ns = ktime_get_real_ns();
	io_notice_post(call->session, &call->notice);
}

/**
 * io_call_finish() - the final stage, for whoever is first
 * @call: the call; the caller has a reference
 *
 * Context: may sleep; the requester's thread, except that a system thread cleans up
 * where that has had its last APC.
 * Return: whether it was the caller who did it.
 */
bool io_call_finish(struct io_call *call)
{
	bool told;
	IRP *irp;

	might_sleep();
	irp = call_claim(call);
	if (!irp)
		return false;
	irql_enter_apc(&call->raised);
	finish_buffers(call, irp);
	irql_leave_apc(&call->raised);
	told = is_told(call, irp);
	irp->Call = NULL;
	io_call_put_irp(call, irp);
	rundown_remove(call);
	call_done(call);
	if (told)
		tell(call);
	return true;
}

static void call_apc(struct callback_head *apc)
{
	struct io_call *call = container_of(apc, struct io_call, apc);

	io_call_finish(call);
	io_call_put(call);
}

static LLIST_HEAD(orphans);

static void orphans_finish(struct work_struct *work)
{
	struct io_call *call, *next;

	llist_for_each_entry_safe(call, next, llist_del_all(&orphans), orphan) {
		io_call_finish(call);
		io_call_put(call);
	}
}

static DECLARE_WORK(orphans_work, orphans_finish);

/**
 * io_call_queue_apc() - have the requester's thread do the final stage
 * @call: the call
 *
 * Context: any.
 */
void io_call_queue_apc(struct io_call *call)
{
	io_call_get(call);
	init_task_work(&call->apc, call_apc);
	if (!kcompat_task_work_add(call->task, &call->apc, TWA_SIGNAL))
		return;
	if (llist_add(&call->orphan, &orphans))
		schedule_work(&orphans_work);
}

void io_orphans_flush(void)
{
	flush_work(&orphans_work);
}
