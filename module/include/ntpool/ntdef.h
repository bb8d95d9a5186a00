/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NT's basic types and the annotations of its headers (ntdef.h and sal.h of the
 * Windows driver kit).  On 64-bit NT long has 32 bits: LONG is int here.
 */
#ifndef _NTPOOL_NTDEF_H
#define _NTPOOL_NTDEF_H

#include <linux/container_of.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define VOID  void
#define CONST const
#define NTAPI
#define FORCEINLINE	      static __always_inline
#define DECLSPEC_NORETURN     __noreturn
#define DECLSPEC_ALIGN(bytes) __aligned(bytes)

typedef void *PVOID, *HANDLE, *PHANDLE;
typedef const void *PCVOID;
typedef char CHAR, *PCHAR, *PCH, *PSTR;
typedef const char *PCSTR, *PCSZ;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE;
typedef u16 WCHAR, *PWCHAR, *PWSTR, WORD, USHORT, *PUSHORT;
typedef s16 SHORT, *PSHORT;
typedef s32 LONG, *PLONG, INT, *PINT, INT32, *PINT32;
typedef u32 ULONG, *PULONG, UINT, *PUINT, UINT32, *PUINT32, DWORD, *PDWORD;
typedef s64 LONGLONG, *PLONGLONG, LONG64, *PLONG64, INT64, *PINT64;
typedef u64 ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, UINT64, *PUINT64;
typedef u64 DWORD64, DWORDLONG;
typedef long LONG_PTR, *PLONG_PTR, INT_PTR, *PINT_PTR, SSIZE_T, *PSSIZE_T;
typedef unsigned long ULONG_PTR, *PULONG_PTR, UINT_PTR, *PUINT_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef LONG NTSTATUS, *PNTSTATUS;

typedef union _LARGE_INTEGER {
	struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	struct {
		ULONG LowPart;
		ULONG HighPart;
	};
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

/* Lengths are in bytes; the terminating zero, if there is one, is not counted. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

/* Linux has true and false as names of an enum, NT these as macros. */
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#define MAXULONG     0xFFFFFFFFu
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXSIZE_T    (~(SIZE_T)0)

#define CONTAINING_RECORD(address, type, field) \
	container_of((void *)(address), type, field)
#define FIELD_OFFSET(type, field)	 ((LONG)offsetof(type, field))
#define RTL_FIELD_SIZE(type, field)	 sizeof(((type *)0)->field)
#define RTL_NUMBER_OF(array)		 (sizeof(array) / sizeof((array)[0]))
#define UNREFERENCED_PARAMETER(name)	 ((void)(name))
#define DBG_UNREFERENCED_PARAMETER(name) ((void)(name))

/* Parameters are annotated for Microsoft's checker only. */
#define IN
#define OUT
#define OPTIONAL
#define _In_
#define _In_opt_
#define _In_z_
#define _In_range_(low, high)
#define _In_reads_(count)
#define _In_reads_bytes_(count)
#define _In_reads_bytes_opt_(count)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(count)
#define _Inout_updates_bytes_(count)
#define _Out_
#define _Out_opt_
#define _Out_writes_(count)
#define _Out_writes_bytes_(count)
#define _Out_writes_bytes_all_(count)
#define _Out_writes_bytes_to_(size, count)
#define _Outptr_
#define _Outptr_result_maybenull_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Pre_notnull_
#define _Post_invalid_
#define _Post_maybenull_
#define _Must_inspect_result_
#define _Check_return_
#define _Success_(condition)
#define _When_(condition, annotations)
#define _Function_class_(name)
#define _Use_decl_annotations_
#define _IRQL_requires_(level)
#define _IRQL_requires_max_(level)
#define _IRQL_requires_min_(level)
#define _IRQL_requires_same_
#define _IRQL_raises_(level)
#define _IRQL_saves_
#define _IRQL_restores_
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __drv_aliasesMem
#define __drv_maxIRQL(level)
#define __drv_requiresIRQL(level)

#endif /* _NTPOOL_NTDEF_H */
