// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dates ("RtlTimeToTimeFields", Windows driver documentation).  Times count units of
 * 100 ns from the beginning of 1601.
 */
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/time.h>

#include <ntpool/clock.h>
#include <ntpool/time.h>

#define UNITS_PER_MS	 10000ll
#define UNITS_PER_SECOND (1000 * UNITS_PER_MS)
#define UNITS_PER_DAY	 (86400 * UNITS_PER_SECOND)
#define FIRST_YEAR	 1601
#define LAST_YEAR	 30827
#define MONDAY		 1 /* what the first day of 1601 was */

/* Days before a month in a year without a leap day. */
static const USHORT days_before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };

static bool is_leap(ULONG year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static ULONG days_before_month(ULONG year, ULONG month)
{
	return days_before[month - 1] + (month > 2 && is_leap(year));
}

/* From the first day of 1601. */
static ULONG days_before_year(ULONG year)
{
	ULONG years = year - FIRST_YEAR;

	return years * 365 + years / 4 - years / 100 + years / 400;
}

static ULONG year_of(ULONG day)
{
	ULONG year = FIRST_YEAR + day / 366;

	while (days_before_year(year + 1) <= day)
		year++;
	return year;
}

static ULONG month_of(ULONG year, ULONG day_of_year)
{
	ULONG month = 1;

	while (month < 12 && days_before_month(year, month + 1) <= day_of_year)
		month++;
	return month;
}

/**
 * RtlTimeToTimeFields() - the date of a time
 * @Time: the time, not negative
 * @TimeFields: set to it
 *
 * Context: any.
 */
VOID RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
	u64 rest;
	ULONG day = div64_u64_rem(Time->QuadPart, UNITS_PER_DAY, &rest), ms;
	ULONG year = year_of(day), day_of_year = day - days_before_year(year);

	ms = div_u64(rest, UNITS_PER_MS);
	TimeFields->Year = year;
	TimeFields->Month = month_of(year, day_of_year);
	TimeFields->Day =
		day_of_year - days_before_month(year, TimeFields->Month) + 1;
	TimeFields->Hour = ms / 3600000;
	TimeFields->Minute = ms / 60000 % 60;
	TimeFields->Second = ms / 1000 % 60;
	TimeFields->Milliseconds = ms % 1000;
	TimeFields->Weekday = (day + MONDAY) % 7;
}
EXPORT_SYMBOL_GPL(RtlTimeToTimeFields);

static bool is_between(CSHORT value, int least, int most)
{
	return value >= least && value <= most;
}

static int days_of_month(ULONG year, ULONG month)
{
	return days_before[month] - days_before[month - 1] + (month == 2 && is_leap(year));
}

static bool is_date(const TIME_FIELDS *fields)
{
	return is_between(fields->Year, FIRST_YEAR, LAST_YEAR) &&
	       is_between(fields->Month, 1, 12) &&
	       is_between(fields->Day, 1, days_of_month(fields->Year, fields->Month)) &&
	       is_between(fields->Hour, 0, 23) && is_between(fields->Minute, 0, 59) &&
	       is_between(fields->Second, 0, 59) && is_between(fields->Milliseconds, 0, 999);
}

/**
 * RtlTimeFieldsToTime() - the time of a date
 * @TimeFields: the date; Weekday is not looked at
 * @Time: set to it
 *
 * Context: any.
 * Return: FALSE if there is no such date.
 */
BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
	s64 seconds;

	if (!is_date(TimeFields))
		return FALSE;
	seconds = days_before_year(TimeFields->Year) +
		  days_before_month(TimeFields->Year, TimeFields->Month) +
		  TimeFields->Day - 1;
	seconds = seconds * 86400 + TimeFields->Hour * 3600 + TimeFields->Minute * 60 +
		  TimeFields->Second;
	Time->QuadPart = seconds * UNITS_PER_SECOND +
			 TimeFields->Milliseconds * UNITS_PER_MS;
	return TRUE;
}
EXPORT_SYMBOL_GPL(RtlTimeFieldsToTime);

/**
 * RtlTimeToSecondsSince1970() - Unix' time
 * @Time: the time
 * @ElapsedSeconds: set to it
 *
 * Context: any.
 * Return: FALSE if it is before 1970, or does not fit.
 */
BOOLEAN RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
	s64 seconds;

	if (Time->QuadPart < NTPOOL_TIME_1970)
		return FALSE;
	seconds = div_s64(Time->QuadPart - NTPOOL_TIME_1970, UNITS_PER_SECOND);
	if (seconds > MAXULONG)
		return FALSE;
	*ElapsedSeconds = seconds;
	return TRUE;
}
EXPORT_SYMBOL_GPL(RtlTimeToSecondsSince1970);

/**
 * RtlSecondsSince1970ToTime() - from Unix' time
 * @ElapsedSeconds: that
 * @Time: set to the time
 *
 * Context: any.
 */
VOID RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
	Time->QuadPart = NTPOOL_TIME_1970 + ElapsedSeconds * UNITS_PER_SECOND;
}
EXPORT_SYMBOL_GPL(RtlSecondsSince1970ToTime);

/* West of Greenwich, as the kernel has been told. */
static s64 bias(void)
{
	return sys_tz.tz_minuteswest * 60 * UNITS_PER_SECOND;
}

/**
 * ExSystemTimeToLocalTime() - the time of the time zone
 * @SystemTime: UTC
 * @LocalTime: set to it; of the zone that settimeofday() has set
 *
 * Context: any.
 */
VOID ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
	LocalTime->QuadPart = SystemTime->QuadPart - bias();
}
EXPORT_SYMBOL_GPL(ExSystemTimeToLocalTime);

/**
 * ExLocalTimeToSystemTime() - and back
 * @LocalTime: of the zone
 * @SystemTime: set to it
 *
 * Context: any.
 */
VOID ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
	SystemTime->QuadPart = LocalTime->QuadPart + bias();
}
EXPORT_SYMBOL_GPL(ExLocalTimeToSystemTime);
