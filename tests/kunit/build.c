// SPDX-License-Identifier: GPL-2.0-only
/* io/build.c: requests that drivers build, and what becomes of their buffers. */
#include <linux/slab.h>

#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>
#include <ntpool/mdl.h>

#include "io/mdl.h"
#include "tests.h"

/* Its words are other things in the headers above. */
#include <ntpool/pool.h>

#define CODE(method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, method, FILE_ANY_ACCESS)

static struct {
	DRIVER_OBJECT driver;
	DEVICE_OBJECT device;
	KDPC dpc;
	KEVENT event;
	IO_STATUS_BLOCK block;
	bool in_dpc;
	NTSTATUS status;
	ULONG_PTR beyond; /* what the driver says beyond what there is */
	UCHAR major;
} bench;

/* Adds one to each byte of the input. */
static void work(IRP *irp)
{
	IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
	UCHAR *in = irp->AssociatedIrp.SystemBuffer, *out = in;
	ULONG i, length =
			 location->Parameters.DeviceIoControl.InputBufferLength;

	if (irp->MdlAddress)
		out = MmGetSystemAddressForMdlSafe(irp->MdlAddress,
						   NormalPagePriority);
	for (i = 0; i < length; i++)
		out[i] = in[i] + 1;
	irp->IoStatus.Information = length;
}

/* Fills all of the buffer, wherever it is. */
static void read(IRP *irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;
	void *to = irp->AssociatedIrp.SystemBuffer ?: irp->UserBuffer;

	if (irp->MdlAddress)
		to = MmGetSystemAddressForMdlSafe(irp->MdlAddress,
						  NormalPagePriority);
	memset(to, 0x5A, length);
	irp->IoStatus.Information = length;
}

static void finish(IRP *irp)
{
	irp->IoStatus.Status = bench.status;
	irp->IoStatus.Information += bench.beyond;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static VOID finish_in_dpc(PKDPC dpc, PVOID context, PVOID irp, PVOID unused)
{
	finish(irp);
}

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	bench.major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
	if (bench.major == IRP_MJ_DEVICE_CONTROL)
		work(irp);
	if (bench.major == IRP_MJ_READ)
		read(irp);
	if (!bench.in_dpc) {
		finish(irp);
		return bench.status;
	}
	IoMarkIrpPending(irp);
	KeInsertQueueDpc(&bench.dpc, irp, NULL);
	return STATUS_PENDING;
}

static int build_test_init(struct kunit *test)
{
	unsigned int i;

	memset(&bench, 0, sizeof(bench));
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		bench.driver.MajorFunction[i] = dispatch;
	bench.device.Type = IO_TYPE_DEVICE;
	bench.device.DriverObject = &bench.driver;
	bench.device.StackSize = 1;
	KeInitializeDpc(&bench.dpc, finish_in_dpc, NULL);
	KeInitializeEvent(&bench.event, NotificationEvent, FALSE);
	return 0;
}

static void send(struct kunit *test, IRP *irp)
{
	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoCallDriver(&bench.device, irp);
	KUNIT_EXPECT_EQ(test,
			KeWaitForSingleObject(&bench.event, Executive,
					      KernelMode, FALSE, NULL),
			STATUS_SUCCESS);
}

static void control(struct kunit *test, ULONG method)
{
	static UCHAR in[16] = "ABCDEFG", out[16];

	memset(out, 0, sizeof(out));
	send(test, IoBuildDeviceIoControlRequest(CODE(method), &bench.device, in,
						 8, out, 16, FALSE,
						 &bench.event, &bench.block));
	KUNIT_EXPECT_EQ(test, bench.block.Status, bench.status);
	KUNIT_EXPECT_EQ(test, bench.block.Information, 8ul);
	if (NT_ERROR(bench.status) && method == METHOD_BUFFERED)
		KUNIT_EXPECT_EQ(test, out[0], (UCHAR)0);
	else
		KUNIT_EXPECT_EQ(test, memcmp(out, "BCDEFGH\1", 8), 0);
}

static void a_buffered_code_brings_information_bytes_back(struct kunit *test)
{
	control(test, METHOD_BUFFERED);
}

static void a_direct_code_has_the_output_behind_an_mdl(struct kunit *test)
{
	control(test, METHOD_OUT_DIRECT);
}

static void one_completed_in_a_dpc_is_answered_by_a_system_thread(struct kunit *test)
{
	bench.in_dpc = true;
	control(test, METHOD_BUFFERED);
	KeClearEvent(&bench.event);
	control(test, METHOD_OUT_DIRECT);
}

static void an_error_brings_no_bytes_back(struct kunit *test)
{
	bench.status = STATUS_UNSUCCESSFUL;
	control(test, METHOD_BUFFERED);
}

