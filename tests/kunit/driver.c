// SPDX-License-Identifier: GPL-2.0-only
/* io/driver.c, device_object.c: drivers written for NT, and their devices. */
#include <linux/delay.h>
#include <linux/kthread.h>

#include <ntpool/device.h>
#include <ntpool/process.h>
#include <ntpool/timer.h>
#include <ntpool/work.h>

#include "ke/internal.h"
#include "nt_driver.h"
#include "tests.h"

static DRIVER_OBJECT *driver;
static NTSTATUS entry_status;
static bool leaves_devices;
static int unloads;

static VOID unload(PDRIVER_OBJECT object)
{
	unloads++;
	while (!leaves_devices && object->DeviceObject)
		IoDeleteDevice(object->DeviceObject);
}

static NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
	DEVICE_OBJECT *device;

	driver = object;
	object->DriverUnload = unload;
	nt_make_device(object, L"\\Device\\KunitDriver", 0, FALSE, &device);
	return entry_status;
}

static struct ntpool_driver glue = {
	.name = "kunit",
	.entry = entry,
	.module = THIS_MODULE,
};

static int load(struct kunit *test)
{
	entry_status = STATUS_SUCCESS;
	leaves_devices = false;
	unloads = 0;
	return ntpool_driver_load(&glue);
}

static void remove_driver(struct kunit *test)
{
	if (glue.object)
		ntpool_driver_unload(&glue);
}

static DEVICE_OBJECT *make(struct kunit *test, PCWSTR name)
{
	DEVICE_OBJECT *device = NULL;

	KUNIT_EXPECT_EQ(test, nt_make_device(driver, name, 0, FALSE, &device),
			STATUS_SUCCESS);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return device;
}

/* What the entry has seen of its registry path and its own name. */
static UNICODE_STRING seen_path;

static NTSTATUS entry_looks_at_names(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
	NTSTATUS status = RtlUpcaseUnicodeString(&seen_path, path, TRUE);

	object->DriverUnload = unload;
	return RtlEqualUnicodeString(&object->DriverName, &NT_STRING(L"\\Driver\\names"), FALSE) ?
		       status :
		       STATUS_UNSUCCESSFUL;
}

static void a_driver_is_told_its_name_and_its_place_in_the_registry(struct kunit *test)
{
	struct ntpool_driver names = { "names", entry_looks_at_names, THIS_MODULE };
	UNICODE_STRING want =
		NT_STRING(L"\\REGISTRY\\MACHINE\\SYSTEM\\CURRENTCONTROLSET\\SERVICES\\NAMES");

	KUNIT_ASSERT_EQ(test, ntpool_driver_load(&names), 0);
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(&seen_path, &want, FALSE));
	RtlFreeUnicodeString(&seen_path);
	ntpool_driver_unload(&names);
}

static void devices_of_driver_entry_are_ready_when_it_is_over(struct kunit *test)
{
	DEVICE_OBJECT *late;

	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitDriver"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nt_make_device(driver, L"\\Device\\KunitLate", 0, FALSE, &late),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitLate"), STATUS_NO_SUCH_DEVICE);
	late->Flags &= ~DO_DEVICE_INITIALIZING;
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitLate"), STATUS_SUCCESS);
}

static void a_failing_driver_entry_fails_the_load_and_leaves_nothing(struct kunit *test)
{
	static const struct {
		NTSTATUS status;
		int err;
	} cases[] = {
		{ STATUS_INSUFFICIENT_RESOURCES, -ENOMEM },
		{ STATUS_OBJECT_NAME_COLLISION, -EEXIST },
		{ STATUS_NO_SUCH_DEVICE, -ENODEV },
		{ STATUS_UNSUCCESSFUL, -EIO },
	};
	int i;

	ntpool_driver_unload(&glue);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		entry_status = cases[i].status;
		KUNIT_EXPECT_EQ(test, ntpool_driver_load(&glue), cases[i].err);
		KUNIT_EXPECT_NULL(test, glue.object);
		KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitDriver"),
				STATUS_OBJECT_NAME_NOT_FOUND);
	}
	KUNIT_EXPECT_EQ(test, unloads, 1);
}

