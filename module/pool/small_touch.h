/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small blocks: the bytes of a block, which are zeroed for a new owner and marked where
 * nobody has to write.
 *
 * A page of paged pool that was resident a moment ago may have gone out, and what would
 * bring it in may fail, which a plain access could tell nobody.  So these bytes are touched
 * by accesses that may fail, and with page faults off: neither a mark nor a check is worth
 * bringing a page in, and zeroes can be had by pinning it.
 */
#ifndef NTPOOL_POOL_SMALL_TOUCH_H
#define NTPOOL_POOL_SMALL_TOUCH_H

#include <linux/compiler.h>
#include <linux/pgtable.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#include "kcompat/unaligned.h"

/* Stands right behind a block, as far as there is room, up to 8 bytes. */
#define TAIL_MARK 0x7C7C7C7C7C7C7C7Cull

/* Stand in a freed block's first bytes, where NT has the links of its list. */
#define FREED_MARK 0xF7EEF7EEF7EEF7EEull

/* Where the mark behind a block is: the word, and in @mask the bytes of it. */
static __always_inline u64 *small_tail(unsigned long block, unsigned int size,
				       unsigned int room, u64 *mask)
{
	unsigned int slack = room - size;

	*mask = ~0ull;
	if (likely(slack >= sizeof(u64)))
		return (u64 *)(block + size);
	*mask = ~0ull << 8 * (7 - slack) << 8;
	return (u64 *)(block + room) - 1;
}

static __always_inline bool small_is_tail(u64 found, u64 mask)
{
	return mask == ~0ull ? found == TAIL_MARK :
			       !((found ^ TAIL_MARK) & mask);
}

/* To call memset() for a short block costs more than to do its work. */
static __always_inline void small_zero(u64 *block, size_t size)
{
	u64 *end = (void *)block + size;

	if (size > 128) {
		memset(block, 0, size);
		return;
	}
	do {		   /* a slot has whole units of 16 bytes */
		barrier(); /* or this becomes memset() again */
		block[0] = 0;
		block[1] = 0;
		block += 2;
	} while (block < end);
}

/* clang-format off */
#define small_put(to, value, out)						\
do {										\
	const u64 value_ = (value);						\
										\
	__put_kernel_nofault(to, &value_, u64, out);				\
} while (0)

#define small_put_two(to, value, out)						\
do {										\
	small_put(to, value, out);						\
	small_put((to) + 1, value, out);					\
} while (0)
/* clang-format on */

/* The same with page faults off; false where the page has gone out. */
static __always_inline bool small_zero_paged(u64 *block, size_t size)
{
	u64 *end = (void *)block + size;

	for (; block + 8 <= end; block += 8) {
		small_put_two(block, 0, out);
		small_put_two(block + 2, 0, out);
		small_put_two(block + 4, 0, out);
		small_put_two(block + 6, 0, out);
	}
	for (; block < end; block += 2)
		small_put_two(block, 0, out);
	return true;
out:
	return false;
}

static __always_inline void small_mark_tail(unsigned long block, unsigned int size,
					    unsigned int room)
{
	u64 mask, *tail = small_tail(block, size, room, &mask);

	if (mask == ~0ull)
		put_unaligned(TAIL_MARK, tail);
	else
		*tail = (*tail & ~mask) | (TAIL_MARK & mask);
}

static __always_inline bool small_mark_tail_paged(unsigned long block,
						  unsigned int size,
						  unsigned int room)
{
	u64 mask, old = 0, *tail = small_tail(block, size, room, &mask);

	if (mask != ~0ull)
		__get_kernel_nofault(&old, tail, u64, out);
	small_put(tail, (old & ~mask) | (TAIL_MARK & mask), out);
	return true;
out:
	return false;
}

/* Are a freed block's first words still the mark; 0 if so, else which is not, from 1. */
static __always_inline unsigned int small_unmarked(u64 first, u64 second)
{
	if (unlikely(first != FREED_MARK))
		return 1;
	return unlikely(second != FREED_MARK) ? 2 : 0;
}

static __always_inline unsigned int small_unmarked_paged(const u64 *block)
{
	u64 first, second;

	__get_kernel_nofault(&first, block, u64, out);
	__get_kernel_nofault(&second, block + 1, u64, out);
	return small_unmarked(first, second);
out:
	return 0; /* what cannot be read has not changed */
}

/*
 * The two that freeing needs.  @pte is the block's page-table entry, NULL in nonpaged pool;
 * a page that is out is left alone.
 */

/* Is the mark behind a block as it was, as far as one can see. */
static __always_inline bool small_tail_is_sound(const pte_t *pte,
						unsigned long block,
						unsigned int size,
						unsigned int room)
{
	u64 found, mask, *tail = small_tail(block, size, room, &mask);

	if (!pte)
		return small_is_tail(get_unaligned(tail), mask);
	if (!pte_present(READ_ONCE(*pte)))
		return true;
	pagefault_disable();
	__get_kernel_nofault(&found, tail, u64, out);
	pagefault_enable();
	return small_is_tail(found, mask);
out:
	pagefault_enable();
	return true;
}

/* Marks a block as freed; false where it is not. */
static __always_inline bool small_mark_freed(const pte_t *pte, u64 *block)
{
	if (!pte) {
		block[0] = FREED_MARK;
		block[1] = FREED_MARK;
		return true;
	}
	if (!pte_present(READ_ONCE(*pte)))
		return false;
	pagefault_disable();
	small_put_two(block, FREED_MARK, out);
	pagefault_enable();
	return true;
out:
	pagefault_enable();
	return false;
}

#endif /* NTPOOL_POOL_SMALL_TOUCH_H */
