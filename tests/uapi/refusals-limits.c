// SPDX-License-Identifier: GPL-2.0-only
/* One test for each field of quota and condition that can be wrong. */
#include "uapi.h"

#define QUOTA(sentence, error, ...) \
	REFUSAL("quota refuses " sentence, NTPOOL_IOC_QUOTA, error, __VA_ARGS__)
#define CONDITION(sentence, ...) \
	REFUSAL("condition refuses " sentence, NTPOOL_IOC_CONDITION, EINVAL, __VA_ARGS__)

static const struct refusal refusals[] = {
	QUOTA("a flag that nobody knows", EINVAL, SET(ntpool_quota, flags, 2)),
	QUOTA("the highest flag", EINVAL, SET(ntpool_quota, flags, 0x80000000)),
	QUOTA("a paged limit where it is only asked", EINVAL, SET(ntpool_quota, paged_limit, 1)),
	QUOTA("a nonpaged limit where it is only asked", EINVAL, SET(ntpool_quota, nonpaged_limit, 1)),
	QUOTA("a process that there is not", ESRCH, SET(ntpool_quota, pid, 0x7ffffff0)),
	QUOTA("a number that no process can have", EINVAL, SET(ntpool_quota, pid, 0x80000000)),
	QUOTA("to set the limits of a process that there is not", ESRCH, SET(ntpool_quota, pid, 0x7ffffff0), SET(ntpool_quota, flags, NTPOOL_QUOTA_SET)),

	CONDITION("an event that there is not", SET(ntpool_condition_open, condition, NTPOOL_CONDITIONS)),
	CONDITION("an event far beyond", SET(ntpool_condition_open, condition, 0x80000000)),
	CONDITION("a flag that nobody knows", SET(ntpool_condition_open, flags, 2)),
	CONDITION("the highest flag", SET(ntpool_condition_open, flags, 0x80000000)),
};

int main(void)
{
	return run_refusals("refusals of limits", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
