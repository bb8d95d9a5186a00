// SPDX-License-Identifier: GPL-2.0-only
/* METHOD_NEITHER: the driver gets a user's address, and uses it later. */
#include "lab/lab.h"

#define PAGE_NEITHER "Microsoft's page \"Using Neither Buffered Nor Direct I/O\""

static const struct pitfall neither_pitfalls[] = {
	{
		.name = "arbitrary-thread",
		.title = "A user address is written in an arbitrary thread",
		.what = "The driver gets the address of the user's buffer as it is (METHOD_NEITHER), keeps it, starts the device and returns STATUS_PENDING. When the device's interrupt comes, the DPC copies the data to that address.",
		.why = "A user address means something in one process only. The interrupt comes while any thread of any process is running, and the DPC borrows that thread and its address space. The same number then names another process's memory, or nothing. While the machine is idle but for the requester, as on a developer's desk, all is well: that is why this bug passes tests.",
		.windows = "Nobody notices: the data lands in the other process and overwrites what is there. The requester is told STATUS_SUCCESS and finds its buffer as it was. Where the other process has nothing at that address it is bug check 0xD1.",
		.right = "Let the I/O manager carry the data (METHOD_BUFFERED), lock the pages while the requester is running and write through a system address (METHOD_OUT_DIRECT, or an MDL of one's own), or attach a system thread to the requester's process (KeStackAttachProcess) and write there, probed and under an exception handler.",
		.source = PAGE_NEITHER ": such buffers are to be used in the context of the calling thread.",
		.variants = {
			{ "wrong", "the data is in the interrupted process, which has volunteered for it; the requester has nothing, and is told STATUS_SUCCESS" },
			{ "wrong-stranger", "a process that has not volunteered is hit: the module refuses the write and says what it would have done" },
			{ "right-buffered", "the requester has the data, nobody else has" },
			{ "right-direct", "the requester has the data, nobody else has" },
			{ "right-attach", "the requester has the data, nobody else has" },
		},
	},
	{
		.name = "page-not-resident",
		.title = "A user page that is not resident is touched in a DPC",
		.what = "As arbitrary-thread, and this time the interrupt even comes in the right process: the requester itself is running. But the page of the buffer is not in memory.",
		.why = "A touch of a page that is out is a page fault, and to serve one means to wait for a disk. At DISPATCH_LEVEL nothing can wait: the scheduler itself does not run.",
		.windows = "Bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL [address, 2, 1 for a write, the instruction]. If the page happens to be in memory, nothing happens.",
		.right = "Lock the pages before the interrupt can come: METHOD_OUT_DIRECT does it, and MmProbeAndLockPages. Locking brings them in, at an IRQL where that may take its time.",
		.source = "Microsoft's pages \"Bug Check 0xD1: DRIVER_IRQL_NOT_LESS_OR_EQUAL\" and \"Using Direct I/O\".",
		.variants = {
			{ "wrong", "bug check 0xD1, and no data" },
			{ "right", "the page was brought in when it was locked; the data is there" },
		},
	},
	{
		.name = "idle-thread",
		.title = "A user address is written while no user's thread runs",
		.what = "As arbitrary-thread, but the interrupt comes while the processor is idle; or the driver hands the work to a system thread, which writes to the user's address.",
		.why = "The idle thread and system threads belong to the system process, which has no user space. The address names nothing there.",
		.windows = "In a DPC: bug check 0xD1. In a system thread: an access violation; where nobody handles it, bug check 0x7E SYSTEM_THREAD_EXCEPTION_NOT_HANDLED.",
		.right = "Write through a system address, which means the same in every process and in none; or attach the system thread to the requester's process first.",
		.source = PAGE_NEITHER "; \"KeStackAttachProcess function (ntifs.h)\".",
		.variants = {
			{ "wrong", "the DPC hits an idle processor: bug check 0xD1, and no data" },
			{ "wrong-system-thread", "the system thread's write is an access violation, and there is no data" },
			{ "right-direct", "the data is there, though the processor was idle" },
			{ "right-attach", "the system thread attaches first; the data is there" },
		},
	},
	{
		.name = "requester-exits",
		.title = "The requester exits before the interrupt comes",
		.what = "A program tells the driver once where its buffer is; the driver keeps the address, completes that request at once, and writes there whenever the device has something. Nothing tells the driver that the program has ended.",
		.why = "A completed request no longer ties the driver to the process. The address outlives the address space it was valid in, and when the interrupt comes somebody else is running.",
		.windows = "The data lands in the process that happens to run, or bug check 0xD1. With a process object that was not referenced, the driver follows a freed pointer too.",
		.right = "Keep the request pending as long as its buffer is used, and give it a cancel routine. When the thread exits, the I/O manager cancels its requests and waits for them; until then the process does not go.",
		.source = "Microsoft's pages \"Canceling IRPs\" and \"Errors in Referencing User-Space Addresses\".",
		.variants = {
			{ "wrong", "the requester is gone, and its data is in the process that runs now" },
			{ "right", "its exit has cancelled the request; the interrupt finds nothing to do" },
		},
	},
	{
		.name = "buffer-unmapped",
		.title = "The buffer is unmapped before completion",
		.what = "The requester starts the request, and gives the buffer's memory back before the data has come. It is the requester itself that runs when the interrupt comes.",
		.why = "That an address was good when the request began does not make it good later: another thread may free, unmap or protect it at any time.",
		.windows = "In a DPC: bug check 0xD1, which any program can bring about. With METHOD_BUFFERED the I/O manager's copy fails, and only the program is the worse for it. Locked pages stay until they are unlocked, whatever becomes of the address.",
		.right = "METHOD_OUT_DIRECT or METHOD_BUFFERED. What is locked are the pages, not the address.",
		.source = PAGE_NEITHER "; \"MmProbeAndLockPages function (wdm.h)\".",
		.variants = {
			{ "wrong", "bug check 0xD1" },
			{ "right-buffered", "the requester is told STATUS_ACCESS_VIOLATION; no bug check" },
			{ "right-direct", "the data goes to the locked page, as another address of that page shows; no bug check" },
		},
	},
	{
		.name = "buffer-remapped",
		.title = "Something else is mapped at the buffer's address before completion",
		.what = "The requester starts the request, unmaps the buffer, and maps other memory at the same address. The interrupt comes while it runs.",
		.why = "The address is good and in the right process, and every check passes. But it names other memory now: a heap that has grown, a file, another thread's stack.",
		.windows = "Nobody notices: the data is written over whatever is there now. Mapped from a file, it is in the file.",
		.right = "METHOD_OUT_DIRECT: the pages that were locked get the data, not the address.",
		.source = PAGE_NEITHER "; \"MmProbeAndLockPages function (wdm.h)\".",
		.variants = {
			{ "wrong", "what is mapped there now is overwritten" },
			{ "right", "what is mapped there now stays as it is" },
		},
	},
	{
		.name = "fork",
		.title = "The requester forks between start and completion",
		.what = "The requester starts the request and makes a copy of itself; the copy runs when the interrupt comes. (NT has no fork() for Win32 programs, but has had it for POSIX ones, and clones processes for snapshots.)",
		.why = "Parent and child have the same address, for memory that was one until the first write. The DPC writes to the child's side of it, and the parent never sees the data.",
		.windows = "A cloned process is one more process that a DPC can hit; the address is valid in it, so nothing faults.",
		.right = "METHOD_BUFFERED: the copy is made in the thread that asked. METHOD_OUT_DIRECT: locked pages stay the parent's, and the child gets copies.",
		.source = PAGE_NEITHER "; for the copies, Linux's Documentation/core-api/pin_user_pages.rst.",
		.variants = {
			{ "wrong", "the child has the data, the parent has not" },
			{ "right-buffered", "the parent has the data, the child has not" },
			{ "right-direct", "the parent has the data, the child has not" },
		},
	},
};

FAMILY(neither, "METHOD_NEITHER: addresses of the user's");
