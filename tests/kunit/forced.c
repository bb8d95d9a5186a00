// SPDX-License-Identifier: GPL-2.0-only
/*
 * io/forced.c: Driver Verifier's "Force Pending I/O Requests".  The suite itself is the
 * driver that sends packets down; what is below does as it is told.
 *
 * A packet that is held comes back on this CPU: not before this thread is below
 * DISPATCH_LEVEL again.
 */
#include <linux/completion.h>
#include <linux/random.h>

#include <ntpool/dispatcher.h>

#include "io/irp.h"
#include "tests.h"

#define HEIGHT 4
#define STALE  STATUS_UNSUCCESSFUL

static struct {
	DRIVER_OBJECT driver;
	DEVICE_OBJECT device[HEIGHT]; /* number 0 is at the bottom */

	/* What the one at the bottom does. */
	NTSTATUS status; /* completes it with this */
	NTSTATUS answer;
	bool marks;
	bool twice;
	bool keeps; /* completes it not at all */
	bool switches_off;

	/* What those above do. */
	bool skips;
	bool asks;    /* has a completion routine */
	bool forgets; /* which does not mark again */

	/* What came back. */
	struct completion done;
	struct task_struct *by;
	NTSTATUS result;
	bool pending;
	unsigned int times;
	unsigned int visits; /* of the routines on the way */
} bench;

static const struct verifier_settings off = { .probability = 600, .grace = 480 };

static struct verifier_settings forcing(void)
{
	struct verifier_settings s = off;

	s.flags = NTPOOL_VERIFIER_FORCE_PENDING;
	return s;
}

static u64 forced(void)
{
	struct verifier_stats now;

	verifier_get_stats(&now);
	return now.forced;
}

static NTSTATUS on_the_way_up(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	bench.visits += bench.visits == (unsigned long)context - 1;
	if (irp->PendingReturned && !bench.forgets)
		IoMarkIrpPending(irp);
	return STATUS_SUCCESS;
}

static NTSTATUS bottom(PIRP irp)
{
	if (bench.marks)
		IoMarkIrpPending(irp);
	irp->IoStatus.Status = bench.status;
	irp->IoStatus.Information = 77;
	if (!bench.keeps)
		IoCompleteRequest(irp, IO_NO_INCREMENT);
	if (bench.twice)
		IoCompleteRequest(irp, IO_NO_INCREMENT);
	if (bench.switches_off)
		verifier_set(&off);
	return bench.answer;
}

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	unsigned long who = device - bench.device;

	if (!who)
		return bottom(irp);
	if (bench.skips) {
		IoSkipCurrentIrpStackLocation(irp);
	} else {
		IoCopyCurrentIrpStackLocationToNext(irp);
		if (bench.asks)
			IoSetCompletionRoutine(irp, on_the_way_up, (void *)who,
					       TRUE, TRUE, TRUE);
	}
	return IoCallDriver(device - 1, irp);
}

static NTSTATUS back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	bench.by = current;
	bench.result = irp->IoStatus.Status;
	bench.pending = irp->PendingReturned;
	bench.times++;
	complete(&bench.done);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void bench_reset(void)
{
	unsigned int i;

	memset(&bench, 0, sizeof(bench));
	init_completion(&bench.done);
	bench.result = STALE;
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		bench.driver.MajorFunction[i] = dispatch;
	for (i = 0; i < HEIGHT; i++) {
		bench.device[i].Type = IO_TYPE_DEVICE;
		bench.device[i].DriverObject = &bench.driver;
		bench.device[i].StackSize = i + 1;
	}
}

static int forced_test_init(struct kunit *test)
{
	struct verifier_settings s = forcing();

	bench_reset();
	verifier_pending = VERIFIER_CERTAIN;
	return verifier_set(&s);
}

static void forced_test_exit(struct kunit *test)
{
	verifier_pending = VERIFIER_CERTAIN / 2;
	verifier_set(&off);
}

/* A packet of ours. */
static IRP *packet(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(HEIGHT, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, back, NULL, TRUE, TRUE, TRUE);
	return irp;
}

