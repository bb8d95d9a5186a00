/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver of the catalogue of pitfalls, written as drivers for NT are.  Each file
 * of a family has the wrong code and beside it the right one; what a pitfall teaches
 * is in userspace/tools/lab/, how it is brought about in userspace/examples/.
 *
 * What is not as a driver writer would have it are the guards, each with a comment
 * that begins with "Guard:".  They see to it that no mistake outlives its scenario:
 * a write to an address that a program chose goes through LabWriteUser() or
 * LabWriteAnywhere(), a touch of what may not be there through missing.c, and each wait
 * has an end.
 */
#ifndef NTPOOL_LAB_H
#define NTPOOL_LAB_H

#include <linux/ntpool_lab.h>

#include <ntpool/ntddk.h>

#define LAB_TAG	      NTPOOL_TAG('N', 'L', 'a', 'b') /* NT would say 'baLN' */
#define LAB_DATA_SIZE NTPOOL_LAB_DATA

#define KMODE_EXCEPTION_NOT_HANDLED 0x1E /* bugcodes.h */

typedef struct _LAB_SESSION LAB_SESSION, *PLAB_SESSION;
typedef VOID LAB_ROUTINE(PLAB_SESSION Session);
typedef LAB_ROUTINE *PLAB_ROUTINE;

/*
 * An open file of the device, and the device behind it.  The device does one thing at
 * a time; whom Idle has let go owns what is marked so, until he sets it again.
 */
struct _LAB_SESSION {
	PDEVICE_OBJECT DeviceObject;
	PKINTERRUPT Interrupt;
	KDPC Dpc;
	PIO_WORKITEM WorkItem;
	KEVENT Idle;	/* lets one go */
	BOOLEAN Waited; /* somebody waits, and goes on with what is his own */
	KEVENT Done;	/* what he waits for */

	KSPIN_LOCK Lock; /* protects Irp */
	PIRP Irp;	 /* pending, and cancellable */

	/* The owner's: */
	PLAB_ROUTINE InDpc;    /* what the DPC does */
	PLAB_ROUTINE InThread; /* what a system thread does then, or NULL */
	PKTHREAD Waiter;       /* for the event that the DPC sets */
	PLAB_ROUTINE InWait;   /* what a system thread does meanwhile, or NULL */
	PVOID Address;	       /* where the data goes */
	PVOID Block;	       /* of pool, for this one thing */
	PVOID DeviceBlock;     /* likewise, as long as the device has it */
	NTSTATUS Status;       /* what came of it in the DPC */
	volatile LONG Completed;
	PMDL LeftLocked; /* what mdl-left-locked forgot */

	KEVENT Event; /* for a DPC to wait for, never set */
	PVOID Decoy;  /* a page in system space, for programs to aim at */
	struct ntpool_lab_device Device;
	struct ntpool_lab_evidence Evidence;
	struct ntpool_lab_fetched Fetched;
};

/* device.c */
NTSTATUS LabOpen(PDEVICE_OBJECT DeviceObject, PFILE_OBJECT FileObject);
VOID LabClose(PFILE_OBJECT FileObject);
BOOLEAN LabClaimDevice(PLAB_SESSION Session);
VOID LabReleaseDevice(PLAB_SESSION Session);
NTSTATUS LabStartDevice(PLAB_SESSION Session, PLAB_ROUTINE InDpc,
			PLAB_ROUTINE InThread);
VOID LabRunDpc(PLAB_SESSION Session, PLAB_ROUTINE InDpc, PLAB_ROUTINE InThread);
NTSTATUS LabAwaitDpc(PLAB_SESSION Session, PRKEVENT Event,
		     PLAB_ROUTINE InWait, PLAB_ROUTINE InDpc);

/* pend.c */
NTSTATUS LabKeep(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc,
		 PLAB_ROUTINE InThread);
NTSTATUS LabPend(PLAB_SESSION Session, PIRP Irp, PLAB_ROUTINE InDpc,
		 PLAB_ROUTINE InThread);
PIRP LabTakeIrp(PLAB_SESSION Session);
NTSTATUS LabComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information);
PLAB_SESSION LabSessionOf(PIRP Irp);

/* lock.c */
NTSTATUS LabLockBuffer(PIRP Irp, PVOID Address, ULONG Length);
PVOID LabMapping(PIRP Irp);
VOID LabUnlockBuffer(PIRP Irp);
NTSTATUS LabProbeAndLock(PMDL Mdl);

/* neither.c */
VOID LabForgetProcess(PIRP Irp);

/* guard.c */
VOID LabNoteRunning(PLAB_SESSION Session, PVOID Address);
NTSTATUS LabWriteUser(PLAB_SESSION Session, PVOID Address);
NTSTATUS LabWriteAnywhere(PLAB_SESSION Session, PVOID Address);
VOID LabDelay(ULONG Milliseconds);
VOID LabUntilAsleep(PKTHREAD Thread);

/* missing.c */
NTSTATUS LabTouchRead(PVOID Address, PULONG Value);
NTSTATUS LabTouchWrite(PVOID Address);

/* The control codes, each answered as a dispatch routine is. */
typedef NTSTATUS LAB_CONTROL(PLAB_SESSION Session, PIRP Irp);
typedef LAB_CONTROL *PLAB_CONTROL;

LAB_CONTROL LabNaive, LabNaiveThread, LabRegister, LabBuffered, LabDirect,
	LabAttach;
LAB_CONTROL LabEmbeddedWrong, LabEmbeddedRight, LabLeakWrong, LabLeakRight,
	LabOverrunWrong, LabOverrunRight;
LAB_CONTROL LabFetchWrong, LabFetchRight, LabLockWrong, LabLockRight,
	LabUnlockWrong, LabUnlockRight;
LAB_CONTROL LabCancelWrong, LabCancelRight;
LAB_CONTROL LabTwiceWrong, LabTwiceRight, LabAfterWrong, LabAfterRight,
	LabPendingWrong, LabPendingRight, LabMarkedWrong, LabMarkedRight;
LAB_CONTROL LabUnprobedWrong, LabUnprobedRight, LabFilterWrong, LabFilterRight,
	LabWrapWrong, LabWrapRight, LabZeroWrong, LabZeroRight;
LAB_CONTROL LabTouch, LabLock, LabEvent, LabWaitWrong, LabWaitPoll,
	LabWaitThread, LabFreeDpc, LabFreeThread;

#endif /* NTPOOL_LAB_H */
