// SPDX-License-Identifier: GPL-2.0-only
/*
 * Older kernels' side of kcompat.h, and functions that kernels have but do not
 * export.
 */
#include <linux/kprobes.h>
#include <linux/memcontrol.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/writeback.h>

#include "kcompat/export.h"

/* What no header declares everywhere has its type here. */
DEFINE_STATIC_CALL_NULL(kcompat_lookup_name, unsigned long(const char *));
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
DEFINE_STATIC_CALL_NULL(kcompat_find_incore,
			struct page *(struct address_space *, pgoff_t));
DEFINE_STATIC_CALL_NULL(kcompat_isolate, int(struct folio *));
#else
DEFINE_STATIC_CALL_NULL(kcompat_isolate, bool(struct folio *));
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
DEFINE_STATIC_CALL_NULL(kcompat_find_incore,
			struct folio *(struct address_space *, pgoff_t));
#else
DEFINE_STATIC_CALL_NULL(kcompat_get_swap, get_swap_device);
DEFINE_STATIC_CALL_NULL(kcompat_find_cached, struct folio *(swp_entry_t));
#endif
#endif
DEFINE_STATIC_CALL_NULL(kcompat_remove_from_cache, remove_mapping);
DEFINE_STATIC_CALL_NULL(kcompat_put_back, void(struct folio *));
DEFINE_STATIC_CALL_NULL(kcompat_truncate_folio,
			int(struct address_space *, struct folio *));
DEFINE_STATIC_CALL_NULL(kcompat_drain_this_cpu, void(void));
DEFINE_STATIC_CALL_NULL(kcompat_drain_all_cpus, void(void));
DEFINE_STATIC_CALL_NULL(kcompat_get_swap_info, si_swapinfo);
DEFINE_STATIC_CALL_NULL(kcompat_commit_limit, vm_commit_limit);
DEFINE_STATIC_CALL_NULL(kcompat_module_at, __module_address);
static const int *overcommit;
DEFINE_STATIC_CALL_NULL(kcompat_set_shrinker_bit,
			void(struct mem_cgroup *, int, int));

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
	static_call_update(kcompat_lookup_name, (void *)kp.addr);
	unregister_kprobe(&kp);
}

/**
 * kcompat_symbol() - address of a kernel function or variable by name
 * @name: its name
 *
 * A function is to be called through kcompat_find() alone: where the CPU tracks indirect branches,
 * the kernel has taken the landing pad from functions that it calls by name only, and
 * a call by pointer ends there.
 *
 * Context: may sleep; after kcompat_init().
 * Return: the address, or NULL.
 */
void *kcompat_symbol(const char *name)
{
	if (!static_call_query(kcompat_lookup_name))
		return NULL;
	return (void *)static_call(kcompat_lookup_name)(name);
}

void kcompat_init(void)
{
	find_lookup();
	kcompat_find(kcompat_remove_from_cache, "remove_mapping");
	kcompat_find(kcompat_isolate, "folio_isolate_lru");
	kcompat_find(kcompat_put_back, "folio_putback_lru");
	kcompat_find(kcompat_truncate_folio, "truncate_inode_folio");
	kcompat_find(kcompat_drain_this_cpu, "lru_add_drain");
	kcompat_find(kcompat_drain_all_cpus, "lru_add_drain_all");
	kcompat_find(kcompat_get_swap_info, "si_swapinfo");
	kcompat_find(kcompat_set_shrinker_bit, "set_shrinker_bit");
	kcompat_find(kcompat_commit_limit, "vm_commit_limit");
	kcompat_find(kcompat_module_at, "__module_address");
	overcommit = kcompat_symbol("sysctl_overcommit_memory");
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	kcompat_find(kcompat_find_incore, "find_get_incore_page");
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	kcompat_find(kcompat_find_incore, "filemap_get_incore_folio");
#else
	kcompat_find(kcompat_get_swap, "get_swap_device");
	kcompat_find(kcompat_find_cached, "swap_cache_get_folio");
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
struct shrinker *kcompat_shrinker_alloc(void)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	if (shrinker)
		shrinker->flags = KCOMPAT_SHRINKER_FLAGS;
	return shrinker;
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

void kcompat_shrinker_note(struct shrinker *shrinker, struct folio *folio)
{
#ifdef CONFIG_MEMCG
	if (!static_call_query(kcompat_set_shrinker_bit))
		return;
	rcu_read_lock();
	static_call(kcompat_set_shrinker_bit)(folio_memcg(folio),
					      folio_nid(folio), shrinker->id);
	rcu_read_unlock();
#endif
}

/* The module may go as soon as preemption is on. */
void kcompat_module_name(unsigned long address, char *name, size_t room)
{
	const struct module *module = NULL;

	preempt_disable();
	if (static_call_query(kcompat_module_at))
		module = static_call(kcompat_module_at)(address);
	strscpy(name, module ? module->name : "kernel", room);
	preempt_enable();
}

long kcompat_commit_room(void)
{
	long limit;

	if (!overcommit || READ_ONCE(*overcommit) != OVERCOMMIT_NEVER ||
	    !static_call_query(kcompat_commit_limit))
		return LONG_MAX;
	limit = static_call(kcompat_commit_limit)();
	return limit - vm_memory_committed();
}

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
	struct page *page;

	if (!static_call_query(kcompat_find_incore))
		return NULL;
	page = static_call(kcompat_find_incore)(mapping, index);
	return page ? page_folio(page) : NULL;
}
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
struct folio *kcompat_incore(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio;

	if (!static_call_query(kcompat_find_incore))
		return NULL;
	folio = static_call(kcompat_find_incore)(mapping, index);
	return IS_ERR(folio) ? NULL : folio;
}
#else
/* The one function for both is gone: mincore(2) looks itself, and so do we. */
static struct folio *cached_in_swap(swp_entry_t entry)
{
	struct swap_info_struct *device;
	struct folio *folio;

	if (!kcompat_is_slot(entry) || !static_call_query(kcompat_get_swap) ||
	    !static_call_query(kcompat_find_cached))
		return NULL;
	device = static_call(kcompat_get_swap)(entry);
	if (!device) /* being switched off */
		return NULL;
	folio = static_call(kcompat_find_cached)(entry);
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
	return !static_call(kcompat_isolate)(folio);
#else
	return static_call(kcompat_isolate)(folio);
#endif
}

bool kcompat_drop_swapcache(struct folio *folio)
{
	if (!static_call_query(kcompat_remove_from_cache) ||
	    !static_call_query(kcompat_isolate) ||
	    !static_call_query(kcompat_put_back) || !isolate_from_lru(folio))
		return false;
	/* Off the lists there is no active one: freeing checks that. */
	folio_clear_active(folio);
	/* The list's reference stands in for the caller's. */
	folio_put(folio);
	if (static_call(kcompat_remove_from_cache)(folio_mapping(folio), folio))
		return true;
	folio_get(folio);
	static_call(kcompat_put_back)(folio);
	return false;
}

void kcompat_remove_folio(struct address_space *mapping, struct folio *folio)
{
	if (static_call_query(kcompat_truncate_folio))
		static_call(kcompat_truncate_folio)(mapping, folio);
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
	if (all)
		static_call_cond(kcompat_drain_all_cpus)();
	else
		static_call_cond(kcompat_drain_this_cpu)();
}
EXPORT_FOR_TESTS(kcompat_drain_lru);

unsigned long kcompat_total_swap(void)
{
	struct sysinfo info = {};

	static_call_cond(kcompat_get_swap_info)(&info);
	return info.totalswap;
}
EXPORT_FOR_TESTS(kcompat_total_swap);