/* Sends one, waits for its end, and says what the call has answered. */
static NTSTATUS send(struct kunit *test, unsigned int to)
{
	IRP *irp = packet(test);
	NTSTATUS answer = IoCallDriver(&bench.device[to], irp);

	wait_for_completion(&bench.done);
	KUNIT_EXPECT_EQ(test, bench.result, bench.status);
	KUNIT_EXPECT_EQ(test, bench.times, 1u);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Information, 77ul);
	IoFreeIrp(irp);
	return answer;
}

/* Any thread's record after @seq. */
static bool is_recorded(u64 seq, u32 code, u64 p1)
{
	struct bugcheck_record rec;

	while (++seq <= bugcheck_last_seq())
		if (bugcheck_get(seq, &rec) && rec.code == code &&
		    rec.param[0] == p1)
			return true;
	return false;
}

static void what_is_done_is_told_to_be_pending_and_comes_from_another_thread(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_PENDING);
	KUNIT_EXPECT_PTR_NE(test, bench.by, current);
	KUNIT_EXPECT_TRUE(test, bench.pending);
	KUNIT_EXPECT_EQ(test, forced(), 1ull);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq);
}

/* A driver that does not look at the answer: the result must be there by now. */
static NTSTATUS careless(struct kunit *test, IRP *irp)
{
	u8 irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	NTSTATUS result;

	IoCallDriver(&bench.device[0], irp);
	result = bench.result;
	ntpool_lower_irql(irql);
	wait_for_completion(&bench.done);
	return result;
}

static void who_takes_the_answer_for_final_reads_a_stale_status(struct kunit *test)
{
	IRP *irp = packet(test);

	KUNIT_EXPECT_EQ(test, careless(test, irp), STALE);
	IoFreeIrp(irp);
	/* Without it nobody notices. */
	verifier_set(&off);
	irp = packet(test);
	KUNIT_EXPECT_EQ(test, careless(test, irp), STATUS_SUCCESS);
	IoFreeIrp(irp);
}

/* A driver that waits where it is told to. */
static NTSTATUS careful(struct kunit *test, IRP *irp)
{
	if (IoCallDriver(&bench.device[0], irp) == STATUS_PENDING)
		wait_for_completion(&bench.done);
	return bench.result;
}

static void who_waits_for_what_is_pending_has_the_status(struct kunit *test)
{
	unsigned int i;

	verifier_pending = VERIFIER_CERTAIN / 2;
	for (i = 0; i < 50; i++) {
		IRP *irp = packet(test);

		bench.result = STALE;
		reinit_completion(&bench.done);
		KUNIT_EXPECT_EQ(test, careful(test, irp), STATUS_SUCCESS);
		IoFreeIrp(irp);
	}
}

static void a_request_built_by_a_driver_is_answered_in_its_event(struct kunit *test)
{
	LARGE_INTEGER offset = {};
	IO_STATUS_BLOCK block = { .Status = STALE };
	KEVENT event;
	static UCHAR data[16];
	IRP *irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_WRITE, &bench.device[0], data,
					   sizeof(data), &offset, &event, &block);
	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&bench.device[0], irp),
			STATUS_PENDING);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, block.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, block.Information, 77ul);
}

static void those_above_see_it_pending(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	bench.asks = true;
	bench.status = bench.answer = STATUS_BUFFER_OVERFLOW;
	KUNIT_EXPECT_EQ(test, send(test, 2), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, bench.pending);
	KUNIT_EXPECT_EQ(test, bench.visits, 2u);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq);
	bench_reset();
	KUNIT_EXPECT_EQ(test, send(test, 2), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, bench.pending);
}

static void a_routine_that_does_not_mark_again_is_0xc9_228(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	bench.asks = bench.forgets = true;
	send(test, 1);
	KUNIT_EXPECT_TRUE(test, is_recorded(seq, 0xC9, 0x228));
}

static void a_driver_that_skips_its_location_has_it_pending_too(struct kunit *test)
{
	bench.skips = true;
	KUNIT_EXPECT_EQ(test, send(test, 2), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, bench.pending);
}

