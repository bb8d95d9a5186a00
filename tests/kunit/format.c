// SPDX-License-Identifier: GPL-2.0-only
/* rtl/format.c: NT's conversions, in strings of bytes and wide ones. */
#include "tests.h"

#include <ntpool/ntstrsafe.h>

/* clang-format off */
#define EXPECT_PRINTED(test, want, ...)						\
do {										\
	char to_[80] = "poison";						\
										\
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfA(to_, sizeof(to_), __VA_ARGS__),	\
			STATUS_SUCCESS);					\
	KUNIT_EXPECT_STREQ(test, to_, want);					\
} while (0)

#define EXPECT_WIDE(test, want, ...)						\
do {										\
	WCHAR to_[80] = L"poison";						\
										\
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfW(to_, sizeof(to_), __VA_ARGS__),	\
			STATUS_SUCCESS);					\
	KUNIT_EXPECT_EQ(test, wcscmp(to_, want), 0);				\
} while (0)
/* clang-format on */

static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\\u00dcX");
static ANSI_STRING ansi = RTL_CONSTANT_STRING("ansi");

static void numbers_have_nts_sizes(struct kunit *test)
{
	EXPECT_PRINTED(test, "-1 4294967295", "%d %u", -1, -1);
	/* long has 32 bits there, whatever is in the register's other half. */
	EXPECT_PRINTED(test, "-2 fffffffe", "%ld %lx", -2, -2);
	EXPECT_PRINTED(test, "-3 123456789abcdef", "%I64d %I64x", -3ll, 0x123456789ABCDEFll);
	EXPECT_PRINTED(test, "-3 5000000000", "%lld %llu", -3ll, 5000000000ull);
	EXPECT_PRINTED(test, "77 4d", "%Iu %zx", (SIZE_T)77, (SIZE_T)77);
	EXPECT_PRINTED(test, "12 c", "%I32u %I32x", 12, 12);
	EXPECT_PRINTED(test, "-1 255 -1 65535", "%hhd %hhu %hd %hu", 255, 255, 65535, 65535);
}

static void flags_width_and_precision_are_kept(struct kunit *test)
{
	EXPECT_PRINTED(test, "[   42][42   ][00042][+42]", "[%5d][%-5d][%05d][%+d]", 42, 42, 42, 42);
	EXPECT_PRINTED(test, "[   0042][0X1F][ 7]", "[%7.4u][%#X][%2x]", 42, 31, 7);
	EXPECT_PRINTED(test, "[    7][7    ]", "[%*d][%*d]", 5, 7, -5, 7);
	EXPECT_PRINTED(test, "[ab ][ ab][a]", "[%-3s][%3s][%.1s]", "ab", "ab", "ab");
}

static void wide_strings_are_printed_in_utf8(struct kunit *test)
{
	EXPECT_PRINTED(test, "w w w \xc3\x9c", "%ws %ls %S %ws", L"w", L"w", L"w", L"\u00dc");
	EXPECT_PRINTED(test, "n n", "%s %hs", "n", "n");
	EXPECT_PRINTED(test, "a b c d", "%c %wc %C %lc", 'a', L'b', L'c', L'd');
	EXPECT_PRINTED(test, "[ \xc3\x9c]", "[%3ws]", L"\u00dc");
}

static void counted_strings_need_no_zero(struct kunit *test)
{
	UNICODE_STRING part = name;

	part.Length = 8;
	EXPECT_PRINTED(test, "\\Device\\\xc3\x9cX \\Dev ansi", "%wZ %wZ %Z", &name, &part, &ansi);
	EXPECT_PRINTED(test, "[  \\Dev]", "[%6wZ]", &part);
	EXPECT_PRINTED(test, "(null) (null) (null)", "%wZ %s %ws", NULL, NULL, NULL);
}

static void wide_formats_take_wide_strings(struct kunit *test)
{
	EXPECT_WIDE(test, L"\u00dc x n 7", L"%s %ws %S %d", L"\u00dc", L"x", "n", 7);
	EXPECT_WIDE(test, L"\\Device\\\u00dcX ansi", L"%wZ %Z", &name, &ansi);
	EXPECT_WIDE(test, L"\u00fc", L"%hs", "\xc3\xbc");
	EXPECT_WIDE(test, L"a b", L"%c %C", L'a', 'b');
}

static void percent_signs_and_unknown_letters_show(struct kunit *test)
{
	EXPECT_PRINTED(test, "100% k", "100%% %k");
	EXPECT_PRINTED(test, "x", "x%");
}

/* Linux has a %pS. */
static void a_pointer_does_not_swallow_what_follows(struct kunit *test)
{
	char to[80];

	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfA(to, sizeof(to), "%pS|%d", &name, 5),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, to + strlen(to) - 3, "S|5");
}

static void what_does_not_fit_is_cut_off(struct kunit *test)
{
	char to[4] = "zzz", cut[4];
	WCHAR wide[3];
	DECLARE_UNICODE_STRING_SIZE(counted, 4);

	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfA(to, sizeof(to), "%d", 12345),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, to, "123");
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfA(cut, sizeof(cut), "%d", 123),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfA(to, 0, "x"), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfW(wide, sizeof(wide), L"abc"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"ab"), 0);
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringPrintf(&counted, L"%d", 123), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, counted.Length, 6);
}

static void a_counted_string_is_filled_to_the_last_character(struct kunit *test)
{
	WCHAR buffer[6] = L"zzzzz";
	UNICODE_STRING counted = { 0, 5 * sizeof(WCHAR), buffer };

	KUNIT_EXPECT_EQ(test, RtlUnicodeStringPrintf(&counted, L"%d", 12345), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, counted.Length, 10);
	KUNIT_EXPECT_EQ(test, wcscmp(buffer, L"12345"), 0);
	buffer[5] = 'z';
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringPrintf(&counted, L"%d", 543210),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, counted.Length, 10);
	KUNIT_EXPECT_EQ(test, wcsncmp(buffer, L"54321z", 6), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(numbers_have_nts_sizes),
	KUNIT_CASE(flags_width_and_precision_are_kept),
	KUNIT_CASE(wide_strings_are_printed_in_utf8),
	KUNIT_CASE(counted_strings_need_no_zero),
	KUNIT_CASE(wide_formats_take_wide_strings),
	KUNIT_CASE(percent_signs_and_unknown_letters_show),
	KUNIT_CASE(a_pointer_does_not_swallow_what_follows),
	KUNIT_CASE(what_does_not_fit_is_cut_off),
	KUNIT_CASE(a_counted_string_is_filled_to_the_last_character),
	{}
};

struct kunit_suite format_suite = {
	.name = "ntpool_format",
	.test_cases = cases,
};
