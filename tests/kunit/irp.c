// SPDX-License-Identifier: GPL-2.0-only
/*
 * io/irp.c, complete.c, cancel.c: packets on their way down a stack of drivers and up
 * again.  The stack is made by hand: what counts is what the packet meets.
 */
#include <linux/random.h>

#include <ntpool/irp.h>
#include <ntpool/ke.h>

#include "io/irp.h"
#include "tests.h"

#define HEIGHT 6

/* What the drivers have been asked, in order. */
static struct journal {
	unsigned int visits;
	struct {
		unsigned int who;
		bool up;
		bool pending;
	} visit[4 * HEIGHT];
	unsigned int cancels;
	bool lock_held;
} journal;

static void enter(unsigned int who, bool up, bool pending)
{
	if (journal.visits == ARRAY_SIZE(journal.visit))
		return;
	journal.visit[journal.visits].who = who;
	journal.visit[journal.visits].up = up;
	journal.visit[journal.visits].pending = pending;
	journal.visits++;
}

/* What driver number @who does with a packet; number 0 is at the bottom. */
static struct plan {
	u8 control;	/* of its completion routine; 0: none */
	bool marks;	/* IoMarkIrpPending() on the way down */
	bool passes_on; /* marks again on the way up, if it was pending */
	bool keeps;	/* STATUS_MORE_PROCESSING_REQUIRED */
	bool skips;	/* IoSkipCurrentIrpStackLocation() */
} plans[HEIGHT];

static NTSTATUS final_status;
static DEVICE_OBJECT devices[HEIGHT];
static DRIVER_OBJECT driver;

static unsigned int number_of(const DEVICE_OBJECT *device)
{
	return device - devices;
}

/* NULL stands for the sender, who is above all. */
static NTSTATUS on_the_way_up(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	unsigned int who = (unsigned long)context;

	enter(who, true, irp->PendingReturned);
	if (irp->PendingReturned && plans[who].passes_on)
		IoMarkIrpPending(irp);
	return plans[who].keeps ? STATUS_MORE_PROCESSING_REQUIRED :
				  STATUS_SUCCESS;
}

static NTSTATUS bottom(PIRP irp)
{
	irp->IoStatus.Status = final_status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return final_status;
}

static NTSTATUS on_the_way_down(PDEVICE_OBJECT device, PIRP irp)
{
	unsigned int who = number_of(device);
	const struct plan *plan = &plans[who];

	enter(who, false, false);
	if (plan->marks)
		IoMarkIrpPending(irp);
	if (!who)
		return bottom(irp);
	if (plan->skips) {
		IoSkipCurrentIrpStackLocation(irp);
		return IoCallDriver(&devices[who - 1], irp);
	}
	IoCopyCurrentIrpStackLocationToNext(irp);
	if (plan->control)
		IoSetCompletionRoutine(irp, on_the_way_up, (void *)(ulong)who,
				       !!(plan->control & SL_INVOKE_ON_SUCCESS),
				       !!(plan->control & SL_INVOKE_ON_ERROR),
				       !!(plan->control & SL_INVOKE_ON_CANCEL));
	return IoCallDriver(&devices[who - 1], irp);
}

static int irp_test_init(struct kunit *test)
{
	unsigned int i;

	memset(&journal, 0, sizeof(journal));
	memset(plans, 0, sizeof(plans));
	final_status = STATUS_SUCCESS;
	driver.MajorFunction[IRP_MJ_READ] = on_the_way_down;
	for (i = 0; i < HEIGHT; i++) {
		devices[i].Type = IO_TYPE_DEVICE;
		devices[i].DriverObject = &driver;
		devices[i].StackSize = i + 1;
	}
	return 0;
}

static NTSTATUS back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(bool *)context = true;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* A packet from above, at driver number @top, with the sender's routine on it. */
static IRP *sent(struct kunit *test, unsigned int top, bool *is_back)
{
	IRP *irp = IoAllocateIrp(HEIGHT, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	*is_back = false;
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, back, is_back, TRUE, TRUE, TRUE);
	IoCallDriver(&devices[top], irp);
	return irp;
}

static void a_new_packet_is_above_its_stack(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(3, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_EXPECT_EQ(test, irp->Type, (SHORT)IO_TYPE_IRP);
	KUNIT_EXPECT_EQ(test, irp->StackCount, (CHAR)3);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, (CHAR)4);
	KUNIT_EXPECT_EQ(test, irp->Size, IoSizeOfIrp(3));
	KUNIT_EXPECT_PTR_EQ(test, IoGetNextIrpStackLocation(irp),
			    &irp_stack(irp)[2]);
	IoFreeIrp(irp);
}

