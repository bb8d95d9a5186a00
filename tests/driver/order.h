/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test driver is told to do with the next request on a file; both sides
 * read this.
 */
#ifndef TEST_ORDER_H
#define TEST_ORDER_H

#define TEST_DEVICE "\\\\.\\NtpoolTest"

/* When, and by whom, the request is completed. */
enum test_when {
	TEST_AT_ONCE,	/* in the dispatch routine */
	TEST_DPC,	/* by an interrupt's DPC */
	TEST_WORKER,	/* by a work item that such a DPC queues */
	TEST_INTERRUPT, /* by the interrupt's service routine */
	TEST_KEEP,	/* when TEST_RELEASE comes, in the thread that sends it */
	TEST_LOSE,	/* never, unless it is cancelled */
	TEST_WHENS
};

#define TEST_MARK	(1u << 0) /* IoMarkIrpPending() */
#define TEST_CANCELABLE (1u << 1) /* with a cancel routine */
#define TEST_TWICE	(1u << 2) /* completed a second time */
#define TEST_ROUTINE_ON (1u << 3) /* first completed with its cancel routine set */
#define TEST_RAISED	(1u << 4) /* the dispatch routine leaves DISPATCH_LEVEL on */
#define TEST_AS_PENDING (1u << 5) /* first completed with STATUS_PENDING */
#define TEST_LOW_TOO	(1u << 6) /* passed to a lower driver, which does all that */
#define TEST_WORDS	(1u << 7) /* @fill is written as words, not as bytes */
#define TEST_NEITHER	(1u << 8) /* METHOD_NEITHER's buffer is written, too */
#define TEST_ALERTABLE	(1u << 9) /* TEST_AT_ONCE waits for @delay_us, for its status */
#define TEST_FLAGS	0x3ffu

/**
 * struct test_order - an order
 * @status: what the request is completed with
 * @answer: what the dispatch routine returns
 * @information: bytes that it says
 * @when: enum test_when
 * @flags: TEST_*
 * @delay_us: for TEST_DPC, _WORKER, _INTERRUPT, _ALERTABLE
 * @fill: what is written
 * @length: bytes that are written, as far as there is room
 */
struct test_order {
	unsigned int status;
	unsigned int answer;
	unsigned long long information;
	unsigned int when;
	unsigned int flags;
	unsigned int delay_us;
	unsigned int fill;
	unsigned long long length;
};

/**
 * struct test_seen - what the driver has seen of the last request
 * @system_buffer: it had a system buffer
 * @mdl: it had an MDL
 * @type3: Type3InputBuffer
 * @user_buffer: UserBuffer
 * @input_length: as the stack location says
 * @output_length: likewise
 * @first: first byte of the system buffer, where there is input
 * @cancelled: cancel routines called since the driver was loaded
 * @completed: requests that it has completed, but for those cancelled
 * @kept: requests that it has
 * @cleanups: IRP_MJ_CLEANUP since it was loaded
 * @closes: IRP_MJ_CLOSE
 * @irql: IRQL of the last completion
 * @started: requests it was to do something with
 * @create_mode: RequestorMode of the last IRP_MJ_CREATE
 * @create_process: PsGetProcessId() of its thread's process
 * @name: FileName of the file that asks, as far as there is room; its characters
 * @name_length: bytes that it has
 */
struct test_seen {
	unsigned int system_buffer;
	unsigned int mdl;
	unsigned long long type3;
	unsigned long long user_buffer;
	unsigned int input_length;
	unsigned int output_length;
	unsigned int first;
	unsigned int cancelled;
	unsigned int completed;
	unsigned int kept;
	unsigned int cleanups;
	unsigned int closes;
	unsigned int irql;
	unsigned int started;
	unsigned int create_mode;
	unsigned int create_process;
	unsigned int name_length;
	unsigned short name[8];
};

#define TEST_CODE(function, method, access) \
	((0x22u << 16) | ((access) << 14) | ((function) << 2) | (method))
#define TEST_ORDER	TEST_CODE(0x800u, 0u, 0u) /* input: struct test_order */
#define TEST_RELEASE	TEST_CODE(0x801u, 0u, 0u) /* completes what is kept longest */
#define TEST_SEEN	TEST_CODE(0x802u, 0u, 0u) /* output: struct test_seen */
#define TEST_DO(method) TEST_CODE(0x803u, method, 0u)
#define TEST_READER	TEST_CODE(0x804u, 0u, 1u) /* wants read access */
#define TEST_WRITER	TEST_CODE(0x804u, 0u, 2u) /* wants write access */

#endif /* TEST_ORDER_H */
