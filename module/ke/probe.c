// SPDX-License-Identifier: GPL-2.0-only
/*
 * User memory: the probes ("ProbeForRead", "ProbeForWrite", Windows driver
 * documentation) and the accessors ("User-mode accessors").
 *
 * What NT reports by an exception is one here: STATUS_ACCESS_VIOLATION [0 read or 1
 * write, address], STATUS_DATATYPE_MISALIGNMENT.  At DISPATCH a page that is out cannot
 * be waited for: bug check 0xD1, and the same exception.  In an interrupt or a DPC the
 * running process is anybody's, and its memory is never touched: 0xD1 as well.
 */
#include <linux/export.h>
#include <linux/uaccess.h>

#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/probe.h>

#include "core/user_copy.h"
#include "ke/internal.h"

#define ACCESS_READ  0
#define ACCESS_WRITE 1

/* Linux lets programs use the last 64 KB, NT does not: the limits are Linux's. */
#ifdef TASK_SIZE_MAX
#define USER_END TASK_SIZE_MAX
#else
#define USER_END TASK_SIZE
#endif
#ifdef __VIRTUAL_MASK_SHIFT
#define SYSTEM_START (-1ul << __VIRTUAL_MASK_SHIFT)
#else
#define SYSTEM_START PAGE_OFFSET
#endif

/* Where user space ends depends on the machine: with five levels it is further. */
ULONG_PTR MmUserProbeAddress;
EXPORT_SYMBOL_GPL(MmUserProbeAddress);

PVOID MmHighestUserAddress;
EXPORT_SYMBOL_GPL(MmHighestUserAddress);

PVOID MmSystemRangeStart;
EXPORT_SYMBOL_GPL(MmSystemRangeStart);

static void __noreturn violation(unsigned long access, unsigned long address)
{
	const unsigned long info[] = { access, address };

	ntpool_raise(STATUS_ACCESS_VIOLATION, ARRAY_SIZE(info), info);
	BUG(); /* never reached, which the compiler is to know */
}

static bool in_user_space(unsigned long address, size_t length)
{
	unsigned long end;

	return !check_add_overflow(address, length, &end) && end <= USER_END;
}

static void check_range(unsigned long address, size_t length, ULONG alignment,
			unsigned long access)
{
	if (address & (alignment - 1))
		ExRaiseDatatypeMisalignment();
	if (!in_user_space(address, length))
		violation(access, address);
}

/**
 * ProbeForRead() - does a buffer lie in user space
 * @Address: its start
 * @Length: bytes; 0: nothing is checked
 * @Alignment: 1, 2, 4, 8 or 16
 *
 * Nothing is touched: a later access can fault all the same.
 *
 * Context: IRQL <= APC on NT; any here.
 */
VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
	if (Length)
		check_range((unsigned long)Address, Length, Alignment,
			    ACCESS_READ);
}
EXPORT_SYMBOL_GPL(ProbeForRead);

static void tell_too_high(unsigned long address, unsigned long access, u8 irql)
{
	ntpool_bugcheck(BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL, address, irql,
			access, _RET_IP_);
}

/* Page faults are off from DISPATCH on, in a thread that is in its process. */
static bool begin_access(unsigned long address, size_t length,
			 unsigned long access)
{
	u8 irql = ntpool_irql();

	if (!in_user_space(address, length))
		violation(access, address);
	if (likely(irql < DISPATCH_LEVEL && current->mm))
		return false;
	if (!in_task())
		tell_too_high(address, access, irql);
	/* A kernel thread has some process's page tables, and none of its own. */
	if (!in_task() || !current->mm)
		violation(access, address);
	pagefault_disable();
	return true;
}

static void end_access(bool faults_off, bool good, unsigned long address,
		       unsigned long access)
{
	if (faults_off)
		pagefault_enable();
	if (likely(good))
		return;
	if (faults_off)
		tell_too_high(address, access, ntpool_irql());
	violation(access, address);
}

/* As NT does, and like there not in one step: another thread's write may be undone. */
static void probe_page(unsigned long address)
{
	u8 __user *at = (u8 __user *)address;
	bool faults_off = begin_access(address, 1, ACCESS_WRITE);
	bool good;
	u8 value;

	good = !get_user(value, at) && !put_user(value, at);
	end_access(faults_off, good, address, ACCESS_WRITE);
}

/**
 * ProbeForWrite() - does a buffer lie in user space, and can it be written to
 * @Address: its start
 * @Length: bytes; 0: nothing is checked
 * @Alignment: 1, 2, 4, 8 or 16
 *
 * A byte of each page is read and written.  A later access can fault all the same.
 *
 * Context: IRQL <= APC, in the process whose buffer it is.
 */
VOID ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
	unsigned long address = (unsigned long)Address, last;

	if (!Length)
		return;
	check_range(address, Length, Alignment, ACCESS_WRITE);
	last = address + Length - 1;
	for (; address <= last; address = round_down(address, PAGE_SIZE) + PAGE_SIZE)
		probe_page(address);
}
EXPORT_SYMBOL_GPL(ProbeForWrite);

static bool is_user_valid(unsigned long address)
{
	u8 value;

	return in_task() && current->mm &&
	       !copy_from_user_nofault(&value, (const void __user *)address, 1);
}

