// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages that small blocks live in: size classes, making and giving back a
 * page, and finding the page of an address.
 */
#include <linux/cache.h>
#include <linux/kmemleak.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/limits.h"
#include "pool/small.h"

static struct small_class classes[SMALL_KINDS][SMALL_CLASSES];

/* By bytes wanted with header, in units of POOL_ALIGN: which class. */
static u8 class_of[SMALL_KINDS][PAGE_SIZE / POOL_ALIGN + 1];

/*
 * Descriptors by page.  Each pool has its own part of the address space, and
 * counting from its start keeps the trees low.
 */
static DEFINE_XARRAY_FLAGS(nonpaged_pages, XA_FLAGS_LOCK_IRQ);
static DEFINE_XARRAY_FLAGS(paged_pages, XA_FLAGS_LOCK_IRQ);

static struct xarray *tree_for(unsigned long address, unsigned long *key)
{
	bool paged = address >= VMALLOC_START;

	*key = (address - (paged ? VMALLOC_START : PAGE_OFFSET)) >> PAGE_SHIFT;
	return paged ? &paged_pages : &nonpaged_pages;
}

static enum small_kind kind_for(u64 flags, size_t size)
{
	bool aligned = flags & NTPOOL_FLAG_CACHE_ALIGNED;

	if (pool_flags_paged(flags))
		return aligned ? SMALL_PAGED_ALIGNED : SMALL_PAGED;
	if (size > HEADER_MAX - aligned * SMP_CACHE_BYTES)
		return SMALL_NONPAGED_PAGE;
	return aligned ? SMALL_NONPAGED_ALIGNED : SMALL_NONPAGED;
}

static unsigned int header_of(enum small_kind kind)
{
	return kind < SMALL_NONPAGED_PAGE ? sizeof(struct pool_header) : 0;
}

/**
 * small_class_for() - the class of slots that a block fits into best
 * @flags: NTPOOL_FLAG_* of the block
 * @size: bytes, up to a page
 *
 * Context: any.
 * Return: the class.
 */
struct small_class *small_class_for(u64 flags, size_t size)
{
	enum small_kind kind = kind_for(flags, size);
	size_t need = size + header_of(kind);

	return &classes[kind][class_of[kind][DIV_ROUND_UP(need, POOL_ALIGN)]];
}

static void *page_get(const struct small_class *class,
		      const struct pool_want *want)
{
	gfp_t gfp = pool_gfp(want) | __GFP_ZERO;
	void *start;

	if (class->paged)
		return paging_alloc(1);
	start = (void *)__get_free_page(gfp);
	/* Blocks hold pointers; kmemleak shall follow them. */
	if (start)
		kmemleak_alloc(start, PAGE_SIZE, 0, gfp);
	return start;
}

static void *page_alloc(const struct small_class *class,
			const struct pool_want *want)
{
	void *start;

	if (!limits_take(class->paged, 1, want->priority))
		return NULL;
	start = page_get(class, want);
	if (!start)
		limits_give(class->paged, 1);
	return start;
}

static void page_free(const struct small_class *class, unsigned long start)
{
	limits_give(class->paged, 1);
	if (class->paged) {
		paging_free((void *)start);
		return;
	}
	kmemleak_free((void *)start);
	free_page(start);
}

static struct small_page *descriptor_alloc(const struct small_class *class,
					   gfp_t gfp)
{
	struct small_page *page = kzalloc(sizeof(*page), gfp);

	if (!page || class->header)
		return page;
	page->records = kcalloc(class->count, sizeof(*page->records), gfp);
	if (page->records)
		return page;
	kfree(page);
	return NULL;
}

static void descriptor_free(struct rcu_head *rcu)
{
	struct small_page *page = container_of(rcu, struct small_page, rcu);

	kfree(page->records);
	kfree(page);
}

static int enter(struct small_page *page, gfp_t gfp)
{
	unsigned long key, flags;
	struct xarray *tree = tree_for(page->start, &key);
	void *old;

	/* Reserved first, as the tree's own allocation must not wait locked. */
	if (gfpflags_allow_blocking(gfp) && xa_reserve_irq(tree, key, gfp))
		return -ENOMEM;
	xa_lock_irqsave(tree, flags);
	old = __xa_store(tree, key, page, GFP_ATOMIC | __GFP_NOWARN);
	xa_unlock_irqrestore(tree, flags);
	return xa_err(old);
}

static void leave(struct small_page *page)
{
	unsigned long key, flags;
	struct xarray *tree = tree_for(page->start, &key);

	xa_lock_irqsave(tree, flags);
	__xa_erase(tree, key);
	xa_unlock_irqrestore(tree, flags);
}

static void write_headers(const struct small_page *page)
{
	unsigned int size = page->class->slot / POOL_ALIGN, i;

	for (i = 0; i < page->class->count; i++)
		*small_header(page, i) = (struct pool_header){
			.previous = i ? min(size, 255u) : 0,
			.size = min(size, 255u),
		};
}

/**
 * small_page_create() - a page of free slots
 * @class: of the slots
 * @want: the allocation that needs it
 *
 * Context: as @want->irql says.
 * Return: the page, which nobody else knows of as its slots are all free; NULL
 * without memory.
 */
