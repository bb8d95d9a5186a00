// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's interrupt: a timer in hard-interrupt context, pinned to the CPU that is
 * named, which interrupts whatever runs there.  If that CPU goes offline first, it
 * comes on another.
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <ntpool/interrupt.h>

#include "kcompat/hrtimer.h"
#include "ke/internal.h"

/* In what KeAcquireInterruptSpinLock() returns, beside the IRQL. */
#define INTERRUPTS_WERE_OFF 0x80

/**
 * struct _KINTERRUPT - one
 * @timer: it
 * @lock: held while @routine runs: NT's interrupt spin lock
 * @routine: the driver's service routine
 * @context: for it
 */
struct _KINTERRUPT {
	struct hrtimer timer;
	raw_spinlock_t lock;
	PKSERVICE_ROUTINE routine;
	PVOID context;
};

static void call_routine(void *argument)
{
	PKINTERRUPT interrupt = argument;

	interrupt->routine(interrupt, interrupt->context);
}

static enum hrtimer_restart interrupt_comes(struct hrtimer *timer)
{
	PKINTERRUPT interrupt = container_of(timer, KINTERRUPT, timer);

	lockdep_assert_irqs_disabled();
	raw_spin_lock(&interrupt->lock);
	guard_call(call_routine, interrupt, interrupt->routine);
	raw_spin_unlock(&interrupt->lock);
	return HRTIMER_NORESTART;
}

/**
 * NtpoolConnectInterrupt() - have a routine called when the interrupt comes
 * @Interrupt: set to it; not armed yet
 * @Routine: the service routine, called at device level; what it answers is ignored
 * @Context: for it
 *
 * Context: IRQL <= APC.
 * Return: STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS NtpoolConnectInterrupt(PKINTERRUPT *Interrupt,
				PKSERVICE_ROUTINE Routine, PVOID Context)
{
	PKINTERRUPT interrupt = kzalloc(sizeof(*interrupt),
					GFP_KERNEL_ACCOUNT);

	*Interrupt = interrupt;
	if (!interrupt)
		return STATUS_INSUFFICIENT_RESOURCES;
	raw_spin_lock_init(&interrupt->lock);
	interrupt->routine = Routine;
	interrupt->context = Context;
	hrtimer_setup(&interrupt->timer, interrupt_comes, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED_HARD);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(NtpoolConnectInterrupt);

struct arming {
	PKINTERRUPT interrupt;
	ktime_t due;
};

/* A pinned timer comes on the CPU that starts it. */
static void arm_here(void *data)
{
	struct arming *arming = data;

	hrtimer_start(&arming->interrupt->timer, arming->due,
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

static int arm_on(struct arming *arming, unsigned int cpu)
{
	if (cpu == smp_processor_id()) {
		arm_here(arming);
		return 0;
	}
	if (!in_task() || irqs_disabled())
		return -EBUSY;
	return smp_call_function_single(cpu, arm_here, arming, true);
}

/**
 * NtpoolArmInterrupt() - have the interrupt come, once
 * @Interrupt: from NtpoolConnectInterrupt(); if it is armed, that is forgotten
 * @Cpu: on which CPU; NTPOOL_CPU_CURRENT for this one
 * @DelayNs: from now, in nanoseconds
 *
 * Context: any but NMI.  In a DPC, in an interrupt and with interrupts off another CPU
 * cannot be reached.  Elsewhere it is waited for, and may be in a DPC: no spin lock is
 * held that those take.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER where there is no such CPU, or it
 * cannot be reached.
 */
NTSTATUS NtpoolArmInterrupt(PKINTERRUPT Interrupt, ULONG Cpu, ULONGLONG DelayNs)
{
	struct arming arming = {
		.interrupt = Interrupt,
		.due = ktime_add_safe(ktime_get(), min_t(u64, DelayNs, KTIME_MAX)),
	};
	int err = -EINVAL;

	preempt_disable();
	if (Cpu == NTPOOL_CPU_CURRENT)
		Cpu = smp_processor_id();
	if (Cpu < nr_cpu_ids)
		err = arm_on(&arming, Cpu);
	preempt_enable();
	return err ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(NtpoolArmInterrupt);

/**
 * NtpoolDisarmInterrupt() - have it not come after all
 * @Interrupt: it
 *
 * Context: any but its own service routine and NMI.
 * Return: TRUE if it was armed.  Its routine does not run any more then or otherwise.
 */
BOOLEAN NtpoolDisarmInterrupt(PKINTERRUPT Interrupt)
{
	return hrtimer_cancel(&Interrupt->timer) == 1;
}
EXPORT_SYMBOL_GPL(NtpoolDisarmInterrupt);

/**
 * NtpoolDisconnectInterrupt() - be done with it
 * @Interrupt: it; NULL is let through.  Nobody arms it any more
 *
 * Waits for its service routine, if that runs.
 *
 * Context: IRQL <= DISPATCH, outside of its service routine.
 */
VOID NtpoolDisconnectInterrupt(PKINTERRUPT Interrupt)
{
	if (!Interrupt)
		return;
	hrtimer_cancel(&Interrupt->timer);
	kfree(Interrupt);
}
EXPORT_SYMBOL_GPL(NtpoolDisconnectInterrupt);

/**
 * KeAcquireInterruptSpinLock() - keep the service routine from running
 * @Interrupt: whose
 *
 * On NT this raises to the interrupt's level; here interrupts are off, which
 * KeGetCurrentIrql() calls DISPATCH.
 *
 * Context: any but its own service routine and NMI.
 * Return: for KeReleaseInterruptSpinLock().
 */
KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
	__acquires(&Interrupt->lock)
{
	KIRQL before = ntpool_irql();
	unsigned long flags;

	irql_tell_raise(before);
	raw_spin_lock_irqsave(&Interrupt->lock, flags);
	return irqs_disabled_flags(flags) ? before | INTERRUPTS_WERE_OFF : before;
}
EXPORT_SYMBOL_GPL(KeAcquireInterruptSpinLock);

/**
 * KeReleaseInterruptSpinLock() - undo that
 * @Interrupt: whose
 * @OldIrql: what it returned
 */
VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
	__releases(&Interrupt->lock)
{
	raw_spin_unlock(&Interrupt->lock);
	if (!(OldIrql & INTERRUPTS_WERE_OFF))
		local_irq_enable();
}
EXPORT_SYMBOL_GPL(KeReleaseInterruptSpinLock);

/**
 * KeSynchronizeExecution() - call what must not run beside the service routine
 * @Interrupt: whose
 * @SynchronizeRoutine: what
 * @SynchronizeContext: for it
 *
 * Context: as KeAcquireInterruptSpinLock().
 * Return: what the routine answers.
 */
BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt,
			       PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
			       PVOID SynchronizeContext)
{
	unsigned long flags;
	BOOLEAN answer;

	irql_tell_raise(ntpool_irql());
	raw_spin_lock_irqsave(&Interrupt->lock, flags);
	answer = SynchronizeRoutine(SynchronizeContext);
	raw_spin_unlock_irqrestore(&Interrupt->lock, flags);
	return answer;
}
EXPORT_SYMBOL_GPL(KeSynchronizeExecution);
