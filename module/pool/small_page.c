// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages that small blocks live in: size classes, making and giving back a
 * page, and finding the page of an address.
 */
#include <linux/cache.h>
#include <linux/cpuhotplug.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/slab.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/limits.h"
#include "pool/small.h"
#include "pool/tags.h"

static struct small_class classes[SMALL_KINDS][SMALL_CLASSES];

/* By bytes of the block, in units of POOL_ALIGN; NULL where there is none so large. */
struct small_class *small_class_by_size[SMALL_KINDS]
				       [PAGE_SIZE / POOL_ALIGN + 1];

struct pagemap small_pages[2];

/* That of a class that was never used: always empty. */
static DEFINE_PER_CPU(struct magazine, no_magazine);

static unsigned int header_of(enum small_kind kind)
{
	return kind < SMALL_NONPAGED_PAGE ? sizeof(struct pool_header) : 0;
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

static void page_put(const struct small_class *class, unsigned long start)
{
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

static void descriptor_free(struct small_page *page)
{
	kfree(page->records);
	kfree(page);
}

/* Nobody looks at the headers any more. */
static void free_after_rcu(struct rcu_head *rcu)
{
	struct small_page *page = container_of(rcu, struct small_page, rcu);

	if (!page->class->paged)
		page_put(page->class, page->start);
	descriptor_free(page);
}

static int enter(struct small_page *page, gfp_t gfp)
{
	bool paged;
	unsigned long key = small_key(page->start, &paged);

	return pagemap_enter(&small_pages[paged], key, page, gfp);
}

static void leave(struct small_page *page)
{
	bool paged;
	unsigned long key = small_key(page->start, &paged);

	pagemap_leave(&small_pages[paged], key);
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
	page->slot = class->slot;
	page->count = class->count;
	INIT_LIST_HEAD(&page->node);
	page->start = (unsigned long)page_alloc(class, want);
	if (!page->start)
		goto err_descriptor;
	page->base = page->start + class->first + class->header;
	if (class->paged)
		page->pte = paging_pte(page->start);
	if (class->header)
		write_headers(page);
	if (enter(page, pool_gfp(want)))
		goto err_page;
	return page;

err_page:
	limits_give(class->paged, 1);
	page_put(class, page->start);
err_descriptor:
	descriptor_free(page);
	return NULL;
}

/**
 * small_page_destroy() - give a page back
 * @page: in no list, none of its slots taken
 *
 * Context: IRQL <= APC for a paged one, else <= DISPATCH.
 */
void small_page_destroy(struct small_page *page)
{
	leave(page);
	limits_give(page->class->paged, 1);
	if (page->class->paged)
		page_put(page->class, page->start);
	call_rcu(&page->rcu, free_after_rcu);
}

/**
 * small_page_next() - the page with the lowest address from an address on
 * @from: the page of this address counts
 *
 * Context: see "small blocks".
 * Return: the page, or NULL.
 */
struct small_page *small_page_next(unsigned long from)
{
	bool paged;
	unsigned long key = small_key(max(from, PAGE_OFFSET), &paged);
	struct small_page *page = pagemap_next(&small_pages[paged], &key);

	if (page || paged)
		return page;
	key = 0;
	return pagemap_next(&small_pages[1], &key);
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

/* The first four bytes of a header with a block behind it. */
static u32 header_word(unsigned int previous, unsigned int slot)
{
	union {
		u8 byte[4];
		u32 word;
	} header = { .byte = { min(previous / POOL_ALIGN, 255u), 0,
			       min(slot / POOL_ALIGN, 255u),
			       HEADER_ALLOCATED } };

	return header.word;
}

static void class_init(struct small_class *class, enum small_kind kind,
		       unsigned int slot)
{
	class->paged = kind >= SMALL_PAGED;
	class->slot = slot;
	class->header = header_of(kind);
	class->first = first_of(kind);
	class->count = (PAGE_SIZE - class->first) / slot;
	class->kept = max(4, 16 / class->count);
	class->word = header_word(slot, slot);
	class->word_first = header_word(0, slot);
	spin_lock_init(&class->lock);
	INIT_LIST_HEAD(&class->partial);
	class->magazine = &no_magazine;
}

/**
 * small_has_magazine() - see to it that a class has magazines
 * @class: the class
 * @irql: at which the caller runs
 *
 * Each has one for every CPU, so only classes that are used get any.
 *
 * Context: as @irql says.
 * Return: false without memory.
 */
bool small_has_magazine(struct small_class *class, unsigned int irql)
{
	gfp_t gfp = irql < NTPOOL_IRQL_DISPATCH ? GFP_KERNEL : GFP_NOWAIT;
	struct magazine __percpu *made;

	if (READ_ONCE(class->magazine) != &no_magazine)
		return true;
	made = alloc_percpu_gfp(struct magazine, gfp | __GFP_NOWARN);
	/* Who finds it finds it empty. */
	if (made && cmpxchg(&class->magazine, &no_magazine, made) != &no_magazine)
		free_percpu(made);
	return made;
}

static void magazine_free(struct small_class *class)
{
	if (class->magazine != &no_magazine)
		free_percpu(class->magazine);
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
	unsigned int slot, i = 0, size = 0;

	/* The first one has room for a header and some bytes. */
	slot = max(step, header_of(kind) + POOL_ALIGN);
	for (; slot <= usable; i++) {
		slot = widen(slot, usable, step);
		if (WARN_ON(i == SMALL_CLASSES))
			return -ENOMEM;
		class_init(&classes[kind][i], kind, slot);
		for (; size * POOL_ALIGN + header_of(kind) <= slot; size++)
			small_class_by_size[kind][size] = &classes[kind][i];
		slot += max(step, rounddown(slot / 8, step));
	}
	return 0;
}

static int cpu_state; /* for cpuhp_remove_state_nocalls() */

/* What a CPU kept to itself is no use to anybody while it is away. */
static int cpu_gone(unsigned int cpu)
{
	unsigned int kind, i;

	for (kind = 0; kind < SMALL_KINDS; kind++)
		for (i = 0; i < SMALL_CLASSES && classes[kind][i].count; i++)
			small_drain(&classes[kind][i], cpu);
	tag_fold_gone(cpu);
	return 0;
}

static int watch_cpus(void)
{
	cpu_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
					      "ntpool/pool:gone", NULL,
					      cpu_gone);
	return min(cpu_state, 0);
}

static int map_init(void)
{
	bool paged;
	unsigned long last = small_key((unsigned long)high_memory - 1, &paged);

	return pagemap_prepare(&small_pages[false], last);
}

/**
 * small_init() - the classes, without a page yet
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int small_init(void)
{
	enum small_kind kind;
	int err = map_init();

	for (kind = 0; kind < SMALL_KINDS && !err; kind++)
		err = kind_init(kind);
	err = err ?: watch_cpus();
	if (err)
		small_exit();
	return err;
}

static void destroy_all(struct pagemap *map)
{
	struct small_page *page;
	unsigned long key = 0;

	while ((page = pagemap_next(map, &key)))
		small_page_destroy(page);
}

/**
 * small_exit() - give all pages back, whatever still is in them
 *
 * Context: may sleep; nobody allocates or frees any more.
 */
void small_exit(void)
{
	unsigned int kind, i;

	if (cpu_state > 0)
		cpuhp_remove_state_nocalls(cpu_state);
	destroy_all(&small_pages[1]);
	destroy_all(&small_pages[0]);
	rcu_barrier();
	pagemap_destroy(&small_pages[1]);
	pagemap_destroy(&small_pages[0]);
	for (kind = 0; kind < SMALL_KINDS; kind++)
		for (i = 0; i < SMALL_CLASSES; i++)
			magazine_free(&classes[kind][i]);
}
