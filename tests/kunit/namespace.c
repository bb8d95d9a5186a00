// SPDX-License-Identifier: GPL-2.0-only
/* io/namespace.c: the names of devices, and symbolic links. */
#include "nt_driver.h"
#include "tests.h"

static DRIVER_OBJECT *driver;

static NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING path)
{
	driver = object;
	return STATUS_SUCCESS;
}

static VOID unload(PDRIVER_OBJECT object)
{
	while (object->DeviceObject)
		IoDeleteDevice(object->DeviceObject);
}

static struct ntpool_driver glue = {
	.name = "kunit_names",
	.entry = entry,
	.module = THIS_MODULE,
};

static int load(struct kunit *test)
{
	int err = ntpool_driver_load(&glue);

	if (err)
		return err;
	/* It has none yet, and so has got a reference: see driver.c. */
	module_put(THIS_MODULE);
	driver->DriverUnload = unload;
	return 0;
}

static void remove_driver(struct kunit *test)
{
	ntpool_driver_unload(&glue);
}

static DEVICE_OBJECT *make_ready_device(struct kunit *test, PCWSTR name)
{
	DEVICE_OBJECT *device = NULL;

	KUNIT_EXPECT_EQ(test, nt_make_device(driver, name, 0, FALSE, &device),
			STATUS_SUCCESS);
	if (device)
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	return device;
}

static NTSTATUS make_link(PCWSTR link, PCWSTR target)
{
	UNICODE_STRING a, b;

	RtlInitUnicodeString(&a, link);
	RtlInitUnicodeString(&b, target);
	return IoCreateSymbolicLink(&a, &b);
}

static NTSTATUS delete_link(PCWSTR link)
{
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, link);
	return IoDeleteSymbolicLink(&name);
}

static void a_device_is_found_by_its_name_in_any_case(struct kunit *test)
{
	DEVICE_OBJECT *device = make_ready_device(test, L"\\Device\\Kunit\u00c4"), *top;

	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\Kunit\xc3\x84"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, io_device_lookup("\\dEVICE\\kUNIT\xc3\xa4", &top, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, top, device);
	io_device_put(top);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\Kunit"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device\\Kunit2\\x"),
			STATUS_OBJECT_PATH_NOT_FOUND);
}

static void a_name_is_given_once(struct kunit *test)
{
	DEVICE_OBJECT *device;

	make_ready_device(test, L"\\Device\\KunitOnce");
	KUNIT_EXPECT_EQ(test, nt_make_device(driver, L"\\DEVICE\\KUNITONCE", 0, FALSE, &device),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_NULL(test, device);
	KUNIT_EXPECT_EQ(test, make_link(L"\\Device\\KunitOnce", L"\\Device\\X"),
			STATUS_OBJECT_NAME_COLLISION);
}

static void names_that_are_none_are_refused(struct kunit *test)
{
	static const struct {
		PCWSTR name;
		NTSTATUS status;
	} cases[] = {
		{ L"", STATUS_OBJECT_NAME_INVALID },
		{ L"Device\\X", STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ L"\\", STATUS_OBJECT_NAME_INVALID },
		{ L"\\Device\\", STATUS_OBJECT_NAME_INVALID },
		{ L"\\Device\\\\X", STATUS_OBJECT_NAME_INVALID },
		{ L"\\Device\\X\\Y", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\NoSuch\\X", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\Device", STATUS_OBJECT_NAME_COLLISION },
	};
	DEVICE_OBJECT *device;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, nt_make_device(driver, cases[i].name, 0, FALSE, &device),
				    cases[i].status, "case %d", i);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\Device"), STATUS_OBJECT_TYPE_MISMATCH);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\"), STATUS_OBJECT_NAME_INVALID);
	KUNIT_EXPECT_EQ(test, nt_try_open("x"), STATUS_OBJECT_PATH_SYNTAX_BAD);
}

