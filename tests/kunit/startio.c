// SPDX-License-Identifier: GPL-2.0-only
/*
 * io/startio.c, iotimer.c, file_object.c, secure.c, shutdown.c, forward.c: what a driver
 * does with its own device, and with another's.
 */
#include <linux/completion.h>
#include <linux/delay.h>

#include <ntpool/device.h>
#include <ntpool/dispatcher.h>
#include <ntpool/numbers.h>

#include "kcompat/task_work.h"
#include "nt_driver.h"
#include "tests.h"

#define NAME	L"\\Device\\KunitStart"
#define PACKETS 4

static DRIVER_OBJECT *driver;
static DEVICE_OBJECT *device;
static DEVICE_OBJECT *shut_down[4];
static IRP *packets[PACKETS];
static IRP *started[16];
static int starts, depth, deepest, cancelled, majors[IRP_MJ_MAXIMUM_FUNCTION + 1];
static struct task_struct *closer;
static KIRQL start_irql;
static PVOID start_routine_of_packet;
static bool goes_on;  /* StartIo finishes its packet and asks for the next one */
static IRP *comes_in; /* comes while StartIo runs, and finds the device idle */

/* As another CPU sees it whose packet comes right after the last one has been asked for. */
static void come_in(PDEVICE_OBJECT object)
{
	IRP *irp = comes_in;

	comes_in = NULL;
	object->CurrentIrp = NULL;
	KeRemoveDeviceQueue(&object->DeviceQueue);
	IoStartPacket(object, irp, NULL, NULL);
}

static VOID start_io(PDEVICE_OBJECT object, PIRP irp)
{
	deepest = max(deepest, ++depth);
	start_irql = KeGetCurrentIrql();
	start_routine_of_packet = (PVOID)irp->CancelRoutine;
	started[starts++] = irp;
	if (goes_on) {
		IoSetCancelRoutine(irp, NULL);
		IoStartNextPacket(object, TRUE);
	}
	if (comes_in)
		come_in(object);
	depth--;
}

static VOID cancel(PDEVICE_OBJECT object, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	KeRemoveEntryDeviceQueue(&object->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry);
	cancelled++;
}

/* Doubles what a control code brings, and does everything else. */
static NTSTATUS answer(PDEVICE_OBJECT object, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	if (location->MajorFunction == IRP_MJ_SHUTDOWN)
		shut_down[majors[IRP_MJ_SHUTDOWN] % 4] = object;
	if (location->MajorFunction == IRP_MJ_CLOSE)
		closer = current;
	majors[location->MajorFunction]++;
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	if (location->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		*(ULONG *)irp->AssociatedIrp.SystemBuffer *= 2;
		irp->IoStatus.Information = sizeof(ULONG);
	}
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID unload(PDRIVER_OBJECT object)
{
	while (object->DeviceObject)
		IoDeleteDevice(object->DeviceObject);
}

static NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
	int i;

	driver = object;
	object->DriverUnload = unload;
	object->DriverStartIo = start_io;
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		object->MajorFunction[i] = answer;
	return nt_make_device(object, NAME, 16, FALSE, &device);
}

static struct ntpool_driver glue = { .name = "kunit_start", .entry = entry, .module = THIS_MODULE };

static int load(struct kunit *test)
{
	int i;

	starts = depth = deepest = cancelled = 0;
	goes_on = false;
	comes_in = NULL;
	closer = NULL;
	memset(majors, 0, sizeof(majors));
	for (i = 0; i < PACKETS; i++) {
		packets[i] = IoAllocateIrp(1, FALSE);
		if (!packets[i])
			return -ENOMEM;
		IoSetNextIrpStackLocation(packets[i]);
	}
	i = ntpool_driver_load(&glue);
	if (!i)
		for (i = 0; i < PACKETS; i++)
			IoGetCurrentIrpStackLocation(packets[i])->DeviceObject = device;
	return i == PACKETS ? 0 : i;
}

