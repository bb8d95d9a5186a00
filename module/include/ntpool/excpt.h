/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structured exceptions with NT's names (excpt.h and ntddk.h of the Windows driver
 * kit; "Handling exceptions", Windows driver documentation).
 *
 *	__try {
 *		...
 *	} __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION) {
 *		...
 *	}
 *
 *	__try { ... } __finally { ... }
 *
 * What differs from Microsoft's compiler:
 *
 *  - Variables that are changed in the protected block and read in the filter, the
 *    handler or the __finally must be volatile, as with setjmp().
 *  - break and continue belong to the __try statement: break is a compile-time
 *    error, continue does what __leave does.  return and goto leave it as they
 *    should, and run a __finally on their way.
 *  - Code that touches bad addresses on purpose is built with KASAN_SANITIZE := n.
 *  - On CPUs with SMAP a plain access to a user address is a violation.
 *
 * The lower-case spellings are words of their own right in some of Linux's headers:
 * include those before this one, or define NTPOOL_NO_LOWER_CASE_SEH.
 */
#ifndef _NTPOOL_EXCPT_H
#define _NTPOOL_EXCPT_H

#include <linux/bug.h>
#include <linux/ntpool_exception.h>
#include <asm/ptrace.h>

#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#define EXCEPTION_NONCONTINUABLE     NTPOOL_EXCEPTION_NONCONTINUABLE
#define EXCEPTION_MAXIMUM_PARAMETERS NTPOOL_EXCEPTION_PARAMETERS

typedef struct _EXCEPTION_RECORD {
	NTSTATUS ExceptionCode;
	ULONG ExceptionFlags;
	struct _EXCEPTION_RECORD *ExceptionRecord;
	PVOID ExceptionAddress;
	ULONG NumberParameters;
	ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;

/* The registers that Linux keeps, in its order, under NT's names. */
typedef struct _CONTEXT {
	ULONG64 R15, R14, R13, R12, Rbp, Rbx, R11, R10, R9, R8;
	ULONG64 Rax, Rcx, Rdx, Rsi, Rdi, Reserved;
	ULONG64 Rip, SegCs, EFlags, Rsp, SegSs;
} CONTEXT, *PCONTEXT;

typedef struct _EXCEPTION_POINTERS {
	PEXCEPTION_RECORD ExceptionRecord;
	PCONTEXT ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

static_assert(sizeof(EXCEPTION_RECORD) == sizeof(struct ntpool_exception));
static_assert(offsetof(EXCEPTION_RECORD, ExceptionInformation) ==
	      offsetof(struct ntpool_exception, info));
static_assert(sizeof(CONTEXT) == sizeof(struct pt_regs));
static_assert(offsetof(CONTEXT, Rip) == offsetof(struct pt_regs, ip));
static_assert(sizeof(EXCEPTION_POINTERS) ==
	      sizeof(struct ntpool_exception_pointers));

static inline NTSTATUS ntpool_seh_code(const struct ntpool_seh_frame *scope)
{
	scope = ntpool_seh_handling(scope);
	return scope ? (NTSTATUS)scope->status : STATUS_SUCCESS;
}

static inline PEXCEPTION_POINTERS
ntpool_seh_information(const struct ntpool_seh_frame *scope)
{
	scope = ntpool_seh_handling(scope);
	return scope ? (PEXCEPTION_POINTERS)scope->pointers : NULL;
}

static inline BOOLEAN ntpool_seh_abnormal(const struct ntpool_seh_frame *scope)
{
	scope = ntpool_seh_handling(scope);
	return scope && scope->phase == NTPOOL_SEH_UNWIND;
}

/* For clang-format these are words of the language. */
/* clang-format off */
#define __try		NTPOOL_SEH_TRY
#define __except(...)	NTPOOL_SEH_EXCEPT((__VA_ARGS__))
#define __finally	NTPOOL_SEH_FINALLY
#define __leave		continue

#ifndef NTPOOL_NO_LOWER_CASE_SEH
#define try		NTPOOL_SEH_TRY
#define except(...)	NTPOOL_SEH_EXCEPT((__VA_ARGS__))
#define finally		NTPOOL_SEH_FINALLY
#define leave		continue
#endif
/* clang-format on */

/* In a filter and in a handler; in a filter; in a __finally. */
#define GetExceptionCode()	  ntpool_seh_code(seh_scope__)
#define GetExceptionInformation() ntpool_seh_information(seh_scope__)
#define AbnormalTermination()	  ntpool_seh_abnormal(seh_scope__)

#define exception_code()       GetExceptionCode()
#define exception_info()       GetExceptionInformation()
#define abnormal_termination() AbnormalTermination()

/* These do not return: what no handler takes ends the thread. */
static __always_inline void __noreturn ExRaiseStatus(NTSTATUS Status)
{
	ntpool_raise(Status, 0, NULL);
	BUG(); /* never reached, which the compiler is to know */
}

static __always_inline void __noreturn ExRaiseAccessViolation(void)
{
	ExRaiseStatus(STATUS_ACCESS_VIOLATION);
}

static __always_inline void __noreturn ExRaiseDatatypeMisalignment(void)
{
	ExRaiseStatus(STATUS_DATATYPE_MISALIGNMENT);
}

/* Returns if a filter says EXCEPTION_CONTINUE_EXECUTION. */
static inline VOID RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord)
{
	ntpool_raise_exception((struct ntpool_exception *)ExceptionRecord);
}

#endif /* _NTPOOL_EXCPT_H */
