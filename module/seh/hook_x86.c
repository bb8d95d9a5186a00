// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fault hook for x86-64: the one place where faults of kernel code come to us.
 *
 * We attach to three functions of the kernel as live patching does:
 *
 *  - bad_area_nosemaphore(): a page fault that the architecture code cannot
 *    explain.  If the address may be the pager's, it is asked to bring the page in,
 *    and the instruction is run again.  Otherwise the kernel looks for an
 *    exception-table entry of the instruction and, without one, comes to
 *  - page_fault_oops(): nothing can help but a protected block.  If a driver's code has
 *    none, what NT would have stopped with is recorded.
 *  - die_addr(): the same for a general protection fault, which is what touching an
 *    address gives that is neither in user nor in system space.
 *
 * What is not ours goes on to the original.
 */
#include <linux/bitfield.h>
#include <linux/extable.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/static_call.h>
#include <linux/uaccess.h>
#include <asm/extable.h>
#include <asm/extable_fixup_types.h>
#include <asm/trap_pf.h>

#include "core/core.h"
#include "seh/internal.h"

static const struct fault_pager *pager;

static void bad_area(struct pt_regs *regs, unsigned long error_code,
		     unsigned long address);
static void fault_oops(struct pt_regs *regs, unsigned long error_code,
		       unsigned long address);
static void protection_oops(const char *str, struct pt_regs *regs, long err,
			    long gp_addr);

/* The originals, and whether an instruction has an exception-table entry. */
DEFINE_STATIC_CALL_NULL(hook_bad_area, bad_area);
DEFINE_STATIC_CALL_NULL(hook_fault_oops, fault_oops);
DEFINE_STATIC_CALL_NULL(hook_protection_oops, protection_oops);
DEFINE_STATIC_CALL_NULL(hook_search_tables, search_exception_tables);

static bool wants_bad_area(const struct pt_regs *args);
static bool wants_fault_oops(const struct pt_regs *args);
static bool wants_protection_oops(const struct pt_regs *args);

/**
 * struct hook - a function that we attach to
 * @name: its name
 * @replacement: what runs in its stead
 * @wants: whether it shall, by the arguments, which are those registers; called with
 *	   preemption off, whatever was interrupted
 * @original: the function, NULL where we could not attach
 */
struct hook {
	const char *name;
	void *replacement;
	bool (*wants)(const struct pt_regs *args);
	void *original;
};

#define BAD_AREA	0
#define FAULT_OOPS	1
#define PROTECTION_OOPS 2
#define HOOKS		3

static struct hook hooks[HOOKS] = {
	[BAD_AREA].name = "bad_area_nosemaphore",
	[BAD_AREA].replacement = bad_area,
	[BAD_AREA].wants = wants_bad_area,
	[FAULT_OOPS].name = "page_fault_oops",
	[FAULT_OOPS].replacement = fault_oops,
	[FAULT_OOPS].wants = wants_fault_oops,
	[PROTECTION_OOPS].name = "die_addr",
	[PROTECTION_OOPS].replacement = protection_oops,
	[PROTECTION_OOPS].wants = wants_protection_oops,
};

/* Is this a fault that paging may serve: a page that is not there. */
static bool is_absent_page(unsigned long error_code)
{
	return !(error_code & (X86_PF_PROT | X86_PF_USER | X86_PF_RSVD));
}

static bool wants_bad_area(const struct pt_regs *args)
{
	const struct fault_pager *p = READ_ONCE(pager);

	return p && p->may_be_ours(args->dx) && is_absent_page(args->si) &&
	       !user_mode((struct pt_regs *)args->di);
}

static bool wants_fault_oops(const struct pt_regs *args)
{
	const struct pt_regs *regs = (struct pt_regs *)args->di;

	return !user_mode((struct pt_regs *)regs) && !in_nmi() &&
	       (seh_covers(regs) || driver_faulted(regs, args->si));
}

static bool wants_protection_oops(const struct pt_regs *args)
{
	const struct pt_regs *regs = (struct pt_regs *)args->si;

	return !user_mode((struct pt_regs *)regs) && !in_nmi() &&
	       (seh_covers(regs) || driver_faulted(regs, 0));
}

/* Page-in may wait, so interrupts must be as in the interrupted code. */
static u32 page_in_for(struct fault *fault)
{
	const struct fault_pager *p = READ_ONCE(pager);
	bool irqs_on = fault->regs->flags & X86_EFLAGS_IF;
	u32 status;

	if (!p)
		return NTPOOL_STATUS_ACCESS_VIOLATION;
	if (irqs_on)
		local_irq_enable();
	status = p->serve(fault);
	if (irqs_on)
		local_irq_disable();
	return status;
}

static const struct exception_table_entry *fixup_of(const struct pt_regs *regs)
{
	return static_call_query(hook_search_tables) ?
		       static_call(hook_search_tables)(regs->ip) :
		       NULL;
}

/* Code that has said in an exception table what it does when a touch fails. */
static bool has_fixup(const struct pt_regs *regs)
{
	return !static_call_query(hook_search_tables) || fixup_of(regs);
}

/**
 * fault_is_expected() - is the code prepared for a touch that fails
 * @fault: the touch
 *
 * Code that has page faults disabled is, and the load of a word that may reach into the
 * next page, which counts as zeroes where there is none.  Then nothing is to be recorded.
 *
 * Context: any.
 */
bool fault_is_expected(const struct fault *fault)
{
	const struct exception_table_entry *fixup = fixup_of(fault->regs);

	return pagefault_disabled() ||
	       (fixup && FIELD_GET(EX_DATA_TYPE_MASK, fixup->data) ==
				 EX_TYPE_ZEROPAD);
}