static void remove_driver(struct kunit *test)
{
	int i;

	if (glue.object)
		ntpool_driver_unload(&glue);
	for (i = 0; i < PACKETS; i++)
		IoFreeIrp(packets[i]);
}

static void start_all(PULONG keys)
{
	int i;

	for (i = 0; i < PACKETS; i++)
		IoStartPacket(device, packets[i], keys ? &keys[i] : NULL, cancel);
}

static void start_next(void)
{
	KIRQL irql = KeRaiseIrqlToDpcLevel();

	IoStartNextPacket(device, TRUE);
	KeLowerIrql(irql);
}

static void one_packet_is_current_and_the_others_wait(struct kunit *test)
{
	int i;

	start_all(NULL);
	KUNIT_EXPECT_EQ(test, starts, 1);
	KUNIT_EXPECT_EQ(test, start_irql, DISPATCH_LEVEL);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	for (i = 0; i < PACKETS; i++) {
		KUNIT_EXPECT_PTR_EQ(test, device->CurrentIrp, packets[i]);
		KUNIT_EXPECT_PTR_EQ(test, started[i], packets[i]);
		start_next();
	}
	KUNIT_EXPECT_EQ(test, starts, PACKETS);
	KUNIT_EXPECT_NULL(test, device->CurrentIrp);
	KUNIT_EXPECT_FALSE(test, device->DeviceQueue.Busy);
}

static void packets_with_keys_wait_in_their_order(struct kunit *test)
{
	ULONG keys[PACKETS] = { 5, 30, 10, 20 };
	KIRQL irql;

	start_all(keys);
	irql = KeRaiseIrqlToDpcLevel();
	IoStartNextPacketByKey(device, FALSE, 15);
	IoStartNextPacketByKey(device, FALSE, 15);
	IoStartNextPacketByKey(device, FALSE, 15);
	KeLowerIrql(irql);
	KUNIT_EXPECT_EQ(test, starts, PACKETS);
	KUNIT_EXPECT_PTR_EQ(test, started[1], packets[3]);
	KUNIT_EXPECT_PTR_EQ(test, started[2], packets[1]);
	KUNIT_EXPECT_PTR_EQ(test, started[3], packets[2]);
}

static void a_packet_that_waits_can_be_cancelled(struct kunit *test)
{
	start_all(NULL);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(packets[1]));
	KUNIT_EXPECT_EQ(test, cancelled, 1);
	start_next();
	KUNIT_EXPECT_PTR_EQ(test, started[1], packets[2]);
}

static void one_cancelled_before_it_waits_goes_to_its_routine(struct kunit *test)
{
	IoCancelIrp(packets[1]);
	IoStartPacket(device, packets[0], NULL, cancel);
	IoStartPacket(device, packets[1], NULL, cancel);
	KUNIT_EXPECT_EQ(test, cancelled, 1);
	KUNIT_EXPECT_NULL(test, (PVOID)packets[1]->CancelRoutine);
	start_next();
	KUNIT_EXPECT_EQ(test, starts, 1);
	KUNIT_EXPECT_NULL(test, device->CurrentIrp);
}

static void the_current_packet_keeps_its_cancel_routine(struct kunit *test)
{
	start_all(NULL);
	KUNIT_EXPECT_PTR_EQ(test, start_routine_of_packet, (PVOID)cancel);
}

static void uncancelable_packets_come_without_a_cancel_routine(struct kunit *test)
{
	IoSetStartIoAttributes(device, FALSE, TRUE);
	start_all(NULL);
	KUNIT_EXPECT_NULL(test, start_routine_of_packet);
	start_next();
	KUNIT_EXPECT_EQ(test, starts, 2);
	KUNIT_EXPECT_NULL(test, start_routine_of_packet);
}

/* Three that wait, and StartIo asks for the next one from within. */
static void start_from_within(struct kunit *test)
{
	start_all(NULL);
	goes_on = true;
	start_next();
	KUNIT_EXPECT_EQ(test, starts, PACKETS);
	KUNIT_EXPECT_FALSE(test, device->DeviceQueue.Busy);
}

