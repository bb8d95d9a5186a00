/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites share. */
#ifndef NTPOOL_KUNIT_TESTS_H
#define NTPOOL_KUNIT_TESTS_H

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "paging/paging.h"
#include "pool/pool.h"

#define TEST_TAG NTPOOL_TAG('K', 'u', 'n', 't')

extern struct kunit_suite exceptions_suite, executable_suite, irql_suite, bugcheck_suite, arena_suite, paging_suite,
	pin_suite, pool_suite, blocks_suite, pool_model_suite, pool_stress_suite, small_suite, vas_suite;
extern struct kunit_suite special_suite, region_suite, verifier_suite, tracking_suite, irp_suite, csq_suite,
	build_suite, forced_suite;
extern struct kunit_suite legacy_suite, release_suite, quota_suite,
	lookaside_suite, limits_suite, conditions_suite, usage_suite;
extern struct kunit_suite devqueue_suite, resource_suite, startio_suite, words_suite;
extern struct kunit_suite strings_suite, format_suite, namespace_suite, driver_suite;
extern struct kunit_suite dpc_suite, wait_suite, waits_suite, work_suite,
	interrupt_suite, timer_suite, attach_suite, probe_suite;
extern struct kunit_suite mdl_suite, mdl_lock_suite, mdl_map_suite, mdl_left_suite, mdl_model_suite, mdl_check_suite;

/* A parameter that no rule fixes; one that is an instruction of these tests. */
#define ANY  0xA11A11A11A11A11Aull
#define OURS 0x0C0DE0C0DE0C0DE0ull

static inline bool is_parameter(u64 got, u64 want)
{
	return got == want || want == ANY ||
	       (want == OURS && within_module(got, THIS_MODULE));
}

/* clang-format off */
#define EXPECT_PARAMETER(test, rec, number, want)				\
	KUNIT_EXPECT_TRUE_MSG(test,						\
			      is_parameter((rec).param[number - 1], (u64)(want)), \
			      "parameter %d is 0x%llx and should be 0x%llx",	\
			      number, (rec).param[number - 1], (u64)(want))

/* The newest bug check record of this thread after @seq must be this one. */
#define EXPECT_BUGCHECK(test, seq, want_code, p1_, p2_, p3_, p4_)		\
do {										\
	struct bugcheck_record rec_ = {};					\
	u64 got_ = bugcheck_by_thread_since(seq, current->pid);			\
										\
	KUNIT_EXPECT_TRUE(test, got_ && bugcheck_get(got_, &rec_));		\
	KUNIT_EXPECT_EQ(test, rec_.code, (u32)(want_code));			\
	EXPECT_PARAMETER(test, rec_, 1, p1_);					\
	EXPECT_PARAMETER(test, rec_, 2, p2_);					\
	EXPECT_PARAMETER(test, rec_, 3, p3_);					\
	EXPECT_PARAMETER(test, rec_, 4, p4_);					\
} while (0)

#define EXPECT_NO_BUGCHECK(test, seq) \
	KUNIT_EXPECT_EQ(test, bugcheck_by_thread_since(seq, current->pid), 0ull)
/* clang-format on */

static inline u32 page_state(const void *p)
{
	struct paging_page page;

	return paging_look((unsigned long)p, &page) ? ~0u : page.state;
}

static inline u32 page_flags(const void *p)
{
	struct paging_page page;

	return paging_look((unsigned long)p, &page) ? 0 : page.flags;
}

/* Trim and write out, so that the next touch must read the disk. */
static inline void send_to_swap(const void *p, unsigned long pages)
{
	paging_trim_range((unsigned long)p, pages);
	paging_write_out_range((unsigned long)p, pages, NULL);
}

/*
 * A load and a store that may fail: the instruction has an entry in the exception
 * table, and page faults stay enabled, so that to the hook it is as any other.
 */
static inline bool can_load(const void *p)
{
	u8 value;

	__get_kernel_nofault(&value, p, u8, faulted);
	return true;
faulted:
	return false;
}

static inline bool can_store(void *p)
{
	u8 value = 0xEE;

	__put_kernel_nofault(p, &value, u8, faulted);
	return true;
faulted:
	return false;
}

/* This thread's newest record after @seq; code 0 if there is none. */
static inline struct bugcheck_record record_since(u64 seq)
{
	struct bugcheck_record rec = {};
	u64 got = bugcheck_by_thread_since(seq, current->pid);

	if (got)
		bugcheck_get(got, &rec);
	return rec;
}

#endif /* NTPOOL_KUNIT_TESTS_H */
