// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O request packets: made, sent down to a driver, and taken apart.
 *
 * A packet and its stack are one block of nonpaged pool with NT's tag for them, so
 * that special pool for this tag catches a driver that touches one too late.
 */
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/ntpool.h>
#include <linux/sched/task.h>

#include <ntpool/mdl.h>

#include "core/core.h"
#include "io/irp.h"
#include "ke/ke.h"
#include "pool/pool.h"

#define IRP_TAG NTPOOL_TAG('I', 'r', 'p', ' ')

/**
 * IoInitializeIrp() - make a packet of a piece of memory
 * @Irp: the memory, nonpaged
 * @PacketSize: its size, at least IoSizeOfIrp(@StackSize)
 * @StackSize: locations in its stack
 *
 * Context: any.
 */
VOID IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
	memset(Irp, 0, PacketSize);
	Irp->Type = IO_TYPE_IRP;
	Irp->Size = PacketSize;
	Irp->StackCount = StackSize;
	Irp->CurrentLocation = StackSize + 1;
	Irp->Tail.Overlay.CurrentStackLocation = irp_stack(Irp) + StackSize;
	InitializeListHead(&Irp->ThreadListEntry);
}
EXPORT_SYMBOL_GPL(IoInitializeIrp);

/**
 * IoAllocateIrp() - a packet of a driver's own
 * @StackSize: locations in its stack, 1 or more
 * @ChargeQuota: the running process is charged with it
 *
 * Context: any up to DISPATCH_LEVEL.
 * Return: the packet, NULL without memory or quota.
 */
PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
	u64 flags = NTPOOL_FLAG_NON_PAGED | NTPOOL_FLAG_UNINITIALIZED |
		    (ChargeQuota ? NTPOOL_FLAG_USE_QUOTA : 0);
	PIRP irp;

	if (StackSize < 1)
		return NULL;
	irp = ntpool_alloc(flags, IoSizeOfIrp(StackSize), IRP_TAG);
	if (irp)
		IoInitializeIrp(irp, IoSizeOfIrp(StackSize), StackSize);
	return irp;
}
EXPORT_SYMBOL_GPL(IoAllocateIrp);

static void forget_builder(IRP *irp)
{
	if (irp->Builder)
		put_task_struct(irp->Builder);
	irp->Builder = NULL;
}

/**
 * IoFreeIrp() - give a packet back
 * @Irp: from IoAllocateIrp(), at rest
 *
 * What is no packet, and one that a user's thread still waits for or that is held
 * on its way up, is a bug check 0xC9 (01, 02) and stays.
 *
 * Context: any up to DISPATCH_LEVEL.
 */
VOID IoFreeIrp(PIRP Irp)
{
	if (Irp->Type != IO_TYPE_IRP) {
		io_violation(IO_FREES_NO_IRP, Irp, NULL, NULL);
		return;
	}
	if (Irp->Call || (Irp->AllocationFlags & IRP_HELD)) {
		io_violation(IO_FREES_ACTIVE_IRP, Irp, NULL, NULL);
		return;
	}
	forget_builder(Irp);
	/* Who completes it again finds no packet here, until the memory is used. */
	Irp->Type = 0;
	pool_let_go(Irp, IRP_TAG);
}
EXPORT_SYMBOL_GPL(IoFreeIrp);

/**
 * IoReuseIrp() - a packet of a driver's own, as if new
 * @Irp: from IoAllocateIrp(), at rest
 * @Status: what its status block begins with
 *
 * One that is held on its way up is a bug check 0xC9/02 and stays as it is.
 *
 * Context: any.
 */
VOID IoReuseIrp(PIRP Irp, NTSTATUS Status)
{
	if (Irp->AllocationFlags & IRP_HELD) {
		io_violation(IO_FREES_ACTIVE_IRP, Irp, NULL, NULL);
		return;
	}
	forget_builder(Irp);
	IoInitializeIrp(Irp, Irp->Size, Irp->StackCount);
	Irp->IoStatus.Status = Status;
}
EXPORT_SYMBOL_GPL(IoReuseIrp);

static bool device_valid(const DEVICE_OBJECT *device)
{
	return device && device->Type == IO_TYPE_DEVICE && device->DriverObject;
}

/**
 * irp_refuse() - the dispatch routine for what a driver has none for
 * @device: its device
 * @irp: the packet
 *
 * Context: any up to DISPATCH_LEVEL.
 * Return: STATUS_INVALID_DEVICE_REQUEST, which is the packet's status, too.
 */