static void what_the_driver_below_keeps_is_left_alone(struct kunit *test)
{
	IRP *irp = packet(test);

	bench.keeps = bench.marks = true;
	bench.answer = STATUS_PENDING;
	KUNIT_EXPECT_EQ(test, IoCallDriver(&bench.device[0], irp),
			STATUS_PENDING);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_PTR_EQ(test, bench.by, current);
	KUNIT_EXPECT_EQ(test, forced(), 0ull);
	IoFreeIrp(irp);
}

static void what_is_told_to_be_pending_anyway_is_only_late(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	bench.marks = true;
	bench.answer = STATUS_PENDING;
	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_PENDING);
	KUNIT_EXPECT_PTR_NE(test, bench.by, current);
	KUNIT_EXPECT_EQ(test, forced(), 0ull);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq);
}

static void completed_again_while_it_is_held_is_0x44(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	bench.twice = true;
	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, record_since(seq).code, 0x44u);
}

static void freed_or_used_again_while_it_is_held_is_0xc9_02_and_refused(struct kunit *test)
{
	IRP *irp = packet(test);
	u64 seq = bugcheck_last_seq();
	u8 irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);

	IoCallDriver(&bench.device[0], irp);
	IoFreeIrp(irp);
	EXPECT_BUGCHECK(test, seq, 0xC9, 2, (ulong)irp, 0, 0);
	seq = bugcheck_last_seq();
	IoReuseIrp(irp, STATUS_SUCCESS);
	EXPECT_BUGCHECK(test, seq, 0xC9, 2, (ulong)irp, 0, 0);
	ntpool_lower_irql(irql);
	wait_for_completion(&bench.done);
	KUNIT_EXPECT_EQ(test, bench.result, STATUS_SUCCESS);
	IoFreeIrp(irp);
}

static void cancelled_while_it_is_held_it_comes_back_once_and_as_it_was(struct kunit *test)
{
	IRP *irp = packet(test);
	u8 irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);

	IoCallDriver(&bench.device[0], irp);
	KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
	ntpool_lower_irql(irql);
	wait_for_completion(&bench.done);
	KUNIT_EXPECT_TRUE(test, irp->Cancel);
	KUNIT_EXPECT_EQ(test, bench.result, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, bench.times, 1u);
	IoFreeIrp(irp);
}

static void an_answer_that_is_not_the_packets_is_0xc9_224_all_the_same(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	bench.answer = STATUS_BUFFER_OVERFLOW;
	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, record_since(seq).code, 0xC9u);
	KUNIT_EXPECT_EQ(test, record_since(seq).param[0], 0x224ull);
	KUNIT_EXPECT_EQ(test, record_since(seq).param[3],
			(u64)STATUS_BUFFER_OVERFLOW & U32_MAX);
}

static void marked_and_not_returned_is_0xc9_23e_all_the_same(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	bench.marks = true;
	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, record_since(seq).code, 0xC9u);
	KUNIT_EXPECT_EQ(test, record_since(seq).param[0], 0x23Eull);
}

static void the_io_managers_own_calls_go_as_they_go(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);

	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_CREATE;
	KUNIT_EXPECT_EQ(test, irp_send_and_wait(&bench.device[0], irp),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, forced(), 0ull);
	IoFreeIrp(irp);
}

static void only_the_chosen_drivers_calls_become_pending(struct kunit *test)
{
	struct verifier_settings s = forcing();

	strscpy(s.driver, "another", sizeof(s.driver));
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_SUCCESS);
	bench_reset();
	strscpy(s.driver, THIS_MODULE->name, sizeof(s.driver));
	KUNIT_ASSERT_EQ(test, verifier_set(&s), 0);
	KUNIT_EXPECT_EQ(test, send(test, 0), STATUS_PENDING);
}

static unsigned int pending_of(struct kunit *test, unsigned int calls,
			       unsigned int share)
{
	unsigned int pending = 0;

	verifier_pending = share;
	while (calls--) {
		bench_reset();
		pending += send(test, 0) == STATUS_PENDING;
	}
	return pending;
}

