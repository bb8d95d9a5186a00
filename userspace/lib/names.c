// SPDX-License-Identifier: LGPL-2.1-or-later
/* The numbers of the ABI as the names that people know. */
#include "internal.h"

struct name {
	uint32_t value;
	const char *text;
};

#define NAME_OF(table, value) \
	find_name(table, sizeof(table) / sizeof((table)[0]), value)

static const char *find_name(const struct name *table, size_t count,
			     uint32_t value)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (table[i].value == value)
			return table[i].text;
	return NULL;
}

const char *ntpool_status_name(uint32_t status)
{
	static const struct name names[] = {
#include "status_names.h" /* made of module/include/ntpool/ntstatus.h */
	};

	return NAME_OF(names, status);
}

const char *ntpool_bugcheck_name(uint32_t code)
{
	static const struct name names[] = {
#include "bugcheck_names.h" /* made of module/core/core.h */
	};

	return NAME_OF(names, code);
}

const char *ntpool_page_state_name(uint32_t state)
{
	static const struct name names[] = {
		{ NTPOOL_PAGE_UNTOUCHED, "untouched" },
		{ NTPOOL_PAGE_RESIDENT, "resident" },
		{ NTPOOL_PAGE_TRANSITION, "transition" },
		{ NTPOOL_PAGE_SWAPPED, "swapped" },
	};

	return NAME_OF(names, state);
}

const char *ntpool_fault_name(uint32_t fault)
{
	static const struct name names[] = {
		{ NTPOOL_FAULT_NONE, "none" },
		{ NTPOOL_FAULT_DEMAND_ZERO, "demand-zero" },
		{ NTPOOL_FAULT_TRANSITION, "transition" },
		{ NTPOOL_FAULT_HARD, "hard" },
	};

	return NAME_OF(names, fault);
}

const char *ntpool_irql_name(uint32_t irql)
{
	static const struct name names[] = {
		{ NTPOOL_IRQL_PASSIVE, "PASSIVE_LEVEL" },
		{ NTPOOL_IRQL_APC, "APC_LEVEL" },
		{ NTPOOL_IRQL_DISPATCH, "DISPATCH_LEVEL" },
		{ NTPOOL_IRQL_DEVICE, "DIRQL" },
	};

	return NAME_OF(names, irql);
}

const char *ntpool_layout_name(uint32_t layout)
{
	static const struct name names[] = {
		{ NTPOOL_LAYOUT_NATIVE, "native" },
		{ NTPOOL_LAYOUT_NT_X64, "x64" },
		{ NTPOOL_LAYOUT_NT_X86, "x86" },
	};

	return NAME_OF(names, layout);
}

const char *ntpool_class_name(uint32_t kind)
{
	static const struct name names[] = {
		{ NTPOOL_CLASS_USER, "user" },
		{ NTPOOL_CLASS_NONCANONICAL, "non-canonical" },
		{ NTPOOL_CLASS_PAGED_POOL, "paged pool" },
		{ NTPOOL_CLASS_NONPAGED_POOL, "nonpaged pool" },
		{ NTPOOL_CLASS_SYSTEM, "system" },
	};

	return NAME_OF(names, kind);
}

const char *ntpool_region_name(uint32_t kind)
{
	static const struct name names[] = {
		{ NTPOOL_REGION_FREE, "free" },
		{ NTPOOL_REGION_PAGED, "paged pool" },
		{ NTPOOL_REGION_SPECIAL, "special pool" },
		{ NTPOOL_REGION_MDL, "MDLs at DISPATCH" },
	};

	return NAME_OF(names, kind);
}

const char *ntpool_variant_name(uint32_t variant)
{
	static const struct name names[] = {
		{ NTPOOL_VARIANT_NAIVE, "naive" },
		{ NTPOOL_VARIANT_BUFFERED, "buffered" },
		{ NTPOOL_VARIANT_DIRECT, "direct" },
		{ NTPOOL_VARIANT_ATTACH, "attach" },
	};

	return NAME_OF(names, variant);
}

const char *ntpool_outcome_name(uint32_t outcome)
{
	static const struct name names[] = {
		{ NTPOOL_OUTCOME_DELIVERED, "delivered" },
		{ NTPOOL_OUTCOME_MISDELIVERED, "misdelivered" },
		{ NTPOOL_OUTCOME_REFUSED_STRANGER, "refused: stranger" },
		{ NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE,
		  "refused: no user space" },
		{ NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT,
		  "refused: page not resident" },
		{ NTPOOL_OUTCOME_FAULTED, "faulted" },
		{ NTPOOL_OUTCOME_CANCELLED, "cancelled" },
	};

	return NAME_OF(names, outcome);
}

/* As the module's parameter target= spells them. */
const char *ntpool_target_name(uint32_t target)
{
	static const struct name names[] = {
		{ NTPOOL_TARGET_2003, "2003" },
		{ NTPOOL_TARGET_WIN7, "win7" },
		{ NTPOOL_TARGET_WIN10, "win10" },
		{ NTPOOL_TARGET_CURRENT, "current" },
	};

	return NAME_OF(names, target);
}

const char *ntpool_condition_name(uint32_t condition)
{
	static const struct name names[] = {
		{ NTPOOL_CONDITION_LOW_PAGED, "LowPagedPoolCondition" },
		{ NTPOOL_CONDITION_HIGH_PAGED, "HighPagedPoolCondition" },
		{ NTPOOL_CONDITION_LOW_NONPAGED, "LowNonPagedPoolCondition" },
		{ NTPOOL_CONDITION_HIGH_NONPAGED, "HighNonPagedPoolCondition" },
	};

	return NAME_OF(names, condition);
}
