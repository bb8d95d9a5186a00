// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose code has faulted: a driver's, that is a module's that calls ours, or somebody's
 * who has nothing to do with NT.
 */
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/static_call.h>
#include <asm/ptrace.h>
#include <asm/trap_pf.h>

#include "core/core.h"
#include "kcompat/module_use.h"
#include "seh/internal.h"

DEFINE_STATIC_CALL_NULL(driver_module_at, __module_address);

void driver_init(void)
{
	kcompat_find(driver_module_at, "__module_address");
}

/* Code that has jumped to where none is was called from what is on top of its stack. */
static unsigned long caller_of_fault(const struct pt_regs *regs,
				     unsigned long error_code)
{
	return error_code & X86_PF_INSTR ?
		       READ_ONCE_NOCHECK(*(unsigned long *)regs->sp) :
		       regs->ip;
}

/**
 * driver_faulted() - does faulting code belong to a driver
 * @regs: the code, in the kernel
 * @error_code: X86_PF_*, 0 of a general protection fault
 *
 * A driver's call of a function of the kernel is the kernel's code.
 *
 * Context: any but NMI; takes no lock.
 */
bool driver_faulted(const struct pt_regs *regs, unsigned long error_code)
{
	const struct module *module;
	bool ours;

	if (!static_call_query(driver_module_at))
		return false;
	preempt_disable_notrace();
	module = static_call(driver_module_at)(
		caller_of_fault(regs, error_code));
	ours = module && kcompat_module_uses(module, THIS_MODULE);
	preempt_enable_notrace();
	return ours;
}
