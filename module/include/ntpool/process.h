/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes and threads with NT's names (wdm.h, ntifs.h).  PETHREAD and PKTHREAD of a
 * thread that PsCreateSystemThread() has made are its objects, which can be waited for;
 * those of others are names for them, and nothing more.
 */
#ifndef _NTPOOL_PROCESS_H
#define _NTPOOL_PROCESS_H

#include <linux/sched.h>

#include <ntpool/dispatcher.h>
#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>

typedef struct _ETHREAD *PETHREAD;
typedef struct _EPROCESS *PEPROCESS, *PKPROCESS, *PRKPROCESS;
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _OBJECT_HANDLE_INFORMATION *POBJECT_HANDLE_INFORMATION;

typedef struct _CLIENT_ID {
	HANDLE UniqueProcess;
	HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

struct _OBJECT_ATTRIBUTES;

typedef VOID KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

/* What KeStackAttachProcess() must undo. */
typedef struct _KAPC_STATE {
	struct ntpool_attachment *attachment;
} KAPC_STATE, *PKAPC_STATE, *PRKAPC_STATE;

#define THREAD_ALL_ACCESS 0x1FFFFF

extern PEPROCESS PsInitialSystemProcess;
extern POBJECT_TYPE *PsThreadType;
extern POBJECT_TYPE *PsProcessType;

/* process.c */
PEPROCESS PsGetCurrentProcess(VOID);
PEPROCESS IoThreadToProcess(PETHREAD Thread);
HANDLE PsGetProcessId(PEPROCESS Process);
NTSTATUS PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);

#define IoGetCurrentProcess() PsGetCurrentProcess()

FORCEINLINE HANDLE PsGetCurrentProcessId(VOID)
{
	return (HANDLE)(ULONG_PTR)current->tgid;
}

FORCEINLINE HANDLE PsGetCurrentThreadId(VOID)
{
	return (HANDLE)(ULONG_PTR)current->pid;
}

/* attach.c */
VOID KeStackAttachProcess(PRKPROCESS Process, PRKAPC_STATE ApcState);
VOID KeUnstackDetachProcess(PRKAPC_STATE ApcState);

/* thread.c */
NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
			      struct _OBJECT_ATTRIBUTES *ObjectAttributes,
			      HANDLE ProcessHandle, PCLIENT_ID ClientId,
			      PKSTART_ROUTINE StartRoutine, PVOID StartContext);
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus);
PETHREAD PsGetCurrentThread(VOID);

#define KeGetCurrentThread() ((PKTHREAD)PsGetCurrentThread())

/* object.c */
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
				   POBJECT_TYPE ObjectType,
				   KPROCESSOR_MODE AccessMode, PVOID *Object,
				   POBJECT_HANDLE_INFORMATION HandleInformation);
LONG_PTR ObfReferenceObject(PVOID Object);
LONG_PTR ObfDereferenceObject(PVOID Object);
NTSTATUS ZwClose(HANDLE Handle);

#define ObReferenceObject(Object)   ObfReferenceObject(Object)
#define ObDereferenceObject(Object) ObfDereferenceObject(Object)

/*
 * There are no normal kernel APCs, which a critical region keeps off.  Special ones, which
 * a guarded one does, are the ends of the thread's own requests, and call no driver.
 */
#define KeEnterCriticalRegion() ((void)0)
#define KeLeaveCriticalRegion() ((void)0)
#define KeEnterGuardedRegion()	((void)0)
#define KeLeaveGuardedRegion()	((void)0)

#endif /* _NTPOOL_PROCESS_H */
