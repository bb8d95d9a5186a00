/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structured exceptions for kernel C: what the macros of ntpool/excpt.h are made
 * of.  Code that uses exceptions includes that header, which has NT's names.
 *
 * A protected block has a frame in a variable of the function it stands in.  The
 * frame is found by looking for its mark on the running stack, so nothing needs
 * to be registered, nothing can be left behind by a thread that dies, and
 * neither an interrupt nor another thread can ever come upon it.
 */
#ifndef _LINUX_NTPOOL_EXCEPTION_H
#define _LINUX_NTPOOL_EXCEPTION_H

#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/types.h>

struct pt_regs;

#define NTPOOL_EXCEPTION_NONCONTINUABLE 1u
#define NTPOOL_EXCEPTION_PARAMETERS	15

/**
 * struct ntpool_exception - what has happened; the layout is that of NT's
 *			     EXCEPTION_RECORD
 * @status: NTSTATUS
 * @flags: NTPOOL_EXCEPTION_*
 * @nested: the exception during whose handling this one was raised, or NULL
 * @address: the instruction
 * @count: how many elements of @info mean something
 * @reserved: 0
 * @info: of an access violation: 0 read, 1 write, 8 execution; the address.  Of
 *	  an in-page error a third one: the NTSTATUS that was the cause
 */
struct ntpool_exception {
	u32 status;
	u32 flags;
	struct ntpool_exception *nested;
	unsigned long address;
	u32 count;
	u32 reserved;
	unsigned long info[NTPOOL_EXCEPTION_PARAMETERS];
};

/**
 * struct ntpool_exception_pointers - what a filter may look at
 * @exception: what has happened
 * @regs: the registers at that point; after a fault a filter may change them and
 *	  go on.  Of a raised exception only ip, sp and bp are known
 */
struct ntpool_exception_pointers {
	struct ntpool_exception *exception;
	struct pt_regs *regs;
};

/* Where control is in a protected block. */
enum ntpool_seh_phase {
	NTPOOL_SEH_START,   /* not entered yet */
	NTPOOL_SEH_BODY,    /* in the protected block */
	NTPOOL_SEH_FILTER,  /* its filter is called */
	NTPOOL_SEH_UNWIND,  /* its __finally is called, because it is being left */
	NTPOOL_SEH_HANDLER, /* the exception is handled here */
	NTPOOL_SEH_NORMAL,  /* the block came to its end */
};

/* Elements of struct ntpool_seh_frame::regs, which jump_x86.S knows too. */
enum ntpool_seh_reg {
	NTPOOL_SEH_BX,
	NTPOOL_SEH_BP,
	NTPOOL_SEH_R12,
	NTPOOL_SEH_R13,
	NTPOOL_SEH_R14,
	NTPOOL_SEH_R15,
	NTPOOL_SEH_SP,
	NTPOOL_SEH_IP,
	NTPOOL_SEH_REGS
};

/**
 * struct ntpool_seh_frame - a protected block
 * @regs: where ntpool_seh_enter() returns to, and the registers that a function
 *	  must leave as they were
 * @back: stack pointer of who has called the filter or the __finally
 * @live: the frame's mark while its block runs, see ntpool_seh_mark()
 * @outer: the block of the same function around this one, or NULL
 * @pointers: for the filter
 * @status: of the exception
 * @phase: enum ntpool_seh_phase
 * @depth: how many @outer there are
 * @preempt: preempt_count() at the entry: the context the frame belongs to
 * @locks: locks held at the entry, where lockdep counts them
 */
struct ntpool_seh_frame {
	unsigned long regs[NTPOOL_SEH_REGS];
	unsigned long back;
	unsigned long live;
	struct ntpool_seh_frame *outer;
	const struct ntpool_exception_pointers *pointers;
	u32 status;
	u32 phase;
	u32 depth;
	u32 preempt;
	u32 locks;
};

int ntpool_seh_enter(struct ntpool_seh_frame *frame)
	__attribute__((__returns_twice__));
void ntpool_seh_return(struct ntpool_seh_frame *frame, int value);
void ntpool_seh_leave(struct ntpool_seh_frame *frame);

void ntpool_raise(u32 status, unsigned int count, const unsigned long *info);
void ntpool_raise_exception(struct ntpool_exception *exception);

/* The block around, as the macros see it; in a function's outermost there is none. */
static struct ntpool_seh_frame *const seh_scope__ __maybe_unused;

/* Random, so that nobody can have his data taken for a frame. */
extern unsigned long ntpool_seh_secret;

