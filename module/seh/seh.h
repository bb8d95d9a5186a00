/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structured exceptions, and the page faults they are made of: what the layers
 * above may do with them.  The protected blocks themselves are in
 * linux/ntpool_exception.h.
 */
#ifndef NTPOOL_SEH_H
#define NTPOOL_SEH_H

#include <linux/ntpool_exception.h>

/**
 * struct fault - a page fault of kernel code
 * @regs: the interrupted code; what is in it when the fault has been served is
 *	  where that code goes on
 * @error_code: X86_PF_*
 * @address: what was touched
 * @cause: out, of an in-page error: NTSTATUS of what went wrong
 */
struct fault {
	struct pt_regs *regs;
	unsigned long error_code;
	unsigned long address;
	u32 cause;
};

/* As NT's exception records and bug checks tell it. */
enum fault_access {
	FAULT_READ = 0,
	FAULT_WRITE = 1,
	FAULT_EXECUTE = 8,
};

bool fault_is_expected(const struct fault *fault);
enum fault_access fault_access(const struct fault *fault);
void fault_bad_address(const struct fault *fault);

/**
 * struct fault_pager - who brings pages in
 * @may_be_ours: could this address be its own; called with preemption off
 * @serve: bring the page in, in the context of the interrupted code, interrupts
 *	   as it had them.  0: run the instruction again; else the NTSTATUS that the
 *	   touch ends with, and the bug check has been recorded, unless it is expected
 */
struct fault_pager {
	bool (*may_be_ours)(unsigned long address);
	u32 (*serve)(struct fault *fault);
};

int seh_start(void);
void seh_stop(void);

int fault_attach_pager(const struct fault_pager *pager, const char **reason);
void fault_detach_pager(void);

bool seh_is_open(void);

#endif /* NTPOOL_SEH_H */
