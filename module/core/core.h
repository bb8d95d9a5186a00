/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the lowest layer offers to all others: bug checks, the IRQL of the
 * context, and the counters that more than one layer writes.
 */
#ifndef NTPOOL_CORE_H
#define NTPOOL_CORE_H

#include <linux/irqflags.h>
#include <linux/ntpool.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "kcompat/export.h"

/* clang-format off */
/* Bug check codes, as Microsoft's "Bug check code reference" lists them. */
#define BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT		    0x05
#define BUGCHECK_INVALID_PROCESS_DETACH_ATTEMPT		    0x06
#define BUGCHECK_IRQL_NOT_GREATER_OR_EQUAL		    0x09
#define BUGCHECK_IRQL_NOT_LESS_OR_EQUAL			    0x0A
#define BUGCHECK_MAXIMUM_WAIT_OBJECTS_EXCEEDED		    0x0C
#define BUGCHECK_BAD_POOL_HEADER			    0x19
#define BUGCHECK_KMODE_EXCEPTION_NOT_HANDLED		    0x1E
#define BUGCHECK_QUOTA_UNDERFLOW			    0x21
#define BUGCHECK_NO_MORE_SYSTEM_PTES			    0x3F
#define BUGCHECK_TARGET_MDL_TOO_SMALL			    0x40
#define BUGCHECK_NO_MORE_IRP_STACK_LOCATIONS		    0x35
#define BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS		    0x44
#define BUGCHECK_CANCEL_STATE_IN_COMPLETED_IRP		    0x48
#define BUGCHECK_PAGE_FAULT_IN_NONPAGED_AREA		    0x50
#define BUGCHECK_KERNEL_DATA_INPAGE_ERROR		    0x7A
#define BUGCHECK_PROCESS_HAS_LOCKED_PAGES		    0x76
#define BUGCHECK_ATTEMPTED_SWITCH_FROM_DPC		    0xB8
#define BUGCHECK_ATTEMPTED_WRITE_TO_READONLY_MEMORY	    0xBE
#define BUGCHECK_SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION    0xC1
#define BUGCHECK_BAD_POOL_CALLER			    0xC2
#define BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION	    0xC4
#define BUGCHECK_DRIVER_CAUGHT_MODIFYING_FREED_POOL	    0xC6
#define BUGCHECK_DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS	    0xCB
#define BUGCHECK_TIMER_OR_DPC_INVALID			    0xC7
#define BUGCHECK_IRQL_UNEXPECTED_VALUE			    0xC8
#define BUGCHECK_DRIVER_VERIFIER_IOMANAGER_VIOLATION	    0xC9
#define BUGCHECK_PAGE_FAULT_IN_FREED_SPECIAL_POOL	    0xCC
#define BUGCHECK_PAGE_FAULT_BEYOND_END_OF_ALLOCATION	    0xCD
#define BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING	    0xCE
#define BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL		    0xD1
#define BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL    0xD5
#define BUGCHECK_DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION 0xD6
#define BUGCHECK_SYSTEM_PTE_MISUSE			    0xDA
#define BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL	    0xE1
#define BUGCHECK_RESOURCE_NOT_OWNED			    0xE3
#define BUGCHECK_WORKER_INVALID				    0xE4
#define BUGCHECK_ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY	    0xFC
#define BUGCHECK_INVALID_MDL_RANGE			    0x12E
#define BUGCHECK_KERNEL_SECURITY_CHECK_FAILURE		    0x139
/* clang-format on */

/**
 * struct irql_apc - a thread that has raised itself to APC
 * @node: link in the table of all
 * @task: the thread; it is in the kernel as long as this lives
 */
struct irql_apc {
	struct hlist_node node;
	struct task_struct *task;
};

void irql_enter_apc(struct irql_apc *apc);
void irql_leave_apc(struct irql_apc *apc);

/* Threads raised to APC. */
extern atomic_t irql_apc_count;
u8 irql_passive_or_apc(void);

static inline bool irql_in_rcu_section(void)
{
#ifdef CONFIG_PREEMPT_RCU
	return READ_ONCE(current->rcu_read_lock_nesting) > 0;
#else
	return false; /* there, a read-side section has preemption off */
#endif
}

/**
 * irql_at_most_apc() - may the running code sleep
 * @count: preempt_count() of it
 *
 * Context: any.
 */
static __always_inline bool irql_at_most_apc(unsigned int count)
{
	return likely(!count && !irqs_disabled() && !irql_in_rcu_section());
}

/**
 * irql_at_most_dispatch() - is the running code no hardware interrupt's
 * @count: preempt_count() of it
 *
 * Context: any.
 */
static __always_inline bool irql_at_most_dispatch(unsigned int count)
{
	return likely(!(count & (NMI_MASK | HARDIRQ_MASK)));
}

/**
 * irql_now() - ntpool_irql() for where every instruction counts
 *
 * Context: any.
 * Return: NTPOOL_IRQL_*.
 */
static __always_inline u8 irql_now(void)
{
	unsigned int count = preempt_count();

	if (irql_at_most_apc(count))
		return unlikely(atomic_read(&irql_apc_count)) ?
			       irql_passive_or_apc() :
			       NTPOOL_IRQL_PASSIVE;
	return irql_at_most_dispatch(count) ? NTPOOL_IRQL_DISPATCH :
					      NTPOOL_IRQL_DEVICE;
}

/**
 * struct bugcheck_record - one bug check that was raised
 * @seq: number, from 1 up, without gaps
 * @code: what; BUGCHECK_*
 * @irql: IRQL at which it was raised
 * @param: the four parameters
 * @time_ns: CLOCK_REALTIME
 * @cpu: where
 * @tgid: process that ran
 * @tid: thread that ran
 * @owner: process on whose behalf: @tgid, except for work done later for a
 *	   requester
 * @comm: name of the thread
 * @stack_len: entries of @stack
 * @stack: return addresses, innermost first
 */
struct bugcheck_record {
	u64 seq;
	u32 code;
	u32 irql;
	u64 param[4];
	u64 time_ns;
	u32 cpu;
	pid_t tgid;
	pid_t tid;
	pid_t owner;
	char comm[TASK_COMM_LEN];
	unsigned int stack_len;
	unsigned long stack[NTPOOL_BUGCHECK_STACK];
};

u64 bugcheck_for(pid_t owner, u32 code, u64 p1, u64 p2, u64 p3, u64 p4);
u64 bugcheck_note(pid_t owner, u32 code, u64 p1, u64 p2, u64 p3, u64 p4);
const char *bugcheck_name(u32 code);
u64 bugcheck_last_seq(void);
u64 bugcheck_by_thread_since(u64 seq, pid_t tid);
bool bugcheck_get(u64 seq, struct bugcheck_record *rec);
u64 bugcheck_oldest_seq(void);
extern wait_queue_head_t bugcheck_wait;

/*
 * Have somebody above told before a thread that may sleep raises the IRQL to
 * DISPATCH; NULL for nobody.  One that is taken out may be called for a moment.
 */
typedef void (*irql_observer)(void);
void irql_observe_raise(irql_observer observer);
void irql_tell_raise(u8 before);

#endif /* NTPOOL_CORE_H */
