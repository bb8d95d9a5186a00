// SPDX-License-Identifier: GPL-2.0-only
/* Direct I/O: double-fetch, mdl-left-locked, mdl-unlocked-twice. */
#include "lab/lab.h"

/* The driver's buffer.  Guard: behind it is room for whatever a record may claim. */
struct fetch_target {
	UCHAR Buffer[NTPOOL_LAB_RECORD_MAX];
	UCHAR Behind[sizeof_field(struct ntpool_lab_record, data)];
};

static VOID CopyRecord(PLAB_SESSION Session,
		       const volatile struct ntpool_lab_record *Record,
		       ULONG Length)
{
	struct fetch_target *Target = ExAllocatePool2(POOL_FLAG_NON_PAGED,
						      sizeof(*Target), LAB_TAG);
	PUCHAR To = (PUCHAR)Target;
	ULONG i;

	if (Target == NULL)
		return;
	/* Guard: and no further. */
	Length = min_t(ULONG, Length, sizeof(Record->data));
	for (i = 0; i < Length; i++)
		To[i] = Record->data[i] | 0x80;
	Session->Fetched.length = Length;
	for (i = 0; i < sizeof(Target->Behind); i++)
		Session->Fetched.behind += Target->Behind[i] != 0;
	ExFreePoolWithTag(Target, LAB_TAG);
}

static const volatile struct ntpool_lab_record *SharedRecord(PIRP Irp)
{
	return MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
					    NormalPagePriority);
}

/* FALSE where the order for it is none. */
static BOOLEAN OrderIsGood(PIRP Irp)
{
	const struct ntpool_lab_fetch *Fetch = Irp->AssociatedIrp.SystemBuffer;

	return !Fetch->pad && Fetch->window_ms <= NTPOOL_LAB_WINDOW_MAX_MS;
}

/* The driver is busy with something else between the check and the use. */
static VOID LeaveTime(PIRP Irp)
{
	const struct ntpool_lab_fetch *Fetch = Irp->AssociatedIrp.SystemBuffer;

	LabDelay(Fetch->window_ms);
}

/**
 * LabFetchWrong() - WRONG: what was checked is read again
 * @Session: the file
 * @Irp: METHOD_IN_DIRECT, with a struct ntpool_lab_record in the locked pages
 *
 * Context: PASSIVE_LEVEL, in the requester's thread; so are all in this file.
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabFetchWrong(PLAB_SESSION Session, PIRP Irp)
{
	const volatile struct ntpool_lab_record *Record = SharedRecord(Irp);

	if (Record == NULL)
		return LabComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	Session->Fetched = (struct ntpool_lab_fetched){ 0 };
	if (!OrderIsGood(Irp) || Record->length > NTPOOL_LAB_RECORD_MAX)
		return LabComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	LeaveTime(Irp);
	CopyRecord(Session, Record, Record->length);
	return LabComplete(Irp, STATUS_SUCCESS, 0);
}

/**
 * LabFetchRight() - right: it is read once
 * @Session: the file
 * @Irp: as above
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabFetchRight(PLAB_SESSION Session, PIRP Irp)
{
	const volatile struct ntpool_lab_record *Record = SharedRecord(Irp);
	ULONG Length;

	if (Record == NULL)
		return LabComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	Session->Fetched = (struct ntpool_lab_fetched){ 0 };
	Length = Record->length;
	if (!OrderIsGood(Irp) || Length > NTPOOL_LAB_RECORD_MAX)
		return LabComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	LeaveTime(Irp);
	CopyRecord(Session, Record, Length);
	return LabComplete(Irp, STATUS_SUCCESS, 0);
}

static PMDL LockCaller(PIRP Irp, PNTSTATUS Status)
{
	const struct ntpool_lab_buffer *Buffer = Irp->AssociatedIrp.SystemBuffer;
	PMDL Mdl;

	*Status = STATUS_INVALID_PARAMETER;
	if (Buffer->length == 0 || Buffer->length > PAGE_SIZE)
		return NULL;
	*Status = STATUS_INSUFFICIENT_RESOURCES;
	Mdl = IoAllocateMdl((PVOID)(ULONG_PTR)Buffer->address, Buffer->length,
			    FALSE, FALSE, NULL);
	if (Mdl == NULL)
		return NULL;
	*Status = LabProbeAndLock(Mdl);
	if (NT_SUCCESS(*Status))
		return Mdl;
	IoFreeMdl(Mdl);
	return NULL;
}

/**
 * LabLockWrong() - WRONG: the pages are locked, and nobody unlocks them
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Guard: once for a file, and closing it unlocks them after all.
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabLockWrong(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status = STATUS_DEVICE_BUSY;
	PMDL Mdl;

	if (!LabClaimDevice(Session))
		return LabComplete(Irp, Status, 0);
	if (Session->LeftLocked == NULL) {
		Mdl = LockCaller(Irp, &Status);
		Session->LeftLocked = Mdl;
	}
	LabReleaseDevice(Session);
	return LabComplete(Irp, Status, 0);
}

/**
 * LabLockRight() - right: they are unlocked when the request ends
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabLockRight(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status;
	PMDL Mdl = LockCaller(Irp, &Status);

	UNREFERENCED_PARAMETER(Session);
	if (Mdl) {
		MmUnlockPages(Mdl);
		IoFreeMdl(Mdl);
	}
	return LabComplete(Irp, Status, 0);
}

/**
 * LabUnlockWrong() - WRONG: they are unlocked twice
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabUnlockWrong(PLAB_SESSION Session, PIRP Irp)
{
	NTSTATUS Status;
	PMDL Mdl = LockCaller(Irp, &Status);

	UNREFERENCED_PARAMETER(Session);
	if (Mdl) {
		MmUnlockPages(Mdl);
		MmUnlockPages(Mdl);
		IoFreeMdl(Mdl);
	}
	return LabComplete(Irp, Status, 0);
}

/**
 * LabUnlockRight() - right: once
 * @Session: the file
 * @Irp: with a struct ntpool_lab_buffer
 *
 * Return: NTSTATUS of a dispatch routine.
 */
NTSTATUS LabUnlockRight(PLAB_SESSION Session, PIRP Irp)
{
	return LabLockRight(Session, Irp);
}
