/* SPDX-License-Identifier: GPL-2.0-only */
/* Deferred procedure calls with NT's names (wdm.h). */
#ifndef _NTPOOL_DPC_H
#define _NTPOOL_DPC_H

#include <linux/types.h>

#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

typedef struct _KDPC KDPC, *PKDPC, *PRKDPC;

typedef VOID KDEFERRED_ROUTINE(PKDPC Dpc, PVOID DeferredContext,
			       PVOID SystemArgument1, PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

typedef enum _KDPC_IMPORTANCE {
	LowImportance,
	MediumImportance,
	HighImportance,
	MediumHighImportance
} KDPC_IMPORTANCE;

/* DpcData is the queue it waits in, NULL if it is in none. */
struct _KDPC {
	struct list_head node; /* under the queue's lock */
	PKDEFERRED_ROUTINE DeferredRoutine;
	PVOID DeferredContext;
	PVOID SystemArgument1;
	PVOID SystemArgument2;
	PVOID DpcData;
	LONG Number; /* of the CPU it is to run on; -1: where it is queued */
	UCHAR Importance;
};

VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
		     PVOID DeferredContext);
BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1,
			 PVOID SystemArgument2);
BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc);
VOID KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number);
VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance);
VOID KeFlushQueuedDpcs(VOID);
BOOLEAN KeIsExecutingDpc(VOID);

#endif /* _NTPOOL_DPC_H */
