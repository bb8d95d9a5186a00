// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes: unprobed-address, probe-misaligned, probe-wraps, probe-zero-length.  In each the
 * device's eight bytes go to an address that the program chose, in its own thread.
 */
#include "lab/lab.h"

static struct ntpool_lab_buffer Buffer(PIRP Irp)
{
	return *(struct ntpool_lab_buffer *)Irp->AssociatedIrp.SystemBuffer;
}

static ULONG OutputLength(PIRP Irp)
{
	return IoGetCurrentIrpStackLocation(Irp)
		->Parameters.DeviceIoControl.OutputBufferLength;
}

static PVOID Address(const struct ntpool_lab_buffer *Caller)
{
	return (PVOID)(ULONG_PTR)Caller->address;
}

/* All in one try, as a driver has it; what is raised is the status. */
static noinline NTSTATUS ProbeAndWrite(PLAB_SESSION Session, PVOID To,
				       SIZE_T Length, ULONG Alignment)
{
	volatile NTSTATUS Status;

	__try {
		ProbeForWrite(To, Length, Alignment);
		Status = LabWriteAnywhere(Session, To);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
	}
	return Status;
}

/* WRONG: a system address is written without an exception, so the handler is no help. */
static noinline NTSTATUS WriteUnprobed(PLAB_SESSION Session, PVOID To)
{
	volatile NTSTATUS Status;

	__try {
		Status = LabWriteAnywhere(Session, To);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
	}
	return Status;
}

/**
 * LabUnprobedWrong() - WRONG: no probe
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabUnprobedWrong(PLAB_SESSION Session, PIRP Irp)
{
	return LabComplete(Irp, WriteUnprobed(Session, Irp->UserBuffer), 0);
}

/**
 * LabUnprobedRight() - right: probed first
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabUnprobedRight(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status = ProbeAndWrite(Session, Irp->UserBuffer, LAB_DATA_SIZE,
					sizeof(UCHAR));

	return LabComplete(Irp, Status, 0);
}

/* WRONG: a misaligned address raises something else, and first. */
static noinline NTSTATUS HandleViolations(PLAB_SESSION Session, PVOID To)
{
	volatile NTSTATUS Status;

	__try {
		ProbeForWrite(To, LAB_DATA_SIZE, sizeof(ULONGLONG));
		Status = LabWriteAnywhere(Session, To);
	} __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ?
			    EXCEPTION_EXECUTE_HANDLER :
			    EXCEPTION_CONTINUE_SEARCH) {
		Status = STATUS_ACCESS_VIOLATION;
	}
	return Status;
}

/*
 * Guard: stands for the system, which is asked when nobody in the driver takes an
 * exception.  There the system stops.
 */
static LONG NobodyHandles(PEXCEPTION_POINTERS Pointers)
{
	PEXCEPTION_RECORD Record = Pointers->ExceptionRecord;

	ntpool_bugcheck(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)Record->ExceptionCode,
			(ULONG_PTR)Record->ExceptionAddress,
			Record->ExceptionInformation[0],
			Record->ExceptionInformation[1]);
	return EXCEPTION_EXECUTE_HANDLER;
}

static noinline NTSTATUS CallUnderSystem(PLAB_SESSION Session, PVOID To)
{
	volatile NTSTATUS Status;

	__try {
		Status = HandleViolations(Session, To);
	} __except (NobodyHandles(GetExceptionInformation())) {
		Status = GetExceptionCode();
	}
	return Status;
}

/**
 * LabFilterWrong() - WRONG: the filter takes access violations only
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabFilterWrong(PLAB_SESSION Session, PIRP Irp)
{
	return LabComplete(Irp, CallUnderSystem(Session, Irp->UserBuffer), 0);
}

/**
 * LabFilterRight() - right: whatever the user's memory raises is handled
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabFilterRight(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status = ProbeAndWrite(Session, Irp->UserBuffer, LAB_DATA_SIZE,
					sizeof(ULONGLONG));

	return LabComplete(Irp, Status, 0);
}

/**
 * LabWrapWrong() - WRONG: the sum of address and length may wrap
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabWrapWrong(PLAB_SESSION Session, PIRP Irp)
{
	struct ntpool_lab_buffer Caller = Buffer(Irp);

	if (Caller.address + Caller.length > (ULONG_PTR)MmUserProbeAddress)
		return LabComplete(Irp, STATUS_ACCESS_VIOLATION, 0);
	if (Caller.length < LAB_DATA_SIZE)
		return LabComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	return LabComplete(Irp, LabWriteAnywhere(Session, Address(&Caller)), 0);
}

/**
 * LabWrapRight() - right: the probe looks for the wrap, too
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabWrapRight(PLAB_SESSION Session, PIRP Irp)
{
	struct ntpool_lab_buffer Caller = Buffer(Irp);
	NTSTATUS Status;

	if (Caller.length < LAB_DATA_SIZE)
		return LabComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	Status = ProbeAndWrite(Session, Address(&Caller), Caller.length,
			       sizeof(UCHAR));
	return LabComplete(Irp, Status, 0);
}

/**
 * LabZeroWrong() - WRONG: probed for what the caller claims, which may be nothing
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabZeroWrong(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status = ProbeAndWrite(Session, Irp->UserBuffer,
					OutputLength(Irp), sizeof(UCHAR));

	return LabComplete(Irp, Status, 0);
}

/**
 * LabZeroRight() - right: there must be room for what will be written
 * @Session: the file
 * @Irp: METHOD_NEITHER
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabZeroRight(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status;

	if (OutputLength(Irp) < LAB_DATA_SIZE)
		return LabComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	Status = ProbeAndWrite(Session, Irp->UserBuffer, LAB_DATA_SIZE,
			       sizeof(UCHAR));
	return LabComplete(Irp, Status, 0);
}
