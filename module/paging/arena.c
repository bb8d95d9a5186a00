// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arena: page ranges handed out from segments.
 *
 * One maple tree holds the allocated ranges of all segments; the entry is the
 * segment, so that a single lock-free look-up tells the fault path whether an
 * address is allocated and where its page lives.
 */
#include <linux/err.h>
#include <linux/maple_tree.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/shmem_fs.h>
#include <linux/vmalloc.h>

#include "core/core.h"
#include "paging/internal.h"

static unsigned int segment_mb = 256;
module_param(segment_mb, uint, 0444);
MODULE_PARM_DESC(segment_mb,
		 "paged address space is reserved in steps of this many MB (256)");

LIST_HEAD(paging_segments);

/* Guards allocation, freeing and growth; never taken by page-in or trim. */
static DEFINE_MUTEX(arena_mutex);

/* Allocated ranges: read under RCU, written under arena_mutex. */
static struct maple_tree ranges =
	MTREE_INIT_EXT(ranges, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_EXTERN, arena_mutex);

static unsigned long allocated, reserved; /* under arena_mutex */

/* All segments lie between these; written under arena_mutex. */
static unsigned long lowest = ULONG_MAX, highest;

/* Entry of a range whose addresses are taken, but have no memory: paging_reserve(). */
#define NO_MEMORY xa_mk_value(1)

/**
 * paging_may_be_ours() - quick answer whether an address can be in the arena
 * @address: any
 *
 * Context: any, the fault hook included.
 * Return: false if it cannot.
 */
notrace bool paging_may_be_ours(unsigned long address)
{
	return address >= READ_ONCE(lowest) && address <= READ_ONCE(highest);
}

unsigned long arena_pages(void)
{
	return READ_ONCE(allocated);
}

unsigned long arena_reserved_pages(void)
{
	return READ_ONCE(reserved);
}

static int arena_grow(unsigned long pages)
{
	unsigned long want = (unsigned long)segment_mb << (20 - PAGE_SHIFT);
	struct segment *seg;

	lockdep_assert_held(&arena_mutex);
	want = max(want, pages);
	if (want > UINT_MAX)
		return -ENOMEM;
	seg = segment_create(want);
	if (IS_ERR(seg))
		return PTR_ERR(seg);
	list_add_tail_rcu(&seg->node, &paging_segments);
	lowest = min(lowest, seg->start);
	highest = max(highest, segment_address(seg, want) - 1);
	WRITE_ONCE(reserved, reserved + want);
	return 0;
}

static unsigned long place_in(struct segment *seg, unsigned long pages,
			      bool memory)
{
	MA_STATE(mas, &ranges, 0, 0);
	unsigned long size = pages << PAGE_SHIFT;

	if (pages > seg->pages ||
	    mas_empty_area(&mas, seg->start,
			   segment_address(seg, seg->pages) - 1, size))
		return 0;
	mas_set_range(&mas, mas.index, mas.index + size - 1);
	if (mas_store_gfp(&mas, memory ? seg : NO_MEMORY, GFP_KERNEL))
		return 0;
	return mas.index;
}

static unsigned long place(unsigned long pages, bool memory)
{
	struct segment *seg;
	unsigned long start;

	list_for_each_entry(seg, &paging_segments, node) {
		start = place_in(seg, pages, memory);
		if (start)
			return start;
	}
	return 0;
}

static unsigned long place_or_grow(unsigned long pages, bool memory)
{
	unsigned long start = place(pages, memory);

	if (!start && !arena_grow(pages))
		start = place(pages, memory);
	return start;
}

/*
 * Make a range be what @entry says: NULL, NO_MEMORY, or the segment it lies in.
 * Memory cannot be given back halfway, so the few nodes it takes are waited for.
 */
static void enter(unsigned long start, unsigned long pages, void *entry)
{
	MA_STATE(mas, &ranges, start, start + (pages << PAGE_SHIFT) - 1);

	lockdep_assert_held(&arena_mutex);
	mas_store_gfp(&mas, entry, GFP_KERNEL | __GFP_NOFAIL);
}

