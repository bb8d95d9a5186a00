// SPDX-License-Identifier: GPL-2.0-only
/*
 * Older kernels' side of kcompat.h, and functions that kernels have but do not
 * export.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/writeback.h>

#include "core/core.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static struct page *(*find_incore)(struct address_space *mapping,
				   pgoff_t index);
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static struct folio *(*find_incore)(struct address_space *mapping,
				    pgoff_t index);
#else
static struct swap_info_struct *(*get_swap)(swp_entry_t entry);
static struct folio *(*find_cached)(swp_entry_t entry);
#endif
static long (*remove_from_cache)(struct address_space *mapping,
				 struct folio *folio);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static int (*isolate)(struct folio *folio);
#else
static bool (*isolate)(struct folio *folio);
#endif
static void (*put_back)(struct folio *folio);
static void (*drain_this_cpu)(void);
static void (*drain_all_cpus)(void);
static void (*get_swap_info)(struct sysinfo *info);

static unsigned long (*lookup_name)(const char *name);

/*
 * The kernel's own look-up by name is not exported, but a kprobe finds it as it
 * finds any function.  The probe is never armed.
 */
static void find_lookup(void)
{
	struct kprobe kp = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (register_kprobe(&kp))
		return;
	lookup_name = (void *)kp.addr;
	unregister_kprobe(&kp);
}

/**
 * kcompat_symbol() - address of a kernel function by name
 * @name: its name
 *
 * Context: may sleep; after kcompat_init().
 * Return: the address, or 0.
 */
unsigned long kcompat_symbol(const char *name)
{
	return lookup_name ? lookup_name(name) : 0;
}

void kcompat_init(void)
{
	find_lookup();
	remove_from_cache = (void *)kcompat_symbol("remove_mapping");
	isolate = (void *)kcompat_symbol("folio_isolate_lru");
	put_back = (void *)kcompat_symbol("folio_putback_lru");
	drain_this_cpu = (void *)kcompat_symbol("lru_add_drain");
	drain_all_cpus = (void *)kcompat_symbol("lru_add_drain_all");
	get_swap_info = (void *)kcompat_symbol("si_swapinfo");
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	find_incore = (void *)kcompat_symbol("find_get_incore_page");
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	find_incore = (void *)kcompat_symbol("filemap_get_incore_folio");
#else
	get_swap = (void *)kcompat_symbol("get_swap_device");
	find_cached = (void *)kcompat_symbol("swap_cache_get_folio");
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
struct shrinker *kcompat_shrinker_alloc(void)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

int kcompat_shrinker_register(struct shrinker *shrinker, const char *name)
{
	return register_shrinker(shrinker, "%s", name);
}

void kcompat_shrinker_free(struct shrinker *shrinker)
{
	/* A shrinker that was never registered has no nr_deferred. */
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
int kcompat_writeout(struct folio *folio)
{
	struct writeback_control wbc = {
		.sync_mode = WB_SYNC_NONE,
		.nr_to_write = SWAP_CLUSTER_MAX,
		.range_end = LLONG_MAX,
		.for_reclaim = 1,
	};

	return folio->mapping->a_ops->writepage(&folio->page, &wbc);
}
#elif LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)
int kcompat_writeout(struct folio *folio)
{
	return shmem_writeout(folio, NULL, NULL);
}
#else
int kcompat_writeout(struct folio *folio)
{
	return shmem_write_folio(folio);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
struct folio *kcompat_incore(struct address_space *mapping, pgoff_t index)
{
	struct page *page = find_incore ? find_incore(mapping, index) : NULL;

	return page ? page_folio(page) : NULL;
}
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
struct folio *kcompat_incore(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio = find_incore ? find_incore(mapping, index) : NULL;

	return IS_ERR(folio) ? NULL : folio;
}
#else
/* The one function for both is gone: mincore(2) looks itself, and so do we. */
static struct folio *cached_in_swap(swp_entry_t entry)
{
	struct swap_info_struct *device;
	struct folio *folio;

	if (!get_swap || !find_cached)
		return NULL;
	device = get_swap(entry);
	if (!device) /* being switched off */
		return NULL;
	folio = find_cached(entry);
	put_swap_device(device);
	return folio;
}

struct folio *kcompat_incore(struct address_space *mapping, pgoff_t index)
{
	void *entry = xa_load(&mapping->i_pages, index);
	struct folio *folio;

	if (xa_is_value(entry))
		return cached_in_swap(radix_to_swp_entry(entry));
	folio = filemap_get_folio(mapping, index);
	return IS_ERR(folio) ? NULL : folio;
}
#endif

/* Take a folio off its LRU list, with a reference of the list's own. */
static bool isolate_from_lru(struct folio *folio)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	return !isolate(folio);
#else
	return isolate(folio);
#endif
}

bool kcompat_drop_swapcache(struct folio *folio)
{
	if (!remove_from_cache || !isolate || !put_back ||
	    !isolate_from_lru(folio))
		return false;
	/* Off the lists there is no active one: freeing checks that. */
	folio_clear_active(folio);
	/* The list's reference stands in for the caller's. */
	folio_put(folio);
	if (remove_from_cache(folio_mapping(folio), folio))
		return true;
	folio_get(folio);
	put_back(folio);
	return false;
}

#ifdef CONFIG_KASAN_STACK
/* Part of the compiler's interface, therefore exported. */
void __asan_allocas_unpoison(void *low, ssize_t high);

void kcompat_unpoison_stack(unsigned long low, unsigned long high)
{
	__asan_allocas_unpoison((void *)round_down(low, sizeof(long)),
				high);
}
#endif

void kcompat_drain_lru(bool all)
{
	void (*drain)(void) = all ? drain_all_cpus : drain_this_cpu;

	if (drain)
		drain();
}
EXPORT_FOR_TESTS(kcompat_drain_lru);

unsigned long kcompat_total_swap(void)
{
	struct sysinfo info = {};

	if (get_swap_info)
		get_swap_info(&info);
	return info.totalswap;
}
EXPORT_FOR_TESTS(kcompat_total_swap);
