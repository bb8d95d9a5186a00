/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Control codes of \\.\NtpoolLab, the driver of the catalogue of pitfalls
 * (ntpool-lab(1)).  It is for CAP_SYS_ADMIN.
 *
 * An open file of it has a device of its own, which does one thing at a time: who
 * asks for a second meanwhile gets STATUS_DEVICE_BUSY.
 */
/* The tables below are laid out by hand. */
/* clang-format off */
#ifndef _UAPI_LINUX_NTPOOL_LAB_H
#define _UAPI_LINUX_NTPOOL_LAB_H

#include <linux/types.h>

#include <linux/ntpool.h>

#define NTPOOL_LAB_DEVICE	"\\\\.\\NtpoolLab"

/* CTL_CODE(FILE_DEVICE_UNKNOWN, function, method, FILE_ANY_ACCESS) */
#define NTPOOL_LAB_CODE(function, method) \
	(0x22u << 16 | (function) << 2 | (method))
#define NTPOOL_LAB_BUFFERED_CODE(function)	NTPOOL_LAB_CODE(function, 0)
#define NTPOOL_LAB_IN_DIRECT_CODE(function)	NTPOOL_LAB_CODE(function, 1)
#define NTPOOL_LAB_OUT_DIRECT_CODE(function)	NTPOOL_LAB_CODE(function, 2)
#define NTPOOL_LAB_NEITHER_CODE(function)	NTPOOL_LAB_CODE(function, 3)

/* What the device delivers: eight bytes at a time. */
#define NTPOOL_LAB_DATA		8

/**
 * struct ntpool_lab_device - input of NTPOOL_LAB_SET_DEVICE
 * @cpu: where the device's interrupt comes, or NTPOOL_CPU_CURRENT
 * @pad: must be 0
 * @delay_ns: when, after the request
 * @data: what the device delivers
 */
struct ntpool_lab_device {
	__u32 cpu;
	__u32 pad;
	__u64 delay_ns;
	__u8  data[NTPOOL_LAB_DATA];
};

/* What became of a write to an address that a program chose. */
enum ntpool_lab_outcome {
	NTPOOL_LAB_NOTHING,	  /* there was none */
	NTPOOL_LAB_WRITTEN,	  /* done */
	NTPOOL_LAB_STRANGER,	  /* refused: the process has not volunteered */
	NTPOOL_LAB_NO_USER_SPACE, /* refused: no program was running */
	NTPOOL_LAB_NOT_RESIDENT,  /* the page was not there, or write-protected */
	NTPOOL_LAB_SYSTEM,	  /* refused: a system address that is no decoy's */
};

/**
 * struct ntpool_lab_evidence - output of NTPOOL_LAB_EVIDENCE: the last write since
 *	NTPOOL_LAB_SET_DEVICE, or, where the device's DPC has come since and written
 *	nothing, whom it interrupted
 * @outcome: enum ntpool_lab_outcome
 * @status: NTSTATUS of the touch: what an exception handler around it would get
 * @address: that was written, or would have been
 * @bugcheck: record number, or 0
 * @cpu: where
 * @irql: IRQL there
 * @pid: process that was running
 * @tid: its thread
 * @comm: its name
 * @flags: NTPOOL_PARTY_* of the thread
 * @pad: 0
 * @before: the bytes there before, where they could be looked at
 * @after: and afterwards
 */
struct ntpool_lab_evidence {
	__u32 outcome;
	__u32 status;
	__u64 address;
	__u64 bugcheck;
	__u32 cpu;
	__u32 irql;
	__u32 pid;
	__u32 tid;
	char  comm[NTPOOL_COMM_LEN];
	__u32 flags;
	__u32 pad;
	__u8  before[NTPOOL_EVIDENCE_BYTES];
	__u8  after[NTPOOL_EVIDENCE_BYTES];
};

