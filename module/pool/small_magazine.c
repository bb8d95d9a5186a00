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

/* Is a record what unload_locked() has made it. */
static bool is_listed(const struct small_page *page, union small_record record)
{
	return (record.size & ~RECORD_KEPT) == RECORD_LISTED && !record.row &&
	       record.owner <= page->count;
}

/* The slot that was put back last.  Its record may stand where overruns hit. */
static bool pop_locked(struct small_page *page, unsigned int *index)
{
	union small_record *record;

	*index = page->free - 1;
	record = small_record(page, *index);
	if (!is_listed(page, *record))
		return false;
	page->free = record->owner;
	record->word = small_free_word(record->size & RECORD_KEPT);
	return true;
}

/* A slot's first time: it is all zeroes, unless an overrun has been there. */
static void unwrap(union small_record *record)
{
	record->word = small_free_word(record->word ? 0 : RECORD_FRESH);
}

/* A free slot of a page that has one; false where its list is not what it was. */
static bool take_slot_locked(struct small_page *page, unsigned int *index)
{
	lockdep_assert_held(&page->class->lock);
	if (page->free) {
		if (!pop_locked(page, index))
			return false;
	} else if (page->fresh < page->count) {
		*index = page->fresh++;
		unwrap(small_record(page, *index));
	} else {
		return false;
	}
	if (++page->used == page->count)
		unlist_page_locked(page);
	return true;
}

/*
 * Nobody gets what is in a damaged list: those slots count as taken for good.  Others of
 * the page come and go as before.
 */
static struct flaw retire_list_locked(struct small_page *page)
{
	struct flaw flaw = small_list_flaw(page);

	lockdep_assert_held(&page->class->lock);
	page->free = 0;
	page->fresh = page->count;
	page->used = page->count;
	unlist_page_locked(page);
	return flaw;
}

/* Moves a slot into the magazine; or says what is wrong with those of the page. */
static struct flaw load_locked(struct magazine *magazine, struct small_page *page)
{
	unsigned int index;

	if (!take_slot_locked(page, &index))
		return retire_list_locked(page);
	magazine->slot[magazine->count++] = (struct small_slot){
		.block = small_block(page, index),
		.record = small_record(page, index),
	};
	return (struct flaw){};
}

/* So that slots come out in the order in which they lie. */
static void reverse(struct magazine *magazine)
{
	unsigned int i, last = magazine->count - 1;

	for (i = 0; i < magazine->count / 2; i++)
		swap(magazine->slot[i], magazine->slot[last - i]);
}

static struct flaw fill_locked(struct small_class *class,
			       struct magazine *magazine)
{
	struct small_page *page;
	struct flaw flaw = {};

	while (magazine->count < BATCH && !flaw.code &&
	       (page = list_first_entry_or_null(&class->partial,
						struct small_page, node)))
		flaw = load_locked(magazine, page);
	reverse(magazine);
	return flaw;
}

/*
 * Loads this CPU's magazine with what the pages have; was there anything?  A page that
 * was made is listed in the same go, so that its maker gets slots whoever else is short.
 */
static bool load(struct small_class *class, struct small_page *made)
{
	struct magazine *magazine;
	struct flaw flaw = {};
	unsigned long flags;
	bool some;

	spin_lock_irqsave(&class->lock, flags);
	if (made)
		list_page_locked(made);
	magazine = this_cpu_ptr(class->magazine);
	if (!magazine->count) /* somebody who interrupted us may have done it */
		flaw = fill_locked(class, magazine);
	some = magazine->count;
	spin_unlock_irqrestore(&class->lock, flags);
	if (flaw.code)
		raise_flaw(&flaw);
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

	tag_fold(class->paged);
	if (!small_has_magazine(class, want->irql))
		return false;
	if (load(class, NULL))
		return true;
	page = small_page_create(class, want);
	return page && load(class, page);
}

/* Puts a slot back; the page comes into @dead if it is to be given back. */
static void unload_locked(const struct small_slot *slot, struct list_head *dead)
{
	struct small_page *page = small_page_at(slot->block);
	struct small_class *class = page->class;
	u16 state;

	lockdep_assert_held(&class->lock);
	if (!has_free_slots(page))
		list_page_locked(page);
	state = small_is_fresh(*slot->record) ? RECORD_FRESH :
						slot->record->size & RECORD_MARKED;
	*slot->record = (union small_record){
		.owner = page->free,
		.size = RECORD_LISTED | state,
	};
	page->free = (slot->block - page->base) / page->slot + 1;
	if (--page->used || class->partials <= class->kept)
		return;
	unlist_page_locked(page);
	page->dead = true;
	list_add(&page->node, dead);
}

/* The first slots of a magazine, which are those unused for longest, go back. */
static void unload_some_locked(struct magazine *magazine, unsigned int count,
			       struct list_head *dead)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		unload_locked(&magazine->slot[i], dead);
	magazine->count -= count;
	memmove(magazine->slot, &magazine->slot[count],
		magazine->count * sizeof(magazine->slot[0]));
}

static void destroy_pages(struct list_head *dead)
{
	struct small_page *page, *next;

	list_for_each_entry_safe(page, next, dead, node)
		small_page_destroy(page);
}

/**
 * small_flush() - put half of this CPU's free slots back into their pages
 * @class: of the slots
 *
 * Context: IRQL <= APC for paged pool, else <= DISPATCH.
 */
void small_flush(struct small_class *class)
{
	struct magazine *magazine;
	unsigned long flags;
	LIST_HEAD(dead);

	tag_fold(class->paged);
	spin_lock_irqsave(&class->lock, flags);
	magazine = this_cpu_ptr(class->magazine);
	if (magazine->count > BATCH)
		unload_some_locked(magazine, BATCH, &dead);
	spin_unlock_irqrestore(&class->lock, flags);
	destroy_pages(&dead);
}

/**
 * small_drain() - put the free slots of a CPU that has gone back into their pages
 * @class: of the slots
 * @cpu: it
 *
 * Context: may sleep; the CPU cannot come back meanwhile.
 */
void small_drain(struct small_class *class, unsigned int cpu)
{
	struct magazine *magazine;
	unsigned long flags;
	LIST_HEAD(dead);

	spin_lock_irqsave(&class->lock, flags);
	magazine = per_cpu_ptr(class->magazine, cpu);
	unload_some_locked(magazine, magazine->count, &dead);
	spin_unlock_irqrestore(&class->lock, flags);
	destroy_pages(&dead);
}