/**
 * MmIsAddressValid() - would a read of an address fault
 * @VirtualAddress: the address
 *
 * Context: any but NMI.  Nothing is brought in; it may have changed when it is used.
 */
BOOLEAN MmIsAddressValid(PVOID VirtualAddress)
{
	u8 value;

	if ((unsigned long)VirtualAddress < USER_END)
		return is_user_valid((unsigned long)VirtualAddress);
	return !get_kernel_nofault(value, (u8 *)VirtualAddress);
}
EXPORT_SYMBOL_GPL(MmIsAddressValid);

/**
 * CopyFromUser() - read user memory
 * @Destination: nonuser memory
 * @Source: in the running process
 * @Length: bytes
 *
 * Context: IRQL <= APC; see the top of the file for others.
 */
VOID CopyFromUser(VOID *Destination, const volatile VOID *Source, SIZE_T Length)
{
	unsigned long address = (unsigned long)Source;
	bool faults_off;
	size_t left;

	if (!Length)
		return;
	faults_off = begin_access(address, Length, ACCESS_READ);
	left = user_copy_in(Destination, (const void __user *)address, Length);
	end_access(faults_off, !left, address + Length - left, ACCESS_READ);
}
EXPORT_SYMBOL_GPL(CopyFromUser);

/**
 * CopyToUser() - write user memory
 * @Destination: in the running process
 * @Source: nonuser memory
 * @Length: bytes
 *
 * Context: as CopyFromUser().
 */
VOID CopyToUser(volatile VOID *Destination, const VOID *Source, SIZE_T Length)
{
	unsigned long address = (unsigned long)Destination;
	bool faults_off;
	size_t left;

	if (!Length)
		return;
	faults_off = begin_access(address, Length, ACCESS_WRITE);
	left = user_copy_out((void __user *)address, Source, Length);
	end_access(faults_off, !left, address + Length - left, ACCESS_WRITE);
}
EXPORT_SYMBOL_GPL(CopyToUser);

/**
 * FillUserMemory() - set user memory to a value
 * @Destination: in the running process
 * @Length: bytes
 * @Fill: each byte's value
 *
 * Context: as CopyFromUser().
 */
VOID FillUserMemory(volatile VOID *Destination, SIZE_T Length, INT Fill)
{
	unsigned long address = (unsigned long)Destination;
	u8 pattern[64];
	size_t step;

	if (Length && !in_user_space(address, Length))
		violation(ACCESS_WRITE, address);
	memset(pattern, Fill, sizeof(pattern));
	for (; Length; Length -= step, address += step) {
		step = min(Length, sizeof(pattern));
		CopyToUser((volatile VOID *)address, pattern, step);
	}
}
EXPORT_SYMBOL_GPL(FillUserMemory);

#define GET(type, address, value)                                            \
	({                                                                   \
		type it_ = 0;                                                \
		bool good_ = !get_user(it_, (const type __user *)(address)); \
		*(value) = it_;                                              \
		good_;                                                       \
	})

static bool get_value(unsigned long address, u64 *value, size_t size)
{
	switch (size) {
	case 1:
		return GET(u8, address, value);
	case 2:
		return GET(u16, address, value);
	case 4:
		return GET(u32, address, value);
	default:
		return GET(u64, address, value);
	}
}

static bool put_value(unsigned long address, u64 value, size_t size)
{
	switch (size) {
	case 1:
		return !put_user((u8)value, (u8 __user *)address);
	case 2:
		return !put_user((u16)value, (u16 __user *)address);
	case 4:
		return !put_user((u32)value, (u32 __user *)address);
	default:
		return !put_user(value, (u64 __user *)address);
	}
}

/**
 * ntpool_read_user() - read a value from user memory in one access
 * @source: in the running process; any alignment
 * @size: 1, 2, 4 or 8
 *
 * Context: as CopyFromUser().
 * Return: the value.
 */
u64 ntpool_read_user(const volatile VOID *source, SIZE_T size)
{
	unsigned long address = (unsigned long)source;
	bool faults_off = begin_access(address, size, ACCESS_READ);
	u64 value = 0;
	bool good = get_value(address, &value, size);

	end_access(faults_off, good, address, ACCESS_READ);
	return value;
}
EXPORT_SYMBOL_GPL(ntpool_read_user);

/**
 * ntpool_write_user() - write a value to user memory in one access
 * @destination: in the running process; any alignment
 * @value: the value
 * @size: 1, 2, 4 or 8
 *
 * Context: as CopyFromUser().
 */
void ntpool_write_user(volatile VOID *destination, u64 value, SIZE_T size)
{
	unsigned long address = (unsigned long)destination;
	bool faults_off = begin_access(address, size, ACCESS_WRITE);
	bool good = put_value(address, value, size);

	end_access(faults_off, good, address, ACCESS_WRITE);
}
EXPORT_SYMBOL_GPL(ntpool_write_user);

void probe_init(void)
{
	MmUserProbeAddress = USER_END;
	MmHighestUserAddress = (PVOID)(USER_END - 1);
	MmSystemRangeStart = (PVOID)SYSTEM_START;
}
