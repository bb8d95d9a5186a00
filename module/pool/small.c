// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocating and freeing small blocks.
 *
 * Both are O(1): a slot comes from the CPU's active page and goes back to the page
 * it is of.  The class's lock is taken only when a page fills up, gets its first
 * free slot, or its last.
 *
 * Slots are taken and given back under the page's lock; the block's own bytes are
 * touched outside, because those of paged pool may have to be brought in.
 */
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "core/core.h"
#include "pool/small.h"

/**
 * struct taken - a slot that has been taken out of its page
 * @page: the page
 * @index: of the slot
 * @fresh: never used before: it is all zeroes
 * @marked: it was marked when it was freed
 */
struct taken {
	struct small_page *page;
	unsigned int index;
	bool fresh;
	bool marked;
};

static bool take_slot_locked(struct small_page *page, struct taken *taken)
{
	struct small_record *record;

	lockdep_assert_held(&page->lock);
	taken->page = page;
	taken->marked = false;
	taken->fresh = !page->free;
	if (page->free) {
		taken->index = page->free - 1;
		record = small_record(page, taken->index);
		taken->marked = record->size & RECORD_MARKED;
		page->free = record->owner;
	} else if (page->fresh < page->class->count) {
		taken->index = page->fresh++;
	} else {
		return false;
	}
	page->used++;
	return true;
}

static void fill_slot_locked(const struct taken *taken,
			     const struct pool_want *want, u16 row)
{
	const struct small_page *page = taken->page;

	*small_record(page, taken->index) = (struct small_record){
		.owner = want->owner,
		.size = RECORD_LIVE | want->size,
		.row = row,
	};
	if (page->class->header) {
		struct pool_header *header = small_header(page, taken->index);

		header->type = HEADER_ALLOCATED;
		header->tag = want->tag;
	}
}

/* Takes a slot of this CPU's active page, if there is one. */
static bool take_from_active(struct small_class *class,
			     const struct pool_want *want, u16 row,
			     struct taken *taken)
{
	struct small_page *page;
	unsigned long flags;
	bool got = false;

	local_irq_save(flags);
	page = *this_cpu_ptr(class->active);
	if (page) {
		spin_lock(&page->lock);
		got = take_slot_locked(page, taken);
		if (got)
			fill_slot_locked(taken, want, row);
		spin_unlock(&page->lock);
	}
	local_irq_restore(flags);
	return got;
}

static void set_state_locked(struct small_page *page, enum small_state state)
{
	struct small_class *class = page->class;

	lockdep_assert_held(&class->lock);
	lockdep_assert_held(&page->lock);
	if (page->state == SMALL_PARTIAL && !list_empty(&page->node)) {
		list_del_init(&page->node);
		class->partials--;
	}
	page->state = state;
	if (state == SMALL_PARTIAL) {
		list_add(&page->node, &class->partial);
		class->partials++;
	}
}

static void set_state(struct small_page *page, enum small_state state)
{
	spin_lock(&page->lock);
	set_state_locked(page, state);
	spin_unlock(&page->lock);
}

static bool has_free_slots(const struct small_page *page)
{
	return page->used < page->class->count;
}

/* The active page is full, or was a moment ago. */
static void retire_active_locked(struct small_page *page)
{
	lockdep_assert_held(&page->class->lock);
	spin_lock(&page->lock);
	set_state_locked(page, has_free_slots(page) ? SMALL_PARTIAL : SMALL_FULL);
	spin_unlock(&page->lock);
}

/*
 * Gives this CPU another active page: @spare, or if there is none a partial one.
 * False where there is neither.
 */
static bool change_active(struct small_class *class, struct small_page *spare)
{
	struct small_page **active, *next = spare;
	unsigned long flags;

	spin_lock_irqsave(&class->lock, flags);
	active = this_cpu_ptr(class->active);
	if (!next)
		next = list_first_entry_or_null(&class->partial,
						struct small_page, node);
	if (next) {
		set_state(next, SMALL_ACTIVE);
		if (*active)
			retire_active_locked(*active);
		*active = next;
	}
	spin_unlock_irqrestore(&class->lock, flags);
	return next;
}

