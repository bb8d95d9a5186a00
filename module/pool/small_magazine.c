// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between the magazines of the CPUs and the pages: slots go over in batches, under the
 * lock of their class.
 */
#include <linux/percpu.h>
#include <linux/minmax.h>

#include "core/core.h"
#include "pool/small.h"
#include "pool/tags.h"

#define BATCH (MAGAZINE_SLOTS / 2)

static bool has_free_slots(const struct small_page *page)
{
	return page->used < page->count;
}

static void list_page_locked(struct small_page *page)
{
	lockdep_assert_held(&page->class->lock);
	list_add(&page->node, &page->class->partial);
	page->class->partials++;
}

static void unlist_page_locked(struct small_page *page)
{
	lockdep_assert_held(&page->class->lock);
	list_del_init(&page->node);
	page->class->partials--;
}

/* A free slot of a page that has one. */
static unsigned int take_slot_locked(struct small_page *page)
{
	unsigned int index = page->free;

	lockdep_assert_held(&page->class->lock);
	if (index--) {
		page->free = small_record(page, index)->owner;
	} else {
		index = page->fresh++;
		small_record(page, index)->size = RECORD_FRESH;
	}
	if (++page->used == page->count)
		unlist_page_locked(page);
	return index;
}

static void load_locked(struct magazine *magazine, struct small_page *page)
{
	unsigned int index = take_slot_locked(page);

	magazine->slot[magazine->count++] = (struct small_slot){
		.block = small_block(page, index),
		.record = small_record(page, index),
	};
}

/* So that slots come out in the order in which they lie. */
static void reverse(struct magazine *magazine)
{
	unsigned int i, last = magazine->count - 1;

	for (i = 0; i < magazine->count / 2; i++)
		swap(magazine->slot[i], magazine->slot[last - i]);
}

/* Loads this CPU's magazine with what the pages have; was there anything? */
static bool load(struct small_class *class)
{
	struct magazine *magazine;
	struct small_page *page;
	unsigned long flags;
	bool some;

	spin_lock_irqsave(&class->lock, flags);
	magazine = this_cpu_ptr(class->magazine);
	if (!magazine->count) { /* somebody who interrupted us may have done it */
		while (magazine->count < BATCH &&
		       (page = list_first_entry_or_null(&class->partial,
							struct small_page, node)))
			load_locked(magazine, page);
		reverse(magazine);
	}
	some = magazine->count;
	spin_unlock_irqrestore(&class->lock, flags);
	return some;
}

/**
 * small_refill() - get this CPU free slots
 * @class: of the slots
 * @want: the allocation that needs one
 *
 * By the time the caller takes one, somebody who interrupts him may have taken
 * them all.
 *
 * Context: as @want->irql says.
 * Return: false without memory.
 */
bool small_refill(struct small_class *class, const struct pool_want *want)
{
	struct small_page *page;
	unsigned long flags;

	tag_fold(class->paged);
	if (!small_has_magazine(class, want->irql))
		return false;
	if (load(class))
		return true;
	page = small_page_create(class, want);
	if (!page)
		return false;
	spin_lock_irqsave(&class->lock, flags);
	list_page_locked(page);
	spin_unlock_irqrestore(&class->lock, flags);
	return load(class);
}

/* Puts a slot back; the page comes into @dead if it is to be given back. */
static void unload_locked(const struct small_slot *slot, struct list_head *dead)
{
	struct small_page *page = small_page_at(slot->block);
	struct small_class *class = page->class;

	lockdep_assert_held(&class->lock);
	if (!has_free_slots(page))
		list_page_locked(page);
	slot->record->owner = page->free;
	page->free = (slot->block - page->base) / page->slot + 1;
	if (--page->used || class->partials <= class->kept)
		return;
	unlist_page_locked(page);
	page->dead = true;
	list_add(&page->node, dead);
}

/**
 * small_flush() - put half of this CPU's free slots back into their pages
 * @class: of the slots
 *
 * Context: IRQL <= APC for paged pool, else <= DISPATCH.
 */
void small_flush(struct small_class *class)
{
	struct small_page *page, *next;
	struct magazine *magazine;
	unsigned long flags;
	unsigned int i;
	LIST_HEAD(dead);

	tag_fold(class->paged);
	spin_lock_irqsave(&class->lock, flags);
	magazine = this_cpu_ptr(class->magazine);
	if (magazine->count > BATCH) {
		for (i = 0; i < BATCH; i++)
			unload_locked(&magazine->slot[i], &dead);
		magazine->count -= BATCH;
		memmove(magazine->slot, &magazine->slot[BATCH],
			magazine->count * sizeof(magazine->slot[0]));
	}
	spin_unlock_irqrestore(&class->lock, flags);
	list_for_each_entry_safe(page, next, &dead, node)
		small_page_destroy(page);
}
