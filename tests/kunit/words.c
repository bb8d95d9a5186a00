// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtl/time.c, rtl/random.c, ke/version.c, ke/debugger.c, ntpool/intsafe.h, large.h, wcs.h:
 * what NT's libraries calculate.
 */
#include <linux/io.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/time.h>
#include <linux/vmalloc.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/clock.h>
#include <ntpool/debugger.h>
#include <ntpool/intsafe.h>
#include <ntpool/large.h>
#include <ntpool/memory.h>
#include <ntpool/time.h>
#include <ntpool/wcs.h>

#include "pool/release.h"
#include "tests.h"

static LARGE_INTEGER time_of(CSHORT year, CSHORT month, CSHORT day, CSHORT hour)
{
	TIME_FIELDS fields = { year, month, day, hour };
	LARGE_INTEGER time = { .QuadPart = -1 };

	RtlTimeFieldsToTime(&fields, &time);
	return time;
}

static void dates_are_counted_from_1601(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, time_of(1601, 1, 1, 0).QuadPart, 0ll);
	KUNIT_EXPECT_EQ(test, time_of(1970, 1, 1, 0).QuadPart, NTPOOL_TIME_1970);
	KUNIT_EXPECT_EQ(test, time_of(2000, 2, 29, 12).QuadPart, 125962992000000000ll);
}

static void a_time_becomes_its_date_and_weekday(struct kunit *test)
{
	LARGE_INTEGER time = time_of(2000, 2, 29, 12);
	TIME_FIELDS fields;

	time.QuadPart += 34 * 600000000ll + 56 * 10000000ll + 789 * 10000ll + 5;
	RtlTimeToTimeFields(&time, &fields);
	KUNIT_EXPECT_EQ(test, fields.Year, 2000);
	KUNIT_EXPECT_EQ(test, fields.Month, 2);
	KUNIT_EXPECT_EQ(test, fields.Day, 29);
	KUNIT_EXPECT_EQ(test, fields.Hour, 12);
	KUNIT_EXPECT_EQ(test, fields.Minute, 34);
	KUNIT_EXPECT_EQ(test, fields.Second, 56);
	KUNIT_EXPECT_EQ(test, fields.Milliseconds, 789);
	KUNIT_EXPECT_EQ(test, fields.Weekday, 2);
}

static void each_day_of_eight_centuries_comes_back(struct kunit *test)
{
	LARGE_INTEGER time = {}, back;
	TIME_FIELDS fields, last = {};
	int day;

	for (day = 0; day < 800 * 366; day++, time.QuadPart += 864000000000ll) {
		RtlTimeToTimeFields(&time, &fields);
		if (!RtlTimeFieldsToTime(&fields, &back) ||
		    back.QuadPart != time.QuadPart ||
		    (day && fields.Weekday != (last.Weekday + 1) % 7))
			break;
		last = fields;
	}
	KUNIT_EXPECT_EQ(test, day, 800 * 366);
}

static void what_is_no_date_has_no_time(struct kunit *test)
{
	static const TIME_FIELDS wrong[] = {
		{ 1600, 12, 31 },
		{ 30828, 1, 1 },
		{ 2001, 2, 29 },
		{ 1900, 2, 29 },
		{ 2000, 4, 31 },
		{ 2000, 13, 1 },
		{ 2000, 0, 1 },
		{ 2000, 1, 0 },
		{ 2000, 1, 1, 24 },
		{ 2000, 1, 1, 0, 60 },
		{ 2000, 1, 1, 0, 0, 60 },
		{ 2000, 1, 1, 0, 0, 0, 1000 },
	};
	LARGE_INTEGER time;
	TIME_FIELDS fields;
	int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		fields = wrong[i];
		KUNIT_EXPECT_FALSE(test, RtlTimeFieldsToTime(&fields, &time));
	}
}

static void unix_time_is_1970s_and_has_32_bits(struct kunit *test)
{
	LARGE_INTEGER time, before = { .QuadPart = NTPOOL_TIME_1970 - 1 };
	ULONG seconds = 0;

	RtlSecondsSince1970ToTime(951827696, &time);
	KUNIT_EXPECT_EQ(test, time.QuadPart, time_of(2000, 2, 29, 12).QuadPart + 20960000000ll);
	KUNIT_EXPECT_TRUE(test, RtlTimeToSecondsSince1970(&time, &seconds));
	KUNIT_EXPECT_EQ(test, seconds, 951827696u);
	KUNIT_EXPECT_FALSE(test, RtlTimeToSecondsSince1970(&before, &seconds));
	time = time_of(2107, 1, 1, 0);
	KUNIT_EXPECT_FALSE(test, RtlTimeToSecondsSince1970(&time, &seconds));
}