/* No word on the stack has this value but the live field of a live frame. */
static inline unsigned long
ntpool_seh_mark(const struct ntpool_seh_frame *frame)
{
	return (unsigned long)frame ^ (unsigned long)current ^
	       ntpool_seh_secret;
}

static inline u32 ntpool_seh_locks(void)
{
#ifdef CONFIG_LOCKDEP
	return current->lockdep_depth;
#else
	return 0;
#endif
}

/* Nothing of the block may move in front of this: it could fault there. */
static inline bool ntpool_seh_arm(struct ntpool_seh_frame *frame)
{
	frame->preempt = preempt_count();
	frame->locks = ntpool_seh_locks();
	frame->phase = NTPOOL_SEH_BODY;
	barrier();
	WRITE_ONCE(frame->live, ntpool_seh_mark(frame));
	barrier();
	return true;
}

static inline void ntpool_seh_disarm(struct ntpool_seh_frame *frame)
{
	barrier();
	WRITE_ONCE(frame->live, 0);
	barrier();
}

/*
 * At the end of each part of the statement.  A block that has come to its end goes
 * round once more, for its __finally.  Returns whether all is done.
 */
static inline bool ntpool_seh_done(struct ntpool_seh_frame *frame)
{
	switch (frame->phase) {
	case NTPOOL_SEH_BODY:
		ntpool_seh_disarm(frame);
		frame->phase = NTPOOL_SEH_NORMAL;
		return false;
	case NTPOOL_SEH_FILTER: /* a __finally has no filter: search on */
	case NTPOOL_SEH_UNWIND:
		ntpool_seh_return(frame, 0);
	}
	return true;
}

/* When the statement is left, by return or goto as well. */
static inline void ntpool_seh_cleanup(struct ntpool_seh_frame *frame)
{
	if (unlikely(frame->phase == NTPOOL_SEH_BODY ||
		     frame->phase == NTPOOL_SEH_UNWIND))
		ntpool_seh_leave(frame);
}

/* The nearest block around whose filter, handler or __finally we are in. */
static inline const struct ntpool_seh_frame *
ntpool_seh_handling(const struct ntpool_seh_frame *scope)
{
	while (scope && scope->phase <= NTPOOL_SEH_BODY)
		scope = scope->outer;
	return scope;
}

/*
 * Has the compiler address a function's variables by its frame pointer, for
 * filters run while the stack pointer is elsewhere: it does in a function
 * that might take memory from the stack, although this one never does.
 */
/* clang-format off */
#define NTPOOL_SEH_PIN()							\
({										\
	unsigned long none_ = 0;						\
										\
	asm volatile("" : "+r"(none_));						\
	if (unlikely(none_))							\
		asm volatile("" : : "r"(__builtin_alloca(none_)) : "memory");	\
	NTPOOL_SEH_START;							\
})
/* clang-format on */

/* break is no way out of the statement; the compiler finds it by this. */
void ntpool_seh_break(void)
	__compiletime_error("a __try statement cannot be left by break: use __leave, goto or return");

/*
 * The frame lives in the inner loop, which is gone through once or, for the
 * __finally, twice; the outer one sees whether it was left by break.
 */
/* clang-format off */
#define NTPOOL_SEH_TRY								\
	for (bool seh_done__ = false, seh_once__ = true; seh_once__;		\
	     seh_once__ = false, seh_done__ ? (void)0 : ntpool_seh_break())	\
		for (struct ntpool_seh_frame seh_frame__			\
			__attribute__((__cleanup__(ntpool_seh_cleanup))) = {	\
				.phase = NTPOOL_SEH_PIN(),			\
				.outer = seh_scope__,				\
				.depth = seh_scope__ ? seh_scope__->depth + 1 : 0, \
			}, *const seh_scope__ = &seh_frame__;			\
		     !seh_done__; seh_done__ = ntpool_seh_done(seh_scope__))	\
			if (seh_frame__.phase == NTPOOL_SEH_START &&		\
			    !ntpool_seh_enter(&seh_frame__) &&			\
			    ntpool_seh_arm(&seh_frame__))

#define NTPOOL_SEH_EXCEPT(filter)						\
			else if (seh_frame__.phase == NTPOOL_SEH_FILTER)	\
				ntpool_seh_return(&seh_frame__, (filter));	\
			else if (seh_frame__.phase == NTPOOL_SEH_HANDLER)

#define NTPOOL_SEH_FINALLY							\
			else if (seh_frame__.phase != NTPOOL_SEH_FILTER)
/* clang-format on */

#endif /* _LINUX_NTPOOL_EXCEPTION_H */
