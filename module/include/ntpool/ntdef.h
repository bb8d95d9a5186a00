/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NT's basic types and words (ntdef.h of the Windows driver kit).  On 64-bit NT long
 * has 32 bits: LONG is int here.
 */
#ifndef _NTPOOL_NTDEF_H
#define _NTPOOL_NTDEF_H

#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/nls.h> /* wchar_t */
#include <linux/stddef.h>
#include <linux/types.h>

#include <ntpool/sal.h>

#define VOID  void
#define CONST const

/* There is one calling convention. */
#define NTAPI
#define FASTCALL
#define APIENTRY
#define WINAPI
#define CALLBACK
#define __stdcall
#define __fastcall
#define __cdecl
#define _cdecl
#define NTSYSAPI
#define NTKERNELAPI
#define NTHALAPI
#define NTSYSCALLAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT

#define FORCEINLINE static __always_inline
#define __forceinline __always_inline
#define DECLSPEC_NORETURN  __noreturn
#define DECLSPEC_NOINLINE  noinline
#define DECLSPEC_SELECTANY __weak
#ifdef __GENKSYMS__ /* whose grammar has no attribute before a struct's name */
#define DECLSPEC_ALIGN(bytes)
#else
#define DECLSPEC_ALIGN(bytes) __aligned(bytes)
#endif
#define DECLSPEC_CACHEALIGN	    ____cacheline_aligned
#define POINTER_ALIGNMENT	    __aligned(8)
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define UNALIGNED
#define __unaligned
#define RESTRICTED_POINTER
#define __pragma(pragma)

/* __declspec(noreturn), __declspec(align(16)): a word that is not below is an error. */
#define __declspec(word) NTPOOL_DECLSPEC_##word
#define NTPOOL_DECLSPEC_noreturn     __noreturn
#define NTPOOL_DECLSPEC_noinline     noinline
#define NTPOOL_DECLSPEC_selectany    __weak
#define NTPOOL_DECLSPEC_align(bytes) __aligned(bytes)
#define NTPOOL_DECLSPEC_deprecated
#define NTPOOL_DECLSPEC_dllimport
#define NTPOOL_DECLSPEC_dllexport
#define NTPOOL_DECLSPEC_restrict
#define NTPOOL_DECLSPEC_allocator
#define NTPOOL_DECLSPEC_code_seg(section)
#define NTPOOL_DECLSPEC_allocate(section)

#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long

typedef void *PVOID, **PPVOID, *HANDLE, **PHANDLE;
typedef const void *PCVOID;
typedef char CHAR, *PCHAR, *PCH, *PSTR;
typedef const char *PCSTR, *PCSZ, *PCCH;
typedef s8 SCHAR, *PSCHAR, INT8, *PINT8;
typedef u8 UINT8, *PUINT8;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE;
typedef u16 USHORT, *PUSHORT, WORD, *PWORD, UINT16, *PUINT16;
typedef wchar_t WCHAR, *PWCHAR, *PWCH, *PWSTR, *LPWSTR;
typedef const wchar_t *PCWSTR, *PCWCH, *LPCWSTR;
typedef s16 SHORT, *PSHORT, INT16, *PINT16, CSHORT;
typedef s32 LONG, *PLONG, INT, *PINT, INT32, *PINT32;
typedef u32 ULONG, *PULONG, UINT, *PUINT, UINT32, *PUINT32, DWORD, *PDWORD;
typedef s64 LONGLONG, *PLONGLONG, LONG64, *PLONG64, INT64, *PINT64;
typedef u64 ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, UINT64, *PUINT64;
typedef u64 DWORD64, *PDWORD64, DWORDLONG;
typedef s32 LONG32, *PLONG32;
typedef u32 ULONG32, *PULONG32, DWORD32, *PDWORD32, LOGICAL, *PLOGICAL;
typedef long LONG_PTR, *PLONG_PTR, INT_PTR, *PINT_PTR, SSIZE_T, *PSSIZE_T;
typedef unsigned long ULONG_PTR, *PULONG_PTR, UINT_PTR, *PUINT_PTR;
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR, KAFFINITY, *PKAFFINITY;
typedef size_t SIZE_T, *PSIZE_T;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef LONG NTSTATUS, *PNTSTATUS;
typedef CHAR CCHAR, *PCCHAR;
typedef ULONG ACCESS_MASK, *PACCESS_MASK, DEVICE_TYPE;
typedef LONG KPRIORITY;

typedef CCHAR KPROCESSOR_MODE;

enum _MODE { KernelMode,
	     UserMode,
	     MaximumMode };
typedef enum _MODE MODE;

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

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef struct _LUID {
	ULONG LowPart;
	LONG HighPart;
} LUID, *PLUID;

/* Lengths are in bytes; the buffer need not end in a zero. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
	USHORT Length;
	USHORT MaximumLength;
	PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING, UTF8_STRING, *PUTF8_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING, *PCOEM_STRING, *PCUTF8_STRING;

/* Linux has a type of the same name and size, which is bytes. */
typedef struct _GUID {
	ULONG Data1;
	USHORT Data2;
	USHORT Data3;
	UCHAR Data4[8];
} GUID, *PGUID, *LPGUID;
typedef const GUID *LPCGUID;

