// SPDX-License-Identifier: GPL-2.0-only
/*
 * NT's time: units of 100 ns, since the year 1601 where it is absolute and negative
 * where it is relative.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

#include "ke/internal.h"

#define UNIT_NS	      100
#define SINCE_1601    116444736000000000ll /* from there to 1970 */
#define MOST_RELATIVE (KTIME_MAX / UNIT_NS / 2)

/**
 * time_due() - when something is due
 * @due: negative: from now on; else absolute
 * @clock: set to the clock that the answer is of: CLOCK_REALTIME if it is absolute,
 *	   so that it follows when the clock is set; else CLOCK_MONOTONIC
 *
 * Context: any.
 * Return: the time; of one that the clock will never reach, the last there is.
 */
ktime_t time_due(LONGLONG due, clockid_t *clock)
{
	if (due < 0) {
		*clock = CLOCK_MONOTONIC;
		if (due < -MOST_RELATIVE)
			return KTIME_MAX;
		return ktime_add_safe(ktime_get(), -due * UNIT_NS);
	}
	*clock = CLOCK_REALTIME;
	due = max(due - SINCE_1601, 0ll);
	return due > KTIME_MAX / UNIT_NS ? KTIME_MAX : due * UNIT_NS;
}
