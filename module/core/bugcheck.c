// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bug checks: what would have stopped an NT system is recorded, logged, traced,
 * and only if asked for stops this one.
 *
 * Records live in a ring of the last BUGCHECK_RING.  Writers are anywhere, hard
 * interrupts included, so the ring has a spinlock taken with interrupts off and
 * no allocation.  Readers name a record by its sequence number and get a copy.
 */
#include <linux/export.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/sched/clock.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/timekeeping.h>

#include "core/core.h"
#include "core/internal.h"
#include "core/trace.h"

#define BUGCHECK_RING 256

static struct bugcheck_record ring[BUGCHECK_RING]; /* under ring_lock */
static u64 last_seq;				   /* under ring_lock */
static DEFINE_RAW_SPINLOCK(ring_lock);

DECLARE_WAIT_QUEUE_HEAD(bugcheck_wait);

static char *bugcheck = "record";
module_param(bugcheck, charp, 0444);
MODULE_PARM_DESC(bugcheck,
		 "what a bug check does: record (default), oops or panic");

static enum { MODE_RECORD,
	      MODE_OOPS,
	      MODE_PANIC } mode;

static const struct {
	u32 code;
	const char *name;
} names[] = {
	{ BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT,
	  "INVALID_PROCESS_ATTACH_ATTEMPT" },
	{ BUGCHECK_INVALID_PROCESS_DETACH_ATTEMPT,
	  "INVALID_PROCESS_DETACH_ATTEMPT" },
	{ BUGCHECK_IRQL_NOT_GREATER_OR_EQUAL, "IRQL_NOT_GREATER_OR_EQUAL" },
	{ BUGCHECK_IRQL_NOT_LESS_OR_EQUAL, "IRQL_NOT_LESS_OR_EQUAL" },
	{ BUGCHECK_MAXIMUM_WAIT_OBJECTS_EXCEEDED,
	  "MAXIMUM_WAIT_OBJECTS_EXCEEDED" },
	{ BUGCHECK_BAD_POOL_HEADER, "BAD_POOL_HEADER" },
	{ BUGCHECK_KMODE_EXCEPTION_NOT_HANDLED, "KMODE_EXCEPTION_NOT_HANDLED" },
	{ BUGCHECK_QUOTA_UNDERFLOW, "QUOTA_UNDERFLOW" },
	{ BUGCHECK_NO_MORE_SYSTEM_PTES, "NO_MORE_SYSTEM_PTES" },
	{ BUGCHECK_TARGET_MDL_TOO_SMALL, "TARGET_MDL_TOO_SMALL" },
	{ BUGCHECK_NO_MORE_IRP_STACK_LOCATIONS,
	  "NO_MORE_IRP_STACK_LOCATIONS" },
	{ BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS,
	  "MULTIPLE_IRP_COMPLETE_REQUESTS" },
	{ BUGCHECK_CANCEL_STATE_IN_COMPLETED_IRP,
	  "CANCEL_STATE_IN_COMPLETED_IRP" },
	{ BUGCHECK_PAGE_FAULT_IN_NONPAGED_AREA, "PAGE_FAULT_IN_NONPAGED_AREA" },
	{ BUGCHECK_PROCESS_HAS_LOCKED_PAGES, "PROCESS_HAS_LOCKED_PAGES" },
	{ BUGCHECK_KERNEL_DATA_INPAGE_ERROR, "KERNEL_DATA_INPAGE_ERROR" },
	{ BUGCHECK_ATTEMPTED_SWITCH_FROM_DPC, "ATTEMPTED_SWITCH_FROM_DPC" },
	{ BUGCHECK_ATTEMPTED_WRITE_TO_READONLY_MEMORY,
	  "ATTEMPTED_WRITE_TO_READONLY_MEMORY" },
	{ BUGCHECK_SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION,
	  "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION" },
	{ BUGCHECK_BAD_POOL_CALLER, "BAD_POOL_CALLER" },
	{ BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION,
	  "DRIVER_VERIFIER_DETECTED_VIOLATION" },
	{ BUGCHECK_DRIVER_CAUGHT_MODIFYING_FREED_POOL,
	  "DRIVER_CAUGHT_MODIFYING_FREED_POOL" },
	{ BUGCHECK_DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS,
	  "DRIVER_LEFT_LOCKED_PAGES_IN_PROCESS" },
	{ BUGCHECK_TIMER_OR_DPC_INVALID, "TIMER_OR_DPC_INVALID" },
	{ BUGCHECK_IRQL_UNEXPECTED_VALUE, "IRQL_UNEXPECTED_VALUE" },
	{ BUGCHECK_DRIVER_VERIFIER_IOMANAGER_VIOLATION,
	  "DRIVER_VERIFIER_IOMANAGER_VIOLATION" },
	{ BUGCHECK_PAGE_FAULT_IN_FREED_SPECIAL_POOL,
	  "PAGE_FAULT_IN_FREED_SPECIAL_POOL" },
	{ BUGCHECK_PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
	  "PAGE_FAULT_BEYOND_END_OF_ALLOCATION" },
	{ BUGCHECK_DRIVER_UNLOADED_WITHOUT_CANCELLING,
	  "DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS" },
	{ BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
	  "DRIVER_IRQL_NOT_LESS_OR_EQUAL" },
	{ BUGCHECK_DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL,
	  "DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL" },
	{ BUGCHECK_DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION,
	  "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION" },
	{ BUGCHECK_SYSTEM_PTE_MISUSE, "SYSTEM_PTE_MISUSE" },
	{ BUGCHECK_WORKER_THREAD_RETURNED_AT_BAD_IRQL,
	  "WORKER_THREAD_RETURNED_AT_BAD_IRQL" },
	{ BUGCHECK_RESOURCE_NOT_OWNED, "RESOURCE_NOT_OWNED" },
	{ BUGCHECK_WORKER_INVALID, "WORKER_INVALID" },
	{ BUGCHECK_ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY,
	  "ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY" },
	{ BUGCHECK_INVALID_MDL_RANGE, "INVALID_MDL_RANGE" },
	{ BUGCHECK_KERNEL_SECURITY_CHECK_FAILURE,
	  "KERNEL_SECURITY_CHECK_FAILURE" },
};

