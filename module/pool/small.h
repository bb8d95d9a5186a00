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
 * a whole page of nonpaged pool, which has to start where the page does.
 *
 * Each CPU has a magazine of free slots for a class; the common path is to take one
 * out and to put one in.  In batches of half a magazine slots go back to the free
 * list of their page, and come from there.  Pages with slots in their free list are in
 * the class's list of partial ones, others in no list.  A page whose last slot comes
 * back is given back, but for a few.
 *
 * A block belongs to whoever clears RECORD_LIVE, by compare-and-exchange of the
 * whole record: of two who free the same block one finds it freed before.
 *
 * Who may look at a descriptor: anyone with preemption or interrupts off or in an
 * RCU read-side section, as it is freed after one; a block's owner, as a page with a
 * live block stays.  So it is with the page of nonpaged pool, for its headers.
 *
 * Under small_class.lock, with interrupts off, nothing is called, and no pageable
 * memory is touched.
 */
#ifndef NTPOOL_POOL_SMALL_H
#define NTPOOL_POOL_SMALL_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/pgtable.h>
#include <linux/spinlock.h>

#include "pool/internal.h"
#include "pool/pagemap.h"

/**
 * union small_record - what is known of a slot
 * @owner: of a block: quota account charged, 0 if none; of a free slot: the next
 *	   free one, counted from 1, 0 if none
 * @size: RECORD_* and, of a block, the bytes asked for
 * @row: of a block: its row of the tag table; see tag_word()
 * @word: all of it
 */
union small_record {
	struct {
		u32 owner;
		u16 size;
		u16 row;
	};
	u64 word;
};

#define RECORD_BYTES  0x1FFF
#define RECORD_LIVE   0x2000 /* there is a block */
#define RECORD_TAIL   0x4000 /* of a block: the mark stands behind it */
#define RECORD_MARKED 0x8000 /* of a free slot: its first bytes are marked */
#define RECORD_FRESH  0x4000 /* of a free slot: never used, it is all zeroes */
#define RECORD_LISTED 0x1000 /* of a free slot: it is in its page's free list */

/* What a slot keeps on its way to the free list and from there. */
#define RECORD_KEPT (RECORD_MARKED | RECORD_FRESH)

static_assert(PAGE_SIZE <= RECORD_BYTES);

/* The record of a free slot that is in no list. */
static inline u64 small_free_word(u16 state)
{
	return (u64)state << 32;
}

/* By the whole record: a stray bit must not pass old bytes for zeroes. */
static inline bool small_is_fresh(union small_record record)
{
	return record.word == small_free_word(RECORD_FRESH);
}

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
	union small_record record;
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
 * @slot: bytes from one slot to the next; constant, as the next seven
 * @first: where in a page the first one begins
 * @header: bytes of it before the block, 0 if the records are elsewhere
 * @word: what a header starts with that has a block behind it
 * @word_first: the same of the first slot's
 * @count: slots a page
 * @kept: pages with free slots that are kept, even if they are empty
 * @paged: which pool
 * @magazine: each CPU's free slots; that CPU's alone, interrupts off; replaced once,
 *	      see small_has_magazine()
 * @lock: guards the next two, and what pages say is under it
 * @partial: pages with slots in their free lists
 * @partials: how many
 */
struct small_class {
	u16 slot;
	u16 first;
	u16 header;
	u32 word, word_first;
	u16 count;
	u16 kept;
	bool paged;
	struct magazine __percpu *magazine;

	/* Apart from what every allocation and free reads. */
	spinlock_t lock ____cacheline_aligned_in_smp;
	struct list_head partial;
	unsigned int partials;
};

#define MAGAZINE_SLOTS 32

/**
 * struct small_slot - a free slot
 * @block: where a block in it begins
 * @record: its record
 */
struct small_slot {
	unsigned long block;
	union small_record *record;
};

/**
 * struct magazine - free slots that a CPU has at hand
 * @count: how many
 * @slot: they; the one used last is the last
 */
struct magazine {
	unsigned int count;
	struct small_slot slot[MAGAZINE_SLOTS];
};

/**
 * struct small_page - descriptor of a page of small blocks
 * @class: constant, as the next six
 * @start: address of the page
 * @base: where the block of the first slot begins
 * @slot: bytes from one to the next
 * @count: slots
 * @pte: of a paged one: its page-table entry
 * @records: where blocks have no headers: the slots'
 * @free: the slot in its free list that was put there last, counted from 1, 0 if
 *	  there is none; under @class->lock, as all that follows
 * @fresh: the first slot that was never taken; it and all behind it are zeroes
 * @used: slots that are taken: by a block, or into a magazine
 * @dead: it is being given back
 * @node: in @class->partial
 * @rcu: see above
 */
struct small_page {
	struct small_class *class;
	unsigned long start;
	unsigned long base;
	u16 slot;
	u16 count;
	const pte_t *pte;
	union small_record *records;

	/* Apart from what every free reads. */
	u16 free ____cacheline_aligned_in_smp;
	u16 fresh;
	u16 used;
	bool dead;
	struct list_head node;
	struct rcu_head rcu;
};

extern struct pagemap small_pages[2]; /* [0] nonpaged, [1] paged */

/* Each pool has its own part of the address space; pages are counted from its start. */
static __always_inline unsigned long small_key(unsigned long address,
					       bool *paged)
{
	*paged = address >= VMALLOC_START;
	return (address - (*paged ? VMALLOC_START : PAGE_OFFSET)) >> PAGE_SHIFT;
}

/**
 * small_page_at() - the page of small blocks that an address lies in
 * @address: any system address
 *
 * Context: see "small blocks".
 * Return: the page, or NULL.
 */
static __always_inline struct small_page *small_page_at(unsigned long address)
{
	bool paged;
	unsigned long key = small_key(address, &paged);

	return pagemap_find(&small_pages[paged], key);
}

static inline unsigned long small_block(const struct small_page *page,
					unsigned int index)
{
	return page->base + index * page->slot;
}

static inline struct pool_header *small_header(const struct small_page *page,
					       unsigned int index)
{
	return (void *)(small_block(page, index) - sizeof(struct pool_header));
}

static inline union small_record *small_record(const struct small_page *page,
					       unsigned int index)
{
	return page->records ? &page->records[index] :
			       &small_header(page, index)->record;
}

/* Which slot an address in the page lies in; false where it lies in none. */
static inline bool small_slot_of(const struct small_page *page,
				 unsigned long address, unsigned int *index)
{
	unsigned long offset = address - page->base;

	*index = (unsigned int)offset / page->slot;
	return address >= page->base && *index < page->count;
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
extern struct small_class *small_class_by_size[SMALL_KINDS]
					      [PAGE_SIZE / POOL_ALIGN + 1];
struct small_page *small_page_create(struct small_class *class,
				     const struct pool_want *want);
void small_page_destroy(struct small_page *page);
bool small_has_magazine(struct small_class *class, unsigned int irql);
struct small_page *small_page_next(unsigned long from);

/* small_magazine.c */
bool small_refill(struct small_class *class, const struct pool_want *want);
void small_flush(struct small_class *class);
void small_drain(struct small_class *class, unsigned int cpu);

/* small_check.c */
struct flaw small_check_header(const struct small_page *page,
			       unsigned int index);
struct flaw small_tail_flaw(unsigned long block, unsigned int size,
			    unsigned int slack);
struct flaw small_freed_flaw(const u64 *changed);
struct flaw small_list_flaw(const struct small_page *page);

#endif /* NTPOOL_POOL_SMALL_H */