static noinline bool take_slowly(struct small_class *class,
				 const struct pool_want *want, u16 row,
				 struct taken *taken)
{
	struct small_page *page;

	/* What we get we may lose to somebody who interrupts us. */
	do {
		if (change_active(class, NULL))
			continue;
		page = small_page_create(class, want);
		if (!page)
			return false;
		change_active(class, page);
	} while (!take_from_active(class, want, row, taken));
	return true;
}

/* The bytes of the block: zeroes, and the mark behind it. */
static void prepare(const struct taken *taken, const struct pool_want *want)
{
	struct small_page *page = taken->page;
	void *block = (void *)small_block(page, taken->index);
	struct flaw flaw = {};

	/* Neither a mark nor a check is worth bringing a page in. */
	if (taken->marked && small_resident(page))
		flaw = small_check_freed(page, taken->index);
	if (unlikely(flaw.code))
		raise_flaw(&flaw);
	if (!taken->fresh && !(want->flags & NTPOOL_FLAG_UNINITIALIZED))
		memset(block, 0, want->size);
	if (small_resident(page)) {
		small_mark_tail(page, taken->index, want->size);
		small_record(page, taken->index)->size |= RECORD_TAIL;
	}
}

/**
 * small_alloc() - a block in a slot
 * @want: what is wanted; up to a page
 * @row: statistics of its tag
 *
 * Context: as @want->irql says.
 * Return: the block, or NULL without memory.
 */
void *small_alloc(const struct pool_want *want, struct tag_row *row)
{
	struct small_class *class = small_class_for(want->flags, want->size);
	u16 id = tag_row_id(row);
	struct taken taken;

	if (!take_from_active(class, want, id, &taken) &&
	    !take_slowly(class, want, id, &taken))
		return NULL;
	prepare(&taken, want);
	return (void *)small_block(taken.page, taken.index);
}

/**
 * struct given - a block on its way back
 * @page: its page, which stays until the slot is free
 * @index: its slot
 * @record: what was known of it
 */
struct given {
	struct small_page *page;
	unsigned int index;
	struct small_record record;
};

static struct flaw bad_address(enum bad_caller what, u64 p2, u64 p3, u64 p4)
{
	return (struct flaw){
		.code = BUGCHECK_BAD_POOL_CALLER,
		.param = { what, p2, p3, p4 },
	};
}

static u64 header_contents(const struct small_page *page, unsigned int index)
{
	return page->class->header ? *(u64 *)small_header(page, index) : 0;
}

static u32 own_tag(const struct small_page *page, unsigned int index, u32 given)
{
	const struct tag_row *row;

	if (page->class->header)
		return small_header(page, index)->tag;
	row = tag_row_by_id(small_record(page, index)->row);
	return tag_is_shared(row) ? given : tag_of(row);
}

static struct flaw judge_locked(const struct small_page *page,
				unsigned int index, unsigned long address,
				u32 tag, u8 irql)
{
	const struct small_record *record = small_record(page, index);
	u64 pool = page->class->paged ? NTPOOL_FLAG_PAGED :
					NTPOOL_FLAG_NON_PAGED;
	struct flaw flaw;

	lockdep_assert_held(&page->lock);
	if (!(record->size & RECORD_LIVE))
		return bad_address(BAD_DOUBLE_FREE, 0,
				   header_contents(page, index), address);
	if (address != small_block(page, index))
		return bad_address(BAD_FREE_INSIDE, address,
				   offset_in_page(address),
				   record->size & RECORD_BYTES);
	flaw = small_check_header(page, index);
	if (flaw.code)
		return flaw;
	return judge_free(address, pool, irql, own_tag(page, index, tag), tag);
}

/*
 * Takes the block out of its owner's hands: nobody else can free it from here on,
 * and nobody can get its slot yet.
 */
static bool claim(unsigned long address, u32 tag, u8 irql, struct given *given,
		  struct flaw *flaw)
{
	struct small_page *page;
	unsigned long flags;
	bool ours = false;

