// SPDX-License-Identifier: GPL-2.0-only
/* ke/probe.c: the rules of probes and of accesses to user memory. */
#include <ntpool/dpc.h>
#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/probe.h>

#include "ke/internal.h"
#include "tests.h"
#include "user.h"

#define PAGES 4

static struct program user;
static unsigned long place; /* PAGES pages, none of which has been touched */

static int enter_user(struct kunit *test)
{
	if (!user_start(&user))
		return -ESRCH;
	place = user_pages(&user, 0, PAGES, PROT_READ | PROT_WRITE);
	if (!place)
		return -ENOMEM;
	kthread_use_mm(user.mm);
	return 0;
}

static void leave_user(struct kunit *test)
{
	if (current->mm)
		kthread_unuse_mm(user.mm);
	user_stop(&user);
}

struct access {
	NTSTATUS status;
	ULONG_PTR kind, address;
};

static LONG note(struct access *access, PEXCEPTION_POINTERS pointers)
{
	const EXCEPTION_RECORD *record = pointers->ExceptionRecord;

	access->status = record->ExceptionCode;
	access->kind = record->ExceptionInformation[0];
	access->address = record->ExceptionInformation[1];
	return EXCEPTION_EXECUTE_HANDLER;
}

static NTSTATUS probe(bool write, unsigned long address, SIZE_T length,
		      ULONG alignment)
{
	volatile NTSTATUS status = STATUS_SUCCESS;

	__try {
		if (write)
			ProbeForWrite((PVOID)address, length, alignment);
		else
			ProbeForRead((PVOID)address, length, alignment);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	return status;
}

static bool resident(unsigned long address)
{
	u8 value;

	return !copy_from_user_nofault(&value, (void __user *)address, 1);
}

static void of_length_0_nothing_is_checked(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, probe(false, PAGE_OFFSET + 1, 0, 8), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, probe(true, PAGE_OFFSET + 1, 0, 8), STATUS_SUCCESS);
}

static void misalignment_is_checked_first(struct kunit *test)
{
	int write;

	for (write = 0; write < 2; write++) {
		KUNIT_EXPECT_EQ(test, probe(write, place + 4, 8, 8),
				STATUS_DATATYPE_MISALIGNMENT);
		KUNIT_EXPECT_EQ(test, probe(write, PAGE_OFFSET + 2, 8, 4),
				STATUS_DATATYPE_MISALIGNMENT);
		KUNIT_EXPECT_EQ(test, probe(write, place + 4, 8, 4),
				STATUS_SUCCESS);
	}
}

static void what_wraps_or_ends_beyond_user_space_is_an_access_violation(struct kunit *test)
{
	int write;

	for (write = 0; write < 2; write++) {
		KUNIT_EXPECT_EQ(test, probe(write, place, -PAGE_SIZE, 1),
				STATUS_ACCESS_VIOLATION);
		KUNIT_EXPECT_EQ(test, probe(write, place, -place + 1, 1),
				STATUS_ACCESS_VIOLATION);
		KUNIT_EXPECT_EQ(test, probe(write, PAGE_OFFSET, 8, 1),
				STATUS_ACCESS_VIOLATION);
		KUNIT_EXPECT_EQ(test, probe(write, MmUserProbeAddress, 1, 1),
				STATUS_ACCESS_VIOLATION);
		KUNIT_EXPECT_EQ(test, probe(write, MmUserProbeAddress - 4, 5, 1),
				STATUS_ACCESS_VIOLATION);
	}
	KUNIT_EXPECT_EQ(test, probe(false, MmUserProbeAddress - 4, 4, 1),
			STATUS_SUCCESS);
}

static void a_read_probe_touches_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, probe(false, place, PAGES * PAGE_SIZE, 8),
			STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, resident(place));
	KUNIT_EXPECT_EQ(test, probe(false, 0x1000, 8, 8), STATUS_SUCCESS);
}

