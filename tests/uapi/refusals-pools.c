// SPDX-License-Identifier: GPL-2.0-only
/* One test for each wrong field of usage, blocks and slots. */
#include "uapi.h"

#define USAGE(sentence, error, ...) \
	REFUSAL("usage refuses " sentence, NTPOOL_IOC_USAGE, error, __VA_ARGS__)
#define BLOCKS(sentence, error, ...) \
	REFUSAL("blocks refuses " sentence, NTPOOL_IOC_BLOCKS, error, __VA_ARGS__)
#define SLOTS(sentence, error, ...) \
	REFUSAL("slots refuses " sentence, NTPOOL_IOC_SLOTS, error, __VA_ARGS__)

#define SYSTEM 0xffff888000000000

static const struct refusal refusals[] = {
	USAGE("flags", EINVAL, SET(ntpool_usage, flags, 1)),
	USAGE("padding that is not zero", EINVAL, SET(ntpool_usage, pad, 1)),
	USAGE("a kind of user that nobody knows", EINVAL, SET(ntpool_usage, by, 2)),
	USAGE("a null array", EFAULT, SET(ntpool_usage, array, 0)),
	USAGE("an array that is not mapped", EFAULT, SET(ntpool_usage, array, PAGE)),
	USAGE("an array in system space", EFAULT, SET(ntpool_usage, array, SYSTEM)),
	USAGE("a null array by module", EFAULT, SET(ntpool_usage, array, 0),
	      SET(ntpool_usage, by, NTPOOL_BY_MODULE)),

	BLOCKS("flags", EINVAL, SET(ntpool_blocks, flags, 1)),
	BLOCKS("count 0", EINVAL, SET(ntpool_blocks, count, 0)),
	BLOCKS("a null array", EFAULT, SET(ntpool_blocks, array, 0)),
	BLOCKS("an array that is not mapped", EFAULT, SET(ntpool_blocks, array, PAGE)),
	BLOCKS("an array in system space", EFAULT, SET(ntpool_blocks, array, SYSTEM)),

	SLOTS("flags", EINVAL, SET(ntpool_slots, flags, 1)),
	SLOTS("a null array", EFAULT, SET(ntpool_slots, array, 0)),
	SLOTS("an array that is not mapped", EFAULT, SET(ntpool_slots, array, PAGE)),
	SLOTS("an array in system space", EFAULT, SET(ntpool_slots, array, SYSTEM)),
};

int main(void)
{
	return run_refusals("refusals of looks at the pools", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
