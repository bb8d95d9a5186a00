// SPDX-License-Identifier: GPL-2.0-only
/* What nobody handles: who writes one of the names below to /proc/ntddk_unhandled ends. */
#include <linux/init.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#include <ntpool/ntddk.h>

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

static VOID Act(const char *how)
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
}

static ssize_t UnhandledWrite(struct file *File, const char __user *Buffer,
			      size_t Length, loff_t *Offset)
{
	char how[16] = "";

	if (Length >= sizeof(how) || copy_from_user(how, Buffer, Length))
		return -EINVAL;
	Act(strim(how));
	DbgPrint("ntddk: nothing ended the thread\n");
	return -EINVAL;
}

static const struct proc_ops UnhandledOps = {
	.proc_write = UnhandledWrite,
};

static int __init UnhandledLoad(void)
{
	return proc_create("ntddk_unhandled", 0200, NULL, &UnhandledOps) ?
		       0 :
		       -ENOMEM;
}

static void __exit UnhandledUnload(void)
{
	remove_proc_entry("ntddk_unhandled", NULL);
}

module_init(UnhandledLoad);
module_exit(UnhandledUnload);
MODULE_DESCRIPTION("What nobody handles");
MODULE_LICENSE("GPL");