static void discard(const struct arena_range *range)
{
	loff_t first = (loff_t)range->first << PAGE_SHIFT;

	zap_range(range->seg, range->first, range->pages);
	shmem_truncate_range(file_inode(range->seg->file), first,
			     first + ((loff_t)range->pages << PAGE_SHIFT) - 1);
}

/*
 * Give back a range's memory; @left is what the tree says of it from then on, and
 * @kept whether make_resident() has kept it.
 */
static void free_range(unsigned long start, void *left, bool kept)
{
	struct arena_range range;

	might_sleep();
	mutex_lock(&arena_mutex);
	if (!WARN_ON_ONCE(!arena_find(start, &range) ||
			  segment_address(range.seg, range.first) != start)) {
		if (kept)
			paging_unpin(start, range.pages);
		/*
		 * Gone from the tree first, from the file last: a late touch by the
		 * block's former owner then maps nothing that stays (see install()).
		 */
		enter(start, range.pages, left);
		discard(&range);
		WRITE_ONCE(allocated, allocated - range.pages);
	}
	mutex_unlock(&arena_mutex);
}

/*
 * Where paging is inactive memory is kept from the first; if there is not enough for
 * that, it is given back, and @left is what the tree says of it.
 */
static bool make_resident(unsigned long start, unsigned long pages, void *left)
{
	if (paging_active() || !paging_pin(start, pages))
		return true;
	free_range(start, left, false);
	return false;
}

/**
 * paging_alloc() - allocate pageable memory
 * @pages: how many; may exceed the RAM of the machine
 *
 * The memory reads as zeroes.  It takes frames when it is touched; where paging
 * is inactive it takes them now and keeps them.
 *
 * Context: may sleep (NT: IRQL <= APC_LEVEL).
 * Return: page-aligned address, or NULL when there is no memory, swap or
 * address space for it.
 */
void *paging_alloc(unsigned long pages)
{
	unsigned long start = 0;

	might_sleep();
	if (!pages || pages > UINT_MAX)
		return NULL;
	mutex_lock(&arena_mutex);
	if (can_promise(allocated, pages))
		start = place_or_grow(pages, true);
	if (start)
		WRITE_ONCE(allocated, allocated + pages);
	mutex_unlock(&arena_mutex);

	if (start && !make_resident(start, pages, NULL))
		start = 0;
	return (void *)start;
}
EXPORT_FOR_TESTS(paging_alloc);

/**
 * paging_free() - free what paging_alloc() returned
 * @start: its address
 *
 * Frames and swap slots are given back before this returns.  The range must not
 * be pinned any more.
 *
 * Context: may sleep (NT: IRQL <= APC_LEVEL).
 */
void paging_free(void *start)
{
	free_range((unsigned long)start, NULL, !paging_active());
}
EXPORT_FOR_TESTS(paging_free);

/**
 * paging_reserve() - take addresses that have no memory
 * @pages: how many
 *
 * A touch there is a fault that nobody serves.  The owner may give ranges of
 * them memory, pageable by paging_fill() or his own by paging_map(), and leave
 * holes between, which is what special pool is made of.
 *
 * Context: may sleep.
 * Return: page-aligned address, or 0.
 */
unsigned long paging_reserve(unsigned long pages)
{
	unsigned long start;

	might_sleep();
	if (!pages || pages > UINT_MAX)
		return 0;
	mutex_lock(&arena_mutex);
	start = place_or_grow(pages, false);
	mutex_unlock(&arena_mutex);
	return start;
}
EXPORT_FOR_TESTS(paging_reserve);

/**
 * paging_unreserve() - give back what paging_reserve() returned
 * @start: its address; none of it has memory any more
 * @pages: as there
 *
 * Context: may sleep.
 */
void paging_unreserve(unsigned long start, unsigned long pages)
{
	might_sleep();
	mutex_lock(&arena_mutex);
	enter(start, pages, NULL);
	mutex_unlock(&arena_mutex);
}
EXPORT_FOR_TESTS(paging_unreserve);

/* The segment that an address lies in, or NULL. */
struct segment *segment_of(unsigned long address)
{
	struct segment *seg;