/**
 * bugcheck_name() - the name Microsoft's documents give a bug check
 * @code: BUGCHECK_*
 *
 * Return: the name, "UNKNOWN" for a code that is none of ours.
 */
const char *bugcheck_name(u32 code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == code)
			return names[i].name;
	return "UNKNOWN";
}
EXPORT_FOR_TESTS(bugcheck_name);

int bugcheck_init(void)
{
	static const char *const modes[] = { "record", "oops", "panic" };
	int found = match_string(modes, ARRAY_SIZE(modes), bugcheck);

	if (found < 0) {
		pr_err("ntpool: bugcheck=%s is none of record, oops, panic\n",
		       bugcheck);
		return -EINVAL;
	}
	mode = found;
	return 0;
}

/* Readers are woken from a context in which wake_up() is always allowed. */
static void wake_readers(struct irq_work *work)
{
	wake_up_all(&bugcheck_wait);
}

static DEFINE_IRQ_WORK(wake_work, wake_readers);

static void fill(struct bugcheck_record *rec, pid_t owner, u32 code,
		 const u64 param[4])
{
	memset(rec, 0, sizeof(*rec));
	rec->code = code;
	rec->irql = ntpool_irql();
	memcpy(rec->param, param, sizeof(rec->param));
	rec->time_ns = ktime_get_real_fast_ns();
	rec->cpu = raw_smp_processor_id();
	rec->tgid = current->tgid;
	rec->tid = current->pid;
	rec->owner = owner;
	memcpy(rec->comm, current->comm, sizeof(rec->comm));
	rec->comm[sizeof(rec->comm) - 1] = '\0';
	rec->stack_len = stack_trace_save(rec->stack, ARRAY_SIZE(rec->stack), 2);
}

static u64 append(struct bugcheck_record *rec)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ring_lock, flags);
	rec->seq = ++last_seq;
	ring[rec->seq % BUGCHECK_RING] = *rec;
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	return rec->seq;
}

/* The form of a blue screen's text line, which Windows developers search for. */
static void tell(const struct bugcheck_record *rec)
{
	pr_err_ratelimited("ntpool: *** STOP: 0x%08X (0x%016llX, 0x%016llX, 0x%016llX, 0x%016llX) %s irql %u cpu %u %s[%d]\n",
			   rec->code, rec->param[0], rec->param[1],
			   rec->param[2], rec->param[3],
			   bugcheck_name(rec->code), rec->irql, rec->cpu,
			   rec->comm, rec->tid);
	trace_ntpool_bugcheck(rec->code, rec->param[0], rec->param[1],
			      rec->param[2], rec->param[3]);
}

static void stop(const struct bugcheck_record *rec)
{
	if (mode == MODE_PANIC)
		panic("ntpool: bug check 0x%X %s", rec->code,
		      bugcheck_name(rec->code));
	if (mode == MODE_OOPS)
		BUG();
}

