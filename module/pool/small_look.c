// SPDX-License-Identifier: GPL-2.0-only
/* Small blocks by address, for whoever asks what is where. */
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "core/core.h"
#include "pool/small.h"
#include "pool/tags.h"

/*
 * A page that is given back has its headers as long as the lock is held.  Its slots
 * may change all the same: what is told is what was there a moment ago.
 */
static bool is_there(const struct small_page *page)
{
	lockdep_assert_held(&page->class->lock);
	return !page->dead;
}

static u32 tag_in(const struct small_page *page, unsigned int index)
{
	u16 word = small_record(page, index)->row;
	const struct tag_row *row = tag_row_of(word);

	if (page->class->header)
		return small_header(page, index)->tag;
	return row ? tag_protected_as(row->tag, word) : 0;
}

static void tell_locked(const struct small_page *page, unsigned int index,
			struct pool_block_info *info)
{
	const union small_record *record = small_record(page, index);
	const struct tag_row *row = tag_row_of(record->row);

	*info = (struct pool_block_info){
		.start = small_block(page, index),
		.size = record->size & RECORD_BYTES,
		.flags = page->class->paged ? NTPOOL_FLAG_PAGED :
					      NTPOOL_FLAG_NON_PAGED,
		.tag = tag_in(page, index),
		.slot = page->class->slot,
		.owner = record->owner,
	};
	if (record->owner)
		info->flags |= NTPOOL_FLAG_USE_QUOTA;
	if (row)
		strscpy(info->module, row->module, sizeof(info->module));
}

static bool is_live(const struct small_page *page, unsigned int index)
{
	return READ_ONCE(small_record(page, index)->size) & RECORD_LIVE;
}

/**
 * small_find() - the small block that an address lies in
 * @address: any system address
 * @info: filled on success
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is one.
 */
bool small_find(unsigned long address, struct pool_block_info *info)
{
	struct small_page *page;
	unsigned int index;
	unsigned long flags;
	bool found = false;

	rcu_read_lock();
	page = small_page_at(address);
	if (page && small_slot_of(page, address, &index)) {
		spin_lock_irqsave(&page->class->lock, flags);
		found = is_there(page) && is_live(page, index);
		if (found)
			tell_locked(page, index, info);
		spin_unlock_irqrestore(&page->class->lock, flags);
	}
	rcu_read_unlock();
	return found && address >= info->start &&
	       address - info->start < info->size;
}

static bool first(struct small_page *page, unsigned long from,
		  struct pool_block_info *info)
{
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&page->class->lock, flags);
	for (i = 0; is_there(page) && i < page->count && !found; i++) {
		found = is_live(page, i) && small_block(page, i) >= from;
		if (found)
			tell_locked(page, i, info);
	}
	spin_unlock_irqrestore(&page->class->lock, flags);
	return found;
}

/**
 * small_next() - the small block with the lowest start at or above an address
 * @from: the address
 * @info: filled on success
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether there is one.
 */
bool small_next(unsigned long from, struct pool_block_info *info)
{
	struct small_page *page;
	bool found = false;

	rcu_read_lock();
	while (!found && (page = small_page_next(from))) {
		found = first(page, from, info);
		from = page->start + PAGE_SIZE;
	}
	rcu_read_unlock();
	return found;
}

static void fill_slot_locked(const struct small_page *page, unsigned int index,
			     struct pool_slot *slot)
{
	const union small_record *record = small_record(page, index);

	*slot = (struct pool_slot){
		.start = small_block(page, index),
		.size = page->class->slot,
		.previous = index ? page->class->slot : 0,
		.allocated = record->size & RECORD_LIVE,
	};
	if (slot->allocated) {
		slot->tag = pool_tag_name(tag_in(page, index));
		slot->requested = record->size & RECORD_BYTES;
	} else if (page->class->header) {
		slot->tag = pool_tag_name(small_header(page, index)->tag);
	}
}

/**
 * pool_page_slots() - the slots of a page of small blocks
 * @address: any system address
 * @slots: filled from the start
 * @count: elements of @slots
 *
 * Context: IRQL <= DISPATCH.
 * Return: how many slots the page has; 0 if the address is in no such page.
 */
unsigned int pool_page_slots(unsigned long address, struct pool_slot *slots,
			     unsigned int count)
{
	unsigned int i, have = 0;
	struct small_page *page;
	unsigned long flags;

	rcu_read_lock();
	page = small_page_at(address);
	if (page) {
		spin_lock_irqsave(&page->class->lock, flags);
		have = is_there(page) ? page->count : 0;
		for (i = 0; i < min(have, count); i++)
			fill_slot_locked(page, i, &slots[i]);
		spin_unlock_irqrestore(&page->class->lock, flags);
	}
	rcu_read_unlock();
	return have;
}
EXPORT_FOR_TESTS(pool_page_slots);

static size_t metadata_of(const struct small_page *page)
{
	size_t bytes = sizeof(*page) + page->class->first;

	if (page->records)
		return bytes + page->class->count * sizeof(union small_record);
	return bytes + page->class->count * sizeof(struct pool_header);
}

static void add_page_locked(const struct small_page *page,
			    struct ntpool_packing *packing)
{
	unsigned int i;

	packing->pages++;
	packing->metadata += metadata_of(page);
	for (i = 0; i < page->class->count; i++) {
		if (!is_live(page, i))
			continue;
		packing->blocks++;
		packing->room += small_room(page->class);
		packing->requested += small_record(page, i)->size & RECORD_BYTES;
	}
}

/**
 * ntpool_packing() - how well small blocks are packed
 * @paged: which pool
 * @packing: filled
 *
 * Goes through all pages of small blocks.
 *
 * Context: IRQL <= APC.
 */
void ntpool_packing(bool paged, struct ntpool_packing *packing)
{
	struct small_page *page;
	unsigned long from = 0, flags;

	memset(packing, 0, sizeof(*packing));
	do {
		cond_resched();
		rcu_read_lock();
		page = small_page_next(from);
		if (page) {
			spin_lock_irqsave(&page->class->lock, flags);
			if (page->class->paged == paged && is_there(page))
				add_page_locked(page, packing);
			spin_unlock_irqrestore(&page->class->lock, flags);
			from = page->start + PAGE_SIZE;
		}
		rcu_read_unlock();
	} while (page);
}
EXPORT_SYMBOL_GPL(ntpool_packing);
