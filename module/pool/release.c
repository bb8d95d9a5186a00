// SPDX-License-Identifier: GPL-2.0-only
/*
 * The release of Windows whose pool is emulated: module parameter target=.
 *
 * The facts, and where they are from (learn.microsoft.com, Windows driver
 * documentation, unless another source is named):
 *
 * size 0: "Bug check 0xC2" lists parameter 1 = 0, the thread requested a
 *   zero-byte allocation.  Builds that were shipped give the smallest block, and
 *   only Driver Verifier complains ("ExAllocatePoolWithTag", remarks; 0xC4/00).
 *   So the older releases give the block, and the current one does what the
 *   current document says.
 * tags: 0xC2/9B, 9C and 9D are in today's list.  In the DDK's time a tag was up to
 *   four characters with codes 0 to 127 ("ExAllocatePoolWithTag" in the Server 2003
 *   DDK), so 0 passes there; it counts as 'None', the tag of ExAllocatePool.
 * tag at free: 0xC2/0A was an attempt to free another component's protected pool
 *   in the debugger's text of Windows XP's time: a block whose tag has the bit
 *   PROTECTED_POOL.  Later it is the use of any wrong tag.
 * NonPagedPoolNx: "No-execute (NX) nonpaged pool": from Windows 8 on.  Older
 *   kernels do not look at the bit.
 * NonPagedPool is executable ("POOL_TYPE").  With memory integrity, which new
 *   installations of Windows 11 have on ("Memory integrity and virtualization-
 *   based security"), code in it cannot run, so in the current release it is not.
 * POOL_ZERO_ALLOCATION, ExAllocatePool2 and 3: from Windows 10, version 2004 on
 *   ("ExAllocatePool2"; "Updating deprecated ExAllocatePool calls to
 *   ExAllocatePool2 and ExAllocatePool3").  win10 stands for the versions before.
 *
 * ntpool_alloc(), on which also the device is built, is ours and works whatever
 * the target; ntpool_alloc_extended(), which is ExAllocatePool2 and 3, does not
 * where the release has not got them.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "core/core.h"
#include "pool/release.h"

static const struct release releases[] = {
	{
		.name = "2003",
		.title = "Windows Server 2003",
		.number = NTPOOL_TARGET_2003,
		.nonpaged_executes = true,
	},
	{
		.name = "win7",
		.title = "Windows 7",
		.number = NTPOOL_TARGET_WIN7,
		.checks_tags = true,
		.checks_free_tags = true,
		.nonpaged_executes = true,
	},
	{
		.name = "win10",
		.title = "Windows 10, before version 2004",
		.number = NTPOOL_TARGET_WIN10,
		.checks_tags = true,
		.checks_free_tags = true,
		.has_nx = true,
		.nonpaged_executes = true,
	},
	{
		.name = "current",
		.title = "the current release",
		.number = NTPOOL_TARGET_CURRENT,
		.stops_at_size_0 = true,
		.checks_tags = true,
		.checks_free_tags = true,
		.has_nx = true,
		.zeroes = true,
		.has_pool2 = true,
	},
};

const struct release *release = &releases[ARRAY_SIZE(releases) - 1];
EXPORT_FOR_TESTS(release);

static char *target = "current";
module_param(target, charp, 0444);
MODULE_PARM_DESC(target,
		 "the release of Windows to be like: 2003, win7, win10 or current (default)");

/**
 * release_select() - emulate a release from now on
 * @name: a value of target=
 *
 * Context: any.
 * Return: the release before, or NULL if there is none of that name.
 */
const struct release *release_select(const char *name)
{
	const struct release *before = release;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(releases); i++) {
		if (strcmp(releases[i].name, name))
			continue;
		WRITE_ONCE(release, &releases[i]);
		return before;
	}
	return NULL;
}
EXPORT_FOR_TESTS(release_select);

/**
 * ntpool_zeroes() - does NTPOOL_TYPE_ZERO zero (ExPoolZeroingNativelySupported)
 *
 * Where the release emulated does not know it, ExAllocatePoolZero and its kin zero
 * the block themselves, if they were compiled with POOL_ZERO_DOWN_LEVEL_SUPPORT.
 *
 * Context: any.
 * Return: whether it does.
 */
bool ntpool_zeroes(void)
{
	return release->zeroes;
}
EXPORT_SYMBOL_GPL(ntpool_zeroes);

/**
 * release_init() - read target=
 *
 * Return: 0, or -EINVAL with a word about it in the log.
 */
int release_init(void)
{
	if (release_select(target))
		return 0;
	pr_err("ntpool: target=%s is none of 2003, win7, win10, current\n",
	       target);
	return -EINVAL;
}
