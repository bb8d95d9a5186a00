// SPDX-License-Identifier: GPL-2.0-only
/* What nobody handles: loading it with one of the names of `how` ends the thread. */
#include <linux/init.h>
#include <linux/moduleparam.h>

#include <ntpool/ntddk.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "raise, search, fault, null, unmapped, readonly, noexec, out, nowhere or bugcheck");

static const int Constant[1024] = { 1 };

/* Touches that no protected block is around. */
static noinline int Load(const volatile int *Address)
{
	return *Address;
}

static noinline void Store(volatile int *Address)
{
	*Address = 1;
}

static noinline VOID Execute(PVOID Address)
{
	((void (*)(void))Address)();
}

static VOID TouchPagedOut(VOID)
{
	int *Block = ExAllocatePool2(POOL_FLAG_PAGED, PAGE_SIZE, 'enoB');
	KIRQL Old;

	*Block = 1;
	ntpool_trim(Block, PAGE_SIZE);
	KeRaiseIrql(DISPATCH_LEVEL, &Old);
	Load(Block);
	KeLowerIrql(Old);
}

static noinline VOID Search(const volatile int *Address)
{
	__try {
		if (Address)
			(void)*Address;
		else
			ExRaiseStatus(STATUS_UNSUCCESSFUL);
	} __except (EXCEPTION_CONTINUE_SEARCH) {
		DbgPrint("ntddk: this handler was not asked for\n");
	}
}

static int __init UnhandledLoad(void)
{
	if (!strcmp(how, "raise"))
		ExRaiseStatus(STATUS_UNSUCCESSFUL);
	if (!strcmp(how, "search"))
		Search(NULL);
	if (!strcmp(how, "fault"))
		Search((int *)0x10);
	if (!strcmp(how, "null"))
		Load((int *)0x20);
	if (!strcmp(how, "unmapped"))
		Load((int *)0xffffc8ffdeadb000ul);
	if (!strcmp(how, "readonly"))
		Store((int *)&Constant[512]);
	if (!strcmp(how, "noexec"))
		Execute(ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'enoB'));
	if (!strcmp(how, "out"))
		TouchPagedOut();
	if (!strcmp(how, "nowhere"))
		Load((int *)0x8000000000000000ul);
	if (!strcmp(how, "bugcheck"))
		KeBugCheckEx(0xE2, 1, 2, 3, 4);
	DbgPrint("ntddk: nothing ended the thread\n");
	return -EINVAL;
}

module_init(UnhandledLoad);
MODULE_DESCRIPTION("What nobody handles");
MODULE_LICENSE("GPL");