static void record(struct bugcheck_record *rec, pid_t owner, u32 code,
		   const u64 param[4])
{
	fill(rec, owner, code, param);
	append(rec);
	tell(rec);
	irq_work_queue(&wake_work);
}

/**
 * bugcheck_note() - record a bug check that is no reason to stop
 * @owner: thread group of the process whose doing it is
 * @code: BUGCHECK_*
 * @p1: first parameter
 * @p2: second parameter
 * @p3: third parameter
 * @p4: fourth parameter
 *
 * Context: any but NMI.
 * Return: the number of the record, whatever bugcheck= asks for.
 */
u64 bugcheck_note(pid_t owner, u32 code, u64 p1, u64 p2, u64 p3, u64 p4)
{
	const u64 param[4] = { p1, p2, p3, p4 };
	struct bugcheck_record rec;

	record(&rec, owner, code, param);
	return rec.seq;
}

/**
 * bugcheck_for() - raise a bug check on behalf of a process
 * @owner: thread group of the process whose request this belongs to
 * @code: BUGCHECK_*
 * @p1: first parameter
 * @p2: second parameter
 * @p3: third parameter
 * @p4: fourth parameter
 *
 * Context: any but NMI.
 * Return: the number of the record, unless bugcheck= asks to oops or panic.
 */
u64 bugcheck_for(pid_t owner, u32 code, u64 p1, u64 p2, u64 p3, u64 p4)
{
	const u64 param[4] = { p1, p2, p3, p4 };
	struct bugcheck_record rec;

	record(&rec, owner, code, param);
	stop(&rec);
	return rec.seq;
}
EXPORT_FOR_TESTS(bugcheck_for);

/**
 * ntpool_bugcheck() - raise a bug check (KeBugCheckEx)
 * @code: bug check code
 * @p1: first parameter
 * @p2: second parameter
 * @p3: third parameter
 * @p4: fourth parameter
 *
 * Unlike NT's this returns, with the module parameter bugcheck=record: the
 * caller must refuse the operation that led here.
 *
 * Context: any but NMI.
 * Return: the number of the record.
 */
u64 ntpool_bugcheck(u32 code, u64 p1, u64 p2, u64 p3, u64 p4)
{
	return bugcheck_for(current->tgid, code, p1, p2, p3, p4);
}
EXPORT_SYMBOL_GPL(ntpool_bugcheck);

/**
 * bugcheck_last_seq() - number of the newest record
 *
 * Return: the number, 0 if there has been none.
 */
u64 bugcheck_last_seq(void)
{
	unsigned long flags;
	u64 seq;

	raw_spin_lock_irqsave(&ring_lock, flags);
	seq = last_seq;
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	return seq;
}
EXPORT_FOR_TESTS(bugcheck_last_seq);

static u64 oldest_locked(void)
{
	return last_seq > BUGCHECK_RING ? last_seq - BUGCHECK_RING + 1 : 1;
}

/**
 * bugcheck_oldest_seq() - number of the oldest record still in the ring
 *
 * Return: the number; one more than bugcheck_last_seq() if there is none.
 */
u64 bugcheck_oldest_seq(void)
{
	unsigned long flags;
	u64 seq;

	raw_spin_lock_irqsave(&ring_lock, flags);
	seq = oldest_locked();
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	return seq;
}
EXPORT_FOR_TESTS(bugcheck_oldest_seq);

/**
 * bugcheck_get() - copy a record
 * @seq: its number
 * @rec: filled on success
 *
 * Return: whether the ring has it.
 */
bool bugcheck_get(u64 seq, struct bugcheck_record *rec)
{
	unsigned long flags;
	bool have;

	raw_spin_lock_irqsave(&ring_lock, flags);
	have = seq >= oldest_locked() && seq <= last_seq;
	if (have)
		*rec = ring[seq % BUGCHECK_RING];
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	return have;
}
EXPORT_FOR_TESTS(bugcheck_get);

/**
 * bugcheck_by_thread_since() - the newest record a thread raised after another
 * @seq: only records with higher numbers count
 * @tid: the thread
 *
 * Return: its number, or 0.
 */
u64 bugcheck_by_thread_since(u64 seq, pid_t tid)
{
	unsigned long flags;
	u64 found = 0, i;

	raw_spin_lock_irqsave(&ring_lock, flags);
	for (i = last_seq; i > seq && i >= oldest_locked() && !found; i--)
		if (ring[i % BUGCHECK_RING].tid == tid)
			found = i;
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	return found;
}
EXPORT_FOR_TESTS(bugcheck_by_thread_since);

/**
 * bugcheck_exit() - let no wake-up outlive the module
 */
void bugcheck_exit(void)
{
	irq_work_sync(&wake_work);
}
