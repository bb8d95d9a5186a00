// SPDX-License-Identifier: GPL-2.0-only
/* rtl/string.c, upcase.c, convert.c, number.c: NT's counted strings. */
#include "tests.h"

#include <ntpool/ntstrsafe.h>
#include <ntpool/string.h>

#define EXPECT_STRING(test, string, want)                                           \
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(                              \
					&(string),                                  \
					&(UNICODE_STRING)RTL_CONSTANT_STRING(want), \
					FALSE))

static UNICODE_STRING wide(PCWSTR text)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, text);
	return string;
}

static void a_string_of_text_has_its_lengths_in_bytes(struct kunit *test)
{
	UNICODE_STRING string = wide(L"abc");
	ANSI_STRING ansi;

	KUNIT_EXPECT_EQ(test, sizeof(L""[0]), (size_t)2);
	KUNIT_EXPECT_EQ(test, string.Length, 6);
	KUNIT_EXPECT_EQ(test, string.MaximumLength, 8);
	RtlInitAnsiString(&ansi, "abc");
	KUNIT_EXPECT_EQ(test, ansi.Length, 3);
	KUNIT_EXPECT_EQ(test, ansi.MaximumLength, 4);
}

static void no_text_is_an_empty_string_without_a_buffer(struct kunit *test)
{
	UNICODE_STRING string = { 1, 2, (PWCH)L"x" };

	RtlInitUnicodeString(&string, NULL);
	KUNIT_EXPECT_EQ(test, string.Length, 0);
	KUNIT_EXPECT_EQ(test, string.MaximumLength, 0);
	KUNIT_EXPECT_NULL(test, string.Buffer);
}

static void a_text_too_long_is_cut_or_refused(struct kunit *test)
{
	WCHAR *text = kunit_kzalloc(test, 40000 * sizeof(WCHAR), GFP_KERNEL);
	UNICODE_STRING string;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < 39999; i++)
		text[i] = 'x';
	RtlInitUnicodeString(&string, text);
	KUNIT_EXPECT_EQ(test, string.Length, 0xFFFC);
	KUNIT_EXPECT_EQ(test, string.MaximumLength, 0xFFFE);
	KUNIT_EXPECT_EQ(test, RtlInitUnicodeStringEx(&string, text),
			STATUS_NAME_TOO_LONG);
	KUNIT_EXPECT_EQ(test, string.Length, 0);
}

static void constants_are_initialised_by_the_compiler(struct kunit *test)
{
	static const UNICODE_STRING constant = RTL_CONSTANT_STRING(L"ab");
	static const ANSI_STRING ansi = RTL_CONSTANT_STRING("abc");
	DECLARE_CONST_UNICODE_STRING(declared, L"ab");
	DECLARE_UNICODE_STRING_SIZE(room, 10);

	KUNIT_EXPECT_EQ(test, constant.Length, 4);
	KUNIT_EXPECT_EQ(test, constant.MaximumLength, 6);
	KUNIT_EXPECT_EQ(test, ansi.Length, 3);
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(&constant, &declared, FALSE));
	KUNIT_EXPECT_EQ(test, room.Length, 0);
	KUNIT_EXPECT_EQ(test, room.MaximumLength, 20);
}

static void a_copy_takes_what_there_is_room_for(struct kunit *test)
{
	UNICODE_STRING from = wide(L"abcdef");
	DECLARE_UNICODE_STRING_SIZE(to, 4);

	to_buffer[3] = 'z';
	RtlCopyUnicodeString(&to, &from);
	EXPECT_STRING(test, to, L"abcd");
	from = wide(L"xy");
	RtlCopyUnicodeString(&to, &from);
	EXPECT_STRING(test, to, L"xy");
	KUNIT_EXPECT_EQ(test, to_buffer[2], 0);
	RtlCopyUnicodeString(&to, NULL);
	KUNIT_EXPECT_EQ(test, to.Length, 0);
}