static void the_share_of_calls_that_become_pending_is_by_chance(struct kunit *test)
{
	unsigned int half = pending_of(test, 200, VERIFIER_CERTAIN / 2);

	KUNIT_EXPECT_GT(test, half, 50u);
	KUNIT_EXPECT_LT(test, half, 150u);
	KUNIT_EXPECT_EQ(test, forced(), (u64)half);
	KUNIT_EXPECT_EQ(test, pending_of(test, 50, 0), 0u);
	KUNIT_EXPECT_EQ(test, pending_of(test, 50, VERIFIER_CERTAIN), 50u);
}

static void switched_off_while_a_packet_is_held_it_comes_all_the_same(struct kunit *test)
{
	bench.switches_off = true;
	KUNIT_EXPECT_EQ(test, send(test, 1), STATUS_PENDING);
	bench_reset();
	KUNIT_EXPECT_EQ(test, send(test, 1), STATUS_SUCCESS);
}

#ifdef CONFIG_FAULT_INJECTION
static void without_memory_a_call_goes_as_it_goes(struct kunit *test)
{
	IRP *irp = packet(test);
	NTSTATUS answer;

	WRITE_ONCE(current->fail_nth, 1);
	answer = IoCallDriver(&bench.device[0], irp);
	WRITE_ONCE(current->fail_nth, 0);
	KUNIT_EXPECT_EQ(test, answer, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, bench.times, 1u);
	IoFreeIrp(irp);
}
#endif

static void any_stack_is_climbed_in_order(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	unsigned int round;

	verifier_pending = VERIFIER_CERTAIN / 2;
	for (round = 0; round < 200; round++) {
		unsigned int top = get_random_u32_below(HEIGHT);
		NTSTATUS answer;

		bench_reset();
		bench.asks = true;
		bench.marks = get_random_u32_below(2);
		bench.answer = bench.marks ? STATUS_PENDING : STATUS_SUCCESS;
		answer = send(test, top);
		KUNIT_EXPECT_EQ(test, bench.visits, top);
		KUNIT_EXPECT_EQ(test, bench.pending, answer == STATUS_PENDING);
	}
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq);
}

static struct kunit_case forced_cases[] = {
	KUNIT_CASE(what_is_done_is_told_to_be_pending_and_comes_from_another_thread),
	KUNIT_CASE(who_takes_the_answer_for_final_reads_a_stale_status),
	KUNIT_CASE(who_waits_for_what_is_pending_has_the_status),
	KUNIT_CASE(a_request_built_by_a_driver_is_answered_in_its_event),
	KUNIT_CASE(those_above_see_it_pending),
	KUNIT_CASE(a_routine_that_does_not_mark_again_is_0xc9_228),
	KUNIT_CASE(a_driver_that_skips_its_location_has_it_pending_too),
	KUNIT_CASE(what_the_driver_below_keeps_is_left_alone),
	KUNIT_CASE(what_is_told_to_be_pending_anyway_is_only_late),
	KUNIT_CASE(completed_again_while_it_is_held_is_0x44),
	KUNIT_CASE(freed_or_used_again_while_it_is_held_is_0xc9_02_and_refused),
	KUNIT_CASE(cancelled_while_it_is_held_it_comes_back_once_and_as_it_was),
	KUNIT_CASE(an_answer_that_is_not_the_packets_is_0xc9_224_all_the_same),
	KUNIT_CASE(marked_and_not_returned_is_0xc9_23e_all_the_same),
	KUNIT_CASE(the_io_managers_own_calls_go_as_they_go),
	KUNIT_CASE(only_the_chosen_drivers_calls_become_pending),
	KUNIT_CASE(the_share_of_calls_that_become_pending_is_by_chance),
	KUNIT_CASE(switched_off_while_a_packet_is_held_it_comes_all_the_same),
#ifdef CONFIG_FAULT_INJECTION
	KUNIT_CASE(without_memory_a_call_goes_as_it_goes),
#endif
	KUNIT_CASE(any_stack_is_climbed_in_order),
	{}
};

struct kunit_suite forced_suite = {
	.name = "ntpool_forced",
	.init = forced_test_init,
	.exit = forced_test_exit,
	.test_cases = forced_cases,
};