static void a_name_of_half_a_character_is_refused(struct kunit *test)
{
	UNICODE_STRING odd = NT_STRING(L"\\Device\\X");
	DEVICE_OBJECT *device;

	odd.Length--;
	KUNIT_EXPECT_EQ(test, IoCreateDevice(driver, 0, &odd, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
			STATUS_OBJECT_NAME_INVALID);
}

static void programs_find_a_device_by_its_link(struct kunit *test)
{
	static const char *const spellings[] = { "\\\\.\\KunitLink", "\\\\?\\kunitlink", "\\??\\KunitLink",
						 "\\DosDevices\\KUNITLINK", "\\GLOBAL??\\KunitLink" };
	DEVICE_OBJECT *device = make_ready_device(test, L"\\Device\\KunitTarget"), *top;
	int i;

	KUNIT_ASSERT_EQ(test, make_link(L"\\DosDevices\\KunitLink", L"\\Device\\KunitTarget"),
			STATUS_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(spellings); i++) {
		top = NULL;
		KUNIT_EXPECT_EQ(test, io_device_lookup(spellings[i], &top, NULL), STATUS_SUCCESS);
		KUNIT_EXPECT_PTR_EQ(test, top, device);
		if (top)
			io_device_put(top);
	}
	KUNIT_EXPECT_EQ(test, make_link(L"\\??\\KunitLink", L"\\Device\\Y"),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_EQ(test, delete_link(L"\\??\\kunitlink"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\KunitLink"), STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, delete_link(L"\\??\\KunitLink"), STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, delete_link(L"\\Device\\KunitTarget"),
			STATUS_OBJECT_TYPE_MISMATCH);
}

static void a_link_outlives_what_it_leads_to(struct kunit *test)
{
	DEVICE_OBJECT *device = make_ready_device(test, L"\\Device\\KunitGone");

	KUNIT_ASSERT_EQ(test, make_link(L"\\??\\KunitStale", L"\\Device\\KunitGone"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\KunitStale"), STATUS_SUCCESS);
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\KunitStale"), STATUS_OBJECT_NAME_NOT_FOUND);
	make_ready_device(test, L"\\Device\\KunitGone");
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\KunitStale"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, delete_link(L"\\??\\KunitStale"), STATUS_SUCCESS);
}

static void links_may_lead_to_links_but_not_in_circles(struct kunit *test)
{
	make_ready_device(test, L"\\Device\\KunitEnd");
	KUNIT_EXPECT_EQ(test, make_link(L"\\??\\KunitA", L"\\??\\KunitB"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, make_link(L"\\??\\KunitB", L"\\Device\\KunitEnd"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\KunitA"), STATUS_SUCCESS);
	delete_link(L"\\??\\KunitB");
	make_link(L"\\??\\KunitB", L"\\??\\KunitA");
	KUNIT_EXPECT_EQ(test, nt_try_open("\\\\.\\KunitA"), STATUS_OBJECT_NAME_NOT_FOUND);
	delete_link(L"\\??\\KunitA");
	delete_link(L"\\??\\KunitB");
}

static void what_follows_a_devices_name_is_the_devices_own(struct kunit *test)
{
	DEVICE_OBJECT *device = make_ready_device(test, L"\\Device\\KunitDir"), *top;
	UNICODE_STRING name = NT_STRING(L"\\??\\KunitD\\a\\b"), rest;

	make_link(L"\\??\\KunitD", L"\\Device\\KunitDir");
	KUNIT_ASSERT_EQ(test, io_device_open_named(&name, ACCESS_UNASKED, &top, &rest), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, top, device);
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(&rest, &NT_STRING(L"\\a\\b"), FALSE));
	kfree(rest.Buffer);
	io_device_put(top);
	delete_link(L"\\??\\KunitD");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_device_is_found_by_its_name_in_any_case),
	KUNIT_CASE(a_name_is_given_once),
	KUNIT_CASE(names_that_are_none_are_refused),
	KUNIT_CASE(a_name_of_half_a_character_is_refused),
	KUNIT_CASE(programs_find_a_device_by_its_link),
	KUNIT_CASE(a_link_outlives_what_it_leads_to),
	KUNIT_CASE(links_may_lead_to_links_but_not_in_circles),
	KUNIT_CASE(what_follows_a_devices_name_is_the_devices_own),
	{}
};

struct kunit_suite namespace_suite = {
	.name = "ntpool_namespace",
	.init = load,
	.exit = remove_driver,
	.test_cases = cases,
};
