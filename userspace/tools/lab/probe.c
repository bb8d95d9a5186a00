// SPDX-License-Identifier: GPL-2.0-only
/* Probes: what they check, and what they do not. */
#include "lab/lab.h"

#define PAGE_PROBE "Microsoft's page \"ProbeForWrite function (wdm.h)\""

static const struct pitfall probe_pitfalls[] = {
	{
		.name = "unprobed-address",
		.title = "An address from the user is written without a probe",
		.what = "The driver writes to Irp->UserBuffer of a METHOD_NEITHER request in its dispatch routine, in the right process and under an exception handler, but without a probe.",
		.why = "The program chooses the address. An address in system space is valid in every process, the write does not fault, and the handler is never asked. So a user program chooses a place in the kernel and has the driver write there.",
		.windows = "Any user can take over the system: the driver overwrites an access token, or a pointer to a function, on demand.",
		.right = "Probe first, under the exception handler: ProbeForWrite for what will be written, ProbeForRead for what is only read. They raise STATUS_ACCESS_VIOLATION for every address that is not in user space.",
		.source = PAGE_PROBE "; \"Errors in Referencing User-Space Addresses\".",
		.variants = {
			{ "wrong", "a block in system space, the lab's decoy, is overwritten" },
			{ "wrong-elsewhere", "any other system address is refused by the module, which says what would have been written" },
			{ "right", "the probe raises STATUS_ACCESS_VIOLATION, and the decoy is as it was" },
		},
	},
	{
		.name = "probe-misaligned",
		.title = "A probe raises what the filter does not expect",
		.what = "The driver probes for a multiple of eight and handles STATUS_ACCESS_VIOLATION only: __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? ...). The program passes an odd address.",
		.why = "A misaligned address raises STATUS_DATATYPE_MISALIGNMENT, and the alignment is checked first. The filter passes that on, and nobody else is there to handle it.",
		.windows = "Bug check 0x1E KMODE_EXCEPTION_NOT_HANDLED [0x80000002, ...]: any program can bring the system down.",
		.right = "Handle every exception that comes from the user's memory (EXCEPTION_EXECUTE_HANDLER), and return its code. Probe for the alignment that the accesses need.",
		.source = PAGE_PROBE "; \"Handling Exceptions\".",
		.variants = {
			{ "wrong", "bug check 0x1E [0x80000002]" },
			{ "right", "the caller is told STATUS_DATATYPE_MISALIGNMENT; no bug check" },
		},
	},
	{
		.name = "probe-wraps",
		.title = "A check by hand wraps around",
		.what = "Instead of a probe the driver compares: if (Address + Length <= MmUserProbeAddress) the buffer is taken for one in user space. The program passes an address in system space and a length that takes the sum past the end of all addresses.",
		.why = "The sum overflows and is a small number, which is less than any limit.",
		.windows = "As unprobed-address: the driver writes in system space, where the program wants it.",
		.right = "ProbeForWrite, which checks for the wrap as well. Where it must be by hand: Length <= Limit && Address <= Limit - Length.",
		.source = PAGE_PROBE "; \"Failure to Check the Size of Buffers\".",
		.variants = {
			{ "wrong", "the check passes, and the lab's decoy in system space is overwritten" },
			{ "right", "the probe raises STATUS_ACCESS_VIOLATION, and the decoy is as it was" },
		},
	},
	{
		.name = "probe-zero-length",
		.title = "A probe of length zero is taken for a check",
		.what = "The driver probes the buffer for the length that the caller gave, and then writes a header of fixed size to it. The program gives length 0.",
		.why = "A probe of no bytes checks nothing: neither where the address is nor its alignment. It raises nothing for any address.",
		.windows = "As unprobed-address: the header is written to the system address that the program chose.",
		.right = "Compare the length with what will be written before the probe (STATUS_BUFFER_TOO_SMALL), and probe for what will be written.",
		.source = "Microsoft's page \"ProbeForRead function (wdm.h)\": with length 0 nothing is checked.",
		.variants = {
			{ "wrong", "the probe passes, and the lab's decoy in system space is overwritten" },
			{ "right", "the caller is told STATUS_BUFFER_TOO_SMALL, and the decoy is as it was" },
		},
	},
};

FAMILY(probe, "Probes of user addresses");
