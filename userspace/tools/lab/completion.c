// SPDX-License-Identifier: GPL-2.0-only
/* The end of a request: once, by its owner, and told as it was begun. */
#include "lab/lab.h"

static const struct pitfall completion_pitfalls[] = {
	{
		.name = "completed-twice",
		.title = "A request is completed twice",
		.what = "An error path completes the request and does not return; the code behind it completes it again.",
		.why = "Completion hands the request back to whoever made it. After that it may be freed, or be another request already.",
		.windows = "Bug check 0x44 MULTIPLE_IRP_COMPLETE_REQUESTS [request], if the memory is still that request; else whatever comes of completing somebody else's.",
		.right = "One place completes. In a dispatch routine: set a status, go to the end, complete there.",
		.source = "Microsoft's page \"Bug Check 0x44: MULTIPLE_IRP_COMPLETE_REQUESTS\".",
		.variants = {
			{ "wrong", "bug check 0x44, and the second completion is refused" },
			{ "right", "one completion; no bug check" },
		},
	},
	{
		.name = "touched-after-completion",
		.title = "A request is touched after its completion",
		.what = "The driver completes the request and then reads its status from it: IoCompleteRequest(Irp, ...); return Irp->IoStatus.Status; Here a system thread does it, and is busy for a moment between the two, so that it is late every time.",
		.why = "IoCompleteRequest gives the request away. The thread that asked may be running on another processor, collect the result, and have the request freed, before the next line is reached.",
		.windows = "Mostly nothing, as the memory is still as it was; or the status of another request. With special pool, bug check 0xD5 DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL.",
		.right = "Keep the status in a variable and return that.",
		.source = "Microsoft's page \"IoCompleteRequest function (wdm.h)\"; \"Completing IRPs\".",
		.variants = {
			{ "wrong", "requests come from special pool: bug check 0xD5 at the very instruction" },
			{ "right", "the status comes from a variable; no bug check" },
		},
	},
	{
		.name = "stack-status-block",
		.title = "The status block is gone before completion",
		.what = "A program starts an asynchronous request with an IO_STATUS_BLOCK that is a local variable of a function, and returns from that function.",
		.why = "The block is written when the request ends. By then the stack belongs to other functions, and what is written there is one of their variables, or a return address.",
		.windows = "The program goes on with a variable that nobody has changed, or jumps to nowhere. In the kernel it is the same with a block on a kernel stack; Driver Verifier reports 0xC9 [0x0C, the block] when it finds a block on a stack that has been unwound.",
		.right = "The block lives as long as the request: in memory of the request's own, or in a function that waits for it.",
		.source = "Microsoft's pages \"Bug Check 0xC9: DRIVER_VERIFIER_IOMANAGER_VIOLATION\" and \"IO_STATUS_BLOCK structure (wdm.h)\".",
		.variants = {
			{ "wrong", "status and Information are written over another function's variable" },
			{ "right", "the block is still there, and nothing else has changed" },
		},
	},
	{
		.name = "pending-not-marked",
		.title = "STATUS_PENDING is returned for a request that is not marked pending",
		.what = "The dispatch routine keeps the request for later and returns STATUS_PENDING, but has not called IoMarkIrpPending.",
		.why = "The mark tells the I/O manager, when the request ends, that somebody is waiting for it. Without the mark it takes the end for one that the caller has seen already.",
		.windows = "The caller may wait for ever. With Driver Verifier's I/O verification it is bug check 0xC9 DRIVER_VERIFIER_IOMANAGER_VIOLATION, whose first parameter tells the mistake.",
		.right = "Call IoMarkIrpPending before the request can be completed, and return STATUS_PENDING after it, always both.",
		.source = "Microsoft's pages \"IoMarkIrpPending function (wdm.h)\" and \"Bug Check 0xC9: DRIVER_VERIFIER_IOMANAGER_VIOLATION\".",
		.variants = {
			{ "wrong", "the driver completes it, and the requester waits for ever" },
			{ "wrong-verifier", "with Driver Verifier's I/O verification it is bug check 0xC9 [0x23D]" },
			{ "right", "marked and returned; no bug check" },
		},
	},
	{
		.name = "marked-not-pending",
		.title = "A request is marked pending, and another status returned",
		.what = "The dispatch routine marks the request pending, finds that it can complete it at once, and returns the status of that.",
		.why = "The caller sees a status that is not STATUS_PENDING and takes the request for done; the mark makes the I/O manager announce the end a second time.",
		.windows = "The end is told twice, the second time perhaps to nobody: an event that belongs to another request by then, or memory that is gone. With Driver Verifier's I/O verification it is bug check 0xC9 DRIVER_VERIFIER_IOMANAGER_VIOLATION, whose first parameter tells the mistake.",
		.right = "A request once marked returns STATUS_PENDING, even if it has been completed before the routine returns.",
		.source = "Microsoft's pages \"IoMarkIrpPending function (wdm.h)\" and \"Bug Check 0xC9: DRIVER_VERIFIER_IOMANAGER_VIOLATION\".",
		.variants = {
			{ "wrong", "the requester is told twice: by the answer to its call, and by its event" },
			{ "wrong-verifier", "with Driver Verifier's I/O verification it is bug check 0xC9 [0x23E]" },
			{ "right", "marked, completed at once, and STATUS_PENDING returned: told once; no bug check" },
		},
	},
};

FAMILY(completion, "Completion");
