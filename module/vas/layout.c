// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address-space layouts: this machine's own and Windows' two, as data.
 *
 * Windows' figures are those of "Memory Limits for Windows and Windows Server
 * Releases" and of MmHighestUserAddress, MmSystemRangeStart and
 * MmUserProbeAddress in its driver documentation.  Neither the first nor the
 * last 64 KB of user space can be mapped there.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "core/core.h"
#include "vas/internal.h"
#include "vas/vas.h"

#define MB(n) ((u64)(n) << 20)
#define GB(n) ((u64)(n) << 30)
#define TB(n) ((u64)(n) << 40)

#define X86_SPACE_MB	4096
#define X86_USER_MB_MIN 2048
#define X86_USER_MB_MAX 3072

/* From Windows 8.1: 128 TB on either side, 15.5 TB of it for paged pool. */
static const struct vas_layout nt_x64 = {
	.layout = NTPOOL_LAYOUT_NT_X64,
	.user_start = SZ_64K,
	.user_end = TB(128) - SZ_64K - 1,
	.hole_start = TB(128),
	.hole_end = ~TB(128),
	.system_start = -TB(128),
	.system_end = U64_MAX,
	.paged_budget = TB(15) + GB(512),
	.nonpaged_budget = TB(16), /* or the RAM, if that is less */
	.probe_address = TB(128) - SZ_64K,
	.emulated = true,
};

/*
 * With the line at 2 GB.  The pools' figures are Windows Server 2003's, the last
 * release to document any: later ones only say "limited by available kernel-mode
 * virtual address space".
 */
static const struct vas_layout nt_x86 = {
	.layout = NTPOOL_LAYOUT_NT_X86,
	.user_mb = X86_USER_MB_MIN,
	.user_start = SZ_64K,
	.user_end = GB(2) - SZ_64K - 1,
	.hole_start = GB(2) - SZ_64K,
	.hole_end = GB(2) - 1,
	.system_start = GB(2),
	.system_end = GB(4) - 1,
	.paged_budget = MB(530),
	.nonpaged_budget = MB(256),
	.probe_address = GB(2) - SZ_64K,
	.emulated = true,
};

/*
 * A pool keeps its share of system space: what is documented of nonpaged pool,
 * 256 MB of 2 GB and 128 MB of 1 GB, is one such share, and paged pool is taken
 * to follow the same rule.
 */
static u64 x86_share(u64 budget, u32 user_mb)
{
	u64 share = budget * (X86_SPACE_MB - user_mb);

	return round_down(div_u64(share, X86_SPACE_MB - X86_USER_MB_MIN),
			  PAGE_SIZE);
}

static int x86_layout(u32 user_mb, struct vas_layout *out)
{
	u64 moved;

	if (!user_mb)
		user_mb = X86_USER_MB_MIN;
	if (user_mb < X86_USER_MB_MIN || user_mb > X86_USER_MB_MAX)
		return -EINVAL;

	*out = nt_x86;
	moved = MB(user_mb - X86_USER_MB_MIN);
	out->user_mb = user_mb;
	out->user_end += moved;
	out->hole_start += moved;
	out->hole_end += moved;
	out->system_start += moved;
	out->probe_address += moved;
	out->paged_budget = x86_share(nt_x86.paged_budget, user_mb);
	out->nonpaged_budget = x86_share(nt_x86.nonpaged_budget, user_mb);
	return 0;
}

static u64 ram_bytes(void)
{
	return (u64)totalram_pages() << PAGE_SHIFT;
}

static int x64_layout(struct vas_layout *out)
{
	*out = nt_x64;
	out->nonpaged_budget = min(nt_x64.nonpaged_budget, ram_bytes());
	return 0;
}

/*
 * The room for paged pool is the address range that its segments are taken from,
 * that for nonpaged pool is the memory itself; the kernel enforces both.
 */
static int native_layout(struct vas_layout *out)
{
	*out = (struct vas_layout){
		.layout = NTPOOL_LAYOUT_NATIVE,
		.user_start = CONFIG_DEFAULT_MMAP_MIN_ADDR,
		.user_end = TASK_SIZE_MAX - 1,
		.hole_start = USER_HALF_END,
		.hole_end = SYSTEM_HALF_START - 1,
		.system_start = SYSTEM_HALF_START,
		.system_end = ULONG_MAX,
		.paged_budget = VMALLOC_TOTAL,
		.nonpaged_budget = ram_bytes(),
		.probe_address = TASK_SIZE_MAX,
	};
	return 0;
}

/**
 * vas_layout_get() - a layout of the ABI
 * @layout: enum ntpool_layout
 * @user_mb: user space of NT_X86 in MB, 0 for its default; 0 for the others
 * @out: filled on success
 *
 * Return: 0, or -EINVAL where the ABI knows no such layout.
 */
int vas_layout_get(u32 layout, u32 user_mb, struct vas_layout *out)
{
	if (layout == NTPOOL_LAYOUT_NT_X86)
		return x86_layout(user_mb, out);
	if (user_mb)
		return -EINVAL;
	if (layout == NTPOOL_LAYOUT_NT_X64)
		return x64_layout(out);
	if (layout == NTPOOL_LAYOUT_NATIVE)
		return native_layout(out);
	return -EINVAL;
}
EXPORT_FOR_TESTS(vas_layout_get);

/**
 * vas_caller_end() - highest user address of the running program
 *
 * A 32-bit program, x32 included, has the limit of its own kind.
 *
 * Return: the address.
 */
u64 vas_caller_end(void)
{
	return TASK_SIZE - 1;
}

/**
 * vas_caller_bits() - pointer size of the running program
 *
 * This goes by the program, not by the system call: a 64-bit program that uses
 * the 32-bit entry keeps its address space.
 *
 * Return: 32 or 64.
 */
u32 vas_caller_bits(void)
{
	return vas_caller_end() <= U32_MAX ? 32 : 64;
}

/**
 * vas_raw_user() - may kernel code read user addresses with plain loads here
 *
 * Return: true where the CPU has no SMAP or it is off; false on CPUs of which
 * this module does not know it.
 */
bool vas_raw_user(void)
{
#ifdef CONFIG_X86
	return !boot_cpu_has(X86_FEATURE_SMAP);
#else
	return false;
#endif
}
