// SPDX-License-Identifier: GPL-2.0-only
/*
 * An MDL's pages in system space; in a process: mdl_user.c.  One mapping, whose address means the same in
 * every process ("MmMapLockedPagesSpecifyCache", Windows driver documentation).
 *
 * Pages that lie side by side in memory have an address already, that of the
 * kernel's mapping of all memory, and get no other: nothing has to be flushed
 * afterwards.  With the verifier on they are mapped as any others, so that a touch
 * after MmUnlockPages() is a fault.  Mappings are never executable, and cached
 * whatever is asked for, as memory has one caching attribute on x86.
 */
#include <linux/error-injection.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/ntpool_exception.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "core/core.h"
#include "io/mdl.h"
#include "pool/verifier.h"

#define MAP_NEEDS (MDL_PAGES_LOCKED | MDL_PARTIAL)
#define MAP_BARS \
	(MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)

static bool side_by_side(struct page *const *pages, unsigned long count)
{
	unsigned long i, first = page_to_pfn(pages[0]);

	for (i = 1; i < count; i++)
		if (page_to_pfn(pages[i]) != first + i)
			return false;
	return true;
}

static enum mdl_mapping kind_for(struct page *const *pages, unsigned long count,
				 ULONG priority)
{
	if (priority & MdlMappingNoWrite)
		return MDL_MAP_VMAP;
	if (side_by_side(pages, count) && !verifier_flags())
		return MDL_MAP_DIRECT;
	return ntpool_irql() < NTPOOL_IRQL_DISPATCH ? MDL_MAP_RAM :
						      MDL_MAP_WINDOW;
}

/* For the test that there is no room: it makes this function fail. */
static noinline void *mdl_map_pages(struct mdl_map *map, struct page **pages)
{
	switch (map->kind) {
	case MDL_MAP_DIRECT:
		return page_address(pages[0]);
	case MDL_MAP_WINDOW:
		return mdl_window_map(pages, map->pages);
	case MDL_MAP_VMAP: /* waits for memory */
		if (ntpool_irql() >= NTPOOL_IRQL_DISPATCH)
			return NULL;
		return vmap(pages, map->pages, VM_MAP, PAGE_KERNEL_RO);
	case MDL_MAP_RAM:
		return vm_map_ram(pages, map->pages, NUMA_NO_NODE);
	}
	return NULL;
}
ALLOW_ERROR_INJECTION(mdl_map_pages, NULL);

/**
 * mdl_unmap() - unmake a mapping, and let go of the pages
 * @map: in no hold any more; freed
 *
 * Context: may sleep.
 */
void mdl_unmap(struct mdl_map *map)
{
	might_sleep();
	switch (map->kind) {
	case MDL_MAP_RAM:
		vm_unmap_ram(map->base, map->pages);
		break;
	case MDL_MAP_VMAP:
		vunmap(map->base);
		break;
	case MDL_MAP_WINDOW:
		mdl_window_unmap(map->base, map->pages);
		break;
	case MDL_MAP_DIRECT:
		break;
	}
	mdl_hold_unuse(map->user);
	kfree(map);
}

/* The hold that has the MDL's pages, with a user more; NULL if it has none. */
static struct mdl_hold *use_pages(const MDL *mdl, unsigned long *first)
{
	struct mdl_hold *hold, *pages = NULL;
	unsigned long flags;