/**
 * struct ntpool_lab_decoy - output of NTPOOL_LAB_DECOY: a block in system space
 * @address: its address
 * @content: its first bytes
 */
struct ntpool_lab_decoy {
	__u64 address;
	__u8  content[NTPOOL_EVIDENCE_BYTES];
};

/**
 * struct ntpool_lab_buffer - a pointer in a buffered structure, and a claim
 * @address: of a buffer of the caller's, says the caller
 * @length: bytes there, says the caller
 */
struct ntpool_lab_buffer {
	__u64 address;
	__u64 length;
};

/**
 * struct ntpool_lab_record - what NTPOOL_LAB_FETCH_* expects in shared memory
 * @length: bytes of @data that count
 * @data: them
 */
struct ntpool_lab_record {
	__u32 length;
	__u8  data[252];
};

/* Bytes of the driver's buffer that a record is copied to. */
#define NTPOOL_LAB_RECORD_MAX	64
#define NTPOOL_LAB_WINDOW_MAX_MS 1000

/**
 * struct ntpool_lab_fetch - input of NTPOOL_LAB_FETCH_*
 * @window_ms: how long the driver takes from the check to the use, up to
 *	       NTPOOL_LAB_WINDOW_MAX_MS
 * @pad: must be 0
 */
struct ntpool_lab_fetch {
	__u32 window_ms;
	__u32 pad;
};

/**
 * struct ntpool_lab_fetched - what NTPOOL_LAB_EVIDENCE_FETCH tells of it
 * @length: bytes that were copied
 * @behind: of these, behind the driver's buffer
 */
struct ntpool_lab_fetched {
	__u32 length;
	__u32 behind;
};

/* Where the block or object of NTPOOL_LAB_TOUCH and its kin lies. */
enum ntpool_lab_place {
	NTPOOL_LAB_NONPAGED,
	NTPOOL_LAB_PAGED_RESIDENT,
	NTPOOL_LAB_PAGED_TRIMMED,
};

/**
 * struct ntpool_lab_irql - input and output of the codes on IRQL
 * @place: in: enum ntpool_lab_place
 * @status: out: NTSTATUS of what the DPC did; EVENT: of the wait for the event, which
 *	    is 0 if the DPC has set it, and 1 (STATUS_WAIT_1) if it could not
 */
struct ntpool_lab_irql {
	__u32 place;
	__u32 status;
};

/* driver.c: what all use */
#define NTPOOL_LAB_SET_DEVICE	NTPOOL_LAB_BUFFERED_CODE(0x800)
#define NTPOOL_LAB_EVIDENCE	NTPOOL_LAB_BUFFERED_CODE(0x801)
#define NTPOOL_LAB_DECOY	NTPOOL_LAB_BUFFERED_CODE(0x802)

/* neither.c: the device's data into the output buffer, later */
#define NTPOOL_LAB_NAIVE	NTPOOL_LAB_NEITHER_CODE(0x810)
#define NTPOOL_LAB_NAIVE_THREAD	NTPOOL_LAB_NEITHER_CODE(0x811)
#define NTPOOL_LAB_REGISTER	NTPOOL_LAB_NEITHER_CODE(0x812)
#define NTPOOL_LAB_BUFFERED	NTPOOL_LAB_BUFFERED_CODE(0x813)
#define NTPOOL_LAB_DIRECT	NTPOOL_LAB_OUT_DIRECT_CODE(0x814)
#define NTPOOL_LAB_ATTACH	NTPOOL_LAB_NEITHER_CODE(0x815)

/* buffered.c */
#define NTPOOL_LAB_EMBEDDED_WRONG	NTPOOL_LAB_BUFFERED_CODE(0x820)
#define NTPOOL_LAB_EMBEDDED_RIGHT	NTPOOL_LAB_BUFFERED_CODE(0x821)
#define NTPOOL_LAB_LEAK_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x822)
#define NTPOOL_LAB_LEAK_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x823)
#define NTPOOL_LAB_OVERRUN_WRONG	NTPOOL_LAB_BUFFERED_CODE(0x824)
#define NTPOOL_LAB_OVERRUN_RIGHT	NTPOOL_LAB_BUFFERED_CODE(0x825)

