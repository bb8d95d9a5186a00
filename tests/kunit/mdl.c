// SPDX-License-Identifier: GPL-2.0-only
/* io/mdl.c, mdl_build.c, mdl_pages.c: what MDLs are, of whatever kind. */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "mdl.h"

static void an_mdl_is_one_block_of_nonpaged_pool(struct kunit *test)
{
	PMDL mdl = user_mdl(0x12345678, 3 * PAGE_SIZE);
	struct pool_block_info info;

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KUNIT_ASSERT_TRUE(test, pool_find((unsigned long)mdl, &info));
	KUNIT_EXPECT_EQ(test, info.tag, MDL_TAG);
	KUNIT_EXPECT_EQ(test, info.flags & NTPOOL_FLAG_PAGED, 0ull);
	KUNIT_EXPECT_EQ(test, info.size, 48 + 4 * sizeof(PFN_NUMBER));
	KUNIT_EXPECT_EQ(test, info.size, MmSizeOfMdl((PVOID)0x12345678, 3 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, mdl->Size, (CSHORT)info.size);
	KUNIT_EXPECT_EQ(test, (unsigned long)mdl->StartVa, 0x12345000ul);
	KUNIT_EXPECT_EQ(test, MmGetMdlByteOffset(mdl), 0x678u);
	KUNIT_EXPECT_EQ(test, MmGetMdlByteCount(mdl), (ULONG)(3 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, (unsigned long)MmGetMdlVirtualAddress(mdl),
			0x12345678ul);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	IoFreeMdl(mdl);
	KUNIT_EXPECT_FALSE(test, pool_find((unsigned long)mdl, &info));
}

static void buffers_of_4_gb_less_a_page_are_the_largest(struct kunit *test)
{
	PMDL mdl = user_mdl(0, SZ_4G - PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	IoFreeMdl(mdl);
	KUNIT_EXPECT_NULL(test, user_mdl(0, SZ_4G - PAGE_SIZE + 1));
	KUNIT_EXPECT_NULL(test, user_mdl(0, MAXULONG));
}

static void secondary_buffers_are_chained_at_the_end(struct kunit *test)
{
	IRP *irp = kunit_kzalloc(test, sizeof(*irp), GFP_KERNEL);
	PMDL mdl[3];
	int i;

	for (i = 0; i < 3; i++)
		mdl[i] = IoAllocateMdl((PVOID)0x1000, 8, i > 0, FALSE, irp);
	KUNIT_EXPECT_PTR_EQ(test, irp->MdlAddress, mdl[0]);
	KUNIT_EXPECT_PTR_EQ(test, mdl[0]->Next, mdl[1]);
	KUNIT_EXPECT_PTR_EQ(test, mdl[1]->Next, mdl[2]);
	KUNIT_EXPECT_NULL(test, mdl[2]->Next);
	for (i = 0; i < 3; i++)
		IoFreeMdl(mdl[i]);
}

static void a_primary_buffer_takes_the_request_s_place_for_it(struct kunit *test)
{
	IRP *irp = kunit_kzalloc(test, sizeof(*irp), GFP_KERNEL);
	PMDL first = IoAllocateMdl((PVOID)0x1000, 8, TRUE, FALSE, irp);
	PMDL second = IoAllocateMdl((PVOID)0x1000, 8, FALSE, FALSE, irp);

	KUNIT_EXPECT_NULL(test, first->Next);
	KUNIT_EXPECT_PTR_EQ(test, irp->MdlAddress, second);
	KUNIT_EXPECT_NULL(test, second->Next);
	IoFreeMdl(first);
	IoFreeMdl(second);
}

static void an_mdl_of_nonpaged_pool_has_the_buffer_s_own_address(struct kunit *test)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, TEST_TAG);
	PMDL mdl = user_mdl((unsigned long)block + 7, 2 * PAGE_SIZE);

	MmBuildMdlForNonPagedPool(mdl);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, MDL_SOURCE_IS_NONPAGED_POOL);
	KUNIT_EXPECT_PTR_EQ(test,
			    (u8 *)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority),
			    block + 7);
	KUNIT_EXPECT_EQ(test, MmGetMdlPfnArray(mdl)[1],
			vmalloc_to_pfn(block + PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, mdl->Process);
	IoFreeMdl(mdl);
	ntpool_free(block, TEST_TAG);
}

