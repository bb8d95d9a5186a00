// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as counted strings, and back. */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/math64.h>

#include <ntpool/string.h>

#define MOST_DIGITS 64 /* of 64 bits with base 2 */

static bool is_base(ULONG base)
{
	return base == 2 || base == 8 || base == 10 || base == 16;
}

/**
 * RtlInt64ToUnicodeString() - write a number of 64 bits
 * @Value: the number
 * @Base: 2, 8, 10 or 16; 0 is 10
 * @String: its buffer gets the digits
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another base;
 * STATUS_BUFFER_OVERFLOW.
 */
NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base,
				 PUNICODE_STRING String)
{
	WCHAR digits[MOST_DIGITS], *at = digits + MOST_DIGITS;
	u32 base = Base ? Base : 10, digit;
	UNICODE_STRING number;

	if (!is_base(base))
		return STATUS_INVALID_PARAMETER;
	do {
		Value = div_u64_rem(Value, base, &digit);
		*--at = digit < 10 ? '0' + digit : 'A' + digit - 10;
	} while (Value);
	number.Buffer = at;
	number.Length = (digits + MOST_DIGITS - at) * sizeof(WCHAR);
	if (number.Length > String->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	RtlCopyUnicodeString(String, &number);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(RtlInt64ToUnicodeString);

/**
 * RtlIntegerToUnicodeString() - write a number
 * @Value: the number
 * @Base: 2, 8, 10 or 16; 0 is 10
 * @String: its buffer gets the digits
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another base;
 * STATUS_BUFFER_OVERFLOW.
 */
NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base,
				   PUNICODE_STRING String)
{
	return RtlInt64ToUnicodeString(Value, Base, String);
}
EXPORT_SYMBOL_GPL(RtlIntegerToUnicodeString);

/* What is still to be read of a number. */
struct digits {
	PCWCH at;
	PCWCH end;
};

static WCHAR first(const struct digits *digits)
{
	return digits->at < digits->end ? *digits->at : UNICODE_NULL;
}

static bool skip(struct digits *digits, WCHAR c)
{
	bool there = first(digits) == c;

	digits->at += there;
	return there;
}

/* 0x, 0o and 0b say what the base is, if the caller does not. */
static ULONG base_of(struct digits *digits)
{
	if (digits->end - digits->at < 2 || *digits->at != '0')
		return 10;
	digits->at += 2;
	switch (digits->at[-1]) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	}
	digits->at -= 2;
	return 10;
}

static int digit_value(WCHAR c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = RtlUpcaseUnicodeChar(c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/**
 * RtlUnicodeStringToInteger() - read a number
 * @String: blanks, a sign, digits; what follows these is ignored
 * @Base: 2, 8, 10 or 16; 0 if a prefix 0b, 0o or 0x tells
 * @Value: the number; beyond 32 bits it wraps; 0 if there are no digits
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another base.
 */
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base,
				   PULONG Value)
{
	struct digits digits = { String->Buffer, String->Buffer +
							 String->Length / sizeof(WCHAR) };
	ULONG value = 0;
	bool negative;

	if (Base && !is_base(Base))
		return STATUS_INVALID_PARAMETER;
	while (first(&digits) && first(&digits) <= ' ')
		digits.at++;
	negative = skip(&digits, '-');
	if (!negative)
		skip(&digits, '+');
	if (!Base)
		Base = base_of(&digits);
	for (; digit_value(first(&digits)) < (int)Base; digits.at++)
		value = value * Base + digit_value(first(&digits));
	*Value = negative ? -value : value;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(RtlUnicodeStringToInteger);