struct small_page *small_page_create(struct small_class *class,
				     const struct pool_want *want)
{
	struct small_page *page = descriptor_alloc(class, pool_gfp(want));

	if (!page)
		return NULL;
	page->class = class;
	spin_lock_init(&page->lock);
	INIT_LIST_HEAD(&page->node);
	page->start = (unsigned long)page_alloc(class, want);
	if (!page->start)
		goto err_descriptor;
	if (class->paged)
		page->pte = paging_pte(page->start);
	if (class->header)
		write_headers(page);
	if (enter(page, pool_gfp(want)))
		goto err_page;
	return page;

err_page:
	page_free(class, page->start);
err_descriptor:
	descriptor_free(&page->rcu);
	return NULL;
}

/**
 * small_page_destroy() - give a page back
 * @page: in no list, nobody's active page
 *
 * Context: IRQL <= APC for a paged one, else <= DISPATCH.
 */
void small_page_destroy(struct small_page *page)
{
	leave(page);
	page_free(page->class, page->start);
	call_rcu(&page->rcu, descriptor_free);
}

/**
 * small_page_at() - the page of small blocks that an address lies in
 * @address: any system address
 *
 * Context: in an RCU read-side section.
 * Return: the page, or NULL.
 */
struct small_page *small_page_at(unsigned long address)
{
	unsigned long key;
	struct xarray *tree = tree_for(address, &key);

	return xa_load(tree, key);
}

/**
 * small_page_next() - the page with the lowest address from an address on
 * @from: the page of this address counts
 *
 * Context: in an RCU read-side section.
 * Return: the page, or NULL.
 */
struct small_page *small_page_next(unsigned long from)
{
	unsigned long key;
	struct xarray *tree = tree_for(max(from, PAGE_OFFSET), &key);
	struct small_page *page = xa_find(tree, &key, ULONG_MAX, XA_PRESENT);

	if (page || tree == &paged_pages)
		return page;
	key = 0;
	return xa_find(&paged_pages, &key, ULONG_MAX, XA_PRESENT);
}

/*
 * Classes go up by an eighth, and each is then widened to what its count leaves
 * of a page: so a slot is seldom more than an eighth larger than it need be.
 */
static unsigned int widen(unsigned int slot, unsigned int usable,
			  unsigned int step)
{
	return rounddown(usable / (usable / slot), step);
}

/* Where blocks have headers and are aligned, the first header stands apart. */
static unsigned int first_of(enum small_kind kind)
{
	return kind == SMALL_NONPAGED_ALIGNED ?
		       SMP_CACHE_BYTES - sizeof(struct pool_header) :
		       0;
}

static int class_init(struct small_class *class, enum small_kind kind,
		      unsigned int slot)
{
	class->paged = kind >= SMALL_PAGED;
	class->slot = slot;
	class->header = header_of(kind);
	class->first = first_of(kind);
	class->count = (PAGE_SIZE - class->first) / slot;
	class->kept = max(4, 16 / class->count);
	spin_lock_init(&class->lock);
	INIT_LIST_HEAD(&class->partial);
	class->active = alloc_percpu(struct small_page *);
	return class->active ? 0 : -ENOMEM;
}

/* What the slots of a kind are multiples of. */
static unsigned int step_of(enum small_kind kind)
{
	switch (kind) {
	case SMALL_NONPAGED_PAGE:
		return PAGE_SIZE;
	case SMALL_NONPAGED_ALIGNED:
	case SMALL_PAGED_ALIGNED:
		return SMP_CACHE_BYTES;
	default:
		return POOL_ALIGN;
	}
}

static int kind_init(enum small_kind kind)
{
	unsigned int usable = PAGE_SIZE - first_of(kind), step = step_of(kind);
	unsigned int slot, class = 0, need = 0;

	/* The first one has room for a header and some bytes. */
	slot = max(step, header_of(kind) + POOL_ALIGN);
	for (; slot <= usable; class ++) {
		slot = widen(slot, usable, step);
		if (WARN_ON(class == SMALL_CLASSES) ||
		    class_init(&classes[kind][class], kind, slot))
			return -ENOMEM;
		for (; need <= slot / POOL_ALIGN; need++)
			class_of[kind][need] = class;
		slot += max(step, rounddown(slot / 8, step));
	}
	return 0;
}

/**
 * small_init() - the classes, without a page yet
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int small_init(void)
{
	enum small_kind kind;

	for (kind = 0; kind < SMALL_KINDS; kind++)
		if (kind_init(kind)) {
			small_exit();
			return -ENOMEM;
		}
	return 0;
}

static void destroy_all(struct xarray *tree)
{
	struct small_page *page;
	unsigned long key;

	xa_for_each(tree, key, page)
		small_page_destroy(page);
	xa_destroy(tree);
}

/**
 * small_exit() - give all pages back, whatever still is in them
 *
 * Context: may sleep; nobody allocates or frees any more.
 */
void small_exit(void)
{
	unsigned int kind, class;

	destroy_all(&paged_pages);
	destroy_all(&nonpaged_pages);
	for (kind = 0; kind < SMALL_KINDS; kind++)
		for (class = 0; class < SMALL_CLASSES; class ++)
			free_percpu(classes[kind][class].active);
	rcu_barrier();
}