static void a_driver_with_unload_can_come_and_go(struct kunit *test)
{
	int before = module_refcount(THIS_MODULE);

	ntpool_driver_unload(&glue);
	KUNIT_ASSERT_EQ(test, ntpool_driver_load(&glue), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	KUNIT_EXPECT_EQ(test, unloads, 1);
}

static NTSTATUS entry_without_unload(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
	return STATUS_SUCCESS;
}

static void without_unload_the_module_cannot_go(struct kunit *test)
{
	struct ntpool_driver stays = { "stays", entry_without_unload, THIS_MODULE };
	int before = module_refcount(THIS_MODULE);

	KUNIT_ASSERT_EQ(test, ntpool_driver_load(&stays), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	module_put(THIS_MODULE);
	ntpool_driver_unload(&stays);
}

static void a_device_left_behind_is_bugcheck_ce_and_dropped(struct kunit *test)
{
	u64 before = bugcheck_last_seq();
	unsigned long device = (unsigned long)driver->DeviceObject;

	leaves_devices = true;
	ntpool_driver_unload(&glue);
	EXPECT_BUGCHECK(test, before, 0xCE, device, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitDriver"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, ntpool_driver_load(&glue), 0);
	leaves_devices = false;
}

static void an_extension_is_zeroed_nonpaged_and_aligned(struct kunit *test)
{
	DEVICE_OBJECT *device;

	KUNIT_ASSERT_EQ(test, nt_make_device(driver, NULL, 5000, FALSE, &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, memchr_inv(device->DeviceExtension, 0, 5000));
	KUNIT_EXPECT_EQ(test, (ULONG_PTR)device->DeviceExtension % 16, 0ul);
	KUNIT_EXPECT_TRUE(test, page_flags(device->DeviceExtension) & NTPOOL_PAGE_NONPAGED ||
					page_state(device->DeviceExtension) == ~0u);
	KUNIT_EXPECT_EQ(test, device->StackSize, 1);
	KUNIT_EXPECT_EQ(test, device->Flags, (ULONG)DO_DEVICE_INITIALIZING);
	KUNIT_EXPECT_PTR_EQ(test, device->DriverObject, driver);
	KUNIT_EXPECT_PTR_EQ(test, driver->DeviceObject, device);
}

static void a_device_deleted_while_open_goes_with_the_last_handle(struct kunit *test)
{
	DEVICE_OBJECT *device = make(test, L"\\Device\\KunitOpen"), *first, *second, *other;
	int before = module_refcount(THIS_MODULE);

	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitOpen", &first, NULL), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitOpen", &second, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, device->ReferenceCount, 2);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 2);
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitOpen"), STATUS_NO_SUCH_DEVICE);
	io_device_put(first);
	KUNIT_EXPECT_EQ(test, nt_make_device(driver, L"\\Device\\KunitOpen", 0, FALSE, &other),
			STATUS_OBJECT_NAME_COLLISION);
	io_device_put(second);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitOpen"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
}

static void an_exclusive_device_is_open_once(struct kunit *test)
{
	DEVICE_OBJECT *device, *top;

	nt_make_device(driver, L"\\Device\\KunitMine", 0, TRUE, &device);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitMine", &top, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitMine"), STATUS_ACCESS_DENIED);
	io_device_put(top);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitMine"), STATUS_SUCCESS);
}

static void a_stack_grows_and_requests_go_to_its_top(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitStack"), *middle = make(test, NULL),
		      *high = make(test, NULL), *top;

	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(middle, low), low);
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(high, low), middle);
	KUNIT_EXPECT_EQ(test, middle->StackSize, 2);
	KUNIT_EXPECT_EQ(test, high->StackSize, 3);
	KUNIT_EXPECT_PTR_EQ(test, IoGetAttachedDevice(low), high);
	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitStack", &top, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, top, high);
	KUNIT_EXPECT_EQ(test, low->ReferenceCount, 1);
	io_device_put(top);
	KUNIT_EXPECT_EQ(test, low->ReferenceCount, 0);
	IoDetachDevice(middle);
	KUNIT_EXPECT_PTR_EQ(test, IoGetAttachedDevice(low), middle);
	KUNIT_EXPECT_EQ(test, IoAttachDevice(high, &NT_STRING(L"\\Device\\KunitStack"), &top),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, top, middle);
	IoDetachDevice(middle);
	KUNIT_EXPECT_EQ(test, IoAttachDevice(high, &NT_STRING(L"\\Device\\KunitNone"), &top),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_NULL(test, top);
	IoDetachDevice(low);
	KUNIT_EXPECT_NULL(test, low->AttachedDevice);
}

