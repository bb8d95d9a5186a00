// SPDX-License-Identifier: GPL-2.0-only
/* vas: the layouts, what an address is, and the walk through the page tables. */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "tests.h"
#include "dev/dev.h"
#include "vas/vas.h"

#define MB(n) ((u64)(n) << 20)
#define GB(n) ((u64)(n) << 30)
#define TB(n) ((u64)(n) << 40)

static struct vas_layout layout(struct kunit *test, u32 which, u32 user_mb)
{
	struct vas_layout got = {};

	KUNIT_ASSERT_EQ(test, vas_layout_get(which, user_mb, &got), 0);
	KUNIT_EXPECT_EQ(test, got.layout, which);
	return got;
}

static void windows_x64_has_128_tb_on_either_side(struct kunit *test)
{
	struct vas_layout x64 = layout(test, NTPOOL_LAYOUT_NT_X64, 0);

	KUNIT_EXPECT_EQ(test, x64.user_end, 0x7ffffffeffffull);
	KUNIT_EXPECT_EQ(test, x64.hole_start, 0x800000000000ull);
	KUNIT_EXPECT_EQ(test, x64.hole_end, 0xffff7fffffffffffull);
	KUNIT_EXPECT_EQ(test, x64.system_start, 0xffff800000000000ull);
	KUNIT_EXPECT_EQ(test, x64.system_end, U64_MAX);
	KUNIT_EXPECT_EQ(test, x64.probe_address, 0x7fffffff0000ull);
	KUNIT_EXPECT_EQ(test, x64.paged_budget, TB(31) / 2);
	KUNIT_EXPECT_LE(test, x64.nonpaged_budget, TB(16));
	KUNIT_EXPECT_TRUE(test, x64.emulated);
}

static void windows_x86_is_split_at_2_gb(struct kunit *test)
{
	struct vas_layout x86 = layout(test, NTPOOL_LAYOUT_NT_X86, 0);

	KUNIT_EXPECT_EQ(test, x86.user_mb, 2048u);
	KUNIT_EXPECT_EQ(test, x86.user_end, 0x7ffeffffull);
	KUNIT_EXPECT_EQ(test, x86.hole_start, 0x7fff0000ull);
	KUNIT_EXPECT_EQ(test, x86.hole_end, 0x7fffffffull);
	KUNIT_EXPECT_EQ(test, x86.system_start, 0x80000000ull);
	KUNIT_EXPECT_EQ(test, x86.system_end, 0xffffffffull);
	KUNIT_EXPECT_EQ(test, x86.probe_address, 0x7fff0000ull);
	KUNIT_EXPECT_EQ(test, x86.paged_budget, MB(530));
	KUNIT_EXPECT_EQ(test, x86.nonpaged_budget, MB(256));
}

static void increaseuserva_moves_the_line(struct kunit *test)
{
	struct vas_layout x86 = layout(test, NTPOOL_LAYOUT_NT_X86, 3072);

	KUNIT_EXPECT_EQ(test, x86.user_end, 0xbffeffffull);
	KUNIT_EXPECT_EQ(test, x86.hole_start, 0xbfff0000ull);
	KUNIT_EXPECT_EQ(test, x86.hole_end, 0xbfffffffull);
	KUNIT_EXPECT_EQ(test, x86.system_start, 0xc0000000ull);
	KUNIT_EXPECT_EQ(test, x86.system_end, 0xffffffffull);
	KUNIT_EXPECT_EQ(test, x86.probe_address, 0xbfff0000ull);
}

static void the_pools_shrink_with_system_space(struct kunit *test)
{
	struct vas_layout before = layout(test, NTPOOL_LAYOUT_NT_X86, 2048);
	struct vas_layout now;
	u32 mb;

	for (mb = 2049; mb <= 3072; mb++) {
		now = layout(test, NTPOOL_LAYOUT_NT_X86, mb);
		KUNIT_EXPECT_LT(test, now.paged_budget, before.paged_budget);
		KUNIT_EXPECT_LT(test, now.nonpaged_budget,
				before.nonpaged_budget);
		before = now;
	}
	KUNIT_EXPECT_EQ(test, now.paged_budget, MB(265));
	KUNIT_EXPECT_EQ(test, now.nonpaged_budget, MB(128));
}

