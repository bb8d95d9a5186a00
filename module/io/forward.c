// SPDX-License-Identifier: GPL-2.0-only
/* Passing requests on, and who has made them. */
#include <linux/export.h>
#include <linux/sched.h>

#include <ntpool/device.h>

#include "io/call.h"
#include "ke/ke.h"

/**
 * IoForwardIrpSynchronously() - pass a packet on, and have it back
 * @DeviceObject: to whom
 * @Irp: the packet; its current location is copied to the next
 *
 * Context: IRQL PASSIVE.
 * Return: whether it was passed on: FALSE if there is no location for it, or no device,
 * which is bug check 0xC9/04.
 */
BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	if (Irp->CurrentLocation <= 1 || !irp_may_send(DeviceObject, Irp))
		return FALSE;
	IoCopyCurrentIrpStackLocationToNext(Irp);
	irp_send_and_wait(DeviceObject, Irp);
	return TRUE;
}
EXPORT_SYMBOL_GPL(IoForwardIrpSynchronously);

/**
 * IoGetRequestorProcess() - the process that has asked
 * @Irp: its packet
 *
 * Context: IRQL <= DISPATCH.
 * Return: as IoThreadToProcess(); NULL if the packet is nobody's.
 */
PEPROCESS IoGetRequestorProcess(PIRP Irp)
{
	PETHREAD thread = Irp->Tail.Overlay.Thread;
	const struct io_call *call = Irp->Call;

	/* In a DPC, too, it has an address space that can be attached to. */
	if (call)
		return process_of_requester(call->task, call->mm);
	return thread ? IoThreadToProcess(thread) : NULL;
}
EXPORT_SYMBOL_GPL(IoGetRequestorProcess);

/**
 * IoGetRequestorProcessId() - its number
 * @Irp: its packet
 *
 * Context: IRQL <= DISPATCH.
 * Return: the number; 0 if the packet is nobody's, or the system process's.
 */
ULONG IoGetRequestorProcessId(PIRP Irp)
{
	PEPROCESS process = IoGetRequestorProcess(Irp);

	return process ? HandleToUlong(PsGetProcessId(process)) : 0;
}
EXPORT_SYMBOL_GPL(IoGetRequestorProcessId);

/**
 * IoIs32bitProcess() - is a request that of a program of 32 bits
 * @Irp: the packet; NULL: the running process
 *
 * Context: IRQL <= DISPATCH.
 */
BOOLEAN IoIs32bitProcess(PIRP Irp)
{
	struct task_struct *task = Irp ? (void *)Irp->Tail.Overlay.Thread : current;

	if (!task || (Irp && Irp->RequestorMode == KernelMode))
		return FALSE;
	return test_tsk_thread_flag(task, TIF_ADDR32);
}
EXPORT_SYMBOL_GPL(IoIs32bitProcess);
