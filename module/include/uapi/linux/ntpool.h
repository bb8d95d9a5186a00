/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ioctl interface of /dev/ntpool: Windows NT's paged and nonpaged pool and
 * its deferred I/O on a Linux kernel.
 *
 * An open file is a session.  Blocks and requests are named by handles that
 * mean something in their session only; closing the session frees what is left.
 *
 * Two kinds of failure are kept apart:
 *
 *  - A call that is malformed gets -1 and an errno.  It has changed nothing,
 *    and not one byte of the caller's struct has been written:
 *
 *	ENOTTY	   unknown command
 *	EINVAL	   unknown flag or value, padding that is not zero, size 0,
 *		   offset beyond the end, access that the block has not
 *	EOVERFLOW  a sum or product of the caller's numbers overflows
 *	ENOENT	   no such handle in this session (another session's included)
 *	EFAULT	   a pointer of the caller cannot be read or written
 *	ENOMEM	   no memory for the call itself
 *	EPERM	   needs CAP_SYS_ADMIN
 *	ESRCH	   no such process
 *	EMFILE	   no room for another open file (ENFILE: in the system)
 *	EAGAIN	   nothing to report, and the caller did not want to wait
 *	EOPNOTSUPP NT has it, this module or this kernel has it not
 *	EBADF	   the eventfd of a request is no open file
 *	ETIMEDOUT  the caller's time to wait is over
 *	EINTR	   a signal came first (restarted where SA_RESTART asks for it)
 *
 *  - A call that is well formed returns 0, and what NT says of it stands in
 *    @status as an NTSTATUS.  Where the operation was a bug check, @bugcheck
 *    is the number of its record (from 1 up), and the operation was refused.
 *
 * All structs are the same for 32-bit and 64-bit callers: pointers travel as
 * __u64, every hole is a named field that must be zero.  Fields marked "out"
 * are ignored on input.  Kernel addresses, page frames and swap slots are 0
 * unless the caller has CAP_SYS_ADMIN.
 */
/* The tables below are laid out by hand. */
/* clang-format off */
#ifndef _UAPI_LINUX_NTPOOL_H
#define _UAPI_LINUX_NTPOOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define NTPOOL_ABI_VERSION	1
#define NTPOOL_COMM_LEN		16
#define NTPOOL_EVIDENCE_BYTES	16

/* NTSTATUS values that this interface reports. */
#define NTPOOL_STATUS_SUCCESS			0x00000000u
#define NTPOOL_STATUS_PENDING			0x00000103u
#define NTPOOL_STATUS_DATATYPE_MISALIGNMENT	0x80000002u
#define NTPOOL_STATUS_UNSUCCESSFUL		0xC0000001u
#define NTPOOL_STATUS_ACCESS_VIOLATION		0xC0000005u
#define NTPOOL_STATUS_IN_PAGE_ERROR		0xC0000006u
#define NTPOOL_STATUS_INVALID_PARAMETER		0xC000000Du
#define NTPOOL_STATUS_QUOTA_EXCEEDED		0xC0000044u
#define NTPOOL_STATUS_PROCEDURE_NOT_FOUND	0xC000007Au
#define NTPOOL_STATUS_INSUFFICIENT_RESOURCES	0xC000009Au
#define NTPOOL_STATUS_CANCELLED			0xC0000120u

/* IRQ levels, as on NT for x64. */
#define NTPOOL_IRQL_PASSIVE	0
#define NTPOOL_IRQL_APC		1
#define NTPOOL_IRQL_DISPATCH	2
/* What ntpool reports inside a hardware interrupt: a device's level. */
#define NTPOOL_IRQL_DEVICE	5

/* POOL_FLAG_* of ExAllocatePool2, with NT's values. */
#define NTPOOL_FLAG_USE_QUOTA		0x0000000000000001ull
#define NTPOOL_FLAG_UNINITIALIZED	0x0000000000000002ull
#define NTPOOL_FLAG_SESSION		0x0000000000000004ull
#define NTPOOL_FLAG_CACHE_ALIGNED	0x0000000000000008ull
#define NTPOOL_FLAG_RAISE_ON_FAILURE	0x0000000000000020ull
#define NTPOOL_FLAG_NON_PAGED		0x0000000000000040ull
#define NTPOOL_FLAG_NON_PAGED_EXECUTE	0x0000000000000080ull
#define NTPOOL_FLAG_PAGED		0x0000000000000100ull
#define NTPOOL_FLAG_SPECIAL_POOL	0x0000000100000000ull

/* Bits of the verifier, with the values of Driver Verifier. */
#define NTPOOL_VERIFIER_SPECIAL_POOL	0x00000001u
#define NTPOOL_VERIFIER_FORCE_IRQL	0x00000002u
#define NTPOOL_VERIFIER_LOW_RESOURCES	0x00000004u
#define NTPOOL_VERIFIER_POOL_TRACKING	0x00000008u
#define NTPOOL_VERIFIER_IO		0x00000010u
#define NTPOOL_VERIFIER_FORCE_PENDING	0x00000200u
#define NTPOOL_VERIFIER_SYSTEMATIC	0x00040000u

/**
 * struct ntpool_features - what this module and this kernel can do
 * @flags: in: must be 0
 * @abi_version: out: NTPOOL_ABI_VERSION of the module
 * @features: out: NTPOOL_FEATURE_*
 * @page_size: out: bytes
 * @cpus: out: CPUs online
 * @reason: out: where NTPOOL_FEATURE_PAGING is missing, why, as text; else ""
 */
struct ntpool_features {
	__u32 flags;
	__u32 abi_version;
	__u64 features;
	__u32 page_size;
	__u32 cpus;
	char  reason[104];
};

/* Paged pool really pages: the page-fault hook is in place. */
#define NTPOOL_FEATURE_PAGING		(1ull << 0)
/* Trimmed pages can be written to swap on request. */
#define NTPOOL_FEATURE_WRITE_OUT	(1ull << 1)
/* Swap space is in use now: trimmed pages have somewhere to go. */
#define NTPOOL_FEATURE_SWAP		(1ull << 2)
/* SMAP is off: kernel code may read user addresses without declaring it. */
#define NTPOOL_FEATURE_RAW_USER		(1ull << 3)

/**
 * struct ntpool_alloc - ExAllocatePool2
 * @pool_flags: in: NTPOOL_FLAG_*, exactly one of the three pools;
 *		NON_PAGED_EXECUTE needs CAP_SYS_ADMIN.  The block
 *		is zeroed unless UNINITIALIZED; bytes that a user program can
 *		read are zeroed in either case.
 * @size: in: bytes, at least 1
 * @tag: in: four characters, the first in the lowest byte; each 0x20 to 0x7E,
 *	 trailing ones may be 0
 * @pad: in: must be 0
 * @handle: out: names the block in this session, 0 where @status is an error
 * @address: out: the block's kernel address (CAP_SYS_ADMIN)
 * @status: out: NTSTATUS.  STATUS_INSUFFICIENT_RESOURCES: no memory, no swap
 *	    space, the pool is at its limit, or the session's layout has no
 *	    room (see ntpool_split).  STATUS_QUOTA_EXCEEDED: with USE_QUOTA,
 *	    the calling process has no room (see ntpool_quota)
 * @pad2: out: 0
 * @bugcheck: out: record number, or 0
 */
struct ntpool_alloc {
	__u64 pool_flags;
	__u64 size;
	__u32 tag;
	__u32 pad;
	__u64 handle;
	__u64 address;
	__u32 status;
	__u32 pad2;
	__u64 bugcheck;
};

/**
 * struct ntpool_free - ExFreePoolWithTag
 * @handle: in
 * @tag: in: must equal the tag of the allocation (else bug check 0xC2/0A, and
 *	 the block stays); 0 frees whatever the tag is
 * @flags: in: must be 0
 * @status: out: NTSTATUS.  STATUS_INVALID_PARAMETER: refused with a bug check
 * @pad: out: 0
 * @bugcheck: out: record number, or 0
 */
struct ntpool_free {
	__u64 handle;
	__u32 tag;
	__u32 flags;
	__u32 status;
	__u32 pad;
	__u64 bugcheck;
};

/**
 * struct ntpool_rw - copy between a block and the caller's memory
 * @handle: in
 * @offset: in: byte in the block
 * @length: in: bytes, at least 1; @offset + @length must lie in the block
 * @buffer: in: the caller's address
 * @flags: in: must be 0
 * @status: out: NTSTATUS.  STATUS_IN_PAGE_ERROR: a page of the block could not
 *	    be brought in (bug check 0x7A was recorded)
 * @transferred: out: bytes copied
 * @bugcheck: out: record number, or 0
 *
 * The copy is made by copy_to_user()/copy_from_user() on the block's own
 * pointer; pages of it that are out come in by faults taken inside them.  A
 * write that gets EFAULT has changed nothing; a read that gets it may have
 * filled @buffer up to where it cannot be written.
 */
struct ntpool_rw {
	__u64 handle;
	__u64 offset;
	__u64 length;
	__u64 buffer;
	__u32 flags;
	__u32 status;
	__u64 transferred;
	__u64 bugcheck;
};

/**
 * struct ntpool_query - a block and the residency of its pages
 * @handle: in
 * @flags: in: must be 0
 * @tag: out
 * @pool_flags: out: as allocated
 * @size: out: bytes asked for
 * @address: out: kernel address (CAP_SYS_ADMIN)
 * @pages: out: pages that the block touches; the next four add up to it
 * @resident: out: mapped, a touch takes no fault
 * @transition: out: in memory but unmapped, a touch takes a soft fault
 * @swapped: out: in swap only, a touch reads the disk
 * @untouched: out: never touched since allocation or dropped as clean zeroes;
 *	       a touch makes a zero page
 * @pinned: out: of the resident ones, those pinned
 * @discontinuities: out: neighbours in the block whose frames are no
 *		     neighbours, counted over resident and transition pages
 */
struct ntpool_query {
	__u64 handle;
	__u32 flags;
	__u32 tag;
	__u64 pool_flags;
	__u64 size;
	__u64 address;
	__u64 pages;
	__u64 resident;
	__u64 transition;
	__u64 swapped;
	__u64 untouched;
	__u64 pinned;
	__u64 discontinuities;
};

/* Where one page of a block is. */
enum ntpool_page_state {
	NTPOOL_PAGE_UNTOUCHED	= 0,
	NTPOOL_PAGE_RESIDENT	= 1,
	NTPOOL_PAGE_TRANSITION	= 2,
	NTPOOL_PAGE_SWAPPED	= 3,
};

#define NTPOOL_PAGE_ACCESSED	(1u << 0)
#define NTPOOL_PAGE_DIRTY	(1u << 1)
#define NTPOOL_PAGE_PINNED	(1u << 2)
#define NTPOOL_PAGE_NONPAGED	(1u << 3)
/* Swapped, and the disk is still writing it. */
#define NTPOOL_PAGE_WRITEBACK	(1u << 4)
/* Swapped, but the kernel's swap cache still has it: a touch reads no disk. */
#define NTPOOL_PAGE_SWAP_CACHED	(1u << 5)
/*
 * Swapped, but the disk did not give it back when it was wanted: the kernel has given up
 * its slot, and each touch of it is bug check 0x7A, until the block is freed.
 */
#define NTPOOL_PAGE_LOST	(1u << 6)

/**
 * struct ntpool_page - one page, element of the array of ntpool_pages
 * @state: enum ntpool_page_state
 * @flags: NTPOOL_PAGE_*
 * @frame: page frame number where resident or in transition (CAP_SYS_ADMIN)
 * @slot: offset in the swap device where swapped (CAP_SYS_ADMIN)
 */
struct ntpool_page {
	__u32 state;
	__u32 flags;
	__u64 frame;
	__u64 slot;
};

/**
 * struct ntpool_pages - page by page residency of a block
 * @handle: in
 * @first: in: first page, counted from the block's first
 * @count: in: elements of @array, at least 1; out: elements written, fewer
 *	   where the block ends
 * @flags: in: must be 0
 * @array: in: address of struct ntpool_page[@count]
 */
struct ntpool_pages {
	__u64 handle;
	__u64 first;
	__u32 count;
	__u32 flags;
	__u64 array;
};

/* ntpool_trim.flags: write what was trimmed to swap, and wait for the disk. */
#define NTPOOL_TRIM_WRITE_OUT	(1u << 0)

/**
 * struct ntpool_trim - take pages out of the system working set
 * @handle: in: a paged block of this session, or 0 for all paged memory
 *	    (CAP_SYS_ADMIN)
 * @offset: in: first byte; 0 where @handle is 0
 * @length: in: bytes, 0 means to the block's end; 0 where @handle is 0
 * @flags: in: NTPOOL_TRIM_*
 * @status: out: NTSTATUS.  STATUS_UNSUCCESSFUL: some pages could not be written, as
 *	    there was no room in swap or the disk failed; they stay in memory
 * @trimmed: out: pages unmapped
 * @written: out: pages that were written to swap
 *
 * Pages go at once, whatever their accessed bits; pinned ones stay.
 */
struct ntpool_trim {
	__u64 handle;
	__u64 offset;
	__u64 length;
	__u32 flags;
	__u32 status;
	__u64 trimmed;
	__u64 written;
};

#define NTPOOL_ACCESS_READ	0
#define NTPOOL_ACCESS_WRITE	1

/* How the touched page was before the touch: ntpool_touch.fault. */
enum ntpool_fault_kind {
	NTPOOL_FAULT_NONE		= 0,
	NTPOOL_FAULT_DEMAND_ZERO	= 1,
	NTPOOL_FAULT_TRANSITION		= 2,
	NTPOOL_FAULT_HARD		= 3,
};

/**
 * struct ntpool_touch - one load or store of a byte at a given IRQL
 * @handle: in
 * @offset: in: byte in the block; where that is in special pool, also behind it, as
 *	    far as the end of its guard page
 * @irql: in: NTPOOL_IRQL_PASSIVE, _APC or _DISPATCH; really raised
 * @access: in: NTPOOL_ACCESS_*
 * @value: in: the byte to store (0 to 255), 0 for a load; out: the byte loaded
 * @fault: out: enum ntpool_fault_kind, where the touch took a fault
 * @status: out: STATUS_SUCCESS; STATUS_ACCESS_VIOLATION with bug check 0xD1
 *	    [address, irql, 0 or 1, instruction] where the page was not
 *	    resident at DISPATCH, or 0xD6 [address, 0 or 1, instruction, 0] on a
 *	    guard page; STATUS_IN_PAGE_ERROR with 0x7A where it could not be
 *	    brought in
 * @pad: in: must be 0
 * @bugcheck: out: record number, or 0
 */
struct ntpool_touch {
	__u64 handle;
	__u64 offset;
	__u32 irql;
	__u32 access;
	__u32 value;
	__u32 fault;
	__u32 status;
	__u32 pad;
	__u64 bugcheck;
};

/**
 * struct ntpool_stats_get - get the statistics
 * @stats: in: address of a struct ntpool_stats
 * @size: in: the caller's sizeof(struct ntpool_stats), a multiple of 8, at
 *	  least 8.  A newer module may append fields: it fills no more than
 *	  @size bytes, and what it does not know it fills with 0.
 * @flags: in: must be 0
 */
struct ntpool_stats_get {
	__u64 stats;
	__u32 size;
	__u32 flags;
};

/**
 * struct ntpool_stats - counters since the module was loaded
 * @demand_zero_faults: faults on pages never touched before
 * @transition_faults: faults on pages still in memory
 * @hard_faults: faults that needed a page from swap
 * @refused_faults: faults where sleeping was not allowed (0xD1 and the like)
 * @failed_faults: faults whose page could not be had (0x7A)
 * @mapped_around: pages mapped along with a faulting neighbour
 * @trimmed: pages taken out of the working set
 * @trim_batches: batches of them, each with one TLB flush on all CPUs
 * @written_out: pages written to swap on request
 * @resident_pages: mapped now
 * @resident_peak: highest value of @resident_pages
 * @pinned_pages: of these, pinned
 * @swapped_pages: in swap only, now (counted when asked)
 * @arena_pages: pages of paged address space allocated now
 * @arena_reserved_pages: pages of paged address space reserved in segments
 * @paged_allocs: allocations from paged pool
 * @paged_frees: frees
 * @paged_bytes: bytes asked for and not freed yet
 * @paged_peak_bytes: highest value of @paged_bytes
 * @nonpaged_allocs: allocations from nonpaged pool
 * @nonpaged_frees: frees
 * @nonpaged_bytes: bytes asked for and not freed yet
 * @nonpaged_peak_bytes: highest value of @nonpaged_bytes
 * @failed_allocs: allocations that got no memory
 * @bugchecks: bug checks recorded
 * @sessions: open sessions
 * @requests_started: I/O requests started
 * @requests_completed: of these, completed
 * @target: NTPOOL_TARGET_*: the release of Windows emulated
 * @paged_pages: pages that paged pool has taken
 * @paged_peak_pages: highest value of @paged_pages
 * @paged_limit_pages: how many it may take
 * @paged_refused: times it was not allowed to grow, or to serve a low priority
 * @nonpaged_pages: pages that nonpaged pool has taken
 * @nonpaged_peak_pages: highest value of @nonpaged_pages
 * @nonpaged_limit_pages: how many it may take
 * @nonpaged_refused: times it was not allowed to grow, or to serve a low priority
 * @conditions: bits 1 << NTPOOL_CONDITION_* of the pool events that are set
 * @quota_processes: processes that have a quota account
 * @quota_paged_bytes: bytes of paged pool they are charged with
 * @quota_nonpaged_bytes: the same of nonpaged pool
 */
struct ntpool_stats {
	__u64 demand_zero_faults;
	__u64 transition_faults;
	__u64 hard_faults;
	__u64 refused_faults;
	__u64 failed_faults;
	__u64 mapped_around;
	__u64 trimmed;
	__u64 trim_batches;
	__u64 written_out;
	__u64 resident_pages;
	__u64 resident_peak;
	__u64 pinned_pages;
	__u64 swapped_pages;
	__u64 arena_pages;
	__u64 arena_reserved_pages;
	__u64 paged_allocs;
	__u64 paged_frees;
	__u64 paged_bytes;
	__u64 paged_peak_bytes;
	__u64 nonpaged_allocs;
	__u64 nonpaged_frees;
	__u64 nonpaged_bytes;
	__u64 nonpaged_peak_bytes;
	__u64 failed_allocs;
	__u64 bugchecks;
	__u64 sessions;
	__u64 requests_started;
	__u64 requests_completed;
	__u64 target;
	__u64 paged_pages;
	__u64 paged_peak_pages;
	__u64 paged_limit_pages;
	__u64 paged_refused;
	__u64 nonpaged_pages;
	__u64 nonpaged_peak_pages;
	__u64 nonpaged_limit_pages;
	__u64 nonpaged_refused;
	__u64 conditions;
	__u64 quota_processes;
	__u64 quota_paged_bytes;
	__u64 quota_nonpaged_bytes;
};

/* Releases of Windows: ntpool_stats.target. */
enum ntpool_target {
	NTPOOL_TARGET_2003	= 1,
	NTPOOL_TARGET_WIN7	= 2,
	NTPOOL_TARGET_WIN10	= 3,
	NTPOOL_TARGET_CURRENT	= 4,
};

/**
 * struct ntpool_tag - one row of the tag table
 * @tag: as in struct ntpool_alloc
 * @pad: 0
 * @paged_allocs: allocations from paged pool under this tag
 * @paged_frees: frees
 * @paged_bytes: bytes asked for and not freed yet
 * @nonpaged_allocs: allocations from nonpaged pool under this tag
 * @nonpaged_frees: frees
 * @nonpaged_bytes: bytes asked for and not freed yet
 */
struct ntpool_tag {
	__u32 tag;
	__u32 pad;
	__u64 paged_allocs;
	__u64 paged_frees;
	__u64 paged_bytes;
	__u64 nonpaged_allocs;
	__u64 nonpaged_frees;
	__u64 nonpaged_bytes;
};

/**
 * struct ntpool_tags - the tag table, sorted by tag
 * @array: in: address of struct ntpool_tag[@count]
 * @count: in: elements of @array (0 to ask for @total alone); out: written
 * @flags: in: must be 0
 * @total: out: tags that there are
 */
struct ntpool_tags {
	__u64 array;
	__u32 count;
	__u32 flags;
	__u64 total;
};

/* Who a row of the usage is about: ntpool_usage.by. */
enum ntpool_by {
	/* The kernel module that called. */
	NTPOOL_BY_MODULE	= 0,
	/* The session, that is the program that opened the device. */
	NTPOOL_BY_SESSION	= 1,
};

#define NTPOOL_NAME_LEN		56

/**
 * struct ntpool_usage_row - what one user of the pools has under one tag
 * @tag: as in struct ntpool_alloc
 * @session: number of the session, counted since the module was loaded; 0 in a
 *	     row by module
 * @pid: the process that opened the session; 0 in a row by module
 * @pad: 0
 * @name: the module's name, or that of the thread that opened the session
 * @paged_allocs: allocations from paged pool
 * @paged_frees: frees
 * @paged_bytes: bytes asked for and not freed yet
 * @nonpaged_allocs: allocations from nonpaged pool
 * @nonpaged_frees: frees
 * @nonpaged_bytes: bytes asked for and not freed yet
 */
struct ntpool_usage_row {
	__u32 tag;
	__u32 session;
	__u32 pid;
	__u32 pad;
	char  name[NTPOOL_NAME_LEN];
	__u64 paged_allocs;
	__u64 paged_frees;
	__u64 paged_bytes;
	__u64 nonpaged_allocs;
	__u64 nonpaged_frees;
	__u64 nonpaged_bytes;
};

/**
 * struct ntpool_usage - the tag table by user
 * @array: in: address of struct ntpool_usage_row[@count]
 * @count: in: elements of @array (0 to ask for @total alone); out: written
 * @by: in: enum ntpool_by
 * @flags: in: must be 0
 * @pad: in: must be 0
 * @total: out: rows that there are
 *
 * By module the rows are sorted by tag; by session they are sorted by session,
 * in a session by tag, and only CAP_SYS_ADMIN sees sessions other than his own.
 */
struct ntpool_usage {
	__u64 array;
	__u32 count;
	__u32 by;
	__u32 flags;
	__u32 pad;
	__u64 total;
};

/**
 * struct ntpool_block - a live block of either pool, whoever allocated it
 * @address: its first byte
 * @size: bytes asked for
 * @slot: bytes taken
 * @pool_flags: NTPOOL_FLAG_* of the allocation
 * @tag: as in struct ntpool_alloc
 * @owner: the process whose quota was charged, or 0
 * @module: name of the module that allocated it
 */
struct ntpool_block {
	__u64 address;
	__u64 size;
	__u64 slot;
	__u64 pool_flags;
	__u32 tag;
	__u32 owner;
	char  module[NTPOOL_NAME_LEN];
};

/**
 * struct ntpool_blocks - the live blocks in order of their addresses
 * @from: in: blocks that begin here or higher
 * @array: in: address of struct ntpool_block[@count]
 * @count: in: elements of @array, at least 1; out: written
 * @flags: in: must be 0
 * @next: out: @from for the next call, or 0 where there are no more
 *
 * Needs CAP_SYS_ADMIN.  Blocks come and go between the looks at them; one that
 * lives all the time is found, and found once.
 */
struct ntpool_blocks {
	__u64 from;
	__u64 array;
	__u32 count;
	__u32 flags;
	__u64 next;
};

/**
 * struct ntpool_slot - a piece of a page of small blocks
 * @address: of the block in it, or where one would be
 * @size: bytes from this slot to the next
 * @previous: size of the slot before it in the page, 0 for the first
 * @tag: of the block; of a free slot the last one's in nonpaged pool, else 0
 * @allocated: 1 or 0
 * @requested: bytes that were asked for, 0 where it is free
 */
struct ntpool_slot {
	__u64 address;
	__u32 size;
	__u32 previous;
	__u32 tag;
	__u32 allocated;
	__u64 requested;
};

/**
 * struct ntpool_slots - what is at an address of the pools
 * @address: in: any address
 * @array: in: address of struct ntpool_slot[@count]
 * @count: in: elements of @array (0 to ask for @total alone); out: written
 * @flags: in: must be 0
 * @total: out: slots of the page of small blocks that has @address, 0 where it
 *	   lies in none
 * @found: out: 1 where @address lies in a live block, else 0
 * @block: out: that block, or 0
 *
 * Needs CAP_SYS_ADMIN.
 */
struct ntpool_slots {
	__u64 address;
	__u64 array;
	__u32 count;
	__u32 flags;
	__u32 total;
	__u32 found;
	struct ntpool_block block;
};

/* ntpool_quota.flags: set the limits. */
#define NTPOOL_QUOTA_SET	(1u << 0)
/* Limits that are no number of bytes: none, and what the module says. */
#define NTPOOL_QUOTA_UNLIMITED	(~0ull)
#define NTPOOL_QUOTA_DEFAULT	(~0ull - 1)

/**
 * struct ntpool_quota - what a process is charged with, asked; or its limits, set
 * @pid: in: a process, 0 for the caller's own; another than that: CAP_SYS_ADMIN
 * @flags: in: 0, or NTPOOL_QUOTA_SET (CAP_SYS_ADMIN)
 * @paged_limit: in: with SET, bytes of paged pool that the process may be
 *		 charged with, or NTPOOL_QUOTA_*; else 0; out: the limit in
 *		 force, bytes or NTPOOL_QUOTA_UNLIMITED
 * @nonpaged_limit: in, out: the same for nonpaged pool
 * @paged_used: out: bytes of paged pool charged now
 * @nonpaged_used: out: the same of nonpaged pool
 * @paged_peak: out: highest value of @paged_used
 * @nonpaged_peak: out: highest value of @nonpaged_used
 *
 * Charged is who allocates with NTPOOL_FLAG_USE_QUOTA; the charge goes back to
 * him when the block is freed, whoever frees it.  A limit below what is charged
 * takes nothing away.
 */
struct ntpool_quota {
	__u32 pid;
	__u32 flags;
	__u64 paged_limit;
	__u64 nonpaged_limit;
	__u64 paged_used;
	__u64 nonpaged_used;
	__u64 paged_peak;
	__u64 nonpaged_peak;
};

/* The pool events: ntpool_condition_open.condition. */
enum ntpool_condition {
	/* Little is left of the pool's limit. */
	NTPOOL_CONDITION_LOW_PAGED	= 0,
	/* Plenty is left. */
	NTPOOL_CONDITION_HIGH_PAGED	= 1,
	NTPOOL_CONDITION_LOW_NONPAGED	= 2,
	NTPOOL_CONDITION_HIGH_NONPAGED	= 3,
};
#define NTPOOL_CONDITIONS	4

/* ntpool_condition_open.flags: the descriptor stays open over execve(). */
#define NTPOOL_CONDITION_INHERIT	(1u << 0)

/**
 * struct ntpool_condition_open - open a pool event
 * @condition: in: enum ntpool_condition
 * @flags: in: NTPOOL_CONDITION_INHERIT, or 0
 * @fd: out: a file descriptor of its own, which outlives the session.  poll()
 *	says POLLIN as long as the event is set; it cannot be read
 * @set: out: 1 where the event is set now, else 0
 */
struct ntpool_condition_open {
	__u32 condition;
	__u32 flags;
	__u32 fd;
	__u32 set;
};

#define NTPOOL_VERIFIER_TAGS		8
/* ntpool_verifier.probability: chances in so many, as on NT. */
#define NTPOOL_VERIFIER_CERTAIN		10000
#define NTPOOL_VERIFIER_PROBABILITY	600
/* ntpool_verifier.grace: NT's eight minutes. */
#define NTPOOL_VERIFIER_GRACE		480

/**
 * struct ntpool_verifier - the verifier, asked or set
 * @set: in: 1 sets it (CAP_SYS_ADMIN); 0 only asks, and then all that follows in
 *	 must be 0
 * @flags: in, out: NTPOOL_VERIFIER_*.  FORCE_PENDING brings IO with it; SYSTEMATIC
 *	   gets EOPNOTSUPP where this kernel keeps no stacks
 * @tags: in, out: patterns, of which an allocation's tag must match one: ``*``
 *	  stands for any characters, ``?`` for one.  The first 0 ends them, what
 *	  follows must be 0; none at all means any tag
 * @size_min: in, out: smallest size of an allocation
 * @size_max: in, out: largest size, 0 for any
 * @probability: in, out: LOW_RESOURCES: chances in NTPOOL_VERIFIER_CERTAIN that an
 *		 allocation fails
 * @grace: in, out: LOW_RESOURCES: seconds after the machine's start in which none
 *	   fails
 * @process: in, out: name of the process that allocates, ending with 0; "" for any
 * @driver: in, out: name of the module that allocates, likewise
 * @attempted: out: allocations that these settings chose, since they were set
 * @succeeded: out: of these, done
 * @succeeded_special: out: of those, in special pool
 * @failed_deliberately: out: of @attempted, refused by simulation
 * @raises: out: FORCE_IRQL: raises of the IRQL to DISPATCH
 * @trimmed: out: pages taken out at these
 * @tracked: out: POOL_TRACKING: blocks tracked now
 * @tracked_bytes: out: bytes they were asked with
 * @tracked_peak: out: highest value of @tracked
 * @leaked: out: tracked blocks that were left behind, by sessions or modules
 * @special_pages: out: pages of special pool's address space, 0 before its first use
 * @special_live: out: of these, pages of live blocks
 * @special_kept: out: of these, pages of freed blocks, kept unmapped
 * @special_fallbacks: out: allocations that special pool had no room for, since the
 *		       module was loaded
 * @forced_pending: out: FORCE_PENDING: calls of drivers that became pending by force
 */
struct ntpool_verifier {
	__u32 set;
	__u32 flags;
	__u32 tags[NTPOOL_VERIFIER_TAGS];
	__u64 size_min;
	__u64 size_max;
	__u32 probability;
	__u32 grace;
	char  process[NTPOOL_COMM_LEN];
	char  driver[NTPOOL_NAME_LEN];
	__u64 attempted;
	__u64 succeeded;
	__u64 succeeded_special;
	__u64 failed_deliberately;
	__u64 raises;
	__u64 trimmed;
	__u64 tracked;
	__u64 tracked_bytes;
	__u64 tracked_peak;
	__u64 leaked;
	__u64 special_pages;
	__u64 special_live;
	__u64 special_kept;
	__u64 special_fallbacks;
	__u64 forced_pending;
};

/**
 * struct ntpool_special - special pool for what this session allocates
 * @on: in: 1 as if each allocation had NTPOOL_FLAG_SPECIAL_POOL, 0 not so
 * @flags: in: must be 0
 */
struct ntpool_special {
	__u32 on;
	__u32 flags;
};

/* Address-space layouts: ntpool_split.layout. */
enum ntpool_layout {
	/* The machine's own, as this kernel runs. */
	NTPOOL_LAYOUT_NATIVE	= 0,
	/* Windows on x64: 128 TB of user space, 128 TB of system space. */
	NTPOOL_LAYOUT_NT_X64	= 1,
	/* Windows on x86: 2 to 3 GB of user space, the rest system space. */
	NTPOOL_LAYOUT_NT_X86	= 2,
};

/**
 * struct ntpool_split - the session's address-space layout, asked or set
 * @layout: in: enum ntpool_layout; out: the one in force
 * @user_mb: in: for NT_X86 user space in MB, 2048 to 3072 (`increaseuserva`),
 *	     0 means 2048; must be 0 for the others; out: the one in force, or 0
 * @set: in: 1 makes it the session's, 0 only asks for the one in force (then
 *	 @layout and @user_mb must be 0).  A layout whose budgets are below
 *	 what the session has allocated is refused with EINVAL
 * @pad: in: must be 0
 * @user_start: out: lowest user address that can be mapped
 * @user_end: out: highest user address
 * @hole_start: out: first non-canonical (x64) or no-access (x86) address
 * @hole_end: out: last such address
 * @system_start: out: lowest system address
 * @system_end: out: highest system address
 * @paged_budget: out: bytes of paged pool this layout has room for
 * @nonpaged_budget: out: the same for nonpaged pool
 * @paged_used: out: bytes of it that this session has allocated
 * @nonpaged_used: out: the same for nonpaged pool
 * @probe_address: out: MmUserProbeAddress of the layout
 * @caller_end: out: highest user address of the calling program: a 32-bit
 *		program gets its own
 * @caller_bits: out: 32 or 64
 * @emulated: out: 1 where the layout is NT's and its budget is bookkeeping,
 *	      0 where the kernel itself sets the limits
 */
struct ntpool_split {
	__u32 layout;
	__u32 user_mb;
	__u32 set;
	__u32 pad;
	__u64 user_start;
	__u64 user_end;
	__u64 hole_start;
	__u64 hole_end;
	__u64 system_start;
	__u64 system_end;
	__u64 paged_budget;
	__u64 nonpaged_budget;
	__u64 paged_used;
	__u64 nonpaged_used;
	__u64 probe_address;
	__u64 caller_end;
	__u32 caller_bits;
	__u32 emulated;
};

/* What an address is: ntpool_walk.kind. */
enum ntpool_class {
	NTPOOL_CLASS_USER		= 0,
	NTPOOL_CLASS_NONCANONICAL	= 1,
	NTPOOL_CLASS_PAGED_POOL		= 2,
	NTPOOL_CLASS_NONPAGED_POOL	= 3,
	NTPOOL_CLASS_SYSTEM		= 4,
};

/* Entries of ntpool_walk.entry, from the top of the tree down. */
#define NTPOOL_WALK_LEVELS	5

/**
 * struct ntpool_walk - classification and page-table walk of one address
 * @handle: in: a block of this session, or 0 for @address itself
 * @address: in: a byte offset in the block; or an address: of system space with
 *	     CAP_SYS_ADMIN only; out: the address walked (0 for a block without
 *	     CAP_SYS_ADMIN)
 * @flags: in: must be 0
 * @kind: out: enum ntpool_class
 * @levels: out: table levels of this machine: 4 or 5
 * @depth: out: entries filled; fewer than @levels where an entry is empty or
 *	   maps a large page
 * @page_shift: out: size of the page found as a power of two; 0 if none
 * @pid: in: 0: a user address is the caller's own; else that of this process, as the
 *	 caller numbers it (CAP_SYS_ADMIN): then @handle must be 0 and @address
 *	 be one of user space.  ESRCH also where a process has no user space: a
 *	 thread of the kernel's, or one that has exited
 * @entry: out: the entries as the CPU reads them, top level first
 *	   (CAP_SYS_ADMIN)
 * @index: out: the index that each level uses (9 bits of the address; those of
 *	   a system address for CAP_SYS_ADMIN)
 * @pad2: out: 0
 * @frame: out: the page frame number (CAP_SYS_ADMIN)
 */
struct ntpool_walk {
	__u64 handle;
	__u64 address;
	__u32 flags;
	__u32 kind;
	__u32 levels;
	__u32 depth;
	__u32 page_shift;
	__u32 pid;
	__u64 entry[NTPOOL_WALK_LEVELS];
	__u32 index[NTPOOL_WALK_LEVELS];
	__u32 pad2;
	__u64 frame;
};

/* What addresses of system space are for: ntpool_region.kind. */
enum ntpool_region_kind {
	/* Kept for paged pool, and given to nobody. */
	NTPOOL_REGION_FREE	= 0,
	NTPOOL_REGION_PAGED	= 1,
	NTPOOL_REGION_SPECIAL	= 2,
	/* Where MDLs are mapped at DISPATCH. */
	NTPOOL_REGION_MDL	= 3,
};

/**
 * struct ntpool_region - addresses of system space that the module has taken
 * @start: the first address
 * @size: bytes of address space
 * @kind: enum ntpool_region_kind
 * @pad: 0
 * @committed: pages that have memory, or get it when they are touched
 * @resident: of these, mapped: a touch takes no fault
 * @transition: of these, in memory but unmapped
 * @swapped: of these, in swap only
 *
 * The pages are not counted at one moment.  What of @committed is none of the others
 * was never touched.
 */
struct ntpool_region {
	__u64 start;
	__u64 size;
	__u32 kind;
	__u32 pad;
	__u64 committed;
	__u64 resident;
	__u64 transition;
	__u64 swapped;
};

/**
 * struct ntpool_regions - the address space of paged pool in order of addresses
 * @from: in: regions that end here or higher; the first begins at this page, if it
 *	  has it
 * @array: in: address of struct ntpool_region[@count]
 * @count: in: elements of @array, at least 1; out: written
 * @flags: in: must be 0
 * @grain: in: 0: regions are as large as they can be; or a power of 2: those that
 *	   are not free end where the number of a page is a multiple of it, too, so
 *	   that 1 tells of each page by itself
 * @pad: in: must be 0
 * @next: out: @from for the next call, or 0 where there are no more
 *
 * Needs CAP_SYS_ADMIN.
 */
struct ntpool_regions {
	__u64 from;
	__u64 array;
	__u32 count;
	__u32 flags;
	__u32 grain;
	__u32 pad;
	__u64 next;
};

/**
 * struct ntpool_volunteer - let naive writes land in this process
 * @start: in: page-aligned address in the caller's memory
 * @length: in: bytes, a multiple of the page size; 0 withdraws
 * @flags: in: must be 0
 * @pad: in: must be 0
 *
 * From then on a naive completion that interrupts this process may write to
 * addresses in the range.  One range a session; it ends with the session, and
 * counts only while the process that gave it is the one interrupted.
 */
struct ntpool_volunteer {
	__u64 start;
	__u64 length;
	__u32 flags;
	__u32 pad;
};

/* How the request is completed: ntpool_request.variant. */
enum ntpool_variant {
	/* The wrong way: from the interrupt, to the requester's address. */
	NTPOOL_VARIANT_NAIVE	= 0,
	/* A system buffer; copied back in the requester's own thread. */
	NTPOOL_VARIANT_BUFFERED	= 1,
	/* Pages locked at the start, written through a kernel mapping. */
	NTPOOL_VARIANT_DIRECT	= 2,
	/* A system thread that attaches to the requester's address space. */
	NTPOOL_VARIANT_ATTACH	= 3,
};

/* ntpool_request.cpu: the CPU that the caller runs on. */
#define NTPOOL_CPU_CURRENT	0xFFFFFFFFu

#define NTPOOL_REQUEST_MAX_LENGTH	(1u << 20)
#define NTPOOL_REQUEST_MAX_DELAY_NS	10000000000ull

/**
 * struct ntpool_request - start a read that completes later
 * @variant: in: enum ntpool_variant
 * @cpu: in: the CPU whose interrupt completes it, or NTPOOL_CPU_CURRENT
 * @buffer: in: the caller's address where the data is to go
 * @length: in: bytes, 1 to NTPOOL_REQUEST_MAX_LENGTH; 1 to a page for NAIVE,
 *	    and not across a page's end
 * @delay_ns: in: nanoseconds until the interrupt, up to
 *	      NTPOOL_REQUEST_MAX_DELAY_NS
 * @data: in: the eight bytes that the device delivers, again and again, lowest
 *	  byte first
 * @flags: in: must be 0
 * @status: out: STATUS_PENDING; or the error that the start met:
 *	    STATUS_ACCESS_VIOLATION, STATUS_INSUFFICIENT_RESOURCES,
 *	    STATUS_IN_PAGE_ERROR
 * @request: out: handle of the request, 0 where @status is an error
 */
struct ntpool_request {
	__u32 variant;
	__u32 cpu;
	__u64 buffer;
	__u64 length;
	__u64 delay_ns;
	__u64 data;
	__u32 flags;
	__u32 status;
	__u64 request;
};

/* What became of the data: ntpool_result.outcome. */
enum ntpool_outcome {
	/* In the requester's memory. */
	NTPOOL_OUTCOME_DELIVERED		= 0,
	/* In another process's memory, at the requester's address. */
	NTPOOL_OUTCOME_MISDELIVERED		= 1,
	/* Naive, refused: the process interrupted has not volunteered. */
	NTPOOL_OUTCOME_REFUSED_STRANGER		= 2,
	/* Naive, refused: an idle CPU or a kernel thread has no user space. */
	NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE	= 3,
	/* Naive, refused: the page there is not resident: bug check 0xD1. */
	NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT	= 4,
	/* The requester's memory is gone or no longer writable. */
	NTPOOL_OUTCOME_FAULTED			= 5,
	/* The requester closed its session or exited first. */
	NTPOOL_OUTCOME_CANCELLED		= 6,
};

/**
 * struct ntpool_party - one of the two processes, as the evidence shows it
 * @pid: process id (of the thread group), 0 for the idle task
 * @tid: thread id
 * @flags: NTPOOL_PARTY_*
 * @pad: 0
 * @frame: page frame behind the address in that process (CAP_SYS_ADMIN)
 * @comm: name
 * @before: the first bytes at the address before the interrupt or, of the
 *	    requester, at the start
 * @after: and after it.  What is written later, from a system buffer, by a DPC
 *	   or a system thread, is not in the interrupted process' yet, though it
 *	   be the requester: the requester's are looked at by this call
 */
struct ntpool_party {
	__u32 pid;
	__u32 tid;
	__u32 flags;
	__u32 pad;
	__u64 frame;
	char  comm[NTPOOL_COMM_LEN];
	__u8  before[NTPOOL_EVIDENCE_BYTES];
	__u8  after[NTPOOL_EVIDENCE_BYTES];
};

/* The address is mapped there; without it frame, before and after are 0. */
#define NTPOOL_PARTY_MAPPED	(1u << 0)
#define NTPOOL_PARTY_VOLUNTEER	(1u << 1)
#define NTPOOL_PARTY_KTHREAD	(1u << 2)
#define NTPOOL_PARTY_IDLE	(1u << 3)

/* ntpool_result.flags: come back at once if it is not completed. */
#define NTPOOL_RESULT_NOWAIT	(1u << 0)

/**
 * struct ntpool_result - wait for a request and get the evidence
 * @request: in: handle; the request is forgotten once this has succeeded, and
 *	     the event that tells of it, if it was not read
 * @timeout_ns: in: how long to wait, 0 means without end; 0 with NOWAIT.  Where a
 *		signal comes first, the call takes from it what has passed
 * @flags: in: NTPOOL_RESULT_*
 * @variant: out: enum ntpool_variant
 * @status: out: final NTSTATUS of the request
 * @outcome: out: enum ntpool_outcome
 * @information: out: bytes delivered
 * @address: out: the buffer's address
 * @interrupt_cpu: out: CPU on which the interrupt came
 * @interrupt_irql: out: IRQL there
 * @delivery_irql: out: IRQL at which the data was written
 * @delivery_cpu: out: CPU on which it was written
 * @interrupt_ns: out: CLOCK_MONOTONIC time of the interrupt
 * @delivery_ns: out: and of the delivery
 * @bugcheck: out: record number, or 0
 * @interrupted: out: the process that the interrupt hit.  Bytes of its memory
 *		 are shown only where it has volunteered the address, or is
 *		 the requester and asks himself
 * @requester: out: the process that asked; bytes of its memory are for its own
 *	       eyes
 * @writer: out: thread that wrote: tid, 0 where it was the interrupt or, of
 *	    more than a page, its DPC
 * @pad: out: 0
 */
struct ntpool_result {
	__u64 request;
	__u64 timeout_ns;
	__u32 flags;
	__u32 variant;
	__u32 status;
	__u32 outcome;
	__u64 information;
	__u64 address;
	__u32 interrupt_cpu;
	__u32 interrupt_irql;
	__u32 delivery_irql;
	__u32 delivery_cpu;
	__u64 interrupt_ns;
	__u64 delivery_ns;
	__u64 bugcheck;
	struct ntpool_party interrupted;
	struct ntpool_party requester;
	__u32 writer;
	__u32 pad;
};

#define NTPOOL_DEVICE_NAME_LEN	128

/* ntpool_device_open.access: what read, write and control codes may want. */
#define NTPOOL_DEVICE_READ	(1u << 0)
#define NTPOOL_DEVICE_WRITE	(1u << 1)

/**
 * struct ntpool_device_open - open a driver's device
 * @name: in: UTF-8, ending with 0: ``\\.\Name``, ``\Device\Name``, or any name
 *	  that a driver has linked to one
 * @access: in: NTPOOL_DEVICE_*
 * @flags: in: must be 0
 * @status: out: what the driver says to IRP_MJ_CREATE, or
 *	    STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_NAME_INVALID,
 *	    STATUS_INSUFFICIENT_RESOURCES
 * @pad: must be 0
 * @device: out: handle, 0 where @status is an error
 */
struct ntpool_device_open {
	char  name[NTPOOL_DEVICE_NAME_LEN];
	__u32 access;
	__u32 flags;
	__u32 status;
	__u32 pad;
	__u64 device;
};

/**
 * struct ntpool_device_close - close it
 * @device: in: handle.  The driver is told (IRP_MJ_CLEANUP); requests stay under way
 *	    unless it ends them
 */
struct ntpool_device_close {
	__u64 device;
};

/* ntpool_device_io.major: NT's numbers. */
#define NTPOOL_IO_READ		0x03u
#define NTPOOL_IO_WRITE		0x04u
#define NTPOOL_IO_CONTROL	0x0eu

/* ntpool_device_io.flags: wait until the request is completed. */
#define NTPOOL_IO_WAIT		(1u << 0)

/**
 * struct ntpool_status_block - IO_STATUS_BLOCK, in the requester's memory
 * @status: final NTSTATUS
 * @pad: 0
 * @information: as the driver says
 */
struct ntpool_status_block {
	__u32 status;
	__u32 pad;
	__u64 information;
};

/**
 * struct ntpool_device_io - send a request to a driver
 * @device: in: handle
 * @major: in: NTPOOL_IO_*
 * @code: in: control code, for CONTROL; else 0
 * @input: in: address of what the driver gets, 0 for READ
 * @output: in: address of what it fills, 0 for WRITE
 * @input_length: in: bytes
 * @output_length: in: bytes
 * @offset: in: byte offset, for READ and WRITE; else 0
 * @status_block: in: address of a struct ntpool_status_block that is written when the
 *		  request is completed, or 0
 * @eventfd: in: signalled then, -1 for none
 * @flags: in: NTPOOL_IO_WAIT or 0
 * @status: out: what the driver says; STATUS_PENDING where the request is under way; or
 *	    what the I/O manager found: STATUS_ACCESS_VIOLATION, STATUS_ACCESS_DENIED,
 *	    STATUS_INSUFFICIENT_RESOURCES, STATUS_QUOTA_EXCEEDED
 * @pad: must be 0
 * @information: out: as the driver says, where the request is completed
 * @request: out: handle of the request where it is under way, else 0.  Also with
 *	     NTPOOL_IO_WAIT, if a signal came first
 *
 * The requester, who is the calling thread, gets his data and is told iff the request
 * was pending or its status is no error.  A request ends before its requester does.
 */
struct ntpool_device_io {
	__u64 device;
	__u32 major;
	__u32 code;
	__u64 input;
	__u64 output;
	__u32 input_length;
	__u32 output_length;
	__u64 offset;
	__u64 status_block;
	__s32 eventfd;
	__u32 flags;
	__u32 status;
	__u32 pad;
	__u64 information;
	__u64 request;
};

/**
 * struct ntpool_device_wait - wait for a request that is under way
 * @request: in: handle; forgotten once this has succeeded
 * @timeout_ns: in: how long to wait, 0 means without end; 0 with NOWAIT.  Where a
 *		signal comes first, the call takes from it what has passed
 * @flags: in: NTPOOL_RESULT_NOWAIT or 0
 * @status: out: final NTSTATUS
 * @information: out: as the driver says
 */
struct ntpool_device_wait {
	__u64 request;
	__u64 timeout_ns;
	__u32 flags;
	__u32 status;
	__u64 information;
};

/**
 * struct ntpool_device_cancel - ask for the end of requests
 * @device: in: all of this session on this device; 0 with @request
 * @request: in: this one; 0 with @device
 * @cancelled: out: how many cancel routines were called.  Their requests are completed
 *	       when their drivers do so
 * @pad: in: must be 0
 */
struct ntpool_device_cancel {
	__u64 device;
	__u64 request;
	__u32 cancelled;
	__u32 pad;
};

/* ntpool_event.type */
#define NTPOOL_EVENT_BUGCHECK	1
#define NTPOOL_EVENT_COMPLETION	2
/*
 * Bug checks were overwritten before they were read: @seq of them are gone,
 * whoever had caused them.
 */
#define NTPOOL_EVENT_LOST	3

#define NTPOOL_BUGCHECK_STACK	8

/**
 * struct ntpool_event - what read() on the device returns, whole ones only
 * @type: NTPOOL_EVENT_*
 * @code: bug check code; for a completion its NTSTATUS
 * @seq: record number of the bug check; for a completion its request handle
 * @time_ns: CLOCK_REALTIME
 * @param: the four parameters (those that are kernel addresses 0 without
 *	   CAP_SYS_ADMIN)
 * @pid: process
 * @tid: thread
 * @cpu: CPU
 * @irql: IRQL
 * @comm: name of the thread
 * @name: name of the bug check, as in the Windows documents
 * @stack: return addresses, innermost first, unused ones 0 (CAP_SYS_ADMIN)
 *
 * A session reads the bug checks recorded since it was opened that were caused
 * by the process that opened it; with CAP_SYS_ADMIN all of them.  read() waits
 * for the first unless O_NONBLOCK; poll() tells POLLIN when there is one.  A
 * buffer smaller than one event gets EINVAL.  lseek() to 0 goes back to the oldest
 * bug check that is still kept (CAP_SYS_ADMIN).
 */
struct ntpool_event {
	__u32 type;
	__u32 code;
	__u64 seq;
	__u64 time_ns;
	__u64 param[4];
	__u32 pid;
	__u32 tid;
	__u32 cpu;
	__u32 irql;
	char  comm[NTPOOL_COMM_LEN];
	char  name[48];
	__u64 stack[NTPOOL_BUGCHECK_STACK];
};

#define NTPOOL_IOC_MAGIC	'N'

#define NTPOOL_IOC_FEATURES	_IOWR(NTPOOL_IOC_MAGIC, 0x80, struct ntpool_features)
#define NTPOOL_IOC_STATS	_IOWR(NTPOOL_IOC_MAGIC, 0x81, struct ntpool_stats_get)
#define NTPOOL_IOC_TAGS		_IOWR(NTPOOL_IOC_MAGIC, 0x82, struct ntpool_tags)
#define NTPOOL_IOC_USAGE	_IOWR(NTPOOL_IOC_MAGIC, 0x83, struct ntpool_usage)
#define NTPOOL_IOC_BLOCKS	_IOWR(NTPOOL_IOC_MAGIC, 0x84, struct ntpool_blocks)
#define NTPOOL_IOC_SLOTS	_IOWR(NTPOOL_IOC_MAGIC, 0x85, struct ntpool_slots)
#define NTPOOL_IOC_QUOTA	_IOWR(NTPOOL_IOC_MAGIC, 0x86, struct ntpool_quota)
#define NTPOOL_IOC_CONDITION	_IOWR(NTPOOL_IOC_MAGIC, 0x87, struct ntpool_condition_open)
#define NTPOOL_IOC_VERIFIER	_IOWR(NTPOOL_IOC_MAGIC, 0x88, struct ntpool_verifier)
#define NTPOOL_IOC_SPECIAL	_IOW(NTPOOL_IOC_MAGIC, 0x89, struct ntpool_special)
#define NTPOOL_IOC_ALLOC	_IOWR(NTPOOL_IOC_MAGIC, 0x90, struct ntpool_alloc)
#define NTPOOL_IOC_FREE		_IOWR(NTPOOL_IOC_MAGIC, 0x91, struct ntpool_free)
#define NTPOOL_IOC_READ		_IOWR(NTPOOL_IOC_MAGIC, 0x92, struct ntpool_rw)
#define NTPOOL_IOC_WRITE	_IOWR(NTPOOL_IOC_MAGIC, 0x93, struct ntpool_rw)
#define NTPOOL_IOC_QUERY	_IOWR(NTPOOL_IOC_MAGIC, 0x94, struct ntpool_query)
#define NTPOOL_IOC_PAGES	_IOWR(NTPOOL_IOC_MAGIC, 0x95, struct ntpool_pages)
#define NTPOOL_IOC_TRIM		_IOWR(NTPOOL_IOC_MAGIC, 0x96, struct ntpool_trim)
#define NTPOOL_IOC_TOUCH	_IOWR(NTPOOL_IOC_MAGIC, 0x97, struct ntpool_touch)
#define NTPOOL_IOC_SPLIT	_IOWR(NTPOOL_IOC_MAGIC, 0xA0, struct ntpool_split)
#define NTPOOL_IOC_WALK		_IOWR(NTPOOL_IOC_MAGIC, 0xA1, struct ntpool_walk)
#define NTPOOL_IOC_REGIONS	_IOWR(NTPOOL_IOC_MAGIC, 0xA2, struct ntpool_regions)
#define NTPOOL_IOC_VOLUNTEER	_IOW(NTPOOL_IOC_MAGIC, 0xB0, struct ntpool_volunteer)
#define NTPOOL_IOC_REQUEST	_IOWR(NTPOOL_IOC_MAGIC, 0xB1, struct ntpool_request)
#define NTPOOL_IOC_RESULT	_IOWR(NTPOOL_IOC_MAGIC, 0xB2, struct ntpool_result)
#define NTPOOL_IOC_DEVICE_OPEN	_IOWR(NTPOOL_IOC_MAGIC, 0xC0, struct ntpool_device_open)
#define NTPOOL_IOC_DEVICE_CLOSE	_IOW(NTPOOL_IOC_MAGIC, 0xC1, struct ntpool_device_close)
#define NTPOOL_IOC_DEVICE_IO	_IOWR(NTPOOL_IOC_MAGIC, 0xC2, struct ntpool_device_io)
#define NTPOOL_IOC_DEVICE_WAIT	_IOWR(NTPOOL_IOC_MAGIC, 0xC3, struct ntpool_device_wait)
#define NTPOOL_IOC_DEVICE_CANCEL _IOWR(NTPOOL_IOC_MAGIC, 0xC4, struct ntpool_device_cancel)

#endif /* _UAPI_LINUX_NTPOOL_H */