/* @out had room for 8 of the bytes @told of. */
static void expect_cut_off(struct kunit *test, u64 seq, const UCHAR *out,
			   u64 told)
{
	struct bugcheck_record rec = record_since(seq);

	KUNIT_EXPECT_EQ(test, rec.code,
			BUGCHECK_DRIVER_VERIFIER_IOMANAGER_VIOLATION);
	KUNIT_EXPECT_EQ(test, rec.param[0], 0x312ull);
	KUNIT_EXPECT_EQ(test, rec.param[1], told);
	KUNIT_EXPECT_EQ(test, rec.param[3], 8ull);
	KUNIT_EXPECT_NE(test, out[7], (UCHAR)0);
	KUNIT_EXPECT_NULL(test, memchr_inv(out + 8, 0, 56));
}

static void information_beyond_the_room_is_0xc9_312_and_cut_off(struct kunit *test)
{
	UCHAR in[16] = "ABCDEFGHIJKLMNO", out[64] = {};
	LARGE_INTEGER offset = {};
	u64 seq = bugcheck_last_seq();

	bench.beyond = 16;
	send(test, IoBuildDeviceIoControlRequest(
			   CODE(METHOD_BUFFERED), &bench.device, in, 16, out, 8,
			   FALSE, &bench.event, &bench.block));
	expect_cut_off(test, seq, out, 16 + bench.beyond);
	memset(out, 0, sizeof(out));
	seq = bugcheck_last_seq();
	bench.device.Flags = DO_BUFFERED_IO;
	KeClearEvent(&bench.event);
	send(test, IoBuildSynchronousFsdRequest(IRP_MJ_READ, &bench.device, out,
						8, &offset, &bench.event,
						&bench.block));
	expect_cut_off(test, seq, out, 8 + bench.beyond);
}

static void an_internal_code_is_another_function(struct kunit *test)
{
	send(test, IoBuildDeviceIoControlRequest(CODE(METHOD_BUFFERED),
						 &bench.device, NULL, 0, NULL, 0,
						 TRUE, &bench.event,
						 &bench.block));
	KUNIT_EXPECT_EQ(test, bench.major, IRP_MJ_INTERNAL_DEVICE_CONTROL);
}

static void transfers_follow_the_devices_flags(struct kunit *test)
{
	static const ULONG flags[] = { 0, DO_BUFFERED_IO, DO_DIRECT_IO };
	LARGE_INTEGER offset = { .QuadPart = 4096 };
	static UCHAR buffer[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		IRP *irp;

		bench.device.Flags = flags[i];
		KeClearEvent(&bench.event);
		irp = IoBuildSynchronousFsdRequest(IRP_MJ_WRITE, &bench.device,
						   buffer, sizeof(buffer),
						   &offset, &bench.event,
						   &bench.block);
		KUNIT_ASSERT_NOT_NULL(test, irp);
		KUNIT_EXPECT_EQ(test, !!irp->AssociatedIrp.SystemBuffer,
				flags[i] == DO_BUFFERED_IO);
		KUNIT_EXPECT_EQ(test, !!irp->MdlAddress,
				flags[i] == DO_DIRECT_IO);
		KUNIT_EXPECT_EQ(test, IoGetNextIrpStackLocation(irp)->Parameters.Write.ByteOffset.QuadPart,
				4096ll);
		send(test, irp);
	}
}

static void what_cannot_be_locked_is_not_built(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, IoBuildDeviceIoControlRequest(
					CODE(METHOD_OUT_DIRECT), &bench.device,
					NULL, 0, (void *)0x10, 100, FALSE,
					&bench.event, &bench.block));
}

static struct {
	UCHAR data[64]; /* what was in the buffer of a buffered device */
	NTSTATUS status;
	unsigned int times;
} taken_down;