static void a_write_probe_touches_every_page(struct kunit *test)
{
	int i;

	KUNIT_EXPECT_EQ(test,
			probe(true, place + PAGE_SIZE - 1, 2 * PAGE_SIZE + 1, 1),
			STATUS_SUCCESS);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, resident(place + i * PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, resident(place + 3 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, probe(true, place, PAGES * PAGE_SIZE + 1, 1),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, probe(true, 0x1000, 8, 8),
			STATUS_ACCESS_VIOLATION);
}

static void a_write_probe_of_what_is_read_only_is_an_access_violation(struct kunit *test)
{
	unsigned long page;

	kthread_unuse_mm(user.mm);
	page = user_pages(&user, 0, 1, PROT_READ);
	kthread_use_mm(user.mm);
	KUNIT_ASSERT_NE(test, page, 0ul);
	KUNIT_EXPECT_EQ(test, probe(false, page, 8, 8), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, probe(true, page, 8, 8), STATUS_ACCESS_VIOLATION);
}

static void a_write_probe_leaves_the_data_as_they_are(struct kunit *test)
{
	WriteULongToUser((PULONG)place, 0x12345678);
	KUNIT_EXPECT_EQ(test, probe(true, place, 4, 4), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ReadULongFromUser((PULONG)place), 0x12345678u);
}

static void values_of_each_size_are_read_and_written(struct kunit *test)
{
	CHAR text[8] = "abcdefg", back[8] = "";

	WriteULong64ToUser((PULONG64)place, 0x1122334455667788ull);
	KUNIT_EXPECT_EQ(test, ReadUCharFromUser((PUCHAR)place), 0x88);
	KUNIT_EXPECT_EQ(test, ReadUShortFromUser((PUSHORT)place), 0x7788);
	KUNIT_EXPECT_EQ(test, ReadULongFromUser((PULONG)place), 0x55667788u);
	KUNIT_EXPECT_EQ(test, ReadULong64FromUser((PULONG64)place),
			0x1122334455667788ull);
	WriteUCharToUser((PUCHAR)place, 0xFF);
	WriteUShortToUser((PUSHORT)(place + 2), 0x1234);
	KUNIT_EXPECT_EQ(test, ReadULongFromUserAcquire((PULONG)place),
			0x123477FFu);
	KUNIT_EXPECT_EQ(test, ReadCharFromUser((PCHAR)place), (CHAR)-1);
	CopyToUser((PVOID)(place + PAGE_SIZE - 4), text, sizeof(text));
	CopyFromUser(back, (PVOID)(place + PAGE_SIZE - 4), sizeof(back));
	KUNIT_EXPECT_STREQ(test, back, "abcdefg");
	FillUserMemory((PVOID)place, 100, 0x5A);
	KUNIT_EXPECT_EQ(test, ReadULongFromUser((PULONG)(place + 96)),
			0x5A5A5A5Au);
	KUNIT_EXPECT_EQ(test, ReadUCharFromUser((PUCHAR)(place + 100)), 0);
}

static struct access read_of(unsigned long address)
{
	struct access access = {};

	__try {
		ReadULongFromUser((PULONG)address);
	} __except (note(&access, GetExceptionInformation())) {
	}
	return access;
}

static struct access write_of(unsigned long address, size_t length)
{
	static const char data[2 * PAGE_SIZE];
	struct access access = {};

	__try {
		CopyToUser((PVOID)address, data, length);
	} __except (note(&access, GetExceptionInformation())) {
	}
	return access;
}

static void a_bad_access_raises_and_tells_where(struct kunit *test)
{
	struct access access = read_of(0x1000);
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, access.status, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, access.kind, 0ul);
	KUNIT_EXPECT_EQ(test, access.address, 0x1000ul);
	access = write_of(place + 3 * PAGE_SIZE, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, access.status, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, access.kind, 1ul);
	KUNIT_EXPECT_EQ(test, access.address, place + 4 * PAGE_SIZE);
	access = read_of(PAGE_OFFSET);
	KUNIT_EXPECT_EQ(test, access.status, STATUS_ACCESS_VIOLATION);
	access = write_of(PAGE_OFFSET, 1);
	KUNIT_EXPECT_EQ(test, access.status, STATUS_ACCESS_VIOLATION);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void at_dispatch_a_page_that_is_out_is_bugcheck_d1_and_raises(struct kunit *test)
{
	struct access out, in;
	u64 seq;
	u8 old;

	WriteULongToUser((PULONG)place, 5);
	seq = bugcheck_last_seq();
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	in = read_of(place);
	out = read_of(place + PAGE_SIZE);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, in.status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, out.status, STATUS_ACCESS_VIOLATION);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			place + PAGE_SIZE, NTPOOL_IRQL_DISPATCH, 0, ANY);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
}