	spin_lock_irqsave(&mdl_table_lock, flags);
	hold = mdl_hold_find_locked(mdl);
	if (hold) {
		pages = hold->parent ?: hold;
		*first = hold->first;
		if (!refcount_inc_not_zero(&pages->users))
			pages = NULL; /* the parent has been unlocked */
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return pages;
}

/* A mapping that is in force nowhere yet; it owns the user given. */
static struct mdl_map *make_map(const MDL *mdl, struct mdl_hold *user,
				unsigned long first, ULONG priority)
{
	unsigned long pages = mdl_pages_of(mdl);
	struct mdl_map *map;

	if (!pages || first + pages > user->count)
		return NULL;
	map = kmalloc(sizeof(*map), ntpool_irql() < NTPOOL_IRQL_DISPATCH ?
					    GFP_KERNEL_ACCOUNT :
					    GFP_ATOMIC | __GFP_NOWARN);
	if (!map)
		return NULL;
	map->pages = pages;
	map->user = user;
	map->kind = kind_for(user->pages + first, pages, priority);
	map->base = mdl_map_pages(map, user->pages + first);
	if (map->base)
		return map;
	kfree(map);
	return NULL;
}

static void publish_locked(PMDL mdl, struct mdl_hold *hold, struct mdl_map *map)
{
	CSHORT flags = mdl->MdlFlags | MDL_MAPPED_TO_SYSTEM_VA;

	lockdep_assert_held(&mdl_table_lock);
	hold->map = map;
	mdl->MappedSystemVa = map->base + mdl->ByteOffset;
	if (hold->parent)
		flags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
	/* Pairs with the acquire in MmGetSystemAddressForMdlSafe(). */
	smp_store_release(&mdl->MdlFlags, flags);
}

/* Of two who map one MDL at a time the second gets the mapping of the first. */
static PVOID publish(PMDL mdl, struct mdl_map *map)
{
	struct mdl_hold *hold;
	unsigned long flags;
	PVOID address = NULL;

	spin_lock_irqsave(&mdl_table_lock, flags);
	hold = mdl_hold_find_locked(mdl);
	if (hold && (hold->parent ?: hold) == map->user) {
		if (!hold->map) {
			publish_locked(mdl, hold, map);
			map = NULL;
		}
		address = mdl->MappedSystemVa;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	mdl_let_go(NULL, map);
	return address;
}

static PVOID map_mdl(PMDL mdl, ULONG priority)
{
	struct mdl_hold *user;
	struct mdl_map *map;
	unsigned long first;

	user = use_pages(mdl, &first);
	if (!user) {
		mdl_misuse(MDL_MAP_UNLOCKED, mdl, MAP_NEEDS);
		return NULL;
	}
	map = make_map(mdl, user, first, priority);
	if (map)
		return publish(mdl, map);
	mdl_hold_unuse(user);
	return NULL;
}

/**
 * ntpool_mdl_system_address() - MmGetSystemAddressForMdlSafe() of what is not mapped
 * @Mdl: locked, or a partial one of a locked one; else 0xC4/B3 [mdl, flags,
 *	 missing flags]
 * @Priority: MM_PAGE_PRIORITY; with MdlMappingNoWrite a write is a fault
 *
 * Context: IRQL <= DISPATCH; there, the room is small, and none read-only.
 * Return: the address, the same for all who ask; NULL where there is no room.
 */
PVOID ntpool_mdl_system_address(PMDL Mdl, ULONG Priority)
{
	if (mdl_irql_refused(MDL_MAP_IRQL, (unsigned long)Mdl, KernelMode))
		return NULL;
	return map_mdl(Mdl, Priority);
}
EXPORT_SYMBOL_GPL(ntpool_mdl_system_address);

static bool map_refused(const MDL *mdl)
{
	if (mdl_irql_refused(MDL_MAP_IRQL, (unsigned long)mdl, KernelMode))
		return true;
	if (!(mdl->MdlFlags & MAP_BARS))
		return false;
	mdl_misuse(MDL_MAP_FLAGS, mdl, mdl->MdlFlags & MAP_BARS);
	return true;
}

static NTSTATUS status_of(long err)
{
	return err == -EEXIST ? STATUS_CONFLICTING_ADDRESSES :
				STATUS_INSUFFICIENT_RESOURCES;
}

/* The address, or -errno: -EOPNOTSUPP where they are none of the MDL's own. */
static long map_user_pages(PMDL mdl, unsigned long at, ULONG priority)
{
	struct mdl_hold *user;
	unsigned long first;

	/* No misuse, but it has no hold that a mapping could keep: the block may be freed. */
	if (mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL)
		return -EOPNOTSUPP;
	user = use_pages(mdl, &first);
	if (!user) {
		mdl_misuse(MDL_MAP_UNLOCKED, mdl, MAP_NEEDS);
		return -EINVAL;
	}
	if (user->source != MDL_OF_ITS_OWN || !current->mm) {
		mdl_hold_unuse(user);
		return -EOPNOTSUPP;
	}
	return mdl_user_map(mdl, user, first, at & PAGE_MASK,
			    !(priority & MdlMappingNoWrite));
}

/* More than once, and in several processes: the MDL does not know. */
static PVOID map_user(PMDL mdl, PVOID at, ULONG priority)
{
	long address;

	if (mdl_irql_above(NTPOOL_IRQL_APC, MDL_USER_MAP_IRQL,
			   (unsigned long)mdl, UserMode))
		return NULL;
	address = map_user_pages(mdl, (unsigned long)at, priority);
	if (address == -EOPNOTSUPP)
		ntpool_raise(STATUS_NOT_SUPPORTED, 0, NULL);
	else if (IS_ERR_VALUE(address))
		ntpool_raise(status_of(address), 0, NULL);
	else
		return (PVOID)(address + mdl->ByteOffset);
	return NULL;
}

/**
 * MmMapLockedPagesSpecifyCache() - map an MDL's pages
 * @MemoryDescriptorList: locked and not mapped; else 0xC4/B2 or B3 [mdl, flags,
 *			  wrong or missing flags]
 * @AccessMode: UserMode: into the running process, which has it until it unmaps it or
 *		ends.  Only pages of MmAllocatePagesForMdl(); for others it raises
 *		STATUS_NOT_SUPPORTED: Linux lets no second address in a process have
 *		anonymous pages or slabs
 * @CacheType: memory is cached in any case
 * @RequestedAddress: for UserMode only; NULL: anywhere
 * @BugCheckOnFailure: no room is bug check 0x3F, with the verifier 0xC4/82
 * @Priority: as of MmGetSystemAddressForMdlSafe()
 *
 * For UserMode what is not possible raises STATUS_INSUFFICIENT_RESOURCES, or
 * STATUS_CONFLICTING_ADDRESSES where something is mapped already.
 *
 * Context: IRQL <= DISPATCH; there, the room is small, and none read-only.  For UserMode
 * IRQL <= APC.
 * Return: the address of the buffer's first byte; NULL where there is no room.
 */
PVOID MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList,
				   KPROCESSOR_MODE AccessMode,
				   MEMORY_CACHING_TYPE CacheType,
				   PVOID RequestedAddress,
				   ULONG BugCheckOnFailure, ULONG Priority)
{
	PVOID address;

	if (AccessMode != KernelMode)
		return map_user(MemoryDescriptorList, RequestedAddress,
				Priority);
	if (map_refused(MemoryDescriptorList))
		return NULL;
	if (BugCheckOnFailure && verifier_flags())
		mdl_misuse(MDL_MAP_BUGCHECK, MemoryDescriptorList, 0);
	address = map_mdl(MemoryDescriptorList, Priority);
	if (!address && BugCheckOnFailure && !verifier_flags())
		ntpool_bugcheck(BUGCHECK_NO_MORE_SYSTEM_PTES, 0,
				mdl_pages_of(MemoryDescriptorList), 0, 0);
	return address;
}
EXPORT_SYMBOL_GPL(MmMapLockedPagesSpecifyCache);

/* First parameters of 0xDA SYSTEM_PTE_MISUSE. */
#define UNMAP_OTHER_ADDRESS 3 /* [mdl, expected, given] */
#define UNMAP_NOT_MAPPED    6 /* [mdl, given, pages] */

static void tell_bad_unmap(PMDL mdl, const void *mapped, const void *given)
{
	if (mapped)
		ntpool_bugcheck(BUGCHECK_SYSTEM_PTE_MISUSE, UNMAP_OTHER_ADDRESS,
				(unsigned long)mdl, (unsigned long)mapped,
				(unsigned long)given);
	else
		ntpool_bugcheck(BUGCHECK_SYSTEM_PTE_MISUSE, UNMAP_NOT_MAPPED,
				(unsigned long)mdl, (unsigned long)given,
				mdl_pages_of(mdl));
}

/* The mapping, if @address is its; else NULL, and in @mapped where it is. */
static struct mdl_map *unpublish(PMDL mdl, const void *address,
				 const void **mapped)
{
	struct mdl_map *map = NULL;
	struct mdl_hold *hold;
	unsigned long flags;

	*mapped = NULL;
	spin_lock_irqsave(&mdl_table_lock, flags);
	hold = mdl_hold_find_locked(mdl);
	if (hold && hold->map)
		*mapped = mdl->MappedSystemVa;
	if (*mapped && *mapped == address) {
		map = mdl_hold_take_map_locked(hold);
		mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA |
				   MDL_PARTIAL_HAS_BEEN_MAPPED);
		mdl->MappedSystemVa = NULL;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return map;
}

static void unmap_user(PMDL mdl, const void *address)
{
	if (mdl_irql_above(NTPOOL_IRQL_APC, MDL_USER_UNMAP_IRQL,
			   (unsigned long)address, (unsigned long)mdl))
		return;
	if (!mdl_user_unmap(mdl, (unsigned long)address))
		tell_bad_unmap(mdl, NULL, address);
}

/**
 * MmUnmapLockedPages() - undo MmMapLockedPagesSpecifyCache()
 * @BaseAddress: what that returned; else 0xDA/3 [mdl, expected, given]
 * @MemoryDescriptorList: mapped; else 0xDA/6 [mdl, address, pages]
 *
 * Context: IRQL <= DISPATCH, where the mapping goes a little later.  For an address in
 * a process IRQL <= APC, in that process; that may have unmapped it itself, or be ending.
 */
VOID MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
	const void *mapped;
	struct mdl_map *map;

	if ((unsigned long)BaseAddress < TASK_SIZE_MAX) {
		unmap_user(MemoryDescriptorList, BaseAddress);
		return;
	}
	if (mdl_irql_refused(MDL_UNMAP_IRQL, (unsigned long)BaseAddress,
			     (unsigned long)MemoryDescriptorList))
		return;
	map = unpublish(MemoryDescriptorList, BaseAddress, &mapped);
	if (map)
		mdl_let_go(NULL, map);
	else
		tell_bad_unmap(MemoryDescriptorList, mapped, BaseAddress);
}
EXPORT_SYMBOL_GPL(MmUnmapLockedPages);