/* As the documents have it done by the driver that has built the packet. */
static NTSTATUS take_down(PDEVICE_OBJECT device, PIRP irp, PVOID event)
{
	PMDL mdl, next;

	taken_down.times++;
	taken_down.status = irp->IoStatus.Status;
	if (irp->Flags & IRP_DEALLOCATE_BUFFER) {
		memcpy(taken_down.data, irp->AssociatedIrp.SystemBuffer,
		       sizeof(taken_down.data));
		ExFreePool(irp->AssociatedIrp.SystemBuffer);
	}
	for (mdl = irp->MdlAddress; mdl; mdl = next) {
		next = mdl->Next;
		MmUnlockPages(mdl);
		IoFreeMdl(mdl);
	}
	IoFreeIrp(irp);
	KeSetEvent(event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static u64 nonpaged_bytes(void)
{
	struct pool_stats stats = {};

	pool_get_stats(&stats);
	return stats.nonpaged_bytes;
}

/* Sends a read of 0x5A...; the device's flags say how the data goes. */
static IRP *asynchronous_read(struct kunit *test, UCHAR *buffer)
{
	LARGE_INTEGER offset = { .QuadPart = 4096 };
	IRP *irp = IoBuildAsynchronousFsdRequest(IRP_MJ_READ, &bench.device,
						 buffer, 64, &offset, NULL);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_EXPECT_NULL(test, irp->UserEvent);
	KUNIT_EXPECT_EQ(test, IoGetNextIrpStackLocation(irp)->Parameters.Read.ByteOffset.QuadPart,
			4096ll);
	IoSetCompletionRoutine(irp, take_down, &bench.event, TRUE, TRUE, TRUE);
	return irp;
}

static void an_asynchronous_one_is_taken_down_by_its_builders_routine(struct kunit *test)
{
	static const ULONG flags[] = { 0, DO_BUFFERED_IO, DO_DIRECT_IO };
	static UCHAR buffer[64];
	u64 before = nonpaged_bytes(), seq = bugcheck_last_seq();
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(flags); i++) {
		bench.device.Flags = flags[i / 2];
		bench.in_dpc = i % 2;
		memset(buffer, 0, sizeof(buffer));
		memset(&taken_down, 0, sizeof(taken_down));
		KeClearEvent(&bench.event);
		send(test, asynchronous_read(test, buffer));
		KUNIT_EXPECT_EQ(test, taken_down.times, 1u);
		KUNIT_EXPECT_EQ(test, taken_down.status, STATUS_SUCCESS);
		/* Nobody copies what a buffered device has read. */
		KUNIT_EXPECT_EQ(test, buffer[63], flags[i / 2] == DO_BUFFERED_IO ? 0 : 0x5A);
		KUNIT_EXPECT_EQ(test, taken_down.data[63],
				flags[i / 2] == DO_BUFFERED_IO ? 0x5A : 0);
	}
	mdl_flush_later();
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_EQ(test, nonpaged_bytes(), before);
}

static void an_asynchronous_one_without_a_routine_is_taken_down_at_the_top(struct kunit *test)
{
	LARGE_INTEGER offset = {};
	u64 before = nonpaged_bytes();
	static UCHAR buffer[64];
	IRP *irp;

	bench.device.Flags = DO_DIRECT_IO;
	irp = IoBuildAsynchronousFsdRequest(IRP_MJ_READ, &bench.device, buffer,
					    64, &offset, &bench.block);
	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&bench.device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, bench.block.Information, 64ul);
	KUNIT_EXPECT_EQ(test, buffer[63], (UCHAR)0x5A);
	mdl_flush_later();
	KUNIT_EXPECT_EQ(test, nonpaged_bytes(), before);
}

static void an_asynchronous_one_that_cannot_be_locked_is_not_built(struct kunit *test)
{
	LARGE_INTEGER offset = {};
	u64 before = nonpaged_bytes();

	bench.device.Flags = DO_DIRECT_IO;
	KUNIT_EXPECT_NULL(test, IoBuildAsynchronousFsdRequest(
					IRP_MJ_READ, &bench.device,
					(void *)0x10, 100, &offset, NULL));
	KUNIT_EXPECT_EQ(test, nonpaged_bytes(), before);
}

static unsigned int references(void)
{
	return refcount_read(&current->usage);
}

static void a_built_packet_keeps_its_thread(struct kunit *test)
{
	unsigned int before = references();
	LARGE_INTEGER offset = {};
	static UCHAR buffer[64];
	IRP *irp;

	irp = IoBuildAsynchronousFsdRequest(IRP_MJ_READ, &bench.device, buffer,
					    64, &offset, NULL);
	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_EXPECT_PTR_EQ(test, (void *)irp->Tail.Overlay.Thread,
			    (void *)current);
	KUNIT_EXPECT_EQ(test, references(), before + 1);
	IoReuseIrp(irp, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, references(), before);
	IoFreeIrp(irp);
	control(test, METHOD_BUFFERED);
	KUNIT_EXPECT_EQ(test, references(), before);
}

static struct kunit_case build_cases[] = {
	KUNIT_CASE(a_buffered_code_brings_information_bytes_back),
	KUNIT_CASE(a_direct_code_has_the_output_behind_an_mdl),
	KUNIT_CASE(one_completed_in_a_dpc_is_answered_by_a_system_thread),
	KUNIT_CASE(an_error_brings_no_bytes_back),
	KUNIT_CASE(information_beyond_the_room_is_0xc9_312_and_cut_off),
	KUNIT_CASE(an_internal_code_is_another_function),
	KUNIT_CASE(transfers_follow_the_devices_flags),
	KUNIT_CASE(what_cannot_be_locked_is_not_built),
	KUNIT_CASE(an_asynchronous_one_is_taken_down_by_its_builders_routine),
	KUNIT_CASE(an_asynchronous_one_without_a_routine_is_taken_down_at_the_top),
	KUNIT_CASE(an_asynchronous_one_that_cannot_be_locked_is_not_built),
	KUNIT_CASE(a_built_packet_keeps_its_thread),
	{}
};

struct kunit_suite build_suite = {
	.name = "ntpool_build",
	.init = build_test_init,
	.test_cases = build_cases,
};