	rcu_read_lock();
	page = small_page_at(address);
	if (page && small_slot_of(page, address, &given->index)) {
		ours = true;
		spin_lock_irqsave(&page->lock, flags);
		*flaw = judge_locked(page, given->index, address, tag, irql);
		given->page = page;
		if (!flaw->code) {
			struct small_record *record =
				small_record(page, given->index);

			given->record = *record;
			record->size &= ~RECORD_LIVE;
		}
		spin_unlock_irqrestore(&page->lock, flags);
	}
	rcu_read_unlock();
	return ours;
}

static void unclaim(const struct given *given)
{
	struct small_page *page = given->page;
	unsigned long flags;

	spin_lock_irqsave(&page->lock, flags);
	small_record(page, given->index)->size |= RECORD_LIVE;
	spin_unlock_irqrestore(&page->lock, flags);
}

/* Puts the slot in its page's list; does the page's state have to change? */
static bool give_slot(struct small_page *page, unsigned int index, bool marked)
{
	struct small_record *record = small_record(page, index);
	unsigned long flags;
	bool unsettled;

	spin_lock_irqsave(&page->lock, flags);
	record->owner = page->free;
	record->size = marked ? RECORD_MARKED : 0;
	if (page->class->header)
		small_header(page, index)->type = 0;
	page->free = index + 1;
	page->used--;
	unsettled = page->state == SMALL_FULL ||
		    (!page->used && page->state == SMALL_PARTIAL);
	spin_unlock_irqrestore(&page->lock, flags);
	return unsettled;
}

/* True if the page is to be given back. */
static noinline bool settle(struct small_page *page)
{
	struct small_class *class = page->class;
	unsigned long flags;
	bool dead = false;

	spin_lock_irqsave(&class->lock, flags);
	spin_lock(&page->lock);
	if (page->state == SMALL_FULL && has_free_slots(page))
		set_state_locked(page, SMALL_PARTIAL);
	if (page->state == SMALL_PARTIAL && !page->used &&
	    class->partials > class->kept) {
		set_state_locked(page, SMALL_DEAD);
		dead = true;
	}
	spin_unlock(&page->lock);
	spin_unlock_irqrestore(&class->lock, flags);
	return dead;
}

static void give(const struct given *given, bool marked)
{
	struct small_page *page = given->page;
	bool dead;

	rcu_read_lock(); /* once the slot is free, the page may go */
	dead = give_slot(page, given->index, marked) && settle(page);
	rcu_read_unlock();
	if (dead)
		small_page_destroy(page);
}

/**
 * small_free() - free a block in a slot
 * @address: what the caller wants to free
 * @tag: as given to ntpool_free()
 * @irql: the current one
 * @flaw: set where it must not be freed: why; then the block stays
 *
 * Context: any IRQL; above the one allowed for the block that is what is wrong.
 * Return: false if the address is in no page of small blocks.
 */
bool small_free(unsigned long address, u32 tag, u8 irql, struct flaw *flaw)
{
	struct given given;
	bool resident, paged;
	unsigned int size;

	if (!claim(address, tag, irql, &given, flaw))
		return false;
	if (flaw->code)
		return true;
	size = given.record.size & RECORD_BYTES;
	paged = given.page->class->paged;
	resident = small_resident(given.page);
	if (resident && given.record.size & RECORD_TAIL)
		*flaw = small_check_tail(given.page, given.index, size);
	if (unlikely(judging_needed(size, given.record.owner)) && !flaw->code)
		*flaw = judge_block(address, size, given.record.owner,
				    own_tag(given.page, given.index, tag));
	if (unlikely(flaw->code)) {
		unclaim(&given);
		return true;
	}
	if (resident)
		small_mark_freed(given.page, given.index);
	tag_count_free(tag_row_by_id(given.record.row), paged, size);
	give(&given, resident);
	if (unlikely(given.record.owner))
		quota_return(given.record.owner, paged, size);
	return true;
}
