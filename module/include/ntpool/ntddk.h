/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NT's driver interface on Linux: names and types for kernel code in NT's manner.
 * What each call does is told where linux/ntpool.h's call of the kind is defined.
 *
 * A module that includes this is built with -I<ntpool>/module/include and, if it
 * writes its tags as NT does ('gaTx'), with -Wno-multichar.  It includes Linux's
 * headers first: NT's words `try`, `leave` and the like are macros from here on.
 * min() and max() stay Linux's, which want both sides of one type.
 */
#ifndef _NTPOOL_NTDDK_H
#define _NTPOOL_NTDDK_H

#include <linux/module.h>

#include <ntpool/ntdef.h>
#include <ntpool/ntstatus.h>
#include <ntpool/ke.h>
#include <ntpool/interlocked.h>
#include <ntpool/large.h>
#include <ntpool/list.h>
#include <ntpool/pool.h>
#include <ntpool/lookaside.h>
#include <ntpool/rtl.h>
#include <ntpool/string.h>
#include <ntpool/time.h>
#include <ntpool/wcs.h>
#include <ntpool/stdio.h>
#include <ntpool/guid.h>
#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>
#include <ntpool/timer.h>
#include <ntpool/fastmutex.h>
#include <ntpool/process.h>
#include <ntpool/thread.h>
#include <ntpool/removelock.h>
#include <ntpool/resource.h>
#include <ntpool/exspin.h>
#include <ntpool/probe.h>
#include <ntpool/clock.h>
#include <ntpool/interrupt.h>
#include <ntpool/work.h>
#include <ntpool/devqueue.h>
#include <ntpool/irp.h>
#include <ntpool/device.h>
#include <ntpool/numbers.h>
#include <ntpool/debugger.h>
#include <ntpool/csq.h>
#include <ntpool/mdl.h>
#include <ntpool/memory.h>
#include <ntpool/excpt.h>

#endif /* _NTPOOL_NTDDK_H */
