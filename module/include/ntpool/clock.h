/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks and processors with NT's names (wdm.h).  Times are in units of 100 ns. */
#ifndef _NTPOOL_CLOCK_H
#define _NTPOOL_CLOCK_H

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#include <ntpool/ntdef.h>

#define NTPOOL_TIME_UNIT 100		      /* ns */
#define NTPOOL_TIME_1970 116444736000000000ll /* from 1601 to there */
#define NTPOOL_TICK	 156250		      /* units: NT's clock ticks 64 times a second */

FORCEINLINE VOID KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
	CurrentTime->QuadPart = ktime_get_real_ns() / NTPOOL_TIME_UNIT +
				NTPOOL_TIME_1970;
}

#define KeQuerySystemTime(CurrentTime) KeQuerySystemTimePrecise(CurrentTime)

FORCEINLINE ULONGLONG KeQueryInterruptTime(VOID)
{
	return ktime_get_ns() / NTPOOL_TIME_UNIT;
}

FORCEINLINE ULONGLONG KeQueryUnbiasedInterruptTime(VOID)
{
	return KeQueryInterruptTime();
}

/* NT's counter, too, has 10 MHz. */
FORCEINLINE LARGE_INTEGER
KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
	LARGE_INTEGER Counter = { .QuadPart = KeQueryInterruptTime() };

	if (PerformanceFrequency)
		PerformanceFrequency->QuadPart = NSEC_PER_SEC / NTPOOL_TIME_UNIT;
	return Counter;
}

FORCEINLINE ULONGLONG KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
	*QpcTimeStamp = KeQueryInterruptTime();
	return *QpcTimeStamp;
}

#define KeQueryTickCount(CurrentCount) \
	((void)((CurrentCount)->QuadPart = KeQueryInterruptTime() / NTPOOL_TICK))

FORCEINLINE ULONG KeQueryTimeIncrement(VOID)
{
	return NTPOOL_TICK;
}

/* Busy, and exact enough for microseconds: not for long times. */
FORCEINLINE VOID KeStallExecutionProcessor(ULONG MicroSeconds)
{
	for (; MicroSeconds > 1000; MicroSeconds -= 1000)
		udelay(1000);
	udelay(MicroSeconds);
}

typedef struct _PROCESSOR_NUMBER {
	USHORT Group;
	UCHAR Number;
	UCHAR Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

#define ALL_PROCESSOR_GROUPS 0xFFFF

/* Below DISPATCH it may be another by the time the answer is looked at. */
FORCEINLINE ULONG KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
	ULONG Cpu = raw_smp_processor_id();

	if (ProcNumber)
		*ProcNumber = (PROCESSOR_NUMBER){ .Group = Cpu / 64,
						  .Number = Cpu % 64 };
	return Cpu;
}

FORCEINLINE ULONG KeGetCurrentProcessorNumber(VOID)
{
	return raw_smp_processor_id();
}

#define KeGetCurrentProcessorIndex() KeGetCurrentProcessorNumber()
#define KeNumberProcessors	     ((CCHAR)num_online_cpus())

/* The bits of what a KAFFINITY has room for. */
FORCEINLINE ULONG KeQueryActiveProcessorCount(KAFFINITY *ActiveProcessors)
{
	if (ActiveProcessors)
		*ActiveProcessors = cpumask_bits(cpu_online_mask)[0];
	return num_online_cpus();
}

FORCEINLINE ULONG KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
	return num_online_cpus();
}

FORCEINLINE ULONG KeQueryMaximumProcessorCount(VOID)
{
	return nr_cpu_ids;
}

FORCEINLINE ULONG KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
	return nr_cpu_ids;
}

#endif /* _NTPOOL_CLOCK_H */
