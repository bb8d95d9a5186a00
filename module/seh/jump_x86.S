/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into a protected block and out of it.
 *
 * A block has one point of return, ntpool_seh_enter().  It comes back from there a
 * second time to call the filter or the __finally (seh_call), with the stack
 * pointer left where it is, deep below the block's function: what is on the stack
 * there stays as it is.  To handle an exception (seh_jump) it comes back with
 * the function's own stack pointer.  All ways lead there by a return, as CPUs that
 * track indirect branches want it.  Exported functions are typed, that is they begin
 * with the landing pad that those CPUs want of a function called by pointer.
 *
 * The offsets are those of enum ntpool_seh_reg and struct ntpool_seh_frame;
 * seh/dispatch.c asserts them.
 */
#include <linux/cfi_types.h>
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>

#define FRAME_BX	0
#define FRAME_BP	8
#define FRAME_R12	16
#define FRAME_R13	24
#define FRAME_R14	32
#define FRAME_R15	40
#define FRAME_SP	48
#define FRAME_IP	56
#define FRAME_BACK	64

.macro RESTORE frame:req
	movq FRAME_BX(\frame), %rbx
	movq FRAME_BP(\frame), %rbp
	movq FRAME_R12(\frame), %r12
	movq FRAME_R13(\frame), %r13
	movq FRAME_R14(\frame), %r14
	movq FRAME_R15(\frame), %r15
.endm

/* int ntpool_seh_enter(struct ntpool_seh_frame *frame): 0, later 1 */
SYM_TYPED_FUNC_START(ntpool_seh_enter)
	movq (%rsp), %rdx
	leaq 8(%rsp), %rcx
	movq %rbx, FRAME_BX(%rdi)
	movq %rbp, FRAME_BP(%rdi)
	movq %r12, FRAME_R12(%rdi)
	movq %r13, FRAME_R13(%rdi)
	movq %r14, FRAME_R14(%rdi)
	movq %r15, FRAME_R15(%rdi)
	movq %rcx, FRAME_SP(%rdi)
	movq %rdx, FRAME_IP(%rdi)
	xorl %eax, %eax
	RET
SYM_FUNC_END(ntpool_seh_enter)

/*
 * int seh_call(struct ntpool_seh_frame *frame): what ntpool_seh_return() gives.
 * The block's code gets a stack pointer aligned as its own is, to 64 bytes.
 */
STACK_FRAME_NON_STANDARD seh_call
SYM_FUNC_START(seh_call)
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, FRAME_BACK(%rdi)
	RESTORE %rdi
	movq FRAME_SP(%rdi), %rax
	subq %rax, %rsp
	andq $-64, %rsp
	addq %rax, %rsp
	pushq FRAME_IP(%rdi)
	movl $1, %eax
	RET
SYM_FUNC_END(seh_call)

/* void ntpool_seh_return(struct ntpool_seh_frame *frame, int value) */
STACK_FRAME_NON_STANDARD ntpool_seh_return
SYM_TYPED_FUNC_START(ntpool_seh_return)
	movq FRAME_BACK(%rdi), %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	movl %esi, %eax
	RET
SYM_FUNC_END(ntpool_seh_return)

/* void seh_jump(struct ntpool_seh_frame *frame) */
STACK_FRAME_NON_STANDARD seh_jump
SYM_FUNC_START(seh_jump)
	RESTORE %rdi
	movq FRAME_SP(%rdi), %rsp
	pushq FRAME_IP(%rdi)
	movl $1, %eax
	RET
SYM_FUNC_END(seh_jump)