/* direct.c */
#define NTPOOL_LAB_FETCH_WRONG		NTPOOL_LAB_IN_DIRECT_CODE(0x830)
#define NTPOOL_LAB_FETCH_RIGHT		NTPOOL_LAB_IN_DIRECT_CODE(0x831)
#define NTPOOL_LAB_EVIDENCE_FETCH	NTPOOL_LAB_BUFFERED_CODE(0x832)
#define NTPOOL_LAB_LOCK_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x833)
#define NTPOOL_LAB_LOCK_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x834)
#define NTPOOL_LAB_UNLOCK_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x835)
#define NTPOOL_LAB_UNLOCK_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x836)

/* cancel.c */
#define NTPOOL_LAB_CANCEL_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x840)
#define NTPOOL_LAB_CANCEL_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x841)

/* completion.c */
#define NTPOOL_LAB_TWICE_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x850)
#define NTPOOL_LAB_TWICE_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x851)
#define NTPOOL_LAB_AFTER_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x852)
#define NTPOOL_LAB_AFTER_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x853)
#define NTPOOL_LAB_PENDING_WRONG	NTPOOL_LAB_BUFFERED_CODE(0x854)
#define NTPOOL_LAB_PENDING_RIGHT	NTPOOL_LAB_BUFFERED_CODE(0x855)
#define NTPOOL_LAB_MARKED_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x856)
#define NTPOOL_LAB_MARKED_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x857)

/* probe.c: eight bytes to the output buffer; WRAP: to struct ntpool_lab_buffer.address */
#define NTPOOL_LAB_UNPROBED_WRONG	NTPOOL_LAB_NEITHER_CODE(0x860)
#define NTPOOL_LAB_UNPROBED_RIGHT	NTPOOL_LAB_NEITHER_CODE(0x861)
#define NTPOOL_LAB_FILTER_WRONG		NTPOOL_LAB_NEITHER_CODE(0x862)
#define NTPOOL_LAB_FILTER_RIGHT		NTPOOL_LAB_NEITHER_CODE(0x863)
#define NTPOOL_LAB_WRAP_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x864)
#define NTPOOL_LAB_WRAP_RIGHT		NTPOOL_LAB_BUFFERED_CODE(0x865)
#define NTPOOL_LAB_ZERO_WRONG		NTPOOL_LAB_NEITHER_CODE(0x866)
#define NTPOOL_LAB_ZERO_RIGHT		NTPOOL_LAB_NEITHER_CODE(0x867)

/* irql.c: struct ntpool_lab_irql in and out; the place tells wrong from right */
#define NTPOOL_LAB_TOUCH		NTPOOL_LAB_BUFFERED_CODE(0x870)
#define NTPOOL_LAB_LOCK			NTPOOL_LAB_BUFFERED_CODE(0x871)
#define NTPOOL_LAB_EVENT		NTPOOL_LAB_BUFFERED_CODE(0x872)
#define NTPOOL_LAB_WAIT_WRONG		NTPOOL_LAB_BUFFERED_CODE(0x873)
#define NTPOOL_LAB_WAIT_POLL		NTPOOL_LAB_BUFFERED_CODE(0x874)
#define NTPOOL_LAB_WAIT_THREAD		NTPOOL_LAB_BUFFERED_CODE(0x875)
#define NTPOOL_LAB_FREE_DPC		NTPOOL_LAB_BUFFERED_CODE(0x876)
#define NTPOOL_LAB_FREE_THREAD		NTPOOL_LAB_BUFFERED_CODE(0x877)

#endif /* _UAPI_LINUX_NTPOOL_LAB_H */