static void local_time_is_that_of_the_zone(struct kunit *test)
{
	LARGE_INTEGER utc = time_of(2000, 1, 1, 0), local, back;
	int before = sys_tz.tz_minuteswest;

	sys_tz.tz_minuteswest = -90;
	ExSystemTimeToLocalTime(&utc, &local);
	ExLocalTimeToSystemTime(&local, &back);
	sys_tz.tz_minuteswest = before;
	KUNIT_EXPECT_EQ(test, local.QuadPart - utc.QuadPart, 90 * 600000000ll);
	KUNIT_EXPECT_EQ(test, back.QuadPart, utc.QuadPart);
}

static void a_sequence_is_that_of_the_documents(struct kunit *test)
{
	ULONG seed = 1;

	KUNIT_EXPECT_EQ(test, RtlUniform(&seed), (0x7FFFFFEDu + 0x7FFFFFC3u) % 0x7FFFFFFFu);
	KUNIT_EXPECT_EQ(test, seed, (0x7FFFFFEDu + 0x7FFFFFC3u) % 0x7FFFFFFFu);
}

static void random_numbers_are_in_range_and_spread(struct kunit *test)
{
	int halves[2] = {}, i;
	ULONG seed = 4711, number;

	for (i = 0; i < 10000; i++) {
		number = RtlRandomEx(&seed);
		KUNIT_ASSERT_LT(test, number, 0x7FFFFFFFu);
		halves[number >> 30]++;
	}
	KUNIT_EXPECT_GT(test, halves[0], 4500);
	KUNIT_EXPECT_GT(test, halves[1], 4500);
}

static void the_release_told_is_the_one_emulated(struct kunit *test)
{
	const struct release *before = release_select("win7");
	RTL_OSVERSIONINFOEXW version = { .dwOSVersionInfoSize = sizeof(version) };
	ULONG major, minor, build;

	RtlGetVersion((PRTL_OSVERSIONINFOW)&version);
	PsGetVersion(&major, &minor, &build, NULL);
	KUNIT_EXPECT_EQ(test, major, 6u);
	KUNIT_EXPECT_EQ(test, minor, 1u);
	KUNIT_EXPECT_EQ(test, build, 7601u);
	KUNIT_EXPECT_EQ(test, version.dwBuildNumber, 7601u);
	KUNIT_EXPECT_EQ(test, version.wServicePackMajor, 1);
	KUNIT_EXPECT_EQ(test, wcscmp(version.szCSDVersion, L"Service Pack 1"), 0);
	release_select("current");
	version = (RTL_OSVERSIONINFOEXW){ .dwOSVersionInfoSize = sizeof(RTL_OSVERSIONINFOW) };
	RtlGetVersion((PRTL_OSVERSIONINFOW)&version);
	KUNIT_EXPECT_EQ(test, version.dwMajorVersion, 10u);
	KUNIT_EXPECT_EQ(test, version.wProductType, 0);
	KUNIT_EXPECT_EQ(test, version.szCSDVersion[0], 0);
	release_select(before->name);
}

static void arithmetic_tells_of_an_overflow(struct kunit *test)
{
	ULONG u = 0;
	LONG l = 0;
	SIZE_T s = 0;
	UCHAR c = 0;

	KUNIT_EXPECT_EQ(test, RtlULongAdd(0xFFFFFFFE, 1, &u), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, u, 0xFFFFFFFFu);
	u = 0;
	KUNIT_EXPECT_EQ(test, RtlULongAdd(0xFFFFFFFF, 1, &u), STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, u, 0xFFFFFFFFu);
	KUNIT_EXPECT_EQ(test, RtlULongSub(1, 2, &u), STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, RtlULongMult(0x10000, 0x10000, &u), STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, RtlSizeTMult(0x10000, 0x10000, &s), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, s, 0x100000000ul);
	KUNIT_EXPECT_EQ(test, RtlLongAdd(0x7FFFFFFF, 1, &l), STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, l, -1);
	KUNIT_EXPECT_EQ(test, RtlLongSub(-5, 7, &l), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, l, -12);
	KUNIT_EXPECT_EQ(test, RtlULongToUChar(255, &c), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlULongToUChar(256, &c), STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, RtlLongToULong(-1, &u), STATUS_INTEGER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, RtlSizeTToULong(0x100000000ul, &u), STATUS_INTEGER_OVERFLOW);
}

static void numbers_of_64_bits(struct kunit *test)
{
	LARGE_INTEGER sum = { .QuadPart = 0xFFFFFFFF };
	LONG count = -1;
	KSPIN_LOCK lock;
	LONG64 bits = 0xF0;

	KeInitializeSpinLock(&lock);
	KUNIT_EXPECT_EQ(test, Int32x32To64(-2, 0x7FFFFFFF), -4294967294ll);
	KUNIT_EXPECT_EQ(test, UInt32x32To64(-1, 2), 0x1FFFFFFFEull);
	KUNIT_EXPECT_EQ(test, RtlConvertLongToLargeInteger(-1).QuadPart, -1ll);
	KUNIT_EXPECT_EQ(test, RtlConvertUlongToLargeInteger(-1).QuadPart, 0xFFFFFFFFll);
	KUNIT_EXPECT_EQ(test,
			ExInterlockedAddLargeInteger(&sum, RtlConvertLongToLargeInteger(1),
						     &lock)
				.QuadPart,
			0xFFFFFFFFll);
	KUNIT_EXPECT_EQ(test, sum.QuadPart, 0x100000000ll);
	KUNIT_EXPECT_EQ(test, ExInterlockedIncrementLong(&count, &lock), ResultZero);
	KUNIT_EXPECT_EQ(test, ExInterlockedIncrementLong(&count, &lock), ResultPositive);
	KUNIT_EXPECT_EQ(test, InterlockedAnd64(&bits, 0x3C), 0xF0ll);
	KUNIT_EXPECT_EQ(test, InterlockedOr64(&bits, 0x03), 0x30ll);
	KUNIT_EXPECT_EQ(test, bits, 0x33ll);
}

