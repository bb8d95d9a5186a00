// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: made when the device is opened, gone when it is closed for the last
 * time, and what all handlers ask of one.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "core/core.h"
#include "dev/session.h"

static atomic64_t sessions_open;

/* May be called in a hard interrupt. */
static void wake_session(void *arg)
{
	struct session *session = arg;

	wake_up_poll(&session->wait, EPOLLIN | EPOLLRDNORM);
}

static int pass_on_wake(wait_queue_entry_t *entry, unsigned int mode, int flags,
			void *key)
{
	wake_session(container_of(entry, struct session, on_bugcheck));
	return 0;
}

static void session_init(struct session *session)
{
	xa_init_flags(&session->blocks, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	spin_lock_init(&session->lock);
	vas_layout_get(NTPOOL_LAYOUT_NATIVE, 0, &session->layout);
	session->cursor = bugcheck_last_seq() + 1;
	init_waitqueue_head(&session->wait);
	init_waitqueue_func_entry(&session->on_bugcheck, pass_on_wake);
	session->owner = task_tgid_nr(current);
	get_task_comm(session->comm, current);
}

/**
 * session_create() - a session for the running process
 *
 * Return: the session, or an ERR_PTR.
 */
struct session *session_create(void)
{
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);

	if (!session)
		return ERR_PTR(-ENOMEM);
	session_init(session);
	session->ios = io_session_create(wake_session, session);
	if (!session->ios) {
		kfree(session);
		return ERR_PTR(-ENOMEM);
	}
	usage_init(session);
	add_wait_queue(&bugcheck_wait, &session->on_bugcheck);
	atomic64_inc(&sessions_open);
	return session;
}

/*
 * A driver that leaves allocations behind at unload is bug check 0xC4/62
 * [driver's name, reserved, count] under Driver Verifier, and to its blocks a
 * session is the driver.  Here it stays a record whatever bugcheck= says: every
 * program that is killed closes its session with blocks in it, and the kernel
 * frees them, so there is nothing to stop the machine for.
 */
static void report_leak(const struct session *session, unsigned long count)
{
	if (count)
		bugcheck_note(session->owner,
			      BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			      0x62, 0, 0, count);
}

/**
 * session_destroy() - end a session's I/O, free its blocks, report them as leaks
 * @session: from session_create(); no call on it is running
 */
void session_destroy(struct session *session)
{
	might_sleep();
	remove_wait_queue(&bugcheck_wait, &session->on_bugcheck);
	io_session_destroy(session->ios);
	report_leak(session, blocks_release(session));
	usage_exit(session);
	atomic64_dec(&sessions_open);
	kfree(session);
}

/**
 * session_count() - how many sessions are open
 *
 * Return: their number.
 */
u64 session_count(void)
{
	return atomic64_read(&sessions_open);
}

static u64 *used_locked(struct session *session, u64 flags)
{
	lockdep_assert_held(&session->lock);
	return flags & NTPOOL_FLAG_PAGED ? &session->paged_used :
					   &session->nonpaged_used;
}

static bool charge_locked(struct session *session, u64 flags, u64 size)
{
	u64 *used = used_locked(session, flags);
	u64 budget = flags & NTPOOL_FLAG_PAGED ?
			     session->layout.paged_budget :
			     session->layout.nonpaged_budget;
	u64 sum;

	if (check_add_overflow(*used, size, &sum) || sum > budget)
		return false;
	*used = sum;
	return true;
}

/**
 * session_charge() - take room for a block out of the layout's budget
 * @session: the session
 * @flags: NTPOOL_FLAG_* of the block, which say the pool
 * @size: bytes
 *
 * Return: whether there was room.
 */
bool session_charge(struct session *session, u64 flags, u64 size)
{
	bool room;

	spin_lock(&session->lock);
	room = charge_locked(session, flags, size);
	spin_unlock(&session->lock);
	return room;
}

/**
 * session_uncharge() - give back what session_charge() took
 * @session: the session
 * @flags: as given to session_charge()
 * @size: as given to session_charge()
 */
void session_uncharge(struct session *session, u64 flags, u64 size)
{
	spin_lock(&session->lock);
	*used_locked(session, flags) -= size;
	spin_unlock(&session->lock);
}

/**
 * session_sees_addresses() - may the caller be shown addresses, frames and slots
 *
 * Not being allowed to is no offence here, so it leaves no trace in the audit.
 *
 * Return: whether the caller has CAP_SYS_ADMIN.
 */
bool session_sees_addresses(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

static bool raised_by_this_call(const struct bugcheck_record *rec, u32 code)
{
	return rec->tid == current->pid && rec->code == code &&
	       rec->irql < NTPOOL_IRQL_DEVICE;
}

/**
 * session_bugcheck_since() - the bug check that the running call has raised
 * @seq: bugcheck_last_seq() from before
 * @code: its code
 *
 * A hardware interrupt on top of this thread may have recorded one in its name;
 * that one is not meant.
 *
 * Return: the number of the newest such record, or 0.
 */
u64 session_bugcheck_since(u64 seq, u32 code)
{
	struct bugcheck_record rec;
	u64 i;

	for (i = bugcheck_last_seq(); i > seq && bugcheck_get(i, &rec); i--)
		if (raised_by_this_call(&rec, code))
			return i;
	return 0;
}

/**
 * session_breathe() - between two pieces of a long call
 *
 * Return: 0, or -EINTR where the caller is being killed.
 */
int session_breathe(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}