static void a_packet_without_stack_is_not_made(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, IoAllocateIrp(0, FALSE));
	KUNIT_EXPECT_NULL(test, IoAllocateIrp(-1, FALSE));
}

static void a_packet_used_again_is_as_new_but_for_its_status(struct kunit *test)
{
	bool is_back;
	IRP *irp = sent(test, 2, &is_back);

	IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, (CHAR)(HEIGHT + 1));
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_UNSUCCESSFUL);
	IoFreeIrp(irp);
}

static void a_packet_goes_down_and_comes_back_to_its_sender(struct kunit *test)
{
	bool is_back;
	IRP *irp = sent(test, HEIGHT - 1, &is_back);
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, is_back);
	KUNIT_EXPECT_EQ(test, journal.visits, (unsigned int)HEIGHT);
	for (i = 0; i < HEIGHT; i++)
		KUNIT_EXPECT_EQ(test, journal.visit[i].who, HEIGHT - 1 - i);
	IoFreeIrp(irp);
}

static void completion_routines_run_from_the_bottom_up(struct kunit *test)
{
	unsigned int i;
	bool is_back;
	IRP *irp;

	for (i = 1; i < HEIGHT; i++)
		plans[i].control = SL_INVOKE_ON_SUCCESS;
	irp = sent(test, HEIGHT - 1, &is_back);
	KUNIT_EXPECT_TRUE(test, is_back);
	KUNIT_ASSERT_EQ(test, journal.visits, 2u * HEIGHT - 1);
	for (i = 0; i < HEIGHT - 1; i++)
		KUNIT_EXPECT_EQ(test, journal.visit[HEIGHT + i].who, i + 1);
	IoFreeIrp(irp);
}

/* One with another packet's block behind it in its page, whose header can be damaged. */
static IRP *one_with_a_neighbour(IRP **all, unsigned int count)
{
	unsigned int i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			if (all[j] > all[i] && ((ulong)all[j] ^ (ulong)all[i]) < PAGE_SIZE)
				return all[i];
	return NULL;
}

/* A driver's mistake, told by the pool, and no flaw of the I/O manager's. */
static void a_packet_that_was_written_beyond_its_end_is_told_and_stays(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec;
	IRP *all[32], *irp;
	unsigned int i;
	u8 *behind;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		all[i] = IoAllocateIrp(1, FALSE);
		KUNIT_ASSERT_NOT_NULL(test, all[i]);
	}
	irp = one_with_a_neighbour(all, ARRAY_SIZE(all));
	KUNIT_ASSERT_NOT_NULL(test, irp);
	behind = (u8 *)irp + IoSizeOfIrp(1);
	*behind ^= 0xFF;
	IoFreeIrp(irp);
	seq = bugcheck_by_thread_since(seq, current->pid);
	KUNIT_ASSERT_TRUE(test, bugcheck_get(seq, &rec));
	KUNIT_EXPECT_EQ(test, rec.code, BUGCHECK_BAD_POOL_HEADER);
	*behind ^= 0xFF;
	KUNIT_EXPECT_EQ(test, ntpool_free(irp, NTPOOL_TAG('I', 'r', 'p', ' ')), 0ull);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] != irp)
			IoFreeIrp(all[i]);
}

static void one_that_claims_the_packet_stops_it_until_completed_again(struct kunit *test)
{
	bool is_back;
	IRP *irp;

	plans[1].control = plans[2].control = plans[3].control =
		SL_INVOKE_ON_SUCCESS;
	plans[2].keeps = true;
	irp = sent(test, 4, &is_back);
	KUNIT_EXPECT_FALSE(test, is_back);
	KUNIT_EXPECT_EQ(test, journal.visits, 5u + 2u);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_TRUE(test, is_back);
	KUNIT_ASSERT_EQ(test, journal.visits, 5u + 3u);
	KUNIT_EXPECT_EQ(test, journal.visit[7].who, 3u);
	IoFreeIrp(irp);
}

/* Does driver 1's routine run, if it is set for @control and all ends like this? */
static bool runs(struct kunit *test, u8 control, NTSTATUS status, bool cancelled)
{
	bool is_back = false;
	IRP *irp = IoAllocateIrp(HEIGHT, FALSE);

	irp_test_init(test);
	plans[1].control = control;
	final_status = status;
	irp->Cancel = cancelled;
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, back, &is_back, TRUE, TRUE, TRUE);
	IoCallDriver(&devices[1], irp);
	KUNIT_EXPECT_TRUE(test, is_back);
	IoFreeIrp(irp);
	return journal.visits == 3;
}

