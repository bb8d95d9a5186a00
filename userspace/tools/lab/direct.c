// SPDX-License-Identifier: GPL-2.0-only
/* Direct I/O: locked pages, which the user can still change. */
#include "lab/lab.h"

static const struct pitfall direct_pitfalls[] = {
	{
		.name = "double-fetch",
		.title = "A length is checked in shared memory, and read again",
		.what = "The input comes by METHOD_IN_DIRECT: a length, and that many bytes. The driver checks the length and then copies as many bytes as it says, reading the length a second time.",
		.why = "Locked pages do not move, but they are still the user's: another thread of the program writes to them while the driver reads. Between check and use the length can have changed.",
		.windows = "The copy runs over the end of the driver's buffer: pool or stack of the kernel is overwritten with bytes of the caller's choice. It is the classic way from a bug to an exploit.",
		.right = "Read once: capture the length into a variable of the driver, check that, and use that. The same for a structure: copy it, and look at the copy only.",
		.source = "Microsoft's pages \"Errors in Direct I/O\" and \"ProbeForRead function (wdm.h)\": memory of the user's may change at any time.",
		.variants = {
			{ "wrong", "bytes are written behind the driver's buffer, into a guard that the lab has put there" },
			{ "right", "the captured length is used; nothing is written behind the buffer" },
		},
	},
	{
		.name = "mdl-left-locked",
		.title = "Pages are still locked when the process exits",
		.what = "The driver locks the caller's pages with MmProbeAndLockPages for a long transfer, completes the request, and forgets MmUnlockPages.",
		.why = "Every locked page is counted against the process. When it exits its memory is taken apart, and pages that are locked cannot be freed: somebody may still write to them.",
		.windows = "Bug check 0x76 PROCESS_HAS_LOCKED_PAGES [0, process, pages]; where locked pages are tracked (a value TrackLockedPages in the registry, or Driver Verifier), 0xCB DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS, which names the driver.",
		.right = "Unlock in the same place on every path that ends the request, cancellation and failure included.",
		.source = "Microsoft's pages \"Bug Check 0x76: PROCESS_HAS_LOCKED_PAGES\" and \"MmUnlockPages function (wdm.h)\".",
		.variants = {
			{ "wrong", "bug check 0x76 [0] when the process exits" },
			{ "wrong-verifier", "with Driver Verifier's pool tracking it is 0xCB" },
			{ "right", "the pages are unlocked when the request ends; no bug check" },
		},
	},
	{
		.name = "mdl-unlocked-twice",
		.title = "An MDL is unlocked twice",
		.what = "The driver calls MmUnlockPages twice for the same MDL: here one call is right behind the other, in a larger driver one is in the completion routine and one in the cleanup code.",
		.why = "The second call takes back a lock that is not the driver's. If another driver has locked the same pages, that lock is gone, and its transfer goes to memory that has been given away.",
		.windows = "With Driver Verifier bug check 0xC4 [0x7C: the pages were not locked]; without it 0x76 PROCESS_HAS_LOCKED_PAGES [1] or 0x4E PFN_LIST_CORRUPT, at once or much later.",
		.right = "One owner unlocks, and sets its pointer to NULL. The MDL of a METHOD_OUT_DIRECT request is the I/O manager's: a driver does not unlock it at all.",
		.source = "Microsoft's pages \"MmUnlockPages function (wdm.h)\" and \"Bug Check 0xC4: DRIVER_VERIFIER_DETECTED_VIOLATION\".",
		.variants = {
			{ "wrong", "the second call is bug check 0x76 [1], and refused" },
			{ "wrong-verifier", "with Driver Verifier it is 0xC4 [0x7C]" },
			{ "right", "one call; no bug check" },
		},
	},
};

FAMILY(direct, "Direct I/O: MDLs and locked pages");
