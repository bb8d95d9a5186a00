// SPDX-License-Identifier: GPL-2.0-only
/*
 * printf() with the conversions of Microsoft's C library ("Format specification syntax:
 * printf and wprintf functions"), for strings of bytes, in UTF-8, and for wide ones.
 *
 * Linux's own vsnprintf() reads the same letters differently: long has 64 bits, %S and
 * %Z and what may follow %p mean other things.  So a format is taken apart here, each
 * argument is fetched as the size that NT's code passes, and only numbers and pointers,
 * one at a time, are left to Linux.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <ntpool/ntdef.h>

#include "rtl/format.h"
#include "rtl/utf.h"

/* A number with a width or precision beyond this is printed with this one. */
#define WIDEST_NUMBER 128

/**
 * struct output - where the characters go
 * @to: bytes or, if @wide, 16-bit units
 * @room: for how many of these
 * @count: what would have been written had there been room
 * @wide: what it consists of
 */
struct output {
	void *to;
	size_t room;
	size_t count;
	bool wide;
};

enum size_prefix {
	SIZE_NONE,
	SIZE_CHAR,  /* hh */
	SIZE_SHORT, /* h */
	SIZE_LONG,  /* l, of 32 bits; a wide character or string */
	SIZE_64,    /* ll, I64, j, q */
	SIZE_PTR,   /* I, z, t */
};

/**
 * struct conversion - what stands behind a %
 * @flags: those of "-+ #0" that are there
 * @width: least, -1 if there is none
 * @precision: -1 if there is none
 * @size: what the argument is like
 * @letter: what to do with it
 */
struct conversion {
	char flags[6];
	int width;
	int precision;
	enum size_prefix size;
	char letter;
};

/* What is being printed; the format's units are bytes or wide, as the output's. */
struct job {
	struct output out;
	const void *format;
	va_list args;
};

static void put_unit(struct output *out, wchar_t unit)
{
	if (out->count < out->room) {
		if (out->wide)
			((wchar_t *)out->to)[out->count] = unit;
		else
			((char *)out->to)[out->count] = unit;
	}
	out->count++;
}

static void put_char(struct output *out, u32 c)
{
	wchar_t units[UTF16_MOST_UNITS];
	char bytes[UTF8_MOST_BYTES];
	unsigned int i, count;

	count = out->wide ? utf16_put(c, units) : utf8_put(c, bytes);
	for (i = 0; i < count; i++)
		put_unit(out, out->wide ? units[i] : (u8)bytes[i]);
}

static void pad(struct output *out, int count)
{
	while (count-- > 0)
		put_unit(out, ' ');
}

static wchar_t peek(const struct job *job)
{
	return job->out.wide ? *(const wchar_t *)job->format :
			       *(const u8 *)job->format;
}

static void advance(struct job *job)
{
	job->format += job->out.wide ? sizeof(wchar_t) : 1;
}

static bool accept(struct job *job, char c)
{
	if (peek(job) != c)
		return false;
	advance(job);
	return true;
}

static bool accept_two(struct job *job, char first, char second)
{
	const void *before = job->format;

	if (accept(job, first) && accept(job, second))
		return true;
	job->format = before;
	return false;
}

static void read_flags(struct job *job, struct conversion *conv)
{
	unsigned int count = 0;

	while (peek(job) && peek(job) < 0x80 && strchr("-+ #0", peek(job))) {
		if (!strchr(conv->flags, peek(job)))
			conv->flags[count++] = peek(job);
		advance(job);
	}
}

/* A number or a star; -1 if there is neither. */
static int read_number(struct job *job)
{
	int value = -1;

	if (accept(job, '*'))
		return va_arg(job->args, int);
	for (; peek(job) >= '0' && peek(job) <= '9'; advance(job))
		value = min(max(value, 0) * 10 + peek(job) - '0', 0xFFFF);
	return value;
}

static enum size_prefix read_size(struct job *job)
{
	if (accept_two(job, 'h', 'h'))
		return SIZE_CHAR;
	if (accept(job, 'h'))
		return SIZE_SHORT;
	if (accept_two(job, 'l', 'l') || accept(job, 'j') || accept(job, 'q'))
		return SIZE_64;
	if (accept(job, 'l') || accept(job, 'w'))
		return SIZE_LONG;
	if (accept(job, 'z') || accept(job, 't'))
		return SIZE_PTR;
	if (!accept(job, 'I'))
		return SIZE_NONE;
	if (accept_two(job, '6', '4'))
		return SIZE_64;
	return accept_two(job, '3', '2') ? SIZE_NONE : SIZE_PTR;
}