static void what_does_not_fit_is_not_appended_in_part(struct kunit *test)
{
	UNICODE_STRING tail = wide(L"cd");
	DECLARE_UNICODE_STRING_SIZE(to, 5);

	to_buffer[4] = 'z';
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeToString(&to, L"ab"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeStringToString(&to, &tail),
			STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"abcd");
	KUNIT_EXPECT_EQ(test, to_buffer[4], 0);
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeStringToString(&to, &tail),
			STATUS_BUFFER_TOO_SMALL);
	EXPECT_STRING(test, to, L"abcd");
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeToString(&to, NULL), STATUS_SUCCESS);
}

static void strings_are_compared_with_case_and_without(struct kunit *test)
{
	UNICODE_STRING a = wide(L"Gr\u00fcn"), b = wide(L"GR\u00dcN"),
		       c = wide(L"gr\u00fcner");

	KUNIT_EXPECT_FALSE(test, RtlEqualUnicodeString(&a, &b, FALSE));
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(&a, &b, TRUE));
	KUNIT_EXPECT_GT(test, RtlCompareUnicodeString(&a, &b, FALSE), 0);
	KUNIT_EXPECT_EQ(test, RtlCompareUnicodeString(&a, &b, TRUE), 0);
	KUNIT_EXPECT_LT(test, RtlCompareUnicodeString(&b, &c, TRUE), 0);
	KUNIT_EXPECT_TRUE(test, RtlPrefixUnicodeString(&b, &c, TRUE));
	KUNIT_EXPECT_FALSE(test, RtlPrefixUnicodeString(&b, &c, FALSE));
	KUNIT_EXPECT_FALSE(test, RtlPrefixUnicodeString(&c, &b, TRUE));
}

static void strings_of_bytes_are_compared(struct kunit *test)
{
	STRING a = RTL_CONSTANT_STRING("abc"), b = RTL_CONSTANT_STRING("ABD");

	KUNIT_EXPECT_LT(test, RtlCompareString(&a, &b, TRUE), 0);
	KUNIT_EXPECT_GT(test, RtlCompareString(&a, &b, FALSE), 0);
	KUNIT_EXPECT_FALSE(test, RtlEqualString(&a, &b, TRUE));
	b.Length = a.Length = 2;
	KUNIT_EXPECT_TRUE(test, RtlEqualString(&a, &b, TRUE));
}

static void capital_letters_are_those_that_lead_back(struct kunit *test)
{
	static const WCHAR pairs[][2] = {
		{ 'a', 'A' }, { 'z', 'Z' }, { 0xE9, 0xC9 }, { 0xFF, 0x178 }, { 0x101, 0x100 }, { 0x3C9, 0x3A9 }, { 0x44F, 0x42F }, { 0x561, 0x531 }, { 0x1E01, 0x1E00 }, { 0xFF41, 0xFF21 }
	};
	/* sharp s, micro sign, dotless i, a digit, a capital letter, final sigma */
	static const WCHAR without[] = { 0xDF, 0xB5, 0x131, '7', 'A', 0x3C2, 0xF7,
					 0x100, 0xD800 };
	int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		KUNIT_EXPECT_EQ(test, RtlUpcaseUnicodeChar(pairs[i][0]), pairs[i][1]);
		KUNIT_EXPECT_EQ(test, RtlDowncaseUnicodeChar(pairs[i][1]), pairs[i][0]);
	}
	for (i = 0; i < ARRAY_SIZE(without); i++)
		KUNIT_EXPECT_EQ(test, RtlUpcaseUnicodeChar(without[i]), without[i]);
}

static void every_small_letter_of_a_capital_one_leads_back(struct kunit *test)
{
	u32 c, letters = 0, strays = 0;

	for (c = 0; c < 0x10000; c++) {
		if (RtlUpcaseUnicodeChar(c) == c)
			continue;
		letters++;
		strays += RtlDowncaseUnicodeChar(RtlUpcaseUnicodeChar(c)) != c;
	}
	KUNIT_EXPECT_GT(test, letters, 900u);
	KUNIT_EXPECT_EQ(test, strays, 0u);
}

