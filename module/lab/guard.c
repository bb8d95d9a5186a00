// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to addresses that a program chose, as drivers make them with RtlCopyMemory().
 * Guard: they are made for real where that harms nobody, and elsewhere refused and
 * told.  And what else drivers do not ask Linux for.
 */
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "lab/lab.h"

static ULONG KindOf(const struct task_struct *Thread)
{
	if (is_idle_task(Thread))
		return NTPOOL_PARTY_IDLE;
	return Thread->flags & PF_KTHREAD ? NTPOOL_PARTY_KTHREAD : 0;
}

/**
 * LabNoteRunning() - evidence of who is running, and that nothing is written yet
 * @Session: gets the evidence
 * @Address: that is to be written, or NULL
 *
 * Context: any.
 */
VOID LabNoteRunning(PLAB_SESSION Session, PVOID Address)
{
	struct ntpool_lab_evidence *Evidence = &Session->Evidence;

	*Evidence = (struct ntpool_lab_evidence){
		.address = (ULONG_PTR)Address,
		.cpu = raw_smp_processor_id(),
		.irql = KeGetCurrentIrql(),
		.pid = task_tgid_nr(current),
		.tid = task_pid_nr(current),
		.flags = KindOf(current),
	};
	strscpy_pad(Evidence->comm, current->comm, sizeof(Evidence->comm));
}

/**
 * LabWriteUser() - RtlCopyMemory(@Address, the device's data, eight bytes)
 * @Session: gets the evidence
 * @Address: a user's, in whatever process is running
 *
 * Guard: only volunteers are written; see ntpool_lab_write_user().
 *
 * Context: any.
 * Return: NTSTATUS of the touch.
 */
NTSTATUS LabWriteUser(PLAB_SESSION Session, PVOID Address)
{
	return ntpool_lab_write_user((ULONG_PTR)Address, Session->Device.data,
				     LAB_DATA_SIZE, &Session->Evidence);
}

static BOOLEAN IsDecoy(PLAB_SESSION Session, PVOID Address)
{
	ULONG_PTR Offset = (PCHAR)Address - (PCHAR)Session->Decoy;

	return Offset <= PAGE_SIZE - LAB_DATA_SIZE;
}

static NTSTATUS WriteDecoy(PLAB_SESSION Session, PVOID Address)
{
	struct ntpool_lab_evidence *Evidence = &Session->Evidence;

	Evidence->outcome = NTPOOL_LAB_WRITTEN;
	RtlCopyMemory(Evidence->before, Session->Decoy, sizeof(Evidence->before));
	RtlCopyMemory(Address, Session->Device.data, LAB_DATA_SIZE);
	RtlCopyMemory(Evidence->after, Session->Decoy, sizeof(Evidence->after));
	return STATUS_SUCCESS;
}

static NTSTATUS WriteCaller(PLAB_SESSION Session, PVOID Address)
{
	struct ntpool_lab_evidence *Evidence = &Session->Evidence;

	if (copy_to_user((void __user *)Address, Session->Device.data,
			 LAB_DATA_SIZE)) {
		Evidence->outcome = NTPOOL_LAB_NOT_RESIDENT;
		Evidence->status = STATUS_ACCESS_VIOLATION;
		return STATUS_ACCESS_VIOLATION;
	}
	Evidence->outcome = NTPOOL_LAB_WRITTEN;
	return STATUS_SUCCESS;
}

/**
 * LabWriteAnywhere() - RtlCopyMemory(@Address, the device's data, eight bytes)
 * @Session: gets the evidence
 * @Address: in user space of the running process, or in system space
 *
 * Guard: in system space only the decoy is written.
 *
 * Context: PASSIVE_LEVEL, in the requester's thread.
 * Return: NTSTATUS of the touch.
 */
NTSTATUS LabWriteAnywhere(PLAB_SESSION Session, PVOID Address)
{
	struct ntpool_lab_evidence *Evidence = &Session->Evidence;

	LabNoteRunning(Session, Address);
	if (IsDecoy(Session, Address))
		return WriteDecoy(Session, Address);
	if ((ULONG_PTR)Address <= (ULONG_PTR)MmHighestUserAddress)
		return WriteCaller(Session, Address);
	pr_info_ratelimited("ntpool: a naive driver would have written 8 bytes at %#llx for pid %d (%s)\n",
			    Evidence->address, current->tgid, current->comm);
	Evidence->outcome = NTPOOL_LAB_SYSTEM;
	Evidence->status = STATUS_UNSUCCESSFUL;
	return STATUS_UNSUCCESSFUL;
}

/**
 * LabDelay() - let time pass
 * @Milliseconds: how long
 *
 * Context: PASSIVE_LEVEL.
 */
VOID LabDelay(ULONG Milliseconds)
{
	LARGE_INTEGER Interval;

	Interval.QuadPart = -10000LL * Milliseconds;
	KeDelayExecutionThread(KernelMode, FALSE, &Interval);
}

/**
 * LabUntilAsleep() - wait until a thread waits
 * @Thread: has told the caller that it will, and runs until then
 *
 * Guard: so that the page of an object goes out while somebody waits for it.  To begin to
 * wait is to touch the object, too, and a wait that comes too late is refused.
 *
 * Context: PASSIVE_LEVEL.
 */
VOID LabUntilAsleep(PKTHREAD Thread)
{
	while (task_is_running((struct task_struct *)Thread))
		LabDelay(1);
}
