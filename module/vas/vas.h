/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual address spaces: layouts as data, what an address is, and the walk
 * through the page tables.
 */
#ifndef NTPOOL_VAS_H
#define NTPOOL_VAS_H

#include <linux/mm_types.h>
#include <linux/ntpool.h>

/**
 * struct vas_layout - an address-space layout and its room for the pools
 * @layout: enum ntpool_layout
 * @user_mb: user space in MB for NT_X86, else 0
 * @user_start: lowest user address that can be mapped
 * @user_end: highest user address
 * @hole_start: first address between user and system space
 * @hole_end: last one
 * @system_start: lowest system address
 * @system_end: highest system address
 * @paged_budget: bytes of paged pool there is room for
 * @nonpaged_budget: bytes of nonpaged pool
 * @probe_address: MmUserProbeAddress
 * @emulated: NT's layout, kept by bookkeeping
 */
struct vas_layout {
	u32 layout;
	u32 user_mb;
	u64 user_start;
	u64 user_end;
	u64 hole_start;
	u64 hole_end;
	u64 system_start;
	u64 system_end;
	u64 paged_budget;
	u64 nonpaged_budget;
	u64 probe_address;
	bool emulated;
};

/* -EINVAL where @layout or @user_mb is none of the ABI's. */
int vas_layout_get(u32 layout, u32 user_mb, struct vas_layout *out);

/* Highest user address of the calling program, and whether it is 32-bit. */
u64 vas_caller_end(void);
u32 vas_caller_bits(void);

/* May kernel code read user addresses with plain loads? */
bool vas_raw_user(void);

enum ntpool_class vas_classify(u64 address);

/*
 * Walk the page tables of the running process (@mm is its own) for a user
 * address, or of the kernel (@mm NULL), and fill levels, depth, page_shift,
 * entry, index and frame of @walk.  0, also where nothing is mapped.
 */
int vas_walk(struct mm_struct *mm, u64 address, struct ntpool_walk *walk);

/* The same of any process's address space, which the caller keeps.  May sleep. */
int vas_walk_process(struct mm_struct *mm, u64 address,
		     struct ntpool_walk *walk);

#endif /* NTPOOL_VAS_H */