static void routines_run_on_success_error_and_cancel_as_they_asked(struct kunit *test)
{
	u8 success = SL_INVOKE_ON_SUCCESS, error = SL_INVOKE_ON_ERROR;
	u8 cancel = SL_INVOKE_ON_CANCEL;
	NTSTATUS bad = STATUS_UNSUCCESSFUL;

	KUNIT_EXPECT_TRUE(test, runs(test, success, STATUS_SUCCESS, false));
	KUNIT_EXPECT_FALSE(test, runs(test, success, bad, false));
	KUNIT_EXPECT_FALSE(test, runs(test, success, STATUS_BUFFER_OVERFLOW, false));
	KUNIT_EXPECT_FALSE(test, runs(test, error, STATUS_SUCCESS, false));
	KUNIT_EXPECT_TRUE(test, runs(test, error, bad, false));
	KUNIT_EXPECT_TRUE(test, runs(test, error, STATUS_BUFFER_OVERFLOW, false));
	KUNIT_EXPECT_FALSE(test, runs(test, cancel, STATUS_SUCCESS, false));
	KUNIT_EXPECT_TRUE(test, runs(test, cancel, STATUS_SUCCESS, true));
	KUNIT_EXPECT_TRUE(test, runs(test, cancel, bad, true));
	KUNIT_EXPECT_FALSE(test, runs(test, 0, bad, true));
}

static void copying_a_location_leaves_the_routine_behind(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(2, FALSE);
	IO_STACK_LOCATION *next;
	bool unused;

	IoSetCompletionRoutine(irp, back, &unused, TRUE, TRUE, TRUE);
	IoGetNextIrpStackLocation(irp)->Parameters.Read.Length = 77;
	IoSetNextIrpStackLocation(irp);
	IoCopyCurrentIrpStackLocationToNext(irp);
	next = IoGetNextIrpStackLocation(irp);
	KUNIT_EXPECT_EQ(test, next->Parameters.Read.Length, 77u);
	KUNIT_EXPECT_NULL(test, next->CompletionRoutine);
	KUNIT_EXPECT_EQ(test, next->Control, (UCHAR)0);
	IoFreeIrp(irp);
}

static void a_location_that_is_skipped_is_used_by_the_next_driver(struct kunit *test)
{
	bool is_back;
	IRP *irp;

	plans[2].skips = true;
	irp = sent(test, 3, &is_back);
	KUNIT_EXPECT_TRUE(test, is_back);
	KUNIT_EXPECT_EQ(test, journal.visits, 4u);
	IoFreeIrp(irp);
}

static void a_mark_is_passed_on_where_no_routine_is(struct kunit *test)
{
	bool is_back;
	IRP *irp;

	plans[0].marks = true;
	irp = sent(test, 3, &is_back);
	KUNIT_EXPECT_TRUE(test, irp->PendingReturned);
	IoFreeIrp(irp);
}

static void a_routine_that_does_not_mark_again_loses_the_mark(struct kunit *test)
{
	bool is_back;
	IRP *irp;

	plans[0].marks = true;
	plans[2].control = SL_INVOKE_ON_SUCCESS;
	irp = sent(test, 3, &is_back);
	KUNIT_EXPECT_TRUE(test, journal.visit[4].pending);
	KUNIT_EXPECT_FALSE(test, irp->PendingReturned);
	IoFreeIrp(irp);

	irp_test_init(test);
	plans[0].marks = true;
	plans[2].control = SL_INVOKE_ON_SUCCESS;
	plans[2].passes_on = true;
	irp = sent(test, 3, &is_back);
	KUNIT_EXPECT_TRUE(test, irp->PendingReturned);
	IoFreeIrp(irp);
}

static IO_STACK_LOCATION left;