/* MmUserProbeAddress follows the user's end, system space the hole. */
static void every_layout_is_without_gaps(struct kunit *test)
{
	u32 which;

	for (which = NTPOOL_LAYOUT_NATIVE; which <= NTPOOL_LAYOUT_NT_X86;
	     which++) {
		struct vas_layout l = layout(test, which, 0);

		KUNIT_EXPECT_LT(test, l.user_start, l.user_end);
		KUNIT_EXPECT_EQ(test, l.probe_address, l.user_end + 1);
		KUNIT_EXPECT_GE(test, l.hole_start, l.probe_address);
		KUNIT_EXPECT_LT(test, l.hole_start, l.hole_end);
		KUNIT_EXPECT_EQ(test, l.system_start, l.hole_end + 1);
		KUNIT_EXPECT_LT(test, l.system_start, l.system_end);
		KUNIT_EXPECT_EQ(test, l.emulated,
				which != NTPOOL_LAYOUT_NATIVE);
	}
}

static void what_is_no_layout_is_refused(struct kunit *test)
{
	struct vas_layout got;

	KUNIT_EXPECT_EQ(test, vas_layout_get(3, 0, &got), -EINVAL);
	KUNIT_EXPECT_EQ(test, vas_layout_get(NTPOOL_LAYOUT_NT_X86, 2047, &got),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vas_layout_get(NTPOOL_LAYOUT_NT_X86, 3073, &got),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vas_layout_get(NTPOOL_LAYOUT_NT_X64, 2048, &got),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vas_layout_get(NTPOOL_LAYOUT_NATIVE, 2048, &got),
			-EINVAL);
}

static void the_halves_and_the_hole_are_told_apart(struct kunit *test)
{
	struct vas_layout own = layout(test, NTPOOL_LAYOUT_NATIVE, 0);

	KUNIT_EXPECT_EQ(test, vas_classify(0), NTPOOL_CLASS_USER);
	KUNIT_EXPECT_EQ(test, vas_classify(own.hole_start - 1),
			NTPOOL_CLASS_USER);
	KUNIT_EXPECT_EQ(test, vas_classify(own.hole_start),
			NTPOOL_CLASS_NONCANONICAL);
	KUNIT_EXPECT_EQ(test, vas_classify(own.hole_end),
			NTPOOL_CLASS_NONCANONICAL);
	KUNIT_EXPECT_EQ(test, vas_classify(own.system_start),
			NTPOOL_CLASS_SYSTEM);
	KUNIT_EXPECT_EQ(test, vas_classify((unsigned long)&vas_classify),
			NTPOOL_CLASS_SYSTEM);
}

static void each_pool_is_told_by_any_byte_of_a_block(struct kunit *test)
{
	void *paged = ntpool_alloc(NTPOOL_FLAG_PAGED, 3 * PAGE_SIZE, TEST_TAG);
	void *nonpaged = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 100, TEST_TAG);

	KUNIT_ASSERT_TRUE(test, paged && nonpaged);
	KUNIT_EXPECT_EQ(test, space_classify((unsigned long)paged),
			NTPOOL_CLASS_PAGED_POOL);
	KUNIT_EXPECT_EQ(test,
			space_classify((unsigned long)paged + 3 * PAGE_SIZE - 1),
			NTPOOL_CLASS_PAGED_POOL);
	KUNIT_EXPECT_EQ(test, space_classify((unsigned long)nonpaged),
			NTPOOL_CLASS_NONPAGED_POOL);
	KUNIT_EXPECT_EQ(test, space_classify((unsigned long)nonpaged + 99),
			NTPOOL_CLASS_NONPAGED_POOL);
	ntpool_free(paged, TEST_TAG);
	ntpool_free(nonpaged, TEST_TAG);
	KUNIT_EXPECT_EQ(test, space_classify((unsigned long)nonpaged),
			NTPOOL_CLASS_SYSTEM);
}

/* Poisoned first, so that what the walk leaves out shows. */
static struct ntpool_walk walk(struct kunit *test, const void *address)
{
	struct ntpool_walk got;

	memset(&got, 0xee, sizeof(got));
	KUNIT_EXPECT_EQ(test, vas_walk(NULL, (unsigned long)address, &got), 0);
	KUNIT_EXPECT_TRUE(test, got.levels == 4 || got.levels == 5);
	KUNIT_EXPECT_LE(test, got.depth, got.levels);
	return got;
}