static void a_string_is_put_in_capital_letters(struct kunit *test)
{
	UNICODE_STRING from = wide(L"abc"), to;
	DECLARE_UNICODE_STRING_SIZE(small, 2);

	KUNIT_ASSERT_EQ(test, RtlUpcaseUnicodeString(&to, &from, TRUE),
			STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"ABC");
	KUNIT_EXPECT_EQ(test, RtlDowncaseUnicodeString(&to, &to, FALSE),
			STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"abc");
	RtlFreeUnicodeString(&to);
	KUNIT_EXPECT_NULL(test, to.Buffer);
	KUNIT_EXPECT_EQ(test, RtlUpcaseUnicodeString(&small, &from, FALSE),
			STATUS_BUFFER_OVERFLOW);
}

static void ansi_strings_are_utf8(struct kunit *test)
{
	/* Two, three and four bytes. */
	UNICODE_STRING from = wide(L"\u00fc\u20ac\U0001f600"), back;
	ANSI_STRING to;

	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiSize(&from), 10u);
	KUNIT_ASSERT_EQ(test, RtlUnicodeStringToAnsiString(&to, &from, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, to.Buffer, "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
	KUNIT_EXPECT_EQ(test, to.MaximumLength, 10);
	KUNIT_ASSERT_EQ(test, RtlAnsiStringToUnicodeString(&back, &to, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(&back, &from, FALSE));
	KUNIT_EXPECT_EQ(test, back.Buffer[back.Length / 2], 0);
	RtlFreeUnicodeString(&back);
	RtlFreeAnsiString(&to);
}

static void what_cannot_be_converted_is_replaced(struct kunit *test)
{
	static const WCHAR half[] = { 'a', 0xD83D, '-' };
	UNICODE_STRING from = { sizeof(half), sizeof(half), (PWCH)half }, back;
	STRING bad = RTL_CONSTANT_STRING("a\xff-");
	char room[10] = "zzzzzzzzz";
	ANSI_STRING to = { 0, sizeof(room), room };

	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiString(&to, &from, FALSE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, room, "a\xef\xbf\xbd-");
	KUNIT_ASSERT_EQ(test, RtlAnsiStringToUnicodeString(&back, &bad, TRUE),
			STATUS_SUCCESS);
	EXPECT_STRING(test, back, L"a\ufffd-");
	RtlFreeUnicodeString(&back);
}

static void a_conversion_keeps_to_the_room_there_is(struct kunit *test)
{
	UNICODE_STRING from = wide(L"a\u20acb"), to;
	char room[4] = "zzz";
	WCHAR few[3];
	ANSI_STRING ansi = { 0, sizeof(room), room };

	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiString(&ansi, &from, FALSE),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, room, "a");
	RtlInitAnsiString(&ansi, "abc");
	RtlInitEmptyUnicodeString(&to, few, sizeof(few));
	KUNIT_EXPECT_EQ(test, RtlAnsiStringToUnicodeString(&to, &ansi, FALSE),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, to.Length, 0);
}

static void numbers_are_written_in_four_bases(struct kunit *test)
{
	DECLARE_UNICODE_STRING_SIZE(to, 9);

	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(0xBEEF, 16, &to), STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"BEEF");
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(0, 0, &to), STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"0");
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(8, 8, &to), STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"10");
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(5, 2, &to), STATUS_SUCCESS);
	EXPECT_STRING(test, to, L"101");
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(5, 7, &to),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(~0u, 10, &to),
			STATUS_BUFFER_OVERFLOW);
}

static void numbers_are_read_with_sign_and_prefix(struct kunit *test)
{
	static const struct {
		PCWSTR text;
		ULONG base;
		ULONG value;
	} cases[] = {
		{ L" 42x", 0, 42 }, { L"-1", 10, ~0u }, { L"0x1F", 0, 31 }, { L"0o17", 0, 15 }, { L"0b101", 0, 5 }, { L"ff", 16, 255 }, { L"", 0, 0 }, { L"+7", 8, 7 }, { L"0", 0, 0 }
	};
	UNICODE_STRING string;
	ULONG value;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		string = wide(cases[i].text);
		value = 77;
		KUNIT_EXPECT_EQ(test, RtlUnicodeStringToInteger(&string, cases[i].base, &value),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, value, cases[i].value);
	}
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToInteger(&string, 3, &value),
			STATUS_INVALID_PARAMETER);
}