static void a_device_with_another_on_top_goes_when_that_is_detached(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitLow"), *high = make(test, NULL);

	IoAttachDeviceToDeviceStack(high, low);
	IoDeleteDevice(low);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitLow"), STATUS_NO_SUCH_DEVICE);
	IoDetachDevice(low);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitLow"),
			STATUS_OBJECT_NAME_NOT_FOUND);
}

static void detaching_under_an_open_handle_keeps_the_counts(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitCount"), *high = make(test, NULL), *top;

	IoAttachDeviceToDeviceStack(high, low);
	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitCount", &top, NULL), STATUS_SUCCESS);
	IoDetachDevice(low);
	KUNIT_EXPECT_EQ(test, low->ReferenceCount, 0);
	KUNIT_EXPECT_EQ(test, high->ReferenceCount, 1);
	IoDeleteDevice(low);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitCount"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	io_device_put(top);
	KUNIT_EXPECT_EQ(test, high->ReferenceCount, 0);
}

/* Its packets would have no location for the devices below. */
static void a_device_that_is_open_is_not_attached_to_others(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitBelow"),
		      *high = make(test, L"\\Device\\KunitAbove"), *top;

	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitAbove", &top, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(high, low));
	KUNIT_EXPECT_EQ(test, high->StackSize, 1);
	io_device_put(top);
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(high, low), low);
	IoDetachDevice(low);
}

static void a_device_is_attached_above_one_that_is_open(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitBelow"), *high = make(test, NULL), *top, *new;

	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitBelow", &top, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(high, low), low);
	KUNIT_ASSERT_EQ(test, io_device_lookup("\\Device\\KunitBelow", &new, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, new, high);
	KUNIT_EXPECT_EQ(test, low->ReferenceCount, 2);
	KUNIT_EXPECT_EQ(test, high->ReferenceCount, 1);
	io_device_put(new);
	IoDetachDevice(low);
	KUNIT_EXPECT_EQ(test, low->ReferenceCount, 1);
	io_device_put(top);
	KUNIT_EXPECT_EQ(test, low->ReferenceCount, 0);
}

static DEVICE_OBJECT *filter, *below_filter;
static int opened_from_above, opened_too_early;

/* Opens the stack again and again. */
static int open_from_above(void *data)
{
	DEVICE_OBJECT *top;

	while (!kthread_should_stop()) {
		if (!NT_SUCCESS(io_device_lookup("\\Device\\KunitStack", &top, NULL)))
			continue;
		if (top == filter) {
			opened_from_above++;
			opened_too_early += !READ_ONCE(below_filter);
		}
		io_device_put(top);
		cond_resched();
	}
	return 0;
}

static void a_device_that_is_opened_from_above_is_known_there(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitStack");
	struct task_struct *opener;
	int i;

	filter = make(test, NULL);
	opened_from_above = opened_too_early = 0;
	opener = kthread_run(open_from_above, NULL, "kunit_opener");
	KUNIT_ASSERT_FALSE(test, IS_ERR(opener));
	for (i = 0; i < 3000 && !opened_too_early; i++) {
		WRITE_ONCE(below_filter, NULL);
		IoAttachDeviceToDeviceStackSafe(filter, low, &below_filter);
		cond_resched();
		IoDetachDevice(low);
		/* Who has it open looks at what it is attached to. */
		while (READ_ONCE(filter->ReferenceCount))
			cond_resched();
	}
	kthread_stop(opener);
	KUNIT_EXPECT_GT(test, opened_from_above, 0);
	KUNIT_EXPECT_EQ(test, opened_too_early, 0);
}

static void devices_left_in_a_stack_are_dropped(struct kunit *test)
{
	DEVICE_OBJECT *low = make(test, L"\\Device\\KunitLeft"), *high = make(test, NULL);

	IoAttachDeviceToDeviceStack(high, low);
	IoDeleteDevice(low);
	leaves_devices = true;
	ntpool_driver_unload(&glue);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitLeft"),
			STATUS_OBJECT_NAME_NOT_FOUND);
}

struct ticking {
	KTIMER timer;
	KDPC dpc;
	int ticks;
};

