/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence: who a process is, and what it has at an address.
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
 * @before: the first bytes at the address, before the write
 * @after: and after it
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

void io_party_identify(struct io_party *party, struct task_struct *task);
void io_party_release(struct io_party *party);
void io_party_show(const struct io_party *party, struct ntpool_party *out);

/* NULL: nobody's user space can be said to be in force. */
struct mm_struct *io_interrupted_mm(void);

/* In the interrupt, of the address space in force. */
void io_party_before(struct io_party *party, unsigned long address);
void io_party_after(struct io_party *party, unsigned long address);

/* In a thread of the process whose memory it is; may sleep. */
bool io_look(u8 *bytes, unsigned long address);
unsigned long io_frame(unsigned long address);

/* Anywhere: fails where the page is not at hand. */
bool io_look_nofault(u8 *bytes, unsigned long address);

#endif /* NTPOOL_IO_EVIDENCE_H */