static void safe_copies_end_in_a_zero(struct kunit *test)
{
	WCHAR to[4];
	size_t length = 99;

	KUNIT_EXPECT_EQ(test, RtlStringCbCopyW(to, sizeof(to), L"abc"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlStringCbCatW(to, sizeof(to), L"d"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, wcscmp(to, L"abc"), 0);
	KUNIT_EXPECT_EQ(test, RtlStringCbCopyW(to, sizeof(to), L"wxyz"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, wcscmp(to, L"wxy"), 0);
	KUNIT_EXPECT_EQ(test, RtlStringCbLengthW(to, sizeof(to), &length), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, (size_t)6);
	KUNIT_EXPECT_EQ(test, RtlStringCbLengthW(to, 6, &length),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchCopyW(to, 0, L"a"), STATUS_INVALID_PARAMETER);
}

static void wide_strings_of_c_work(struct kunit *test)
{
	static const WCHAR small[] = L"abc";

	KUNIT_EXPECT_EQ(test, wcslen(L"abc"), (size_t)3);
	KUNIT_EXPECT_LT(test, wcscmp(small, L"abd"), 0);
	KUNIT_EXPECT_EQ(test, wcsncmp(small, L"abd", 2), 0);
	KUNIT_EXPECT_EQ(test, _wcsicmp(L"ABC", small), 0);
	KUNIT_EXPECT_EQ(test, *wcschr(L"a\\b\\c", '\\'), '\\');
	KUNIT_EXPECT_EQ(test, wcslen(wcsrchr(L"a\\b\\cd", '\\')), (size_t)3);
	KUNIT_EXPECT_NULL(test, wcschr(L"abc", 'x'));
}

static void a_status_has_its_documented_name(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, ntpool_status_name(STATUS_SUCCESS), "STATUS_SUCCESS");
	KUNIT_EXPECT_STREQ(test, ntpool_status_name(0xC0000010),
			   "STATUS_INVALID_DEVICE_REQUEST");
	KUNIT_EXPECT_STREQ(test, ntpool_status_name(0xDEADBEEF), "STATUS_?");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_string_of_text_has_its_lengths_in_bytes),
	KUNIT_CASE(no_text_is_an_empty_string_without_a_buffer),
	KUNIT_CASE(a_text_too_long_is_cut_or_refused),
	KUNIT_CASE(constants_are_initialised_by_the_compiler),
	KUNIT_CASE(a_copy_takes_what_there_is_room_for),
	KUNIT_CASE(what_does_not_fit_is_not_appended_in_part),
	KUNIT_CASE(strings_are_compared_with_case_and_without),
	KUNIT_CASE(strings_of_bytes_are_compared),
	KUNIT_CASE(capital_letters_are_those_that_lead_back),
	KUNIT_CASE(every_small_letter_of_a_capital_one_leads_back),
	KUNIT_CASE(a_string_is_put_in_capital_letters),
	KUNIT_CASE(ansi_strings_are_utf8),
	KUNIT_CASE(what_cannot_be_converted_is_replaced),
	KUNIT_CASE(a_conversion_keeps_to_the_room_there_is),
	KUNIT_CASE(numbers_are_written_in_four_bases),
	KUNIT_CASE(numbers_are_read_with_sign_and_prefix),
	KUNIT_CASE(safe_copies_end_in_a_zero),
	KUNIT_CASE(wide_strings_of_c_work),
	KUNIT_CASE(a_status_has_its_documented_name),
	{}
};

struct kunit_suite strings_suite = {
	.name = "ntpool_strings",
	.test_cases = cases,
};