static VOID tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	struct ticking *ticking = context;

	ticking->ticks++;
}

static void a_timer_in_an_extension_that_goes_is_bugcheck_c7_and_dropped(struct kunit *test)
{
	LARGE_INTEGER soon = { .QuadPart = -10000 };
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec = {};
	struct ticking *ticking;
	DEVICE_OBJECT *device;

	KUNIT_ASSERT_EQ(test, nt_make_device(driver, NULL, sizeof(*ticking), FALSE, &device),
			STATUS_SUCCESS);
	ticking = device->DeviceExtension;
	KeInitializeTimer(&ticking->timer);
	KeInitializeDpc(&ticking->dpc, tick, ticking);
	KeSetTimerEx(&ticking->timer, soon, 1, &ticking->dpc);
	msleep(20);
	IoDeleteDevice(device);
	KUNIT_ASSERT_TRUE(test, bugcheck_get(seq + 1, &rec));
	KUNIT_EXPECT_EQ(test, rec.code, (u32)BUGCHECK_TIMER_OR_DPC_INVALID);
	KUNIT_EXPECT_EQ(test, rec.param[0], 0ull);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)(unsigned long)&ticking->timer);
	KUNIT_EXPECT_EQ(test, rec.param[3], (u64)(unsigned long)(ticking + 1));
	msleep(50);
}

static struct completion worked;
static int read_there;

static VOID read_extension_late(PDEVICE_OBJECT device, PVOID context)
{
	msleep(200);
	read_there = *(int *)device->DeviceExtension;
	complete(&worked);
}

/* A device with a work item queued. */
static DEVICE_OBJECT *make_working(struct kunit *test, PIO_WORKITEM *item)
{
	DEVICE_OBJECT *device = NULL;

	init_completion(&worked);
	read_there = 0;
	nt_make_device(driver, L"\\Device\\KunitWorks", sizeof(int), FALSE, &device);
	*(int *)device->DeviceExtension = 4711;
	*item = IoAllocateWorkItem(device);
	IoQueueWorkItem(*item, read_extension_late, DelayedWorkQueue, NULL);
	return device;
}

static void a_device_stays_until_its_work_items_have_run(struct kunit *test)
{
	PIO_WORKITEM item;
	DEVICE_OBJECT *device = make_working(test, &item);
	int i;

	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitWorks"), STATUS_NO_SUCH_DEVICE);
	wait_for_completion(&worked);
	KUNIT_EXPECT_EQ(test, read_there, 4711);
	for (i = 0; i < 100 && nt_try_open("\\Device\\KunitWorks") == STATUS_NO_SUCH_DEVICE; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\KunitWorks"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	IoFreeWorkItem(item);
}

static void a_driver_stays_until_work_items_of_its_devices_have_run(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	PIO_WORKITEM item;

	make_working(test, &item);
	ntpool_driver_unload(&glue);
	KUNIT_EXPECT_EQ(test, read_there, 4711);
	EXPECT_NO_BUGCHECK(test, seq);
	wait_for_completion(&worked);
	IoFreeWorkItem(item);
}

struct queuing {
	int value; /* first, for read_extension_late() */
	KTIMER timer;
	KDPC dpc;
};

static PIO_WORKITEM late_item;
static bool dpc_runs;

/* The first time it takes so long that its device is deleted meanwhile. */
static VOID queue_late(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	if (dpc_runs)
		return;
	WRITE_ONCE(dpc_runs, true);
	mdelay(300);
	IoQueueWorkItem(late_item, read_extension_late, DelayedWorkQueue, NULL);
}

static void a_device_stays_for_a_work_item_that_its_last_dpc_has_queued(struct kunit *test)
{
	LARGE_INTEGER soon = { .QuadPart = -10000 };
	struct queuing *queuing;
	DEVICE_OBJECT *device;

	init_completion(&worked);
	read_there = 0;
	dpc_runs = false;
	KUNIT_ASSERT_EQ(test, nt_make_device(driver, NULL, sizeof(*queuing), FALSE, &device),
			STATUS_SUCCESS);
	late_item = IoAllocateWorkItem(device);
	queuing = device->DeviceExtension;
	queuing->value = 4711;
	KeInitializeTimer(&queuing->timer);
	KeInitializeDpc(&queuing->dpc, queue_late, NULL);
	KeSetTargetProcessorDpc(&queuing->dpc, num_online_cpus() - 1);
	KeSetTimerEx(&queuing->timer, soon, 1, &queuing->dpc);
	while (!READ_ONCE(dpc_runs))
		usleep_range(1000, 2000);
	IoDeleteDevice(device);
	wait_for_completion(&worked);
	KUNIT_EXPECT_EQ(test, read_there, 4711);
	work_module_goes(THIS_MODULE);
	IoFreeWorkItem(late_item);
}

static int unload_glue(void *unloaded)
{
	ntpool_driver_unload(&glue);
	complete(unloaded);
	return 0;
}

/* A timer that is left behind may do that. */
static void a_work_item_queued_while_devices_are_dropped_is_waited_for(struct kunit *test)
{
	static DECLARE_COMPLETION(unloaded);
	DEVICE_OBJECT *device;

	init_completion(&worked);
	read_there = 0;
	nt_make_device(driver, NULL, sizeof(int), FALSE, &device);
	*(int *)device->DeviceExtension = 4711;
	late_item = IoAllocateWorkItem(device);
	leaves_devices = true;
	/* The unload gets as far as this lock. */
	mutex_lock(&objects_mutex);
	kthread_run(unload_glue, &unloaded, "kunit_unload");
	msleep(300);
	IoQueueWorkItem(late_item, read_extension_late, DelayedWorkQueue, NULL);
	mutex_unlock(&objects_mutex);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&unloaded, 60 * HZ));
	KUNIT_EXPECT_EQ(test, read_there, 4711);
	IoFreeWorkItem(late_item);
}

