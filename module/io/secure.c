// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may open a device ("Controlling device access", "SDDL for device objects", Windows
 * driver documentation).
 *
 * A descriptor is a discretionary list of entries that allow something: "D:P" and any
 * number of "(A;;rights;;;who)".  SYSTEM and the administrators are who has CAP_SYS_ADMIN
 * here; everybody is who can open the device of this module at all.  A restricted token,
 * which is no account of its own, Linux does not have: such an entry gives nobody anything.
 */
#include <linux/capability.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include <ntpool/device.h>
#include <ntpool/numbers.h>

#include "core/core.h"
#include "io/namespace.h"

#define DESCRIPTOR(name, text)                                 \
	const UNICODE_STRING name = RTL_CONSTANT_STRING(text); \
	EXPORT_SYMBOL_GPL(name)

DESCRIPTOR(SDDL_DEVOBJ_KERNEL_ONLY, L"D:P");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL, L"D:P(A;;GA;;;SY)");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL_ADM_ALL, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL_ADM_RX, L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R,
	   L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R,
	   L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
	   L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
DESCRIPTOR(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
	   L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");

/* What is left of a descriptor's text. */
struct text {
	const WCHAR *at;
	const WCHAR *end;
};

static bool take(struct text *text, const char *word)
{
	const WCHAR *at = text->at;

	for (; *word; word++, at++)
		if (at == text->end || *at != *word)
			return false;
	text->at = at;
	return true;
}

static const struct {
	const char *word;
	u8 access;
} rights[] = {
	{ "GA", ACCESS_ALL },
	{ "GR", ACCESS_OPEN | FILE_READ_DATA },
	{ "GW", ACCESS_OPEN | FILE_WRITE_DATA },
	{ "GX", ACCESS_OPEN },
};

static bool take_right(struct text *text, u8 *access)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		if (!take(text, rights[i].word))
			continue;
		*access |= rights[i].access;
		return true;
	}
	return false;
}

static bool take_who(struct text *text, u8 given, struct io_access *access)
{
	if (take(text, "SY") || take(text, "BA")) {
		access->administrators |= given;
		return true;
	}
	if (take(text, "WD")) {
		access->administrators |= given;
		access->world |= given;
		return true;
	}
	return take(text, "RC");
}

static bool take_entry(struct text *text, struct io_access *access)
{
	u8 given = 0;

	if (!take(text, "(A;;"))
		return false;
	while (take_right(text, &given))
		;
	return given && take(text, ";;;") && take_who(text, given, access) &&
	       take(text, ")");
}

/* False where it says something else than what is told at the top. */
static bool understand(PCUNICODE_STRING sddl, struct io_access *access)
{
	struct text text = { sddl->Buffer, sddl->Buffer + sddl->Length / sizeof(WCHAR) };

	*access = (struct io_access){};
	if (!take(&text, "D:P"))
		return false;
	while (text.at != text.end)
		if (!take_entry(&text, access))
			return false;
	return true;
}

/**
 * io_access_allows() - may the running process open a device
 * @access: of the device
 * @wanted: FILE_READ_DATA, FILE_WRITE_DATA, or neither
 *
 * Context: may sleep.
 */
bool io_access_allows(const struct io_access *access, u32 wanted)
{
	wanted |= ACCESS_OPEN;
	if (!(wanted & ~access->world))
		return true;
	return !(wanted & ~access->administrators) && capable(CAP_SYS_ADMIN);
}
EXPORT_FOR_TESTS(io_access_allows);

/**
 * IoCreateDeviceSecure() - a device that not everybody may open
 * @DriverObject: as IoCreateDevice(), as those that are not told of
 * @DeviceExtensionSize: likewise
 * @DeviceName: likewise
 * @DeviceType: likewise
 * @DeviceCharacteristics: likewise
 * @Exclusive: likewise
 * @DefaultSDDLString: who may; see the top of this file
 * @DeviceClassGuid: without effect: there is no registry with other settings
 * @DeviceObject: set on success
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_INVALID_PARAMETER if there is no string, or it is not understood; as IoCreateDevice().
 */
NTSTATUS IoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
			      PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
			      ULONG DeviceCharacteristics, BOOLEAN Exclusive,
			      PCUNICODE_STRING DefaultSDDLString,
			      LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject)
{
	struct io_access access;

	*DeviceObject = NULL;
	if (!DefaultSDDLString || !understand(DefaultSDDLString, &access))
		return STATUS_INVALID_PARAMETER;
	return io_device_create(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
				DeviceCharacteristics, Exclusive, access, DeviceObject);
}
EXPORT_SYMBOL_GPL(IoCreateDeviceSecure);