static void start_io_calls_itself_through_the_next_packet(struct kunit *test)
{
	start_from_within(test);
	KUNIT_EXPECT_EQ(test, deepest, PACKETS - 1);
}

static void deferred_start_io_does_not_call_itself(struct kunit *test)
{
	IoSetStartIoAttributes(device, TRUE, FALSE);
	start_from_within(test);
	KUNIT_EXPECT_EQ(test, deepest, 1);
	/* And it is not taken for running any more. */
	goes_on = false;
	IoStartPacket(device, packets[0], NULL, NULL);
	KUNIT_EXPECT_EQ(test, starts, PACKETS + 1);
}

static void a_packet_that_comes_while_deferred_start_io_runs_is_next_and_stays_current(struct kunit *test)
{
	IoSetStartIoAttributes(device, TRUE, FALSE);
	comes_in = packets[1];
	IoStartPacket(device, packets[0], NULL, NULL);
	KUNIT_EXPECT_EQ(test, starts, 2);
	KUNIT_EXPECT_EQ(test, deepest, 1);
	KUNIT_EXPECT_PTR_EQ(test, started[1], packets[1]);
	KUNIT_EXPECT_PTR_EQ(test, device->CurrentIrp, packets[1]);
	KUNIT_EXPECT_TRUE(test, device->DeviceQueue.Busy);
	start_next();
	KUNIT_EXPECT_EQ(test, starts, 2);
	KUNIT_EXPECT_FALSE(test, device->DeviceQueue.Busy);
}

static int dpcs;

static VOID dpc_for_isr(PKDPC dpc, PDEVICE_OBJECT object, PIRP irp, PVOID context)
{
	dpcs += object == device && irp == packets[0] && context == &dpcs;
}

static void a_device_has_a_dpc_that_is_told_it_and_the_packet(struct kunit *test)
{
	dpcs = 0;
	IoInitializeDpcRequest(device, dpc_for_isr);
	IoRequestDpc(device, packets[0], &dpcs);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, dpcs, 1);
}

static atomic_t seconds;
static struct completion two_seconds;

static VOID second_passed(PDEVICE_OBJECT object, PVOID context)
{
	if (context == &seconds && KeGetCurrentIrql() == DISPATCH_LEVEL &&
	    atomic_inc_return(&seconds) == 2)
		complete(&two_seconds);
}

static void a_devices_timer_runs_each_second_until_it_is_deleted(struct kunit *test)
{
	DEVICE_OBJECT *ticks;
	u64 seq = bugcheck_last_seq();
	ktime_t begin;
	int last;

	nt_make_device(driver, NULL, 0, FALSE, &ticks);
	init_completion(&two_seconds);
	atomic_set(&seconds, 0);
	KUNIT_ASSERT_EQ(test, IoInitializeTimer(ticks, second_passed, &seconds),
			STATUS_SUCCESS);
	begin = ktime_get();
	IoStartTimer(ticks);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&two_seconds, 60 * HZ));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 1990ll);
	IoDeleteDevice(ticks);
	last = atomic_read(&seconds);
	msleep(1500);
	KUNIT_EXPECT_EQ(test, atomic_read(&seconds), last);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void a_stopped_timer_is_silent(struct kunit *test)
{
	atomic_set(&seconds, 0);
	IoInitializeTimer(device, second_passed, &seconds);
	IoStartTimer(device);
	IoStopTimer(device);
	msleep(1500);
	KUNIT_EXPECT_EQ(test, atomic_read(&seconds), 0);
}

/* In 12 s at the least, of which none passes without its being started. */
static void starting_a_started_timer_does_not_put_it_off(struct kunit *test)
{
	int i;

	atomic_set(&seconds, 0);
	IoInitializeTimer(device, second_passed, &seconds);
	for (i = 0; i < 600 && !atomic_read(&seconds); i++) {
		IoStartTimer(device);
		msleep(20);
	}
	IoStopTimer(device);
	KUNIT_EXPECT_GT(test, atomic_read(&seconds), 0);
}