/* How many a structure's last member has, that has as many as there is room for. */
#define ANYSIZE_ARRAY 1

#define ANSI_NULL    ((CHAR)0)
#define UNICODE_NULL ((WCHAR)0)

/* Objects that several headers mention and one defines: each word has one typedef. */
typedef struct _IRP IRP, *PIRP;
typedef struct _MDL MDL, *PMDL;
typedef struct _KTHREAD *PKTHREAD;
typedef struct _ETHREAD *PETHREAD;
typedef struct _EPROCESS *PEPROCESS;
typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
typedef struct _FILE_OBJECT FILE_OBJECT, *PFILE_OBJECT;

/* Linux has true and false as names of an enum, NT these as macros. */
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#define MAXCHAR	     0x7F
#define MAXUCHAR     0xFF
#define MINSHORT     0x8000
#define MAXSHORT     0x7FFF
#define MAXUSHORT    0xFFFF
#define MINLONG	     0x80000000
#define MAXLONG	     0x7FFFFFFF
#define MAXULONG     0xFFFFFFFFu
#define MAXDWORD     0xFFFFFFFFu
#define MINLONGLONG  ((LONGLONG)0x8000000000000000)
#define MAXLONGLONG  0x7FFFFFFFFFFFFFFFll
#define MAXULONGLONG 0xFFFFFFFFFFFFFFFFull
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXSIZE_T    (~(SIZE_T)0)

#define PtrToUlong(pointer)    ((ULONG)(ULONG_PTR)(pointer))
#define PtrToLong(pointer)     ((LONG)(LONG_PTR)(pointer))
#define PtrToUint(pointer)     ((UINT)(UINT_PTR)(pointer))
#define UlongToPtr(value)      ((PVOID)(ULONG_PTR)(ULONG)(value))
#define LongToPtr(value)       ((PVOID)(LONG_PTR)(LONG)(value))
#define UlongToHandle(value)   ((HANDLE)(ULONG_PTR)(ULONG)(value))
#define HandleToUlong(handle)  ((ULONG)(ULONG_PTR)(handle))
#define HandleToLong(handle)   ((LONG)(LONG_PTR)(handle))
#define ULongToPtr(value)      UlongToPtr(value)
#define ULongToHandle(value)   UlongToHandle(value)
#define HandleToULong(handle)  HandleToUlong(handle)
#define PtrToULong(pointer)    PtrToUlong(pointer)
#define Add2Ptr(pointer, size) ((PVOID)((PUCHAR)(pointer) + (size)))

#define ARGUMENT_PRESENT(argument) ((PVOID)(argument) != NULL)
#define C_ASSERT(condition)	   _Static_assert(condition, #condition)
#define FlagOn(flags, mask)	   ((flags) & (mask))
#define BooleanFlagOn(flags, mask) ((BOOLEAN)(((flags) & (mask)) != 0))
#define SetFlag(flags, mask)	   ((flags) |= (mask))
#define ClearFlag(flags, mask)	   ((flags) &= ~(mask))
#define ALIGN_DOWN_BY(value, size) ((ULONG_PTR)(value) & ~((ULONG_PTR)(size)-1))
#define ALIGN_UP_BY(value, size)   ALIGN_DOWN_BY((ULONG_PTR)(value) + (size)-1, size)

/* The release whose interface is there: the first Windows 10 with ExAllocatePool2. */
#define _WIN32_WINNT_WIN7    0x0601
#define _WIN32_WINNT_WIN8    0x0602
#define _WIN32_WINNT_WINBLUE 0x0603
#define _WIN32_WINNT_WIN10   0x0A00
#define NTDDI_WIN2K	     0x05000000
#define NTDDI_WINXP	     0x05010000
#define NTDDI_WS03	     0x05020000
#define NTDDI_VISTA	     0x06000000
#define NTDDI_WIN7	     0x06010000
#define NTDDI_WIN8	     0x06020000
#define NTDDI_WINBLUE	     0x06030000
#define NTDDI_WIN10	     0x0A000000
#define NTDDI_WIN10_RS1	     0x0A000002
#define NTDDI_WIN10_VB	     0x0A000008
#ifndef NTDDI_VERSION
#define NTDDI_VERSION NTDDI_WIN10_VB
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT _WIN32_WINNT_WIN10
#endif

#define CONTAINING_RECORD(address, type, field) \
	container_of((void *)(address), type, field)
#define UFIELD_OFFSET(type, field)	      ((ULONG)offsetof(type, field))
#define TYPE_ALIGNMENT(type)		      __alignof__(type)
#define ARRAYSIZE(array)		      RTL_NUMBER_OF(array)
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define FIELD_OFFSET(type, field)	      ((LONG)offsetof(type, field))
#define RTL_FIELD_SIZE(type, field)	      sizeof(((type *)0)->field)
#define RTL_NUMBER_OF(array)		      (sizeof(array) / sizeof((array)[0]))
#define UNREFERENCED_PARAMETER(name)	      ((void)(name))
#define DBG_UNREFERENCED_PARAMETER(name)      ((void)(name))

/* What says nothing to a compiler; see sal.h, too. */
#define IN
#define OUT
#define OPTIONAL

#endif /* _NTPOOL_NTDEF_H */
