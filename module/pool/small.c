// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small blocks: allocating and freeing where the common path, small_fast.h, does not
 * lead.
 */
#include "core/core.h"
#include "paging/paging.h"
#include "pool/hooks.h"
#include "pool/small.h"
#include "pool/small_fast.h"

/**
 * small_tell_freed_changed() - a freed block has been written to
 * @changed: the word that is not its mark any more
 *
 * Who gets its slot now is not to blame, and gets it.
 */
void small_tell_freed_changed(const u64 *changed)
{
	struct flaw flaw = small_freed_flaw(changed);

	raise_flaw(&flaw);
}

/* The bytes of a slot whose page is out: 0, or why it cannot be had. */
static int pinned_bytes(const struct small_class *class,
			const struct small_slot *slot,
			const struct pool_want *want, unsigned int *state)
{
	int err = paging_pin(slot->block, 1);

	if (err)
		return err;
	*state = small_bytes(class, slot, want->flags, want->size, true);
	paging_unpin(slot->block, 1);
	return 0;
}

/**
 * small_alloc() - a block in a slot
 * @want: what is wanted; up to a page
 * @row: statistics of its tag
 *
 * A block that was freed before is written to.  If its page is out it is pinned for that,
 * since pinning can fail, and a plain store could not.  A page that the disk does not give
 * back stays lost: its slots are nobody's from then on, and another is taken.
 *
 * Context: as @want->irql says.
 * Return: the block, or NULL without memory.
 */
void *small_alloc(const struct pool_want *want, struct tag_row *row)
{
	bool paged = pool_flags_paged(want->flags);
	struct small_class *class =
		small_class_for(want->flags, want->size, paged);
	struct small_slot slot;
	unsigned int state;
	int err = 0;

	do {
		while (!small_take(class, &slot))
			if (!small_refill(class, want))
				return NULL;
		state = small_bytes(class, &slot, want->flags, want->size, paged);
		if (!state)
			err = pinned_bytes(class, &slot, want, &state);
		if (err == -ENOMEM) {
			small_give_back(class, slot);
			return NULL;
		}
	} while (!state);
	small_enter(class, &slot, state, want->tag, want->owner,
		    tag_word(row, want->tag));
	return (void *)slot.block;
}

/**
 * struct given - a block on its way back
 * @page: its page
 * @index: its slot
 * @slot: where that is
 * @record: what was known of it
 * @row: statistics of its tag; NULL if the record is damaged
 */
struct given {
	struct small_page *page;
	unsigned int index;
	struct small_slot slot;
	union small_record record;
	struct tag_row *row;
};

static u64 header_contents(const struct given *given)
{
	return given->page->class->header ?
		       *(u64 *)small_header(given->page, given->index) :
		       0;
}

static u32 own_tag(const struct given *given, u32 tag)
{
	if (given->page->class->header)
		return small_header(given->page, given->index)->tag;
	return tag_protected_as(tag_is_shared(given->row) ? tag : given->row->tag,
				given->record.row);
}

static struct flaw judge(const struct given *given, unsigned long address,
			 u32 tag, u8 irql)
{
	u64 pool = given->page->class->paged ? NTPOOL_FLAG_PAGED :
					       NTPOOL_FLAG_NON_PAGED;
	struct flaw flaw;

	if (!(given->record.size & RECORD_LIVE))
		return bad_caller(BAD_DOUBLE_FREE, 0, header_contents(given),
				  address);
	if (address != given->slot.block)
		return bad_caller(BAD_FREE_INSIDE, address,
				  offset_in_page(address),
				  given->record.size & RECORD_BYTES);
	flaw = small_check_header(given->page, given->index);
	if (flaw.code)
		return flaw;
	return judge_free(address, pool, irql, own_tag(given, tag), tag);
}

/*
 * Takes the block out of its owner's hands: nobody else can free it from here on,
 * and nobody can get its slot yet.
 */
static struct flaw claim(struct given *given, unsigned long address, u32 tag,
			 u8 irql)
{
	union small_record gone;
	struct flaw flaw;

	given->record.word = READ_ONCE(given->slot.record->word);
	do {
		given->row = tag_row_of(given->record.row);
		flaw = judge(given, address, tag, irql);
		if (flaw.code)
			break;
		gone = given->record;
		gone.size &= ~RECORD_LIVE;
	} while (!try_cmpxchg64(&given->slot.record->word, &given->record.word,
				gone.word));
	return flaw;
}

/* Finds the block and claims it; false if the address is in no page of slots. */
static bool find_and_claim(struct given *given, unsigned long address, u32 tag,
			   u8 irql, struct flaw *flaw)
{
	bool found;

	preempt_disable();
	given->page = small_page_at(address);
	found = given->page &&
		small_slot_of(given->page, address, &given->index);
	if (found) {
		given->slot.block = small_block(given->page, given->index);
		given->slot.record = small_record(given->page, given->index);
		*flaw = claim(given, address, tag, irql);
	}
	preempt_enable();
	return found;
}

static struct flaw check_tail(const struct given *given)
{
	unsigned int size = given->record.size & RECORD_BYTES;

	if (!(given->record.size & RECORD_TAIL))
		return (struct flaw){};
	return small_tail_flaw(given->slot.block, size,
			       small_room(given->page->class) - size);
}

/* What is in the block that must not be, and who was charged for it. */
static struct flaw check_rest(const struct given *given, u32 tag)
{
	unsigned int size = given->record.size & RECORD_BYTES;

	if (!judging_needed(size, given->record.owner) && !verifier_is_on())
		return (struct flaw){};
	return judge_block(given->slot.block, size, given->record.owner,
			   own_tag(given, tag));
}

static void retire(const struct given *given)
{
	u32 owner = given->record.owner;
	bool paged = given->page->class->paged;

	small_retire(given->page, given->slot, given->record, given->row);
	if (owner)
		quota_return(owner, paged, given->record.size & RECORD_BYTES);
}

/**
 * small_free() - free a block in a slot
 * @address: what the caller wants to free: a system address
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

	if (!find_and_claim(&given, address, tag, irql, flaw))
		return false;
	if (flaw->code)
		return true;
	*flaw = check_tail(&given);
	if (!flaw->code)
		*flaw = check_rest(&given, tag);
	if (flaw->code)
		WRITE_ONCE(given.slot.record->word, given.record.word);
	else
		retire(&given);
	return true;
}
