// SPDX-License-Identifier: GPL-2.0-only
/*
 * MmProbeAndLockPages() and MmUnlockPages() ("Using MDLs", Windows driver
 * documentation, and the pages of the two).
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/ntpool_exception.h>
#include <linux/overflow.h>
#include <linux/stacktrace.h>

#include "core/core.h"
#include "io/mdl.h"
#include "paging/paging.h"
#include "pool/verifier.h"
#include "seh/seh.h"

/* The flags of an MDL that is locked, or may not be. */
#define NOT_LOCKABLE \
	(MDL_PAGES_LOCKED | MDL_PARTIAL | MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE)

/* Who called the caller; with frame pointers or without, a stack trace knows it. */
static unsigned long caller_of(unsigned long caller)
{
	unsigned long stack[12];
	unsigned int n = stack_trace_save(stack, ARRAY_SIZE(stack), 0), i;

	for (i = 0; i + 1 < n; i++)
		if (stack[i] == caller)
			return stack[i + 1];
	return 0;
}

/* Where the pages are; false if there can be none for this access mode. */
static bool source_of(unsigned long start, unsigned long last,
		      KPROCESSOR_MODE mode, enum mdl_source *source)
{
	if (last < TASK_SIZE_MAX) {
		*source = MDL_OF_USER;
		return true;
	}
	*source = paging_contains(start) ? MDL_OF_ARENA : MDL_OF_SYSTEM;
	return mode == KernelMode && start >= PAGE_OFFSET;
}

static NTSTATUS take_pages(struct mdl_hold *hold, unsigned long start,
			   bool write)
{
	switch (hold->source) {
	case MDL_OF_USER:
		return mdl_pin_user(hold, start, write);
	case MDL_OF_ARENA:
		return mdl_pin_arena(hold, start);
	default:
		return mdl_find_system(hold, start, write);
	}
}

/* From here on the MDL is locked; false if it has been, by somebody else. */
static bool publish(PMDL mdl, struct mdl_hold *hold, LOCK_OPERATION op)
{
	PPFN_NUMBER pfn = MmGetMdlPfnArray(mdl);
	unsigned long flags, i;
	bool first;

	for (i = 0; i < hold->count; i++)
		pfn[i] = page_to_pfn(hold->pages[i]);
	spin_lock_irqsave(&mdl_table_lock, flags);
	first = !(mdl->MdlFlags & MDL_PAGES_LOCKED);
	if (first) {
		mdl_hold_enter_locked(hold);
		mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA |
				   MDL_WRITE_OPERATION);
		mdl->MdlFlags |= MDL_PAGES_LOCKED |
				 (op == IoReadAccess ? 0 : MDL_WRITE_OPERATION);
		mdl->MappedSystemVa = NULL;
		mdl->Process = hold->process;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return first;
}

static bool refused(const MDL *mdl, KPROCESSOR_MODE mode)
{
	if (mdl_irql_refused(MDL_LOCK_IRQL, (unsigned long)mdl, mode))
		return true;
	if (!(mdl->MdlFlags & NOT_LOCKABLE))
		return false;
	mdl_misuse(MDL_LOCK_FLAGS, mdl, mdl->MdlFlags & NOT_LOCKABLE);
	return true;
}

static NTSTATUS lock_from(PMDL mdl, enum mdl_source source, LOCK_OPERATION op,
			  unsigned long caller)
{
	struct mdl_hold *hold = mdl_hold_alloc(mdl, mdl_pages_of(mdl), source,
					       caller);
	NTSTATUS status;

	if (!hold)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (caller && (verifier_flags() & NTPOOL_VERIFIER_POOL_TRACKING))
		hold->caller[1] = caller_of(caller);
	status = take_pages(hold, (unsigned long)mdl->StartVa,
			    op != IoReadAccess);
	if (status != STATUS_SUCCESS) {
		/* The last reference, and no pages: at any IRQL where it came from. */
		kvfree(hold);
		return status;
	}
	if (publish(mdl, hold, op))
		return STATUS_SUCCESS;
	mdl_misuse(MDL_LOCK_FLAGS, mdl, MDL_PAGES_LOCKED);
	mdl_let_go(hold, NULL);
	return STATUS_UNSUCCESSFUL;
}

/*
 * STATUS_UNSUCCESSFUL: a bug check has been recorded.  A user's address may be
 * anything; one beyond the line between user and system space never is his.
 */
