// SPDX-License-Identifier: GPL-2.0-only
/* The timed device's interrupt, and what the driver does from there on. */
#include <linux/pid.h>
#include <linux/uaccess.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "core/core.h"
#include "io/evidence.h"
#include "io/naive.h"
#include "io/timed.h"

/*
 * What an interrupt writes itself, with all others held off meanwhile; a program may have
 * a thousand requests come at a time.  What is more, its DPC writes, or the system thread.
 */
#define MOST_IN_INTERRUPT PAGE_SIZE

/*
 * And what a DPC writes before it lets others have the processor: it is queued again for
 * the rest.  A multiple of the data's size.
 */
#define MOST_IN_DPC (4 * PAGE_SIZE)

/* The packet, to be ended by the caller; NULL where it is being cancelled. */
static IRP *take_packet(struct timed *timed)
{
	KIRQL irql;
	IRP *irp;

	KeAcquireSpinLock(&timed->file->lock, &irql);
	irp = timed->irp;
	timed->irp = NULL;
	if (irp && !IoSetCancelRoutine(irp, NULL))
		irp = NULL;
	KeReleaseSpinLock(&timed->file->lock, irql);
	return irp;
}

/* A process that has ended may have no address space to be entered. */
static noinline NTSTATUS enter(PEPROCESS process, KAPC_STATE *state)
{
	__try {
		KeStackAttachProcess(process, state);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

static NTSTATUS copy_attached(struct timed *timed)
{
	void __user *to = (void __user *)timed->evidence->address;
	KAPC_STATE state;
	NTSTATUS status = enter(timed->process, &state);
	size_t left;

	if (!NT_SUCCESS(status))
		return status;
	left = copy_to_user(to, timed->to, timed->length);
	io_evidence_deliver(timed->evidence, timed->length - left, left);
	KeUnstackDetachProcess(&state);
	return left ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* Writes only: @to may be memory that a user changes under our hands. */
static void device_writes(void *to, size_t length, u64 data)
{
	__le64 bytes = cpu_to_le64(data);
	size_t done = 0;

	for (; length - done >= sizeof(bytes); done += sizeof(bytes))
		memcpy(to + done, &bytes, sizeof(bytes));
	memcpy(to + done, &bytes, length - done);
}

/*
 * The data comes, so many bytes of what has not come yet.  Who calls it has the packet, or
 * is the interrupt.
 */
static void device_delivers(struct timed *timed, size_t most)
{
	size_t now = min(timed->length - timed->written, most);

	if (!now)
		return;
	device_writes(timed->to + timed->written, now, timed->data);
	timed->written += now;
	if (timed->written == timed->length && timed->code == TIMED_DIRECT)
		io_evidence_deliver(timed->evidence, timed->length, 0);
}

/* The device is done with it.  Nothing is left to be touched once it is completed. */
static void device_done(struct timed *timed, IRP *irp)
{
	NTSTATUS status = timed->status;
	ULONG_PTR information = 0;

	if (NT_SUCCESS(status))
		information = timed->length;
	if (irp)
		timed_put(timed);
	timed_put(timed);
	if (irp)
		timed_complete(irp, status, information);
}

/* In a system thread, which has all the time it needs. */
static void deliver_attached(struct timed *timed)
{
	IRP *irp = take_packet(timed);

	if (irp) {
		device_delivers(timed, timed->length);
		timed->status = copy_attached(timed);
	}
	device_done(timed, irp);
}

/* In the DPC, which has the packet from its first call on. */
static void deliver(struct timed *timed)
{
	if (!timed->taken)
		timed->taken = take_packet(timed);
	if (timed->taken)
		device_delivers(timed, MOST_IN_DPC);
	if (timed->taken && timed->written < timed->length)
		KeInsertQueueDpc(&timed->dpc, NULL, NULL);
	else
		device_done(timed, timed->taken);
}

static struct timed *next_ready(struct timed_file *file)
{
	struct timed *timed;
	KIRQL irql;

	KeAcquireSpinLock(&file->lock, &irql);
	timed = list_first_entry_or_null(&file->ready, struct timed, ready);
	if (timed)
		list_del(&timed->ready);
	else
		file->working = false;
	KeReleaseSpinLock(&file->lock, irql);
	return timed;
}

static VOID timed_work(PDEVICE_OBJECT device, PVOID context)
{
	struct timed_file *file = context;
	struct timed *timed;

	while ((timed = next_ready(file)))
		deliver_attached(timed);
	timed_file_put(file);
}

static void queue_work_for(struct timed *timed)
{
	struct timed_file *file = timed->file;
	bool idle;
	KIRQL irql;

	KeAcquireSpinLock(&file->lock, &irql);
	list_add_tail(&timed->ready, &file->ready);
	idle = !file->working;
	file->working = true;
	if (idle)
		refcount_inc(&file->refs);
	KeReleaseSpinLock(&file->lock, irql);
	if (idle)
		IoQueueWorkItem(file->worker, timed_work, DelayedWorkQueue, file);
}

static bool has_started(struct timed *timed)
{
	bool started;
	KIRQL irql;

	KeAcquireSpinLock(&timed->file->lock, &irql);
	started = timed->started;
	timed->early = !started;
	KeReleaseSpinLock(&timed->file->lock, irql);
	return started;
}

/**
 * timed_dpc() - the interrupt is over
 * @dpc: the request's
 * @context: the request
 * @argument1: nothing
 * @argument2: nothing
 *
 * Context: DISPATCH.
 */
VOID timed_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	struct timed *timed = context;

	if (!has_started(timed))
		return;
	if (timed->process)
		queue_work_for(timed);
	else
		deliver(timed);
}

/* A driver's touch of a user page that is not there, above DISPATCH_LEVEL. */
static NTSTATUS page_missing(struct io_evidence *evidence)
{
	evidence->outcome = NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT;
	evidence->bugcheck = bugcheck_for(pid_nr(evidence->requester->tgid),
					  BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
					  evidence->address, ntpool_irql(),
					  NTPOOL_ACCESS_WRITE, _THIS_IP_);
	return STATUS_ACCESS_VIOLATION;
}

/*
 * WRONG.  Where it has written to another process the driver believes that all went
 * well: nothing has told it otherwise.
 */
static NTSTATUS write_naively(struct timed *timed, struct io_hit *hit)
{
	struct io_evidence *evidence = timed->evidence;

	switch (io_hit_write(hit, timed->to, timed->length)) {
	case NTPOOL_LAB_WRITTEN:
		io_evidence_deliver(evidence, timed->length, 0);
		if (hit->mm != evidence->mm)
			evidence->outcome = NTPOOL_OUTCOME_MISDELIVERED;
		return STATUS_SUCCESS;
	case NTPOOL_LAB_NOT_RESIDENT:
		return page_missing(evidence);
	case NTPOOL_LAB_STRANGER:
		evidence->outcome = NTPOOL_OUTCOME_REFUSED_STRANGER;
		return STATUS_UNSUCCESSFUL;
	default:
		evidence->outcome = NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE;
		return STATUS_UNSUCCESSFUL;
	}
}

/**
 * timed_interrupt() - the data is there
 * @interrupt: the request's
 * @context: the request
 *
 * Who cancels waits for it: there is a packet as long as it runs.
 *
 * Context: device level.
 */
BOOLEAN timed_interrupt(PKINTERRUPT interrupt, PVOID context)
{
	struct timed *timed = context;
	struct io_evidence *evidence = timed->evidence;
	struct io_hit hit = {
		.party = &evidence->interrupted,
		.address = evidence->address,
	};

	io_evidence_interrupt(evidence);
	io_hit_begin(&hit, evidence->mm);
	if (timed->length <= MOST_IN_INTERRUPT)
		device_delivers(timed, MOST_IN_INTERRUPT);
	if (timed->code == TIMED_NAIVE)
		timed->status = write_naively(timed, &hit);
	io_hit_end(&hit);
	KeInsertQueueDpc(&timed->dpc, NULL, NULL);
	return TRUE;
}
