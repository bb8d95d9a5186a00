// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the frames of the protected blocks that are running.
 *
 * A live frame has a mark in it that depends on its address, its thread and a secret,
 * so it is found by looking at the words of the stack, from the stack pointer up.  The
 * search is bounded by the stack we run on: the frames of a thread are not on the
 * stack of an interrupt.  Where an interrupt uses the stack it came upon, the
 * frames' contexts differ.  No lock is taken and nothing but the stack is read.  The
 * registers that a program has entered the kernel with are not looked at.
 */
#include <linux/export.h>
#include <linux/sched/task_stack.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/unwind.h>

#include "core/core.h"
#include "seh/internal.h"

/* A thread, a softirq, a hard interrupt or an NMI; not what they have switched off. */
static u32 seh_context(u32 preempt)
{
	return preempt & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET);
}

/* The end of an interrupt's stack, which we are on; 0 if we are not on @sp's. */
static unsigned long interrupt_stack_end(unsigned long sp)
{
	struct unwind_state state;

	__unwind_start(&state, current, NULL, __builtin_frame_address(0));
	if (unwind_done(&state) || sp < (unsigned long)state.stack_info.begin ||
	    sp >= (unsigned long)state.stack_info.end)
		return 0;
	return (unsigned long)state.stack_info.end;
}

/**
 * seh_stack_at() - where to look for frames
 * @stack: filled
 * @sp: stack pointer of the code in question, which runs here or was interrupted
 *
 * Context: any.
 * Return: false if @sp is on no stack that we know.
 */
bool seh_stack_at(struct seh_stack *stack, unsigned long sp)
{
	unsigned long thread = (unsigned long)task_stack_page(current);

	stack->start = round_up(sp, sizeof(long));
	stack->context = seh_context(preempt_count());
	if (sp - thread < THREAD_SIZE)
		stack->end = (unsigned long)task_pt_regs(current);
	else
		stack->end = interrupt_stack_end(sp);
	return stack->end;
}

/* Inner functions have lower frames; in a function, inner blocks more around them. */
static bool is_inner(const struct ntpool_seh_frame *a,
		     const struct ntpool_seh_frame *b)
{
	if (a->regs[NTPOOL_SEH_BP] != b->regs[NTPOOL_SEH_BP])
		return a->regs[NTPOOL_SEH_BP] < b->regs[NTPOOL_SEH_BP];
	return a->depth > b->depth;
}

/**
 * seh_next() - the innermost live frame outside of another
 * @stack: from seh_stack_at()
 * @after: that frame; NULL for the innermost of all
 *
 * Other functions' variables may be poisoned where KASAN watches: they are read
 * past it.
 *
 * Context: any.
 * Return: the frame, or NULL if there is no other.
 */
struct ntpool_seh_frame *seh_next(const struct seh_stack *stack,
				  const struct ntpool_seh_frame *after)
{
	struct ntpool_seh_frame *best = NULL, *frame;
	unsigned long end = stack->end - sizeof(long), at;

	for (at = stack->start; at <= end; at += sizeof(long)) {
		frame = container_of((unsigned long *)at,
				     struct ntpool_seh_frame, live);
		if (READ_ONCE_NOCHECK(*(unsigned long *)at) !=
			    ntpool_seh_mark(frame) ||
		    seh_context(frame->preempt) != stack->context ||
		    (after && !is_inner(after, frame)) ||
		    (best && !is_inner(frame, best)))
			continue;
		best = frame;
		/* A more inner one is in its function or further in. */
		end = min(end, best->regs[NTPOOL_SEH_BP]);
	}
	return best;
}

/**
 * seh_covers() - does code run in a protected block
 * @regs: the code, in the kernel
 *
 * Context: any.
 */
bool seh_covers(const struct pt_regs *regs)
{
	struct seh_stack stack;

	return seh_stack_at(&stack, regs->sp) && seh_next(&stack, NULL);
}

/**
 * seh_is_open() - does the caller run in a protected block
 *
 * Context: any.
 * Return: whether there is one, in this context.
 */
bool seh_is_open(void)
{
	struct seh_stack stack;

	return seh_stack_at(&stack, (unsigned long)__builtin_frame_address(0)) &&
	       seh_next(&stack, NULL);
}
EXPORT_FOR_TESTS(seh_is_open);
