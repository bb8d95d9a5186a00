/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of seh share. */
#ifndef NTPOOL_SEH_INTERNAL_H
#define NTPOOL_SEH_INTERNAL_H

#include "seh/seh.h"

/**
 * struct seh_stack - the part of the running stack in which frames are looked for
 * @start: stack pointer of the code that raised or faulted, 8-byte aligned
 * @end: of the stack
 * @context: see seh_context()
 */
struct seh_stack {
	unsigned long start;
	unsigned long end;
	u32 context;
};

/* What an exception comes to. */
enum seh_outcome {
	SEH_UNHANDLED, /* no filter wanted it; nothing has been unwound */
	SEH_CONTINUE,  /* go on where it happened, with the registers as they are now */
	SEH_HANDLED,   /* unwound: go to the target */
};

/* frames.c */
bool seh_stack_at(struct seh_stack *stack, unsigned long sp);
struct ntpool_seh_frame *seh_next(const struct seh_stack *stack,
				  const struct ntpool_seh_frame *after);
bool seh_covers(const struct pt_regs *regs);

/* dispatch.c */
enum seh_outcome seh_dispatch(struct ntpool_exception *exception,
			      struct pt_regs *regs,
			      struct ntpool_seh_frame **target);
void seh_unhandled(const struct ntpool_exception *exception);

/* fault.c */
bool fault_raise(struct fault *fault, u32 status);
bool fault_raise_noncanonical(struct pt_regs *regs);
void fault_unprotected(struct fault *fault);

/* driver.c */
void driver_init(void);
bool driver_faulted(const struct pt_regs *regs, unsigned long error_code);

/* hook_x86.c */
int hook_init(void);
void hook_exit(void);

/* jump_x86.S */
int seh_call(struct ntpool_seh_frame *frame);
void seh_jump(struct ntpool_seh_frame *frame);

#endif /* NTPOOL_SEH_INTERNAL_H */
