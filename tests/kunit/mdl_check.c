// SPDX-License-Identifier: GPL-2.0-only
/*
 * io/mdl_check.c: bug checks 0xC4 about MDLs.  Where the IRQL is what is wrong, the call
 * comes from a hardware interrupt.
 */
#include <linux/irq_work.h>

#include "mdl.h"

/* What an interrupt does, and the record that came of it. */
static struct {
	PMDL mdl;
	void *address;
	void *result;
	u64 bugcheck;
	void (*call)(void);
} interrupt;

static void interrupt_run(struct irq_work *work)
{
	u64 seq = bugcheck_last_seq();

	interrupt.call();
	interrupt.bugcheck = bugcheck_by_thread_since(seq, current->pid);
}

static struct bugcheck_record from_interrupt(void (*call)(void))
{
	struct irq_work work = IRQ_WORK_INIT_HARD(interrupt_run);
	struct bugcheck_record rec = {};

	interrupt.call = call;
	irq_work_queue(&work);
	irq_work_sync(&work);
	bugcheck_get(interrupt.bugcheck, &rec);
	return rec;
}

static void expect_c4(struct kunit *test, const struct bugcheck_record *rec,
		      u64 what, u64 p2, u64 p3, u64 p4)
{
	KUNIT_EXPECT_EQ(test, rec->code, 0xC4u);
	KUNIT_EXPECT_EQ(test, rec->param[0], what);
	KUNIT_EXPECT_EQ(test, rec->param[1], p2);
	KUNIT_EXPECT_EQ(test, rec->param[2], p3);
	KUNIT_EXPECT_EQ(test, rec->param[3], p4);
}

/* A block of nonpaged pool, and an MDL of it that is not locked. */
static u8 *block_with_mdl(struct kunit *test)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, PAGE_SIZE, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, block);
	interrupt.mdl = user_mdl((unsigned long)block, PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, interrupt.mdl);
	interrupt.result = ERR_PTR(-EINVAL);
	return block;
}

static void forget(u8 *block)
{
	IoFreeMdl(interrupt.mdl);
	ntpool_free(block, TEST_TAG);
}

static void call_lock(void)
{
	/* Nobody could handle an exception here: it returns. */
	MmProbeAndLockPages(interrupt.mdl, KernelMode, IoReadAccess);
}

static void locking_above_dispatch_is_bugcheck_c4_70_and_locks_nothing(struct kunit *test)
{
	u8 *block = block_with_mdl(test);
	struct bugcheck_record rec = from_interrupt(call_lock);

	expect_c4(test, &rec, 0x70, NTPOOL_IRQL_DEVICE, (ulong)interrupt.mdl,
		  KernelMode);
	KUNIT_EXPECT_EQ(test, interrupt.mdl->MdlFlags, 0);
	forget(block);
}

static void call_address(void)
{
	interrupt.result = MmGetSystemAddressForMdlSafe(interrupt.mdl,
							NormalPagePriority);
}

static void call_map(void)
{
	interrupt.result = MmMapLockedPagesSpecifyCache(
		interrupt.mdl, KernelMode, MmCached, NULL, FALSE,
		NormalPagePriority);
}

static void mapping_above_dispatch_is_bugcheck_c4_76_and_maps_nothing(struct kunit *test)
{
	static void (*const calls[])(void) = { call_address, call_map };
	u8 *block = block_with_mdl(test);
	struct bugcheck_record rec;
	unsigned int i;

	MmProbeAndLockPages(interrupt.mdl, KernelMode, IoWriteAccess);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		interrupt.result = ERR_PTR(-EINVAL);
		rec = from_interrupt(calls[i]);
		expect_c4(test, &rec, 0x76, NTPOOL_IRQL_DEVICE,
			  (ulong)interrupt.mdl, KernelMode);
		KUNIT_EXPECT_NULL(test, interrupt.result);
		KUNIT_EXPECT_FALSE(test, interrupt.mdl->MdlFlags &
						 MDL_MAPPED_TO_SYSTEM_VA);
	}
	MmUnlockPages(interrupt.mdl);
	forget(block);
}

static void call_unmap(void)
{
	MmUnmapLockedPages(interrupt.address, interrupt.mdl);
}

static void unmapping_above_dispatch_is_bugcheck_c4_79_and_it_stays_mapped(struct kunit *test)
{
	u8 *block = block_with_mdl(test);
	struct bugcheck_record rec;

	MmProbeAndLockPages(interrupt.mdl, KernelMode, IoWriteAccess);
	interrupt.address = MmGetSystemAddressForMdlSafe(interrupt.mdl,
							 NormalPagePriority);
	KUNIT_ASSERT_NOT_NULL(test, interrupt.address);
	rec = from_interrupt(call_unmap);
	expect_c4(test, &rec, 0x79, NTPOOL_IRQL_DEVICE, (ulong)interrupt.address,
		  (ulong)interrupt.mdl);
	KUNIT_EXPECT_TRUE(test, interrupt.mdl->MdlFlags &
					MDL_MAPPED_TO_SYSTEM_VA);
	KUNIT_EXPECT_TRUE(test, can_store(interrupt.address));
	MmUnlockPages(interrupt.mdl);
	forget(block);
}

