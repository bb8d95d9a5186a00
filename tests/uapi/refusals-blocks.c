// SPDX-License-Identifier: GPL-2.0-only
/* One test for each field of alloc, free, read and write that can be wrong. */
#include "uapi.h"

#define ALLOC(sentence, ...) \
	REFUSAL("alloc refuses " sentence, NTPOOL_IOC_ALLOC, EINVAL, __VA_ARGS__)
#define FREE(sentence, error, ...) \
	REFUSAL("free refuses " sentence, NTPOOL_IOC_FREE, error, __VA_ARGS__)
/* Both directions take the same struct and must refuse the same. */
#define COPY(sentence, error, ...)                                              \
	REFUSAL("read refuses " sentence, NTPOOL_IOC_READ, error, __VA_ARGS__), \
		REFUSAL("write refuses " sentence, NTPOOL_IOC_WRITE, error, __VA_ARGS__)

static const struct refusal refusals[] = {
	ALLOC("a flag that nobody knows", SET(ntpool_alloc, pool_flags, NTPOOL_FLAG_PAGED | 0x200)),
	ALLOC("a high flag that nobody knows", SET(ntpool_alloc, pool_flags, NTPOOL_FLAG_PAGED | 1ull << 33)),
	ALLOC("flags without a pool", SET(ntpool_alloc, pool_flags, NTPOOL_FLAG_UNINITIALIZED)),
	ALLOC("no flags at all", SET(ntpool_alloc, pool_flags, 0)),
	ALLOC("two pools at once", SET(ntpool_alloc, pool_flags, NTPOOL_FLAG_PAGED | NTPOOL_FLAG_NON_PAGED)),
	ALLOC("executable and paged pool at once", SET(ntpool_alloc, pool_flags, NTPOOL_FLAG_PAGED | NTPOOL_FLAG_NON_PAGED_EXECUTE)),
	ALLOC("size 0", SET(ntpool_alloc, size, 0)),
	ALLOC("tag 0", SET(ntpool_alloc, tag, 0)),
	ALLOC("a tag with a control character", SET(ntpool_alloc, tag, TAG('A', 0x1f, 'c', 'd'))),
	ALLOC("a tag with DEL in it", SET(ntpool_alloc, tag, TAG('A', 'b', 'c', 0x7f))),
	ALLOC("a tag with a byte above 0x7f", SET(ntpool_alloc, tag, TAG('A', 'b', 'c', 0xe4))),
	ALLOC("a tag that goes on behind a 0", SET(ntpool_alloc, tag, TAG('A', 0, 'c', 'd'))),
	ALLOC("a tag that begins with 0", SET(ntpool_alloc, tag, TAG(0, 'b', 'c', 'd'))),
	ALLOC("padding that is not zero", SET(ntpool_alloc, pad, 1)),

	FREE("flags", EINVAL, SET(ntpool_free, flags, 1)),
	FREE("the highest flag", EINVAL, SET(ntpool_free, flags, 0x80000000)),
	FREE("handle 0", ENOENT, SET(ntpool_free, handle, 0)),
	FREE("a handle that was never given", ENOENT, SET(ntpool_free, handle, 77777)),
	FREE("a handle of another session", ENOENT, LIVE(ntpool_free, handle, foreign)),
	FREE("a handle with high bits added", ENOENT, LIVE(ntpool_free, handle, high)),
	FREE("the handle with all bits set", ENOENT, SET(ntpool_free, handle, ~0ull)),

	COPY("flags", EINVAL, SET(ntpool_rw, flags, 1)),
	COPY("length 0", EINVAL, SET(ntpool_rw, length, 0)),
	COPY("an offset at the block's end", EINVAL, SET(ntpool_rw, offset, BLOCK_SIZE)),
	COPY("one byte beyond the block's end", EINVAL, SET(ntpool_rw, length, BLOCK_SIZE - 15)),
	COPY("a length beyond all blocks", EINVAL, SET(ntpool_rw, length, 1ull << 62)),
	COPY("offset and length that overflow", EOVERFLOW, SET(ntpool_rw, offset, ~0ull)),
	COPY("a length that overflows", EOVERFLOW, SET(ntpool_rw, length, ~0ull)),
	COPY("handle 0", ENOENT, SET(ntpool_rw, handle, 0)),
	COPY("a handle that was never given", ENOENT, SET(ntpool_rw, handle, 77777)),
	COPY("a handle of another session", ENOENT, LIVE(ntpool_rw, handle, foreign)),
	COPY("a handle with high bits added", ENOENT, LIVE(ntpool_rw, handle, high)),
	COPY("a null buffer", EFAULT, SET(ntpool_rw, buffer, 0)),
	COPY("a buffer that is not mapped", EFAULT, SET(ntpool_rw, buffer, PAGE)),
	COPY("a buffer in system space", EFAULT, SET(ntpool_rw, buffer, 0xffff888000000000)),
	COPY("a buffer that wraps around", EFAULT, SET(ntpool_rw, buffer, ~0ull - 8)),
	COPY("a non-canonical buffer", EFAULT, SET(ntpool_rw, buffer, 1ull << 56)),
};

int main(void)
{
	return run_refusals("refusals of blocks", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
