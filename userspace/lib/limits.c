// SPDX-License-Identifier: LGPL-2.1-or-later
/* Quotas of processes, and the pool events. */
#include "internal.h"

int ntpool_quota(struct ntpool *session, uint32_t pid,
		 struct ntpool_quota *answer)
{
	*answer = (struct ntpool_quota){ .pid = pid };
	return ntpool_ioctl(session, NTPOOL_IOC_QUOTA, answer);
}

int ntpool_set_quota(struct ntpool *session, uint32_t pid, uint64_t paged,
		     uint64_t nonpaged, struct ntpool_quota *answer)
{
	*answer = (struct ntpool_quota){
		.pid = pid,
		.flags = NTPOOL_QUOTA_SET,
		.paged_limit = paged,
		.nonpaged_limit = nonpaged,
	};
	return ntpool_ioctl(session, NTPOOL_IOC_QUOTA, answer);
}

int ntpool_open_condition(struct ntpool *session,
			  enum ntpool_condition condition, uint32_t flags)
{
	struct ntpool_condition_open open = {
		.condition = condition,
		.flags = flags,
	};
	int err = ntpool_ioctl(session, NTPOOL_IOC_CONDITION, &open);

	return err ? err : (int)open.fd;
}