static void building_one_for_paged_pool_is_bugcheck_c4_7f(struct kunit *test)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_PAGED, 2 * PAGE_SIZE, TEST_TAG);
	PMDL mdl = user_mdl((unsigned long)block, 2 * PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	MmBuildMdlForNonPagedPool(mdl);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0x7F, NTPOOL_IRQL_PASSIVE,
			(unsigned long)mdl, 0);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	IoFreeMdl(mdl);
	ntpool_free(block, TEST_TAG);
}

static unsigned long user_buffer(struct kunit *test)
{
	unsigned long user = user_map(NULL, USER_SIZE, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE);
	unsigned long i;

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	for (i = USER_PAGES; i-- > 0;)
		KUNIT_ASSERT_TRUE(test, user_fill(user + i * PAGE_SIZE, i, PAGE_SIZE));
	return user;
}

static u8 *address_of(PMDL mdl)
{
	return MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
}

static void a_partial_mdl_shares_its_parent_s_mapping(struct kunit *test)
{
	unsigned long user = user_buffer(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	PMDL part = user_mdl(user, USER_SIZE);
	u8 *p = address_of(mdl);

	IoBuildPartialMdl(mdl, part, (PVOID)(user + PAGE_SIZE + 3), 5000);
	KUNIT_EXPECT_TRUE(test, part->MdlFlags & MDL_PARTIAL);
	KUNIT_EXPECT_FALSE(test, part->MdlFlags & MDL_PAGES_LOCKED);
	KUNIT_EXPECT_EQ(test, part->ByteCount, 5000u);
	KUNIT_EXPECT_EQ(test, MmGetMdlPfnArray(part)[1],
			MmGetMdlPfnArray(mdl)[2]);
	KUNIT_EXPECT_PTR_EQ(test, address_of(part), p + PAGE_SIZE + 3);
	MmPrepareMdlForReuse(part);
	KUNIT_EXPECT_PTR_EQ(test, address_of(mdl), p);
	KUNIT_EXPECT_TRUE(test, can_load(p));
	IoFreeMdl(part);
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void length_0_is_all_up_to_the_parent_s_end(struct kunit *test)
{
	unsigned long user = user_buffer(test);
	PMDL mdl = locked_mdl(test, user, 3 * PAGE_SIZE);
	PMDL part = user_mdl(user, 3 * PAGE_SIZE);

	IoBuildPartialMdl(mdl, part, (PVOID)(user + 100), 0);
	KUNIT_EXPECT_EQ(test, part->ByteCount, (ULONG)(3 * PAGE_SIZE - 100));
	IoFreeMdl(part);
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void a_partial_mdl_of_what_is_not_mapped_has_a_mapping_of_its_own(struct kunit *test)
{
	unsigned long user = user_buffer(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	PMDL part = user_mdl(user, USER_SIZE), inner = user_mdl(user, USER_SIZE);
	u8 *p;

	IoBuildPartialMdl(mdl, part, (PVOID)(user + 2 * PAGE_SIZE), 4 * PAGE_SIZE);
	IoBuildPartialMdl(part, inner, (PVOID)(user + 3 * PAGE_SIZE), PAGE_SIZE);
	p = address_of(part);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, *p, 2);
	KUNIT_EXPECT_EQ(test, p[3 * PAGE_SIZE], 5);
	KUNIT_EXPECT_TRUE(test, part->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED);
	KUNIT_EXPECT_FALSE(test, mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
	KUNIT_ASSERT_NOT_NULL(test, address_of(inner));
	KUNIT_EXPECT_EQ(test, *address_of(inner), 3);
	MmPrepareMdlForReuse(part);
	KUNIT_EXPECT_FALSE(test, part->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
	IoBuildPartialMdl(mdl, part, (PVOID)user, 1);
	KUNIT_EXPECT_EQ(test, *address_of(part), 0);
	IoFreeMdl(inner);
	IoFreeMdl(part); /* with its mapping: that is no mistake */
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void a_partial_mdl_s_mapping_keeps_the_pages_of_an_unlocked_parent(struct kunit *test)
{
	unsigned long user = user_buffer(test);
	struct page *page = user_page(user + PAGE_SIZE);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	PMDL part = user_mdl(user, USER_SIZE), late = user_mdl(user, USER_SIZE);
	u64 seq = bugcheck_last_seq();
	u8 *p;

	IoBuildPartialMdl(mdl, part, (PVOID)(user + PAGE_SIZE), PAGE_SIZE);
	IoBuildPartialMdl(mdl, late, (PVOID)(user + PAGE_SIZE), PAGE_SIZE);
	p = address_of(part);
	unlock_and_free(mdl);
	KUNIT_EXPECT_EQ(test, pins_of(page), 1);
	*p = 0xCD;
	KUNIT_EXPECT_TRUE(test, user_has(user + PAGE_SIZE, 0xCD, 1));
	KUNIT_EXPECT_NOT_NULL(test, address_of(part));
	EXPECT_NO_BUGCHECK(test, seq);
	IoFreeMdl(part);
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	KUNIT_EXPECT_NULL(test, address_of(late));
	EXPECT_BUGCHECK(test, seq, 0xC4, 0xB3, (unsigned long)late, MDL_PARTIAL,
			MDL_PAGES_LOCKED | MDL_PARTIAL);
	IoFreeMdl(late);
	put_page(page);
	vm_munmap(user, USER_SIZE);
}

static void a_part_outside_is_bugcheck_12e_and_one_too_large_40(struct kunit *test)
{
	unsigned long user = user_buffer(test);
	PMDL mdl = locked_mdl(test, user + 8, PAGE_SIZE);
	PMDL part = user_mdl(user, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	IoBuildPartialMdl(mdl, part, (PVOID)user, 8);
	EXPECT_BUGCHECK(test, seq, 0x12E, (unsigned long)mdl,
			(unsigned long)part, user, 8);
	seq = bugcheck_last_seq();
	IoBuildPartialMdl(mdl, part, (PVOID)(user + 9), PAGE_SIZE);
	EXPECT_BUGCHECK(test, seq, 0x12E, (unsigned long)mdl,
			(unsigned long)part, user + 9, PAGE_SIZE);
	seq = bugcheck_last_seq();
	IoBuildPartialMdl(mdl, part, (PVOID)(user + 8), 0);
	EXPECT_BUGCHECK(test, seq, 0x40, (unsigned long)mdl,
			(unsigned long)part, user + 8, 0);
	KUNIT_EXPECT_EQ(test, part->MdlFlags, 0);
	IoFreeMdl(part);
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void unlocking_a_partial_mdl_is_bugcheck_c4_b4(struct kunit *test)
{
	unsigned long user = user_buffer(test);
	PMDL mdl = locked_mdl(test, user, PAGE_SIZE);
	PMDL part = user_mdl(user, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	IoBuildPartialMdl(mdl, part, (PVOID)user, 8);
	MmUnlockPages(part);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0xB4, (unsigned long)part, MDL_PARTIAL, MDL_PARTIAL);
	KUNIT_EXPECT_EQ(test, mdl_locked_pages(current->mm), 1ull);
	IoFreeMdl(part);
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void a_part_of_nonpaged_pool_has_the_block_s_address(struct kunit *test)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 2 * PAGE_SIZE, TEST_TAG);
	PMDL mdl = user_mdl((unsigned long)block, 2 * PAGE_SIZE);
	PMDL part = user_mdl((unsigned long)block, 2 * PAGE_SIZE);

	MmBuildMdlForNonPagedPool(mdl);
	IoBuildPartialMdl(mdl, part, block + 5000, 10);
	KUNIT_EXPECT_PTR_EQ(test, address_of(part), block + 5000);
	IoFreeMdl(part);
	IoFreeMdl(mdl);
	ntpool_free(block, TEST_TAG);
}

static PMDL pages_between(u64 from, u64 to, SIZE_T bytes, ULONG flags)
{
	const PHYSICAL_ADDRESS low = { .QuadPart = from };
	const PHYSICAL_ADDRESS high = { .QuadPart = to };
	const PHYSICAL_ADDRESS skip = {};

	return MmAllocatePagesForMdlEx(low, high, skip, bytes, MmCached, flags);
}

static void an_mdl_s_own_pages_are_zeroed_and_locked(struct kunit *test)
{
	PMDL mdl = pages_between(0, S64_MAX, 5 * PAGE_SIZE + 1, 0);
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KUNIT_EXPECT_EQ(test, mdl->ByteCount, (ULONG)(5 * PAGE_SIZE + 1));
	KUNIT_EXPECT_TRUE(test, mdl->MdlFlags & MDL_PAGES_LOCKED);
	p = address_of(mdl);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, 6 * PAGE_SIZE));
	memset(p, 0xEE, 6 * PAGE_SIZE);
	MmFreePagesFromMdl(mdl);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	ntpool_free(mdl, 0);
}

/*
 * A page that is the next to be allocated on this CPU, to which the thread is bound:
 * its neighbours are kept, so that it cannot become part of a larger one.
 */
static unsigned long next_page(struct page *kept[3])
{
	unsigned long pfn;
	int i;

	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	for (i = 0; i < 3; i++)
		kept[i] = alloc_page(GFP_KERNEL);
	pfn = page_to_pfn(kept[1]);
	__free_page(kept[1]);
	return pfn;
}

static void free_kept(struct page *kept[3])
{
	__free_page(kept[0]);
	__free_page(kept[2]);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static void own_pages_come_from_the_range_asked_for_and_fewer_may_come(struct kunit *test)
{
	struct page *kept[3];
	PMDL mdl;
	u64 at;
	int i;

	/* Somebody else may come first and take the page. */
	for (i = 0; i < 10; i++) {
		at = PFN_PHYS(next_page(kept));
		mdl = pages_between(at, at + PAGE_SIZE - 1, 3 * PAGE_SIZE, 0);
		if (mdl)
			break;
		free_kept(kept);
	}
	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KUNIT_EXPECT_EQ(test, mdl->ByteCount, (ULONG)PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, MmGetMdlPfnArray(mdl)[0], PHYS_PFN(at));
	MmFreePagesFromMdl(mdl);
	ntpool_free(mdl, 0);
	KUNIT_EXPECT_NULL(test, pages_between(at, at + PAGE_SIZE - 1, 3 * PAGE_SIZE,
					      MM_ALLOCATE_FULLY_REQUIRED));
	free_kept(kept);
}

static void own_pages_are_not_unlocked_but_freed(struct kunit *test)
{
	PMDL mdl = pages_between(0, S64_MAX, PAGE_SIZE, 0);
	u64 seq = bugcheck_last_seq();

	MmUnlockPages(mdl);
	EXPECT_BUGCHECK(test, seq, 0x76, 1, (unsigned long)mdl, 0, 0);
	KUNIT_EXPECT_TRUE(test, mdl->MdlFlags & MDL_PAGES_LOCKED);
	MmFreePagesFromMdl(mdl);
	seq = bugcheck_last_seq();
	MmFreePagesFromMdl(mdl);
	EXPECT_BUGCHECK(test, seq, 0x76, 1, (unsigned long)mdl, 0, 0);
	ntpool_free(mdl, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_mdl_is_one_block_of_nonpaged_pool),
	KUNIT_CASE(buffers_of_4_gb_less_a_page_are_the_largest),
	KUNIT_CASE(secondary_buffers_are_chained_at_the_end),
	KUNIT_CASE(a_primary_buffer_takes_the_request_s_place_for_it),
	KUNIT_CASE(an_mdl_of_nonpaged_pool_has_the_buffer_s_own_address),
	KUNIT_CASE(building_one_for_paged_pool_is_bugcheck_c4_7f),
	KUNIT_CASE(a_partial_mdl_shares_its_parent_s_mapping),
	KUNIT_CASE(length_0_is_all_up_to_the_parent_s_end),
	KUNIT_CASE(a_partial_mdl_of_what_is_not_mapped_has_a_mapping_of_its_own),
	KUNIT_CASE(a_partial_mdl_s_mapping_keeps_the_pages_of_an_unlocked_parent),
	KUNIT_CASE(a_part_outside_is_bugcheck_12e_and_one_too_large_40),
	KUNIT_CASE(unlocking_a_partial_mdl_is_bugcheck_c4_b4),
	KUNIT_CASE(a_part_of_nonpaged_pool_has_the_block_s_address),
	KUNIT_CASE(an_mdl_s_own_pages_are_zeroed_and_locked),
	KUNIT_CASE(own_pages_come_from_the_range_asked_for_and_fewer_may_come),
	KUNIT_CASE(own_pages_are_not_unlocked_but_freed),
	{}
};

struct kunit_suite mdl_suite = {
	.name = "ntpool_mdl",
	.suite_init = user_space_find,
	.suite_exit = user_space_leave,
	.init = user_space_attach,
	.exit = user_space_detach,
	.test_cases = cases,
};
