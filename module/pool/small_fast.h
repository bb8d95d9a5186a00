/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small blocks: the common path of allocating and freeing, which is inlined where it
 * begins, because every instruction counts here.  It serves what is all right; whatever
 * is not it leaves as it found it, to those who decide everything again: small.c.
 *
 * Slots are taken and given back with interrupts off; the block's own bytes are
 * touched outside, because those of paged pool may have to be brought in.
 */
#ifndef NTPOOL_POOL_SMALL_FAST_H
#define NTPOOL_POOL_SMALL_FAST_H

#include <linux/percpu.h>
#include <linux/preempt.h>

#include "core/core.h"
#include "pool/small.h"
#include "pool/small_touch.h"
#include "pool/tags.h"

void small_tell_freed_changed(const u64 *changed);

static __always_inline struct small_class *
small_class_for(u64 flags, size_t size, bool paged)
{
	bool aligned = flags & NTPOOL_FLAG_CACHE_ALIGNED;
	enum small_kind kind = SMALL_PAGED + aligned;

	if (!paged)
		kind = unlikely(size > HEADER_MAX - aligned * SMP_CACHE_BYTES) ?
			       SMALL_NONPAGED_PAGE :
			       SMALL_NONPAGED + aligned;
	return small_class_by_size[kind][DIV_ROUND_UP(size, POOL_ALIGN)];
}

/* A free slot that this CPU has at hand, if it has one. */
static __always_inline bool small_take(const struct small_class *class,
				       struct small_slot *slot)
{
	struct magazine *magazine;
	unsigned long flags;
	unsigned int count;

	local_irq_save(flags);
	magazine = this_cpu_ptr(class->magazine);
	count = magazine->count;
	if (likely(count)) {
		*slot = magazine->slot[count - 1];
		magazine->count = count - 1;
	}
	local_irq_restore(flags);
	return likely(count);
}

/* Keeps a free slot at hand; false where the magazine is full. */
static __always_inline bool small_give(const struct small_class *class,
				       struct small_slot slot)
{
	struct magazine *magazine;
	unsigned long flags;
	unsigned int count;

	local_irq_save(flags);
	magazine = this_cpu_ptr(class->magazine);
	count = magazine->count;
	if (likely(count < MAGAZINE_SLOTS)) {
		magazine->slot[count] = slot;
		magazine->count = count + 1;
	}
	local_irq_restore(flags);
	return likely(count < MAGAZINE_SLOTS);
}

/* The magazine may be full, or another CPU's than that which the slot came from. */
static __always_inline void small_give_back(struct small_class *class,
					    struct small_slot slot)
{
	while (unlikely(!small_give(class, slot)))
		small_flush(class);
}

/* Do the bytes have to be written; if the page is out it comes in for that. */
static __always_inline bool small_wants_zeroes(const struct small_slot *slot,
					       u64 flags)
{
	return !(flags & NTPOOL_FLAG_UNINITIALIZED) &&
	       !(slot->record->size & RECORD_FRESH);
}

/* Makes a slot's bytes what they should be: zeroes, and the mark behind them. */
static __always_inline unsigned int small_prepare(const struct small_slot *slot,
						  u64 flags, size_t size,
						  unsigned int room)
{
	u64 *block = (u64 *)slot->block;
	unsigned int state = slot->record->size, changed;

	if (likely(!(state & RECORD_FRESH)) ||
	    unlikely(!small_is_fresh(*slot->record))) {
		changed = state & RECORD_MARKED ?
				  small_unmarked(block[0], block[1]) :
				  0;
		if (unlikely(changed))
			small_tell_freed_changed(&block[changed - 1]);
		if (!(flags & NTPOOL_FLAG_UNINITIALIZED))
			small_zero(block, size);
	}
	if (size == room)
		return RECORD_LIVE | size;
	small_mark_tail(slot->block, size, room);
	return RECORD_LIVE | RECORD_TAIL | size;
}

/*
 * The same in a page that is resident as of now.  If it goes out before there are zeroes
 * the slot has no mark any more, and 0 is returned.
 */
static __always_inline unsigned int
small_prepare_paged(const struct small_slot *slot, u64 flags, size_t size,
		    unsigned int room)
{
	u64 *block = (u64 *)slot->block;
	unsigned int state = slot->record->size, changed = 0;
	bool zeroed = true, marked;

	pagefault_disable();
	if (state & RECORD_MARKED)
		changed = small_unmarked_paged(block);
	if (small_wants_zeroes(slot, flags))
		zeroed = small_zero_paged(block, size);
	marked = size != room && small_mark_tail_paged(slot->block, size, room);
	pagefault_enable();
	if (unlikely(changed))
		small_tell_freed_changed(&block[changed - 1]);
	if (unlikely(!zeroed)) {
		slot->record->word = small_free_word(0);
		return 0;
	}
	return RECORD_LIVE | (marked ? RECORD_TAIL : 0) | size;
}

/* Makes the bytes of a slot a block's, unless that needs its page and it is out: then 0. */
static __always_inline unsigned int small_bytes(const struct small_class *class,
						const struct small_slot *slot,
						u64 flags, size_t size, bool paged)
{
	if (!paged)
		return small_prepare(slot, flags, size, small_room(class));
	if (likely(small_resident(small_page_at(slot->block))))
		return small_prepare_paged(slot, flags, size, small_room(class));
	return small_wants_zeroes(slot, flags) ? 0 : RECORD_LIVE | size;
}

