/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's debugger with NT's names (wdm.h): kgdb, if it is connected. */
#ifndef _NTPOOL_DEBUGGER_H
#define _NTPOOL_DEBUGGER_H

#include <ntpool/ntdef.h>
#include <ntpool/rtl.h>

VOID DbgBreakPoint(VOID);
BOOLEAN KdRefreshDebuggerNotPresent(VOID);

#define DbgBreakPointWithStatus(Status) ((void)(Status), DbgBreakPoint())

#if DBG
#define KdBreakPoint()		       DbgBreakPoint()
#define KdBreakPointWithStatus(Status) DbgBreakPointWithStatus(Status)
#else
#define KdBreakPoint()		       ((void)0)
#define KdBreakPointWithStatus(Status) ((void)0)
#endif

#define KD_DEBUGGER_ENABLED	(!KdRefreshDebuggerNotPresent())
#define KD_DEBUGGER_NOT_PRESENT KdRefreshDebuggerNotPresent()

/* On NT these are variables that lead to others. */
#define KdDebuggerEnabled    (&(BOOLEAN){ KD_DEBUGGER_ENABLED })
#define KdDebuggerNotPresent (&(BOOLEAN){ KD_DEBUGGER_NOT_PRESENT })

#endif /* _NTPOOL_DEBUGGER_H */
