// SPDX-License-Identifier: GPL-2.0-only
/* Where a request's data goes, by each method. */
#include "buffer.h"

PVOID OutputOf(PIRP Irp)
{
	if (Irp->MdlAddress)
		return MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
						    NormalPagePriority);
	return Irp->AssociatedIrp.SystemBuffer;
}

ULONG RoomOf(PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);

	if (Location->MajorFunction == IRP_MJ_READ)
		return Location->Parameters.Read.Length;
	if (Location->MajorFunction == IRP_MJ_WRITE)
		return 0;
	return Location->Parameters.DeviceIoControl.OutputBufferLength;
}

static BOOLEAN IsNeither(PIRP Irp, PTEST_ORDERS Order)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);

	return (Order->flags & TEST_NEITHER) &&
	       Location->MajorFunction == IRP_MJ_DEVICE_CONTROL &&
	       METHOD_FROM_CTL_CODE(
		       Location->Parameters.DeviceIoControl.IoControlCode) ==
		       METHOD_NEITHER;
}

static ULONG Amount(PIRP Irp, PTEST_ORDERS Order)
{
	ULONG Room = RoomOf(Irp);

	return Order->length < Room ? (ULONG)Order->length : Room;
}

/* The byte at @At; the buffer may begin and end anywhere. */
static UCHAR ByteAt(PTEST_ORDERS Order, ULONG At)
{
	if (!(Order->flags & TEST_WORDS))
		return (UCHAR)Order->fill;
	return (UCHAR)(Order->fill >> 8 * (At % 4));
}

VOID Fill(PIRP Irp, PTEST_ORDERS Order)
{
	PUCHAR Output = OutputOf(Irp);
	ULONG Room = Output ? Amount(Irp, Order) : 0;
	ULONG At;

	for (At = 0; At < Room; At++)
		Output[At] = ByteAt(Order, At);
}

/* Raises. */
static VOID WriteOut(PIRP Irp, PTEST_ORDERS Order)
{
	PUCHAR Output = Irp->UserBuffer;
	ULONG Room = Amount(Irp, Order);
	UCHAR Chunk[64];
	ULONG At;

	if (Irp->RequestorMode != KernelMode)
		ProbeForWrite(Output, RoomOf(Irp), 1);
	for (At = 0; At < sizeof(Chunk); At++)
		Chunk[At] = ByteAt(Order, At);
	for (At = 0; At < Room; At += sizeof(Chunk))
		CopyToUser(Output + At, Chunk,
			   min(Room - At, (ULONG)sizeof(Chunk)));
}

NTSTATUS FillNeither(PIRP Irp, PTEST_ORDERS Order)
{
	volatile NTSTATUS Status = STATUS_SUCCESS;

	if (!IsNeither(Irp, Order))
		return STATUS_SUCCESS;
	__try {
		WriteOut(Irp, Order);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
	}
	return Status;
}

/* The I/O manager unlocks and frees what MdlAddress leads to. */
NTSTATUS LockNeither(PIRP Irp, PTEST_ORDERS Order)
{
	volatile NTSTATUS Status = STATUS_SUCCESS;
	PMDL Mdl;

	if (!IsNeither(Irp, Order) || !RoomOf(Irp))
		return STATUS_SUCCESS;
	Mdl = IoAllocateMdl(Irp->UserBuffer, RoomOf(Irp), FALSE, TRUE, Irp);
	if (!Mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	__try {
		MmProbeAndLockPages(Mdl, Irp->RequestorMode, IoWriteAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
		Irp->MdlAddress = NULL;
		IoFreeMdl(Mdl);
	}
	return Status;
}
