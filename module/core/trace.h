/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: /sys/kernel/tracing/events/ntpool/. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ntpool

#if !defined(NTPOOL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NTPOOL_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(ntpool_bugcheck,
	TP_PROTO(u32 code, u64 p1, u64 p2, u64 p3, u64 p4),
	TP_ARGS(code, p1, p2, p3, p4),
	TP_STRUCT__entry(
		__field(u32, code)
		__field(u64, p1)
		__field(u64, p2)
		__field(u64, p3)
		__field(u64, p4)
	),
	TP_fast_assign(
		__entry->code = code;
		__entry->p1 = p1;
		__entry->p2 = p2;
		__entry->p3 = p3;
		__entry->p4 = p4;
	),
	TP_printk("code=0x%x p1=0x%llx p2=0x%llx p3=0x%llx p4=0x%llx",
		  __entry->code, __entry->p1, __entry->p2, __entry->p3,
		  __entry->p4)
);

TRACE_EVENT(ntpool_fault,
	TP_PROTO(unsigned long address, unsigned int kind, unsigned int mapped),
	TP_ARGS(address, kind, mapped),
	TP_STRUCT__entry(
		__field(unsigned long, address)
		__field(unsigned int, kind)
		__field(unsigned int, mapped)
	),
	TP_fast_assign(
		__entry->address = address;
		__entry->kind = kind;
		__entry->mapped = mapped;
	),
	TP_printk("address=0x%lx kind=%s mapped=%u", __entry->address,
		  __print_symbolic(__entry->kind, { 0, "none" },
				   { 1, "demand-zero" }, { 2, "transition" },
				   { 3, "hard" }),
		  __entry->mapped)
);

TRACE_EVENT(ntpool_trim,
	TP_PROTO(unsigned long address, unsigned int pages),
	TP_ARGS(address, pages),
	TP_STRUCT__entry(
		__field(unsigned long, address)
		__field(unsigned int, pages)
	),
	TP_fast_assign(
		__entry->address = address;
		__entry->pages = pages;
	),
	TP_printk("last=0x%lx pages=%u", __entry->address, __entry->pages)
);

#endif /* NTPOOL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH core
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