static void a_walk_ends_at_the_frame_of_vmalloc_memory(struct kunit *test)
{
	char *memory = vmalloc(PAGE_SIZE);
	struct ntpool_walk got;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	got = walk(test, memory + 123);
	KUNIT_EXPECT_EQ(test, got.depth, got.levels);
	KUNIT_EXPECT_EQ(test, got.page_shift, (u32)PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, got.frame, (u64)vmalloc_to_pfn(memory));
	vfree(memory);
}

/* The direct map has large pages: the frame is that of the address all the same. */
static void a_walk_finds_the_frame_inside_a_large_page(struct kunit *test)
{
	char *memory = kmalloc(SZ_64K, GFP_KERNEL);
	struct ntpool_walk got;
	size_t offset;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	for (offset = 0; offset < SZ_64K; offset += PAGE_SIZE) {
		got = walk(test, memory + offset);
		KUNIT_EXPECT_GE(test, got.page_shift, (u32)PAGE_SHIFT);
		KUNIT_EXPECT_EQ(test, got.frame,
				(u64)(virt_to_phys(memory + offset) >>
				      PAGE_SHIFT));
	}
	kfree(memory);
}

static void the_indexes_are_the_address(struct kunit *test)
{
	unsigned long address = (unsigned long)&vas_walk, again = 0;
	struct ntpool_walk got = walk(test, &vas_walk);
	unsigned int bits = PAGE_SHIFT + 9 * got.levels, i;

	for (i = 0; i < got.levels; i++)
		again = again << 9 | got.index[i];
	again <<= PAGE_SHIFT;
	KUNIT_EXPECT_EQ(test, again, address & GENMASK(bits - 1, PAGE_SHIFT));
}

static void a_page_that_is_out_has_no_entry(struct kunit *test)
{
	char *block = ntpool_alloc(NTPOOL_FLAG_PAGED, 2 * PAGE_SIZE,
				   TEST_TAG);
	struct paging_page page;
	struct ntpool_walk got;

	KUNIT_ASSERT_NOT_NULL(test, block);
	got = walk(test, block);
	KUNIT_EXPECT_EQ(test, got.depth, got.levels - 1);
	KUNIT_EXPECT_EQ(test, got.page_shift, 0u);
	KUNIT_EXPECT_EQ(test, got.frame, 0ull);

	WRITE_ONCE(block[5], 1);
	got = walk(test, block);
	KUNIT_EXPECT_EQ(test, got.depth, got.levels);
	KUNIT_ASSERT_EQ(test, paging_look((unsigned long)block, &page), 0);
	KUNIT_EXPECT_EQ(test, got.frame, (u64)page.frame);
	ntpool_free(block, TEST_TAG);
}

static void nothing_is_found_for_a_non_canonical_address(struct kunit *test)
{
	struct ntpool_walk got = walk(test, (void *)(1UL << 62));

	KUNIT_EXPECT_EQ(test, got.depth, 0u);
	KUNIT_EXPECT_EQ(test, got.page_shift, 0u);
	KUNIT_EXPECT_EQ(test, got.frame, 0ull);
	KUNIT_EXPECT_EQ(test, got.entry[0], 0ull);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(windows_x64_has_128_tb_on_either_side),
	KUNIT_CASE(windows_x86_is_split_at_2_gb),
	KUNIT_CASE(increaseuserva_moves_the_line),
	KUNIT_CASE(the_pools_shrink_with_system_space),
	KUNIT_CASE(every_layout_is_without_gaps),
	KUNIT_CASE(what_is_no_layout_is_refused),
	KUNIT_CASE(the_halves_and_the_hole_are_told_apart),
	KUNIT_CASE(each_pool_is_told_by_any_byte_of_a_block),
	KUNIT_CASE(a_walk_ends_at_the_frame_of_vmalloc_memory),
	KUNIT_CASE(a_walk_finds_the_frame_inside_a_large_page),
	KUNIT_CASE(the_indexes_are_the_address),
	KUNIT_CASE(a_page_that_is_out_has_no_entry),
	KUNIT_CASE(nothing_is_found_for_a_non_canonical_address),
	{}
};

struct kunit_suite vas_suite = {
	.name = "ntpool_vas",
	.test_cases = cases,
};
