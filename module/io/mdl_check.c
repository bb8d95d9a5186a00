// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bug checks about MDLs.  Most have a number of Driver Verifier's alone, 0xC4
 * DRIVER_VERIFIER_DETECTED_VIOLATION ("Bug check 0xC4", Windows driver documentation).
 * The mistake is noticed here in any case, so it is told in any case.
 */
#include "core/core.h"
#include "io/mdl.h"
#include "pool/verifier.h"

/* First parameters of 0x76 PROCESS_HAS_LOCKED_PAGES. */
#define LOCKED_PAGES_UNLOCKED_TWICE 1 /* [mdl, locked pages of the process, 0] */

/**
 * mdl_violation() - raise bug check 0xC4
 * @what: its first parameter
 * @p2: second
 * @p3: third
 * @p4: fourth
 *
 * Context: any but NMI.
 * Return: the number of the record.
 */
u64 mdl_violation(enum mdl_violation what, u64 p2, u64 p3, u64 p4)
{
	return ntpool_bugcheck(BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
			       what, p2, p3, p4);
}

/**
 * mdl_misuse() - raise 0xC4 [what, mdl, its flags, p4]
 * @what: first parameter
 * @mdl: the MDL
 * @p4: fourth: most often the flags that are wrong
 *
 * Context: any but NMI.
 * Return: the number of the record.
 */
u64 mdl_misuse(enum mdl_violation what, const MDL *mdl, u64 p4)
{
	return mdl_violation(what, (unsigned long)mdl, (u16)mdl->MdlFlags, p4);
}

/**
 * mdl_bad_unlock() - an MDL is unlocked that is not locked
 * @mdl: the MDL
 *
 * Only the verifier knows nonpaged pool apart ("Bug check 0x76", type 1).
 *
 * Context: any but NMI.
 * Return: the number of the record.
 */
u64 mdl_bad_unlock(const MDL *mdl)
{
	if (!verifier_flags())
		return ntpool_bugcheck(BUGCHECK_PROCESS_HAS_LOCKED_PAGES,
				       LOCKED_PAGES_UNLOCKED_TWICE,
				       (unsigned long)mdl,
				       mdl_locked_pages(current->mm), 0);
	return mdl_misuse(mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL ?
				  MDL_UNLOCK_NONPAGED :
				  MDL_UNLOCK_UNLOCKED,
			  mdl, 0);
}

/**
 * mdl_irql_above() - is this a call from too high a level
 * @most: the highest
 * @what: raised if so, as 0xC4 [what, irql, p3, p4]
 * @p3: third parameter
 * @p4: fourth parameter
 *
 * Context: any but NMI.
 */
bool mdl_irql_above(u8 most, enum mdl_violation what, u64 p3, u64 p4)
{
	u8 irql = ntpool_irql();

	if (likely(irql <= most))
		return false;
	mdl_violation(what, irql, p3, p4);
	return true;
}

/**
 * mdl_irql_refused() - is this a call from above DISPATCH
 * @what: as of mdl_irql_above()
 * @p3: third parameter
 * @p4: fourth parameter
 *
 * Context: any but NMI.
 */
bool mdl_irql_refused(enum mdl_violation what, u64 p3, u64 p4)
{
	return mdl_irql_above(NTPOOL_IRQL_DISPATCH, what, p3, p4);
}
