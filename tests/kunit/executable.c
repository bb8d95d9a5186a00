// SPDX-License-Identifier: GPL-2.0-only
/* pool/executable.c: memory for code. */
#include "pool/special.h"
#include "tests.h"

#define EXECUTABLE NTPOOL_FLAG_NON_PAGED_EXECUTE

/* endbr64; mov $value, %eax; ret */
static void write_code(u8 *code, u32 value)
{
	static const u8 frame[] = { 0xF3, 0x0F, 0x1E, 0xFA, 0xB8,
				    0, 0, 0, 0, 0xC3 };

	memcpy(code, frame, sizeof(frame));
	memcpy(code + 5, &value, sizeof(value));
}

static int call(void *code)
{
	return ((int (*)(void))code)();
}

static void code_written_to_executable_pool_runs(struct kunit *test)
{
	u8 *code = ntpool_alloc(EXECUTABLE, 64, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, code);
	KUNIT_EXPECT_EQ(test, code[63], 0);
	write_code(code, 4711);
	KUNIT_EXPECT_EQ(test, call(code), 4711);
	KUNIT_EXPECT_EQ(test, ntpool_free(code, TEST_TAG), 0ull);
}

static void it_can_be_written_between_two_runs(struct kunit *test)
{
	u8 *code = ntpool_alloc(EXECUTABLE, 3 * PAGE_SIZE, TEST_TAG);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, code);
	for (i = 0; i < 3; i++) {
		write_code(code + i * PAGE_SIZE, i);
		KUNIT_EXPECT_EQ(test, call(code + i * PAGE_SIZE), (int)i);
		write_code(code + i * PAGE_SIZE, i + 10);
		KUNIT_EXPECT_EQ(test, call(code + i * PAGE_SIZE), (int)i + 10);
	}
	KUNIT_EXPECT_EQ(test, ntpool_free(code, TEST_TAG), 0ull);
}

static bool is_executable(const void *address)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)address, &level);

	return pte && pte_exec(*pte);
}

static void only_what_was_asked_for_is_executable(struct kunit *test)
{
	u8 *code = ntpool_alloc(EXECUTABLE, 64, TEST_TAG);
	u8 *small = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 64, TEST_TAG);
	u8 *large = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 64 * 1024, TEST_TAG);
	u8 *paged = ntpool_alloc(NTPOOL_FLAG_PAGED, 64, TEST_TAG);
	struct page *page;

	KUNIT_ASSERT_TRUE(test, code && small && large && paged);
	page = vmalloc_to_page(code);
	*paged = 1;
	KUNIT_EXPECT_TRUE(test, is_executable(code));
	KUNIT_EXPECT_FALSE(test, is_executable(page_address(page)));
	KUNIT_EXPECT_FALSE(test, is_executable(small));
	KUNIT_EXPECT_FALSE(test, is_executable(large));
	KUNIT_EXPECT_FALSE(test, is_executable(paged));
	ntpool_free(code, TEST_TAG);
	ntpool_free(small, TEST_TAG);
	ntpool_free(large, TEST_TAG);
	ntpool_free(paged, TEST_TAG);
}

static void it_never_comes_from_special_pool(struct kunit *test)
{
	u8 *code = ntpool_alloc(EXECUTABLE | NTPOOL_FLAG_SPECIAL_POOL, 64, TEST_TAG);

	KUNIT_ASSERT_NOT_NULL(test, code);
	KUNIT_EXPECT_FALSE(test, special_contains((unsigned long)code));
	KUNIT_EXPECT_TRUE(test, is_executable(code));
	KUNIT_EXPECT_EQ(test, ntpool_free(code, TEST_TAG), 0ull);
}

static void at_dispatch_there_is_none_but_it_can_be_freed(struct kunit *test)
{
	u8 *code = ntpool_alloc(EXECUTABLE, 64, TEST_TAG), *none;
	struct pool_stats before, after;
	u64 bugcheck;
	u8 old;

	KUNIT_ASSERT_NOT_NULL(test, code);
	pool_get_stats(&before);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	none = ntpool_alloc(EXECUTABLE, 64, TEST_TAG);
	bugcheck = ntpool_free(code, TEST_TAG);
	ntpool_lower_irql(old);
	pool_get_stats(&after);
	KUNIT_EXPECT_NULL(test, none);
	KUNIT_EXPECT_EQ(test, bugcheck, 0ull);
	KUNIT_EXPECT_EQ(test, after.failed_allocs, before.failed_allocs + 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(code_written_to_executable_pool_runs),
	KUNIT_CASE(it_can_be_written_between_two_runs),
	KUNIT_CASE(only_what_was_asked_for_is_executable),
	KUNIT_CASE(it_never_comes_from_special_pool),
	KUNIT_CASE(at_dispatch_there_is_none_but_it_can_be_freed),
	{}
};

struct kunit_suite executable_suite = {
	.name = "ntpool_executable",
	.test_cases = cases,
};
