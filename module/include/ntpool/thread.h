/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of threads, with NT's names (wdm.h): their numbers and priorities. */
#ifndef _NTPOOL_THREAD_H
#define _NTPOOL_THREAD_H

#include <ntpool/process.h>

#define LOW_PRIORITY	      0
#define LOW_REALTIME_PRIORITY 16
#define HIGH_PRIORITY	      31
#define MAXIMUM_PRIORITY      32

/* priority.c */
KPRIORITY KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority);
KPRIORITY KeQueryPriorityThread(PKTHREAD Thread);

/* thread.c */
HANDLE PsGetThreadId(PETHREAD Thread);
HANDLE PsGetThreadProcessId(PETHREAD Thread);
BOOLEAN PsIsSystemThread(PETHREAD Thread);

/* A program's thread is in the kernel because it has called; others are the kernel's. */
FORCEINLINE KPROCESSOR_MODE ExGetPreviousMode(VOID)
{
	return current->flags & PF_KTHREAD ? KernelMode : UserMode;
}

#endif /* _NTPOOL_THREAD_H */
