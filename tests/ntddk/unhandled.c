// SPDX-License-Identifier: GPL-2.0-only
/* What nobody handles: loading it with one of the names of `how` ends the thread. */
#include <linux/init.h>
#include <linux/moduleparam.h>

#include <ntpool/ntddk.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "raise, search, fault or bugcheck");

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
	if (!strcmp(how, "bugcheck"))
		KeBugCheckEx(0xE2, 1, 2, 3, 4);
	DbgPrint("ntddk: nothing ended the thread\n");
	return -EINVAL;
}

module_init(UnhandledLoad);
MODULE_DESCRIPTION("What nobody handles");
MODULE_LICENSE("GPL");