NTSTATUS irp_refuse(DEVICE_OBJECT *device, IRP *irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS call_dispatch_routine(DEVICE_OBJECT *device, IRP *irp)
{
	UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
	PDRIVER_DISPATCH routine = NULL;

	if (major <= IRP_MJ_MAXIMUM_FUNCTION)
		routine = device->DriverObject->MajorFunction[major];
	return (routine ?: irp_refuse)(device, irp);
}

/**
 * irp_may_send() - may a packet be handed to a device
 * @device: the device
 * @irp: the packet
 *
 * Context: any up to DISPATCH_LEVEL.
 * Return: whether it may; else a bug check is recorded: 0xC9 (03, 04) or 0x35.
 */
bool irp_may_send(DEVICE_OBJECT *device, IRP *irp)
{
	if (!irp || irp->Type != IO_TYPE_IRP) {
		io_violation(IO_SENDS_NO_IRP, irp, NULL, NULL);
		return false;
	}
	if (!device_valid(device)) {
		io_violation(IO_SENDS_TO_NO_DEVICE, device, NULL, NULL);
		return false;
	}
	if (irp->CurrentLocation > 1)
		return true;
	ntpool_bugcheck(BUGCHECK_NO_MORE_IRP_STACK_LOCATIONS, (ulong)irp,
			(ulong)device, 0, 0);
	return false;
}

/**
 * NtpoolCallDriver() - IofCallDriver: hand a packet to the driver below
 * @DeviceObject: that driver's device
 * @Irp: with the next stack location filled in
 * @Driver: the module that calls, which settings of the verifier may name
 *
 * A packet without a location left is bug check 0x35 [packet, device]; what is no
 * packet or no device 0xC9 (03, 04).  None is sent.
 *
 * Context: any up to DISPATCH_LEVEL, and as low as the dispatch routine wants it.
 * Return: what the dispatch routine says, unless the verifier makes it pending.
 */
NTSTATUS NtpoolCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp,
			  struct module *Driver)
{
	struct forced_call *forced = NULL;
	unsigned int depth = attach_depth();
	KIRQL before = irql_now();
	NTSTATUS status;

	if (!irp_may_send(DeviceObject, Irp))
		return STATUS_INVALID_PARAMETER;
	IoSetNextIrpStackLocation(Irp);
	IoGetCurrentIrpStackLocation(Irp)->DeviceObject = DeviceObject;
	if (static_branch_unlikely(&verifier_pending_on))
		forced = forced_begin(Irp, Driver);
	status = call_dispatch_routine(DeviceObject, Irp);
	io_check_dispatch(DeviceObject, before, depth);
	return forced ? forced_end(forced, status) : status;
}
EXPORT_SYMBOL_GPL(NtpoolCallDriver);

static NTSTATUS packet_is_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	complete(context);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/**
 * irp_send_and_wait() - send a packet of our own, and have it back
 * @top: the device on top of the stack
 * @irp: with the next stack location filled in; stays the caller's
 *
 * A driver that never completes it keeps the caller for ever, as on NT.
 *
 * Context: may sleep.
 * Return: its status; STATUS_INVALID_PARAMETER if it could not be sent.
 */
NTSTATUS irp_send_and_wait(DEVICE_OBJECT *top, IRP *irp)
{
	DECLARE_COMPLETION_ONSTACK(back);

	might_sleep();
	/* Nobody would send it back. */
	if (!irp_may_send(top, irp))
		return STATUS_INVALID_PARAMETER;
	IoSetCompletionRoutine(irp, packet_is_back, &back, TRUE, TRUE, TRUE);
	IoCallDriver(top, irp);
	wait_for_completion(&back);
	return irp->IoStatus.Status;
}
EXPORT_FOR_TESTS(irp_send_and_wait);

/**
 * irp_release_mdls() - what its buffers are described by goes
 * @irp: the packet, at rest
 *
 * Context: may sleep.
 */
void irp_release_mdls(IRP *irp)
{
	MDL *mdl, *next;

	for (mdl = irp->MdlAddress; mdl; mdl = next) {
		next = mdl->Next;
		if (mdl->MdlFlags & MDL_PAGES_LOCKED)
			MmUnlockPages(mdl);
		IoFreeMdl(mdl);
	}
	irp->MdlAddress = NULL;
}