/* Enters a block in a slot, as @state says, which has its bytes in order. */
static __always_inline void small_enter(const struct small_class *class,
					const struct small_slot *slot,
					unsigned int state, u32 tag, u32 owner,
					u16 row)
{
	if (class->header) {
		struct pool_header *header =
			(void *)slot->block - sizeof(*header);

		header->tag = tag;
		header->type = HEADER_ALLOCATED;
	}
	WRITE_ONCE(slot->record->word,
		   owner | (u64)state << 32 | (u64)row << 48);
}

/**
 * small_alloc_quickly() - a block in a slot that this CPU has at hand
 * @flags: NTPOOL_FLAG_*
 * @size: bytes, at least 1, up to a page
 * @row: statistics of the block's tag
 * @tag: the tag
 * @paged: which pool, as @flags say
 *
 * Context: IRQL <= APC for paged pool, else <= DISPATCH.
 * Return: the block; NULL where there is no slot at hand, or where one cannot be sure
 * that its page comes in.
 */
static __always_inline void *small_alloc_quickly(u64 flags, size_t size,
						 const struct tag_row *row,
						 u32 tag, bool paged)
{
	struct small_class *class = small_class_for(flags, size, paged);
	struct small_slot slot;
	unsigned int state;

	if (unlikely(!small_take(class, &slot)))
		return NULL;
	state = small_bytes(class, &slot, flags, size, paged);
	if (unlikely(!state)) {
		small_give_back(class, slot);
		return NULL;
	}
	small_enter(class, &slot, state, tag, 0, row->id);
	return (void *)slot.block;
}

/* Are the headers of a block and of the one behind it what they were. */
static __always_inline bool
small_header_is_sound(const struct small_class *class, unsigned long block,
		      unsigned int index, const struct tag_row *row)
{
	const struct pool_header *header = (void *)block - sizeof(*header);
	const u32 *next = (void *)header + class->slot;

	return *(u32 *)header == (index ? class->word : class->word_first) &&
	       header->tag == row->tag &&
	       (index + 1 == class->count ||
		!((*next ^ class->word) & ~((u32)HEADER_ALLOCATED << 24)));
}

static __always_inline bool small_end_is_sound(const struct small_page *page,
					       unsigned long block,
					       union small_record record)
{
	return !(record.size & RECORD_TAIL) ||
	       small_tail_is_sound(page->pte, block, record.size & RECORD_BYTES,
				   small_room(page->class));
}

/* The last of a block that has been claimed: its slot is free. */
static __always_inline void small_retire(const struct small_page *page,
					 struct small_slot slot,
					 union small_record record,
					 struct tag_row *row)
{
	struct small_class *class = page->class;
	u16 state = small_mark_freed(page->pte, (u64 *)slot.block) ?
			    RECORD_MARKED :
			    0;

	tag_count_free(row, class->paged, record.size & RECORD_BYTES);
	if (class->header)
		((struct pool_header *)slot.block - 1)->type = 0;
	WRITE_ONCE(slot.record->word, small_free_word(state));
	small_give_back(class, slot);
}

/**
 * struct small_claimed - a block that has been taken out of its owner's hands
 * @page: its page
 * @slot: its slot
 * @record: what was known of it
 * @row: statistics of its tag
 */
struct small_claimed {
	struct small_page *page;
	struct small_slot slot;
	union small_record record;
	struct tag_row *row;
};

/* Is all well with freeing it, by who is allowed to, under this tag. */
static __always_inline bool small_is_sound(const struct small_claimed *it,
					   unsigned int index, u32 tag,
					   unsigned int count)
{
	const struct small_class *class = it->page->class;

	return likely((it->record.size & RECORD_LIVE) &&
		      !judging_needed(it->record.size & RECORD_BYTES,
				      it->record.owner) &&
		      it->row && it->row->tag == tag &&
		      pool_irql_allows(class->paged, count) &&
		      (it->record.size & RECORD_BYTES) <= small_room(class) &&
		      (!class->header ||
		       small_header_is_sound(class, it->slot.block, index,
					     it->row)));
}

/*
 * Claims a block with which all is well: nobody else can free it from then on, and
 * nobody can get its slot yet.
 */
static __always_inline bool small_claim(unsigned long address, u32 tag,
					unsigned int count,
					struct small_claimed *it)
{
	union small_record gone;
	unsigned int index;

	it->page = small_page_at(address);
	if (unlikely(!it->page || !small_slot_of(it->page, address, &index) ||
		     small_block(it->page, index) != address))
		return false;
	it->slot.block = address;
	it->slot.record = it->page->records ? &it->page->records[index] :
					      (void *)address - sizeof(u64);
	it->record.word = READ_ONCE(it->slot.record->word);
	it->row = tag_row_by_id(it->record.row);
	if (!small_is_sound(it, index, tag, count))
		return false;
	gone = it->record;
	gone.size &= ~RECORD_LIVE;
	return likely(try_cmpxchg64(&it->slot.record->word, &it->record.word,
				    gone.word));
}

/**
 * small_free_quickly() - free a block with which all is well
 * @address: what the caller wants to free: any number
 * @tag: its tag, for the caller
 *
 * Context: any IRQL.
 * Return: false if nothing was done: the address is in no page of small blocks, or
 * something is wrong, or seldom.
 */
static __always_inline bool small_free_quickly(unsigned long address, u32 tag)
{
	unsigned int count = preempt_count();
	struct small_claimed it;
	bool claimed;

	preempt_disable();
	claimed = small_claim(address, tag, count, &it);
	preempt_enable();
	if (unlikely(!claimed))
		return false;
	if (unlikely(!small_end_is_sound(it.page, address, it.record))) {
		WRITE_ONCE(it.slot.record->word, it.record.word);
		return false;
	}
	small_retire(it.page, it.slot, it.record, it.row);
	return true;
}

#endif /* NTPOOL_POOL_SMALL_FAST_H */
