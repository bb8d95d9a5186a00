// SPDX-License-Identifier: GPL-2.0-only
/* One test for each wrong field of features, stats, tags, split, walk and regions. */
#include "uapi.h"

#define FEATURES(sentence, error, ...) \
	REFUSAL("features refuses " sentence, NTPOOL_IOC_FEATURES, error, __VA_ARGS__)
#define STATS(sentence, error, ...) \
	REFUSAL("stats refuses " sentence, NTPOOL_IOC_STATS, error, __VA_ARGS__)
#define TAGS(sentence, error, ...) \
	REFUSAL("tags refuses " sentence, NTPOOL_IOC_TAGS, error, __VA_ARGS__)
#define SPLIT(sentence, ...) \
	REFUSAL("split refuses " sentence, NTPOOL_IOC_SPLIT, EINVAL, __VA_ARGS__)
#define SET_SPLIT(sentence, ...) \
	SPLIT(sentence, SET(ntpool_split, set, 1), __VA_ARGS__)
#define WALK(sentence, error, ...) \
	REFUSAL("walk refuses " sentence, NTPOOL_IOC_WALK, error, __VA_ARGS__)
#define REGIONS(sentence, error, ...) \
	REFUSAL("regions refuses " sentence, NTPOOL_IOC_REGIONS, error, __VA_ARGS__)

static const struct refusal refusals[] = {
	FEATURES("flags", EINVAL, SET(ntpool_features, flags, 1)),

	STATS("flags", EINVAL, SET(ntpool_stats_get, flags, 1)),
	STATS("size 0", EINVAL, SET(ntpool_stats_get, size, 0)),
	STATS("a size that is no multiple of 8", EINVAL, SET(ntpool_stats_get, size, 12)),
	STATS("a null struct", EFAULT, SET(ntpool_stats_get, stats, 0)),
	STATS("a struct that is not mapped", EFAULT, SET(ntpool_stats_get, stats, PAGE)),
	STATS("a struct in system space", EFAULT, SET(ntpool_stats_get, stats, 0xffff888000000000)),

	TAGS("flags", EINVAL, SET(ntpool_tags, flags, 1)),
	TAGS("a null array", EFAULT, SET(ntpool_tags, array, 0)),
	TAGS("an array that is not mapped", EFAULT, SET(ntpool_tags, array, PAGE)),
	TAGS("an array in system space", EFAULT, SET(ntpool_tags, array, 0xffff888000000000)),

	SPLIT("padding that is not zero", SET(ntpool_split, pad, 1)),
	SPLIT("to be both asked and set", SET(ntpool_split, set, 2)),
	SPLIT("a layout where it is only asked", SET(ntpool_split, layout, NTPOOL_LAYOUT_NT_X86)),
	SPLIT("megabytes where it is only asked", SET(ntpool_split, user_mb, 2048)),
	SET_SPLIT("a layout that nobody knows", SET(ntpool_split, layout, 3)),
	SET_SPLIT("megabytes for the native layout", SET(ntpool_split, user_mb, 2048)),
	SET_SPLIT("megabytes for x64", SET(ntpool_split, layout, NTPOOL_LAYOUT_NT_X64), SET(ntpool_split, user_mb, 2048)),
	SET_SPLIT("less than 2048 MB for x86", SET(ntpool_split, layout, NTPOOL_LAYOUT_NT_X86), SET(ntpool_split, user_mb, 2047)),
	SET_SPLIT("more than 3072 MB for x86", SET(ntpool_split, layout, NTPOOL_LAYOUT_NT_X86), SET(ntpool_split, user_mb, 3073)),

	WALK("flags", EINVAL, SET(ntpool_walk, flags, 1)),
	WALK("a process for a block", EINVAL, SET(ntpool_walk, pid, 1)),
	WALK("a process for an address of system space", EINVAL, SET(ntpool_walk, handle, 0),
	     SET(ntpool_walk, address, 0xffff888000000000), SET(ntpool_walk, pid, 1)),
	WALK("a process for an address of no space", EINVAL, SET(ntpool_walk, handle, 0),
	     SET(ntpool_walk, address, 1ull << 62), SET(ntpool_walk, pid, 1)),
	WALK("a process with a number that is negative", EINVAL, SET(ntpool_walk, handle, 0),
	     SET(ntpool_walk, pid, 0x80000001)),
	WALK("a process that cannot be", ESRCH, SET(ntpool_walk, handle, 0), SET(ntpool_walk, pid, 0x7fffffff)),
	WALK("an offset at the block's end", EINVAL, SET(ntpool_walk, address, BLOCK_SIZE)),
	WALK("a handle that was never given", ENOENT, SET(ntpool_walk, handle, 77777)),
	WALK("a handle of another session", ENOENT, LIVE(ntpool_walk, handle, foreign)),
	WALK("a handle with high bits added", ENOENT, LIVE(ntpool_walk, handle, high)),

	REGIONS("flags", EINVAL, SET(ntpool_regions, flags, 1)),
	REGIONS("padding that is not zero", EINVAL, SET(ntpool_regions, pad, 1)),
	REGIONS("count 0", EINVAL, SET(ntpool_regions, count, 0)),
	REGIONS("a grain that is no power of 2", EINVAL, SET(ntpool_regions, grain, 3)),
	REGIONS("a high grain that is no power of 2", EINVAL, SET(ntpool_regions, grain, 0x80000001)),
	REGIONS("a null array", EFAULT, SET(ntpool_regions, array, 0)),
	REGIONS("an array that is not mapped", EFAULT, SET(ntpool_regions, array, PAGE)),
	REGIONS("an array in system space", EFAULT, SET(ntpool_regions, array, 0xffff888000000000)),
};

int main(void)
{
	return run_refusals("refusals of system calls", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
