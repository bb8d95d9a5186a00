// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breakpoints ("DbgBreakPoint", Windows driver documentation).  The debugger is kgdb;
 * without it a breakpoint is an exception, which stops NT unless somebody handles it.
 */
#include <linux/export.h>
#include <linux/kgdb.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/debugger.h>
#include <ntpool/excpt.h>

static bool is_connected(void)
{
#ifdef CONFIG_KGDB
	return kgdb_connected;
#else
	return false;
#endif
}

static void enter_debugger(void)
{
#ifdef CONFIG_KGDB
	kgdb_breakpoint();
#endif
}

/**
 * DbgBreakPoint() - let whoever debugs have a look
 *
 * Without a debugger it is the exception STATUS_BREAKPOINT, which can be continued; what
 * no handler takes is bug check 0x1E, and the thread ends.
 *
 * Context: any.
 */
VOID DbgBreakPoint(void)
{
	EXCEPTION_RECORD record = {
		.ExceptionCode = STATUS_BREAKPOINT,
		.ExceptionAddress = __builtin_return_address(0),
	};

	if (is_connected())
		enter_debugger();
	else
		RtlRaiseException(&record);
}
EXPORT_SYMBOL_GPL(DbgBreakPoint);

/**
 * KdRefreshDebuggerNotPresent() - is nobody debugging the kernel
 *
 * Context: any.
 */
BOOLEAN KdRefreshDebuggerNotPresent(void)
{
	return !is_connected();
}
EXPORT_SYMBOL_GPL(KdRefreshDebuggerNotPresent);
