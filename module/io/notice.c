// SPDX-License-Identifier: GPL-2.0-only
/* Completions that a session has not been told of by read(). */
#include "io/notice.h"
#include "io/io.h"
#include "io/session.h"

/**
 * io_notice_post() - a completion is to be told
 * @ios: to whom; nobody, once it is closed
 * @notice: filled in
 *
 * Context: any.
 */
void io_notice_post(struct io_session *ios, struct io_notice *notice)
{
	unsigned long flags;

	spin_lock_irqsave(&ios->lock, flags);
	if (!ios->closed && !notice->withdrawn) {
		list_add_tail(&notice->link, &ios->notices);
		ios->notify(ios->notify_arg);
	}
	spin_unlock_irqrestore(&ios->lock, flags);
}

/**
 * io_notice_withdraw() - nobody wants to know any more
 * @ios: who would have been told
 * @notice: posted or not, or about to be
 *
 * Context: thread.
 */
void io_notice_withdraw(struct io_session *ios, struct io_notice *notice)
{
	spin_lock_irq(&ios->lock);
	notice->withdrawn = true;
	list_del_init(&notice->link);
	spin_unlock_irq(&ios->lock);
}

bool io_event_pending(struct io_session *ios)
{
	return !list_empty(&ios->notices);
}

static void event_fill(struct ntpool_event *event,
		       const struct io_notice *notice)
{
	const struct io_party *requester = notice->requester;

	*event = (struct ntpool_event){
		.type = NTPOOL_EVENT_COMPLETION,
		.code = notice->status,
		.seq = notice->handle,
		.time_ns = notice->time_ns,
		.pid = pid_vnr(requester->tgid),
		.tid = pid_vnr(requester->tid),
		.cpu = notice->cpu,
		.irql = notice->irql,
	};
	memcpy(event->comm, requester->comm, sizeof(event->comm));
}

/**
 * io_event_take() - the oldest completion nobody has been told of
 * @ios: session
 * @event: filled with it
 *
 * A request whose result was collected before its event was read has none.
 *
 * Return: was there one?
 */
bool io_event_take(struct io_session *ios, struct ntpool_event *event)
{
	struct io_notice *notice;

	spin_lock_irq(&ios->lock);
	notice = list_first_entry_or_null(&ios->notices, struct io_notice,
					  link);
	if (notice) {
		list_del_init(&notice->link);
		event_fill(event, notice);
	}
	spin_unlock_irq(&ios->lock);
	return notice;
}