static void read_conversion(struct job *job, struct conversion *conv)
{
	read_flags(job, conv);
	conv->width = read_number(job);
	if (conv->width < -1) { /* a star's argument: to the left, then */
		if (!strchr(conv->flags, '-'))
			strcat(conv->flags, "-");
		conv->width = -conv->width;
	}
	conv->precision = accept(job, '.') ? max(read_number(job), 0) : -1;
	conv->size = read_size(job);
	conv->letter = peek(job) < 0x80 ? peek(job) : '?';
	if (peek(job))
		advance(job);
}

static u64 fetch_number(struct job *job, const struct conversion *conv)
{
	bool is_signed = conv->letter == 'd' || conv->letter == 'i';
	u32 value;

	if (conv->size == SIZE_64 || conv->size == SIZE_PTR)
		return va_arg(job->args, u64);
	value = va_arg(job->args, u32);
	switch (conv->size) {
	case SIZE_CHAR:
		return is_signed ? (s64)(s8)value : (u8)value;
	case SIZE_SHORT:
		return is_signed ? (s64)(s16)value : (u16)value;
	default:
		return is_signed ? (s64)(s32)value : value;
	}
}

static void put_text(struct output *out, const char *text)
{
	while (*text)
		put_unit(out, *text++);
}

static void put_number(struct job *job, const struct conversion *conv)
{
	char format[16], text[WIDEST_NUMBER + 8];
	int width = clamp(conv->width, 0, WIDEST_NUMBER);
	int precision = min(conv->precision, WIDEST_NUMBER);

	/* A precision below 0 counts as none. */
	snprintf(format, sizeof(format), "%%%s*.*ll%c", conv->flags,
		 conv->letter == 'i' ? 'd' : conv->letter);
	snprintf(text, sizeof(text), format, width, precision,
		 fetch_number(job, conv));
	put_text(&job->out, text);
}

/* Linux shows what is behind a pointer only where no_hash_pointers allows that. */
static void put_pointer(struct job *job)
{
	char text[32];

	snprintf(text, sizeof(text), "%p", va_arg(job->args, void *));
	put_text(&job->out, text);
}

/*
 * The characters of a string of either kind, up to its end or a zero, no more than
 * @most units of its own: written or, with @out NULL, counted in the output's units.
 */
static size_t walk_wide(struct output *out, const wchar_t *at, size_t most,
			bool counted, bool wide)
{
	struct output sink = { .wide = wide };
	size_t length = counted ? most : 0;

	while (!counted && length < most && at[length])
		length++;
	out = out ?: &sink;
	for (const wchar_t *end = at + length; at < end;)
		put_char(out, utf16_next(&at, end));
	return sink.count;
}

static size_t walk_narrow(struct output *out, const char *at, size_t most,
			  bool counted, bool wide)
{
	struct output sink = { .wide = wide };
	const char *end = at + (counted ? most : strnlen(at, most));

	out = out ?: &sink;
	while (at < end) {
		if (wide)
			put_char(out, utf8_next(&at, end));
		else
			put_unit(out, (u8)*at++); /* bytes stay what they are */
	}
	return sink.count;
}

static size_t walk_text(struct output *out, const void *at, size_t most,
			bool counted, bool wide, bool wide_text)
{
	return wide_text ? walk_wide(out, at, most, counted, wide) :
			   walk_narrow(out, at, most, counted, wide);
}

static void put_string(struct output *out, const struct conversion *conv,
		       const void *text, size_t most, bool counted,
		       bool wide_text)
{
	bool left = strchr(conv->flags, '-');
	int gap;

	if (!text) {
		text = "(null)";
		most = min_t(size_t, most, 6);
		counted = false;
		wide_text = false;
	}
	if (conv->precision >= 0)
		most = min_t(size_t, most, conv->precision);
	gap = conv->width - (int)walk_text(NULL, text, most, counted, out->wide,
					   wide_text);
	pad(out, left ? 0 : gap);
	walk_text(out, text, most, counted, out->wide, wide_text);
	pad(out, left ? gap : 0);
}

