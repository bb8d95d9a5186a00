/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device's interrupt for drivers in NT's manner.  There is no device: the
 * interrupt is a timer's, in hard-interrupt context, on the CPU that is named, as
 * soon as is asked for.  The service routine is NT's (wdm.h).
 */
#ifndef _NTPOOL_INTERRUPT_H
#define _NTPOOL_INTERRUPT_H

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

typedef struct _KINTERRUPT KINTERRUPT, *PKINTERRUPT;

typedef BOOLEAN KSERVICE_ROUTINE(PKINTERRUPT Interrupt, PVOID ServiceContext);
typedef BOOLEAN KSYNCHRONIZE_ROUTINE(PVOID SynchronizeContext);
typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;
typedef KSYNCHRONIZE_ROUTINE *PKSYNCHRONIZE_ROUTINE;

/* NTPOOL_CPU_CURRENT stands for the CPU that NtpoolArmInterrupt() is called on. */
NTSTATUS NtpoolConnectInterrupt(PKINTERRUPT *Interrupt,
				PKSERVICE_ROUTINE Routine, PVOID Context);
NTSTATUS NtpoolArmInterrupt(PKINTERRUPT Interrupt, ULONG Cpu,
			    ULONGLONG DelayNs);
BOOLEAN NtpoolDisarmInterrupt(PKINTERRUPT Interrupt);
VOID NtpoolDisconnectInterrupt(PKINTERRUPT Interrupt);

BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt,
			       PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
			       PVOID SynchronizeContext);
KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt);
VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql);

#endif /* _NTPOOL_INTERRUPT_H */
