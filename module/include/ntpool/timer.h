/* SPDX-License-Identifier: GPL-2.0-only */
/* Timers with NT's names (wdm.h). */
#ifndef _NTPOOL_TIMER_H
#define _NTPOOL_TIMER_H

#include <linux/ktime.h>
#include <linux/rbtree.h>

#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>

struct timer_base;

/* All but Header is under the lock of the base, and means nothing without one. */
typedef struct _KTIMER {
	DISPATCHER_HEADER Header;
	struct rb_node node;
	struct timer_base *base; /* NULL: it is not set */
	ktime_t due;
	PKDPC Dpc;
	LONG Period; /* milliseconds */
} KTIMER, *PKTIMER, *PRKTIMER;

typedef enum _TIMER_TYPE { NotificationTimer,
			   SynchronizationTimer } TIMER_TYPE;

VOID KeInitializeTimer(PKTIMER Timer);
VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type);
BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc);
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period,
		     PKDPC Dpc);
BOOLEAN KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime,
			      ULONG Period, ULONG TolerableDelay, PKDPC Dpc);
BOOLEAN KeCancelTimer(PKTIMER Timer);
BOOLEAN KeReadStateTimer(PKTIMER Timer);

#endif /* _NTPOOL_TIMER_H */