static void a_stopped_timer_can_be_started_again(struct kunit *test)
{
	int i;

	IoInitializeTimer(device, second_passed, &seconds);
	IoStartTimer(device);
	IoStopTimer(device);
	atomic_set(&seconds, 0);
	IoStartTimer(device);
	for (i = 0; i < 3000 && !atomic_read(&seconds); i++)
		msleep(20);
	IoStopTimer(device);
	KUNIT_EXPECT_GT(test, atomic_read(&seconds), 0);
}

static void a_device_without_a_timer_has_none_to_start_or_stop(struct kunit *test)
{
	IoStartTimer(device);
	IoStopTimer(device);
	KUNIT_EXPECT_NULL(test, device->Timer);
}

static NTSTATUS point(PCWSTR name, PFILE_OBJECT *file, PDEVICE_OBJECT *object)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return IoGetDeviceObjectPointer(&string, FILE_READ_DATA, file, object);
}

static void another_drivers_device_is_found_and_kept_by_its_file(struct kunit *test)
{
	PDEVICE_OBJECT found = NULL;
	PFILE_OBJECT file = NULL;

	KUNIT_ASSERT_EQ(test, point(NAME, &file, &found), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, found, device);
	KUNIT_EXPECT_PTR_EQ(test, IoGetRelatedDeviceObject(file), device);
	KUNIT_EXPECT_TRUE(test, file->ReadAccess && !file->WriteAccess);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CREATE], 1);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CLEANUP], 1);
	KUNIT_EXPECT_EQ(test, device->ReferenceCount, 1);
	ObReferenceObject(file);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CLOSE], 0);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CLOSE], 1);
	KUNIT_EXPECT_EQ(test, device->ReferenceCount, 0);
	KUNIT_EXPECT_EQ(test, point(L"\\Device\\KunitNone", &file, &found),
			STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_file_let_go_at_dispatch_is_closed_by_the_system(struct kunit *test)
{
	PDEVICE_OBJECT found;
	PFILE_OBJECT file;
	KIRQL irql;
	int i;

	KUNIT_ASSERT_EQ(test, point(NAME, &file, &found), STATUS_SUCCESS);
	irql = KeRaiseIrqlToDpcLevel();
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CLOSE], 0);
	KeLowerIrql(irql);
	for (i = 0; i < 3000 && READ_ONCE(device->ReferenceCount); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CLOSE], 1);
	KUNIT_EXPECT_EQ(test, device->ReferenceCount, 0);
}

static PFILE_OBJECT apc_file;
static KEVENT apc_over;
static KIRQL apc_irql;

static void let_file_go(struct callback_head *head)
{
	apc_irql = KeGetCurrentIrql();
	ObDereferenceObject(apc_file);
	KeSetEvent(&apc_over, 0, FALSE);
}

/* Who waits may have locks that the driver takes when it is told. */
static void a_file_let_go_in_a_kernel_apc_is_not_closed_by_who_waits(struct kunit *test)
{
	LARGE_INTEGER timeout = { .QuadPart = -300000000ll };
	PDEVICE_OBJECT found;
	struct callback_head apc;
	int i;

	KUNIT_ASSERT_EQ(test, point(NAME, &apc_file, &found), STATUS_SUCCESS);
	KeInitializeEvent(&apc_over, NotificationEvent, FALSE);
	init_task_work(&apc, let_file_go);
	KUNIT_ASSERT_EQ(test, kcompat_task_work_add(current, &apc, TWA_SIGNAL), 0);
	KUNIT_EXPECT_EQ(test,
			KeWaitForSingleObject(&apc_over, Executive, KernelMode, TRUE, &timeout),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, apc_irql, APC_LEVEL);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	for (i = 0; i < 3000 && READ_ONCE(device->ReferenceCount); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_CLOSE], 1);
	KUNIT_EXPECT_TRUE(test, closer && closer != current);
}