static NTSTATUS see_left(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	left = *IoGetNextIrpStackLocation(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void a_location_is_cleared_before_the_routine_on_it_is_called(struct kunit *test)
{
	static const IO_STACK_LOCATION nothing;
	IRP *irp = IoAllocateIrp(1, FALSE);
	IO_STACK_LOCATION *location;

	KUNIT_ASSERT_NOT_NULL(test, irp);
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = IRP_MJ_READ;
	location->MinorFunction = 1;
	location->Flags = 2;
	location->FileObject = (void *)4;
	location->Parameters.Read.Length = 5;
	location->Parameters.Read.ByteOffset.QuadPart = 6;
	plans[0].marks = true;
	IoSetCompletionRoutine(irp, see_left, NULL, TRUE, TRUE, TRUE);
	IoCallDriver(&devices[0], irp);
	KUNIT_EXPECT_EQ(test, left.MajorFunction, (UCHAR)IRP_MJ_READ);
	KUNIT_EXPECT_EQ(test, left.MinorFunction, (UCHAR)0);
	KUNIT_EXPECT_EQ(test, left.Flags, (UCHAR)0);
	KUNIT_EXPECT_EQ(test, left.Control, (UCHAR)0);
	KUNIT_EXPECT_NULL(test, left.FileObject);
	KUNIT_EXPECT_EQ(test, memcmp(&left.Parameters, &nothing.Parameters, sizeof(left.Parameters)), 0);
	KUNIT_EXPECT_TRUE(test, irp->PendingReturned);
	IoFreeIrp(irp);
}

static void a_driver_without_a_routine_for_it_refuses_a_request(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	bool is_back = false;

	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
	IoSetCompletionRoutine(irp, back, &is_back, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&devices[0], irp),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_TRUE(test, is_back);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status,
			STATUS_INVALID_DEVICE_REQUEST);
	IoFreeIrp(irp);
}

static void no_location_left_is_0x35_and_not_sent(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(2, FALSE);
	u64 seq = bugcheck_last_seq();

	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoCallDriver(&devices[2], irp);
	EXPECT_BUGCHECK(test, seq, 0x35, (ulong)irp, (ulong)&devices[0], 0, 0);
	KUNIT_EXPECT_EQ(test, journal.visits, 2u);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, (CHAR)1);
	IoFreeIrp(irp);
}

static void what_is_no_packet_is_0xc9_03_and_not_sent(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	u64 seq = bugcheck_last_seq();

	irp->Type = 77;
	IoCallDriver(&devices[0], irp);
	EXPECT_BUGCHECK(test, seq, 0xC9, 3, (ulong)irp, 0, 0);
	KUNIT_EXPECT_EQ(test, journal.visits, 0u);
	irp->Type = IO_TYPE_IRP;
	IoFreeIrp(irp);
}

static void what_is_no_device_is_0xc9_04_and_gets_nothing(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	DEVICE_OBJECT nothing = {};
	u64 seq = bugcheck_last_seq();

	IoCallDriver(&nothing, irp);
	EXPECT_BUGCHECK(test, seq, 0xC9, 4, (ulong)&nothing, 0, 0);
	seq = bugcheck_last_seq();
	IoCallDriver(NULL, irp);
	EXPECT_BUGCHECK(test, seq, 0xC9, 4, 0, 0, 0);
	IoFreeIrp(irp);
}

static void freeing_what_is_no_packet_is_0xc9_01(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	u64 seq = bugcheck_last_seq();

	irp->Type = 0;
	IoFreeIrp(irp);
	EXPECT_BUGCHECK(test, seq, 0xC9, 1, (ulong)irp, 0, 0);
	irp->Type = IO_TYPE_IRP;
	IoFreeIrp(irp);
}

static void freeing_what_a_user_waits_for_is_0xc9_02(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	u64 seq = bugcheck_last_seq();

	irp->Call = (struct io_call *)irp;
	IoFreeIrp(irp);
	EXPECT_BUGCHECK(test, seq, 0xC9, 2, (ulong)irp, 0, 0);
	irp->Call = NULL;
	IoFreeIrp(irp);
}

static void completing_twice_is_0x44_and_the_second_time_nothing(struct kunit *test)
{
	bool is_back;
	IRP *irp = sent(test, 1, &is_back);
	u64 seq = bugcheck_last_seq();

	is_back = false;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	EXPECT_BUGCHECK(test, seq, 0x44, (ulong)irp, 0, 0, 0);
	KUNIT_EXPECT_FALSE(test, is_back);
	IoFreeIrp(irp);
}

static void cancel_it(PDEVICE_OBJECT device, PIRP irp)
{
	journal.cancels++;
	journal.lock_held = ntpool_irql() == NTPOOL_IRQL_DISPATCH;
	IoReleaseCancelSpinLock(irp->CancelIrql);
}

