// SPDX-License-Identifier: GPL-2.0-only
/* One test for each field of query, pages, trim and touch that can be wrong. */
#include "uapi.h"

#define QUERY(sentence, error, ...) \
	REFUSAL("query refuses " sentence, NTPOOL_IOC_QUERY, error, __VA_ARGS__)
#define PAGES(sentence, error, ...) \
	REFUSAL("pages refuses " sentence, NTPOOL_IOC_PAGES, error, __VA_ARGS__)
#define TRIM(sentence, error, ...) \
	REFUSAL("trim refuses " sentence, NTPOOL_IOC_TRIM, error, __VA_ARGS__)
#define TOUCH(sentence, error, ...) \
	REFUSAL("touch refuses " sentence, NTPOOL_IOC_TOUCH, error, __VA_ARGS__)

static const struct refusal refusals[] = {
	QUERY("flags", EINVAL, SET(ntpool_query, flags, 1)),
	QUERY("handle 0", ENOENT, SET(ntpool_query, handle, 0)),
	QUERY("a handle that was never given", ENOENT, SET(ntpool_query, handle, 77777)),
	QUERY("a handle of another session", ENOENT, LIVE(ntpool_query, handle, foreign)),
	QUERY("a handle with high bits added", ENOENT, LIVE(ntpool_query, handle, high)),

	PAGES("flags", EINVAL, SET(ntpool_pages, flags, 1)),
	PAGES("count 0", EINVAL, SET(ntpool_pages, count, 0)),
	PAGES("a first page beyond the block", EINVAL, SET(ntpool_pages, first, BLOCK_PAGES)),
	PAGES("first and count that overflow", EOVERFLOW, SET(ntpool_pages, first, ~0ull)),
	PAGES("a null array", EFAULT, SET(ntpool_pages, array, 0)),
	PAGES("an array that is not mapped", EFAULT, SET(ntpool_pages, array, PAGE)),
	PAGES("an array in system space", EFAULT, SET(ntpool_pages, array, 0xffff888000000000)),
	PAGES("handle 0", ENOENT, SET(ntpool_pages, handle, 0)),
	PAGES("a handle that was never given", ENOENT, SET(ntpool_pages, handle, 77777)),
	PAGES("a handle of another session", ENOENT, LIVE(ntpool_pages, handle, foreign)),
	PAGES("a handle with high bits added", ENOENT, LIVE(ntpool_pages, handle, high)),

	TRIM("a flag that nobody knows", EINVAL, SET(ntpool_trim, flags, 2)),
	TRIM("an offset at the block's end", EINVAL, SET(ntpool_trim, offset, BLOCK_SIZE)),
	TRIM("one byte beyond the block's end", EINVAL, SET(ntpool_trim, length, BLOCK_SIZE + 1)),
	TRIM("offset and length that overflow", EOVERFLOW, SET(ntpool_trim, offset, ~0ull), SET(ntpool_trim, length, 2)),
	TRIM("a nonpaged block", EINVAL, LIVE(ntpool_trim, handle, nonpaged)),
	TRIM("an offset into all of paged memory", EINVAL, SET(ntpool_trim, handle, 0), SET(ntpool_trim, offset, PAGE)),
	TRIM("a length of all of paged memory", EINVAL, SET(ntpool_trim, handle, 0), SET(ntpool_trim, length, PAGE)),
	TRIM("a handle that was never given", ENOENT, SET(ntpool_trim, handle, 77777)),
	TRIM("a handle of another session", ENOENT, LIVE(ntpool_trim, handle, foreign)),
	TRIM("a handle with high bits added", ENOENT, LIVE(ntpool_trim, handle, high)),

	TOUCH("an IRQL above DISPATCH", EINVAL, SET(ntpool_touch, irql, 3)),
	TOUCH("the highest number as IRQL", EINVAL, SET(ntpool_touch, irql, 0xffffffff)),
	TOUCH("an access that is neither read nor write", EINVAL, SET(ntpool_touch, access, 2)),
	TOUCH("a value for a load", EINVAL, SET(ntpool_touch, value, 1)),
	TOUCH("a value that is no byte", EINVAL, SET(ntpool_touch, access, 1), SET(ntpool_touch, value, 256)),
	TOUCH("padding that is not zero", EINVAL, SET(ntpool_touch, pad, 1)),
	TOUCH("an offset at the block's end", EINVAL, SET(ntpool_touch, offset, BLOCK_SIZE)),
	TOUCH("the highest offset", EINVAL, SET(ntpool_touch, offset, ~0ull)),
	TOUCH("handle 0", ENOENT, SET(ntpool_touch, handle, 0)),
	TOUCH("a handle that was never given", ENOENT, SET(ntpool_touch, handle, 77777)),
	TOUCH("a handle of another session", ENOENT, LIVE(ntpool_touch, handle, foreign)),
	TOUCH("a handle with high bits added", ENOENT, LIVE(ntpool_touch, handle, high)),
};

int main(void)
{
	return run_refusals("refusals of paging", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