static DEVICE_OBJECT *make_referenced(void)
{
	DEVICE_OBJECT *mine = NULL;

	nt_make_device(driver, L"\\Device\\KunitRef", 0, FALSE, &mine);
	ObReferenceObject(mine);
	return mine;
}

static void a_referenced_device_stays_when_it_is_deleted(struct kunit *test)
{
	DEVICE_OBJECT *mine = make_referenced();

	ObReferenceObject(mine);
	IoDeleteDevice(mine);
	ObDereferenceObject(mine);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitRef"), STATUS_NO_SUCH_DEVICE);
	ObDereferenceObject(mine);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitRef"), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_device_let_go_at_dispatch_goes_by_the_system(struct kunit *test)
{
	DEVICE_OBJECT *mine = make_referenced();
	KIRQL irql;
	int i;

	ObReferenceObject(mine);
	IoDeleteDevice(mine);
	irql = KeRaiseIrqlToDpcLevel();
	ObDereferenceObject(mine);
	ObDereferenceObject(mine);
	KeLowerIrql(irql);
	for (i = 0; i < 3000 && nt_try_open("\\Device\\KunitRef") == STATUS_NO_SUCH_DEVICE; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitRef"), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_packet_that_is_forwarded_is_back(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(2, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoSetNextIrpStackLocation(irp);
	IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
	irp->IoStatus.Status = STATUS_PENDING;
	KUNIT_EXPECT_TRUE(test, IoForwardIrpSynchronously(device, irp));
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_FLUSH_BUFFERS], 1);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 2);
	IoSetNextIrpStackLocation(irp);
	KUNIT_EXPECT_FALSE(test, IoForwardIrpSynchronously(device, irp));
	IoFreeIrp(irp);
}

static void a_packet_that_is_forwarded_to_no_device_stays_and_is_0xc9_04(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(2, FALSE);
	DEVICE_OBJECT gone = {};
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoSetNextIrpStackLocation(irp);
	KUNIT_EXPECT_FALSE(test, IoForwardIrpSynchronously(NULL, irp));
	EXPECT_BUGCHECK(test, seq, 0xC9, 4, 0, 0, 0);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_FALSE(test, IoForwardIrpSynchronously(&gone, irp));
	EXPECT_BUGCHECK(test, seq, 0xC9, 4, (ulong)&gone, 0, 0);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 2);
	IoFreeIrp(irp);
}

static int routine_calls;