static void completing_with_a_cancel_routine_set_is_0x48_and_refused(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	bool is_back = false;
	u64 seq = bugcheck_last_seq();

	IoSetCompletionRoutine(irp, back, &is_back, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(irp);
	IoSetCancelRoutine(irp, cancel_it);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	EXPECT_BUGCHECK(test, seq, 0x48, (ulong)irp, (ulong)cancel_it, 0, 0);
	KUNIT_EXPECT_FALSE(test, is_back);
	IoSetCancelRoutine(irp, NULL);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_TRUE(test, is_back);
	IoFreeIrp(irp);
}

static void completing_with_a_status_that_is_none_is_0xc9_06_and_refused(struct kunit *test)
{
	static const NTSTATUS bad[] = { STATUS_PENDING, -1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		IRP *irp = IoAllocateIrp(1, FALSE);
		u64 seq = bugcheck_last_seq();
		bool is_back = false;

		IoSetCompletionRoutine(irp, back, &is_back, TRUE, TRUE, TRUE);
		IoSetNextIrpStackLocation(irp);
		irp->IoStatus.Status = bad[i];
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		EXPECT_BUGCHECK(test, seq, 0xC9, 6, (u32)bad[i], (ulong)irp, 0);
		KUNIT_EXPECT_FALSE(test, is_back);
		IoFreeIrp(irp);
	}
}

static IRP *cancelable(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoSetNextIrpStackLocation(irp);
	IoGetCurrentIrpStackLocation(irp)->DeviceObject = &devices[0];
	KUNIT_EXPECT_PTR_EQ(test, IoSetCancelRoutine(irp, cancel_it),
			    (PDRIVER_CANCEL)NULL);
	return irp;
}

static void a_cancel_routine_is_called_once_with_the_lock_held(struct kunit *test)
{
	IRP *irp = cancelable(test);

	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_TRUE(test, irp->Cancel);
	KUNIT_EXPECT_TRUE(test, journal.lock_held);
	KUNIT_EXPECT_EQ(test, irp->CancelIrql, (KIRQL)NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), (u8)NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_EQ(test, journal.cancels, 1u);
	IoFreeIrp(irp);
}

static void without_a_cancel_routine_a_packet_only_knows_it(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);

	KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_TRUE(test, irp->Cancel);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), (u8)NTPOOL_IRQL_PASSIVE);
	IoFreeIrp(irp);
}

static void who_takes_the_routine_out_has_the_packet(struct kunit *test)
{
	IRP *irp = cancelable(test);

	KUNIT_EXPECT_TRUE(test, IoSetCancelRoutine(irp, NULL) == cancel_it);
	KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_EQ(test, journal.cancels, 0u);
	IoFreeIrp(irp);
}

static void a_packet_that_is_sent_and_awaited_stays_the_senders(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(HEIGHT, FALSE);

	final_status = STATUS_BUFFER_OVERFLOW;
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	KUNIT_EXPECT_EQ(test, irp_send_and_wait(&devices[2], irp),
			STATUS_BUFFER_OVERFLOW);
	IoFreeIrp(irp);
}

/* --- random stacks against a model ---------------------------------------- */

static void plan_anything(unsigned int height)
{
	static const NTSTATUS ends[] = { STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW,
					 STATUS_UNSUCCESSFUL };
	unsigned int i;

	final_status = ends[get_random_u32() % ARRAY_SIZE(ends)];
	for (i = 0; i < height; i++) {
		u32 dice = get_random_u32();

		plans[i].control = dice & (SL_INVOKE_ON_SUCCESS |
					   SL_INVOKE_ON_ERROR |
					   SL_INVOKE_ON_CANCEL);
		plans[i].marks = dice & 0x100;
		plans[i].passes_on = dice & 0x200;
		plans[i].skips = i && (dice & 0xC00) == 0xC00;
	}
}

/*
 * The model: who is told, and whether the sender sees it pending.  A driver that
 * skips shares its location with the next below, and has no routine.
 */
static void expect_climb(struct kunit *test, unsigned int height)
{
	unsigned int at = height, i;
	bool pending = false;

	for (i = 0; i < height; i++) {
		bool told;

		/* The location of driver i, marked by all who have used it. */
		pending |= plans[i].marks;
		if (i + 1 < height && plans[i + 1].skips)
			continue;
		if (i + 1 == height)
			break;
		told = plans[i + 1].control &
		       (NT_SUCCESS(final_status) ? SL_INVOKE_ON_SUCCESS :
						   SL_INVOKE_ON_ERROR);
		if (!told)
			continue;
		KUNIT_EXPECT_EQ(test, journal.visit[at].who, i + 1);
		KUNIT_EXPECT_EQ(test, journal.visit[at].pending, pending);
		at++;
		pending &= plans[i + 1].passes_on;
	}
	KUNIT_EXPECT_EQ(test, journal.visits, at);
	journal.lock_held = pending;
}

