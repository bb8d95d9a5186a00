// SPDX-License-Identifier: GPL-2.0-only
/* What may be done at which IRQL. */
#include "lab/lab.h"

#define PAGE_D1 "Microsoft's page \"Bug Check 0xD1: DRIVER_IRQL_NOT_LESS_OR_EQUAL\""

static const struct pitfall irql_pitfalls[] = {
	{
		.name = "paged-in-dpc",
		.title = "A block of paged pool is touched in a DPC",
		.what = "The driver allocates its buffer from paged pool, and the DPC writes to it.",
		.why = "Paged pool may be on disk. If the page is in memory all is well; if not, the fault cannot be served at DISPATCH_LEVEL. On a machine with memory to spare the page is nearly always in memory, so the bug shows on other people's machines and not on the author's.",
		.windows = "Nothing, or bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL [address, 2, 1 for a write, instruction]. With Driver Verifier's IRQL checking always the bug check: it takes all pageable memory out whenever a driver raises its IRQL.",
		.right = "What is touched at DISPATCH_LEVEL is in nonpaged pool.",
		.source = PAGE_D1 "; \"Force IRQL Checking\".",
		.variants = {
			{ "wrong-resident", "the page is in memory: nobody notices" },
			{ "wrong-trimmed", "the page is out: bug check 0xD1" },
			{ "wrong-verifier", "the page is in memory, and the verifier's IRQL checking is on: bug check 0xD1" },
			{ "right", "nonpaged pool: the DPC writes; no bug check" },
		},
	},
	{
		.name = "pageable-lock",
		.title = "A spin lock lies in pageable memory",
		.what = "The driver's context, with a KSPIN_LOCK in it, is in paged pool. The DPC acquires the lock.",
		.why = "To acquire a lock is to read and write it, at DISPATCH_LEVEL, where a page that is out cannot be brought in. The same happens to code that runs at PASSIVE_LEVEL, where paged pool seems to be fine: KeAcquireSpinLock raises the IRQL first, and then touches the lock.",
		.windows = "Nothing, or a bug check, as the page is in memory or not: 0x0A IRQL_NOT_LESS_OR_EQUAL, as it is the kernel's own code that touches the lock (0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL where it was compiled into the driver, as it is here).",
		.right = "Locks, and all that they protect, are in nonpaged pool or in the device extension.",
		.source = "Microsoft's page \"Providing Storage for Spin Locks and Protected Data\".",
		.variants = {
			{ "wrong-resident", "the page is in memory: the lock is acquired, nobody notices" },
			{ "wrong-trimmed", "the page is out: bug check 0xD1, and the lock is not acquired" },
			{ "right", "nonpaged pool: the lock is acquired; no bug check" },
		},
	},
	{
		.name = "pageable-event",
		.title = "A DPC sets an event in pageable memory",
		.what = "A KEVENT is part of a structure in paged pool; a thread waits for it, and the DPC sets it.",
		.why = "KeSetEvent touches the event, at the DPC's IRQL. To wait for it does not keep its page in memory: while the thread waits, the system may take the page out.",
		.windows = "Nothing, or bug check 0x0A IRQL_NOT_LESS_OR_EQUAL in the kernel's own code, as the page is in memory or not. (Here it is 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL.)",
		.right = "Events, timers, semaphores and mutexes are in nonpaged memory: the device extension, nonpaged pool, or the kernel stack of the thread that waits in kernel mode.",
		.source = "Microsoft's pages \"KeInitializeEvent function (wdm.h)\" and \"Defining and Using an Event Object\".",
		.variants = {
			{ "wrong-resident", "the page is in memory: the thread that waits is woken, nobody notices" },
			{ "wrong-trimmed", "the page was taken out while the thread waits: bug check 0xD1, and the thread is not woken" },
			{ "right", "nonpaged pool: the thread that waits is woken; no bug check" },
		},
	},
	{
		.name = "wait-in-dpc",
		.title = "A DPC waits",
		.what = "The DPC calls KeWaitForSingleObject with a timeout, because the data is not there yet.",
		.why = "To wait is to let another thread run, and at DISPATCH_LEVEL there is no scheduler. The thread that would wait is not the driver's either: it is whoever was interrupted.",
		.windows = "Bug check 0xB8 ATTEMPTED_SWITCH_FROM_DPC, or 0x0A. A timeout of zero is allowed: it only looks.",
		.right = "Queue a work item: a system thread waits at PASSIVE_LEVEL.",
		.source = "Microsoft's pages \"KeWaitForSingleObject function (wdm.h)\" and \"Bug Check 0xB8: ATTEMPTED_SWITCH_FROM_DPC\".",
		.variants = {
			{ "wrong", "bug check 0xB8, and no wait" },
			{ "right-poll", "a timeout of zero: STATUS_TIMEOUT; no bug check" },
			{ "right-work-item", "a system thread waits until its time is over; no bug check" },
		},
	},
	{
		.name = "free-at-dispatch",
		.title = "A block is freed at the wrong IRQL",
		.what = "The DPC frees a block of paged pool that it needs no longer.",
		.why = "Paged pool keeps its books in pageable memory, under a lock that may have to be waited for. What may be allocated at an IRQL may be freed there, and nothing else.",
		.windows = "Bug check 0xC2 BAD_POOL_CALLER [9, IRQL, pool type, address].",
		.right = "Free it in a work item, or in the thread that collects the result; or allocate it from nonpaged pool.",
		.source = "Microsoft's pages \"ExFreePoolWithTag function (wdm.h)\" and \"Bug Check 0xC2: BAD_POOL_CALLER\".",
		.variants = {
			{ "wrong", "bug check 0xC2 [9], and the block stays until a system thread frees it" },
			{ "right-work-item", "a system thread frees it; no bug check" },
			{ "right-nonpaged", "nonpaged pool is freed in the DPC; no bug check" },
		},
	},
};

FAMILY(irql, "IRQL");