static void wide_strings_with_a_count(struct kunit *test)
{
	WCHAR text[8] = L"xxxxxxx";
	const WCHAR *found;

	wcsncpy(text, L"ab", 4);
	KUNIT_EXPECT_EQ(test, memcmp(text, L"ab\0\0xxx", sizeof(text)), 0);
	wcsncat(text, L"cdef", 2);
	KUNIT_EXPECT_EQ(test, wcscmp(text, L"abcd"), 0);
	found = wcsstr(text, L"cd");
	KUNIT_EXPECT_PTR_EQ(test, found, (const WCHAR *)text + 2);
	KUNIT_EXPECT_NULL(test, wcsstr(text, L"ce"));
	KUNIT_EXPECT_PTR_EQ(test, wcsstr(text, L""), text + 0);
	KUNIT_EXPECT_EQ(test, atoi(" -12x"), -12);
}

static void a_breakpoint_without_a_debugger_is_an_exception(struct kunit *test)
{
	volatile NTSTATUS status = STATUS_SUCCESS;
	volatile int reached = 0;

	__try {
		DbgBreakPoint();
		reached = 1;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	KUNIT_EXPECT_EQ(test, status, STATUS_BREAKPOINT);
	KUNIT_EXPECT_EQ(test, reached, 0);
	__try {
		DbgBreakPoint();
		reached = 1;
	} __except (EXCEPTION_CONTINUE_EXECUTION) {
		status = STATUS_UNSUCCESSFUL;
	}
	KUNIT_EXPECT_EQ(test, reached, 1);
}

static void a_physical_address_is_where_the_page_is(struct kunit *test)
{
	char *block = kmalloc(64, GFP_KERNEL), *paged;

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_EQ(test, MmGetPhysicalAddress(block + 5).QuadPart,
			(LONGLONG)virt_to_phys(block) + 5);
	paged = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);
	KUNIT_ASSERT_NOT_NULL(test, paged);
	paged[0] = 1;
	KUNIT_EXPECT_EQ(test, MmGetPhysicalAddress(paged).QuadPart,
			(LONGLONG)PFN_PHYS(vmalloc_to_pfn(paged)));
	KUNIT_EXPECT_EQ(test, MmGetPhysicalAddress(NULL).QuadPart, 0ll);
	ntpool_free(paged, TEST_TAG);
	kfree(block);
}

static void older_drivers_get_the_same_address_of_an_mdl(struct kunit *test)
{
	char *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 64, TEST_TAG);
	MDL *mdl = block ? IoAllocateMdl(block, 64, FALSE, FALSE, NULL) : NULL;

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	MmBuildMdlForNonPagedPool(mdl);
	KUNIT_EXPECT_PTR_EQ(test, MmGetSystemAddressForMdl(mdl), (PVOID)block);
	KUNIT_EXPECT_PTR_EQ(test, MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority),
			    (PVOID)block);
	IoFreeMdl(mdl);
	ntpool_free(block, TEST_TAG);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(dates_are_counted_from_1601),
	KUNIT_CASE(a_time_becomes_its_date_and_weekday),
	KUNIT_CASE(each_day_of_eight_centuries_comes_back),
	KUNIT_CASE(what_is_no_date_has_no_time),
	KUNIT_CASE(unix_time_is_1970s_and_has_32_bits),
	KUNIT_CASE(local_time_is_that_of_the_zone),
	KUNIT_CASE(a_sequence_is_that_of_the_documents),
	KUNIT_CASE(random_numbers_are_in_range_and_spread),
	KUNIT_CASE(the_release_told_is_the_one_emulated),
	KUNIT_CASE(arithmetic_tells_of_an_overflow),
	KUNIT_CASE(numbers_of_64_bits),
	KUNIT_CASE(wide_strings_with_a_count),
	KUNIT_CASE(a_physical_address_is_where_the_page_is),
	KUNIT_CASE(older_drivers_get_the_same_address_of_an_mdl),
	KUNIT_CASE(a_breakpoint_without_a_debugger_is_an_exception),
	{}
};

struct kunit_suite words_suite = {
	.name = "ntpool_words",
	.test_cases = cases,
};