static PMDL own_pages(void)
{
	PHYSICAL_ADDRESS low = {}, high = { .QuadPart = -1 }, skip = {};

	return MmAllocatePagesForMdlEx(low, high, skip, 2 * PAGE_SIZE, MmCached,
				       0);
}

static void call_allocate(void)
{
	interrupt.result = own_pages();
}

static void allocating_pages_above_dispatch_is_bugcheck_c4_7e_and_gives_none(struct kunit *test)
{
	struct bugcheck_record rec;

	interrupt.result = ERR_PTR(-EINVAL);
	rec = from_interrupt(call_allocate);
	expect_c4(test, &rec, 0x7E, NTPOOL_IRQL_DEVICE, NTPOOL_IRQL_DISPATCH, 0);
	KUNIT_EXPECT_NULL(test, interrupt.result);
}

static void call_free_pages(void)
{
	MmFreePagesFromMdl(interrupt.mdl);
}

static void freeing_pages_above_dispatch_is_bugcheck_c4_7e_and_they_stay(struct kunit *test)
{
	struct bugcheck_record rec;
	u64 seq;

	interrupt.mdl = own_pages();
	KUNIT_ASSERT_NOT_NULL(test, interrupt.mdl);
	rec = from_interrupt(call_free_pages);
	expect_c4(test, &rec, 0x7E, NTPOOL_IRQL_DEVICE, NTPOOL_IRQL_DISPATCH, 0);
	/* They can still be freed: where they were gone it would be told. */
	seq = bugcheck_last_seq();
	MmFreePagesFromMdl(interrupt.mdl);
	EXPECT_NO_BUGCHECK(test, seq);
	ExFreePool(interrupt.mdl);
}

static void with_the_verifier_a_mapping_that_bugchecks_on_failure_is_c4_82(struct kunit *test)
{
	u8 *block = block_with_mdl(test);
	struct bugcheck_record rec;
	u16 flags;
	void *p;
	u64 seq;

	MmProbeAndLockPages(interrupt.mdl, KernelMode, IoWriteAccess);
	flags = interrupt.mdl->MdlFlags;
	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	seq = bugcheck_last_seq();
	p = MmMapLockedPagesSpecifyCache(interrupt.mdl, KernelMode, MmCached,
					 NULL, TRUE, NormalPagePriority);
	rec = record_since(seq);
	expect_c4(test, &rec, 0x82, (ulong)interrupt.mdl, flags, 0);
	/* That there is no room is not what it complains of. */
	KUNIT_EXPECT_NOT_NULL(test, p);
	MmUnmapLockedPages(p, interrupt.mdl);
	seq = bugcheck_last_seq();
	p = MmMapLockedPagesSpecifyCache(interrupt.mdl, KernelMode, MmCached,
					 NULL, FALSE, NormalPagePriority);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_NOT_NULL(test, p);
	MmUnlockPages(interrupt.mdl);
	set_verifier(test, 0);
	forget(block);
}

static void pages_that_a_driver_has_allocated_and_leaves_are_bugcheck_c4_62(struct kunit *test)
{
	PMDL mdl = own_pages();
	struct page *page;
	struct bugcheck_record rec;
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	page = pfn_to_page(MmGetMdlPfnArray(mdl)[0]);
	get_page(page);
	mdl_module_leaks(THIS_MODULE);
	rec = record_since(seq);
	expect_c4(test, &rec, 0x62, (ulong)THIS_MODULE->name, 0, 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	put_page(page);
	ExFreePool(mdl);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(locking_above_dispatch_is_bugcheck_c4_70_and_locks_nothing),
	KUNIT_CASE(mapping_above_dispatch_is_bugcheck_c4_76_and_maps_nothing),
	KUNIT_CASE(unmapping_above_dispatch_is_bugcheck_c4_79_and_it_stays_mapped),
	KUNIT_CASE(allocating_pages_above_dispatch_is_bugcheck_c4_7e_and_gives_none),
	KUNIT_CASE(freeing_pages_above_dispatch_is_bugcheck_c4_7e_and_they_stay),
	KUNIT_CASE(with_the_verifier_a_mapping_that_bugchecks_on_failure_is_c4_82),
	KUNIT_CASE(pages_that_a_driver_has_allocated_and_leaves_are_bugcheck_c4_62),
	{}
};

struct kunit_suite mdl_check_suite = {
	.name = "ntpool_mdl_check",
	.test_cases = cases,
};