/* s and c are as wide as the format, S and C the opposite, unless a prefix tells. */
static bool argument_is_wide(const struct job *job,
			     const struct conversion *conv)
{
	if (conv->size == SIZE_SHORT)
		return false;
	if (conv->size == SIZE_LONG)
		return true;
	return isupper(conv->letter) ? !job->out.wide : job->out.wide;
}

static void put_counted(struct job *job, const struct conversion *conv)
{
	const void *argument = va_arg(job->args, const void *);
	const UNICODE_STRING *wide = argument;
	const STRING *narrow = argument;

	if (!argument)
		put_string(&job->out, conv, NULL, INT_MAX, false, false);
	else if (conv->size == SIZE_LONG)
		put_string(&job->out, conv, wide->Buffer,
			   wide->Length / sizeof(WCHAR), true, true);
	else
		put_string(&job->out, conv, narrow->Buffer, narrow->Length,
			   true, false);
}

static void put_character(struct job *job, const struct conversion *conv)
{
	int c = va_arg(job->args, int);
	wchar_t wide = c;
	char narrow = c;

	if (argument_is_wide(job, conv))
		put_string(&job->out, conv, &wide, 1, true, true);
	else
		put_string(&job->out, conv, &narrow, 1, true, false);
}

static void put_conversion(struct job *job, const struct conversion *conv)
{
	switch (conv->letter) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		put_number(job, conv);
		break;
	case 'p':
		put_pointer(job);
		break;
	case 's':
	case 'S':
		put_string(&job->out, conv, va_arg(job->args, const void *),
			   INT_MAX, false, argument_is_wide(job, conv));
		break;
	case 'Z':
		put_counted(job, conv);
		break;
	case 'c':
	case 'C':
		put_character(job, conv);
		break;
	case 'n': /* never written to, as with NT */
		va_arg(job->args, void *);
		break;
	case '\0':
		break;
	default: /* %% and what there is not: it shows that something is wrong */
		put_unit(&job->out, conv->letter);
	}
}

static size_t print(struct job *job)
{
	while (peek(job)) {
		struct conversion conv = {};

		if (!accept(job, '%')) {
			put_unit(&job->out, peek(job));
			advance(job);
			continue;
		}
		read_conversion(job, &conv);
		put_conversion(job, &conv);
	}
	return job->out.count;
}

/**
 * rtl_vformat_text() - NT's conversions, and no zero behind them
 * @to: gets UTF-8
 * @room: for how many bytes
 * @format: NT's
 * @args: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the bytes that there would be if @room sufficed.
 */
size_t rtl_vformat_text(char *to, size_t room, const char *format, va_list args)
{
	struct job job = { { to, room, 0, false }, format };
	size_t count;

	va_copy(job.args, args);
	count = print(&job);
	va_end(job.args);
	return count;
}

/**
 * rtl_vformat_wide_text() - the same for wide strings
 * @to: gets UTF-16
 * @room: for how many units
 * @format: NT's
 * @args: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the units that there would be if @room sufficed.
 */
size_t rtl_vformat_wide_text(wchar_t *to, size_t room, const wchar_t *format,
			     va_list args)
{
	struct job job = { { to, room, 0, true }, format };
	size_t count;

	va_copy(job.args, args);
	count = print(&job);
	va_end(job.args);
	return count;
}

/**
 * rtl_vformat() - vsnprintf() with NT's conversions
 * @to: gets UTF-8, with a terminating zero
 * @size: bytes of it
 * @format: NT's
 * @args: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the bytes that there would be if @size sufficed, without the zero.
 */
size_t rtl_vformat(char *to, size_t size, const char *format, va_list args)
{
	size_t room = size ? size - 1 : 0;
	size_t count = rtl_vformat_text(to, room, format, args);

	if (size)
		to[min(count, room)] = '\0';
	return count;
}

/**
 * rtl_vformat_wide() - the same for wide strings
 * @to: gets UTF-16, with a terminating zero
 * @size: units of it
 * @format: NT's
 * @args: as NT's code passes them
 *
 * Context: any at which the arguments may be touched.
 * Return: the units that there would be if @size sufficed, without the zero.
 */
size_t rtl_vformat_wide(wchar_t *to, size_t size, const wchar_t *format,
			va_list args)
{
	size_t room = size ? size - 1 : 0;
	size_t count = rtl_vformat_wide_text(to, room, format, args);

	if (size)
		to[min(count, room)] = 0;
	return count;
}
