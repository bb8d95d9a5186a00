// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions: who handles one, and the way there.
 *
 * As on NT it goes in two passes.  The first asks the filters, from the innermost
 * block out, while the stack of the code that raised is as it was; so a filter
 * can have that code go on.  When one takes the exception, the second calls the
 * __finally of each block inside, and control goes to the handler ("Structured
 * exception handling", Windows documentation; there in more words).
 */
#include <linux/build_bug.h>
#include <linux/debug_locks.h>
#include <linux/export.h>
#include <linux/ratelimit.h>
#include <asm/ptrace.h>

#include "core/core.h"
#include "seh/internal.h"

#define STATUS_NONCONTINUABLE_EXCEPTION 0xC0000025u

/* What jump_x86.S has as numbers. */
static_assert(offsetof(struct ntpool_seh_frame, regs[NTPOOL_SEH_BX]) == 0);
static_assert(offsetof(struct ntpool_seh_frame, regs[NTPOOL_SEH_BP]) == 8);
static_assert(offsetof(struct ntpool_seh_frame, regs[NTPOOL_SEH_R15]) == 40);
static_assert(offsetof(struct ntpool_seh_frame, regs[NTPOOL_SEH_SP]) == 48);
static_assert(offsetof(struct ntpool_seh_frame, regs[NTPOOL_SEH_IP]) == 56);
static_assert(offsetof(struct ntpool_seh_frame, back) == 64);

/* They are in jump_x86.S. */
EXPORT_SYMBOL_GPL(ntpool_seh_enter);
EXPORT_SYMBOL_GPL(ntpool_seh_return);

static int ask_filter(struct ntpool_seh_frame *frame,
		      const struct ntpool_exception_pointers *pointers)
{
	int answer;

	frame->pointers = pointers;
	frame->status = pointers->exception->status;
	frame->phase = NTPOOL_SEH_FILTER;
	answer = seh_call(frame);
	frame->phase = NTPOOL_SEH_BODY;
	return answer;
}

/*
 * The first pass.  A block whose filter is running, because the exception comes from
 * there, is not asked again: it could go round for ever.
 */
static enum seh_outcome search(const struct seh_stack *stack,
			       struct ntpool_exception *exception,
			       struct pt_regs *regs,
			       struct ntpool_seh_frame **target)
{
	struct ntpool_exception refused = {
		.status = STATUS_NONCONTINUABLE_EXCEPTION,
		.flags = NTPOOL_EXCEPTION_NONCONTINUABLE,
		.nested = exception,
		.address = exception->address,
	};
	struct ntpool_exception_pointers pointers = {
		.exception = exception,
		.regs = regs,
	};
	struct ntpool_seh_frame *frame = NULL;

	while ((frame = seh_next(stack, frame))) {
		int answer;

		if (frame->phase != NTPOOL_SEH_BODY)
			continue;
		answer = ask_filter(frame, &pointers);
		if (answer > 0) {
			*target = frame;
			return SEH_HANDLED;
		}
		if (answer < 0 && !(pointers.exception->flags &
				    NTPOOL_EXCEPTION_NONCONTINUABLE))
			return SEH_CONTINUE;
		if (answer < 0)
			pointers.exception = &refused;
	}
	return SEH_UNHANDLED;
}

/* Leave a block from inside: its __finally runs, called from here. */
static void unwind_block(struct ntpool_seh_frame *frame)
{
	ntpool_seh_disarm(frame);
	frame->phase = NTPOOL_SEH_UNWIND;
	seh_call(frame);
}

/* Filters that run on the part of the stack that is given up will not return. */
static void forget_filters_below(const struct seh_stack *stack,
				 unsigned long sp)
{
	struct ntpool_seh_frame *frame = NULL;

	while ((frame = seh_next(stack, frame)))
		if (frame->phase == NTPOOL_SEH_FILTER && frame->back < sp)
			frame->phase = NTPOOL_SEH_BODY;
}

/* Locks are not let go and the IRQL not lowered, here as on NT; that is worth a word. */
static void tell_what_is_left(const struct ntpool_seh_frame *frame)
{
	s32 locks = ntpool_seh_locks() - frame->locks;

	if (locks > 0)
		pr_warn_ratelimited("ntpool: exception 0x%08X leaves %d locks held in %pS\n",
				    frame->status, locks,
				    (void *)frame->regs[NTPOOL_SEH_IP]);
	if (frame->preempt != preempt_count())
		pr_warn_ratelimited("ntpool: exception 0x%08X leaves the IRQL raised in %pS\n",
				    frame->status,
				    (void *)frame->regs[NTPOOL_SEH_IP]);
}

/* The second pass; what is on the stack stays usable till control goes to @target. */
static void unwind(const struct seh_stack *stack,
		   struct ntpool_seh_frame *target)
{
	unsigned long sp = target->regs[NTPOOL_SEH_SP];
	struct ntpool_seh_frame *frame;

	while ((frame = seh_next(stack, NULL)) && frame != target)
		unwind_block(frame);
	tell_what_is_left(target);
	ntpool_seh_disarm(target);
	target->phase = NTPOOL_SEH_HANDLER;
	target->pointers = NULL;
	forget_filters_below(stack, sp);
	kcompat_unpoison_stack(current_stack_pointer, sp);
}

/**
 * seh_dispatch() - find the handler of an exception, and unwind to it
 * @exception: what has happened
 * @regs: where; a filter may change them
 * @target: set to the handler's block, if it is SEH_HANDLED
 *
 * Context: that of the code in question, on its stack.
 * Return: what the filters have decided.
 */
enum seh_outcome seh_dispatch(struct ntpool_exception *exception,
			      struct pt_regs *regs,
			      struct ntpool_seh_frame **target)
{
	struct seh_stack stack;
	enum seh_outcome outcome;

	if (!seh_stack_at(&stack, regs->sp))
		return SEH_UNHANDLED;
	outcome = search(&stack, exception, regs, target);
	if (outcome == SEH_HANDLED)
		unwind(&stack, *target);
	return outcome;
}

/**
 * seh_unhandled() - no handler has taken an exception
 * @exception: it
 *
 * Bug check 0x1E KMODE_EXCEPTION_NOT_HANDLED [status, instruction, first and
 * second parameter].
 *
 * Context: any but NMI.
 */
void seh_unhandled(const struct ntpool_exception *exception)
{
	ntpool_bugcheck(BUGCHECK_KMODE_EXCEPTION_NOT_HANDLED, exception->status,
			exception->address, exception->info[0],
			exception->info[1]);
}

/*
 * Nobody can go on behind a raise that no handler takes: what follows it counts on
 * not being reached.  So, bugcheck=record or not, the thread ends as any does that
 * comes upon BUG(); in an interrupt that is a panic.
 */
static void raise(struct ntpool_exception *exception, struct pt_regs *regs)
{
	struct ntpool_seh_frame *target;

	switch (seh_dispatch(exception, regs, &target)) {
	case SEH_HANDLED:
		seh_jump(target);
		break;
	case SEH_CONTINUE:
		break;
	case SEH_UNHANDLED:
		seh_unhandled(exception);
		BUG();
	}
}

/**
 * ntpool_raise() - raise an exception that cannot be continued (ExRaiseStatus)
 * @status: NTSTATUS
 * @count: elements of @info, at most NTPOOL_EXCEPTION_PARAMETERS
 * @info: parameters; may be NULL if there are none
 *
 * Does not return.  Raised at a raised IRQL or with a lock held, these stay as they
 * are, as on NT, and the log says so.
 *
 * Context: any but NMI.  What no handler takes is bug check 0x1E, and the thread
 * ends ("ExRaiseStatus", Windows driver documentation).
 */
void ntpool_raise(u32 status, unsigned int count, const unsigned long *info)
{
	struct ntpool_exception exception = {
		.status = status,
		.flags = NTPOOL_EXCEPTION_NONCONTINUABLE,
		.address = _RET_IP_,
		.count = min_t(unsigned int, count, NTPOOL_EXCEPTION_PARAMETERS),
	};
	struct pt_regs regs = {
		.ip = _RET_IP_,
		.sp = (unsigned long)__builtin_frame_address(0),
	};

	if (exception.count)
		memcpy(exception.info, info, exception.count * sizeof(*info));
	raise(&exception, &regs);
}
EXPORT_SYMBOL_GPL(ntpool_raise);

/**
 * ntpool_raise_exception() - raise an exception of the caller's making
 *			      (RtlRaiseException)
 * @exception: @address is filled in
 *
 * Returns if a filter has the code go on, unless NONCONTINUABLE is set: then that
 * filter's answer is an exception of its own, for the blocks around.
 *
 * Context: any but NMI.  What no handler takes is bug check 0x1E, and the thread
 * ends.
 */
void ntpool_raise_exception(struct ntpool_exception *exception)
{
	struct pt_regs regs = {
		.ip = _RET_IP_,
		.sp = (unsigned long)__builtin_frame_address(0),
	};

	exception->address = _RET_IP_;
	raise(exception, &regs);
}
EXPORT_SYMBOL_GPL(ntpool_raise_exception);

/**
 * ntpool_seh_leave() - a block is left by return or goto
 * @frame: its frame, in the caller's caller
 *
 * Called by the macros.  Out of the protected block, its __finally runs first.  Out
 * of a __finally that an exception has called, the exception ends there, as on NT.
 *
 * Context: that of the block.
 */
void ntpool_seh_leave(struct ntpool_seh_frame *frame)
{
	unsigned long sp = frame->regs[NTPOOL_SEH_SP];
	struct seh_stack stack;

	if (frame->phase == NTPOOL_SEH_BODY) {
		unwind_block(frame);
		return;
	}
	kcompat_unpoison_stack(current_stack_pointer, sp);
	if (seh_stack_at(&stack, current_stack_pointer))
		forget_filters_below(&stack, sp);
}
EXPORT_SYMBOL_GPL(ntpool_seh_leave);
