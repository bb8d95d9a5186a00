// SPDX-License-Identifier: GPL-2.0-only
/*
 * MDLs come and go, and the chains of them that requests have.
 */
#include <linux/export.h>

#include "core/core.h"
#include "io/mdl.h"
#include "pool/pool.h"

/**
 * MmSizeOfMdl() - bytes of an MDL for a buffer
 * @Base: where it begins
 * @Length: its bytes
 *
 * Context: any.
 */
SIZE_T MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
	SIZE_T pages = (BYTE_OFFSET(Base) + Length + PAGE_SIZE - 1) >>
		       PAGE_SHIFT;

	return sizeof(MDL) + pages * sizeof(PFN_NUMBER);
}
EXPORT_SYMBOL_GPL(MmSizeOfMdl);

static void chain(PMDL mdl, PIRP irp, bool secondary)
{
	PMDL *link = &irp->MdlAddress;

	if (secondary)
		while (*link)
			link = &(*link)->Next;
	*link = mdl;
}

/**
 * IoAllocateMdl() - an MDL for a buffer
 * @VirtualAddress: where the buffer begins
 * @Length: its bytes, up to 4 GB less a page
 * @SecondaryBuffer: append the MDL to @Irp's chain
 * @ChargeQuota: charge its memory to the running process
 * @Irp: request whose MDL it is to be, or NULL
 *
 * It is one block of nonpaged pool with the tag 'Mdl '.
 *
 * Context: IRQL <= DISPATCH.
 * Return: the MDL, or NULL.
 */
PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
		   BOOLEAN ChargeQuota, PIRP Irp)
{
	u64 flags = NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_UNINITIALIZED |
		    (ChargeQuota ? NTPOOL_FLAG_USE_QUOTA : 0);
	PMDL mdl;

	if (Length > MDL_LENGTH_MAX)
		return NULL;
	mdl = ntpool_alloc(flags, MmSizeOfMdl(VirtualAddress, Length), MDL_TAG);
	if (!mdl)
		return NULL;
	MmInitializeMdl(mdl, VirtualAddress, Length);
	if (Irp)
		chain(mdl, Irp, SecondaryBuffer);
	return mdl;
}
EXPORT_SYMBOL_GPL(IoAllocateMdl);

/* Take from the table what goes with the MDL; false if that must not happen. */
static bool leave_table(PMDL mdl, struct mdl_hold **hold, struct mdl_map **map)
{
	unsigned long flags;
	bool may = true;

	*map = NULL;
	spin_lock_irqsave(&mdl_table_lock, flags);
	*hold = mdl_hold_find_locked(mdl);
	if (*hold && (*hold)->source == MDL_OF_PARENT) {
		*map = mdl_hold_take_map_locked(*hold);
		mdl_hold_remove_locked(*hold);
	} else if (*hold) {
		may = !(*hold)->map;
		if (may)
			mdl_hold_disown_locked(*hold);
		*hold = NULL; /* its pages stay locked */
	}
	spin_unlock_irqrestore(&mdl_table_lock, flags);
	return may;
}

/**
 * IoFreeMdl() - free what IoAllocateMdl() returned
 * @Mdl: the MDL, unlocked and not mapped
 *
 * A partial one's own mapping goes with it.  Any other that is still mapped is
 * bug check 0xC4/B8 [mdl, flags], and stays.  One that is locked goes, and its
 * pages stay locked: 0x76 tells when the process ends.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoFreeMdl(PMDL Mdl)
{
	struct mdl_hold *hold;
	struct mdl_map *map;

	if (!leave_table(Mdl, &hold, &map)) {
		mdl_misuse(MDL_FREED_MAPPED, Mdl, 0);
		return;
	}
	mdl_let_go(hold, map);
	ntpool_free(Mdl, MDL_TAG);
}
EXPORT_SYMBOL_GPL(IoFreeMdl);
