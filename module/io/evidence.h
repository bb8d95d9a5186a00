/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence: who a process is, what it has at an address, and what became of a request.
 */
#ifndef NTPOOL_IO_EVIDENCE_H
#define NTPOOL_IO_EVIDENCE_H

#include <linux/ntpool.h>
#include <linux/pid.h>
#include <linux/sched.h>

/**
 * struct io_party - one of the two processes of a request, as it was observed
 * @tgid: its process, a reference; a number only for who asks, since he may
 *	  live in another PID namespace.  NULL where an exiting task has none
 * @tid: the thread, likewise
 * @flags: NTPOOL_PARTY_*; with MAPPED unset the next three mean nothing
 * @frame: page frame behind the address
 * @before: the first bytes at the address, before the interrupt or, of the requester,
 *	    at the start
 * @after: and after it; the requester's are looked at when he asks
 * @comm: name
 */
struct io_party {
	struct pid *tgid;
	struct pid *tid;
	u32 flags;
	unsigned long frame;
	u8 before[NTPOOL_EVIDENCE_BYTES];
	u8 after[NTPOOL_EVIDENCE_BYTES];
	char comm[TASK_COMM_LEN];
};

/**
 * struct io_evidence - what was observed of a request to the timed device
 * @variant: enum ntpool_variant
 * @address: of the requester's buffer
 * @mm: its address space; the call keeps it, as what follows
 * @requester: who asked
 *
 * The rest is written while the packet is with somebody, and read once the call is done.
 *
 * @interrupted: who was interrupted
 * @interrupt_cpu: where the interrupt came
 * @interrupt_irql: IRQL there
 * @interrupt_ns: when, CLOCK_MONOTONIC
 * @delivery_cpu: where the data was written, 0 if it was not
 * @delivery_irql: IRQL there
 * @delivery_ns: when, CLOCK_MONOTONIC
 * @writer: the thread that wrote, NULL where it was the interrupt or its DPC
 * @delivered: bytes
 * @outcome: enum ntpool_outcome; CANCELLED until something has come of it
 * @bugcheck: record number, or 0
 */
struct io_evidence {
	u32 variant;
	unsigned long address;
	const struct mm_struct *mm;
	struct io_party *requester;

	struct io_party interrupted;
	u32 interrupt_cpu;
	u32 interrupt_irql;
	u64 interrupt_ns;
	u32 delivery_cpu;
	u32 delivery_irql;
	u64 delivery_ns;
	struct pid *writer;
	size_t delivered;
	u32 outcome;
	u64 bugcheck;
};

void io_evidence_interrupt(struct io_evidence *evidence);
void io_evidence_deliver(struct io_evidence *evidence, size_t bytes,
			 size_t missing);
void io_evidence_free(struct io_evidence *evidence);

void io_party_identify(struct io_party *party, struct task_struct *task);
void io_party_release(struct io_party *party);
void io_party_show(const struct io_party *party, struct ntpool_party *out);

/* NULL: nobody's user space can be said to be in force. */
struct mm_struct *io_interrupted_mm(void);

/* Anywhere, of the address space in force. */
void io_party_before(struct io_party *party, unsigned long address);
void io_party_after(struct io_party *party, unsigned long address);

/* In a thread of the process whose memory it is; may sleep. */
bool io_look(u8 *bytes, unsigned long address);
unsigned long io_frame(unsigned long address);

/* Anywhere: fails where the page is not at hand. */
bool io_look_nofault(u8 *bytes, unsigned long address);

#endif /* NTPOOL_IO_EVIDENCE_H */
