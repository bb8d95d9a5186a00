// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a fault that the kernel cannot explain to an exception.
 *
 * NT raises an access violation for a bad user address only; a bad address in system
 * space stops it, handler or not: 0x50, or 0xBE and 0xFC where the page is there
 * but not for that ("Bug check code reference").  Here the bug check is recorded,
 * and the operation refused by the same exception.
 */
#include <linux/kfence.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>
#include <asm/trap_pf.h>

#include "core/core.h"
#include "seh/internal.h"

/**
 * fault_access() - what was wanted of the address
 * @fault: the fault
 *
 * Context: any.
 */
enum fault_access fault_access(const struct fault *fault)
{
	if (fault->error_code & X86_PF_INSTR)
		return FAULT_EXECUTE;
	return fault->error_code & X86_PF_WRITE ? FAULT_WRITE : FAULT_READ;
}

static bool is_system_address(unsigned long address)
{
	return address >= TASK_SIZE_MAX;
}

static u64 entry_of(unsigned long address)
{
	unsigned int level;
	pte_t *pte = NULL;

	if (is_system_address(address))
		pte = lookup_address(address, &level);
	return pte ? pte_val(*pte) : 0;
}

/**
 * fault_bad_address() - record bug check 0x50 [address, operation, instruction, 0]
 * @fault: a touch of a system address where nothing is
 *
 * The operation is 0 for a read, 2 for a write, 10 (hexadecimal) for execution.
 *
 * Context: any but NMI.
 */
void fault_bad_address(const struct fault *fault)
{
	static const u8 operations[] = {
		[FAULT_READ] = 0,
		[FAULT_WRITE] = 2,
		[FAULT_EXECUTE] = 0x10,
	};

	ntpool_bugcheck(BUGCHECK_PAGE_FAULT_IN_NONPAGED_AREA, fault->address,
			operations[fault_access(fault)], fault->regs->ip, 0);
}

/* On NT the system would stop here: true.  False if it would look for a handler. */
static bool record(const struct fault *fault)
{
	unsigned long address = fault->address;
	bool forbidden = fault->error_code & X86_PF_PROT;

	if (forbidden && fault_access(fault) == FAULT_EXECUTE)
		ntpool_bugcheck(BUGCHECK_ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY,
				address, entry_of(address), 0, 0);
	else if (!is_system_address(address))
		return false;
	else if (forbidden && fault_access(fault) == FAULT_WRITE)
		ntpool_bugcheck(BUGCHECK_ATTEMPTED_WRITE_TO_READONLY_MEMORY,
				address, entry_of(address), 0, 0);
	else
		fault_bad_address(fault);
	return true;
}

/* The kernel's own traps: KFENCE's pages, and the one below the stack. */
static bool is_reserved(unsigned long address)
{
	unsigned long stack = (unsigned long)task_stack_page(current);

	return is_kfence_address((void *)address) ||
	       (address < stack && address >= stack - PAGE_SIZE);
}

/*
 * Have the interrupted code go on in a handler, with the flags that all C code counts on:
 * it may have been interrupted in a copy that goes backwards.
 */
static void go_to(const struct ntpool_seh_frame *target, struct pt_regs *regs)
{
	regs->bx = target->regs[NTPOOL_SEH_BX];
	regs->bp = target->regs[NTPOOL_SEH_BP];
	regs->r12 = target->regs[NTPOOL_SEH_R12];
	regs->r13 = target->regs[NTPOOL_SEH_R13];
	regs->r14 = target->regs[NTPOOL_SEH_R14];
	regs->r15 = target->regs[NTPOOL_SEH_R15];
	regs->sp = target->regs[NTPOOL_SEH_SP];
	regs->ip = target->regs[NTPOOL_SEH_IP];
	regs->ax = 1;
	regs->flags &= ~(X86_EFLAGS_DF | X86_EFLAGS_AC);
}

/* Control gets to the target by the return from the fault. */
static bool deliver(struct ntpool_exception *exception, struct pt_regs *regs)
{
	struct ntpool_seh_frame *target;
	enum seh_outcome outcome = seh_dispatch(exception, regs, &target);

	if (outcome == SEH_HANDLED)
		go_to(target, regs);
	else if (outcome == SEH_UNHANDLED)
		seh_unhandled(exception);
	return outcome != SEH_UNHANDLED;
}