static NTSTATUS count_calls(PDEVICE_OBJECT object, PIRP irp, PVOID context)
{
	routine_calls += context == &routine_calls;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void a_completion_routine_may_keep_its_device(struct kunit *test)
{
	DEVICE_OBJECT *mine;
	IRP *irp = IoAllocateIrp(1, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	routine_calls = 0;
	nt_make_device(driver, L"\\Device\\KunitKept", 0, FALSE, &mine);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
	KUNIT_ASSERT_EQ(test,
			IoSetCompletionRoutineEx(mine, irp, count_calls, &routine_calls, TRUE,
						 TRUE, TRUE),
			STATUS_SUCCESS);
	IoDeleteDevice(mine);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitKept"), STATUS_NO_SUCH_DEVICE);
	IoCallDriver(device, irp);
	KUNIT_EXPECT_EQ(test, routine_calls, 1);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitKept"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	IoFreeIrp(irp);
}

static void a_completion_routine_of_no_device_is_refused(struct kunit *test)
{
	IRP *irp = IoAllocateIrp(1, FALSE);
	DEVICE_OBJECT gone = {};

	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_EXPECT_EQ(test,
			IoSetCompletionRoutineEx(&gone, irp, count_calls, NULL, TRUE, TRUE, TRUE),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test,
			IoSetCompletionRoutineEx(NULL, irp, count_calls, NULL, TRUE, TRUE, TRUE),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_NULL(test, (PVOID)IoGetNextIrpStackLocation(irp)->CompletionRoutine);
	IoFreeIrp(irp);
}

static void drivers_are_told_of_the_systems_end_last_one_first(struct kunit *test)
{
	DEVICE_OBJECT *last, *other, *gone;

	nt_make_device(driver, NULL, 0, FALSE, &last);
	nt_make_device(driver, NULL, 0, FALSE, &other);
	nt_make_device(driver, NULL, 0, FALSE, &gone);
	KUNIT_EXPECT_EQ(test, IoRegisterShutdownNotification(device), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, device->Flags & DO_SHUTDOWN_REGISTERED);
	IoRegisterShutdownNotification(other);
	IoUnregisterShutdownNotification(other);
	IoRegisterShutdownNotification(gone);
	IoDeleteDevice(gone);
	IoRegisterShutdownNotification(last);
	io_shutdown_tell();
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_SHUTDOWN], 2);
	KUNIT_EXPECT_PTR_EQ(test, shut_down[0], last);
	KUNIT_EXPECT_PTR_EQ(test, shut_down[1], device);
	io_shutdown_tell();
	KUNIT_EXPECT_EQ(test, majors[IRP_MJ_SHUTDOWN], 2);
}

static NTSTATUS make_secure(PCUNICODE_STRING sddl, struct io_access *access)
{
	DEVICE_OBJECT *made;
	NTSTATUS status = IoCreateDeviceSecure(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					       sddl, NULL, &made);

	if (!NT_SUCCESS(status))
		return status;
	*access = io_device_of(made)->access;
	IoDeleteDevice(made);
	return status;
}

static void descriptors_say_who_may_open_a_device(struct kunit *test)
{
	const u8 read = ACCESS_OPEN | FILE_READ_DATA;
	const struct {
		const UNICODE_STRING *sddl;
		u8 administrators, world;
	} cases[] = {
		{ &SDDL_DEVOBJ_KERNEL_ONLY, 0, 0 },
		{ &SDDL_DEVOBJ_SYS_ALL, ACCESS_ALL, 0 },
		{ &SDDL_DEVOBJ_SYS_ALL_ADM_ALL, ACCESS_ALL, 0 },
		{ &SDDL_DEVOBJ_SYS_ALL_ADM_RX, ACCESS_ALL, 0 },
		{ &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R, ACCESS_ALL, read },
		{ &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R, ACCESS_ALL, read },
		{ &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R, ACCESS_ALL, ACCESS_ALL },
		{ &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX, ACCESS_ALL, ACCESS_ALL },
	};
	struct io_access access;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, make_secure(cases[i].sddl, &access), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, access.administrators, cases[i].administrators);
		KUNIT_EXPECT_EQ(test, access.world, cases[i].world);
	}
}

static void a_descriptor_that_is_not_understood_is_refused(struct kunit *test)
{
	static const UNICODE_STRING wrong[] = {
		RTL_CONSTANT_STRING(L""),
		RTL_CONSTANT_STRING(L"D:"),
		RTL_CONSTANT_STRING(L"D:P(D;;GA;;;WD)"),
		RTL_CONSTANT_STRING(L"D:P(A;;GA;;;S-1-5-18)"),
		RTL_CONSTANT_STRING(L"D:P(A;;;;;SY)"),
		RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY) "),
		RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY"),
		RTL_CONSTANT_STRING(L"O:SYD:P(A;;GA;;;SY)"),
	};
	struct io_access access;
	int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		KUNIT_EXPECT_EQ(test, make_secure(&wrong[i], &access),
				STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, make_secure(NULL, &access), STATUS_INVALID_PARAMETER);
}

static void a_devices_descriptor_is_asked_when_it_is_opened(struct kunit *test)
{
	const struct io_access nobody = {}, reading = { 0, ACCESS_OPEN | FILE_READ_DATA },
			       root = { ACCESS_ALL, 0 };

	KUNIT_EXPECT_FALSE(test, io_access_allows(&nobody, 0));
	KUNIT_EXPECT_TRUE(test, io_access_allows(&reading, 0));
	KUNIT_EXPECT_TRUE(test, io_access_allows(&reading, FILE_READ_DATA));
	KUNIT_EXPECT_FALSE(test, io_access_allows(&reading, FILE_WRITE_DATA));
	/* The tests run as root. */
	KUNIT_EXPECT_TRUE(test, io_access_allows(&root, FILE_READ_DATA | FILE_WRITE_DATA));
}