static struct access in_dpc;

static VOID write_in_dpc(PKDPC dpc, PVOID context, PVOID argument1,
			 PVOID argument2)
{
	in_dpc = write_of(place, 1);
}

static void in_a_dpc_user_memory_is_bugcheck_d1_and_not_touched(struct kunit *test)
{
	u64 seq;
	KDPC dpc;

	WriteULongToUser((PULONG)place, 5);
	seq = bugcheck_last_seq();
	KeInitializeDpc(&dpc, write_in_dpc, NULL);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, in_dpc.status, STATUS_ACCESS_VIOLATION);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			place, NTPOOL_IRQL_DISPATCH, 1, ANY);
	KUNIT_EXPECT_EQ(test, ReadULongFromUser((PULONG)place), 5u);
}

static void a_thread_without_a_process_has_no_user_memory(struct kunit *test)
{
	struct access access;

	WriteULongToUser((PULONG)place, 5);
	kthread_unuse_mm(user.mm);
	access = read_of(place);
	kthread_use_mm(user.mm);
	KUNIT_EXPECT_EQ(test, access.status, STATUS_ACCESS_VIOLATION);
}

static void the_limits_of_user_and_system_space(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, (unsigned long)MmHighestUserAddress + 1,
			MmUserProbeAddress);
	KUNIT_EXPECT_EQ(test, MmUserProbeAddress, (unsigned long)TASK_SIZE_MAX);
	KUNIT_EXPECT_LE(test, (unsigned long)MmSystemRangeStart,
			(unsigned long)PAGE_OFFSET);
	KUNIT_EXPECT_GT(test, (unsigned long)MmSystemRangeStart,
			MmUserProbeAddress);
}

static void an_address_is_valid_if_a_read_would_not_fault(struct kunit *test)
{
	u8 *paged = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, paged);
	*paged = 1;
	KUNIT_EXPECT_EQ(test, MmIsAddressValid(&seq), TRUE);
	KUNIT_EXPECT_EQ(test, MmIsAddressValid(paged), TRUE);
	paging_trim_range((unsigned long)paged, 1);
	KUNIT_EXPECT_EQ(test, MmIsAddressValid(paged), FALSE);
	KUNIT_EXPECT_EQ(test, MmIsAddressValid((PVOID)place), FALSE);
	WriteULongToUser((PULONG)place, 5);
	KUNIT_EXPECT_EQ(test, MmIsAddressValid((PVOID)place), TRUE);
	KUNIT_EXPECT_EQ(test, MmIsAddressValid(NULL), FALSE);
	EXPECT_NO_BUGCHECK(test, seq);
	ntpool_free(paged, TEST_TAG);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(of_length_0_nothing_is_checked),
	KUNIT_CASE(misalignment_is_checked_first),
	KUNIT_CASE(what_wraps_or_ends_beyond_user_space_is_an_access_violation),
	KUNIT_CASE(a_read_probe_touches_nothing),
	KUNIT_CASE(a_write_probe_touches_every_page),
	KUNIT_CASE(a_write_probe_of_what_is_read_only_is_an_access_violation),
	KUNIT_CASE(a_write_probe_leaves_the_data_as_they_are),
	KUNIT_CASE(values_of_each_size_are_read_and_written),
	KUNIT_CASE(a_bad_access_raises_and_tells_where),
	KUNIT_CASE(at_dispatch_a_page_that_is_out_is_bugcheck_d1_and_raises),
	KUNIT_CASE(in_a_dpc_user_memory_is_bugcheck_d1_and_not_touched),
	KUNIT_CASE(a_thread_without_a_process_has_no_user_memory),
	KUNIT_CASE(the_limits_of_user_and_system_space),
	KUNIT_CASE(an_address_is_valid_if_a_read_would_not_fault),
	{}
};

struct kunit_suite probe_suite = {
	.name = "ntpool_probe",
	.init = enter_user,
	.exit = leave_user,
	.test_cases = cases,
};
