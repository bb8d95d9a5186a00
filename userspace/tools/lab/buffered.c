// SPDX-License-Identifier: GPL-2.0-only
/* METHOD_BUFFERED: what the I/O manager's copy does not do for the driver. */
#include "lab/lab.h"

static const struct pitfall buffered_pitfalls[] = {
	{
		.name = "embedded-pointer",
		.title = "A pointer inside a buffered structure is used in a DPC",
		.what = "The request is METHOD_BUFFERED, so the driver has a copy of the caller's structure in nonpaged pool. One field of it is a pointer to a second buffer; the DPC writes there.",
		.why = "The I/O manager copies the structure, not what it points to: it does not know that there is a pointer. The pointer is an address of the user's, as in METHOD_NEITHER, with all that can go wrong there.",
		.windows = "As arbitrary-thread: the data lands in the process that the interrupt hits, or it is bug check 0xD1. A pointer into system space is followed without any check.",
		.right = "In the dispatch routine, while the requester is running: describe the second buffer by an MDL of one's own and lock it (MmProbeAndLockPages with UserMode, under an exception handler). The DPC uses the MDL's system address. Or have no pointers in the interface.",
		.source = "Microsoft's page \"Errors in Referencing User-Space Addresses\".",
		.variants = {
			{ "wrong", "the data is in the interrupted process, which has volunteered for it" },
			{ "right", "the data is where the pointer of the requester points" },
		},
	},
	{
		.name = "information-leak",
		.title = "Information says more than was written",
		.what = "The driver writes eight bytes into the system buffer and sets IoStatus.Information to the length of the caller's output buffer.",
		.why = "Information is how many bytes the I/O manager copies back. The system buffer is pool that others have used before, and beyond the caller's input nobody has cleared it.",
		.windows = "The caller reads what was in that pool: addresses of the kernel, names of files, keys. No check fails and nothing shows it.",
		.right = "Set Information to the number of bytes written, and clear what is between the fields of a structure that goes out.",
		.source = "Microsoft's page \"Failure to Initialize Output Buffers\".",
		.variants = {
			{ "wrong", "the caller reads what an earlier request of its own had left in that pool (of other sessions' bytes the module gives it none)" },
			{ "right", "the caller gets eight bytes, and the rest of its buffer is as it was" },
		},
	},
	{
		.name = "information-overrun",
		.title = "Information is larger than the buffer",
		.what = "The driver sets IoStatus.Information to the length of the data that it has, though the caller's output buffer is shorter.",
		.why = "Information is taken for the number of bytes to copy from the system buffer to the caller's. If it is more than the system buffer has, the copy reads beyond a pool block; and it writes beyond the caller's buffer.",
		.windows = "What lies behind the pool block goes to the caller, and what lies behind the caller's buffer is overwritten. The right answer has a warning of its own: STATUS_BUFFER_OVERFLOW.",
		.right = "Copy no more than OutputBufferLength, set Information to what was copied, and return STATUS_BUFFER_OVERFLOW where there was more.",
		.source = "Microsoft's pages \"Failure to Check the Size of Buffers\" and \"Errors in Buffered I/O\".",
		.variants = {
			{ "wrong", "what lies behind the caller's buffer is overwritten; bug check 0xC9 [0x312] tells of it" },
			{ "right", "the caller gets what fits, STATUS_BUFFER_OVERFLOW, and nothing behind its buffer has changed" },
		},
	},
};

FAMILY(buffered, "METHOD_BUFFERED: the system buffer");
