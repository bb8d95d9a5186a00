// SPDX-License-Identifier: GPL-2.0-only
/*
 * What executable pool there is at the moment: reading the parameter `now` tells.  Loaded
 * before the kernel is locked down, as no such module is afterwards.
 */
#include <linux/init.h>
#include <linux/moduleparam.h>

#include <ntpool/ntddk.h>

#define TAG 'kcoL'

/* endbr64; ret */
static const UCHAR Code[] = { 0xF3, 0x0F, 0x1E, 0xFA, 0xC3 };

static noinline BOOLEAN Runs(PVOID Block)
{
	RtlCopyMemory(Block, Code, sizeof(Code));
	__try {
		((VOID(*)(VOID))Block)();
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return FALSE;
	}
	return TRUE;
}

static PCSTR Try(PVOID Block)
{
	PCSTR Is;

	if (Block == NULL)
		return "none";
	Is = Runs(Block) ? "code" : "data";
	ExFreePoolWithTag(Block, TAG);
	return Is;
}

static int Tell(char *Buffer, const struct kernel_param *Parameter)
{
	PCSTR Asked = Try(ntpool_alloc(POOL_FLAG_NON_PAGED_EXECUTE, 64, TAG));
	PCSTR Older = Try(ExAllocatePoolWithTag(NonPagedPool, 64, TAG));

	return scnprintf(Buffer, PAGE_SIZE, "NON_PAGED_EXECUTE: %s, NonPagedPool: %s\n",
			 Asked, Older);
}

static const struct kernel_param_ops Reading = { .get = Tell };

module_param_cb(now, &Reading, NULL, 0444);
MODULE_PARM_DESC(now, "what executable pool there is");

static int __init LockedLoad(void)
{
	return 0;
}

static void __exit LockedUnload(void)
{
}

module_init(LockedLoad);
module_exit(LockedUnload);
MODULE_DESCRIPTION("What executable pool there is");
MODULE_LICENSE("GPL");