static NTSTATUS try_open_for(u32 wanted)
{
	UNICODE_STRING name;
	DEVICE_OBJECT *top;
	NTSTATUS status;

	RtlInitUnicodeString(&name, NAME);
	status = io_device_open_named(&name, wanted, &top, NULL);
	if (NT_SUCCESS(status))
		io_device_put(top);
	return status;
}

static void who_may_not_open_a_device_is_refused_before_it_counts(struct kunit *test)
{
	int before = module_refcount(THIS_MODULE);

	io_device_of(device)->access = (struct io_access){ ACCESS_ALL, 0 };
	KUNIT_EXPECT_EQ(test, try_open_for(ACCESS_OPEN | FILE_READ_DATA), STATUS_SUCCESS);
	io_device_of(device)->access = (struct io_access){};
	device->Flags |= DO_EXCLUSIVE;
	KUNIT_EXPECT_EQ(test, try_open_for(ACCESS_OPEN), STATUS_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, device->ReferenceCount, 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	KUNIT_EXPECT_EQ(test, try_open_for(ACCESS_UNASKED), STATUS_SUCCESS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_packet_is_current_and_the_others_wait),
	KUNIT_CASE(packets_with_keys_wait_in_their_order),
	KUNIT_CASE(a_packet_that_waits_can_be_cancelled),
	KUNIT_CASE(one_cancelled_before_it_waits_goes_to_its_routine),
	KUNIT_CASE(the_current_packet_keeps_its_cancel_routine),
	KUNIT_CASE(uncancelable_packets_come_without_a_cancel_routine),
	KUNIT_CASE(start_io_calls_itself_through_the_next_packet),
	KUNIT_CASE(deferred_start_io_does_not_call_itself),
	KUNIT_CASE(a_packet_that_comes_while_deferred_start_io_runs_is_next_and_stays_current),
	KUNIT_CASE(a_device_has_a_dpc_that_is_told_it_and_the_packet),
	KUNIT_CASE(a_devices_timer_runs_each_second_until_it_is_deleted),
	KUNIT_CASE(a_stopped_timer_is_silent),
	KUNIT_CASE(starting_a_started_timer_does_not_put_it_off),
	KUNIT_CASE(a_stopped_timer_can_be_started_again),
	KUNIT_CASE(a_device_without_a_timer_has_none_to_start_or_stop),
	KUNIT_CASE(another_drivers_device_is_found_and_kept_by_its_file),
	KUNIT_CASE(a_file_let_go_at_dispatch_is_closed_by_the_system),
	KUNIT_CASE(a_file_let_go_in_a_kernel_apc_is_not_closed_by_who_waits),
	KUNIT_CASE(a_referenced_device_stays_when_it_is_deleted),
	KUNIT_CASE(a_device_let_go_at_dispatch_goes_by_the_system),
	KUNIT_CASE(a_packet_that_is_forwarded_is_back),
	KUNIT_CASE(a_packet_that_is_forwarded_to_no_device_stays_and_is_0xc9_04),
	KUNIT_CASE(a_completion_routine_may_keep_its_device),
	KUNIT_CASE(a_completion_routine_of_no_device_is_refused),
	KUNIT_CASE(drivers_are_told_of_the_systems_end_last_one_first),
	KUNIT_CASE(descriptors_say_who_may_open_a_device),
	KUNIT_CASE(a_descriptor_that_is_not_understood_is_refused),
	KUNIT_CASE(a_devices_descriptor_is_asked_when_it_is_opened),
	KUNIT_CASE(who_may_not_open_a_device_is_refused_before_it_counts),
	{}
};

struct kunit_suite startio_suite = {
	.name = "ntpool_startio",
	.init = load,
	.exit = remove_driver,
	.test_cases = cases,
};