static NTSTATUS lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION op,
		     unsigned long caller)
{
	unsigned long start = (unsigned long)MmGetMdlVirtualAddress(mdl), last;
	enum mdl_source source;

	if (refused(mdl, mode))
		return STATUS_UNSUCCESSFUL;
	if (!mdl->ByteCount)
		return STATUS_INVALID_PARAMETER;
	if (check_add_overflow(start, mdl->ByteCount - 1ul, &last) ||
	    !source_of(start, last, mode, &source))
		return STATUS_ACCESS_VIOLATION;
	if (source != MDL_OF_SYSTEM && ntpool_irql() > NTPOOL_IRQL_APC) {
		mdl_violation(MDL_LOCK_IRQL, ntpool_irql(), (unsigned long)mdl,
			      mode);
		return STATUS_UNSUCCESSFUL;
	}
	if (ntpool_irql() < NTPOOL_IRQL_DISPATCH)
		mdl_window_make();
	return lock_from(mdl, source, op, caller);
}

/**
 * mdl_lock_user() - MmProbeAndLockPages() for the request engine
 * @mdl: from IoAllocateMdl(), not locked
 * @mode: UserMode: the addresses must be user space's
 * @op: IoReadAccess, or one of the others: the pages are to be written
 *
 * Context: IRQL <= APC for pageable memory, else <= DISPATCH; waits for user
 * memory, killable.
 * Return: see mdl.h.
 */
NTSTATUS mdl_lock_user(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION op)
{
	return lock(mdl, mode, op, 0);
}
EXPORT_FOR_TESTS(mdl_lock_user);

/**
 * MmProbeAndLockPages() - make an MDL's pages resident, and keep them
 * @MemoryDescriptorList: not locked, partial or of nonpaged pool: else 0xC4/B0
 *			  [mdl, flags, wrong flags], and it stays as it is
 * @AccessMode: UserMode: the addresses must be user space's
 * @Operation: what the pages must allow
 *
 * Raises STATUS_ACCESS_VIOLATION where there is no memory or not this access,
 * STATUS_WORKING_SET_QUOTA where the process has locked as much as it may,
 * STATUS_INSUFFICIENT_RESOURCES, STATUS_IN_PAGE_ERROR; and then nothing is locked.
 *
 * Called at a wrong IRQL it is 0xC4/70 [irql, mdl, mode].  What a bug check
 * refuses raises STATUS_UNSUCCESSFUL where somebody could handle it, and returns
 * else.
 *
 * Context: IRQL <= APC for pageable memory, else <= DISPATCH; waits for user
 * memory, killable.
 */
VOID MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
			 LOCK_OPERATION Operation)
{
	NTSTATUS status = lock(MemoryDescriptorList, AccessMode, Operation,
			       _RET_IP_);

	if (status == STATUS_SUCCESS)
		return;
	if (status != STATUS_UNSUCCESSFUL || seh_is_open())
		ntpool_raise(status, 0, NULL);
}
EXPORT_SYMBOL_GPL(MmProbeAndLockPages);

/* Of two calls for one MDL one gets the hold. */
static struct mdl_hold *unpublish(PMDL mdl, struct mdl_map **map)
{
	struct mdl_hold *hold = NULL;
	unsigned long flags;

	spin_lock_irqsave(&mdl_table_lock, flags);
	if (mdl->MdlFlags & MDL_PAGES_LOCKED)
		hold = mdl_hold_find_locked(mdl);
	if (hold && hold->source != MDL_OF_PARENT &&
	    hold->source != MDL_OF_ITS_OWN) {
		*map = mdl_hold_take_map_locked(hold);
		mdl_hold_remove_locked(hold);
		mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA |
				   MDL_WRITE_OPERATION);
		mdl->MappedSystemVa = NULL;
		mdl->Process = NULL;
	} else {
		hold = NULL;
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return hold;
}

/**
 * MmUnlockPages() - undo MmProbeAndLockPages(), and the mapping in system space
 * @MemoryDescriptorList: the MDL
 *
 * One that is not locked is 0x76/1 [mdl, locked pages of the process], with the
 * verifier 0xC4/7C or 7D [mdl, flags]; a partial one 0xC4/B4.
 *
 * Context: IRQL <= DISPATCH, where the pages are let go of a little later.
 */
VOID MmUnlockPages(PMDL MemoryDescriptorList)
{
	struct mdl_map *map = NULL;
	struct mdl_hold *hold;

	if (mdl_irql_refused(MDL_UNLOCK_IRQL,
			     (unsigned long)MemoryDescriptorList, 0))
		return;
	if (MemoryDescriptorList->MdlFlags & MDL_PARTIAL) {
		mdl_misuse(MDL_UNLOCK_PARTIAL, MemoryDescriptorList,
			   MDL_PARTIAL);
		return;
	}
	hold = unpublish(MemoryDescriptorList, &map);
	if (hold)
		mdl_let_go(hold, map);
	else
		mdl_bad_unlock(MemoryDescriptorList);
}
EXPORT_SYMBOL_GPL(MmUnlockPages);
