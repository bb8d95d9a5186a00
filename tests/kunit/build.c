// SPDX-License-Identifier: GPL-2.0-only
/* io/build.c: requests that drivers build, and what becomes of their buffers. */
#include <linux/slab.h>

#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>
#include <ntpool/mdl.h>

#include "tests.h"

#define CODE(method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, method, FILE_ANY_ACCESS)

static struct {
	DRIVER_OBJECT driver;
	DEVICE_OBJECT device;
	KDPC dpc;
	KEVENT event;
	IO_STATUS_BLOCK block;
	bool in_dpc;
	NTSTATUS status;
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

static void finish(IRP *irp)
{
	irp->IoStatus.Status = bench.status;
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

static struct kunit_case build_cases[] = {
	KUNIT_CASE(a_buffered_code_brings_information_bytes_back),
	KUNIT_CASE(a_direct_code_has_the_output_behind_an_mdl),
	KUNIT_CASE(one_completed_in_a_dpc_is_answered_by_a_system_thread),
	KUNIT_CASE(an_error_brings_no_bytes_back),
	KUNIT_CASE(an_internal_code_is_another_function),
	KUNIT_CASE(transfers_follow_the_devices_flags),
	KUNIT_CASE(what_cannot_be_locked_is_not_built),
	{}
};

struct kunit_suite build_suite = {
	.name = "ntpool_build",
	.init = build_test_init,
	.test_cases = build_cases,
};
