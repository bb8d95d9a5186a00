// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and poll(): bug checks and completions as events.
 *
 * Bug checks stay in core's ring; a session has a cursor into it and skips what
 * was not caused by its owner, unless the reader has CAP_SYS_ADMIN.
 */
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "dev/session.h"

static bool overrun_locked(const struct session *session)
{
	lockdep_assert_held(&session->lock);
	return session->cursor < bugcheck_oldest_seq();
}

/* Move the cursor to the next record for this reader; false if there is none. */
static bool find_record_locked(struct session *session, bool all,
			       struct bugcheck_record *rec)
{
	lockdep_assert_held(&session->lock);
	while (bugcheck_get(session->cursor, rec)) {
		if (all || rec->owner == session->owner)
			return true;
		session->cursor++;
	}
	return false;
}

static bool bugcheck_pending(struct session *session, bool all)
{
	struct bugcheck_record rec;
	bool pending;

	spin_lock(&session->lock);
	pending = overrun_locked(session) ||
		  find_record_locked(session, all, &rec);
	spin_unlock(&session->lock);
	return pending;
}

static bool event_pending(struct session *session, bool all)
{
	return bugcheck_pending(session, all) ||
	       io_event_pending(session->ios);
}

/* User addresses pass; what a number in the kernel's half is, nobody can tell. */
static u64 hide_address(u64 value)
{
	return value >= TASK_SIZE_MAX ? 0 : value;
}

static void show_values(struct ntpool_event *event,
			const struct bugcheck_record *rec, bool all)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(event->param); i++)
		event->param[i] = all ? rec->param[i] :
					hide_address(rec->param[i]);
	for (i = 0; all && i < rec->stack_len; i++)
		event->stack[i] = rec->stack[i];
}

static void show_record(struct ntpool_event *event,
			const struct bugcheck_record *rec, bool all)
{
	*event = (struct ntpool_event){
		.type = NTPOOL_EVENT_BUGCHECK,
		.code = rec->code,
		.seq = rec->seq,
		.time_ns = rec->time_ns,
		.pid = rec->tgid,
		.tid = rec->tid,
		.cpu = rec->cpu,
		.irql = rec->irql,
	};
	strscpy(event->comm, rec->comm, sizeof(event->comm));
	strscpy(event->name, bugcheck_name(rec->code), sizeof(event->name));
	show_values(event, rec, all);
}

/*
 * Whose the overwritten records were nobody knows any more: the count is of all.
 */
static void take_loss_locked(struct session *session,
			     struct ntpool_event *event)
{
	u64 oldest = bugcheck_oldest_seq();

	lockdep_assert_held(&session->lock);
	*event = (struct ntpool_event){
		.type = NTPOOL_EVENT_LOST,
		.seq = oldest - session->cursor,
		.time_ns = ktime_get_real_ns(),
	};
	session->cursor = oldest;
}

static bool take_bugcheck_locked(struct session *session, bool all,
				 struct ntpool_event *event)
{
	struct bugcheck_record rec;

	lockdep_assert_held(&session->lock);
	if (overrun_locked(session)) {
		take_loss_locked(session, event);
		return true;
	}
	if (!find_record_locked(session, all, &rec))
		return false;
	session->cursor++;
	show_record(event, &rec, all);
	return true;
}

static bool take_bugcheck(struct session *session, bool all,
			  struct ntpool_event *event)
{
	bool taken;

	spin_lock(&session->lock);
	taken = take_bugcheck_locked(session, all, event);
	spin_unlock(&session->lock);
	return taken;
}

static bool take_event(struct session *session, bool all,
		       struct ntpool_event *event)
{
	return take_bugcheck(session, all, event) ||
	       io_event_take(session->ios, event);
}

/*
 * An event taken is gone, so the room for it is looked at first.  Returns the
 * bytes read, 0 where there is no event (another reader may have been faster).
 */
static ssize_t read_events(struct session *session, bool all,
			   char __user *buffer, size_t count)
{
	struct ntpool_event event;
	size_t done;

	for (done = 0; count - done >= sizeof(event); done += sizeof(event)) {
		if (fault_in_safe_writeable(buffer + done, sizeof(event)))
			return done ?: -EFAULT;
		if (!take_event(session, all, &event))
			break;
		if (copy_to_user(buffer + done, &event, sizeof(event)))
			return done ?: -EFAULT;
	}
	return done;
}

/**
 * events_read() - read() on the device
 * @file: the session's file
 * @buffer: the caller's
 * @count: its size
 * @pos: not used
 *
 * Return: bytes read, a multiple of an event's size, or -errno.
 */
ssize_t events_read(struct file *file, char __user *buffer, size_t count,
		    loff_t *pos)
{
	struct session *session = file->private_data;
	bool all = session_sees_addresses();
	ssize_t done;

	if (count < sizeof(struct ntpool_event))
		return -EINVAL;
	for (;;) {
		done = read_events(session, all, buffer, count);
		if (done)
			return done;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(session->wait,
					     event_pending(session, all)))
			return -ERESTARTSYS;
	}
}

/**
 * events_seek() - lseek() on the device: back to the oldest bug check
 * @file: the session's file
 * @offset: 0
 * @whence: SEEK_SET
 *
 * Return: 0; -EPERM without CAP_SYS_ADMIN; -EINVAL for any other place.
 */
loff_t events_seek(struct file *file, loff_t offset, int whence)
{
	struct session *session = file->private_data;

	if (offset || whence != SEEK_SET)
		return -EINVAL;
	if (!session_sees_addresses())
		return -EPERM;
	spin_lock(&session->lock);
	session->cursor = bugcheck_oldest_seq();
	spin_unlock(&session->lock);
	return 0;
}

/**
 * events_poll() - poll() on the device
 * @file: the session's file
 * @table: of the poller
 *
 * Return: EPOLLIN where there is an event for the caller.
 */
__poll_t events_poll(struct file *file, poll_table *table)
{
	struct session *session = file->private_data;

	poll_wait(file, &session->wait, table);
	if (event_pending(session, session_sees_addresses()))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}
