// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page-fault hook for x86-64.
 *
 * A kernel fault on a kernel address that the architecture code cannot explain
 * ends in bad_area_nosemaphore().  We attach to that function as live patching
 * does, and for addresses of the arena run our own instead: if the page can be
 * had, it returns, and the faulting instruction is run again.  Everything else
 * goes on to the original, which looks for an exception-table entry of the
 * instruction and, without one, ends in an oops.
 */
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <asm/trap_pf.h>

#include "core/core.h"
#include "paging/internal.h"

#define HOOKED "bad_area_nosemaphore"

static void (*original)(struct pt_regs *regs, unsigned long error_code,
			unsigned long address);

/* Is this a fault that paging may serve: a page that is not there. */
static bool is_absent_page(unsigned long error_code)
{
	return !(error_code & (X86_PF_PROT | X86_PF_INSTR | X86_PF_USER |
			       X86_PF_RSVD));
}

static bool serve(struct pt_regs *regs, unsigned long error_code,
		  unsigned long address)
{
	bool irqs_on = regs->flags & X86_EFLAGS_IF;
	bool silent = pagefault_disabled();
	bool served;

	/* The entry code has interrupts off; go back to what was interrupted. */
	if (irqs_on)
		local_irq_enable();
	served = fault_handle(address, error_code & X86_PF_WRITE, regs->ip,
			      !silent && ntpool_irql() < NTPOOL_IRQL_DISPATCH,
			      silent);
	if (irqs_on)
		local_irq_disable();
	return served;
}

static noinline void replacement(struct pt_regs *regs, unsigned long error_code,
				 unsigned long address)
{
	if (serve(regs, error_code, address))
		return;
	original(regs, error_code, address);
	/* Not a tail call: the hook knows our calls by their return address. */
	barrier();
}

/*
 * Runs with preemption off, whatever was interrupted, so it decides by address
 * alone.  The arguments of the traced function are those of its registers.
 */
static void notrace divert(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (!regs || !paging_may_be_ours(regs->dx) ||
	    !is_absent_page(regs->si) ||
	    user_mode((struct pt_regs *)regs->di) ||
	    within_module(parent_ip, THIS_MODULE))
		return;
	regs->ip = (unsigned long)replacement;
}

static struct ftrace_ops ops = {
	.func = divert,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY |
		 FTRACE_OPS_FL_RECURSION,
};

/**
 * hook_init() - put the hook in place
 * @reason: set to a sentence where it cannot be had
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int hook_init(const char **reason)
{
	int err;

	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT)) {
		*reason = "this kernel does not count preemption, so nobody can tell whether a fault may wait";
		return -EOPNOTSUPP;
	}
	original = (void *)kcompat_symbol(HOOKED);
	if (!original) {
		*reason = "this kernel has no function " HOOKED " to attach to";
		return -ENOENT;
	}
	err = ftrace_set_filter_ip(&ops, (unsigned long)original, 0, 0);
	if (!err)
		err = register_ftrace_function(&ops);
	if (err) {
		*reason = "ftrace does not let us attach to " HOOKED;
		ftrace_free_filter(&ops);
	}
	return err;
}

/**
 * hook_exit() - take the hook out
 *
 * Context: may sleep.  When this returns no CPU is in divert(); one may still
 * be in replacement() only if kernel code touches memory it has freed.
 */
void hook_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}