	list_for_each_entry(seg, &paging_segments, node)
		if (segment_index(seg, address) < seg->pages)
			return seg;
	return NULL;
}

/**
 * paging_fill() - pageable memory at reserved addresses
 * @start: in a reserved range, page-aligned
 * @pages: how many
 *
 * As paging_alloc(), but the place is given.  paging_empty() undoes it.
 *
 * Context: may sleep.
 * Return: whether there was memory.
 */
bool paging_fill(unsigned long start, unsigned long pages)
{
	bool done;

	might_sleep();
	mutex_lock(&arena_mutex);
	done = can_promise(allocated, pages);
	if (done) {
		enter(start, pages, segment_of(start));
		WRITE_ONCE(allocated, allocated + pages);
	}
	mutex_unlock(&arena_mutex);
	return done && make_resident(start, pages, NO_MEMORY);
}
EXPORT_FOR_TESTS(paging_fill);

/**
 * paging_empty() - take back the memory of paging_fill(), and keep the addresses
 * @start: as there
 *
 * Context: may sleep.
 */
void paging_empty(unsigned long start)
{
	free_range(start, NO_MEMORY, !paging_active());
}
EXPORT_FOR_TESTS(paging_empty);

/**
 * arena_find() - the allocated range that an address lies in
 * @address: any
 * @range: filled on success
 *
 * Context: any but NMI.
 * Return: whether it lies in one.
 */
bool arena_find(unsigned long address, struct arena_range *range)
{
	MA_STATE(mas, &ranges, address, address);
	struct segment *seg;

	rcu_read_lock();
	seg = mas_walk(&mas);
	if (xa_is_value(seg)) /* NO_MEMORY */
		seg = NULL;
	if (seg) {
		range->seg = seg;
		range->first = segment_index(seg, mas.index);
		range->pages = (mas.last - mas.index + 1) >> PAGE_SHIFT;
	}
	rcu_read_unlock();
	return seg;
}
EXPORT_FOR_TESTS(arena_find);

static bool has_memory(const void *entry)
{
	return entry && !xa_is_value(entry);
}

/**
 * paging_contains() - is this an address of allocated paged memory
 * @address: any
 *
 * Context: any but NMI.
 */
bool paging_contains(unsigned long address)
{
	return has_memory(mtree_load(&ranges, address));
}
EXPORT_FOR_TESTS(paging_contains);

/* The last address, up to @last, that the tree says the same of; is that memory? */
static bool look_up(unsigned long address, unsigned long last, unsigned long *end)
{
	MA_STATE(mas, &ranges, address, address);
	void *entry;

	rcu_read_lock();
	entry = mas_find(&mas, last);
	if (entry && mas.index > address) {
		*end = mas.index - 1;
		entry = NULL;
	} else {
		*end = entry ? min(mas.last, last) : last;
	}
	rcu_read_unlock();
	return has_memory(entry);
}

/**
 * paging_run() - how far addresses are alike
 * @address: in a segment
 * @last: in: where to stop, in that segment; out: the last address of the run
 *
 * Context: may sleep, as a run may consist of many ranges.
 * Return: whether they have memory, or will when they are touched; else they are free,
 * or reserved without any.
 */
bool paging_run(unsigned long address, unsigned long *last)
{
	unsigned long end, next;
	bool memory = look_up(address, *last, &end);

	while (end < *last && look_up(end + 1, *last, &next) == memory) {
		end = next;
		cond_resched();
	}
	*last = end;
	return memory;
}
EXPORT_FOR_TESTS(paging_run);

/**
 * arena_exit() - give all address space back
 *
 * Context: may sleep.  Nothing is allocated, and nobody faults or trims.
 */
void arena_exit(void)
{
	struct segment *seg, *next;

	mutex_lock(&arena_mutex);
	WARN_ON_ONCE(allocated);
	__mt_destroy(&ranges);
	list_for_each_entry_safe(seg, next, &paging_segments, node) {
		list_del_rcu(&seg->node);
		segment_destroy(seg);
	}
	mutex_unlock(&arena_mutex);
	rcu_barrier(); /* for the tree's nodes */
}
