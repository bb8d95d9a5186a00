/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small blocks: what the files that deal with them share.
 *
 * DOC: small blocks
 *
 * A page of small blocks is cut into equal slots.  What is known of a block is a
 * record of eight bytes.  In nonpaged pool it stands in the header of 16 bytes
 * right before the block, as on NT, where a neighbour's overrun damages it and is
 * found out by that.  In paged pool it stands beside the page's descriptor, in
 * nonpaged memory: freeing a block does not need its page.  So it does for a block of
 * a whole page in either pool, which has to start where the page does.
 *
 * Each CPU works on one page of a class, the active one.  Pages with free slots
 * that no CPU works on are in the class's list of partial ones; full pages are in
 * no list.  A page whose last block goes is given back, but for a few.
 *
 * Who may look at a descriptor: anyone in an RCU read-side section, as it is freed
 * after one; a block's owner, as a page with a live block stays.
 *
 * Lock order: small_class.lock, small_page.lock; interrupts off; nothing is called
 * under them, and no pageable memory is touched.
 */
#ifndef NTPOOL_POOL_SMALL_H
#define NTPOOL_POOL_SMALL_H

#include <linux/list.h>
#include <linux/pgtable.h>
#include <linux/spinlock.h>

#include "pool/internal.h"

/**
 * struct small_record - what is known of a slot
 * @owner: of a block: quota account charged, 0 if none; of a free slot: the next
 *	   free one, counted from 1, 0 if none
 * @size: RECORD_* and, of a block, the bytes asked for
 * @row: of a block: its row of the tag table
 */
struct small_record {
	u32 owner;
	u16 size;
	u16 row;
};

#define RECORD_BYTES  0x1FFF
#define RECORD_LIVE   0x2000 /* there is a block */
#define RECORD_TAIL   0x4000 /* of a block: the mark stands behind it */
#define RECORD_MARKED 0x8000 /* of a free slot: its first bytes are marked */

static_assert(PAGE_SIZE <= RECORD_BYTES);

/**
 * struct pool_header - what stands before a block of nonpaged pool
 * @previous: size of the slot before, in units of 16 bytes; 0 for the first
 * @pool: number of the pool: 0
 * @size: of this slot, in the same units, at most 255
 * @type: HEADER_ALLOCATED or 0
 * @tag: of the block, or of the last one in this slot
 * @record: what is known of the slot
 */
struct pool_header {
	u8 previous;
	u8 pool;
	u8 size;
	u8 type;
	u32 tag;
	struct small_record record;
};

#define HEADER_ALLOCATED 2

static_assert(sizeof(struct pool_header) == POOL_ALIGN);

/* What a class's blocks are like. */
enum small_kind {
	SMALL_NONPAGED,
	SMALL_NONPAGED_ALIGNED, /* to cache lines */
	SMALL_NONPAGED_PAGE,	/* a whole one */
	SMALL_PAGED,
	SMALL_PAGED_ALIGNED,
	SMALL_KINDS,
};

#define SMALL_CLASSES 48

/**
 * struct small_class - slots of one size and kind
 * @slot: bytes from one slot to the next; constant, as the next six
 * @first: where in a page the first one begins
 * @header: bytes of it before the block, 0 if the records are elsewhere
 * @count: slots a page
 * @kept: pages with free slots that are kept, even if they are empty
 * @paged: which pool
 * @active: each CPU's page; changed by that CPU alone, under @lock
 * @lock: guards the next two
 * @partial: pages with free slots that are nobody's active one
 * @partials: how many
 */
struct small_class {
	u16 slot;
	u16 first;
	u16 header;
	u16 count;
	u16 kept;
	bool paged;
	struct small_page *__percpu *active;
	spinlock_t lock;
	struct list_head partial;
	unsigned int partials;
};

enum small_state { SMALL_PARTIAL,
		   SMALL_ACTIVE,
		   SMALL_FULL,
		   SMALL_DEAD };

/**
 * struct small_page - descriptor of a page of small blocks
 * @class: constant, as the next three
 * @start: address of the page
 * @pte: of a paged one: its page-table entry
 * @records: where blocks have no headers: the slots'
 * @lock: guards what follows, and the records
 * @state: changed under @class->lock, too
 * @used: slots that are not free
 * @fresh: the first slot that has never been used; it and all behind it are zeroes
 * @free: the free slot used last, counted from 1; 0 if none
 * @node: in @class->partial, under @class->lock
 * @rcu: see above
 */
struct small_page {
	struct small_class *class;
	unsigned long start;
	const pte_t *pte;
	struct small_record *records;

	spinlock_t lock;
	u8 state;
	u16 used;
	u16 fresh;
	u16 free;
	struct list_head node;
	struct rcu_head rcu;
};

static inline unsigned long small_block(const struct small_page *page,
					unsigned int index)
{
	const struct small_class *class = page->class;

	return page->start + class->first + index * class->slot +
	       class->header;
}

static inline struct pool_header *small_header(const struct small_page *page,
					       unsigned int index)
{
	return (void *)(small_block(page, index) - sizeof(struct pool_header));
}

static inline struct small_record *small_record(const struct small_page *page,
						unsigned int index)
{
	return page->records ? &page->records[index] :
			       &small_header(page, index)->record;
}

/* Which slot an address in the page lies in; false where it lies in none. */
static inline bool small_slot_of(const struct small_page *page,
				 unsigned long address, unsigned int *index)
{
	const struct small_class *class = page->class;
	unsigned int offset = address - page->start;

	if (offset < class->first)
		return false;
	*index = (offset - class->first) / class->slot;
	return *index < class->count;
}

/* Bytes that a block of the class can have. */
static inline unsigned int small_room(const struct small_class *class)
{
	return class->slot - class->header;
}

/* Would touching the page take no fault, as of now. */
static inline bool small_resident(const struct small_page *page)
{
	return !page->pte || pte_present(READ_ONCE(*page->pte));
}

/* small_page.c */
struct small_class *small_class_for(u64 flags, size_t size);
struct small_page *small_page_create(struct small_class *class,
				     const struct pool_want *want);
void small_page_destroy(struct small_page *page);
struct small_page *small_page_at(unsigned long address);
struct small_page *small_page_next(unsigned long from);

/* small_check.c */
struct flaw small_check_header(const struct small_page *page,
			       unsigned int index);
struct flaw small_check_tail(const struct small_page *page, unsigned int index,
			     unsigned int size);
struct flaw small_check_freed(const struct small_page *page,
			      unsigned int index);
void small_mark_tail(const struct small_page *page, unsigned int index,
		     unsigned int size);
void small_mark_freed(const struct small_page *page, unsigned int index);

#endif /* NTPOOL_POOL_SMALL_H */
