// SPDX-License-Identifier: GPL-2.0-only
/* Cancellation against completion. */
#include "lab/lab.h"

static const struct pitfall cancel_pitfalls[] = {
	{
		.name = "cancel-frees-buffer",
		.title = "Cancellation frees the buffer that completion writes to",
		.what = "The cancel routine completes the request and frees the driver's buffer for it. The device is not told, and its interrupt comes all the same: the DPC writes to the buffer and would complete the request.",
		.why = "Cancel routine and DPC both believe that the request is theirs. It is a race: mostly the request is completed long before anybody cancels it, or cancelled long before the interrupt.",
		.windows = "The DPC writes to pool that somebody else has by then: bug check 0x19 or 0xC2 in a driver that has nothing to do with it. With special pool, 0xD5 DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL at the very instruction. Then the second completion: 0x44.",
		.right = "Whoever takes the cancel routine away owns the request: IoSetCancelRoutine(Irp, NULL) exchanges it in one step. If the DPC gets NULL, the cancel routine is on its way and the DPC leaves the request alone; the buffer is freed when neither can touch it.",
		.source = "Microsoft's pages \"Synchronizing IRP Cancellation\" and \"IoSetCancelRoutine function (wdm.h)\".",
		.variants = {
			{ "wrong", "bug check 0xD5 where the DPC writes" },
			{ "right", "the request is cancelled, the DPC leaves it alone; no bug check" },
		},
	},
};

FAMILY(cancel, "Cancellation");
