/* SPDX-License-Identifier: GPL-2.0-only */
/* Completions that a session has not been told of by read(). */
#ifndef NTPOOL_IO_NOTICE_H
#define NTPOOL_IO_NOTICE_H

#include <linux/list.h>

#include "io/evidence.h"

struct io_session;

/**
 * struct io_notice - one completion
 * @link: in io_session.notices, under io_session.lock; empty when told or not wanted
 * @withdrawn: nobody wants to know any more; io_session.lock
 * @handle: of what was completed
 * @status: NTSTATUS
 * @cpu: where its interrupt came, or where it was completed
 * @irql: IRQL there
 * @time_ns: CLOCK_REALTIME
 * @requester: who asked; its owner's
 */
struct io_notice {
	struct list_head link;
	bool withdrawn;
	u32 handle;
	u32 status;
	u32 cpu;
	u32 irql;
	u64 time_ns;
	struct io_party *requester;
};

void io_notice_post(struct io_session *ios, struct io_notice *notice);
void io_notice_withdraw(struct io_session *ios, struct io_notice *notice);

#endif /* NTPOOL_IO_NOTICE_H */