/*
 * Filters and __finally run in the fault handler; let them have interrupts as the
 * faulting code had them.
 */
static bool enable_irqs_for(const struct pt_regs *regs)
{
	bool enable = irqs_disabled() && regs->flags & X86_EFLAGS_IF;

	if (enable)
		local_irq_enable();
	return enable;
}

static void disable_irqs_if(bool enabled)
{
	if (enabled)
		local_irq_disable();
}

/* Would a fault of the interrupted code wait for pages, if it had a fixup. */
static bool may_wait(const struct fault *fault)
{
	bool forbidden = cpu_feature_enabled(X86_FEATURE_SMAP) &&
			 !(fault->regs->flags & X86_EFLAGS_AC);

	return !is_system_address(fault->address) && !forbidden &&
	       !(fault->error_code & (X86_PF_INSTR | X86_PF_RSVD)) &&
	       current->mm && !pagefault_disabled() &&
	       ntpool_irql() < NTPOOL_IRQL_DISPATCH;
}

/*
 * While the lock of the address space is taken, the kernel calls a fault without a fixup
 * a bug rather than wait, as the code may hold that lock itself.  Code in a protected
 * block may touch user memory, and does not hold it: wait, and have the page brought in.
 */
static bool user_page_comes(const struct fault *fault)
{
	bool write = fault->error_code & X86_PF_WRITE, unlocked = false;
	struct mm_struct *mm = current->mm;
	int err;

	if (!may_wait(fault) || mmap_read_lock_killable(mm))
		return false;
	err = fixup_user_fault(mm, fault->address,
			       write ? FAULT_FLAG_WRITE : 0, &unlocked);
	mmap_read_unlock(mm);
	return !err;
}

static struct ntpool_exception exception_of(const struct fault *fault,
					    u32 status)
{
	return (struct ntpool_exception){
		.status = status ?: NTPOOL_STATUS_ACCESS_VIOLATION,
		.address = fault->regs->ip,
		.count = status == NTPOOL_STATUS_IN_PAGE_ERROR ? 3 : 2,
		.info = { fault_access(fault), fault->address, fault->cause },
	};
}

/**
 * fault_raise() - a page fault becomes an exception
 * @fault: it; its regs are changed to go on in the handler
 * @status: NTSTATUS, if the bug check has been recorded; 0: find out what it is
 *
 * Context: the fault handler's, in a protected block.
 * Return: false if no handler takes it; then bug check 0x1E has been recorded.  True
 * also where the page has come after all, and the code goes on where it was.
 */
bool fault_raise(struct fault *fault, u32 status)
{
	struct ntpool_exception exception = exception_of(fault, status);
	bool enabled, delivered;

	if (is_reserved(fault->address))
		return false;
	enabled = enable_irqs_for(fault->regs);
	delivered = !status && user_page_comes(fault);
	if (!delivered) {
		if (!status)
			record(fault);
		delivered = deliver(&exception, fault->regs);
	}
	disable_irqs_if(enabled);
	return delivered;
}

/**
 * fault_unprotected() - a page fault of a driver's code outside of all protected blocks
 * @fault: it
 *
 * Records what NT would stop with: 0x50, 0xBE, 0xFC, or 0x1E for what a handler could have
 * taken.
 *
 * Context: the fault handler's.
 */
void fault_unprotected(struct fault *fault)
{
	struct ntpool_exception exception = exception_of(fault, 0);
	bool enabled;

	if (is_reserved(fault->address))
		return;
	enabled = enable_irqs_for(fault->regs);
	if (!record(fault))
		seh_unhandled(&exception);
	disable_irqs_if(enabled);
}

/**
 * fault_raise_noncanonical() - a general protection fault becomes an exception
 * @regs: the interrupted code
 *
 * The CPU does not tell which address it was; NT gives all ones.
 *
 * Context: the fault handler's.
 * Return: false if no handler takes it; then bug check 0x1E has been recorded.
 */
bool fault_raise_noncanonical(struct pt_regs *regs)
{
	struct ntpool_exception exception = {
		.status = NTPOOL_STATUS_ACCESS_VIOLATION,
		.address = regs->ip,
		.count = 2,
		.info = { FAULT_READ, ~0ul },
	};
	bool enabled = enable_irqs_for(regs);
	bool delivered = deliver(&exception, regs);

	disable_irqs_if(enabled);
	return delivered;
}
