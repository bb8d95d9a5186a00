/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows kernel versions.  The rest of the module is written
 * to the newest interfaces; here older kernels get them.  Included in front of
 * every source by Kbuild.
 */
#ifndef NTPOOL_KCOMPAT_H
#define NTPOOL_KCOMPAT_H

#include <linux/version.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/shrinker.h>
#include <linux/static_call.h>
#include <linux/swap.h>
#include <linux/swapops.h>

/*
 * Kernel functions that are not exported, found by name.  Each is optional:
 * NULL where this kernel has none of that name.
 */
void *kcompat_symbol(const char *name);

/**
 * kcompat_find() - have a static call go to a kernel function that is not exported
 * @call: made by DEFINE_STATIC_CALL_NULL(), with the function's type
 * @name: the function's name
 *
 * A static call is a direct one, and so needs no landing pad where it leads.
 *
 * Context: may sleep; after kcompat_init().
 * Return: the function, NULL if there is none: then @call must not be made.
 */
#define kcompat_find(call, name)                                \
	({                                                      \
		static_call_update(call, kcompat_symbol(name)); \
		static_call_query(call);                        \
	})

/* 6.3: the flags of a mapping are changed by calls. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#define KCOMPAT_SHRINKER_FLAGS (SHRINKER_MEMCG_AWARE | SHRINKER_NONSLAB)

/* 6.7: shrinkers are allocated. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
struct shrinker *kcompat_shrinker_alloc(void);
int kcompat_shrinker_register(struct shrinker *shrinker, const char *name);
void kcompat_shrinker_free(struct shrinker *shrinker);
#else
static inline struct shrinker *kcompat_shrinker_alloc(void)
{
	return shrinker_alloc(KCOMPAT_SHRINKER_FLAGS, "ntpool");
}

static inline int kcompat_shrinker_register(struct shrinker *shrinker,
					    const char *name)
{
	shrinker_register(shrinker);
	return 0;
}

static inline void kcompat_shrinker_free(struct shrinker *shrinker)
{
	shrinker_free(shrinker);
}
#endif

/**
 * kcompat_shrinker_note() - have reclaim for a memory cgroup ask a shrinker too
 * @shrinker: registered
 * @folio: charged to that cgroup; the caller has a reference
 *
 * Where the kernel's function for this is not found, or there are no cgroups, only
 * reclaim for the whole machine asks it.
 */
void kcompat_shrinker_note(struct shrinker *shrinker, struct folio *folio);

/* Whether what stands for a page of a file is a slot, and no mark of something else. */
static inline bool kcompat_is_slot(swp_entry_t entry)
{
	return swp_type(entry) < MAX_SWAPFILES;
}

/**
 * kcompat_commit_room() - how much memory the kernel will still promise
 *
 * Return: pages; LONG_MAX where it keeps no strict account: vm.overcommit_memory is not 2.
 */
long kcompat_commit_room(void);

/* 7.0: the flags of memory areas are a bitmap. */
static inline struct file *kcompat_shmem_file(const char *name, loff_t size)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return shmem_file_setup(name, size, VM_NORESERVE);
#else
	return shmem_file_setup(name, size, mk_vma_flags(VMA_NORESERVE_BIT));
#endif
}

/**
 * kcompat_writeout() - start writing a locked, clean-marked shmem folio to swap
 * @folio: locked; its dirty flag was cleared by folio_clear_dirty_for_io()
 *
 * Return: 0 with the folio unlocked and under writeback, or an error with the
 * folio still locked and dirty again.
 */
int kcompat_writeout(struct folio *folio);

/**
 * kcompat_incore() - is a page of a shmem file in memory, swap's cache included
 * @mapping: of the file
 * @index: of the page
 *
 * Return: the folio with a reference, or NULL; NULL also where this kernel does
 * not let us ask for pages in swap's cache.
 */
struct folio *kcompat_incore(struct address_space *mapping, pgoff_t index);

/**
 * kcompat_drop_swapcache() - take a written folio out of swap's cache
 * @folio: locked, in swap's cache, clean, one reference beside the cache's
 *
 * Return: whether it is out, and the caller's reference the last.
 */
bool kcompat_drop_swapcache(struct folio *folio);

/**
 * kcompat_remove_folio() - take a folio out of its file, as truncation does
 * @mapping: of the file
 * @folio: locked, in the file, with a reference of the caller's; mapped by nobody
 *
 * Where the kernel does not let us, nothing happens.
 */
void kcompat_remove_folio(struct address_space *mapping, struct folio *folio);

/**
 * kcompat_drain_lru() - let go of pages on their way to the LRU lists
 * @all: of all CPUs, not only of this one
 *
 * Each CPU holds references to the last pages it made.  Where the kernel does
 * not let us ask for it, nothing happens, and those pages count as busy.
 *
 * Context: may sleep.
 */
void kcompat_drain_lru(bool all);

/**
 * kcompat_unpoison_stack() - KASAN is to forget what it knows of a part of the stack
 * @low: its start
 * @high: its end
 *
 * For when functions have been left without coming to their ends.
 */
#ifdef CONFIG_KASAN_STACK
void kcompat_unpoison_stack(unsigned long low, unsigned long high);
#else
static inline void kcompat_unpoison_stack(unsigned long low, unsigned long high)
{
}
#endif

/**
 * kcompat_total_swap() - swap space there is, used or not
 *
 * Context: may sleep.
 * Return: pages; 0 where the kernel does not let us ask.
 */
unsigned long kcompat_total_swap(void);

/**
 * kcompat_module_name() - the module that an instruction is in
 * @address: the instruction
 * @name: filled with its name, "kernel" if it is in none
 * @room: bytes of @name
 *
 * Context: any.
 */
void kcompat_module_name(unsigned long address, char *name, size_t room);

/**
 * kcompat_pin_write_first() - must pages be pinned for writing to be the process's own
 *
 * 6.2: a page pinned for reading, and for long, is made the process's own first.
 */
static inline bool kcompat_pin_write_first(void)
{
	return LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0);
}

void kcompat_init(void);

#endif /* NTPOOL_KCOMPAT_H */
