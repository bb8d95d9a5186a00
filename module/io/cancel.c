// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancelling a packet.  Its cancel routine is taken out by whoever comes first,
 * IoCancelIrp() or the driver that is about to complete it: the exchange is atomic,
 * and who gets the routine has the packet.
 *
 * The cancel spin lock is one for all drivers.  It is taken at DISPATCH_LEVEL only,
 * so interrupts stay on; it is the outermost of all spin locks here.
 */
#include <linux/export.h>
#include <linux/ntpool.h>

#include "io/irp.h"

static DEFINE_SPINLOCK(cancel_lock);

/**
 * IoAcquireCancelSpinLock() - hold off cancellation of every packet
 * @Irql: where the IRQL of before is stored
 *
 * Context: any up to DISPATCH_LEVEL; DISPATCH_LEVEL afterwards.
 */
VOID IoAcquireCancelSpinLock(PKIRQL Irql) __acquires(&cancel_lock)
{
	*Irql = KeAcquireSpinLockRaiseToDpc(&cancel_lock);
}
EXPORT_SYMBOL_GPL(IoAcquireCancelSpinLock);

/**
 * IoReleaseCancelSpinLock() - allow it again
 * @Irql: IRQL to go back to: in a cancel routine the packet's CancelIrql
 *
 * Context: DISPATCH_LEVEL.
 */
VOID IoReleaseCancelSpinLock(KIRQL Irql) __releases(&cancel_lock)
{
	KeReleaseSpinLock(&cancel_lock, Irql);
}
EXPORT_SYMBOL_GPL(IoReleaseCancelSpinLock);

/**
 * IoCancelIrp() - ask for a packet's end
 * @Irp: the packet, which the caller knows to be live
 *
 * Context: any up to DISPATCH_LEVEL.
 * Return: TRUE where a cancel routine was called.  It releases the cancel spin
 * lock; one that forgets to is as deadly as on NT.
 */
BOOLEAN IoCancelIrp(PIRP Irp)
{
	PDRIVER_CANCEL routine;
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	Irp->Cancel = TRUE;
	routine = IoSetCancelRoutine(Irp, NULL);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}
	Irp->CancelIrql = irql;
	routine(IoGetCurrentIrpStackLocation(Irp)->DeviceObject, Irp);
	return TRUE;
}
EXPORT_SYMBOL_GPL(IoCancelIrp);