/*
 * The calls of the originals must not be tail calls: the hook knows ours by their
 * return address.  They are static calls, as kcompat_find() tells.
 */
static noinline void bad_area(struct pt_regs *regs, unsigned long error_code,
			      unsigned long address)
{
	struct fault fault = {
		.regs = regs,
		.error_code = error_code,
		.address = address,
	};
	u32 status = page_in_for(&fault);

	if (!status)
		return;
	/* Straight to the end, as the bug check has been recorded already. */
	if (!hooks[FAULT_OOPS].original || has_fixup(regs) || in_nmi())
		static_call(hook_bad_area)(regs, error_code, address);
	else if (!seh_covers(regs) || !fault_raise(&fault, status))
		static_call(hook_fault_oops)(regs, error_code, address);
	barrier();
}

static noinline void fault_oops(struct pt_regs *regs, unsigned long error_code,
				unsigned long address)
{
	struct fault fault = {
		.regs = regs,
		.error_code = error_code,
		.address = address,
	};

	if (!seh_covers(regs))
		fault_unprotected(&fault);
	else if (fault_raise(&fault, 0))
		return;
	static_call(hook_fault_oops)(regs, error_code, address);
	barrier();
}

static noinline void protection_oops(const char *str, struct pt_regs *regs,
				     long err, long gp_addr)
{
	if (fault_raise_noncanonical(regs))
		return;
	static_call(hook_protection_oops)(str, regs, err, gp_addr);
	barrier();
}

/* The address ftrace gives is at most a landing pad behind the function's. */
static const struct hook *hook_at(unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < HOOKS; i++)
		if (hooks[i].original &&
		    ip - (unsigned long)hooks[i].original < 16)
			return &hooks[i];
	return NULL;
}

static void notrace divert(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);
	const struct hook *hook = hook_at(ip);

	if (regs && hook && !within_module(parent_ip, THIS_MODULE) &&
	    hook->wants(regs))
		regs->ip = (unsigned long)hook->replacement;
}

static struct ftrace_ops ops = {
	.func = divert,
	/* PERMANENT: ftrace refuses to be switched off as long as we are there. */
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY |
		 FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_PERMANENT,
};

/* Why bad_area_nosemaphore() is not hooked, if it is not. */
static const char *missing = "this kernel lets nobody attach to bad_area_nosemaphore";

static const char *why_not_registered(int err)
{
	const int *ftrace_is_on = kcompat_symbol("ftrace_enabled");

	if (ftrace_is_on && !READ_ONCE(*ftrace_is_on))
		return "ftrace is switched off (sysctl kernel.ftrace_enabled=0)";
	if (err == -EBUSY)
		return "another live patch is attached to the page-fault path";
	return "ftrace does not let us attach to bad_area_nosemaphore";
}

static bool find(struct hook *hook)
{
	hook->original = kcompat_symbol(hook->name);
	if (hook->original &&
	    ftrace_set_filter_ip(&ops, (unsigned long)hook->original, 0, 0))
		hook->original = NULL;
	return hook->original;
}

static void give_up(unsigned int found, int err)
{
	unsigned int i;

	ftrace_free_filter(&ops);
	for (i = 0; i < HOOKS; i++)
		hooks[i].original = NULL;
	if (found)
		missing = why_not_registered(err);
	pr_warn("ntpool: faults cannot be handled as exceptions: %s\n", missing);
}

/**
 * hook_init() - put the hook in place
 *
 * Context: may sleep.
 * Return: 0, or -errno where it cannot be had at all.
 */
int hook_init(void)
{
	unsigned int i, found = 0;
	int err = -ENOENT;

	kcompat_find(hook_search_tables, "search_exception_tables");
	for (i = 0; i < HOOKS; i++)
		found += find(&hooks[i]);
	static_call_update(hook_bad_area, hooks[BAD_AREA].original);
	static_call_update(hook_fault_oops, hooks[FAULT_OOPS].original);
	static_call_update(hook_protection_oops,
			   hooks[PROTECTION_OOPS].original);
	if (found)
		err = register_ftrace_function(&ops);
	if (err)
		give_up(found, err);
	else if (!hooks[FAULT_OOPS].original || !hooks[PROTECTION_OOPS].original)
		pr_warn("ntpool: faults cannot be handled as exceptions: this kernel does not let us attach to page_fault_oops and die_addr\n");
	return err;
}

/**
 * hook_exit() - take the hook out
 *
 * Context: may sleep; after a successful hook_init().  When this returns no CPU is
 * in divert(); one may still be in a replacement only if kernel code touches memory
 * it has freed.
 */
void hook_exit(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
}

/**
 * fault_attach_pager() - have absent pages brought in
 * @new_pager: who does it
 * @reason: set to a sentence where it cannot be had
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int fault_attach_pager(const struct fault_pager *new_pager, const char **reason)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT)) {
		*reason = "this kernel does not count preemption, so nobody can tell whether a fault may wait";
		return -EOPNOTSUPP;
	}
	if (!hooks[BAD_AREA].original) {
		*reason = missing;
		return -ENOENT;
	}
	WRITE_ONCE(pager, new_pager);
	return 0;
}

/**
 * fault_detach_pager() - end that
 *
 * Context: may sleep.  When this returns nobody asks the pager for an address any
 * more, unless kernel code touches memory it has freed.
 */
void fault_detach_pager(void)
{
	WRITE_ONCE(pager, NULL);
	synchronize_rcu();
}