/* Who has the reference may call it. */
static void a_driver_stays_until_references_to_its_devices_are_given_up(struct kunit *test)
{
	static DECLARE_COMPLETION(unloaded);
	DEVICE_OBJECT *device = make(test, NULL);

	ObReferenceObject(device);
	kthread_run(unload_glue, &unloaded, "kunit_unload");
	KUNIT_EXPECT_FALSE(test, wait_for_completion_timeout(&unloaded, HZ / 2));
	KUNIT_EXPECT_PTR_EQ(test, device->DriverObject, driver);
	ObDereferenceObject(device);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&unloaded, 60 * HZ));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_driver_is_told_its_name_and_its_place_in_the_registry),
	KUNIT_CASE(devices_of_driver_entry_are_ready_when_it_is_over),
	KUNIT_CASE(a_failing_driver_entry_fails_the_load_and_leaves_nothing),
	KUNIT_CASE(a_driver_with_unload_can_come_and_go),
	KUNIT_CASE(without_unload_the_module_cannot_go),
	KUNIT_CASE(a_device_left_behind_is_bugcheck_ce_and_dropped),
	KUNIT_CASE(an_extension_is_zeroed_nonpaged_and_aligned),
	KUNIT_CASE(a_device_deleted_while_open_goes_with_the_last_handle),
	KUNIT_CASE(an_exclusive_device_is_open_once),
	KUNIT_CASE(a_stack_grows_and_requests_go_to_its_top),
	KUNIT_CASE(a_device_with_another_on_top_goes_when_that_is_detached),
	KUNIT_CASE(detaching_under_an_open_handle_keeps_the_counts),
	KUNIT_CASE(a_device_that_is_open_is_not_attached_to_others),
	KUNIT_CASE(a_device_is_attached_above_one_that_is_open),
	KUNIT_CASE(a_device_that_is_opened_from_above_is_known_there),
	KUNIT_CASE(devices_left_in_a_stack_are_dropped),
	KUNIT_CASE(a_device_stays_for_a_work_item_that_its_last_dpc_has_queued),
	KUNIT_CASE(a_work_item_queued_while_devices_are_dropped_is_waited_for),
	KUNIT_CASE(a_driver_stays_until_references_to_its_devices_are_given_up),
	KUNIT_CASE(a_device_stays_until_its_work_items_have_run),
	KUNIT_CASE(a_driver_stays_until_work_items_of_its_devices_have_run),
	KUNIT_CASE(a_timer_in_an_extension_that_goes_is_bugcheck_c7_and_dropped),
	{}
};

struct kunit_suite driver_suite = {
	.name = "ntpool_driver",
	.init = load,
	.exit = remove_driver,
	.test_cases = cases,
};
