/* SPDX-License-Identifier: GPL-2.0-only */
/* The timed device, whose requests are completed by an interrupt on a chosen CPU. */
#ifndef NTPOOL_IO_TIMED_H
#define NTPOOL_IO_TIMED_H

#include <linux/refcount.h>

#include <ntpool/dpc.h>
#include <ntpool/interrupt.h>
#include <ntpool/irp.h>
#include <ntpool/process.h>
#include <ntpool/work.h>

struct io_evidence;

#define TIMED_CODE(function, method) \
	CTL_CODE(FILE_DEVICE_UNKNOWN, function, method, FILE_ANY_ACCESS)

/* The naive one and the attaching one get the user's address as it is. */
#define TIMED_NAIVE    TIMED_CODE(0x800, METHOD_NEITHER)
#define TIMED_BUFFERED TIMED_CODE(0x801, METHOD_BUFFERED)
#define TIMED_DIRECT   TIMED_CODE(0x802, METHOD_OUT_DIRECT)
#define TIMED_ATTACH   TIMED_CODE(0x803, METHOD_NEITHER)

/**
 * struct timed_order - Type3InputBuffer of all codes, in system space
 * @cpu: where the interrupt comes, or NTPOOL_CPU_CURRENT
 * @delay_ns: and when
 * @data: what the device delivers, again and again, lowest byte first
 * @evidence: filled in; stays at least until the packet is completed
 */
struct timed_order {
	u32 cpu;
	u64 delay_ns;
	u64 data;
	struct io_evidence *evidence;
};

DEVICE_OBJECT *timed_device(void);
void timed_exit(void);

/* --- the driver's own ------------------------------------------------------ */

#define TIMED_TAG NTPOOL_TAG('T', 'i', 'm', 'd')

/**
 * struct timed_file - the device, opened
 * @refs: the file object has one, each request one, a queued @worker one
 * @lock: protects what follows, and of its requests irp, started, early and ready.
 *	  Nothing but the interrupt's timer is below it
 * @ready: requests whose data is to be copied by a system thread
 * @working: @worker is queued or at work
 * @worker: it
 */
struct timed_file {
	refcount_t refs;
	KSPIN_LOCK lock;
	struct list_head ready;
	bool working;
	PIO_WORKITEM worker;
};

/**
 * struct timed - a request
 * @refs: the packet has one, the device one
 * @file: whose; a reference
 * @irp: the packet; NULL once it is somebody's who ends it
 * @taken: the packet that the DPC has taken, to write and end it; the DPC's alone
 * @written: how many bytes have been written so far: by the interrupt, then by the DPC or
 *	     the system thread
 * @started: @irp has been set
 * @early: the DPC came before that
 * @ready: link in timed_file.ready
 * @interrupt: the device's
 * @dpc: queued by it
 * @process: of the requester, a reference; NULL where nobody attaches to it
 * @evidence: the order's: good as long as the packet is not completed
 * @to: where the device writes
 * @block: the driver's own memory, if that is @to
 * @code: TIMED_*
 * @length: bytes
 * @data: what it writes
 * @status: what the packet is to be completed with
 */
struct timed {
	refcount_t refs;
	struct timed_file *file;
	IRP *irp;
	IRP *taken;
	size_t written;
	bool started;
	bool early;
	struct list_head ready;
	PKINTERRUPT interrupt;
	KDPC dpc;
	PEPROCESS process;
	struct io_evidence *evidence;
	void *to;
	void *block;
	u32 code;
	size_t length;
	u64 data;
	NTSTATUS status;
};

/* timed.c */
NTSTATUS timed_complete(IRP *irp, NTSTATUS status, ULONG_PTR information);
void timed_file_put(struct timed_file *file);
void timed_put(struct timed *timed);

/* timed_interrupt.c */
KSERVICE_ROUTINE timed_interrupt;
KDEFERRED_ROUTINE timed_dpc;

#endif /* NTPOOL_IO_TIMED_H */