static void any_stack_is_climbed_as_the_model_says(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < 2000; round++) {
		unsigned int height = 1 + get_random_u32() % HEIGHT;
		bool is_back;
		IRP *irp;

		irp_test_init(test);
		plan_anything(height);
		irp = sent(test, height - 1, &is_back);
		KUNIT_EXPECT_TRUE(test, is_back);
		expect_climb(test, height);
		KUNIT_EXPECT_EQ(test, !!irp->PendingReturned,
				journal.lock_held);
		IoFreeIrp(irp);
	}
}

static KSPIN_LOCK own_lock;

static NTSTATUS forget_own_lock(PDEVICE_OBJECT device, PIRP irp)
{
	KIRQL before;

	KeAcquireSpinLock(&own_lock, &before);
	return bottom(irp);
}

static void a_lock_left_locked_is_0xc9_05_and_leaves_nobody_atomic(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	bool is_back, atomic;
	IRP *irp;

	KeInitializeSpinLock(&own_lock);
	driver.MajorFunction[IRP_MJ_READ] = forget_own_lock;
	irp = sent(test, 0, &is_back);
	atomic = in_atomic();
	if (!atomic)
		preempt_disable();
	KeReleaseSpinLockFromDpcLevel(&own_lock);
	KUNIT_EXPECT_FALSE(test, atomic);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), (u8)NTPOOL_IRQL_PASSIVE);
	EXPECT_BUGCHECK(test, seq, 0xC9, 5, (ulong)&devices[0], NTPOOL_IRQL_PASSIVE,
			NTPOOL_IRQL_DISPATCH);
	IoFreeIrp(irp);
}

static struct kunit_case irp_cases[] = {
	KUNIT_CASE(a_new_packet_is_above_its_stack),
	KUNIT_CASE(a_packet_without_stack_is_not_made),
	KUNIT_CASE(a_packet_used_again_is_as_new_but_for_its_status),
	KUNIT_CASE(a_packet_goes_down_and_comes_back_to_its_sender),
	KUNIT_CASE(completion_routines_run_from_the_bottom_up),
	KUNIT_CASE(a_packet_that_was_written_beyond_its_end_is_told_and_stays),
	KUNIT_CASE(one_that_claims_the_packet_stops_it_until_completed_again),
	KUNIT_CASE(routines_run_on_success_error_and_cancel_as_they_asked),
	KUNIT_CASE(copying_a_location_leaves_the_routine_behind),
	KUNIT_CASE(a_location_that_is_skipped_is_used_by_the_next_driver),
	KUNIT_CASE(a_mark_is_passed_on_where_no_routine_is),
	KUNIT_CASE(a_routine_that_does_not_mark_again_loses_the_mark),
	KUNIT_CASE(a_location_is_cleared_before_the_routine_on_it_is_called),
	KUNIT_CASE(a_driver_without_a_routine_for_it_refuses_a_request),
	KUNIT_CASE(no_location_left_is_0x35_and_not_sent),
	KUNIT_CASE(what_is_no_packet_is_0xc9_03_and_not_sent),
	KUNIT_CASE(what_is_no_device_is_0xc9_04_and_gets_nothing),
	KUNIT_CASE(freeing_what_is_no_packet_is_0xc9_01),
	KUNIT_CASE(freeing_what_a_user_waits_for_is_0xc9_02),
	KUNIT_CASE(completing_twice_is_0x44_and_the_second_time_nothing),
	KUNIT_CASE(completing_with_a_cancel_routine_set_is_0x48_and_refused),
	KUNIT_CASE(completing_with_a_status_that_is_none_is_0xc9_06_and_refused),
	KUNIT_CASE(a_cancel_routine_is_called_once_with_the_lock_held),
	KUNIT_CASE(without_a_cancel_routine_a_packet_only_knows_it),
	KUNIT_CASE(who_takes_the_routine_out_has_the_packet),
	KUNIT_CASE(a_packet_that_is_sent_and_awaited_stays_the_senders),
	KUNIT_CASE(a_lock_left_locked_is_0xc9_05_and_leaves_nobody_atomic),
	KUNIT_CASE(any_stack_is_climbed_as_the_model_says),
	{}
};

struct kunit_suite irp_suite = {
	.name = "ntpool_irp",
	.init = irp_test_init,
	.test_cases = irp_cases,
};
